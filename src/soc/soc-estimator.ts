import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import type { GeoPoint } from "../vehicle/geography.js";
import type { Reading } from "../vehicle/reading.js";
import { ChargingEfficiency } from "./charging/charging-efficiency.js";
import { ChargingFilter } from "./charging/charging-filter.js";
import { EfficiencyLearner } from "./charging/efficiency-learner.js";
import { DriveState } from "./drive-state.js";
import { DrivingEstimator } from "./driving/driving-estimator.js";
import type { TripVerdict } from "./driving/consumption-statistics.js";
import type { LearningDecision, LearningReport, SocEstimate } from "./estimate.js";
import { BatteryObservations } from "./observations/battery-observations.js";
import { concernsCharging, type LevelObservation, type Observation } from "./observations/observation.js";
import { observationsOf, silentEnd } from "./observations/observation-reader.js";
import { LONGEST_UNWATCHED_MS, MOST_AUX_KW, MOST_KMH, MOST_KW, type SocSettings } from "./settings.js";
import { AGREES_PP, DisplayedSoc, SocDisplay, type Glances } from "./soc-display.js";

/** Names what can be forgotten of what was learned. */
export type LearnedPart = "ac" | "dc" | "driving" | "all";

const OF_INTEREST: ReadonlySet<VehicleEvent["name"]> = new Set([
  ...(["tripStarted", "tripEnded", "chargingEnded", "unplugged"] as const),
]);
/** A car that gives less than that gives nothing: meters are off by a little, kW. */
const LEAST_GIVEN_KW = 0.3;
/** A charge that has ended may still be confirmed, and taught from, for so long. */
const CONFIRMED_WITHIN_MS = 26 * 60_000;

/** These may change what is shown of a car that neither charges nor drives. */
const OF_STANDING: readonly Observation["kind"][] = ["soc", "status", "target", "capacity"];

/**
 * Estimates the state of charge of one car, charging, driving or standing: gives each observation to the store, then to
 * the filter and the ledger of its charges and to the driving estimate, and shows what they know. Time comes by
 * readings and `tick` only; what is asked changes nothing. Times in ms.
 */
export class SocEstimator {
  readonly #observations = new BatteryObservations();
  readonly #efficiency = new ChargingEfficiency();
  readonly #ledger: EfficiencyLearner;
  readonly #filter: ChargingFilter;
  readonly #driving: DrivingEstimator;
  readonly #state = new DriveState();
  readonly #standing = new DisplayedSoc();
  readonly #magicStanding = new DisplayedSoc();
  readonly #display: SocDisplay;
  /** BMW's time of the status; `null` while nothing charges. */
  #chargingSince: number | null = null;
  #chargeEndedAt: number | null = null;
  /** The car gives power without a word that it charges. */
  #gives = false;
  #decisions: LearningDecision[] = [];
  #lastDecision: LearningDecision | null = null;

