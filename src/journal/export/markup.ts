import { printable } from "./printable.js";

/** Holds a piece of HTML or XML. Only `markup` makes one, so that no text of anybody gets in without being escaped. */
export class Markup {
  private constructor(readonly text: string) {}

  /** Joins literal markup and contents; see `markup`. */
  static of(literals: TemplateStringsArray, contents: readonly MarkupContent[]): Markup {
    let text = literals[0] ?? "";
    for (const [index, content] of contents.entries()) text += textOf(content) + (literals[index + 1] ?? "");
    return new Markup(text);
  }
}

type MarkupContent = string | number | Markup | readonly Markup[];

/** Tags a template as markup: what is filled in is escaped, but for markup. Attributes have double quotes. */
export function markup(literals: TemplateStringsArray, ...contents: readonly MarkupContent[]): Markup {
  return Markup.of(literals, contents);
}

function textOf(content: MarkupContent): string {
  if (typeof content === "string") return escaped(content);
  if (typeof content === "number") return String(content);
  return content instanceof Markup ? content.text : content.map(({ text }) => text).join("");
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Most texts need nothing: a track has many thousands. */
const HARMLESS = /^[\w .:,+-]*$/;

function escaped(text: string): string {
  if (HARMLESS.test(text)) return text;
  return printable(text).replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
