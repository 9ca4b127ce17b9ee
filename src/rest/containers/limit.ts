import { CarDataError } from "../../support/errors.js";
import { utcTime } from "../../support/utc-time.js";
import { heldUntil } from "../quota-refusal.js";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** How many containers may be made in which time: a mistake, or a program that deletes ours, must not eat the quota. */
const LIMITS = [
  { most: 3, within: HOUR_MS },
  { most: 10, within: DAY_MS },
] as const;

/** The part of `creations` (milliseconds, oldest first) that still counts. Times ahead of `now` come from a wrong clock. */
export function countingCreations(creations: readonly number[], now: number): number[] {
  return creations.filter((time) => time > now - DAY_MS && time <= now);
}

/**
 * Whether one more container may be made at `now`.
 * @throws CarDataError `containers_limit`
 */
export function checkCreations(creations: readonly number[], now: number): void {
  for (const { most, within } of LIMITS) {
    const recent = countingCreations(creations, now).filter((time) => time > now - within);
    const decisive = recent.at(-most);
    if (decisive !== undefined) throw limitReached(recent.length, decisive + within);
  }
}

function limitReached(count: number, until: number): CarDataError {
  return new CarDataError("containers_limit", { count, time: utcTime(until) }, heldUntil(until));
}
