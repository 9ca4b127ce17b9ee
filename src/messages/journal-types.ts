import type { BatteryHealth } from "../journal/battery-health.js";
import type { ChargeEntry, DeletedEntry, JournalEntry, TripEntry } from "../journal/entry.js";
import type { UnreadEntry } from "../journal/import/read-export.js";
import type { ImportCounts } from "../journal/import-counts.js";
import type { JournalSum } from "../journal/sums.js";
import type { TariffSum } from "../journal/tariff-sums.js";

/** Tells a trip or a charge that is new in the journal, or was corrected or deleted (first output of cardata-journal). */
export interface JournalEntryMessage {
  /** The entry; of a deleted one its id and times, with `deleted: true`; `null`: all entries of the car were deleted. */
  payload: JournalEntry | DeletedEntry | null;
  outcome: "new" | "corrected" | "deleted";
  /** `<base>/<vin>/journal/<trip or charge>`; `<base>/<vin>/journal` without an entry. */
  topic: string;
  vin: string;
  /** As in messages of values. */
  car?: string;
  /** ISO 8601 UTC: when the journal has changed. */
  timestamp: string;
}

/** Holds the answer to a command (second output of cardata-journal); keeps the rest of the message with the command. */
export interface JournalAnswer<Command extends JournalCommand = JournalCommand> {
  payload: JournalAnswers[Command];
  command: Command;
  /** `<base>/<vin>/journal/<command>` or `<base>/account/journal/<command>` */
  topic: string;
  /** Only of an answer about one car. */
  vin?: string;
  car?: string;
  /** Only of `trips` and `charges`: whether there are more than `limit`. */
  truncated?: boolean;
  /** Only of an export: the name for a file, for the core node `write file`; one in the message with the command stays. */
  filename?: string;
  /** Only of an export: for the core node `http response`. */
  headers?: Record<string, string>;
}

export type JournalCommand = keyof JournalAnswers;

/** Maps commands to payloads. */
export interface JournalAnswers {
  /** Newest first. */
  trips: TripEntry[];
  charges: ChargeEntry[];
  summary: JournalSummaryAnswer;
  health: BatteryHealth;
  /** The content of a file; CSV has one for each kind, a message each. */
  export: string;
  import: JournalImport;
  /** The entry as it is now. */
  tag: JournalEntry;
  /** `id` `null`: all entries of the car. */
  delete: { id: string | null };
  price: { from: string; price: number }[];
  solar: { kw: number } | { share: number };
}

export type JournalSummaryAnswer =
  | { period: "day" | "month" | "year"; currency: string; sums: JournalSum[] }
  | { period: "tariff"; currency: string; sums: TariffSum[] };

/** Tells what became of an import. */
export interface JournalImport {
  cars: ({ vin: string } & ImportCounts)[];
  /** Entries that cannot be read, with the reason. */
  unread: UnreadEntry[];
}
