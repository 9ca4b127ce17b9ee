import type { Container } from "../rest/containers/container-calls.js";
import type { ContainerChanges, PlainAnswer } from "../rest/operations.js";
import type { QuotaReportData } from "../rest/quota-ledger.js";
import type { ListedVehicle } from "../rest/vehicles.js";
import type { JsonObject } from "../support/json.js";
import { utcTime } from "../support/utc-time.js";
import { basicDataSummary } from "./basic-data-summary.js";
import { chargingSummary } from "./charging-summary.js";
import { counted } from "./summary-parts.js";
import type { Summary } from "./types.js";
import { tyreSummary } from "./tyre-summary.js";

/** Summarises an answer for people. Accepts whatever BMW sends; never throws. */
export function summaryOf(answer: PlainAnswer): Summary {
  switch (answer.operation) {
    case "vehicles":
      return vehiclesSummary(answer.payload);
    case "basicData":
      return basicDataSummary(answer.payload, answer.vin);
    case "chargingHistory":
      return chargingSummary(answer.payload, answer.truncated);
    case "tyreDiagnosis":
      return tyreSummary(answer.payload);
    case "image":
      return imageSummary(answer.payload, answer.contentType);
    case "chargingSettings":
      return settingsSummary(answer.payload);
    case "containers":
      return "deleted" in answer.payload ? changesSummary(answer.payload) : containersSummary(answer.payload);
    case "quota":
      return quotaSummary(answer.payload);
  }
}

/** Returns `{text, count, readable}`. */
function vehiclesSummary(cars: readonly ListedVehicle[]): Summary {
  const readable = cars.filter(({ access }) => access === "ok").length;
  return { text: `${counted(cars.length, "car")}, ${readable} readable`, count: cars.length, readable };
}

/** Returns `{text, bytes, contentType}`. */
function imageSummary({ length: bytes }: Buffer, contentType: string): Summary {
  const format = contentType.replace("image/", "").toUpperCase();
  const size = bytes < 1000 ? counted(bytes, "byte") : `${Math.round(bytes / 1000)} kB`;
  return { text: `${format} picture, ${size}`, bytes, contentType };
}

/** Returns `{text, count}`. */
function settingsSummary({ length: count }: readonly JsonObject[]): Summary {
  return { text: counted(count, "charging location"), count };
}

/** Returns `{text, count, active, own}`: all containers, the readable ones, and those of this package among these. */
function containersSummary(listed: readonly Container[]): Summary {
  const active = listed.filter((container) => container.active);
  const own = active.filter((container) => container.own).length;
  const shown = `${counted(active.length, "active container")}, ${own} of this package`;
  return { text: shown, count: listed.length, active: active.length, own };
}

/**
 * Returns `{text, deleted, failed, id}`: numbers of deleted and failed containers, and the one used from now on, or
 * null.
 */
function changesSummary({ deleted, failed, id }: ContainerChanges): Summary {
  const parts = [`${counted(deleted.length, "container")} deleted`];
  if (failed.length > 0) parts.push(`${failed.length} not deleted`);
  if (id !== undefined) parts.push(`${id} in use`);
  return { text: parts.join(", "), deleted: deleted.length, failed: failed.length, id: id ?? null };
}

/** Returns `{text, used, remaining, resetsAt}`. */
function quotaSummary({ used, limit, remaining, resetsAt, blockedUntil }: QuotaReportData): Summary {
  const parts = [`${used} of ${limit} used`, `resets ${clockTime(resetsAt)}`];
  if (blockedUntil !== null) parts.push(`nothing is sent before ${clockTime(blockedUntil)}`);
  return { text: parts.join(", "), used, remaining, resetsAt };
}

/** Formats an ISO time as `14:05 UTC`. */
function clockTime(time: string): string {
  return utcTime(Date.parse(time));
}
