import type { SocEstimate } from "../../src/soc/estimate.js";
import type { NodeAPI, NodeStatus } from "./red.js";

/** Holds what the node shows in its status. */
export interface SocView {
  /** Name of the car that changed last, and its estimate; `null` while no car has an estimate. */
  readonly last: { readonly car: string; readonly estimate: SocEstimate } | null;
  /** Whether more than one car is estimated. */
  readonly several: boolean;
  /** Whether another node decides with other settings. */
  readonly differs: boolean;
  /** Whether every known car lacks a high-voltage battery. */
  readonly noBattery: boolean;
}

/**
 * Returns the status of a node that shows the state of charge. Texts: 20 characters at most, hence the short form with
 * a car's name.
 */
export function socStatus(RED: NodeAPI, { last, several, differs, noBattery }: SocView): NodeStatus {
  const text = (key: string, params: Record<string, string> = {}) =>
    RED._(`cardata-predicted-soc.status.${key}`, params);
  if (differs) return { fill: "yellow", shape: "ring", text: text("differs") };
  if (last === null) return { fill: "grey", shape: "ring", text: text(noBattery ? "noBattery" : "noValue") };
  const { key, params } = describe(last.estimate);
  const { soc } = last.estimate;
  if (!several) return { fill: "green", shape: "dot", text: text(key, { soc: rounded(soc), ...params }) };
  const short = (car: string) => text(SHORT[key], { car, soc: String(Math.round(soc)), ...params });
  return { fill: "green", shape: "dot", text: withName(last.car, short) };
}

/** Returns a text with as much of a car's name as leaves room for the rest. */
function withName(name: string, textWith: (name: string) => string): string {
  const room = Math.max(LONGEST_TEXT - textWith("").length, SHORTEST_NAME);
  const letters = Array.from(name);
  if (letters.length <= room) return textWith(name);
  return textWith(
    `${letters
      .slice(0, room - 1)
      .join("")
      .trimEnd()}…`,
  );
}

const LONGEST_TEXT = 20;
/** Length of `…3456`. */
const SHORTEST_NAME = 5;
const SHORT = { soc: "carSoc", charging: "carCharging", driving: "carDriving" } as const;

function describe({ mode, charge }: SocEstimate): { key: keyof typeof SHORT; params: Record<string, string> } {
  const kw = charge?.powerKw ?? null;
  if (mode === "charging" && kw !== null)
    return { key: "charging", params: { kw: kw.toFixed(1), kwRound: String(Math.round(kw)) } };
  return { key: mode === "driving" ? "driving" : "soc", params: {} };
}

/** Formats a percentage as `72.4` or `55`. */
function rounded(percent: number): string {
  return String(Math.round(percent * 10) / 10);
}
