import type { JournalValueName } from "../journal/journal-values.js";
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

/** Readable names of what the journal tells as values; none is the name of a descriptor. */
export const NAMES_OF_JOURNAL_VALUES: Readonly<Record<JournalValueName, string>> = {
  "journal.totalEnergyCharged": "Total energy charged",
  "journal.totalChargingCost": "Total charging cost",
  "journal.lastTrip": "Last trip",
  "journal.lastCharge": "Last charge",
  "journal.lastChargeCost": "Cost of the last charge",
  "journal.capacity": "Capacity by the journal",
};
