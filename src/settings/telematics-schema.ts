import { CONTAINER_ACTIONS, OPERATIONS } from "../rest/operations.js";
import { isContainerId } from "../support/bmw-ids.js";
import { momentOf } from "../support/iso-time.js";
import { nonEmptyText } from "../support/json.js";
import { descriptors, vehicle } from "./fields.js";
import { schema } from "./schema.js";
import { choice, flag, parsedText, wholeNumber } from "./setting.js";

const MINUTES_OF_DAY = 24 * 60;
const TIME = /^(\d{1,2})(?:[:.](\d{2}))?$/;
const VALUES = { operation: ["telematicData"] };
const HISTORY = { operation: ["chargingHistory"] };
const MINUTES = { hint: "cardata-telematics.invalid.minutes", when: VALUES };
const DATE = { hint: "cardata-telematics.invalid.date", when: HISTORY };

export const TELEMATICS_SCHEMA = schema("cardata-telematics", {
  vehicle: vehicle(),
  operation: choice(OPERATIONS),
  /** By their full names: BMW knows no wildcards. Empty: the default ones. */
  descriptors: descriptors(/^[\w.-]{1,200}$/, { hint: "cardata-telematics.invalid.descriptor", when: VALUES }),
  form: choice(["each", "update", "raw"]),
  force: { ...flag(), label: "cardata-telematics.force.telematicData" },
  automatic: flag(),
  schedule: choice(["fallback", "dense"]),
  minInterval: { ...wholeNumber(0, { least: 0, most: 7 * MINUTES_OF_DAY }, MINUTES), initial: "" },
  quietHours: parsedText(parseQuietHours, { hint: "cardata-telematics.invalid.quietHours", when: VALUES }),
  tripEndPoll: flag(true),
  cooldownMinutes: wholeNumber(10, { least: 1, most: MINUTES_OF_DAY }, MINUTES),
  from: parsedText(momentOf, DATE),
  to: parsedText(momentOf, DATE),
  maxPages: wholeNumber(3, { least: 1, most: 10 }, { hint: "cardata-telematics.invalid.pages", when: HISTORY }),
  daily: flag(),
  containerAction: choice(CONTAINER_ACTIONS),
  containerId: parsedText((typed) => (isContainerId(typed) ? typed : null), {
    hint: "cardata-telematics.invalid.containerId",
    when: { operation: ["containers"] },
  }),
});

/** Minutes of the local day; the end may be before the begin. */
interface TypedQuietHours {
  readonly from: number;
  readonly to: number;
}

/** Parses `22:00-06:00` to minutes of the day; `null` if it is invalid, or an empty span. */
export function parseQuietHours(value: unknown): TypedQuietHours | null {
  const [from, to, ...more] = (nonEmptyText(value) ?? "").split(/[-–]/).map(minuteOfDay);
  if (from === undefined || to === undefined || more.length > 0) return null;
  return from === null || to === null || from === to ? null : { from, to };
}

function minuteOfDay(written: string): number | null {
  const [, hours = "", minutes = "0"] = TIME.exec(written.trim()) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (hours === "" || Number(minutes) > 59 || minute > MINUTES_OF_DAY) return null;
  return minute % MINUTES_OF_DAY;
}
