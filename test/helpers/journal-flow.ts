import type { Simulator } from "../simulator/index.js";
import { recorders } from "./bench.js";
import { ACCOUNT, accountNode, PLACE, SOC, streamMessage, TAB, type FlowNode } from "./flow.js";
import { witnessesOf } from "./soc-flow.js";

const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const MINUTE_MS = 60_000;

/** A cardata-journal node, wired to the recorders `entries` and `answers`. */
export function journalNode(changes: object = {}): FlowNode {
  const wires = [["entries"], ["answers"]];
  return { id: "journal", type: "cardata-journal", ...PLACE, name: "", account: ACCOUNT, wires, ...changes };
}

/** An account at the simulator with a journal node, recorders at its outputs, and witnesses of its errors. */
export function journalFlow(
  simulator: Simulator,
  { account = {}, node = {}, more = [] }: { account?: object; node?: object; more?: readonly FlowNode[] } = {},
): FlowNode[] {
  const nodes = [accountNode(simulator, account), journalNode(node), ...witnessesOf("journal")];
  return [TAB, ...nodes, ...recorders("entries", "answers"), ...more];
}

/** What a car tells in the past, by its own times; minutes before now. */
export function teller(simulator: Simulator, vin: string) {
  const tell = (minutesAgo: number, data: Record<string, unknown>) => {
    simulator.publish(vin, streamMessage(vin, data, Date.now() - minutesAgo * MINUTE_MS));
  };
  const standing = (minutesAgo: number, soc: number, km: number, latitude = 48.1) => {
    tell(minutesAgo, {
      [SOC]: soc,
      "vehicle.drivetrain.batteryManagement.maxEnergy": 80,
      "vehicle.isMoving": false,
      "vehicle.vehicle.travelledDistance": km,
      // The first status that is heard begins nothing if it is old.
      [`${CHARGING}.status`]: "NOCHARGING",
      [`${LOCATION}.latitude`]: latitude,
      [`${LOCATION}.longitude`]: 11.5,
    });
  };
  const plugged = (minutesAgo: number, soc: number) => {
    tell(minutesAgo, {
      [SOC]: soc,
      [`${CHARGING}.status`]: "CHARGINGACTIVE",
      [`${CHARGING}.method`]: "AC_TYPE2PLUG",
      "vehicle.body.chargingPort.status": "CONNECTED",
    });
  };
  return {
    /** A charge of two hours that ended an hour ago. */
    charge: () => {
      standing(200, 40, 1000);
      plugged(180, 40);
      tell(60, { [SOC]: 60, [`${CHARGING}.status`]: "NOCHARGING", "vehicle.body.chargingPort.status": "DISCONNECTED" });
    },
    /** A trip begins 50 minutes ago. */
    departs: () => {
      standing(52, 60, 1000);
      tell(50, { "vehicle.isMoving": true });
    },
    /** It ends after 20 minutes and 30 km; a charge that begins then says so at once. */
    arrives: () => {
      standing(30, 52, 1030, 48.2);
      plugged(25, 52);
    },
  };
}
