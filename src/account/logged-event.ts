import { codecOf } from "../store/codec.js";
import { cleanText } from "../support/clean-text.js";
import { isErrorCode } from "../support/error-table.js";
import { newProblem, type Problem } from "../support/errors.js";
import { validTime } from "../support/iso-time.js";
import { finiteNumber, nonEmptyText } from "../support/json.js";
import { byKey, needed, object, oneOf, storedList, then, type StoredReader } from "../support/stored-schema.js";
import { parseVin } from "../support/vin.js";

const NAMES = [
  ...["tripStarted", "tripEnded", "chargingStarted", "chargingEnded", "pluggedIn", "unplugged"],
  ...["chargingInterrupted", "pluggedNotCharging", "tyrePressureLow", "serviceDue"],
  ...["locked", "unlocked", "connected", "disconnected", "loginRequired", "quotaLow", "vehicleFound"],
] as const;

/** Limits what is kept of an account. */
export const MOST_EVENTS = 200;

const readParam: StoredReader<string | number | null> = (stored) =>
  typeof stored === "string" ? stored : finiteNumber(stored);

const readKnown = then(object({ since: needed(nonEmptyText), until: nonEmptyText }), ({ since, until }) => ({
  since: cleanText(since),
  ...(until !== null && { until: cleanText(until) }),
}));

const readProblem: StoredReader<Problem | null> = then(
  object({
    code: needed(then<string, Problem["code"]>(nonEmptyText, (code) => (isErrorCode(code) ? code : null))),
    params: byKey(nonEmptyText, readParam),
    known: readKnown,
  }),
  ({ code, params, known }) => ({ ...newProblem(code, params), ...(known !== null && { known }) }),
);

const readEvent = object({
  /** ms */
  at: needed(validTime),
  /** `null`: it happened to the account. */
  vin: parseVin,
  name: needed(oneOf(NAMES)),
  /** Percent; of all figures only what the event knows. */
  level: finiteNumber,
  distanceKm: finiteNumber,
  durationMin: finiteNumber,
  energyKwh: finiteNumber,
  /** Percentage points. */
  levelUsed: finiteNumber,
  /** Why it was disconnected, or needs a login. */
  problem: readProblem,
});

/** Tells what happened to a car or an account, for people to look back at. */
export type LoggedEvent = NonNullable<ReturnType<typeof readEvent>>;

/** `events.json`: what happened last, the newest last. */
export const eventsCodec = codecOf<readonly LoggedEvent[]>({
  initial: () => [],
  read: (data) => (Array.isArray(data) ? storedList(readEvent)(data.slice(-MOST_EVENTS)) : null),
});
