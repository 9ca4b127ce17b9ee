import { markup, type Markup } from "./markup.js";

/** `number`: right-aligned; `short`: never broken; `word`: broken between words; `free`: gets the room that is left. */
export type ColumnWidth = "number" | "short" | "word" | "free";

interface PageColumn {
  readonly label: string;
  readonly width: ColumnWidth;
}

/** Holds the texts of a line by their columns. */
export interface PageLine {
  readonly texts: readonly string[];
  readonly isSum: boolean;
}

/** Builds a table whose head stands on each page that it reaches. */
export function pageTable(columns: readonly PageColumn[], lines: readonly PageLine[]): Markup {
  return markup`<table>
<thead><tr>${columns.map(headOf)}</tr></thead>
<tbody>
${lines.map((line) => lineOf(columns, line))}</tbody>
</table>
`;
}

function headOf({ label, width }: PageColumn): Markup {
  return markup`<th scope="col" class="${width}">${label}</th>`;
}

function lineOf(columns: readonly PageColumn[], { texts, isSum }: PageLine): Markup {
  const cells = columns.map(({ width }, index) => markup`<td class="${width}">${texts[index] ?? ""}</td>`);
  return isSum ? markup`<tr class="sum">${cells}</tr>\n` : markup`<tr>${cells}</tr>\n`;
}
