import { toDistanceUnit, unitOf, type DistanceFigure, type DistanceUnit } from "../../src/support/distances.js";

/** Stands for a time that is none; the formats of the browser throw at it. */
const NO_TIME = "–";
const UTC = { timeZone: "UTC" } as const;
const SHORTEST_MONTH_MS = 28 * 86_400_000;
const CURRENCY = /^[A-Za-z]{3}$/;
/** From here on nobody counts the digits. */
const HUGE = 1e15;
/** A day that is farther away could be that of several years [ms]. */
const YEAR_UNSAID_MS = 180 * 86_400_000;

/** Puts numbers, times and ages into the words of a language. What a language knows is made once: making it is dear. */
export class Formats {
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #numbers = new Map<string, Intl.NumberFormat>();
  readonly #clock: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #dayOfYear: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;
  readonly #monthOf: Intl.DateTimeFormat;
  readonly #placeDay: Intl.DateTimeFormat;
  readonly #placeClock: Intl.DateTimeFormat;
  readonly #order: Intl.Collator;

  /** @param language of the texts, with the region of the browser where it is one of that language */
  constructor(readonly language: string) {
    this.#relative = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "auto" });
    this.#clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
    this.#day = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" });
    this.#dayOfYear = new Intl.DateTimeFormat(language, {
      ...{ weekday: "short", day: "numeric", month: "short", year: "numeric" },
    });
    this.#moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
    this.#monthOf = new Intl.DateTimeFormat(language, { month: "short", year: "numeric" });
    // Entries of a journal name the time of their place; it stays that wherever the page is read.
    this.#placeDay = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", ...UTC });
    this.#placeClock = new Intl.DateTimeFormat(language, { timeStyle: "short", ...UTC });
    this.#order = new Intl.Collator(language);
  }

  /** Puts names into the order of the language, as `sort` wants it. */
  compare(one: string, other: string): number {
    return this.#order.compare(one, other);
  }

  /** @param digits after the comma, where they are not zero */
  number(value: number, digits = 0): string {
    return this.#written(value, digits, { maximumFractionDigits: digits });
  }

  /** Writes all digits, so that a figure that moves keeps its width. */
  fixed(value: number, digits: number): string {
    return this.#written(value, digits, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  percent(value: number, digits = 0): string {
    return `${this.fixed(value, digits)} %`;
  }

  withUnit(value: number, unit: string | null, digits = 0): string {
    return [this.number(value, digits), unit ?? ""].join(" ").trim();
  }

  /**
   * Writes a figure in the unit of a car; `null` where it is none in it.
   * @param value in km, km/h or kWh/100 km
   */
  ofCar(value: number, figure: DistanceFigure, distanceUnit: DistanceUnit): string | null {
    const shown = toDistanceUnit(value, figure, distanceUnit);
    return shown === null ? null : `${this.fixed(shown, 1)} ${unitOf(figure, distanceUnit)}`;
  }

  /** `12 min ago`; a time to come, which only a clock that is off brings, is now. */
  age(at: number, now: number): string {
    if (Number.isNaN(at)) return NO_TIME;
    const seconds = Math.max(0, (now - at) / 1000);
    if (seconds < 60) return this.#relative.format(0, "second");
    if (seconds < 3600) return this.#relative.format(-Math.floor(seconds / 60), "minute");
    if (seconds < 172_800) return this.#relative.format(-Math.floor(seconds / 3600), "hour");
    return this.#relative.format(-Math.floor(seconds / 86_400), "day");
  }

  /** `in 12 min`. */
  ahead(at: number, now: number): string {
    if (Number.isNaN(at)) return NO_TIME;
    const minutes = Math.max(0, Math.round((at - now) / 60_000));
    if (minutes < 60) return this.#relative.format(minutes, "minute");
    if (minutes < 2880) return this.#relative.format(Math.round(minutes / 60), "hour");
    return this.#relative.format(Math.round(minutes / 1440), "day");
  }

  /** `1 h 8 min`. */
  duration(minutes: number): string {
    const whole = Math.max(0, Math.round(minutes));
    const unit = (value: number, name: "hour" | "minute") =>
      this.#number({ style: "unit", unit: name, unitDisplay: "short" }).format(value);
    if (whole < 60) return unit(whole, "minute");
    return whole % 60 === 0
      ? unit(whole / 60, "hour")
      : `${unit(Math.floor(whole / 60), "hour")} ${unit(whole % 60, "minute")}`;
  }

  clock(at: number): string {
    return Number.isNaN(at) ? NO_TIME : this.#clock.format(at);
  }

  /** `12:04`, with the day unless it is today. */
  time(at: number, now: number): string {
    return isSameDay(at, now) || Number.isNaN(at) ? this.clock(at) : `${this.dayOf(at, now)}, ${this.clock(at)}`;
  }

  /** A time with day and year, for those of which nothing else says when they are. */
  moment(at: number): string {
    return Number.isNaN(at) ? NO_TIME : this.#moment.format(at);
  }

  day(at: number): string {
    return Number.isNaN(at) ? NO_TIME : this.#day.format(at);
  }

  /** A day, with its year where that is not plain. */
  dayOf(at: number, now: number): string {
    return Math.abs(now - at) > YEAR_UNSAID_MS ? this.#dayOfYear.format(at) : this.day(at);
  }

  /** The day of a time with its offset, such as `2026-03-02T07:41:05+01:00`, as calendars showed it there. */
  placeDay(iso: string): string {
    return placed(this.#placeDay, iso);
  }

  /** The time of such a time, as clocks showed it there. */
  placeClock(iso: string): string {
    return placed(this.#placeClock, iso);
  }

  /** The first letters of a month such as `2026-03`. */
  shortMonth(month: string): string {
    const at = Date.parse(`${month}-01`);
    return Number.isNaN(at) ? NO_TIME : new Date(at).toLocaleDateString(this.language, { month: "short", ...UTC });
  }

  /** `Mar 2026`. */
  monthOf(at: number): string {
    return Number.isNaN(at) ? NO_TIME : this.#monthOf.format(at);
  }

  /**
   * Names a time on an axis so that its neighbours are named otherwise: by its month, or its day.
   * @param stepMs to the next one
   */
  tick(at: number, stepMs: number): string {
    return stepMs < SHORTEST_MONTH_MS ? this.day(at) : this.monthOf(at);
  }

  /** @param currency a code such as `EUR`; one that is none stands there as it is */
  money(amount: number, currency: string): string {
    if (!CURRENCY.test(currency)) return `${this.fixed(amount, 2)} ${currency}`.trim();
    return this.#written(amount, 2, { style: "currency", currency });
  }

  /** The month of a day such as `2027-08-01`. */
  month(day: string): string {
    const at = Date.parse(day);
    if (Number.isNaN(at)) return NO_TIME;
    return new Date(at).toLocaleDateString(this.language, { month: "long", year: "numeric", ...UTC });
  }

  /** Writes no "-0", and what is too large to be read by its power of ten. */
  #written(value: number, digits: number, options: Intl.NumberFormatOptions): string {
    if (Math.abs(value) >= HUGE)
      return this.#number({ notation: "scientific", maximumFractionDigits: 2 }).format(value);
    return this.#number(options).format(Math.abs(value) < 0.5 / 10 ** digits ? 0 : value);
  }

  #number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = JSON.stringify(options);
    const known = this.#numbers.get(key) ?? new Intl.NumberFormat(this.language, options);
    this.#numbers.set(key, known);
    return known;
  }
}

function placed(format: Intl.DateTimeFormat, iso: string): string {
  const at = Date.parse(`${iso.slice(0, "2026-03-02T07:41:05".length)}Z`);
  return Number.isNaN(at) ? NO_TIME : format.format(at);
}

/** Returns whether a time is of the day before another one by the calendar: not each day has 24 hours. */
export function isDayBefore(at: number, now: number): boolean {
  const day = new Date(now);
  return isSameDay(at, day.setDate(day.getDate() - 1));
}

export function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
