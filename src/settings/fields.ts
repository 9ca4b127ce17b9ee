import { isServerAddress } from "../support/network-address.js";
import { parseVin } from "../support/vin.js";
import { listOf, pattern, type ValidationRules, type Setting } from "./setting.js";

/*
 * Settings that several nodes have, or that need a name.
 */

export const VIN_HINT = "cardata-stream.invalid.vin";

/** Declares the car that a node is about; "" for all of the account. */
export function vehicle(): Setting<string> {
  return pattern(parseVin, "", { hint: VIN_HINT, label: "cardata-stream.label.vehicle" });
}

/**
 * Declares the car that a row is about.
 * @param rules where the row itself has no text that names the rule
 */
export function vehicleOfRow(rules: ValidationRules = {}): Setting<string> {
  return pattern(parseVin, "", { ...rules, isRequired: true });
}

/** Declares the address of a server: BMW's or one in its place, encrypted or of this machine. */
export function serverAddress(encrypted: string, plain: string, rules: ValidationRules): Setting<string> {
  const parse = (typed: string) => (isServerAddress(typed, encrypted, plain) ? typed : null);
  return pattern(parse, "", { ...rules, isRequired: true });
}

/** Declares the beginning of MQTT topics: levels that are not empty, no wildcards, not the broker's own `$SYS`. */
export function topic(defaultValue: string, rules: ValidationRules): Setting<string> {
  return pattern((typed) => (/^(?!\$)[^\s+#/]+(\/[^\s+#/]+)*$/.test(typed) ? typed : null), defaultValue, rules);
}

/**
 * Declares a list of descriptors.
 * @param form of one
 */
export function descriptors(form: RegExp, rules: ValidationRules): Setting<readonly string[]> {
  return listOf(
    pattern((typed) => (form.test(typed) ? typed : null), "", {}),
    { label: "cardata-stream.label.descriptors", ...rules },
  );
}
