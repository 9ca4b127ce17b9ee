import type { HomeAssistant } from "../home-assistant.js";
import type { Report } from "../report.js";
import type { World } from "../world.js";

/** A part of the run; it begins with all cars announced, and leaves them so. */
export type Scene = (world: World, report: Report) => Promise<void>;

/** Remembers what a house has said so far; gives what it says from then on. */
export function listener(house: HomeAssistant): () => string[] {
  const before = house.problems().length;
  return () => house.problems().slice(before);
}

/** Warnings with topics and the ids of entities taken out, how often each came, most frequent first. */
export function summed(problems: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const problem of problems) {
    const kind = problem.replace(
      /homeassistant\/\S+\/config|bmw_cardata_\w+|(?<![.\w])(sensor|binary_sensor|image|device_tracker|button)\.\w+/g,
      "…",
    );
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([kind, count]) => `${count} x ${kind}`);
}
