import type { PlainAnswer } from "../rest/operations.js";
import { isObject, text } from "../support/json.js";
import { utcTime } from "../support/utc-time.js";
import { basicDataSummary } from "./basic-data-summary.js";
import { chargingSummary } from "./charging-summary.js";
import { counted, objectsIn, scalar } from "./summary-parts.js";
import { tyreSummary } from "./tyre-summary.js";
import type { Summary } from "./types.js";

const SUMMARIES: Readonly<Record<PlainAnswer["operation"], (answer: PlainAnswer) => Summary>> = {
  vehicles: ({ payload }) => vehiclesSummary(payload),
  basicData: ({ payload, vin }) => basicDataSummary(payload, vin),
  chargingHistory: ({ payload, truncated }) => chargingSummary(payload, truncated),
  tyreDiagnosis: ({ payload }) => tyreSummary(payload),
  image: ({ payload, contentType }) => imageSummary(payload, contentType ?? null),
  chargingSettings: ({ payload }) => settingsSummary(payload),
  containers: ({ payload }) => (isObject(payload) ? changesSummary(payload) : containersSummary(payload)),
  quota: ({ payload }) => quotaSummary(payload),
};

/** An answer in short, for people. Takes whatever BMW sends; never throws. */
export function summaryOf(answer: PlainAnswer): Summary {
  return SUMMARIES[answer.operation](answer);
}

/** `{text, count, readable}` */
function vehiclesSummary(payload: unknown): Summary {
  const cars = objectsIn(payload);
  const readable = cars.filter(({ access }) => access === "ok").length;
  return { text: `${counted(cars.length, "car")}, ${readable} readable`, count: cars.length, readable };
}

/** `{text, bytes, contentType}` */
function imageSummary(payload: unknown, contentType: string | null): Summary {
  const bytes = payload instanceof Uint8Array ? payload.length : 0;
  const format = contentType?.replace("image/", "").toUpperCase() ?? "";
  const size = bytes < 1000 ? counted(bytes, "byte") : `${Math.round(bytes / 1000)} kB`;
  return { text: bytes === 0 ? "no picture" : `${format} picture, ${size}`.trim(), bytes, contentType };
}

/** `{text, count}` */
function settingsSummary(payload: unknown): Summary {
  const count = objectsIn(payload).length;
  return { text: counted(count, "charging location"), count };
}

/** `{text, count, active, own}`: all in the list, those that can be read, and those of this package among these. */
function containersSummary(payload: unknown): Summary {
  const listed = objectsIn(payload);
  const active = listed.filter(({ state }) => state === "ACTIVE");
  const own = active.filter((container) => container["own"] === true).length;
  const shown = `${counted(active.length, "active container")}, ${own} of this package`;
  return { text: shown, count: listed.length, active: active.length, own };
}

/** `{text, deleted, failed, id}`: how many were deleted, how many not, and which one is used from now on, or null. */
function changesSummary({ deleted, failed, id }: Record<string, unknown>): Summary {
  const [gone, left] = [deleted, failed].map((list) => (Array.isArray(list) ? list.length : 0)) as [number, number];
  const made = text(id);
  const parts = [`${counted(gone, "container")} deleted`];
  if (left > 0) parts.push(`${left} not deleted`);
  if (made !== null) parts.push(`${made} in use`);
  return { text: parts.join(", "), deleted: gone, failed: left, id: made };
}

/** `{text, used, remaining, resetsAt}` */
function quotaSummary(payload: unknown): Summary {
  if (!isObject(payload)) return { text: "no data" };
  const { used, limit, remaining, resetsAt, blockedUntil } = payload;
  const resets = clockTime(resetsAt);
  const blocked = clockTime(blockedUntil);
  const parts = [`${scalar(used) ?? "?"} of ${scalar(limit) ?? "?"} used`];
  if (resets !== null) parts.push(`resets ${resets}`);
  if (blocked !== null) parts.push(`nothing is sent before ${blocked}`);
  return { text: parts.join(", "), used: scalar(used), remaining: scalar(remaining), resetsAt: scalar(resetsAt) };
}

/** `14:05 UTC` of an ISO time. */
function clockTime(value: unknown): string | null {
  const time = Date.parse(text(value) ?? "");
  return Number.isNaN(time) ? null : utcTime(time);
}
