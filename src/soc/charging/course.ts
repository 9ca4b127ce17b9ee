import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { Moments } from "../normal.js";
import { Mixture } from "./mixture.js";
import type { Seen } from "./seen.js";
import { isGuess, stopped, type Supply } from "./supply.js";
import { advance, play, restoredNote, type Circumstances, type Note, type OnPoint } from "./tape.js";

/** How late a value may come and still be put where it belongs. */
const LATE_MS = 900_000;
/** A reading of power this old is not needed to know what flowed until the next. */
const LONGEST_GAP_MS = 2_400_000;
const ROLL_MS = 300_000;
const MOST_NOTES = 240;

/** What is known after the first `count` notes. */
interface Mark {
  readonly count: number;
  readonly at: number;
  readonly mixture: Mixture;
}

/**
 * The course of the state of charge: what was known a while ago, and what was told since. Late values are put where they
 * belong, and the power between two readings follows from both.
 */
export class Course {
  #base = new Mixture();
  #baseAt = 0;
  #notes: Note[] = [];
  /** So that what comes in order need not be played from the base on. */
  #marks: { readonly afterSupply: Mark | null; readonly afterAll: Mark } | null = null;
  /** With which the marks and the head were reckoned. */
  #capacityKwh = 0;
  /** At `#headAt`. */
  #head = new Mixture();
  #headAt = 0;

