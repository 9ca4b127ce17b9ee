import type { SocEstimate } from "../../soc/estimate.js";
import { capacityOf, type SocSettings } from "../../soc/settings.js";
import type { Glance, Glances } from "../../soc/soc-display.js";
import { SocEstimator, type LearnedPart } from "../../soc/soc-estimator.js";
import type { JsonObject } from "../../support/json.js";
import type { DriveType } from "../../vehicle/drive-type.js";
import type { SavedLearning } from "./learning-codec.js";

/** Estimates of a car at one moment. */
interface ShownEstimates {
  readonly predicted: SocEstimate | null;
  readonly magic: SocEstimate | null;
  readonly at: number;
}

const NOTHING = { predicted: null, magic: null };

/** The estimator of one car with its settings and with what of it was shown last. */
export class CarEstimator {
  readonly estimator: SocEstimator;
  /** The user's command, kWh. */
  capacityKwh: number | null;
  /** A petrol car sends some values of the kind too. */
  hasBattery = false;
  /** BMW's word that the settings were made of. */
  basicData: JsonObject | null = null;
  /** A charge or a trip goes on: its end is saved at once. */
  busy = false;
  /** Parts of what was saved that the user wants forgotten. */
  readonly #resets: LearnedPart[] = [];
  #wasSaved: boolean;
  #settings: SocSettings;
  #shown: ShownEstimates | null = null;
  /** Estimates that people saw last; none at first. */
  #seen: Glances = NOTHING;

  /** @param settingsOf what others than the command say of the car, by now */
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
   * Forgets what was learned; returns whether there was anything.
   * @param isHeld what was saved could not be read yet: it is to be forgotten as well
   */
  reset(what: LearnedPart, isHeld: boolean): boolean {
    if (isHeld) this.#resets.push(what);
    return this.estimator.reset(what);
  }

  /** Adds what was saved of the car to what it has told meanwhile. */
  join(saved: SavedLearning): void {
    this.#wasSaved = true;
    this.capacityKwh ??= capacityOf(saved.capacityKwh);
    this.estimator.learnFrom(saved.estimator);
    for (const what of this.#resets.splice(0)) this.estimator.reset(what);
    this.refresh();
  }

  /** Takes over what the settings say by now. */
  refresh(): void {
    this.#settings = this.#settle();
    this.#shown = null;
  }

  /** Forgets what was shown before. */
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

  /** Whether people see something else than when this was asked last. */
  changed(at: number): boolean {
    const before = this.#seen;
    this.#seen = this.hasBattery ? this.estimator.glance(at) : NOTHING;
    return !isLike(this.#seen.predicted, before.predicted) || !isLike(this.#seen.magic, before.magic);
  }

  /** Tells whether to keep it: also while nobody knows yet how the car is driven, and once it was saved. */
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
