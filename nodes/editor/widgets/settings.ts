import { faultOf, labelKey, migrated, versionOf, type Schema } from "../../../src/settings/schema.js";
import type { Setting } from "../../../src/settings/setting.js";
import { streamText, textOf } from "./text.js";

/**
 * Returns whether a value is `${NAME}`, which Node-RED replaces when the flow starts, so that the editor cannot
 * validate it.
 */
export function isEnvironment(value: unknown): boolean {
  return typeof value === "string" && /^\$\{[^}]+\}$/.test(value.trim());
}

interface OpenDialog {
  /** Id of the node. */
  readonly id: string;
  /** Beginning of the ids of its fields. */
  readonly fields: string;
}

type NodeValidator = (node: EditedNode, value: unknown) => true | string;

/** Holds open dialogs by the type of their node: that of an account may be opened out of that of another node. */
const open = new Map<string, OpenDialog>();

/** Declares all settings of a node for `defaults`: their initial values and their validation. */
export function settingsOf(schema: Schema): Record<string, Property> {
  const properties = Object.entries(schema.settings).map(([name, { initial }]): [string, Property] => [
    name,
    propertyOf(schema, name, initial, (node, value) => validationOf(schema, name, node, value)),
  ]);
  const version = versionOf(schema);
  return { ...Object.fromEntries(properties), ...(version > 0 && { version: { value: version } }) };
}

/** Declares the account that a node belongs to. */
export const ACCOUNT_PROPERTY: Property = {
  value: "",
  type: "cardata-account",
  required: true,
  get label() {
    return streamText("label.account");
  },
};

/** Declares one setting; what is wrong with it begins with the name of its field. */
export function propertyOf(schema: Schema, name: string, value: unknown, validate: NodeValidator): Property {
  return {
    value,
    validate: validator(validate),
    // Asked for later: when a node is registered, no texts are there yet.
    get label() {
      return textOf(labelKey(schema, name));
    },
  };
}

/** Says why a setting cannot be used; `true` if it can. The fields of an open dialog say more than what is stored. */
export function validationOf(schema: Schema, name: string, node: EditedNode, value: unknown): true | string {
  const dialog = open.get(schema.type);
  const stored = migrated(schema, { ...node, [name]: value });
  const other = (needed: string) =>
    (dialog?.id === node.id ? fieldOf(dialog.fields + needed) : undefined) ?? stored[needed];
  const fault = faultOf(schema, name, stored[name], other, isEnvironment);
  return fault === null ? true : `${textOf(fault.hint)} ${fault.part}`.trim();
}

/**
 * Wraps a validator: Node-RED takes a text as a reason only from a function with two parameters; from others any text
 * counts as "valid".
 */
export function validator(validateNode: NodeValidator): Validator {
  return function (value, options) {
    const verdict = validateNode(this, value);
    return verdict === true || !options?.label ? verdict : `${options.label}: ${verdict}`;
  };
}

/**
 * Completes an opened dialog: fields get what an older version did not store.
 * @returns the stored properties of the node, as this version would store them
 */
export function openSettings(
  schema: Schema,
  node: EditedNode,
  fields = "node-input-",
): Readonly<Record<string, unknown>> {
  open.set(schema.type, { id: node.id, fields });
  const stored = migrated(schema, node);
  for (const [name, setting] of Object.entries(schema.settings))
    complete($(`#${fields}${name}`), setting, node[name], stored[name]);
  return stored;
}

/** Ends what `openSettings` has begun. */
export function closeSettings({ type }: Schema): void {
  open.delete(type);
}

function complete(field: Query, { form, defaultValue }: Setting<unknown>, own: unknown, migrated: unknown): void {
  if (field.length === 0) return;
  if (form.kind === "choice" && !form.options.includes(String(field.val() ?? ""))) field.val(String(defaultValue));
  if (form.kind === "flag" && own === undefined) field.prop("checked", (migrated ?? defaultValue) === true);
}

function fieldOf(id: string): unknown {
  const field = $(`#${id}`);
  if (field.length === 0) return undefined;
  return field.attr("type") === "checkbox" ? field.prop("checked") : field.val();
}
