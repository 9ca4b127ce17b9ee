import { parseArgs } from "node:util";

/** Returns the names after `--only`, by default all; `null` after it has said which of them there is none of. */
export function chosenScenes(scenes: object): readonly string[] | null {
  const all = Object.keys(scenes);
  const { values } = parseArgs({ options: { only: { type: "string", default: all.join(",") } } });
  const names = values.only.split(",");
  const unknown = names.filter((name) => !Object.hasOwn(scenes, name));
  if (unknown.length === 0) return names;
  console.error(`Unknown: ${unknown.join(", ")}. There are: ${all.join(", ")}.`);
  return null;
}
