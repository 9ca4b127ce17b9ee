import { readFileSync } from "node:fs";
import { parsePrices, type PriceStep } from "../journal/energy-origins.js";
import type { JournalSettings } from "../journal/journal-settings.js";
import { isCurrency } from "../journal/limits.js";
import { parsePlaces } from "../journal/places.js";
import { parseTariffs } from "../journal/tariffs.js";
import { isZone, zoneOfComputer } from "../journal/zoned-time.js";
import { parseJson } from "../support/json.js";

/** Holds what the command line says of the journal; files by their paths. */
export interface JournalArguments {
  readonly places?: string | undefined;
  readonly tariffs?: string | undefined;
  readonly prices?: string | undefined;
  readonly currency?: string | undefined;
  readonly zone?: string | undefined;
}

/** Holds what the user states for the journal, and the prices that messages would have told. */
export interface ReplayedJournal {
  readonly settings: JournalSettings;
  readonly prices: readonly PriceStep[];
}

/**
 * Reads what the command line says of the journal.
 * @throws Error with a sentence for the terminal
 */
export function journalOf({ places, tariffs, prices, currency = "EUR", zone }: JournalArguments): ReplayedJournal {
  if (!isCurrency(currency)) throw new Error("--currency needs a code of three letters such as EUR.");
  if (zone !== undefined && !isZone(zone)) throw new Error("--zone needs the name of a zone such as Europe/Berlin.");
  return {
    settings: {
      zone: zone ?? zoneOfComputer(),
      places: places === undefined ? [] : parsePlaces(jsonOf(places)),
      tariffs: tariffs === undefined ? [] : parseTariffs(jsonOf(tariffs)),
      currency,
    },
    prices: prices === undefined ? [] : parsePrices(jsonOf(prices)),
  };
}

function jsonOf(path: string): unknown {
  const value = parseJson(readFileSync(path, "utf8"));
  if (value === undefined) throw new Error(`${path} holds no JSON.`);
  return value;
}