  constructor(private readonly settings: () => SocSettings) {
    this.#ledger = new EfficiencyLearner(settings, this.#observations, this.#efficiency);
    this.#filter = new ChargingFilter(settings, this.#observations, this.#efficiency);
    this.#driving = new DrivingEstimator(settings, this.#observations);
    this.#display = new SocDisplay({
      settings,
      observations: this.#observations,
      ledger: this.#ledger,
      filter: this.#filter,
      driving: this.#driving,
      state: this.#state,
      standing: this.#standing,
      magicStanding: this.#magicStanding,
      charging: () => this.#charging,
    });
  }

  /**
   * Takes what one message, or one moment of the desk, gave: accepted readings, then the events that they made.
   * @param chargeStoppedAt when a charge has stopped by them, though its end may not be told yet, in ms
   * @returns whether anything of it may change what is shown
   */
  take(
    readings: readonly Reading[],
    events: readonly VehicleEvent[],
    now: number,
    chargeStoppedAt: number | null = null,
  ): boolean {
    this.#observations.note(readings);
    const observations = observationsOf(readings, now);
    observations.push(...silentEnd(readings, this.#chargingSince, now));
    const moves = events.length === 0 ? events : events.filter(({ name }) => OF_INTEREST.has(name));
    if (observations.length === 0 && moves.length === 0 && chargeStoppedAt === null) return false;
    const wasOpen = this.open;
    for (const observation of observations) this.#observe(observation);
    if (chargeStoppedAt !== null) this.#stops(chargeStoppedAt, now);
    for (const event of moves) this.#event(event, now);
    return wasOpen || this.open || observations.some(({ kind }) => OF_STANDING.includes(kind));
  }

  /** The user's meter: power before losses, below 0 if the car gives it, and the load beside the battery, kW. */
  meter(kw: number, auxKw: number, now: number): void {
    if (isWithin(Math.abs(kw), MOST_KW) && isWithin(auxKw, MOST_AUX_KW))
      this.#observe({ kind: "meter", kw, auxKw, now });
  }

  /**
   * The speed of the user's tracker in km/h, `null` while it is silent; one that is only said is true for `holdsMs`.
   * `isMean`: of the way to the place that is told as well.
   */
  speed(kmh: number | null, now: number, about: { readonly holdsMs?: number; readonly isMean?: true } = {}): void {
    if (kmh === null || isWithin(kmh, MOST_KMH)) this.#observe({ kind: "speed", kmh, ...about, now });
  }

  /** A place that the user's tracker was at, at the moment `at`, with the way to it from where it was at `since`. */
  place({ latitude, longitude }: GeoPoint, at: number, way: { km: number; since: number } | null, now: number): void {
    const known = way === null ? {} : { wayKm: way.km, waySince: way.since };
    this.#observe({ kind: "position", latitude, longitude, ...known, at, now });
  }

  /**
   * Takes what the desk of the car knows: of a car that was driven before it was estimated, or after a crash more than
   * was saved here. Takes what it has not heard of.
   * @param isOnTrip whether a trip is on its way, whose start may not have been heard of either
   */
  catchUp(known: readonly Reading[], underWay: boolean, now: number): void {
    const news = this.#observations.newerOf(known);
    if (news.length === 0) return;
    const hasEnded = this.#state.driving && !underWay;
    // Nothing was driven since.
    const then = hasEnded ? Math.min(now, Math.max(...news.map(({ timestamp }) => timestamp))) : now;
    this.take(news, [], then);
    if (hasEnded) this.#arrives(then, then);
    if (underWay && !this.#state.driving) this.#departs(now, now);
  }

  /** Lets time pass. */
  tick(now: number): void {
    if (!Number.isFinite(now)) return;
    this.#display.changed();
    this.#observations.tick(now);
    this.#filter.tick(now);
    this.#note(this.#ledger.tick(now, this.#shownSoc(now)));
    this.#endGiving(now);
    this.#driving.tick(now);
    if (this.#state.isStale(now)) {
      this.#parks(now);
      this.#state.end(now, true);
    }
    this.#state.tick(now);
    if (!isWithin(now - (this.#chargeEndedAt ?? now), CONFIRMED_WITHIN_MS)) this.#chargeEndedAt = null;
  }

  /** Time alone changes something: a charge, a trip, or what follows them. */
  get open(): boolean {
    return this.#charging || this.#chargeEndedAt !== null || this.#state.open;
  }

  /** A charge or a trip goes on. */
  get busy(): boolean {
    return this.#charging || this.#state.driving;
  }

  /** "Predicted SOC"; `null` before the first level, and of a car without a high-voltage battery. */
  predicted(at: number): SocEstimate | null {
    return this.#display.predicted(at);
  }

  /** "Magic SOC": goes on while the car drives. `null` while it is not wanted. */
  magic(at: number): SocEstimate | null {
    return this.#display.magic(at);
  }

  /** Tells what people see of both at first sight, for much less than all that explains it. */
  glance(at: number): Glances {
    return this.#display.glance(at);
  }

  /** Forgets what was learned; returns whether there was anything. */
  reset(what: LearnedPart): boolean {
    const charging = what !== "driving" && this.#resetCharging(what);
    this.#display.changed();
    if (what === "all" || what === this.#lastDecision?.what) this.#lastDecision = null;
    const driving = (what === "driving" || what === "all") && this.#driving.reset();
    return charging || driving;
  }

  report(): LearningReport {
    return {
      charging: { conditions: this.#efficiency.report(), losses: this.#efficiency.losses.report() },
      driving: this.#driving.report(),
      lastDecision: this.#lastDecision,
    };
  }

  /** Tells what was decided since this was asked last. */
  decisions(): LearningDecision[] {
    return this.#decisions.splice(0);
  }

  save(): JsonObject {
    return {
      observations: this.#observations.save(),
      efficiency: this.#efficiency.save(),
      ledger: this.#ledger.save(),
      filter: this.#filter.save(),
      driving: this.#driving.save(),
      state: this.#state.save(),
      standing: this.#standing.save(),
      magicStanding: this.#magicStanding.save(),
      chargingSince: this.#chargingSince,
      chargeEndedAt: this.#chargeEndedAt,
      gives: this.#gives,
      lastDecision: this.#lastDecision,
    };
  }

  /** Goes on with what `save` gave, part by part; what cannot be used is left out. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#display.changed();
    this.#observations.restore(saved["observations"]);
    this.#efficiency.restore(saved["efficiency"]);
    this.#ledger.restore(saved["ledger"]);
    this.#filter.restore(saved["filter"]);
    this.#driving.restore(saved["driving"]);
    this.#state.restore(saved["state"]);
    this.#standing.restore(saved["standing"]);
    this.#magicStanding.restore(saved["magicStanding"]);
    this.#chargingSince = this.#filter.active ? (finiteNumber(saved["chargingSince"]) ?? 0) : null;
    this.#chargeEndedAt = finiteNumber(saved["chargeEndedAt"]);
    this.#gives = this.#charging && saved["gives"] === true;
    this.#lastDecision = decodeDecision(saved["lastDecision"]);
  }

  /** Adds what was learned before, by what `save` gave: it could be read late only. What runs stays. */
  learnFrom(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#display.changed();
    this.#efficiency.learnFrom(saved["efficiency"]);
    this.#ledger.learnFrom(saved["ledger"]);
    this.#driving.learnFrom(saved["driving"]);
    this.#lastDecision ??= decodeDecision(saved["lastDecision"]);
  }

  get #charging(): boolean {
    return this.#chargingSince !== null;
  }

  get #isHybrid(): boolean {
    return this.settings().driveType === "phev";
  }

  /** Tells what is shown of the level: of a charge, else what a car that stands was left with. */
  #shownSoc(at: number): number | null {
    const level = this.#filter.soc(at);
    return this.#charging || level === null ? level : (this.#standing.soc ?? level);
  }

  #resetCharging(what: "ac" | "dc" | "all"): boolean {
    this.#filter.reset(what);
    this.#ledger.reset(what);
    return this.#efficiency.reset(what);
  }

  #observe(told: Observation): void {
    const { now } = told;
    this.#filter.tick(now);
    const observation = this.#observations.take(told);
    if (observation === null) return;
    this.#display.changed();
    const charged = this.#charging && observation.kind === "status" ? this.#filter.soc(now) : null;
    if (concernsCharging(observation)) this.#takeOfCharge(observation, charged);
    if (!this.#isOld(observation)) {
      this.#trip(this.#driving.take(observation));
      if (observation.kind === "soc" && !this.#charging) this.#stands(observation);
    }
    if (observation.kind === "status" && observation.active !== this.#charging)
      this.#charges(observation.active, observation.at, now, charged);
    this.#follow(observation);
  }

  /** @param charged what was shown at the end of a charge */
  #takeOfCharge(observation: Observation, charged: number | null): void {
    const { now } = observation;
    const isAsked = this.#ledger.needsLevel(observation);
    const before = isAsked ? (charged ?? this.#shownSoc(now)) : null;
    this.#filter.take(observation);
    this.#note(this.#ledger.take(observation, isAsked ? (before ?? this.#filter.soc(now)) : null));
  }

  /** Follows power that the car gives without a word that it charges, as a charge and for as long as it is told. */
  #follow(told: Observation): void {
    if (told.kind === "status") this.#gives = false;
    if (told.kind !== "meter" && told.kind !== "power") return;
    const { now } = told;
    const at = told.kind === "meter" ? now : told.at;
    const kw = this.#observations.metered(now, this.settings())?.kw ?? told.kw;
    const isNews = now - at <= LONGEST_UNWATCHED_MS && !this.#charging && !this.#state.driving;
    if (isNews && kw <= -LEAST_GIVEN_KW) {
      this.#observe({ kind: "status", active: true, at, now });
      this.#gives = true;
    }
    this.#endGiving(now);
  }

  #endGiving(now: number): void {
    if (!this.#gives || this.#chargingSince === null) return;
    const told = this.#observations.powerSince(this.#chargingSince)?.value ?? 0;
    const kw = this.#observations.metered(now, this.settings())?.kw ?? told;
    if (kw >= 0) this.#stops(now, now);
  }

  #departs(at: number, now: number): void {
    if (this.#charging) return;
    this.#driving.tripStarted(at, now);
    this.#state.begin(now);
  }

  /** Keeps what a trip has left. */
  #parks(now: number): void {
    const drive = this.#display.moves && !this.#charging ? this.#driving.level(now) : null;
    if (drive !== null) this.#magicStanding.keep(drive.soc);
  }

  /** BMW's word of a car that does not charge. */
  #stands({ source, soc, at, now }: LevelObservation): void {
    if (source === "level" || this.#observations.reported?.at !== at) return;
    if (source !== "tripEnd") this.#standing.take(soc, this.#isHybrid);
    const drive = this.#display.moves ? null : this.#driving.level(now);
    if (drive === null) return;
    if (this.#state.isWithin(at)) {
      this.#magicStanding.keep(drive.soc);
      return;
    }
    this.#magicStanding.take(soc, this.#isHybrid);
    const shown = this.#magicStanding.soc ?? soc;
    // The next trip begins with what is shown.
    if (Math.abs(drive.soc - shown) >= AGREES_PP) this.#driving.adopt(shown, drive.sigma, at);
  }

  /** A level from before the end of a charge is news to nobody who has followed the charge. */
  #isOld(observation: Observation): boolean {
    return observation.kind === "soc" && !this.#charging && observation.at < (this.#state.handedOverAt ?? -Infinity);
  }

  /** @param charged what was shown at the end of a charge */
  #charges(active: boolean, at: number, now: number, charged: number | null): void {
    this.#chargingSince = active ? Math.min(at, now) : null;
    if (active) {
      this.#state.end(now, true);
      this.#chargeEndedAt = null;
      return;
    }
    this.#chargeEndedAt = now;
    const level = this.#filter.estimate(now);
    if (level === null || charged === null) return;
    this.#standing.keep(charged);
    this.#magicStanding.keep(charged);
    this.#driving.adopt(charged, level.sigma, now, level.rounding);
    this.#state.handOver(Math.min(at, now));
  }

  #event(event: VehicleEvent, now: number): void {
    // Only a charge that the car tells of is ended by its own event.
    if (this.#gives && (event.name === "unplugged" || event.name === "tripStarted")) this.#stops(event.at, now);
    if (event.name === "chargingEnded") this.#stops(event.at, now);
    else if (event.name === "tripStarted") this.#departs(event.startedAt ?? event.at, now);
    else if (event.name === "tripEnded") this.#arrives(event.endedAt ?? event.at, now);
  }

  /** Also without a word of the status: the cable is out, or the car drives. */
  #stops(at: number, now: number): void {
    if (this.#charging) this.#observe({ kind: "status", active: false, at, now });
  }

  #arrives(at: number, now: number): void {
    this.#trip(this.#driving.tripEnded(at, now));
    this.#parks(now);
    this.#state.end(now);
    this.#state.arrive(at);
  }

  #trip(verdict: TripVerdict | null): void {
    if (verdict === null) return;
    const capacityKwh = this.#observations.capacity(this.settings())?.kwh ?? null;
    this.#note([tripDecision(verdict, capacityKwh)]);
  }

  #note(decisions: readonly LearningDecision[]): void {
    this.#decisions.push(...decisions);
    this.#lastDecision = decisions.at(-1) ?? this.#lastDecision;
  }
}

