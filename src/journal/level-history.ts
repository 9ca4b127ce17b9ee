import type { Files } from "../store/atomic-files.js";
import { validTime } from "../support/iso-time.js";
import { finiteNumber, parseJson } from "../support/json.js";
import { rounded } from "./entry.js";

/** Shows a level at a time: for charts. */
export interface LevelPoint {
  /** ms */
  readonly at: number;
  /** Percent; `low` and `high` are the band in which it lies nine times of ten, if that is known. */
  readonly level: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Charging power [kW]; `null`: none, or unknown. */
  readonly kw: number | null;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Least time between two points [ms], unless the level has changed by `PERCENT`. */
const BETWEEN_MS = 5 * MINUTE_MS;
const PERCENT = 1;
const KEPT_MS = 90 * DAY_MS;
/** Rewriting the file each day would wear out a card. */
const TIDIED_EVERY_MS = 7 * DAY_MS;
/** Limits the points of a file, whatever the times in it say: those of 90 days, and as many for fast charging. */
const MOST_POINTS = (2 * KEPT_MS) / BETWEEN_MS;
/** Limits what waits while the disk cannot be used: more is lost, the oldest first. */
const MOST_WAITING = 1000;

/**
 * Keeps the level of one car of the last 90 days in a file of its own: a line for each percent, or each five minutes in which
 * something has changed. What cannot be written waits for the next point.
 */
export class LevelHistory {
  /** The last point that was kept. */
  #last: LevelPoint | null = null;
  /** Time of the last one that was as the kept one, and was not kept therefore [ms]. */
  #unchangedAt: number | null = null;
  #waiting: readonly LevelPoint[] = [];
  #lastCall: Promise<void> = Promise.resolve();
  /** When old points were removed [ms]. */
  #tidiedAt = -Infinity;
  #isTroubled = false;

  /**
   * @param path of the file
   * @param onTrouble called once when the file cannot be used, until it can again
   */
  constructor(
    private readonly files: Files,
    private readonly path: string,
    private readonly onTrouble: (cause: unknown) => void,
  ) {}

  /** Takes what is known at a time [ms]: level and band [%], charging power [kW]. Anything that is no number is unknown. */
  record(at: number, level: number, low: number | null, high: number | null, kw: number | null): void {
    const point = pointOf([at, level, low, high, kw]);
    if (point === null) return;
    const last = this.#last;
    if (last !== null && isSame(last, point)) {
      this.#unchangedAt = at;
      return;
    }
    if (last !== null && !isWorthKeeping(last, point)) return;
    this.#keep([...this.#heldUntil(point), point]);
  }

  /** Returns the points between two times [ms], in their order. Throws the system's error if the file cannot be read. */
  async between(from: number, to: number): Promise<LevelPoint[]> {
    await this.written();
    const kept = pointsIn(await this.files.read(this.path));
    const found = [...kept, ...this.#waiting].filter(({ at }) => at >= from && at <= to);
    // The clock of the computer may have been set back.
    return found.sort((one, other) => one.at - other.at);
  }

  /** Waits until what was recorded is on the disk, as far as that is possible; never rejects. */
  written(): Promise<void> {
    return this.#lastCall;
  }

  /** Returns the point up to which nothing had changed: without it a chart would show a slope from the last one on. */
  #heldUntil(point: LevelPoint): LevelPoint[] {
    const [last, at] = [this.#last, this.#unchangedAt];
    return last === null || at === null || at - last.at < BETWEEN_MS || at > point.at ? [] : [{ ...last, at }];
  }

  #keep(points: readonly LevelPoint[]): void {
    this.#last = points.at(-1) ?? null;
    this.#unchangedAt = null;
    this.#waiting = [...this.#waiting, ...points].slice(-MOST_WAITING);
    this.#lastCall = this.#lastCall.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const points = this.#waiting;
    if (points.length === 0) return;
    try {
      await this.#tidy(points.at(-1)?.at ?? 0);
      await this.files.append(this.path, points.map(lineOf).join(""));
      this.#waiting = this.#waiting.filter((one) => !points.includes(one));
      this.#isTroubled = false;
    } catch (cause) {
      if (!this.#isTroubled) this.onTrouble(cause);
      this.#isTroubled = true;
    }
  }

  /** Removes now and then what is too old. */
  async #tidy(now: number): Promise<void> {
    if (Math.abs(now - this.#tidiedAt) < TIDIED_EVERY_MS) return;
    const points = pointsIn(await this.files.read(this.path));
    // A clock that has jumped ahead must not make all of them look old.
    const newest = Math.min(now, points.at(-1)?.at ?? now);
    const kept = points.filter(({ at }) => at >= newest - KEPT_MS).slice(-MOST_POINTS);
    if (kept.length < points.length) await this.files.write(this.path, kept.map(lineOf).join(""));
    this.#tidiedAt = now;
  }
}

function isSame(one: LevelPoint, other: LevelPoint): boolean {
  return one.level === other.level && one.low === other.low && one.high === other.high && one.kw === other.kw;
}

function isWorthKeeping(last: LevelPoint, { at, level }: LevelPoint): boolean {
  return Math.abs(at - last.at) >= BETWEEN_MS || Math.abs(level - last.level) >= PERCENT;
}

/** Makes a line `[seconds,level,low,high,kW]`. */
function lineOf({ at, level, low, high, kw }: LevelPoint): string {
  return `${JSON.stringify([at / 1000, level, low, high, kw])}\n`;
}

/** Reads the lines that were written to their end; leaves out what is none. */
function pointsIn(content: Buffer | null): LevelPoint[] {
  const lines = content === null ? [] : content.toString("latin1").split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    const stored = parseJson(line);
    const [seconds, ...values] = Array.isArray(stored) ? (stored as unknown[]) : [];
    const isWhole = typeof seconds === "number" && values.length === 4;
    return isWhole ? (pointOf([seconds * 1000, ...values]) ?? []) : [];
  });
}

/** Makes a point of numbers, rounded to seconds and tenths; `null` without a time or a level that can be. */
function pointOf([time, percent, ...others]: readonly unknown[]): LevelPoint | null {
  const [at, level] = [validTime(time), tenths(percent)];
  const [low = null, high = null, kw = null] = others.map(tenths);
  if (at === null || level === null || level < 0 || level > 100) return null;
  return { at: Math.round(at / 1000) * 1000, level, low, high, kw };
}

function tenths(value: unknown): number | null {
  const number = finiteNumber(value);
  return number === null ? null : rounded(number, 1);
}
