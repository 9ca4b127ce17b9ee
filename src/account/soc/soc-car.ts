import type { SocEstimate } from "../../soc/estimate.js";
import { capacityOf, type SocSettings } from "../../soc/settings.js";
import type { Glance, Glances } from "../../soc/soc-display.js";
import { SocEstimator, type LearnedPart } from "../../soc/soc-estimator.js";
import type { JsonObject } from "../../support/json.js";
import type { DriveType } from "../../vehicle/drive-type.js";
import type { SavedLearning } from "./learning-codec.js";

/** The estimates of a car at one moment. */
interface ShownEstimates {
  readonly predicted: SocEstimate | null;
  readonly magic: SocEstimate | null;
  readonly at: number;
}

const NOTHING = { predicted: null, magic: null };

/** Holds the estimator of one car with its settings and the estimates that were shown last. */
export class CarEstimator {
  readonly estimator: SocEstimator;
  /** Capacity by the user's command [kWh]. */
  capacityKwh: number | null;
  /** Whether the car has a high-voltage battery: a petrol car sends some values of the kind too. */
  hasBattery = false;
  /** BMW's capacity from which the settings were made. */
  basicData: JsonObject | null = null;
  /** Whether a charge or a trip is open: its end is saved at once. */
  busy = false;
  /** Saved parts that the user wants forgotten. */
  readonly #resets: LearnedPart[] = [];
  #wasSaved: boolean;
  #settings: SocSettings;
  #shown: ShownEstimates | null = null;
  /** The estimates that were shown last; none at first. */
  #seen: Glances = NOTHING;

  /** @param settingsOf returns the present settings of the car, without the user's command */
  constructor(
    saved: SavedLearning | null,
    private readonly settingsOf: () => SocSettings,
  ) {
    this.#wasSaved = saved !== null;
    this.capacityKwh = capacityOf(saved?.capacityKwh);
    this.#settings = this.#settle();
    this.estimator = new SocEstimator(() => this.#settings);
    if (saved !== null) this.estimator.restore(saved.estimator);
    this.busy = this.estimator.busy;
  }

  get driveType(): DriveType | null {
    return this.#settings.driveType;
  }

  /**
   * Forgets learned data; returns whether there were any.
   * @param isHeld whether saved data could not be read yet: they are forgotten as well
   */
  reset(what: LearnedPart, isHeld: boolean): boolean {
    if (isHeld) this.#resets.push(what);
    return this.estimator.reset(what);
  }

  /** Joins the saved state of the car with its observations since. */
  join(saved: SavedLearning): void {
    this.#wasSaved = true;
    this.capacityKwh ??= capacityOf(saved.capacityKwh);
    this.estimator.learnFrom(saved.estimator);
    for (const what of this.#resets.splice(0)) this.estimator.reset(what);
    this.refresh();
  }

  /** Applies the present settings. */
  refresh(): void {
    this.#settings = this.#settle();
    this.#shown = null;
  }

  /** Forgets the estimates that were shown last. */
  touched(): void {
    this.#shown = null;
  }

  shown(at: number): ShownEstimates {
    if (this.#shown?.at !== at) {
      const { estimator, hasBattery } = this;
      this.#shown = {
        predicted: hasBattery ? estimator.predicted(at) : null,
        magic: hasBattery ? estimator.magic(at) : null,
        at,
      };
    }
    return this.#shown;
  }

  /** Returns whether the shown estimates have changed since the last call. */
  changed(at: number): boolean {
    const before = this.#seen;
    this.#seen = this.hasBattery ? this.estimator.glance(at) : NOTHING;
    return !isLike(this.#seen.predicted, before.predicted) || !isLike(this.#seen.magic, before.magic);
  }

  /** Returns whether to save the car: also while its drive type is unknown, and once it was saved. */
  get isKept(): boolean {
    return this.hasBattery || this.driveType === null || this.#wasSaved || this.capacityKwh !== null;
  }

  save(): SavedLearning {
    return { capacityKwh: this.capacityKwh, estimator: this.estimator.save() };
  }

  #settle(): SocSettings {
    const settings = this.settingsOf();
    this.hasBattery = settings.driveType === "bev" || settings.driveType === "phev";
    return { ...settings, capacityKwh: this.capacityKwh ?? settings.capacityKwh };
  }
}

/** Levels are shown with one decimal. */
function isLike(one: Glance | null, other: Glance | null): boolean {
  if (one === null || other === null) return one === other;
  const isSameLevel = Math.round(one.soc * 10) === Math.round(other.soc * 10);
  return isSameLevel && one.mode === other.mode && one.targetSoc === other.targetSoc;
}
