import type { Random } from "../../support/random.js";
import type { CoordinateAxis } from "./key-role.js";

/** Limits of coordinates, in both directions [degrees]. */
export const LIMITS: Readonly<Record<CoordinateAxis, number>> = { latitude: 90, longitude: 180 };

/**
 * Bounding box of open water in the North Pacific, where no car was ever. From west to east and from south to north
 * [degrees].
 */
const BOX: Readonly<Record<CoordinateAxis, readonly [number, number]>> = {
  latitude: [32, 48],
  longitude: [-170, -145],
};
const DECIMALS = 7;
const SMALLEST_STEP = 10 ** -DECIMALS;

/** Returns whether the degrees are those of an anonymised recording. */
export function isInBox(axis: CoordinateAxis, degrees: number): boolean {
  const [low, high] = BOX[axis];
  return degrees >= low && degrees <= high;
}

/** Holds the coordinates of a recording [degrees]. */
export type RecordedCoordinates = Readonly<Record<CoordinateAxis, ReadonlySet<number>>>;

/**
 * Shifts all positions of a recording by one random distance into the box. Scales longitudes, because a degree has
 * another length at another latitude, so that trips keep their shape and length. Positions too far apart for the box
 * end at its edge.
 */
export class CoordinateShift {
  readonly #slides: Readonly<Record<CoordinateAxis, AxisShift>>;

  constructor({ latitude, longitude }: RecordedCoordinates, random: Random) {
    const north = axisShift("latitude", latitude, 1, random);
    const scale = cosine(north.middle) / cosine(north.move(north.middle));
    this.#slides = { latitude: north, longitude: axisShift("longitude", longitude, scale, random) };
  }

  /** @returns degrees in the box, with seven decimals (a centimetre) at most */
  move(axis: CoordinateAxis, degrees: number): number {
    return rounded(this.#slides[axis].move(degrees));
  }
}

/** Returns the neighbouring degrees, a centimetre towards the centre of the box. */
export function stepAside(axis: CoordinateAxis, degrees: number): number {
  const [low, high] = BOX[axis];
  return rounded(degrees + (degrees > (low + high) / 2 ? -SMALLEST_STEP : SMALLEST_STEP));
}

interface AxisShift {
  /** Centre of what was recorded. */
  readonly middle: number;
  move(degrees: number): number;
}

function axisShift(axis: CoordinateAxis, recorded: ReadonlySet<number>, scale: number, random: Random): AxisShift {
  const [low, high] = BOX[axis];
  const sorted = [...recorded].sort((one, other) => one - other);
  const [first = 0] = sorted;
  const last = sorted.at(-1) ?? first;
  const half = ((last - first) / 2) * scale;
  const room = high - low - 2 * half;
  const fits = room >= 0;
  // A single remote position must not push all others to the edge.
  const middle = fits ? (first + last) / 2 : (sorted[sorted.length >> 1] ?? 0);
  const target = fits ? low + half + room * fraction(random) : (low + high) / 2;
  return { middle, move: (degrees) => Math.min(high, Math.max(low, target + (degrees - middle) * scale)) };
}

const cosine = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
const rounded = (degrees: number) => Number(degrees.toFixed(DECIMALS));
/** Returns a cryptographically random fraction: whoever guessed the distance could shift the positions back. */
const fraction = (random: Random) => random.bytes(6).readUIntBE(0, 6) / 2 ** 48;
