import { accepts, typedNumber, type Setting } from "../../../src/settings/setting.js";
import { isEnvironment } from "./settings.js";

/** A field of a row, with the words above it. */
export interface FieldOptions {
  /** Ends the name of its class, by which it is read. */
  readonly name: string;
  readonly label: string;
  readonly stored?: unknown;
  readonly placeholder?: string;
  /** Says what may be typed. */
  readonly isRight?: (typed: string) => boolean;
}

/** Adds a text field under its label. What cannot be used is marked as soon as the field is left. */
export function addTextField(row: Query, options: FieldOptions): Query {
  const { name, label, stored, placeholder = "", isRight = () => true } = options;
  const field = $("<input>", { type: "text", class: `cardata-row-${name}`, placeholder });
  field.val(typeof stored === "string" || typeof stored === "number" ? String(stored) : "");
  const judge = () => {
    if (isRight(textIn(field))) field.removeClass("input-error");
    else field.addClass("input-error");
  };
  field.on("change", judge).appendTo(labelled(row, label));
  // A row that has just been added is no mistake yet.
  if (textIn(field) !== "") judge();
  return field;
}

/** Adds a list of choices under its label. */
export function addChoiceField(row: Query, { name, label }: FieldOptions): Query {
  return $("<select>", { class: `cardata-row-${name}` }).appendTo(labelled(row, label));
}

/** Replaces the choices of a list; what was chosen stays if it can. */
export function offerChoices(field: Query, choices: readonly (readonly [value: string, label: string])[]): void {
  const chosen = field.val();
  field.empty();
  for (const [value, label] of choices) $("<option>", { value }).text(label).appendTo(field);
  if (choices.some(([value]) => value === chosen)) field.val(String(chosen));
}

/** Judges a text by a setting, as the validation of the node does. */
export function fits(setting: Setting<unknown>): (typed: string) => boolean {
  return (typed) => accepts(setting, typed, isEnvironment);
}

export function textIn(field: Query): string {
  return String(field.val() ?? "").trim();
}

/** Returns what a field holds as it is stored: a number, or the text that is none. */
export function numberIn(field: Query): number | string {
  return typedNumber(textIn(field)) ?? textIn(field);
}

function labelled(row: Query, label: string): Query {
  const around = $("<label>", { class: "cardata-row-field" }).appendTo(row);
  $("<span>", { class: "cardata-small" }).text(label).appendTo(around);
  return around;
}
