import type { JournalSettings } from "../journal/journal-settings.js";
import { parsePlaces } from "../journal/places.js";
import { parseTariffs } from "../journal/tariffs.js";
import type { ACCOUNT_SCHEMA } from "./account-schema.js";
import type { ValuesOf } from "./setting.js";

type Stated = Pick<ValuesOf<typeof ACCOUNT_SCHEMA.settings>, "places" | "tariffs" | "currency">;

/**
 * Converts what the schema of an account has read to what the journal reckons with.
 * @param zone in which days and months are counted
 */
export function parseJournalSettings({ places, tariffs, currency }: Stated, zone: string): JournalSettings {
  return {
    zone,
    places: parsePlaces(places.map((place) => ({ ...place, purpose: place.purpose || null }))),
    // A tariff by message has no windows, whatever was set before it became one.
    tariffs: parseTariffs(tariffs.map((one) => ({ ...one, windows: one.price === "message" ? [] : one.windows }))),
    currency,
  };
}
