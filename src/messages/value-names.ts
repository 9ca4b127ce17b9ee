import type { ValueName } from "../vehicle/source-priority.js";

/** Readable names of the sourced values; none is the name of a descriptor. */
export const NAMES_OF_VALUES: Readonly<Record<ValueName, string>> = {
  soc: "State of charge",
  range: "Remaining range",
  fuel: "Remaining fuel",
  plugged: "Plugged in",
  charging: "Charging",
  locked: "Locked",
  odometer: "Mileage",
  openings: "Openings",
  secured: "Secured",
};
