import { DAYS, type Day } from "../../../src/journal/limits.js";
import { isObject } from "../../../src/support/json.js";
import { WINDOW_SETTINGS } from "../../../src/settings/places-and-tariffs.js";
import { editorLanguage } from "./editor-language.js";
import { addTextField, fits, numberIn, textIn } from "./row-fields.js";
import { accountText } from "./text.js";

/** Holds a time of the day with a price of its own, as stored. */
export interface WindowRow {
  from: string;
  to: string;
  days: readonly string[];
  price: number | string;
}

/** The week as calendars show it. */
const WEEK: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_MS = 24 * 60 * 60_000;
/** A Sunday. */
const FIRST_DAY = Date.UTC(2023, 0, 1);

/** Shows the times of a tariff with prices of their own. */
export class TariffWindows {
  readonly #around: Query;
  readonly #rows: Query;

  constructor(tariff: Query, saved: unknown) {
    this.#around = $("<div>", { class: "cardata-windows" }).appendTo(tariff);
    this.#rows = $("<div>", {}).appendTo(this.#around);
    for (const window of Array.isArray(saved) ? saved.filter(isObject) : []) this.#add(window);
    $("<button>", { type: "button", class: "red-ui-button red-ui-button-small cardata-window-add" })
      .text(`+ ${accountText("journal.addWindow")}`)
      .on("click", () => {
        this.#add({}).trigger("focus");
      })
      .appendTo(this.#around);
  }

  get value(): WindowRow[] {
    const windows: WindowRow[] = [];
    this.#rows.find(".cardata-window").each(function () {
      const row = $(this);
      windows.push({
        from: textIn(row.find(".cardata-row-from")),
        to: textIn(row.find(".cardata-row-to")),
        days: WEEK.filter((day) => row.find(`.cardata-day-${day}`).prop("checked") === true),
        price: numberIn(row.find(".cardata-row-windowPrice")),
      });
    });
    return windows;
  }

  /** Shows the times or hides them; who sees none yet gets the first one. */
  show(isShown: boolean): void {
    this.#around.toggle(isShown);
    if (isShown && this.value.length === 0) this.#add({});
  }

  /** @returns its first field */
  #add(stored: Readonly<Record<string, unknown>>): Query {
    const row = $("<div>", { class: "cardata-window" }).appendTo(this.#rows);
    const { from, to, price, days = DAYS } = stored;
    const first = addTextField(row, {
      name: "from",
      label: accountText("journal.from"),
      placeholder: "22:00",
      stored: from,
      isRight: fits(WINDOW_SETTINGS.from),
    });
    addTextField(row, {
      name: "to",
      label: accountText("journal.to"),
      placeholder: "6:00",
      stored: to,
      isRight: fits(WINDOW_SETTINGS.to),
    });
    addTextField(row, {
      name: "windowPrice",
      label: accountText("journal.price"),
      placeholder: "0.24",
      stored: price,
      isRight: fits(WINDOW_SETTINGS.price),
    });
    addRemoval(row);
    addDays(row, Array.isArray(days) ? days : []);
    return first;
  }
}

function addRemoval(row: Query): void {
  const words = accountText("journal.removeWindow");
  const look = "red-ui-button red-ui-button-small cardata-window-remove";
  const button = $("<button>", { type: "button", class: look, title: words, "aria-label": words });
  $("<i>", { class: "fa fa-remove" }).appendTo(button);
  button
    .on("click", () => {
      row.remove();
    })
    .appendTo(row);
}

function addDays(row: Query, chosen: readonly unknown[]): void {
  const group = $("<div>", { class: "cardata-days", role: "group", "aria-label": accountText("journal.days") });
  for (const day of WEEK) {
    const label = $("<label>", { class: "cardata-check" }).appendTo(group);
    const box = $("<input>", { type: "checkbox", class: `cardata-day-${day}` }).appendTo(label);
    box.prop("checked", chosen.includes(day));
    $("<span>", {}).text(shortName(day)).appendTo(label);
  }
  group.appendTo(row);
}

/** Names a day in the language of the editor. */
function shortName(day: Day): string {
  const date = new Date(FIRST_DAY + DAYS.indexOf(day) * DAY_MS);
  return new Intl.DateTimeFormat(editorLanguage(), { weekday: "short", timeZone: "UTC" }).format(date);
}
