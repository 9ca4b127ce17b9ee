import type { AnnouncerSummary } from "../../src/homeassistant/announcer-dependencies.js";
import type { NodeAPI, NodeStatus } from "./red.js";

/**
 * Returns the status of a node that announces cars; `isShared`: another one announces some of them too. Texts: 20
 * characters at most.
 */
export function homeAssistantStatus(
  RED: NodeAPI,
  { cars, entities, removed, leavesOut }: AnnouncerSummary,
  isShared: boolean,
): NodeStatus {
  const text = (key: string, params: Record<string, number> = {}) =>
    RED._(`cardata-homeassistant.status.${key}`, params);
  if (isShared) return { fill: "yellow", shape: "ring", text: text("shared") };
  if (leavesOut) return { fill: "yellow", shape: "dot", text: text("tooLarge") };
  if (cars > 0) return { fill: "green", shape: "dot", text: text(cars === 1 ? "car" : "cars", { cars, entities }) };
  if (removed) return { fill: "grey", shape: "ring", text: text("removed") };
  return { fill: "yellow", shape: "ring", text: text("waiting") };
}
