import type { ContainerAction, Operation } from "../../../src/rest/operations.js";
import { telematicsText } from "./text.js";

export interface RequestChoice {
  readonly operation: Operation;
  /** Number of requested cars; `null` if not known yet. */
  readonly cars: number | null;
  readonly maxPages: number;
  readonly containerAction: ContainerAction;
}

/** Describes how many of BMW's requests a message to the node costs. */
export function requestCost({ operation, cars, maxPages, containerAction }: RequestChoice): string {
  switch (operation) {
    case "quota":
      return "0";
    case "vehicles":
      return "1";
    case "containers":
      return containerCost(containerAction);
    case "chargingHistory":
      return cars === null ? telematicsText("cost.eachCar") : upTo(cars, cars * maxPages);
    default:
      return cars === null ? telematicsText("cost.eachCar") : String(cars);
  }
}

function containerCost(action: ContainerAction): string {
  if (action === "list" || action === "delete") return "1";
  return telematicsText("cost.eachContainer");
}

function upTo(least: number, most: number): string {
  return least === most ? String(most) : telematicsText("cost.upTo", { least, most });
}
