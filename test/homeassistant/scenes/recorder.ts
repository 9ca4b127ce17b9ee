import { isJsonObject, parsed } from "../../helpers/ha-constants.js";
import { PYTHON, runInner } from "../debian.js";
import type { World } from "../world.js";
import type { Scene } from "./scene.js";

/** The rows of one entity: state and attributes. */
type Rows = readonly (readonly [state: string | null, attributes: string | null])[];

const HOUR_MS = 3_600_000;
/** Longer than the node takes to send what a message brings [ms]: of what comes faster only the newest of each topic is sent. */
const SENT_MS = 500;
/** What of a place is more than its time. */
const PLACE = ["latitude", "longitude"];
/** Members of attributes that are times. */
const TIMES: ReadonlySet<string> = new Set(["at", "timestamp"]);

/** What an hour on the road costs in Home Assistant's database. */
export const recorder: Scene = async (world, report) => {
  const { vin, car } = world.driver;
  const start = car.truth().time;
  let told = 0;
  const drive = async (until: number) => {
    for (const { time, data } of car.advanceTo(until)) {
      told += Object.keys(data).length;
      const timestamp = new Date(time).toISOString();
      world.simulator.publish(vin, { vin, entityId: "entity", topic: vin, timestamp, data });
      await world.quiet(SENT_MS);
    }
  };
  // All entities are there before the hour begins.
  await drive(start + HOUR_MS / 4);
  await world.settled();
  told = 0;
  const since = Date.now() / 1000;
  await drive(start + HOUR_MS / 4 + HOUR_MS);
  await world.settled();
  const rows = await rowsSince(world, since);
  const unchanged = Object.entries(rows).map(([id, list]) => [id, countUnchanged(id, list)] as const);
  const total = sum(Object.values(rows).map(({ length }) => length));
  const wasted = sum(unchanged.map(([, count]) => count));
  const findings = unchanged.filter(([, count]) => count > 0).sort(([, one], [, other]) => other - one);
  report.check(
    "recorder",
    "no row for a value that has not changed",
    findings.map(([id, count]) => `${id}: ${count} of ${rows[id]?.length ?? 0} rows`),
    `${total} rows an hour for ${told} values told; ${wasted} of them say nothing new`,
  );
  report.check("recorder", "not more rows than values", total <= told ? [] : [`${total} rows for ${told} values`]);
};

async function rowsSince({ metric, driver }: World, since: number): Promise<Readonly<Record<string, Rows>>> {
  const { inner } = metric.folder;
  const all = parsed(await runInner(PYTHON, `${inner}/rows.py`, `${inner}/home-assistant_v2.db`, String(since)));
  const entities = await metric.api.entities();
  const ours = new Set(
    entities.filter(({ unique_id }) => unique_id.includes(driver.vin.toLowerCase())).map((one) => one.entity_id),
  );
  return Object.fromEntries(Object.entries(all as Record<string, Rows>).filter(([id]) => ours.has(id)));
}

/** Rows that say nothing but a later time. */
function countUnchanged(id: string, rows: Rows): number {
  const said = rows.map(([state, attributes]) => `${state ?? ""} ${detailsOf(id, attributes)}`);
  return said.filter((text, index) => index > 0 && text === said[index - 1]).length;
}

/** What the attributes of places and of reports say: theirs are no company of a state, but what there is to know. */
function detailsOf(id: string, attributes: string | null): string {
  if (id.startsWith("device_tracker.")) return placeOf(attributes);
  return /_(learning|recent_charges|tyre_report)(_\d+)?$/.test(id) ? withoutTimes(attributes) : "";
}

function withoutTimes(attributes: string | null): string {
  const told = parsed(attributes ?? "");
  return JSON.stringify(told, (name, value: unknown) => (TIMES.has(name) ? undefined : value));
}

function placeOf(attributes: string | null): string {
  const told = parsed(attributes ?? "");
  return isJsonObject(told) ? PLACE.map((axis) => String(told[axis])).join(" ") : "";
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
