import type { Reading, ReadingSource } from "./reading.js";
import { isOpen } from "./words.js";

/** Says which windows, doors, lids and roofs are open. */
export interface OpeningsState {
  /** Descriptors in the order of `OPENINGS`; none: all are closed. */
  readonly open: readonly string[];
  /** The first descriptor that decides it. */
  readonly from: string;
  /** Newest time of those that decide it [ms]. */
  readonly timestamp: number;
  readonly source: ReadingSource;
}

const BODY = "vehicle.body";
const CABIN = "vehicle.cabin";
const TRUNK = `${BODY}.trunk`;
const SUNROOF = `${CABIN}.sunroof`;

/** Every car has these: without a word about them nobody knows that all is closed. */
const FRONT_DOORS = [`${CABIN}.door.row1.driver.isOpen`, `${CABIN}.door.row1.passenger.isOpen`];

/** Lists what somebody can get in by, or the rain. The charging flap is none. */
export const OPENINGS: readonly string[] = [
  ...FRONT_DOORS,
  `${CABIN}.door.row2.driver.isOpen`,
  `${CABIN}.door.row2.passenger.isOpen`,
  `${TRUNK}.isOpen`,
  ...["door", "upper.door", "lower.door", "left.door", "right.door", "window"].map((part) => `${TRUNK}.${part}.isOpen`),
  `${BODY}.hood.isOpen`,
  ...["row1.driver", "row1.passenger", "row2.driver", "row2.passenger"].map((at) => `${CABIN}.window.${at}.status`),
  `${SUNROOF}.overallStatus`,
  `${SUNROOF}.status`,
  `${SUNROOF}.tiltStatus`,
  `${CABIN}.convertible.roofStatus`,
  `${CABIN}.convertible.roofRetractableStatus`,
];

/** Maps a descriptor to the better one that says the same. */
const BETTER: ReadonlyMap<string, string> = new Map([
  [`${TRUNK}.door.isOpen`, `${TRUNK}.isOpen`],
  [`${SUNROOF}.status`, `${SUNROOF}.overallStatus`],
  [`${SUNROOF}.tiltStatus`, `${SUNROOF}.overallStatus`],
]);

type ReadingsByDescriptor = ReadonlyMap<string, Reading>;

/**
 * Returns what is open. Something open is told whatever the rest does; that all is closed only where everything that the car
 * has ever told of is known to be closed, the front doors among it. `null`: unknown, which never means closed.
 */
export function openingsState(readings: ReadingsByDescriptor): OpeningsState | null {
  const told = toldIn(readings);
  const open = told.filter(({ descriptor }) => stateIn(readings, descriptor) === true);
  if (open.length > 0) return stateOf(open, open);
  const isClosed = ({ descriptor }: Reading) => stateIn(readings, descriptor) === false;
  const areDoorsTold = FRONT_DOORS.every((door) => stateIn(readings, door) !== null);
  return areDoorsTold && told.every(isClosed) ? stateOf([], told) : null;
}

/** Returns the readings of which the car has ever told, each of those that say the same once. */
function toldIn(readings: ReadingsByDescriptor): Reading[] {
  const told: Reading[] = [];
  for (const descriptor of OPENINGS) {
    const reading = readings.get(descriptor);
    if (reading !== undefined && wasKnown(reading) && stateIn(readings, BETTER.get(descriptor)) === null)
      told.push(reading);
  }
  return told;
}

/** Returns whether it was ever known: cars call a sunroof that they do not have unknown. */
function wasKnown({ value, last }: Reading): boolean {
  return value !== null || last !== undefined;
}

/** Returns whether something is open; `null` if that is unknown. */
function stateIn(readings: ReadingsByDescriptor, descriptor: string | undefined): boolean | null {
  const value = descriptor === undefined ? null : (readings.get(descriptor)?.value ?? null);
  return value === null ? null : isOpen(value);
}

function stateOf(open: readonly Reading[], deciding: readonly Reading[]): OpeningsState | null {
  const [first] = deciding;
  if (first === undefined) return null;
  const newest = deciding.reduce((latest, one) => (one.timestamp > latest.timestamp ? one : latest), first);
  const { timestamp, source } = newest;
  return { open: open.map(({ descriptor }) => descriptor), from: first.descriptor, timestamp, source };
}
