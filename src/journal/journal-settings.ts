import type { NamedPlace } from "./places.js";
import type { Tariff } from "./tariffs.js";

/** Holds what the user states for the journal. */
export interface JournalSettings {
  /** IANA name of the zone in which days and months are counted, and by whose clock tariffs change. */
  readonly zone: string;
  readonly places: readonly NamedPlace[];
  /** What a kWh costs where; none: messages tell it. */
  readonly tariffs: readonly Tariff[];
  /** Code of the currency of all prices, such as `EUR`. */
  readonly currency: string;
}
