import { redactor } from "./redact.js";

declare const CLEAN: unique symbol;

/**
 * Marks a text that anybody may see: without secrets, coordinates and full VINs, and short. Only `cleanText` creates
 * one.
 */
export type CleanText = string & { readonly [CLEAN]: true };

/**
 * Default limit [characters], enough for a list of ten names; foreign texts are cut to less where they are received.
 */
const LONGEST = 2000;

/** Redacts a text for any reader, then truncates it: half a secret would not be recognised. */
export function cleanText(text: string, longest = LONGEST): CleanText {
  return redactor.text(text).slice(0, longest) as CleanText;
}
