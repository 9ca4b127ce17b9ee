import { moveOf } from "../traccar/tracker-move.js";
import type { TrackedMove } from "../traccar/tracker-move.js";
import { positionIn } from "../traccar/answers.js";
import { TrackerSpeedEstimator } from "../traccar/tracker-speed-estimator.js";
import type { TrackerFix } from "../traccar/tracker-types.js";
import { finiteNumber, isObject } from "../support/json.js";
import type { RecordedLine } from "./recording.js";

/** Limits the age of a fix that gives a speed [ms], as for a node with the default interval. */
const STALE_MS = 180_000;

/** Holds the result of one tracker line, for the node and for the estimate. */
export interface TrackerLine {
  readonly fix: TrackerFix;
  readonly move: TrackedMove;
}

/** Replays trackers: each line is one poll, as of a cardata-traccar node. */
export class TrackerLines {
  readonly #paces = new Map<string, TrackerSpeedEstimator>();

  /** Parses a `speed` line (the speed alone); `undefined` if unusable. */
  speed({ kmh }: RecordedLine, at: number): TrackerLine | undefined {
    const speedKmh = finiteNumber(kmh);
    if (kmh !== null && (speedKmh === null || speedKmh < 0)) return undefined;
    const fix = { speedKmh, position: null, at };
    return { fix, move: { kmh: speedKmh, isMean: false, place: null, way: null } };
  }

  /**
   * Parses a `fix` line of Traccar (`speed` [kn], `totalDistance` [m], `fixTime`, `position`); without a position the
   * tracker is silent. Returns `undefined` if unusable.
   * @param isOnTrip whether a trip is open
   */
  fix(vin: string, line: RecordedLine, isOnTrip: boolean, at: number): TrackerLine | undefined {
    const position = positionOf(line);
    if (position === undefined) return undefined;
    const estimator = this.#paces.get(vin) ?? new TrackerSpeedEstimator();
    this.#paces.set(vin, estimator);
    estimator.setOnTrip(isOnTrip);
    const isLive = position?.valid === true && at - (position.fixTime ?? at) <= STALE_MS;
    const speedKmh = isLive ? position.speedKmh : null;
    const paced = estimator.add({ speedKmh, position, at });
    return { fix: paced.fix, move: moveOf(paced) };
  }
}

/** Returns Traccar's members from the line or from its `position`. */
function positionOf({ position, speed, totalDistance, fixTime, ...line }: RecordedLine) {
  if (position === null) return null;
  const inner = isObject(position) ? position : line;
  const { attributes, valid = true } = inner;
  return positionIn({
    ...inner,
    valid,
    speed: speed ?? inner["speed"],
    fixTime: fixTime ?? inner["fixTime"],
    attributes: {
      ...(isObject(attributes) && attributes),
      ...(totalDistance !== undefined && { totalDistance }),
    },
  });
}
