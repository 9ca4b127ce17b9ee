import { finite, isObject, type JsonObject } from "../support/json.js";
import type { VehicleEvent } from "../vehicle/events.js";
import type { Place } from "../vehicle/geography.js";
import type { Reading } from "../vehicle/reading.js";
import { ChargingFilter } from "./charging/filter.js";
import { ChargingLedger } from "./charging/ledger.js";
import { decodeDecision, tripDecision } from "./decisions.js";
import { DrivingEstimator } from "./driving/estimator.js";
import type { LearningDecision, LearningReport, SocEstimate } from "./estimate.js";
import { Heard } from "./heard.js";
import { concernsCharging, concernsStanding, isUsable, isWithin, silentEnd } from "./intake.js";
import { LevelSources } from "./level-sources.js";
import { LastTold } from "./last-told.js";
import { MOST_AUX_KW, MOST_KMH, MOST_KW } from "./limits.js";
import { Outing } from "./outing.js";
import { Showing, type Glances } from "./showing.js";
import type { SocValue } from "./soc-value.js";
import { AGREES_PP, Standing } from "./standing.js";
import { signalsOf } from "./signals.js";
import type { SocSettings, SocSignal } from "./types.js";

/** What can be forgotten of what was learned. */
export type Lessons = "ac" | "dc" | "driving" | "all";

const VERSION = 1;
const OF_INTEREST: ReadonlySet<VehicleEvent["name"]> = new Set(["tripStarted", "tripEnded", "chargingEnded"]);
/** So long a charge that has ended may still be confirmed, and taught from. */
const LESSON_MS = 26 * 60_000;

/**
 * The state of charge of one car, charging, driving or standing: what the ledger of its charges, the filter and the
 * driving estimate know, joined. Time comes by readings and `tick` only; what is asked changes nothing. Times in ms.
 */
export class SocEstimator {
  readonly #ledger: ChargingLedger;
  readonly #filter: ChargingFilter;
  readonly #driving: DrivingEstimator;
  readonly #heard = new Heard();
  readonly #sources = new LevelSources();
  readonly #lastTold = new LastTold();
  readonly #outing = new Outing();
  readonly #standing = new Standing();
  readonly #magicStanding = new Standing();
  /** BMW's time of the status; `null` while nothing charges. */
  #chargingSince: number | null = null;
  #chargeEndedAt: number | null = null;
  #decisions: LearningDecision[] = [];
  #lastDecision: LearningDecision | null = null;
  readonly #showing: Showing;

