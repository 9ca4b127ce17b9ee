import type { ExportLanguage } from "../export-options.js";
import { DE } from "./de.js";
import { EN } from "./en.js";
import { ES } from "./es.js";
import { FR } from "./fr.js";
import { IT } from "./it.js";
import { NL } from "./nl.js";
import { PT } from "./pt.js";
import type { ExportTexts } from "./texts.js";

/** Holds what the exports say in each language. */
export const EXPORT_TEXTS: Readonly<Record<ExportLanguage, ExportTexts>> = {
  en: EN,
  de: DE,
  es: ES,
  fr: FR,
  it: IT,
  nl: NL,
  pt: PT,
};
