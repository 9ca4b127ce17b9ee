import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { SocValue } from "../soc-value.js";
import type { Estimate, SocSettings, SocSignal } from "../types.js";
import { Course } from "./course.js";
import { DcStretches } from "./dc-stretches.js";
import { Levels } from "./levels.js";
import { minutesUntil } from "./forecast.js";
import { Memory, type PriorOf } from "./memory.js";
import type { Mixture } from "./mixture.js";
import { Supplies } from "./supplies.js";
import { BLIND, OPEN, resumed, UNKNOWN, type Supply } from "./supply.js";
import type { Circumstances } from "./tape.js";
import { Steadiness } from "./supply-steadiness.js";
import { CLOCK_BACK_MS, LONGEST_UNWATCHED_MS } from "../limits.js";
import { dated, isSound } from "../sound.js";
import { Told } from "./told.js";

/** What is shown of a charge. */
export interface ChargingEstimate extends Estimate {
  /** That flows in, before losses; `null` if nothing charges. */
  readonly powerKw: number | null;
  /** `null` if unknown, or with direct current. */
  readonly phases: number | null;
  /** Share of the net energy that arrives in the battery; `null` where it is only guessed. */
  readonly efficiency: number | null;
  /** `null` if nothing charges, or not within two days. */
  readonly minutesToTarget: number | null;
}

const VERSION = 1;
/** Of a battery of which nobody tells the capacity: so small that the gain of any other lies within its bounds. */
const SOME_KWH = 36;
/** What a car tells until then still belongs to the charge that has ended. */
const LESSON_AFTER_MS = 900_000;
/** A level this old may no longer be true when a charge begins, and how far the first of the charge then differs. */
const STALE_MS = 1_800_000;
const STALE_PP = 3;
/** A charge that begins so soon after another goes on with it. */
const PAUSE_MS = 3_600_000;
const SURE_SHARE = 0.8;
const MOST_USUAL_KAPPA = 1.05;
/** Less says nothing about the power. */
const LEAST_FORECAST_PP = 3;

/**
 * Estimates the state of charge of a battery that charges, from what the car tells of it and of the power.
 * Signals come in the order of arrival, times in ms, percentages as numbers of 0 to 100. `estimate` changes nothing. Works
 * without a charge as well: it is then what was known last, less and less certain.
 */
export class ChargingFilter {
  readonly #told = new Told();
  readonly #levels = new Levels();
  readonly #memory: Memory;
  readonly #supplies: Supplies;
  readonly #course: Course;
  readonly #steadiness = new Steadiness();
  #active = false;
  #since = 0;
  #endedAt: number | null = null;
  #stoppedAt: number | null = null;
  #startSoc = 0;
  /** Nothing below is shown while an electric car charges. */
  #floor = 0;
  #kappas: number[] = [];
  readonly #stretches = new DcStretches();
  /** The car has said how long this charge takes. */
  #isForecast = false;
  /** Time went by unwatched since the last level: what was shown may have been too high. */
  #isUnwatched = false;

