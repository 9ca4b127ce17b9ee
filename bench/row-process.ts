// Runs in a child process of main.ts: measures rows, one after the other.
import type { Result, Size, ToldFigure } from "./lib/result.js";
import { ROWS } from "./rows.js";

async function measured(name: string, size: Size): Promise<readonly Result[]> {
  const row = await ROWS[name]?.();
  if (row === undefined) throw new Error("no such row");
  return row.measure(size);
}

const report = (figure: ToldFigure) => new Promise((resolve) => process.send?.(figure, resolve));

async function main([size = "full", ...names]: readonly string[]): Promise<void> {
  for (const name of names)
    await measured(name, size === "tiny" ? "tiny" : "full").then(
      (results) => report({ name, results }),
      (error: unknown) =>
        report({ name, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  process.exit();
}

void main(process.argv.slice(2));
