import type { Update } from "../account/account-events.js";
import type { SocEstimate } from "../soc/estimate.js";
import { levelOf } from "../vehicle/source-priority.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import type { GeoPoint } from "../vehicle/geography.js";
import { Columns, seconds } from "./columns.js";
import type { CarKey, CockpitHistory, CockpitTracks } from "./contract.js";
import { rounded } from "./quantity.js";
import { Spans, Tracks } from "./spans.js";

const KEPT_MS = 7 * 24 * 3600 * 1000;
/** A point for every five minutes of that time: those of a percent come on top only while a car is busy all week. */
const MOST_POINTS = 2016;
const USUAL_STEP_MS = 5 * 60_000;
const USUAL_STEP_PP = 1;

type Level = "value" | "low" | "high" | "powerKw";

/** Holds what a car did in the last seven days: level, power, charges, trips and ways. */
export class CarHistory {
  readonly #levels = new Columns<Level, number | null>(["value", "low", "high", "powerKw"], KEPT_MS, MOST_POINTS);
  readonly #reported = new Columns<"value", number>(["value"], KEPT_MS, MOST_POINTS);
  readonly #charges = new Spans();
  readonly #trips = new Spans();
  readonly #tracks = new Tracks();
  #mode: SocEstimate["mode"] | null = null;

  /** Takes the shown level of now [ms]: a point for each percent or five minutes, and where a charge begins or ends. */
  estimated({ soc, band90: [low, high], mode, charge }: SocEstimate, now: number): void {
    const { lastAt } = this.#levels;
    const isDue = lastAt === null || now < lastAt || now - lastAt >= USUAL_STEP_MS || mode !== this.#mode;
    const value = rounded(soc);
    if (!isDue && Math.abs(value - (this.#levels.last("value") ?? Infinity)) < USUAL_STEP_PP) return;
    this.#mode = mode;
    const powerKw = charge?.powerKw ?? null;
    const power = powerKw === null ? null : rounded(powerKw);
    this.#levels.add(now, { value, low: rounded(low), high: rounded(high), powerKw: power });
  }

  followed({ values, positions, events }: Pick<Update, "values" | "positions" | "events">): void {
    for (const { name, value, timestamp } of values) if (name === "soc") this.#told(levelOf(value), timestamp);
    for (const event of events) if (event.name !== "tripEnded") this.#event(event);
    for (const { latitude, longitude } of positions) this.#tracks.add(latitude, longitude);
    // The last place of a trip comes with the news of its end.
    for (const event of events) if (event.name === "tripEnded") this.#event(event);
  }

  history(key: CarKey, now: number): CockpitHistory {
    const from = now - KEPT_MS;
    return {
      key,
      from: seconds(from),
      to: seconds(now),
      level: this.#levels.since(from),
      reported: this.#reported.since(from),
      charges: this.#charges.since(from),
      trips: this.#trips.since(from),
    };
  }

  tracks(key: CarKey): CockpitTracks {
    return { key, trips: this.#tracks.all };
  }

  #told(level: number | null, at: number): void {
    // A value from before the last one is no news of the clock, but late.
    if (level !== null && at > (this.#reported.lastAt ?? -Infinity)) this.#reported.add(at, { value: level });
  }

  #event(event: VehicleEvent): void {
    switch (event.name) {
      case "chargingStarted":
        this.#charges.begin(event.at);
        break;
      case "chargingEnded":
        this.#charges.end(event.startedAt, event.at);
        break;
      case "tripStarted":
        this.#trips.begin(event.startedAt ?? event.at);
        this.#tracks.begin(event.startedAt ?? event.at, pointOf(event.from));
        break;
      case "tripEnded":
        this.#trips.end(event.startedAt, event.endedAt ?? event.at);
        this.#tracks.end(event.endedAt ?? event.at, pointOf(event.to));
        break;
      default:
        break;
    }
  }
}

function pointOf(place: GeoPoint | null): [number, number] | null {
  return place === null ? null : [place.latitude, place.longitude];
}
