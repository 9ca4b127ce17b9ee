import { finiteNumber, isObject, numberList, type JsonObject } from "../../support/json.js";
import {
  clampedNumber,
  needed,
  object,
  oneOf,
  or,
  storedList,
  then,
  type StoredReader,
} from "../../support/stored-schema.js";
import type { Moments } from "../normal-distribution.js";
import { percentOf } from "../settings.js";
import { FULL } from "./hypothesis.js";
import { HypothesisSet } from "./hypothesis-set.js";
import type { LevelMeasurement } from "./level-likelihood.js";
import { decodeSupply, isGuess, withoutPower, type Supply } from "./power-supply.js";
import { advance, play, type ProcessContext, type HistoryEntry, type OnPoint } from "./process-model.js";

/** How late a value may come and still be put where it belongs. */
const LATE_MS = 900_000;
/** A reading of power this old is not needed to know what flowed until the next. */
const LONGEST_GAP_MS = 2_400_000;
const ROLL_MS = 300_000;
const MOST_ENTRIES = 240;

/** Snapshot of what is known after the first `count` entries. */
interface Mark {
  readonly count: number;
  readonly at: number;
  readonly set: HypothesisSet;
}

/**
 * The course of the state of charge: what was known a while ago, and what was told since. Late values are put where they
 * belong, and the power between two readings follows from both.
 */
export class ObservationHistory {
  #base = new HypothesisSet();
  #baseAt = 0;
  #entries: HistoryEntry[] = [];
  /** Snapshots, so that what comes in order need not be played from the base on. */
  #marks: { readonly afterSupply: Mark | null; readonly afterAll: Mark } | null = null;
  /** With which the marks and the head were reckoned. */
  #capacityKwh = 0;
  /** At `#headAt`. */
  #head = new HypothesisSet();
  #headAt = 0;
  /** Holds what was looked at last, until the head changes: several figures of one moment are asked for. */
  #looked: { readonly at: number; readonly set: HypothesisSet } | null = null;

  constructor(
    private readonly context: () => ProcessContext,
    private readonly onPoint: OnPoint,
  ) {}

  get isKnown(): boolean {
    return this.#head.isKnown;
  }

  /** Up to when time has passed, ms. */
  get headAt(): number {
    return this.#headAt;
  }

  get supply(): Supply | null {
    return this.#head.supply;
  }

  /** Tells what charges the battery, or charged it last. */
  get charged(): Supply | null {
    return this.#head.charged;
  }

