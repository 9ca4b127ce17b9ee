import type { JournalEntry } from "../journal/entry.js";
import {
  EXPORT_FORMATS,
  EXPORT_LANGUAGES,
  type ExportLanguage,
  type ExportOptions,
} from "../journal/export/export-options.js";

/** Holds what the command line says of the export of the journal. */
export interface ExportArguments {
  readonly export?: string | undefined;
  readonly kinds?: string | undefined;
  readonly language?: string | undefined;
}

type Kinds = ExportOptions["kinds"];

const KINDS: Readonly<Record<string, JournalEntry["kind"]>> = { trips: "trip", charges: "charge" };
const ALL_KINDS: Kinds = Object.values(KINDS);

/**
 * Reads what the command line says of the export; `null` where none is wanted.
 * @param currency of the sums
 * @throws Error with a sentence for the terminal
 */
export function exportOf({ export: typed, kinds, language }: ExportArguments, currency: string): ExportOptions | null {
  if (typed === undefined) {
    const isAlone = kinds === undefined && language === undefined;
    if (!isAlone) throw new Error(`--${kinds === undefined ? "language" : "kinds"} needs --export.`);
    return null;
  }
  const format = EXPORT_FORMATS.find((one) => one === typed);
  if (format === undefined) throw new Error(`--export is one of ${EXPORT_FORMATS.join(", ")}.`);
  const chosen = kindsOf(kinds);
  // Two tables after each other are none that a program reads.
  if (format === "csv" && chosen.length > 1) throw new Error("--export csv needs --kinds trips or --kinds charges.");
  return { format, kinds: chosen, language: languageOf(language), currency };
}

function kindsOf(typed?: string): Kinds {
  if (typed === undefined) return ALL_KINDS;
  const kinds = typed.split(",").map((name) => (Object.hasOwn(KINDS, name.trim()) ? KINDS[name.trim()] : undefined));
  const known = ALL_KINDS.filter((kind) => kinds.includes(kind));
  if (kinds.includes(undefined)) throw new Error(`--kinds is a list of ${Object.keys(KINDS).join(", ")}.`);
  return known;
}

function languageOf(typed = "en"): ExportLanguage {
  const language = EXPORT_LANGUAGES.find((one) => one === typed);
  if (language === undefined) throw new Error(`--language is one of ${EXPORT_LANGUAGES.join(", ")}.`);
  return language;
}