  constructor(
    private readonly settings: () => SocSettings,
    prior: PriorOf,
  ) {
    this.#memory = new Memory(prior);
    this.#supplies = new Supplies(this.#told, this.#memory, settings);
    this.#course = new Course(
      () => this.#world,
      (soc, kw) => {
        const { curve } = this.#memory;
        curve.add(soc, kw);
        // The curve knows this charge by now: what it says too little is not the charger's doing.
        this.#kappas.push(Math.min(MOST_USUAL_KAPPA, kw / Math.max(1, curve.kw(soc))));
      },
    );
  }

  get active(): boolean {
    return this.#active;
  }

  take(told: SocSignal): void {
    if (!isSound(told)) return;
    const signal = dated(told);
    this.tick(signal.now);
    if (signal.kind === "status") {
      this.#takeStatus(signal.active, signal.at);
    } else if (signal.kind === "soc") {
      this.#takeSoc(signal);
    } else if (this.#told.take(signal)) {
      this.#supply(signal.now);
      if (signal.kind === "minutesLeft") this.#forecast(signal.now);
    }
    this.#raise(signal.now);
  }

  /** Lets time pass. */
  tick(now: number): void {
    if (!Number.isFinite(now) || !this.#course.isKnown) return;
    this.#watch(now);
    this.#raise(now);
    this.#course.pass(now);
    if (this.#endedAt !== null && now - this.#endedAt > LESSON_AFTER_MS) this.#learn();
  }

  /** The shown state of charge alone: a fraction of the work of `estimate`. */
  soc(at: number): number | null {
    return this.#course.isKnown && Number.isFinite(at) ? this.#shown(this.#course.at(at).soc.mean) : null;
  }

  /** The estimate for the moment `at`; `null` before the first state of charge. */
  estimate(at: number): ChargingEstimate | null {
    if (!this.#course.isKnown || !Number.isFinite(at)) return null;
    const mixture = this.#course.at(at);
    const { mean, variance } = mixture.soc;
    const soc = this.#shown(mean);
    const low = Math.max(0, Math.min(soc, mixture.quantile(0.05)));
    const high = Math.min(100, Math.max(soc, mixture.quantile(0.95)));
    const sigma = Math.sqrt(variance + (soc - mean) ** 2);
    return { soc, sigma, band90: [low, high], ...this.#figures(mixture, at) };
  }

  /** Forgets what charges have taught; the level stays known. */
  reset(what: "ac" | "dc" | "all"): void {
    const isOfKind = what === "all" || (what === "dc") === (this.#told.method === "DC");
    // A charge that has just ended teaches no more either.
    if (isOfKind && this.#endedAt !== null) {
      this.#course.settle();
      this.#endedAt = null;
    }
    if (what !== "dc") this.#memory.forget("AC");
    if (what !== "ac") this.#memory.forget("DC");
  }

  save(): JsonObject {
    return {
      version: VERSION,
      told: this.#told.save(),
      levels: this.#levels.save(),
      memory: this.#memory.save(),
      course: this.#course.isKnown ? this.#course.save() : null,
      active: this.#active,
      since: this.#since,
      endedAt: this.#endedAt,
      startSoc: this.#startSoc,
      floor: this.#floor,
      kappas: this.#kappas,
      isForecast: this.#isForecast,
      isUnwatched: this.#isUnwatched,
      stoppedAt: this.#stoppedAt,
      steadiness: this.#steadiness.save(),
      stretches: this.#stretches.save(),
    };
  }

  /** Adds what was learned before, by what `save` gave; what runs stays. */
  learnFrom(saved: unknown): void {
    if (isObject(saved) && saved["version"] === VERSION) this.#memory.learnFrom(saved["memory"]);
  }

  /** Goes on with what `save` gave, part by part; what cannot be used is left out. */
  restore(saved: unknown): void {
    if (!isObject(saved) || saved["version"] !== VERSION) return;
    this.#told.restore(saved["told"]);
    this.#levels.restore(saved["levels"]);
    this.#memory.restore(saved["memory"]);
    this.#steadiness.restore(saved["steadiness"]);
    this.#stretches.restore(saved["stretches"]);
    const since = finite(saved["since"]);
    // A charge may run before the first level is known.
    this.#active = saved["active"] === true && since !== null;
    this.#since = since ?? 0;
    if (!this.#course.restore(saved["course"])) return;
    this.#endedAt = finite(saved["endedAt"]);
    this.#stoppedAt = finite(saved["stoppedAt"]);
    this.#startSoc = finite(saved["startSoc"]) ?? 0;
    this.#floor = Math.min(100, Math.max(0, finite(saved["floor"]) ?? 0));
    const kappas = Array.isArray(saved["kappas"]) ? (saved["kappas"] as unknown[]) : [];
    this.#kappas = kappas.map(finite).filter((kappa) => kappa !== null);
    this.#isForecast = saved["isForecast"] === true;
    this.#isUnwatched = saved["isUnwatched"] === true;
  }

  /** Time passes evenly, or nobody knows what happened meanwhile. */
  #watch(now: number): void {
    const passed = now - this.#course.headAt;
    if (passed < -CLOCK_BACK_MS) this.#turnBack(now);
    else if (this.#active && passed > LONGEST_UNWATCHED_MS)
      this.#course.skip(LONGEST_UNWATCHED_MS, now, this.#told.target);
    else return;
    this.#isUnwatched = this.#active;
  }

  #turnBack(now: number): void {
    const latest = (at: number | null) => (at === null ? null : Math.min(at, now));
    this.#course.turnBack(now);
    this.#told.turnBack(now);
    this.#levels.turnBack(now);
    this.#since = Math.min(this.#since, now);
    this.#endedAt = latest(this.#endedAt);
    this.#stoppedAt = latest(this.#stoppedAt);
  }

  get #world(): Circumstances {
    const capacityKwh = this.#told.capacityKwh(this.settings()) ?? SOME_KWH;
    return { curve: this.#memory.curve, capacityKwh, usualKappa: this.#memory.kappa };
  }

  /** Also while charging: hybrids correct their level, with direct current no car does. */
  get #mayFall(): boolean {
    return this.settings().driveType === "phev" && this.#told.method !== "DC";
  }

  #takeStatus(active: boolean, at: number): void {
    if (active === this.#active) return;
    this.#active = active;
    if (active) this.#begin(at);
    else if (this.#course.isKnown) this.#end(Math.max(at, this.#since));
  }

  #begin(at: number): void {
    if (this.#endedAt !== null) this.#learn();
    this.#since = at;
    this.#floor = 0;
    this.#kappas = [];
    this.#isForecast = false;
    this.#isUnwatched = false;
    this.#stretches.begin();
    this.#steadiness.begin();
    if (!this.#course.isKnown) return;
    this.#course.start(at);
    this.#startSoc = this.#course.at(at).soc.mean;
    this.#supply(at);
  }

  #end(at: number): void {
    this.#course.ended(at, this.#told.target);
    this.#endedAt = at;
    this.#stoppedAt = at;
  }

  /** Puts in what is known of the power. */
  #supply(now: number): void {
    if (!this.#active || !this.#course.isKnown) return;
    const supply = this.#supplies.current(this.#since, now);
    const old = this.#course.supply;
    if (supply !== null) {
      if (supply.key !== old?.key || supply.at > old.at || supply.kw !== old.kw)
        this.#course.supplied(this.#steadiness.trusted(supply, old?.at ?? 0));
    } else if (old === null || this.#isOtherMethod(old)) this.#course.supplied(this.#guessed);
  }

  /** Until something is told: after a pause the charge goes on as before. */
  get #guessed(): Supply {
    const { charged } = this.#course;
    const isPause = this.#stoppedAt !== null && this.#since - this.#stoppedAt < PAUSE_MS;
    const goesOn = isPause && this.#told.method !== "DC" && charged !== null;
    return (goesOn ? resumed(charged, this.#since) : null) ?? this.#supplies.unknown(this.#since);
  }

  /** What is unknown of a fast charge is something else than of a slow one. */
  #isOtherMethod({ key, follows }: Supply): boolean {
    return key.startsWith(UNKNOWN) && follows !== (this.#told.method === "DC");
  }

  #forecast(now: number): void {
    const left = this.#told.minutesLeft(this.#since);
    if (!this.#active || this.#isForecast || left === null || !this.#course.isKnown) return;
    const missing = this.#told.target - this.#course.at(now).soc.mean;
    if (missing < LEAST_FORECAST_PP) return;
    this.#isForecast = true;
    this.#course.forecast((missing / left.value) * 60, left.at);
  }

  #takeSoc(signal: SocValue): void {
    const since = this.#active && this.#course.isKnown ? this.#since : null;
    if (signal.source === "level" && this.settings().driveType === "phev") return;
    const before = this.#levels.last;
    const seen = this.#levels.take(signal, since);
    if (seen === null) return;
    const { at } = signal;
    if (!this.#course.isKnown) {
      this.#course.begin(seen, { mean: 0.9, variance: 0.001 }, at);
      if (this.#active) this.#begin(Math.max(this.#since, at));
      return;
    }
    this.#course.saw(seen, at);
    if (since !== null) this.#during(signal, since, before?.at ?? since);
  }

  /** A level during a charge, the first one if that before is from before `since`. */
  #during({ soc, at }: SocValue, since: number, beforeAt: number): void {
    // The car has driven since the last level, and nobody told: nothing that was shown holds.
    const hasDriven = since - beforeAt > STALE_MS && this.#startSoc - soc > STALE_PP;
    if (hasDriven || this.#isUnwatched) this.#floor = Math.min(this.#floor, soc);
    this.#isUnwatched = false;
    if (this.#told.method === "DC") this.#stretches.saw(soc, at, this.#told.power(since)?.at ?? 0);
  }

  /** What the charge that is over has taught. */
  #learn(): void {
    const at = this.#endedAt;
    this.#endedAt = null;
    if (at === null) return;
    this.#course.settle();
    const mixture = this.#course.at(at);
    const leading = mixture.leading();
    if (leading === null || leading.share < SURE_SHARE) return;
    const gained = mixture.soc.mean - this.#startSoc;
    const kwhPerPp = this.#world.capacityKwh / 100 / leading.gain.mean;
    this.#stretches.teach(this.#memory.curve, kwhPerPp, this.settings().auxKw);
    this.#memory.learn({ ...leading, gained, kappas: this.#kappas });
  }

  #raise(now: number): void {
    if (!this.#active || this.#mayFall || !this.#course.isKnown) return;
    this.#floor = this.#shown(this.#course.at(now).soc.mean);
  }

  /** What is shown where the explanations mean `soc`. */
  #shown(soc: number): number {
    if (!this.#active) return Math.min(100, Math.max(0, soc));
    const most = Math.max(this.#told.target, this.#levels.last?.soc ?? 0, this.#floor);
    return Math.min(100, most, Math.max(0, this.#floor, soc));
  }

  #figures(mixture: Mixture, at: number): Omit<ChargingEstimate, keyof Estimate> {
    const leading = this.#active ? mixture.leading() : null;
    if (leading === null) return { powerKw: null, phases: null, efficiency: null, minutesToTarget: null };
    const { branch, kw, gain } = leading;
    const isGuess = [BLIND, OPEN].some((prefix) => branch.condition.startsWith(prefix));
    const efficiency = isGuess ? null : gain.mean;
    return { powerKw: kw, phases: branch.phases, efficiency, minutesToTarget: this.#minutes(mixture, at) };
  }

  #minutes(mixture: Mixture, at: number): number | null {
    const missing = this.#told.target - mixture.soc.mean;
    return missing <= 0 ? 0 : minutesUntil(mixture, at, missing, this.#world);
  }
}