  constructor(private readonly settings: () => SocSettings) {
    this.#ledger = new ChargingLedger(settings);
    this.#filter = new ChargingFilter(settings, (method, phases, volts, amps) =>
      this.#ledger.efficiencyOf(method, phases, volts, amps),
    );
    this.#driving = new DrivingEstimator(settings);
    this.#showing = new Showing({
      settings,
      ledger: this.#ledger,
      filter: this.#filter,
      driving: this.#driving,
      lastTold: this.#lastTold,
      outing: this.#outing,
      standing: this.#standing,
      magicStanding: this.#magicStanding,
      charging: () => this.#charging,
    });
  }

  /**
   * What one message, or one moment of the desk, gave: accepted readings, then the events that they made.
   * @param chargeStoppedAt when a charge has stopped by them, though its end may not be told yet, in ms
   * @returns whether anything of it may change what is shown
   */
  take(
    readings: readonly Reading[],
    events: readonly VehicleEvent[],
    now: number,
    chargeStoppedAt: number | null = null,
  ): boolean {
    this.#heard.note(readings);
    this.#sources.note(readings);
    const signals = [...signalsOf(readings, now), ...silentEnd(readings, this.#chargingSince, now)];
    const moves = events.filter(({ name }) => OF_INTEREST.has(name));
    if (signals.length === 0 && moves.length === 0 && chargeStoppedAt === null) return false;
    const wasOpen = this.open;
    for (const signal of signals) this.#signal(signal);
    if (chargeStoppedAt !== null) this.#stops(chargeStoppedAt, now);
    for (const event of moves) this.#event(event, now);
    return wasOpen || this.open || signals.some(concernsStanding);
  }

  /** The user's meter: power before losses and the load beside the battery, kW. */
  meter(kw: number, auxKw: number, now: number): void {
    if (isWithin(kw, MOST_KW) && isWithin(auxKw, MOST_AUX_KW)) this.#signal({ kind: "meter", kw, auxKw, now });
  }

  /**
   * The speed of the user's tracker in km/h, `null` while it is silent; one that is only said is true for `holdsMs`.
   * `isMean`: of the way to the place that is told as well.
   */
  speed(kmh: number | null, now: number, about: { readonly holdsMs?: number; readonly isMean?: true } = {}): void {
    if (kmh === null || isWithin(kmh, MOST_KMH)) this.#signal({ kind: "speed", kmh, ...about, now });
  }

  /** A place that the user's tracker was at, at the moment `at`, with the way to it from where it was at `since`. */
  place({ latitude, longitude }: Place, at: number, way: { km: number; since: number } | null, now: number): void {
    const known = way === null ? {} : { wayKm: way.km, waySince: way.since };
    this.#signal({ kind: "position", latitude, longitude, ...known, at, now });
  }

  /**
   * What the desk of the car knows: of a car that was driven before it was estimated, or after a crash more than was saved
   * here. Takes what it has not heard of.
   * @param underWay whether a trip is on its way, whose start may not have been heard of either
   */
  catchUp(known: readonly Reading[], underWay: boolean, now: number): void {
    const news = this.#heard.news(known);
    if (news.length === 0) return;
    const hasEnded = this.#outing.driving && !underWay;
    // Nothing was driven since.
    const then = hasEnded ? Math.min(now, Math.max(...news.map(({ timestamp }) => timestamp))) : now;
    this.take(news, [], then);
    if (hasEnded) this.#arrives(then, then);
    if (underWay && !this.#outing.driving) this.#departs(now, now);
  }

  /** Lets time pass. */
  tick(now: number): void {
    if (!Number.isFinite(now)) return;
    this.#showing.changed();
    this.#note(this.#ledger.tick(now));
    this.#filter.tick(now);
    this.#driving.tick(now);
    if (this.#outing.isStale(now)) {
      this.#parks(now);
      this.#outing.end(now, true);
    }
    this.#outing.tick(now);
    if (!isWithin(now - (this.#chargeEndedAt ?? now), LESSON_MS)) this.#chargeEndedAt = null;
  }

  /** Time alone changes something: a charge, a trip, or what follows them. */
  get open(): boolean {
    return this.#charging || this.#chargeEndedAt !== null || this.#outing.open;
  }

  /** A charge or a trip goes on. */
  get busy(): boolean {
    return this.#charging || this.#outing.driving;
  }

  /** "Predicted SOC"; `null` before the first level, and of a car without a high-voltage battery. */
  predicted(at: number): SocEstimate | null {
    return this.#showing.predicted(at);
  }

  /** "Magic SOC": goes on while the car drives. `null` while it is not wanted. */
  magic(at: number): SocEstimate | null {
    return this.#showing.magic(at);
  }

  /** What people see of both at first sight, for much less than all that explains it. */
  glance(at: number): Glances {
    return this.#showing.glance(at);
  }

  /** Forgets what was learned; returns whether there was anything. */
  reset(what: Lessons): boolean {
    const charging = what !== "driving" && this.#ledger.reset(what);
    if (what !== "driving") this.#filter.reset(what);
    this.#showing.changed();
    if (what === "all" || what === this.#lastDecision?.what) this.#lastDecision = null;
    const driving = (what === "driving" || what === "all") && this.#driving.reset();
    return charging || driving;
  }

  report(): LearningReport {
    return {
      charging: this.#ledger.report(),
      driving: this.#driving.report(),
      lastDecision: this.#lastDecision,
    };
  }

  /** What was decided since this was asked last. */
  decisions(): LearningDecision[] {
    return this.#decisions.splice(0);
  }

  save(): JsonObject {
    return {
      version: VERSION,
      ledger: this.#ledger.save(),
      filter: this.#filter.save(),
      driving: this.#driving.save(),
      heard: this.#heard.save(),
      sources: this.#sources.save(),
      told: this.#lastTold.save(),
      outing: this.#outing.save(),
      standing: this.#standing.save(),
      magicStanding: this.#magicStanding.save(),
      chargingSince: this.#chargingSince,
      chargeEndedAt: this.#chargeEndedAt,
      lastDecision: this.#lastDecision,
    };
  }

  /** Goes on with what `save` gave, part by part; what cannot be used is left out. */
  restore(saved: unknown): void {
    if (!isObject(saved) || saved["version"] !== VERSION) return;
    this.#showing.changed();
    this.#ledger.restore(saved["ledger"]);
    this.#filter.restore(saved["filter"]);
    this.#driving.restore(saved["driving"]);
    this.#heard.restore(saved["heard"]);
    this.#lastTold.restore(saved["told"]);
    this.#sources.restore(saved["sources"], this.#lastTold.last?.descriptor ?? null);
    this.#outing.restore(saved["outing"]);
    this.#standing.restore(saved["standing"]);
    this.#magicStanding.restore(saved["magicStanding"]);
    this.#chargingSince = this.#filter.active ? (finite(saved["chargingSince"]) ?? 0) : null;
    this.#chargeEndedAt = finite(saved["chargeEndedAt"]);
    this.#lastDecision = decodeDecision(saved["lastDecision"]);
  }

  /** Adds what was learned before, by what `save` gave: it could be read late only. What runs stays. */
  learnFrom(saved: unknown): void {
    if (!isObject(saved) || saved["version"] !== VERSION) return;
    this.#showing.changed();
    this.#ledger.learnFrom(saved["ledger"]);
    this.#filter.learnFrom(saved["filter"]);
    this.#driving.learnFrom(saved["driving"]);
    this.#lastDecision ??= decodeDecision(saved["lastDecision"]);
  }

  get #charging(): boolean {
    return this.#chargingSince !== null;
  }

  get #isHybrid(): boolean {
    return this.settings().driveType === "phev";
  }

  #signal(told: SocSignal): void {
    if (!isUsable(told)) return;
    this.#showing.changed();
    this.#lastTold.take(told);
    const signal = this.#sources.read(told);
    const charged = this.#charging && signal.kind === "status" ? this.#filter.soc(signal.now) : null;
    if (concernsCharging(signal)) {
      this.#note(this.#ledger.take(signal));
      this.#filter.take(signal);
    }
    if (!this.#isOld(signal)) {
      this.#trip(this.#driving.take(signal));
      if (signal.kind === "soc" && !this.#charging) this.#stands(signal);
    }
    if (signal.kind === "status" && signal.active !== this.#charging)
      this.#charges(signal.active, signal.at, signal.now, charged);
  }

  #departs(at: number, now: number): void {
    if (this.#charging) return;
    this.#driving.tripStarted(at, now);
    this.#outing.begin(now);
  }

  /** What a trip has left. */
  #parks(now: number): void {
    const drive = this.#showing.moves && !this.#charging ? this.#driving.level(now) : null;
    if (drive !== null) this.#magicStanding.keep(drive.soc);
  }

  /** BMW's word of a car that does not charge. */
  #stands({ source, soc, at, now }: SocValue): void {
    if (source === "level" || this.#lastTold.last?.at !== at) return;
    if (source !== "tripEnd") this.#standing.take(soc, this.#isHybrid);
    const drive = this.#showing.moves ? null : this.#driving.level(now);
    if (drive === null) return;
    if (this.#outing.isWithin(at)) {
      this.#magicStanding.keep(drive.soc);
      return;
    }
    this.#magicStanding.take(soc, this.#isHybrid);
    const shown = this.#magicStanding.soc ?? soc;
    // The next trip begins with what is shown.
    if (Math.abs(drive.soc - shown) >= AGREES_PP) this.#driving.adopt(shown, drive.sigma, at);
  }

  /** A level from before the end of a charge is news to nobody who has followed the charge. */
  #isOld(signal: SocSignal): boolean {
    return signal.kind === "soc" && !this.#charging && signal.at < (this.#outing.handedOverAt ?? -Infinity);
  }

  /** @param charged what was shown at the end of a charge */
  #charges(active: boolean, at: number, now: number, charged: number | null): void {
    this.#chargingSince = active ? Math.min(at, now) : null;
    if (active) {
      this.#outing.end(now, true);
      this.#chargeEndedAt = null;
      return;
    }
    this.#chargeEndedAt = now;
    const level = this.#filter.estimate(now);
    if (level === null || charged === null) return;
    this.#standing.keep(charged);
    this.#magicStanding.keep(charged);
    this.#driving.adopt(charged, level.sigma, now);
    this.#outing.handOver(Math.min(at, now));
  }

  #event(event: VehicleEvent, now: number): void {
    if (event.name === "chargingEnded") this.#stops(event.at, now);
    else if (event.name === "tripStarted") this.#departs(event.startedAt ?? event.at, now);
    else if (event.name === "tripEnded") this.#arrives(event.endedAt ?? event.at, now);
  }

  /** Also without a word of the status: the cable is out, or the car drives. */
  #stops(at: number, now: number): void {
    if (this.#charging) this.#signal({ kind: "status", active: false, at, now });
  }

  #arrives(at: number, now: number): void {
    this.#trip(this.#driving.tripEnded(at, now));
    this.#parks(now);
    this.#outing.end(now);
    this.#outing.arrive(at);
  }

  #trip(verdict: ReturnType<DrivingEstimator["take"]>): void {
    if (verdict !== null) this.#note([tripDecision(verdict, this.#showing.capacity?.kwh ?? null)]);
  }

  #note(decisions: readonly LearningDecision[]): void {
    this.#decisions.push(...decisions);
    this.#lastDecision = decisions.at(-1) ?? this.#lastDecision;
  }
}
