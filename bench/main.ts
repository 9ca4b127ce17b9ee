// npm run bench [-- NAME ...]: measures the budgets and prints them as a table; exit code 1 if one is missed.
import { fork } from "node:child_process";
import type { Result, Told } from "./lib/result.js";
import { ROWS } from "./rows.js";

const WIDTHS = [8, 34, 62, 7, 22];

function print(...cells: string[]): void {
  console.log(cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join("  "));
}

/** In a process of its own, so that no row inherits the heap and the warm code of another. */
async function measure(name: string): Promise<Told> {
  const child = fork(require.resolve("./row-process.js"), [name], { execArgv: ["--expose-gc"] });
  return new Promise((resolve) => {
    child.once("message", resolve);
    child.once("exit", (code) => {
      resolve({ failure: `ended with exit code ${code ?? "none"}` });
    });
  });
}

function printResult(name: string, { what, measured, ratio, budget, isMet }: Result): void {
  print(name, what, measured, ratio?.toFixed(2) ?? "", budget, isMet ? "ok" : "over");
}

/** Resolves to whether all budgets of the row are met. */
async function run(name: string): Promise<boolean> {
  const told = await measure(name);
  if ("failure" in told) {
    print(name, `failed: ${told.failure}`);
    return false;
  }
  for (const result of told.results) printResult(name, result);
  return told.results.every(({ isMet }) => isMet);
}

async function main(wanted: readonly string[]): Promise<void> {
  const names = Object.keys(ROWS);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`Unknown row: ${unknown.join(", ")}. There are: ${names.join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  print("row", "what", "measured", "ratio", "budget", "");
  for (const name of names)
    if ((wanted.length === 0 || wanted.includes(name)) && !(await run(name))) process.exitCode = 1;
}

void main(process.argv.slice(2));