  constructor(
    private readonly world: () => Circumstances,
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

  /** What charges the battery, or charged it last. */
  get charged(): Supply | null {
    return this.#head.charged;
  }

  /** What is known for the moment `at`: to be looked at, and only until the next word. */
  at(at: number): Mixture {
    if (at <= this.#headAt) return this.#head;
    const copy = this.#head.clone();
    advance(copy, this.#headAt, at, this.world());
    return copy;
  }

  /** The first value of all. */
  begin(seen: Seen, gain: Moments, at: number): void {
    this.#base.begin(seen, gain);
    this.#base.supply = stopped(at);
    this.#baseAt = at;
    this.#replay();
  }

  /** A charge begins at `at` of which nothing is known yet. */
  start(at: number): void {
    this.#rollTo(at);
    this.#keep(({ kind }) => kind === "soc");
    this.#base.supply = null;
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
    this.#keep((note) => note.kind !== "supply" || (note.at !== at && !(isFirst && isGuess(note.supply))));
    this.#insert({ kind: "supply", at, supply: { ...supply, at } });
  }

  /** A value of the moment `at`; one from before what is remembered says only how much there was at least. */
  saw(seen: Seen, at: number): void {
    const late = this.#baseAt - at;
    if (late <= 0) this.#insert({ kind: "soc", at, seen });
    else
      this.#insert({
        kind: "soc",
        at: this.#baseAt,
        seen: { ...seen, crossing: 0, gained: seen.gained + this.#gained(Math.min(late, LONGEST_GAP_MS)) },
      });
  }

  /** The car expects to charge so fast; only its first word in a charge is news. */
  forecast(ppPerHour: number, at: number): void {
    this.#insert({ kind: "forecast", at: Math.max(this.#baseAt, at), ppPerHour });
  }

  ended(at: number, target: number): void {
    const then = Math.max(this.#baseAt, at);
    this.#keep((note) => note.kind !== "supply" || note.at <= then);
    this.#insert({ kind: "end", at: then, target });
    this.#insert({ kind: "supply", at: then, supply: stopped(then) });
  }

  /** Time has passed; what is old enough is settled. */
  pass(now: number): void {
    // Another capacity than was reckoned with is the better word on what was told before, too.
    if (this.isKnown && this.#capacityKwh !== this.world().capacityKwh) this.#replay();
    if (now <= this.#headAt) return;
    const isOld = now - this.#baseAt > LATE_MS + ROLL_MS;
    if (isOld || this.#notes.length > MOST_NOTES) this.#roll(now);
    advance(this.#head, this.#headAt, now, this.world());
    this.#headAt = now;
  }

  /**
   * Nobody watched until `now`: the charge goes on for `ms`. Later it may have stood still, or have gone on up to `target`,
   * percent.
   */
  skip(ms: number, now: number, target: number): void {
    this.#rollTo(this.#headAt + ms);
    const missed = Math.min(this.#gained(now - this.#baseAt), Math.max(0, target - this.#base.soc.mean));
    for (const { track } of this.#base.all) track.rest(missed ** 2 / 3);
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
    return { base: this.#base.save(), baseAt: this.#baseAt, notes: this.#notes, now: this.#headAt };
  }

  restore(saved: unknown): boolean {
    if (!isObject(saved)) return false;
    const base = Mixture.restored(saved["base"]);
    const baseAt = finite(saved["baseAt"]);
    if (base === null || baseAt === null) return false;
    const notes = Array.isArray(saved["notes"]) ? (saved["notes"] as unknown[]) : [];
    this.#base = base;
    this.#baseAt = baseAt;
    this.#notes = notes
      .slice(0, 2 * MOST_NOTES)
      .map(restoredNote)
      .filter((note) => note !== null && note.at >= baseAt) as Note[];
    this.#notes.sort((one, other) => one.at - other.at);
    this.#headAt = Math.max(baseAt, finite(saved["now"]) ?? baseAt);
    this.#marks = null;
    this.#replay();
    return true;
  }

  #rebase(now: number): void {
    this.#baseAt = now;
    this.#headAt = now;
    this.#replay();
  }

  #keep(wanted: (note: Note) => boolean): void {
    const kept = this.#notes.filter(wanted);
    if (kept.length < this.#notes.length) this.#marks = null;
    this.#notes = kept;
  }

  #insert(note: Note): void {
    const behind = this.#notes.findIndex(({ at }) => at > note.at);
    const index = behind < 0 ? this.#notes.length : behind;
    const mark = this.#markBefore(index, note.kind === "supply");
    this.#notes.splice(index, 0, note);
    this.#replay(mark);
  }

  /** The last mark that a note at `index` leaves true: power changes evenly between two readings, so that the next one, and what comes before it, tells of all in between. */
  #markBefore(index: number, isSupply: boolean): Mark | null {
    if (this.#marks === null || this.#capacityKwh !== this.world().capacityKwh) return null;
    const { afterSupply, afterAll } = this.#marks;
    if (!isSupply && index >= afterAll.count) return afterAll;
    return afterSupply !== null && index >= afterSupply.count ? afterSupply : null;
  }

  #replay(from: Mark | null = null): void {
    const now = this.#headAt;
    const world = this.world();
    const start = from ?? { count: 0, at: this.#baseAt, mixture: this.#base };
    this.#head = start.mixture.clone();
    let supplies = this.#notes.length;
    while (supplies > 0 && this.#notes[supplies - 1]?.kind !== "supply") supplies--;
    let { count, at } = start;
    let afterSupply = from === null ? null : (this.#marks?.afterSupply ?? null);
    if (supplies > count) {
      at = play(this.#head, at, this.#notes.slice(count, supplies), world);
      count = supplies;
      afterSupply = { count, at, mixture: this.#head.clone() };
    }
    at = play(this.#head, at, this.#notes.slice(count), world);
    const afterAll = { count: this.#notes.length, at, mixture: this.#head.clone() };
    this.#marks = { afterSupply, afterAll };
    this.#capacityKwh = world.capacityKwh;
    this.#headAt = at;
    if (now <= at) return;
    advance(this.#head, at, now, world);
    this.#headAt = now;
  }

  /** Settles what nothing can change any more, at the last reading of power before. */
  #roll(now: number): void {
    const settled = this.#notes.filter(({ kind, at }) => kind === "supply" && at <= now - LATE_MS).at(-1);
    const follows = this.#head.supply?.follows ?? false;
    const usual = follows ? Math.max(settled?.at ?? 0, now - LONGEST_GAP_MS) : now - LATE_MS;
    const tooMany = this.#notes.length > MOST_NOTES ? (this.#notes.at(-MOST_NOTES / 2)?.at ?? 0) : 0;
    const until = Math.max(usual, tooMany);
    if (until > this.#baseAt) this.#rollTo(until);
  }

  #rollTo(until: number): void {
    const world = this.world();
    const before = this.#notes.filter(({ at }) => at <= until);
    this.#marks = null;
    play(this.#base, this.#baseAt, before, world, this.onPoint);
    const last = before.at(-1)?.at ?? this.#baseAt;
    advance(this.#base, last, until, world);
    this.#notes = this.#notes.filter(({ at }) => at > until);
    this.#baseAt = Math.max(this.#baseAt, until);
  }

  /** What may have come in during `ms`, pp. */
  #gained(ms: number): number {
    const { mean } = this.#base.soc;
    const later = this.#base.clone();
    advance(later, this.#baseAt, this.#baseAt + ms, this.world());
    return Math.max(0, later.soc.mean - mean);
  }
}
