// npm run bench [-- --tiny] [-- NAME ...]: measures the budgets and prints them as a table; exit code 1 if one is missed.
// With --tiny it only sees whether each row can be measured, and ends with `N passed, N failed`.
import { fork } from "node:child_process";
import { parseArgs } from "node:util";
import type { Result, Size, ToldFigure } from "./lib/result.js";
import { ROWS } from "./rows.js";

const WIDTHS = [8, 34, 62, 7, 22];

function print(...cells: string[]): void {
  console.log(cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join("  "));
}

/** In a process of their own, so that measurements inherit neither heap nor warm code. */
async function measure(names: readonly string[], size: Size): Promise<ToldFigure[]> {
  const child = fork(require.resolve("./row-process.js"), [size, ...names], { execArgv: ["--expose-gc"] });
  const figure: ToldFigure[] = [];
  child.on("message", (one: ToldFigure) => figure.push(one));
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  const lost = names.filter((name) => !figure.some((one) => one.name === name));
  return [...figure, ...lost.map((name) => ({ name, failure: `ended with exit code ${code ?? "none"}` }))];
}

function printResult(name: string, { what, measured, ratio, budget, isMet }: Result): void {
  print(name, what, measured, ratio?.toFixed(2) ?? "", budget, isMet ? "ok" : "over");
}

/** Returns whether all budgets of the row are met. */
function printRow(figure: ToldFigure): boolean {
  if ("failure" in figure) {
    print(figure.name, `failed: ${figure.failure}`);
    return false;
  }
  for (const result of figure.results) printResult(figure.name, result);
  return figure.results.every(({ isMet }) => isMet);
}

async function printTable(names: readonly string[]): Promise<void> {
  print("row", "what", "measured", "ratio", "budget", "");
  for (const name of names)
    for (const figure of await measure([name], "full")) if (!printRow(figure)) process.exitCode = 1;
}

/** Returns the fault of a row whose figures mean nothing; `null` if all of them are figures. */
function fault(figure: ToldFigure): string | null {
  if ("failure" in figure) return figure.failure;
  if (figure.results.length === 0) return "no figures";
  const isFigure = ({ measured, ratio = 0 }: Result) =>
    /\d/.test(measured) && !/NaN|Infinity|undefined|null/.test(measured) && Number.isFinite(ratio);
  const odd = figure.results.filter((result) => !isFigure(result));
  return odd.length === 0 ? null : odd.map(({ what, measured, ratio }) => `${what}: ${measured}, ${ratio}`).join("; ");
}

async function tryAll(names: readonly string[]): Promise<void> {
  const faults = (await measure(names, "tiny")).map((figure) => ({ name: figure.name, what: fault(figure) }));
  for (const { name, what } of faults) console.log(what === null ? `ok   ${name}` : `FAIL ${name}: ${what}`);
  const failed = faults.filter(({ what }) => what !== null).length;
  console.log(`\n${faults.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { tiny: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const all = Object.keys(ROWS);
  const unknown = positionals.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`Unknown row: ${unknown.join(", ")}. There are: ${all.join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  const names = all.filter((name) => positionals.length === 0 || positionals.includes(name));
  await (values.tiny ? tryAll(names) : printTable(names));
}

void main();
