import { aliasKeyOf } from "../../../src/account/vehicle-identity.js";
import { parseQuietHours } from "../../../src/polling/parse-poll-requests.js";

/** Node-RED replaces `${NAME}` when the flow starts, so the editor cannot judge it. */
function isEnvironment(value: unknown): boolean {
  return typeof value === "string" && /^\$\{[^}]+\}$/.test(value.trim());
}

const UUID = /^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;
const VIN = /^[A-HJ-NPR-Za-hj-npr-z0-9]{17}$/;
const DESCRIPTOR = /^[\w.*-]{1,200}$/;

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Accepts what is fine, an environment variable, and nothing where that is allowed; otherwise tells `message`. */
function check(value: unknown, message: string, isFine: (text: string) => boolean, mayBeEmpty = true): true | string {
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  if (text === "" ? mayBeEmpty : isEnvironment(text) || isFine(text)) return true;
  return message;
}

export function checkClientId(value: unknown, message: string): true | string {
  return check(value, message, (text) => UUID.test(text));
}

/** Encrypted, or on this machine. */
export function checkAddress(value: unknown, message: string, encrypted: string, plain: string): true | string {
  const isFine = (text: string) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocol === encrypted || (protocol === plain && isLoopback(hostname));
  };
  return check(value, message, isFine, false);
}

export function checkPort(value: unknown, message: string): true | string {
  return check(value, message, (text) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535);
}

export function checkFilled(value: unknown, message: string): true | string {
  return check(value, message, () => true, false);
}

export function checkVin(value: unknown, message: string): true | string {
  return check(value, message, (text) => VIN.test(text));
}

export function checkDescriptors(value: unknown, message: string): true | string {
  if (!Array.isArray(value)) return true;
  const wrong = value.find((entry) => check(entry, message, (text) => DESCRIPTOR.test(text)) !== true) as unknown;
  return wrong === undefined ? true : `${message} ${String(wrong)}`;
}

/** As `checkDescriptors`, but each by its full name. */
export function checkFullDescriptors(value: unknown, message: string): true | string {
  const wildcard = Array.isArray(value) && (value as unknown[]).find((entry) => String(entry).includes("*"));
  return wildcard ? `${message} ${String(wildcard)}` : checkDescriptors(value, message);
}

export function checkWholeNumber(value: unknown, message: string, least: number, most: number): true | string {
  return check(value, message, (text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most);
}

export function checkNumber(value: unknown, message: string, least: number, most: number): true | string {
  return check(value, message, (text) => /^\d+(\.\d+)?$/.test(text) && Number(text) >= least && Number(text) <= most);
}

/** Encrypted or not: many servers at home are not. */
export function checkWebAddress(value: unknown, message: string): true | string {
  const isFine = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return check(value, message, isFine, false);
}

/** What topics of MQTT may begin with: levels that are not empty, no wildcards, not the broker's own `$SYS`. */
export function checkTopic(value: unknown, message: string): true | string {
  return check(value, message, (text) => /^(?!\$)[^\s+#/]+(\/[^\s+#/]+)*$/.test(text));
}

export function checkDate(value: unknown, message: string): true | string {
  return check(value, message, (text) => /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text)));
}

export function checkQuietHours(value: unknown, message: string): true | string {
  return check(value, message, (text) => parseQuietHours(text) !== null);
}

export function checkContainerId(value: unknown, message: string): true | string {
  return check(value, message, (text) => /^[A-Za-z0-9]{13}$/.test(text));
}

export function checkVehicles(value: unknown, message: string): true | string {
  if (!Array.isArray(value)) return true;
  const isFine = (entry: unknown) => checkVin((entry as { vin?: unknown } | null)?.vin, message) === true;
  return value.every(isFine) ? true : message;
}

/** @param others the cars of all other accounts: an alias stands for one car, whosesoever it is */
export function checkAliases(value: unknown, others: readonly unknown[], message: string): true | string {
  if (!Array.isArray(value)) return true;
  const aliases = (cars: readonly unknown[]) =>
    cars.flatMap((car) => {
      const { alias } = (car ?? {}) as { alias?: unknown };
      return typeof alias === "string" && !isEnvironment(alias) ? [alias] : [];
    });
  const taken = new Set(aliases(others).map(aliasKeyOf));
  for (const alias of aliases(value)) {
    const key = aliasKeyOf(alias);
    if (key !== null && taken.has(key)) return `${message} ${alias}`;
    taken.add(key);
  }
  return true;
}

/** Each row with a car and a tracker. */
export function checkTrackers(value: unknown, message: string): true | string {
  if (!Array.isArray(value)) return true;
  const isFine = (entry: unknown) => {
    const { vin, device } = (entry ?? {}) as { vin?: unknown; device?: unknown };
    return check(vin, message, (text) => VIN.test(text), false) === true && checkFilled(device, message) === true;
  };
  return value.every(isFine) ? true : message;
}

/**
 * Node-RED takes a text for a reason only from a function with two parameters; from others any text counts as "valid".
 */
export function validator(judge: (this: EditedNode, value: unknown) => true | string): Validator {
  return function (value, options) {
    const verdict = judge.call(this, value);
    return verdict === true || !options?.label ? verdict : `${options.label}: ${verdict}`;
  };
}
