import { definitionOf } from "../../../src/vehicle/catalogue.js";
import { keyOf, uniqueIdOf } from "../../../src/homeassistant/ha-part.js";
import { ODOMETER } from "../../simulator/cars/stream-data.js";
import { catalogueMessages, isNumber, type Told } from "../../helpers/whole-car.js";
import { snapshot, stateOf } from "../comparison.js";
import { pause, type World } from "../world.js";
import { repairs } from "./catalogue.js";
import { listener, summed, type Scene } from "./scene.js";

/** Home Assistant summarises every five minutes, ten seconds later [ms]. */
const SUMMARY_MS = 5 * 60_000;
const SUMMARY_AFTER_MS = 15_000;

/** Units that come late or change do not cost the long-term statistics. */
export const units: Scene = async (world, report) => {
  const told = listener(world.metric);
  const { vin } = world.late;
  send(world, vin, (id, { value, unit }) => ({ value, unit: isOfNumber(id) ? "" : unit }));
  await world.settled();
  const before = await snapshot(world.metric);
  await summary();
  const summarised = await world.metric.api.statistics();
  report.check(
    "units",
    "numbers have statistics",
    summarised.length > 0 ? [] : ["none has"],
    `${summarised.length} entities`,
  );
  report.check("units", "validate_statistics finds nothing", await statisticsFindings(world));

  send(world, vin, (_id, sent) => sent);
  await world.settled();
  const of = (id: string) => id.includes(vin.toLowerCase());
  const seen = await snapshot(world.metric);
  const lost = [...before.registry.keys()]
    .filter((id) => of(id) && !seen.registry.has(id))
    .map((id) => `${id} is gone`);
  report.check("units", "a unit that comes late keeps all entities", lost);
  report.check("units", "a unit that comes late: validate_statistics finds nothing", await statisticsFindings(world));

  const [first] = world.kinds;
  if (first === undefined) return;
  send(world, first.vin, (id, { value, unit }) =>
    unit === "km" ? { value: Number(value) / 1.609344, unit: "mi" } : { value, unit: id === "" ? "" : unit },
  );
  await world.settled();
  const state = stateOf(await snapshot(world.metric), uniqueIdOf(first.vin.toLowerCase(), keyOf(ODOMETER)));
  const isSame = Math.abs(Number(state?.state) - 23_456) < 2 && state?.attributes["unit_of_measurement"] === "km";
  report.check(
    "units",
    "a car that is set to miles keeps its kilometres here",
    isSame ? [] : [`${state?.state ?? "?"} ${String(state?.attributes["unit_of_measurement"])}`],
  );
  await summary();
  report.check("units", "after the next summary: validate_statistics finds nothing", await statisticsFindings(world));
  report.check("units", "no repair", await repairs(world.metric));
  report.check("units", "no warning, no error", summed(told()));
  send(world, first.vin, (_id, sent) => sent);
  await world.settled();
};

function isOfNumber(id: string): boolean {
  const definition = definitionOf(id);
  return definition !== undefined && isNumber(definition);
}

function send(world: World, vin: string, change: (id: string, told: Told) => Told): void {
  for (const message of catalogueMessages(vin, "metric", Date.now(), change)) world.simulator.publish(vin, message);
}

/** Waits for the next summary. */
async function summary(): Promise<void> {
  await pause(SUMMARY_MS - (Date.now() % SUMMARY_MS) + SUMMARY_AFTER_MS);
}

async function statisticsFindings({ metric }: World): Promise<string[]> {
  const [found, entities] = [await metric.api.statisticsIssues(), await metric.api.entities()];
  // A removed entity leaves its statistics behind, which is no fault.
  const shown = new Set(entities.map(({ entity_id }) => entity_id));
  const ours = Object.entries(found).filter(([id]) => shown.has(id));
  return ours.flatMap(([id, issues]) => issues.map(({ type }) => `${id}: ${type}`));
}
