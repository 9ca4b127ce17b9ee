import type { ColumnForm } from "./columns.js";

/** Writes days, times and numbers as people of a language do; makes each formatter once, because that takes long. */
export class PageFormats {
  readonly #numbers = new Map<number, Intl.NumberFormat>();
  readonly #day: Intl.DateTimeFormat;
  readonly #month: Intl.DateTimeFormat;

  /** @param locale such as `de` or `en-GB` */
  constructor(private readonly locale: string) {
    // Days are those of the entry, whatever the zone of this computer.
    this.#day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
    this.#month = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });
  }

  /** Writes a value of a column; "" for one that is unknown. */
  cell(value: string | number | null, form: ColumnForm): string {
    if (value === null) return "";
    if (typeof value === "number") return this.number(value, typeof form === "number" ? form : 0);
    if (form === "date") return this.day(value);
    return form === "time" ? value.slice(0, "07:41".length) : value;
  }

  number(value: number, decimals: number): string {
    const known = this.#numbers.get(decimals) ?? this.#newNumberFormat(decimals);
    this.#numbers.set(decimals, known);
    return known.format(value);
  }

  /** Writes a day such as `2026-03-02`. */
  day(day: string): string {
    return this.#day.format(Date.parse(day));
  }

  /** Writes a month such as `2026-03`, or a year. */
  period(period: string): string {
    return period.length === "2026".length ? period : this.#month.format(Date.parse(`${period}-01`));
  }

  #newNumberFormat(decimals: number): Intl.NumberFormat {
    return new Intl.NumberFormat(this.locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  }
}
