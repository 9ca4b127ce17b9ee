import { validTime } from "../support/iso-time.js";
import { isObject, type JsonObject } from "../support/json.js";
import type { Position } from "../vehicle/position.js";
import type { Point } from "./bounded-series.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { CarView } from "./car-view.js";
import { ChargeDraft, NOT_WATCHED } from "./charge-draft.js";
import { chargeEntry, type ChargingEnded } from "./charge-entry.js";
import { spanOf, type ChargeEntry, type JournalEntry } from "./entry.js";
import type { JournalSettings } from "./journal-settings.js";
import type { OriginsOf } from "./level-course.js";
import { TripDraft } from "./trip-draft.js";
import { tripEntry, type TripEnded } from "./trip-entry.js";

/** Lists what the journal of one car needs. */
export interface BuilderDependencies {
  readonly view: () => CarView;
  readonly settings: () => JournalSettings;
  readonly origins: OriginsOf;
}

/** Limits how long before the end of a trip its last fix still tells where the car stands [ms]. */
const PLACE_AT_END_MS = 5 * 60_000;

/** A charge that is not longer, and has charged nothing, is none [ms]. */
const SHORTEST_CHARGE_MS = 60_000;

/** Makes entries of the trips and charges of one car. What is open outlives a restart by `save` and `restore`. */
export class JournalBuilder {
  #charge: ChargeDraft | null = null;
  #trip: TripDraft | null = null;
  /** End of the last trip [ms]: an older fix does not tell where the car stands. */
  #movedAt: number | null = null;

  constructor(private readonly dependencies: BuilderDependencies) {}

  /** Takes what a batch changed about the car, after its estimate has; returns the entries that are complete now. */
  follow({ events, positions, chargeStoppedAt }: VehicleUpdate, now: number): JournalEntry[] {
    if (chargeStoppedAt !== null) this.#charge?.stop(chargeStoppedAt, this.dependencies.origins);
    this.#trip?.fixes(positions);
    const entries = events.flatMap((event) => this.#event(event, positions) ?? []);
    this.look(now);
    return entries;
  }

  /** Takes note of the present estimate of a charge. */
  look(now: number): void {
    // An estimate is computed when it is asked for.
    const estimate = this.#charge === null ? null : this.dependencies.view().estimate;
    if (estimate !== null) this.#charge?.look(estimate, this.dependencies.origins, now);
  }

  /** Takes a speed by the user's tracker [km/h]. */
  tracked(kmh: number): void {
    this.#trip?.tracked(kmh);
  }

  /** Returns when the charge began that runs, or whose end is not certain yet [ms]; `null` without one. */
  get chargingSince(): number | null {
    return this.#charge?.startedAt ?? null;
  }

  /** Returns the trip that goes on, with its track so far; `null` without one. */
  get trip(): { readonly startedAt: number; readonly track: readonly Point[] } | null {
    const trip = this.#trip;
    return trip === null ? null : { startedAt: trip.startedAt, track: trip.trackUntil(Infinity) };
  }

  /** Returns whether a trip or a charge goes on, or may. */
  get isOpen(): boolean {
    return this.#charge !== null || this.#trip !== null;
  }

  save(): JsonObject {
    return { charge: this.#charge?.save() ?? null, trip: this.#trip?.save() ?? null, movedAt: this.#movedAt };
  }

  /** Restores what was saved, as far as nothing newer is known; damaged parts are left out. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#charge ??= ChargeDraft.restore(saved["charge"]);
    this.#trip ??= TripDraft.restore(saved["trip"]);
    this.#movedAt ??= validTime(saved["movedAt"]);
  }

  #event(event: VehicleEvent, positions: readonly Position[]): JournalEntry | null {
    const { view } = this.dependencies;
    switch (event.name) {
      case "tripStarted":
        this.#trip = TripDraft.begin(event, view().magic);
        this.#trip.fixes(positions);
        return null;
      case "tripEnded":
        return this.#endTrip(event);
      case "chargingStarted":
        this.#charge = ChargeDraft.begin(event, view().estimate);
        return null;
      case "chargingEnded":
        return this.#endCharge(event);
      default:
        return null;
    }
  }

  #endTrip(event: TripEnded): JournalEntry {
    const { view, settings } = this.dependencies;
    // After a crash a trip may be known that has ended unheard.
    const isOther = event.startedAt !== null && this.#trip?.startedAt !== event.startedAt;
    const entry = tripEntry(event, isOther ? null : this.#trip, view(), settings());
    this.#trip = null;
    this.#movedAt = Math.max(event.at, this.#movedAt ?? event.at);
    return entry;
  }

  #endCharge(event: ChargingEnded): JournalEntry | null {
    const { view, settings } = this.dependencies;
    const draft = this.#charge?.startedAt === event.startedAt ? this.#charge : null;
    this.#charge = null;
    const entry = chargeEntry(event, draft?.until(event.at) ?? NOT_WATCHED, view(), this.#place(), settings());
    return hasFlowed(entry) ? entry : null;
  }

  /** Returns where the car stands; `null` if it has moved since its last fix. */
  #place(): Position | null {
    const { position } = this.dependencies.view();
    return position !== null && position.timestamp >= (this.#movedAt ?? -Infinity) - PLACE_AT_END_MS ? position : null;
  }
}

/** Returns whether anything was charged, as far as known: a car that is full takes note of its cable for a moment. */
function hasFlowed(entry: ChargeEntry): boolean {
  const { from, to } = spanOf(entry);
  return to - from > SHORTEST_CHARGE_MS || entry.drawnKwh !== null || entry.batteryKwh?.value !== 0;
}
