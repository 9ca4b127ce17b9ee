import type { Problem } from "../../../src/support/errors.js";
import { PACKAGE_NAME } from "../../../src/support/version.js";

/** Any text of the nodes by its whole key, such as `cardata-stream.invalid.vin`. */
export function textOf(key: string): string {
  return RED._(`${PACKAGE_NAME}/${key.split(".")[0] ?? ""}:${key}`);
}

/** Returns a text of the account node's catalogue. */
export function accountText(key: string, params: Record<string, unknown> = {}): string {
  return RED._(`${PACKAGE_NAME}/cardata-account:cardata-account.${key}`, params);
}

/** Returns a text of the stream node's catalogue. */
export function streamText(key: string, params: Record<string, unknown> = {}): string {
  return RED._(`${PACKAGE_NAME}/cardata-stream:cardata-stream.${key}`, params);
}

/** Returns a text of the telematics node's catalogue. */
export function telematicsText(key: string, params: Record<string, unknown> = {}): string {
  return RED._(`${PACKAGE_NAME}/cardata-telematics:cardata-telematics.${key}`, params);
}

/** Returns a text of the predicted SOC node's catalogue. */
export function socText(key: string, params: Record<string, unknown> = {}): string {
  return RED._(`${PACKAGE_NAME}/cardata-predicted-soc:cardata-predicted-soc.${key}`, params);
}

/** Returns a text of the journal node's catalogue. */
export function journalText(key: string, params: Record<string, unknown> = {}): string {
  return RED._(`${PACKAGE_NAME}/cardata-journal:cardata-journal.${key}`, params);
}

/** Returns a text of the Traccar node's catalogue. */
export function traccarText(key: string, params: Record<string, unknown> = {}): string {
  return RED._(`${PACKAGE_NAME}/cardata-traccar:cardata-traccar.${key}`, params);
}

/** Returns a text of the Home Assistant node's catalogue. */
export function homeAssistantText(key: string, params: Record<string, unknown> = {}): string {
  return RED._(`${PACKAGE_NAME}/cardata-homeassistant:cardata-homeassistant.${key}`, params);
}

/** Returns the sentences for a problem in the language of the editor. */
export function problemText({ code, params, known }: Problem): string {
  const text = (key: string, values: object = {}) =>
    RED._(`${PACKAGE_NAME}/cardata-account:errors.${key}`, { ...values });
  if (known === undefined) return text(code, params);
  return `${text(code, params)} ${text(known.until === undefined ? "known_since" : "known_until", known)}`;
}

/** Formats a time as `12:04`, with the day unless it is today. */
export function timeText(iso: string): string {
  const time = new Date(iso);
  const clock = time.toLocaleTimeString([], { timeStyle: "short" });
  return time.toDateString() === new Date().toDateString() ? clock : `${time.toLocaleDateString()} ${clock}`;
}
