import type { Update } from "../account/account-events.js";
import type { LevelPoint } from "../journal/level-history.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import type { GeoPoint } from "../vehicle/geography.js";
import type { CarKey, CockpitHistory, CockpitTracks } from "./contract.js";
import { ReportedLevels } from "./reported-levels.js";
import { seconds, Spans, Tracks } from "./spans.js";

const KEPT_MS = 7 * 24 * 3600 * 1000;

type LevelsBetween = (from: number, to: number) => Promise<readonly LevelPoint[]>;

/** Holds what a car did in the last seven days: BMW's levels, charges, trips and ways. */
export class CarHistory {
  readonly #reported = new ReportedLevels();
  readonly #charges = new Spans();
  readonly #trips = new Spans();
  readonly #tracks = new Tracks();

  followed({ values, positions, events }: Pick<Update, "values" | "positions" | "events">): void {
    for (const { name, value, timestamp } of values) if (name === "soc") this.#reported.add(value, timestamp);
    for (const event of events) if (event.name !== "tripEnded") this.#event(event);
    for (const { latitude, longitude } of positions) this.#tracks.add(latitude, longitude);
    // The last place of a trip comes with the news of its end.
    for (const event of events) if (event.name === "tripEnded") this.#event(event);
  }

  /** @param levels returns the shown levels between two times [ms], in their order */
  async history(key: CarKey, now: number, levels: LevelsBetween): Promise<CockpitHistory> {
    const from = now - KEPT_MS;
    return {
      key,
      from: seconds(from),
      to: seconds(now),
      level: levelColumns(await levels(from, now)),
      reported: this.#reported.since(from),
      charges: this.#charges.since(from),
      trips: this.#trips.since(from),
    };
  }

  tracks(key: CarKey): CockpitTracks {
    return { key, trips: this.#tracks.all };
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

/** Returns points as columns; of several at one time the last, because a chart needs times that rise. */
function levelColumns(points: readonly LevelPoint[]): CockpitHistory["level"] {
  const rising = points.filter(({ at }, index) => at < (points[index + 1]?.at ?? Infinity));
  return {
    at: rising.map(({ at }) => seconds(at)),
    value: rising.map(({ level }) => level),
    low: rising.map(({ low }) => low),
    high: rising.map(({ high }) => high),
    powerKw: rising.map(({ kw }) => kw),
  };
}

function pointOf(place: GeoPoint | null): [number, number] | null {
  return place === null ? null : [place.latitude, place.longitude];
}
