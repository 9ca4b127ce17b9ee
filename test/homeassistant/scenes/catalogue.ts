import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { uniqueIdOf, keyOf } from "../../../src/homeassistant/ha-part.js";
import { ODOMETER } from "../../simulator/cars/stream-data.js";
import { differences, settledFindings, snapshot, stateOf, type Snapshot } from "../comparison.js";
import type { Kind } from "../fleet.js";
import type { HomeAssistant, UnitSystem } from "../home-assistant.js";
import type { EntityState } from "../api.js";
import { summed, type Scene } from "./scene.js";

const PREDICTED = "vehicle.predicted_soc";
const TYRE = "vehicle.chassis.axle.row1.wheel.left.tire";

/** How a descriptor of `fleet.ts` looks in a metric house and in one of the US, whatever units the car has. */
interface Row {
  readonly descriptor: string;
  readonly deviceClass: string;
  readonly stateClass?: string;
  readonly metric: readonly [state: number | string, unit?: string];
  readonly us: readonly [state: number | string, unit?: string];
  readonly needsBattery?: true;
}

const measured = { stateClass: "measurement" } as const;
const TABLE: readonly Row[] = [
  {
    descriptor: ODOMETER,
    deviceClass: "distance",
    stateClass: "total_increasing",
    metric: [23_456, "km"],
    us: [14_575, "mi"],
  },
  { descriptor: PREDICTED, deviceClass: "battery", ...measured, metric: [61, "%"], us: [61, "%"], needsBattery: true },
  {
    descriptor: "vehicle.status.serviceDistance.next",
    deviceClass: "distance",
    ...measured,
    metric: [214, "km"],
    us: [133, "mi"],
  },
  { descriptor: `${TYRE}.pressure`, deviceClass: "pressure", ...measured, metric: [250, "kPa"], us: [36.3, "psi"] },
  {
    descriptor: `${TYRE}.temperature`,
    deviceClass: "temperature",
    ...measured,
    metric: [21.5, "°C"],
    us: [70.7, "°F"],
  },
  {
    descriptor: "vehicle.vehicle.avgSpeed",
    deviceClass: "speed",
    ...measured,
    metric: [48, "km/h"],
    us: [29.8, "mph"],
  },
  {
    descriptor: "vehicle.electricalSystem.battery.voltage",
    deviceClass: "voltage",
    ...measured,
    metric: [12, "V"],
    us: [12, "V"],
  },
  { descriptor: "vehicle.cabin.door.row1.driver.isOpen", deviceClass: "door", metric: ["off"], us: ["off"] },
];
/** Miles and their like are told in whole numbers or tenths. */
const TOLERANCE = 0.01;

/** All descriptors of all kinds of cars, in both systems of units. */
export const catalogue: Scene = async (world, report) => {
  const kept = await world.broker.kept();
  const announced = world.announced(kept);
  for (const house of world.houses) {
    const findings = await settledFindings(() => differences(house, announced, kept));
    const enabled = [...announced.values()].filter((one) => one["enabled_by_default"] !== false).length;
    const cars = world.kinds.length;
    const figures = `${announced.size} entities of ${cars} cars, ${enabled} enabled`;
    report.check("catalogue", `every entity and state is as announced (${house.units})`, findings, figures);
    report.check("catalogue", `no warning, no error (${house.units})`, summed(house.problems()));
    report.check("catalogue", `no repair (${house.units})`, await repairs(house));
    const seen = await snapshot(house);
    const wrong = world.kinds.flatMap((kind) => tableFindings(kind, seen, house));
    report.check("catalogue", `values as the table says (${house.units})`, wrong, `${TABLE.length} rows, ${cars} cars`);
  }
  const descriptors = [...allDefinitions()].length;
  const count = (vin: string) => [...announced.keys()].filter((id) => id.includes(vin.toLowerCase())).length;
  const counts = world.kinds.map(({ vin, what }) => `${what} ${count(vin)}`);
  const few = world.kinds.filter(({ vin }) => count(vin) < descriptors / 2).map(({ what }) => what);
  report.check("catalogue", "every kind of car has its entities", few, counts.join("; "));
};

export async function repairs({ api }: HomeAssistant): Promise<string[]> {
  const issues = await api.issues();
  return issues
    .filter(({ domain }) => domain !== "homeassistant")
    .map(({ domain, issue_id }) => `${domain}: ${issue_id}`);
}

function tableFindings({ vin, what, hasBattery }: Kind, seen: Snapshot, { units }: HomeAssistant): string[] {
  return TABLE.filter(({ needsBattery }) => hasBattery || needsBattery === undefined).flatMap((row) => {
    const finding = rowFinding(row, stateOf(seen, uniqueIdOf(vin.toLowerCase(), keyOf(row.descriptor))), units);
    return finding === null ? [] : `${what}, ${row.descriptor}: ${finding}`;
  });
}

function rowFinding(row: Row, shown: EntityState | undefined, units: UnitSystem): string | null {
  if (shown === undefined) return "has no state";
  const [state, unit] = units === "metric" ? row.metric : row.us;
  const { device_class, state_class, unit_of_measurement } = shown.attributes;
  const traits = [device_class, state_class, unit_of_measurement].map(String).join(", ");
  if (traits !== [row.deviceClass, row.stateClass, unit].map(String).join(", ")) return `is ${traits}`;
  const isSo =
    typeof state === "string" ? shown.state === state : Math.abs(Number(shown.state) / state - 1) < TOLERANCE;
  return isSo ? null : `is ${shown.state}, not ${state}`;
}
