import { typedNumber } from "./setting.js";

/** Holds an axis as it is stored: a number, or the text that is none. */
type StoredAxis = number | string;

/** A position as it is stored. */
interface StoredPosition {
  readonly latitude: StoredAxis;
  readonly longitude: StoredAxis;
}

/**
 * Divides a position as people type it, or paste it out of a map: `48.137, 11.575`, `48,137 11,575`, `48.137° N, 11.575°
 * E`. What is no position stays as it is, so that nothing typed is lost.
 */
export function dividePosition(typed: string): StoredPosition {
  const plain = typed.replace(/[()°]/g, "").trim();
  // The letter of a hemisphere belongs to the number before it.
  const [latitude = "", longitude = "", ...more] = partsOf(plain.replace(/\s+(?=[NESW](\W|$))/gi, ""));
  if (more.length > 0) return { latitude: typed.trim(), longitude: "" };
  return { latitude: degreesOf(latitude, "NS"), longitude: degreesOf(longitude, "EW") };
}

/** Writes a stored position as it can be typed. */
export function writtenPosition(latitude: unknown, longitude: unknown): string {
  const written = [latitude, longitude].filter((axis) => typeof axis === "number" || typeof axis === "string");
  return written.filter((axis) => axis !== "").join(", ");
}

function partsOf(plain: string): string[] {
  const spaced = plain.split(/\s*;\s*|,?\s+/);
  if (spaced.length > 1) return spaced;
  const [first = "", second, third, fourth, ...more] = plain.split(",");
  if (fourth !== undefined && more.length === 0) return [`${first},${second ?? ""}`, `${third ?? ""},${fourth}`];
  // `48,1` is half of a position, with a decimal comma.
  return second !== undefined && third === undefined && plain.includes(".") ? [first, second] : [plain];
}

/** @param letters those of the hemispheres, first the one of numbers above 0 */
function degreesOf(written: string, letters: string): StoredAxis {
  const letter = written.slice(-1).toUpperCase();
  const isLettered = letter !== "" && letters.includes(letter);
  const degrees = typedNumber(isLettered ? written.slice(0, -1) : written);
  if (degrees === null) return written;
  return isLettered && letter === letters[1] ? -degrees : degrees;
}
