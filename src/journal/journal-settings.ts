import type { NamedPlace } from "./places.js";

/** Holds what the user states for the journal. */
export interface JournalSettings {
  /** IANA name of the zone in which days and months are counted. */
  readonly zone: string;
  readonly places: readonly NamedPlace[];
}
