import type { ChargingEstimate, ChargingFilter } from "./charging/filter.js";
import type { ChargingLedger } from "./charging/ledger.js";
import type { DrivingEstimator } from "./driving/estimator.js";
import type { CapacitySource, ChargeFigures, DriveFigures, SocEstimate } from "./estimate.js";
import { chargeFigures, driveFigures, shownAt, widened } from "./figures.js";
import type { LastTold } from "./last-told.js";
import type { Outing } from "./outing.js";
import type { Standing } from "./standing.js";
import type { Estimate, SocSettings } from "./types.js";

/** What changes where people look. */
export interface Glance {
  readonly soc: number;
  readonly mode: SocEstimate["mode"];
  readonly targetSoc: number | null;
}

export interface Glances {
  readonly predicted: Glance | null;
  readonly magic: Glance | null;
}

/** What is known of one car; it is only looked at here. */
export interface Known {
  readonly settings: () => SocSettings;
  readonly ledger: Pick<ChargingLedger, "session" | "capacity">;
  readonly filter: Pick<ChargingFilter, "estimate" | "soc">;
  readonly driving: Pick<DrivingEstimator, "estimate" | "level">;
  readonly lastTold: Pick<LastTold, "last" | "target">;
  readonly outing: Pick<Outing, "driving" | "isPast" | "continues">;
  readonly standing: Pick<Standing, "soc">;
  readonly magicStanding: Pick<Standing, "soc">;
  readonly charging: () => boolean;
}

/** Makes of what is known of a car what people see: which level counts, in which mode, with what explains it. */
export class Showing {
  /** What the filter said last, until something changes. */
  #level: { readonly at: number; readonly by: SocSettings; readonly level: ChargingEstimate | null } | null = null;

  constructor(private readonly known: Known) {}

  /** Something else is known by now. */
  changed(): void {
    this.#level = null;
  }

  predicted(at: number): SocEstimate | null {
    const { standing, driving } = this.known;
    const level = this.#hasBattery ? this.#levelAt(at) : null;
    if (level === null) return null;
    const drive = this.#drives ? driving.level(at) : null;
    const shown = this.known.charging() ? level : shownAt(standing.soc, level);
    return this.#told(widened(shown, drive), this.#mode, this.#charge(level), null);
  }

  magic(at: number): SocEstimate | null {
    const { settings, driving, magicStanding } = this.known;
    if (!settings().magic || !this.#hasBattery) return null;
    const drive = driving.estimate(at);
    const level = this.#leads ? this.#levelAt(at) : null;
    if (drive === null) return this.predicted(at);
    const charge = level === null ? null : this.#charge(level);
    const shown = this.moves ? (level ?? drive) : shownAt(magicStanding.soc, level ?? drive);
    return this.#told(shown, this.#magicMode(at), charge, driveFigures(drive));
  }

  glance(at: number): Glances {
    const { filter, standing, charging } = this.known;
    const level = this.#hasBattery ? filter.soc(at) : null;
    const soc = charging() || level === null ? level : (standing.soc ?? level);
    const predicted = soc === null ? null : { soc, mode: this.#mode, targetSoc: this.#targetSoc };
    return { predicted, magic: this.#magicGlance(at, level, predicted) };
  }

  /** Magic SOC follows what happens, not what BMW said. */
  get moves(): boolean {
    return this.known.charging() || this.#drives;
  }

  /** The user's word, else the car's, else the model's. */
  get capacity(): { readonly kwh: number; readonly source: CapacitySource } | null {
    const { settings, ledger } = this.known;
    const { modelCapacityKwh } = settings();
    return ledger.capacity ?? (modelCapacityKwh === null ? null : { kwh: modelCapacityKwh, source: "model" });
  }

  get #hasBattery(): boolean {
    return this.known.settings().driveType !== "combustion";
  }

  get #isHybrid(): boolean {
    return this.known.settings().driveType === "phev";
  }

  /** The battery alone drives the car, now. */
  get #drives(): boolean {
    return this.known.outing.driving && !this.#isHybrid;
  }

  /** What the filter knows is shown as Magic SOC too: of a charge, and after it until a hybrid tells something newer. */
  get #leads(): boolean {
    const { outing, lastTold, charging } = this.known;
    return charging() || (this.#isHybrid && !outing.isPast(lastTold.last?.at ?? null));
  }

  /** Of the charge that runs. */
  get #targetSoc(): number | null {
    return this.known.charging() ? this.known.lastTold.target : null;
  }

  get #mode(): SocEstimate["mode"] {
    if (this.known.charging()) return "charging";
    if (!this.known.outing.driving) return "idle";
    return this.#isHybrid ? "passthrough" : "driving";
  }

  #magicMode(at: number): SocEstimate["mode"] {
    const goesOn = !this.known.charging() && !this.#isHybrid && this.known.outing.continues(at);
    return goesOn ? "continuity" : this.#mode;
  }

  #magicGlance(at: number, level: number | null, predicted: Glance | null): Glance | null {
    const { settings, driving, magicStanding } = this.known;
    if (!settings().magic || !this.#hasBattery) return null;
    const drive = driving.level(at);
    if (drive === null) return predicted;
    const moving = (this.#leads ? level : null) ?? drive.soc;
    const soc = this.moves ? moving : (magicStanding.soc ?? moving);
    return { soc, mode: this.#magicMode(at), targetSoc: this.#targetSoc };
  }

  #levelAt(at: number): ChargingEstimate | null {
    const by = this.known.settings();
    if (this.#level?.at !== at || this.#level.by !== by)
      this.#level = { at, by, level: this.known.filter.estimate(at) };
    return this.#level.level;
  }

  #charge(level: ChargingEstimate): ChargeFigures | null {
    const told = this.known.charging() ? this.known.ledger.session : null;
    return told === null ? null : chargeFigures(told, level, this.#targetSoc);
  }

  #told(
    { soc, sigma, band90 }: Estimate,
    mode: SocEstimate["mode"],
    charge: ChargeFigures | null,
    drive: DriveFigures | null,
  ): SocEstimate {
    return { soc, sigma, band90, mode, bmw: this.known.lastTold.last, capacity: this.capacity, charge, drive };
  }
}
