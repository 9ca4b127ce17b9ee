import { finite, isObject, type JsonObject } from "../../support/json.js";
import { Segments } from "./segments.js";

/** A trip on its way. */
export class Trip {
  readonly segments = new Segments();
  /** The newest speed of the tracker, km/h; `null` while it is silent. */
  kmh: number | null = null;

  /** `createdAt` is when the trip was noticed; SOC in percent and odometer in km as the car showed them at its start. */
  constructor(
    readonly createdAt: number,
    public startSoc: number | null,
    public startKm: number | null,
  ) {}

  save(): JsonObject {
    const { createdAt, startSoc, startKm, kmh } = this;
    return { createdAt, startSoc, startKm, kmh, segments: this.segments.save() };
  }

  static restored(saved: unknown): Trip | null {
    const createdAt = isObject(saved) ? finite(saved["createdAt"]) : null;
    if (!isObject(saved) || createdAt === null) return null;
    const trip = new Trip(createdAt, finite(saved["startSoc"]), finite(saved["startKm"]));
    trip.kmh = finite(saved["kmh"]);
    trip.segments.restore(saved["segments"]);
    return trip;
  }
}
