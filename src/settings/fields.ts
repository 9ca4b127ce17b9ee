import { isServerAddress } from "../support/address.js";
import { parseVin } from "../support/vin.js";
import { list, pattern, type Judged, type Setting } from "./setting.js";

/*
 * Settings that several nodes have, or that need a name.
 */

export const VIN_HINT = "cardata-stream.invalid.vin";

/** Declares the car that a node is about; "" for all of the account. */
export function vehicle(): Setting<string> {
  return pattern(parseVin, "", { hint: VIN_HINT });
}

/**
 * Declares the car that a row is about.
 * @param judged where the row itself has no text that names the rule
 */
export function vehicleOfRow(judged: Judged = {}): Setting<string> {
  return pattern(parseVin, "", { ...judged, isRequired: true });
}

/** Declares the address of a server: BMW's or one in its place, encrypted or of this machine. */
export function serverAddress(encrypted: string, plain: string, judged: Judged): Setting<string> {
  const parse = (typed: string) => (isServerAddress(typed, encrypted, plain) ? typed : null);
  return pattern(parse, "", { ...judged, isRequired: true });
}

/** Declares the beginning of MQTT topics: levels that are not empty, no wildcards, not the broker's own `$SYS`. */
export function topic(usual: string, judged: Judged): Setting<string> {
  return pattern((typed) => (/^(?!\$)[^\s+#/]+(\/[^\s+#/]+)*$/.test(typed) ? typed : null), usual, judged);
}

/**
 * Declares a list of descriptors.
 * @param form of one
 */
export function descriptors(form: RegExp, judged: Judged): Setting<readonly string[]> {
  return list(
    pattern((typed) => (form.test(typed) ? typed : null), "", {}),
    judged,
  );
}
