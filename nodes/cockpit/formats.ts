/** Puts numbers, times and ages into the words of a language. */
export class Formats {
  readonly #relative: Intl.RelativeTimeFormat;

  /** @param language of the texts, with the region of the browser where it is one of that language */
  constructor(readonly language: string) {
    this.#relative = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "auto" });
  }

  /** @param digits after the comma, where they are not zero */
  number(value: number, digits = 0): string {
    return value.toLocaleString(this.language, { maximumFractionDigits: digits });
  }

  /** Writes all digits, so that a figure that moves keeps its width. */
  fixed(value: number, digits: number): string {
    return value.toLocaleString(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  percent(value: number, digits = 0): string {
    return `${this.fixed(value, digits)} %`;
  }

  withUnit(value: number, unit: string | null, digits = 0): string {
    return [this.number(value, digits), unit ?? ""].join(" ").trim();
  }

  /** `12 min ago`; a time to come, which only a clock that is off brings, is now. */
  age(at: number, now: number): string {
    const seconds = Math.max(0, (now - at) / 1000);
    if (seconds < 60) return this.#relative.format(0, "second");
    if (seconds < 3600) return this.#relative.format(-Math.floor(seconds / 60), "minute");
    if (seconds < 172_800) return this.#relative.format(-Math.floor(seconds / 3600), "hour");
    return this.#relative.format(-Math.floor(seconds / 86_400), "day");
  }

  /** `in 12 min`. */
  ahead(at: number, now: number): string {
    const minutes = Math.max(0, Math.round((at - now) / 60_000));
    if (minutes < 60) return this.#relative.format(minutes, "minute");
    if (minutes < 2880) return this.#relative.format(Math.round(minutes / 60), "hour");
    return this.#relative.format(Math.round(minutes / 1440), "day");
  }

  /** `1 h 8 min`. */
  duration(minutes: number): string {
    const whole = Math.max(0, Math.round(minutes));
    const unit = (value: number, name: "hour" | "minute") =>
      value.toLocaleString(this.language, { style: "unit", unit: name, unitDisplay: "short" });
    if (whole < 60) return unit(whole, "minute");
    return whole % 60 === 0
      ? unit(whole / 60, "hour")
      : `${unit(Math.floor(whole / 60), "hour")} ${unit(whole % 60, "minute")}`;
  }

  clock(at: number): string {
    return new Date(at).toLocaleTimeString(this.language, { hour: "2-digit", minute: "2-digit" });
  }

  /** `12:04`, with the day unless it is today. */
  time(at: number, now: number): string {
    return isSameDay(at, now) ? this.clock(at) : `${this.day(at)}, ${this.clock(at)}`;
  }

  day(at: number): string {
    return new Date(at).toLocaleDateString(this.language, { weekday: "short", day: "numeric", month: "short" });
  }
}

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
