import type { DistanceUnit } from "../../support/distances.js";
import { NAME_LANGUAGES, nameLanguageOf, type NameLanguage } from "../../support/name-languages.js";
import type { JournalEntry } from "../entry.js";

export const EXPORT_FORMATS = ["csv", "json", "gpx", "html"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Names the languages of the exports. */
export const EXPORT_LANGUAGES = ["en", ...NAME_LANGUAGES] as const;
export type ExportLanguage = "en" | NameLanguage;

/** Returns the language of an export for one such as `de`, `de-AT` or `pt_BR`; English for one that there is not. */
export function exportLanguageOf(language: string): ExportLanguage {
  return nameLanguageOf(language) ?? "en";
}

/** Holds the entries of one car. */
export interface CarEntries {
  readonly vin: string;
  /** As the owner calls the car. */
  readonly name: string;
  readonly entries: readonly JournalEntry[];
}

/** Holds a car with what its tables are to show. */
export interface ExportedCar extends CarEntries {
  /** Of the logbook and of CSV; JSON and GPX have km. */
  readonly distanceUnit: DistanceUnit;
}

export interface ExportOptions {
  readonly format: ExportFormat;
  /** Of names, numbers and separators; JSON and GPX know none. */
  readonly language: ExportLanguage;
  /** Code of the currency of the sums, such as `EUR`. */
  readonly currency: string;
  /** What is exported; GPX has trips only. */
  readonly kinds: readonly JournalEntry["kind"][];
}

export interface ExportedFile {
  /** Without a folder, and without anything that a file system refuses. */
  readonly fileName: string;
  readonly mimeType: string;
  readonly text: string;
}
