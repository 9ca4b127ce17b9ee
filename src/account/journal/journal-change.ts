import type { DeletedEntry, JournalEntry } from "../../journal/entry.js";

/** Says what has changed in the journal of a car; `entry` `null`: all of it was deleted. */
export type JournalChange =
  | { readonly outcome: "new" | "corrected"; readonly entry: JournalEntry }
  | { readonly outcome: "deleted"; readonly entry: DeletedEntry | null };
