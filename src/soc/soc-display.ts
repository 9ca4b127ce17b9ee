import type { ChargingEstimate, ChargingFilter } from "./charging/charging-filter.js";
import type { ChargeView, EfficiencyLearner } from "./charging/efficiency-learner.js";
import type { DriveState } from "./drive-state.js";
import type { DrivingEstimate, DrivingEstimator } from "./driving/driving-estimator.js";
import type { ChargeFigures, DriveFigures, Estimate, SocEstimate } from "./estimate.js";
import type { BatteryObservations } from "./observations/battery-observations.js";
import { percentOf, type SocSettings } from "./settings.js";

/** Part of an estimate whose change people notice. */
export interface Glance {
  readonly soc: number;
  readonly mode: SocEstimate["mode"];
  readonly targetSoc: number | null;
}

export interface Glances {
  readonly predicted: Glance | null;
  readonly magic: Glance | null;
}

/** Sources of what is shown of one car; they are only looked at here. */
interface DisplaySources {
  readonly settings: () => SocSettings;
  readonly observations: Pick<BatteryObservations, "reported" | "target" | "capacity">;
  readonly ledger: Pick<EfficiencyLearner, "session">;
  readonly filter: Pick<ChargingFilter, "estimate" | "soc">;
  readonly driving: Pick<DrivingEstimator, "estimate" | "level">;
  readonly state: Pick<DriveState, "driving" | "isPast" | "continues">;
  readonly standing: Pick<DisplayedSoc, "soc">;
  readonly magicStanding: Pick<DisplayedSoc, "soc">;
  readonly charging: () => boolean;
}

/** A whole percent of BMW's agrees with a fraction that is nearer. */
export const AGREES_PP = 0.5;
/** A level has to have risen so far in a charge before it tells the power. */
const DERIVED_FROM_PP = 1;
const USUAL_EFFICIENCY = 0.9;

/**
 * Holds the level that people see of a car that neither charges nor is estimated otherwise: BMW's own, but the fraction
 * that a charge or a trip has left stays for as long as BMW agrees. Percent.
 */
export class DisplayedSoc {
  #soc: number | null = null;

  get soc(): number | null {
    return this.#soc;
  }

  /** Keeps what a charge or a trip has left. */
  keep(soc: number): void {
    this.#soc = soc;
  }

  /** BMW's word. `exactly`: it counts to the digit, as of hybrids, which correct their level at any time. */
  take(soc: number, exactly: boolean): void {
    if (exactly || this.#soc === null || Math.abs(this.#soc - soc) >= AGREES_PP) this.#soc = soc;
  }

  save(): number | null {
    return this.#soc;
  }

  restore(saved: unknown): void {
    this.#soc = percentOf(saved) ?? this.#soc;
  }
}

/** Makes of what is known of a car what people see: which level counts, in which mode, with what explains it. */
export class SocDisplay {
  /** Estimate of the filter until something changes. */
  #level: { readonly at: number; readonly by: SocSettings; readonly level: ChargingEstimate | null } | null = null;

  constructor(private readonly sources: DisplaySources) {}

  /** Something else is known by now. */
  changed(): void {
    this.#level = null;
  }

  predicted(at: number): SocEstimate | null {
    const { standing, driving } = this.sources;
    const level = this.#hasBattery ? this.#levelAt(at) : null;
    if (level === null) return null;
    const drive = this.#drives ? driving.level(at) : null;
    const shown = this.sources.charging() ? level : shownAt(standing.soc, level);
    return this.#whole(widened(shown, drive), this.#mode, this.#charge(level, at), null);
  }

  magic(at: number): SocEstimate | null {
    const { settings, driving, magicStanding } = this.sources;
    if (!settings().magic || !this.#hasBattery) return null;
    const drive = driving.estimate(at);
    const level = this.#leads ? this.#levelAt(at) : null;
    if (drive === null) return this.predicted(at);
    const charge = level === null ? null : this.#charge(level, at);
    const shown = this.moves ? (level ?? drive) : shownAt(magicStanding.soc, level ?? drive);
    return this.#whole(shown, this.#magicMode(at), charge, driveFigures(drive));
  }

  glance(at: number): Glances {
    const { filter, standing, charging } = this.sources;
    const level = this.#hasBattery ? filter.soc(at) : null;
    const soc = charging() || level === null ? level : (standing.soc ?? level);
    const predicted = soc === null ? null : { soc, mode: this.#mode, targetSoc: this.#targetSoc };
    return { predicted, magic: this.#magicGlance(at, level, predicted) };
  }

  /** Magic SOC follows what happens, not what BMW said. */
  get moves(): boolean {
    return this.sources.charging() || this.#drives;
  }

  get #hasBattery(): boolean {
    return this.sources.settings().driveType !== "combustion";
  }

  get #isHybrid(): boolean {
    return this.sources.settings().driveType === "phev";
  }

  /** The battery alone drives the car, now. */
  get #drives(): boolean {
    return this.sources.state.driving && !this.#isHybrid;
  }

  /** Tells whether the filter leads Magic SOC too: in a charge, and after it until a hybrid tells something newer. */
  get #leads(): boolean {
    const { state, observations, charging } = this.sources;
    return charging() || (this.#isHybrid && !state.isPast(observations.reported?.at ?? null));
  }

