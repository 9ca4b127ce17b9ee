import { markup, type Markup } from "./markup.js";

interface PageColumn {
  readonly label: string;
  readonly isNumber: boolean;
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

function headOf({ label, isNumber }: PageColumn): Markup {
  return markup`<th scope="col"${numberClass(isNumber)}>${label}</th>`;
}

function lineOf(columns: readonly PageColumn[], { texts, isSum }: PageLine): Markup {
  const cells = columns.map(({ isNumber }, index) => markup`<td${numberClass(isNumber)}>${texts[index] ?? ""}</td>`);
  return isSum ? markup`<tr class="sum">${cells}</tr>\n` : markup`<tr>${cells}</tr>\n`;
}

function numberClass(isNumber: boolean): Markup {
  return isNumber ? markup` class="number"` : markup``;
}
