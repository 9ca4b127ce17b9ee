import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FlowNode } from "./flow.js";
import { ROOT } from "./node-red.js";

const EXAMPLES = join(ROOT, "examples");

/** All example flows, as paths below `examples/`; those in folders need nodes of others. */
export const EXAMPLE_FILES: readonly string[] = readdirSync(EXAMPLES, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replaceAll("\\", "/"))
  .sort();

export function exampleFlow(file: string): FlowNode[] {
  return JSON.parse(readFileSync(join(EXAMPLES, file), "utf8")) as FlowNode[];
}

/** Chooses an account, which an example leaves to its user, and brings it along. */
export function withAccount(flow: readonly FlowNode[], id: string): FlowNode[] {
  const chosen = flow.map((node) => (node["account"] === "" ? { ...node, account: id } : node));
  return [...chosen, { id, type: "cardata-account" }];
}

/** Returns what a choice of values stands for: `*` is anything. */
export function toPattern(chosen: string): RegExp {
  return new RegExp(`^${chosen.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
}

/** The menu entry. */
export const titleOf = (file: string) => file.replace(/\.json$/, "");

/** The only example whose number is `number`, of those that need no nodes of others. */
export function exampleNumber(number: string): string {
  const [file, ...others] = EXAMPLE_FILES.filter((one) => one.startsWith(`${number} `));
  if (file === undefined || others.length > 0) throw new Error(`There is not one example with the number ${number}`);
  return file;
}
