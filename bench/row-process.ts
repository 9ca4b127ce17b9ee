// The child of main.ts: measures one row.
import type { Told } from "./lib/result.js";
import { ROWS } from "./rows.js";

async function main(name = ""): Promise<Told> {
  const row = await ROWS[name]?.();
  return row === undefined ? { failure: "no such row" } : { results: await row.measure() };
}

const tell = (told: Told) => {
  process.send?.(told, () => process.exit());
};

main(process.argv[2]).then(tell, (error: unknown) => {
  tell({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
});