function isWithin(value: number, most: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= most;
}

/** Tells what a trip taught, or why nothing; `capacityKwh` that of the battery, if known. */
function tripDecision(
  { at, accepted, reason, km, kwhPerKm }: TripVerdict,
  capacityKwh: number | null,
): LearningDecision {
  const energyKwh = km === null || kwhPerKm === null ? null : km * kwhPerKm;
  const socChange = energyKwh === null || capacityKwh === null ? null : (energyKwh / capacityKwh) * 100;
  return { at, what: "driving", accepted, reason, value: kwhPerKm, socChange, energyKwh, condition: null };
}

/** Reads a decision out of what was saved; `null` if that is none. */
function decodeDecision(saved: unknown): LearningDecision | null {
  if (!isObject(saved)) return null;
  const at = finiteNumber(saved["at"]);
  const what = (["ac", "dc", "driving"] as const).find((one) => one === saved["what"]);
  const reason = nonEmptyText(saved["reason"]);
  if (at === null || what === undefined || reason === null) return null;
  return {
    at,
    what,
    accepted: saved["accepted"] === true,
    reason,
    value: finiteNumber(saved["value"]),
    socChange: finiteNumber(saved["socChange"]),
    energyKwh: finiteNumber(saved["energyKwh"]),
    condition: nonEmptyText(saved["condition"]),
  };
}
