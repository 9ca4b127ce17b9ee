import { redactor } from "./redact.js";

declare const CLEAN: unique symbol;

/** A text that anybody may see: without secrets, coordinates and full VINs, and short. Only `cleanText` makes one. */
export type CleanText = string & { readonly [CLEAN]: true };

/** Enough for a list of ten names; what others write is cut to less where it is taken up. */
const LONGEST = 2000;

/** What anybody may see of a text, whoever wrote it. It is cut afterwards, because the half of a secret is not known for one. */
export function cleanText(text: string, longest = LONGEST): CleanText {
  return redactor.text(text).slice(0, longest) as CleanText;
}
