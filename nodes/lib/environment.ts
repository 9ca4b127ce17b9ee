import type { NodeAPI } from "./red.js";

/** Resolves `${NAME}` as Node-RED does at deploy; dialogs send what was typed. */
export function fromEnvironment(RED: NodeAPI, value: unknown): unknown {
  const name = typeof value === "string" ? /^\$\{([\w.-]+)\}$/.exec(value.trim())?.[1] : undefined;
  return name === undefined ? value : (RED.util.getSetting({}, name) ?? "");
}
