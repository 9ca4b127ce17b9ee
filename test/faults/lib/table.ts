import type { FaultScenario, FaultReport } from "./fault.js";

const WIDTHS = [16, 44, 6, 7, 6];

function line(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join("  ");
}

export function header(): string {
  return line(["fault", "what goes wrong", "rounds", "losses", "time", "checked; figures"]);
}

export function row(
  { title, checked }: FaultScenario,
  { name, rounds, losses, figures, seconds }: FaultReport,
): string {
  const lost = losses.reduce((sum, [, count]) => sum + count, 0);
  const measured = Object.entries(figures).map(([what, figure]) => `${what} ${figure}`);
  const last = [checked, ...measured].join("; ");
  return line([name, title, String(rounds), String(lost), `${seconds.toFixed(0)} s`, last]);
}