  /** Tells what is known for the moment `at`: to be looked at, and only until the next word. */
  at(at: number): HypothesisSet {
    if (at <= this.#headAt) return this.#head;
    if (this.#looked?.at === at) return this.#looked.set;
    const set = this.#head.clone();
    advance(set, this.#headAt, at, this.context());
    this.#looked = { at, set };
    return set;
  }

  /** The first value of all. */
  begin(level: LevelMeasurement, efficiency: Moments, at: number): void {
    this.#base.begin(level, efficiency);
    this.#base.supply = withoutPower(at);
    this.#baseAt = at;
    this.#replay();
  }

  /** A charge begins at `at` of which nothing is known yet, unless it goes on after a pause. */
  start(at: number, resumes: boolean): void {
    this.#rollTo(at);
    this.#keep(({ kind }) => kind === "soc");
    this.#base.supply = null;
    this.#base.resumes = resumes;
    this.#marks = null;
    this.#replay();
  }

  /** All that was told is settled; nothing late will be put where it belongs. */
  settle(): void {
    this.#rollTo(this.#headAt);
    this.#replay();
  }

  supplied(supply: Supply): void {
    const at = Math.max(this.#baseAt, supply.at);
    // The first word on the power of a charge goes for its beginning as well.
    const isFirst = this.#base.supply === null && !isGuess(supply);
    this.#keep((entry) => entry.kind !== "supply" || (entry.at !== at && !(isFirst && isGuess(entry.supply))));
    this.#insert({ kind: "supply", at, supply: { ...supply, at } });
  }

  /** A value of the moment `at`; one from before what is remembered says only how much there was at least. */
  observed(level: LevelMeasurement, at: number): void {
    const late = this.#baseAt - at;
    if (late <= 0) this.#insert({ kind: "soc", at, level });
    else
      this.#insert({
        kind: "soc",
        at: this.#baseAt,
        level: { ...level, steps: null, gained: level.gained + this.#gained(Math.min(late, LONGEST_GAP_MS)) },
      });
  }

  /** The course of the power near full tells how the car rounds: how well each way fits, as logarithm. */
  rounded(logs: readonly number[], at: number): void {
    if (logs.length > 0) this.#insert({ kind: "rounding", at: Math.max(this.#baseAt, at), logs });
  }

  /** The car expects to charge so fast; only its first word in a charge is news. */
  forecast(ppPerHour: number, at: number): void {
    this.#insert({ kind: "forecast", at: Math.max(this.#baseAt, at), ppPerHour });
  }

  /** The charge is over; `share` of them end at their target. */
  ended(at: number, target: number, share: number): void {
    const then = Math.max(this.#baseAt, at);
    this.#keep((entry) => entry.kind !== "supply" || entry.at <= then);
    this.#insert({ kind: "end", at: then, target, share });
    this.#insert({ kind: "supply", at: then, supply: withoutPower(then) });
  }

  /** Time has passed; what is old enough is settled. */
  pass(now: number): void {
    // Another capacity than was reckoned with is the better word on what was told before, too.
    if (this.isKnown && this.#capacityKwh !== this.context().capacityKwh) this.#replay();
    if (now <= this.#headAt) return;
    const isOld = now - this.#baseAt > LATE_MS + ROLL_MS;
    if (isOld || this.#entries.length > MOST_ENTRIES) this.#roll(now);
    // In place: the head is nobody else's, because marks have copies and what `at` gave holds no longer.
    if (this.#looked?.at === now) this.#head = this.#looked.set;
    else advance(this.#head, this.#headAt, now, this.context());
    this.#looked = null;
    this.#headAt = now;
  }

  /**
   * Nobody watched until `now`: the charge goes on for `ms`. Later it may have stood still, or have gone on up to
   * `target`, percent.
   */
  skip(ms: number, now: number, target: number): void {
    this.#rollTo(this.#headAt + ms);
    const missed = Math.min(this.#gained(now - this.#baseAt), Math.max(0, target - this.#base.soc.mean));
    for (const one of this.#base.all) one.rest(missed ** 2 / 3);
    this.#rebase(now);
  }

  /** The clock was set back to `now`: what is known is of that moment. */
  turnBack(now: number): void {
    this.#rollTo(this.#headAt);
    const { supply } = this.#base;
    if (supply !== null) this.#base.supply = { ...supply, at: Math.min(supply.at, now) };
    this.#rebase(now);
  }

  save(): JsonObject {
    const { afterSupply, afterAll } = this.#marks ?? { afterSupply: null, afterAll: null };
    return {
      base: this.#base.save(),
      baseAt: this.#baseAt,
      entries: this.#entries,
      head: this.#head.save(),
      now: this.#headAt,
      afterSupply: savedMark(afterSupply),
      afterAll: savedMark(afterAll),
      capacityKwh: this.#capacityKwh,
    };
  }

  restore(saved: unknown): boolean {
    if (!isObject(saved)) return false;
    const base = HypothesisSet.restored(saved["base"]);
    const baseAt = finiteNumber(saved["baseAt"]);
    if (base === null || baseAt === null) return false;
    this.#base = base;
    this.#baseAt = baseAt;
    this.#entries = storedList(decodeEntry, 2 * MOST_ENTRIES)(saved["entries"]).filter((entry) => entry.at >= baseAt);
    this.#entries.sort((one, other) => one.at - other.at);
    this.#headAt = Math.max(baseAt, finiteNumber(saved["now"]) ?? baseAt);
    const afterAll = this.#markOf(saved["afterAll"]);
    this.#marks = afterAll === null ? null : { afterSupply: this.#markOf(saved["afterSupply"]), afterAll };
    this.#capacityKwh = finiteNumber(saved["capacityKwh"]) ?? 0;
    const head = HypothesisSet.restored(saved["head"]);
    // Played once more it would differ a little: the fast charging curve has learned meanwhile, and time went by in other steps.
    if (head === null) this.#replay();
    else this.#head = head;
    return true;
  }

  #markOf(saved: unknown): Mark | null {
    const mark = readMark(saved);
    return mark === null || mark.count > this.#entries.length || mark.at < this.#baseAt ? null : mark;
  }

  #rebase(now: number): void {
    this.#baseAt = now;
    this.#headAt = now;
    this.#replay();
  }

  #keep(wanted: (entry: HistoryEntry) => boolean): void {
    if (this.#entries.every(wanted)) return;
    this.#marks = null;
    this.#entries = this.#entries.filter(wanted);
  }

  #insert(entry: HistoryEntry): void {
    // They are in order of their time, and what comes is seldom older than what is there.
    let index = this.#entries.length;
    while (index > 0 && (this.#entries[index - 1]?.at ?? -Infinity) > entry.at) index--;
    const mark = this.#markBefore(index, entry.kind === "supply");
    this.#entries.splice(index, 0, entry);
    this.#replay(mark);
  }

  /**
   * The last mark that an entry at `index` leaves true: power changes evenly between two readings, so that the next
   * one, and what comes before it, tells of all in between.
   */
  #markBefore(index: number, isSupply: boolean): Mark | null {
    if (this.#marks === null || this.#capacityKwh !== this.context().capacityKwh) return null;
    const { afterSupply, afterAll } = this.#marks;
    if (!isSupply && index >= afterAll.count) return afterAll;
    return afterSupply !== null && index >= afterSupply.count ? afterSupply : null;
  }

  #replay(from: Mark | null = null): void {
    const now = this.#headAt;
    const context = this.context();
    const start = from ?? { count: 0, at: this.#baseAt, set: this.#base };
    this.#head = start.set.clone();
    this.#looked = null;
    let supplies = this.#entries.length;
    while (supplies > 0 && this.#entries[supplies - 1]?.kind !== "supply") supplies--;
    let { count, at } = start;
    let afterSupply = from === null ? null : (this.#marks?.afterSupply ?? null);
    if (supplies > count) {
      at = play(this.#head, at, this.#entries.slice(count, supplies), context);
      count = supplies;
      afterSupply = { count, at, set: this.#head.clone() };
    }
    at = play(this.#head, at, this.#entries.slice(count), context);
    const afterAll = { count: this.#entries.length, at, set: this.#head.clone() };
    this.#marks = { afterSupply, afterAll };
    this.#capacityKwh = context.capacityKwh;
    this.#headAt = at;
    if (now <= at) return;
    advance(this.#head, at, now, context);
    this.#headAt = now;
  }

  /** Settles what nothing can change any more, at the last reading of power before. */
  #roll(now: number): void {
    const settled = this.#entries.filter(({ kind, at }) => kind === "supply" && at <= now - LATE_MS).at(-1);
    const follows = this.#head.supply?.follows ?? false;
    const usual = follows ? Math.max(settled?.at ?? 0, now - LONGEST_GAP_MS) : now - LATE_MS;
    const tooMany = this.#entries.length > MOST_ENTRIES ? (this.#entries.at(-MOST_ENTRIES / 2)?.at ?? 0) : 0;
    const until = Math.max(usual, tooMany);
    if (until > this.#baseAt) this.#rollTo(until);
  }

  #rollTo(until: number): void {
    const context = this.context();
    const before = this.#entries.filter(({ at }) => at <= until);
    this.#marks = null;
    // The points teach the curve, upon which the same look shows something else.
    this.#looked = null;
    play(this.#base, this.#baseAt, before, context, this.onPoint);
    const last = before.at(-1)?.at ?? this.#baseAt;
    advance(this.#base, last, until, context);
    this.#entries = this.#entries.filter(({ at }) => at > until);
    this.#baseAt = Math.max(this.#baseAt, until);
  }

  /** Tells what may have come in during `ms`, pp. */
  #gained(ms: number): number {
    const { mean } = this.#base.soc;
    const later = this.#base.clone();
    advance(later, this.#baseAt, this.#baseAt + ms, this.context());
    return Math.max(0, later.soc.mean - mean);
  }
}

const amount = needed(then(finiteNumber, (number: number) => (number >= 0 ? number : null)));
const positive = needed(then(finiteNumber, (number: number) => (number > 0 ? number : null)));
const readMeasurement: StoredReader<LevelMeasurement | null> = object({
  soc: needed(finiteNumber),
  step: positive,
  noise: amount,
  steps: then(finiteNumber, (steps: number) => (Number.isInteger(steps) && steps >= 0 ? steps : null)),
  gained: amount,
  most: or(percentOf, FULL),
});
const at = needed(finiteNumber);
const ENTRIES: Readonly<Record<HistoryEntry["kind"], StoredReader<HistoryEntry | null>>> = {
  supply: object({ kind: needed(oneOf(["supply"])), at, supply: needed(decodeSupply) }),
  soc: object({ kind: needed(oneOf(["soc"])), at, level: needed(readMeasurement) }),
  end: object({ kind: needed(oneOf(["end"])), at, target: positive, share: or(clampedNumber(0, 1), 0.5) }),
  rounding: object({ kind: needed(oneOf(["rounding"])), at, logs: numberList }),
  forecast: object({ kind: needed(oneOf(["forecast"])), at, ppPerHour: positive }),
};

const readMark: StoredReader<Mark | null> = object({
  count: needed(then(finiteNumber, (count: number) => (Number.isInteger(count) && count >= 0 ? count : null))),
  at,
  set: needed((saved) => HypothesisSet.restored(saved)),
});

function savedMark(mark: Mark | null): JsonObject | null {
  return mark === null ? null : { ...mark, set: mark.set.save() };
}

function decodeEntry(saved: unknown): HistoryEntry | null {
  for (const read of Object.values(ENTRIES)) {
    const entry = read(saved);
    if (entry !== null) return entry;
  }
  return null;
}