  /** Tells the target of the charge that runs, percent. */
  get #targetSoc(): number | null {
    return this.sources.charging() ? this.sources.observations.target : null;
  }

  get #mode(): SocEstimate["mode"] {
    if (this.sources.charging()) return "charging";
    if (!this.sources.state.driving) return "idle";
    return this.#isHybrid ? "passthrough" : "driving";
  }

  #magicMode(at: number): SocEstimate["mode"] {
    const goesOn = !this.sources.charging() && !this.#isHybrid && this.sources.state.continues(at);
    return goesOn ? "continuity" : this.#mode;
  }

  #magicGlance(at: number, level: number | null, predicted: Glance | null): Glance | null {
    const { settings, driving, magicStanding } = this.sources;
    if (!settings().magic || !this.#hasBattery) return null;
    const drive = driving.level(at);
    if (drive === null) return predicted;
    const moving = (this.#leads ? level : null) ?? drive.soc;
    const soc = this.moves ? moving : (magicStanding.soc ?? moving);
    return { soc, mode: this.#magicMode(at), targetSoc: this.#targetSoc };
  }

  #levelAt(at: number): ChargingEstimate | null {
    const { settings, filter, ledger, charging } = this.sources;
    const by = settings();
    if (this.#level?.at !== at || this.#level.by !== by)
      this.#level = { at, by, level: filter.estimate(at, charging() ? (ledger.session?.phases ?? null) : null) };
    return this.#level.level;
  }

  #charge(level: ChargingEstimate, at: number): ChargeFigures | null {
    const session = this.sources.charging() ? this.sources.ledger.session : null;
    return session === null ? null : chargeFigures(session, level, this.#targetSoc, at);
  }

  #whole(
    { soc, sigma, band90 }: Estimate,
    mode: SocEstimate["mode"],
    charge: ChargeFigures | null,
    drive: DriveFigures | null,
  ): SocEstimate {
    const { observations, settings } = this.sources;
    const capacity = observations.capacity(settings());
    return { soc, sigma, band90, mode, bmw: observations.reported, capacity, charge, drive };
  }
}

/**
 * Makes what is shown of a charge: what was told of it, and what follows from the course of its level where nothing was.
 * kW, kWh, percent.
 */
function chargeFigures(
  books: ChargeView,
  level: ChargingEstimate,
  targetSoc: number | null,
  at: number,
): ChargeFigures {
  const told = recounted(books, level);
  const { method, startedAt, startSoc, capacityKwh, phasesSource } = told;
  const { powerKw, phases, minutesToTarget, soc } = level;
  const efficiency = told.efficiency ?? level.efficiency;
  const isPlausible = !level.isPowerGuessed || soc - startSoc >= DERIVED_FROM_PP;
  const isDerived = told.powerSource === "none" && powerKw !== null && isPlausible;
  const kwh = (((soc - startSoc) / 100) * capacityKwh) / (efficiency ?? USUAL_EFFICIENCY);
  const derived = { powerKw, powerSource: "derived", energyKwh: kwh, grossKwh: kwh, countedUntil: at } as const;
  return {
    method,
    phases: method === "DC" ? null : (told.phases ?? phases),
    phasesSource,
    efficiency,
    targetSoc,
    minutesToTarget,
    ...countedOf(isDerived ? derived : told),
    startedAt,
  };
}

type Counted = Pick<ChargeFigures, "powerKw" | "powerSource" | "energyKwh" | "grossKwh" | "countedUntil">;

function countedOf({ powerKw, powerSource, energyKwh, grossKwh, countedUntil }: Counted): Counted {
  return { powerKw, powerSource, energyKwh, grossKwh, countedUntil };
}

/**
 * Puts the count of phases that levels show into the books, instead of one that is supposed: the time to the target is of
 * that, so the power has to be as well.
 */
function recounted(told: ChargeView, { powerKw, phases, efficiency }: ChargingEstimate): ChargeView {
  const isSupposed = told.powerSource === "acProduct" && told.phasesSource !== "reported";
  if (!isSupposed || phases === null || phases === told.phases) return told;
  return { ...told, powerKw, phases, phasesSource: "derived", efficiency };
}

function driveFigures(estimate: DrivingEstimate): DriveFigures {
  const { consumptionKwhPerKm, tripKm, speedBracket, speedKmh, buckets } = estimate;
  return { consumptionKwhPerKm, tripKm, speedBracket, speedKmh, buckets };
}

/** Tells what is known of a level, around another one that is shown. */
function shownAt(soc: number | null, level: Estimate): Estimate {
  if (soc === null) return level;
  const { sigma, band90 } = level;
  const [low, high] = band90;
  return { soc, sigma: Math.hypot(sigma, soc - level.soc), band90: [Math.min(low, soc), Math.max(high, soc)] };
}

/** Makes a level less certain by what a drive uses without a word of the car. */
function widened(level: Estimate, drive: Estimate | null): Estimate {
  const { soc, sigma, band90 } = level;
  if (drive === null || drive.band90[0] >= band90[0]) return level;
  return { soc, sigma: Math.hypot(sigma, soc - drive.soc), band90: [drive.band90[0], band90[1]] };
}
