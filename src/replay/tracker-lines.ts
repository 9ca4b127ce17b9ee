import { moveOf } from "../traccar/tracker-move.js";
import type { TrackedMove } from "../traccar/tracker-move.js";
import { positionIn } from "../traccar/answers.js";
import { TrackerPace } from "../traccar/pace.js";
import type { TrackerFix } from "../traccar/types.js";
import { finite, isObject } from "../support/json.js";
import type { RecordedLine } from "./recording.js";

/** As a node with the usual interval judges it: an older fix tells no speed. */
const STALE_MS = 180_000;

/** What one line of a tracker says: as the node sends it, and to the estimate. */
export interface TrackerLine {
  readonly fix: TrackerFix;
  readonly move: TrackedMove;
}

/** The trackers of a replay: each line is a look at one, as a cardata-traccar node would have it. */
export class TrackerLines {
  readonly #paces = new Map<string, TrackerPace>();

  /** A `speed` line: the speed alone; `undefined` if it cannot be used. */
  speed({ kmh }: RecordedLine, at: number): TrackerLine | undefined {
    const speedKmh = finite(kmh);
    if (kmh !== null && (speedKmh === null || speedKmh < 0)) return undefined;
    const fix = { speedKmh, position: null, at };
    return { fix, move: { kmh: speedKmh, isMean: false, place: null, way: null } };
  }

  /**
   * A `fix` line: what Traccar tells of a position (`speed` in knots, `totalDistance` in metres, `fixTime`, `position`);
   * without a position the tracker is silent. `undefined` if it cannot be used.
   * @param isOnTrip whether the car is on its way
   */
  fix(vin: string, line: RecordedLine, isOnTrip: boolean, at: number): TrackerLine | undefined {
    const position = positionOf(line);
    if (position === undefined) return undefined;
    const pace = this.#paces.get(vin) ?? new TrackerPace();
    this.#paces.set(vin, pace);
    pace.trip(isOnTrip);
    const isLive = position?.valid === true && at - (position.fixTime ?? at) <= STALE_MS;
    const speedKmh = isLive ? position.speedKmh : null;
    const paced = pace.take({ speedKmh, position, at });
    return { fix: paced.fix, move: moveOf(paced) };
  }
}

/** Traccar's members, where they stand in the line or in its `position`. */
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
