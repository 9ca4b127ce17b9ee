import { keyOf, uniqueIdOf } from "../../../src/homeassistant/ha-part.js";
import type { Json } from "../../helpers/ha-constants.js";
import type { Device, EntityState } from "../api.js";
import { snapshot, stateOf } from "../comparison.js";
import type { Kind } from "../fleet.js";
import type { World } from "../world.js";
import { listener, summed, type Scene } from "./scene.js";

const POWER = "vehicle.powertrain.electric.battery.charging.power";
const HEADING = "vehicle.cabin.infotainment.navigation.currentLocation.heading";
const DOORS = "vehicle.cabin.door.status";
const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
/** Words that the state of such an entity says already. */
const STATE_WORDS = /\b(un)?locked$|\bplugged in$|\bopen$|\bcharging$/i;
/** Names of the measured level of the high-voltage battery; estimates are sent only where somebody switches them on. */
const LEVEL = /^(?!.*(12 V|health|target|limit|predicted|magic)).*(battery|soc|charge level)/i;
const KINDS_OF_EVENTS = 4;

/** An entity that is shown. */
interface Shown {
  readonly name: string;
  readonly entityId: string;
  readonly state: EntityState;
}

/** The page of a car, as its owner sees it. */
interface Page {
  readonly shown: readonly Shown[];
  readonly device: Device | undefined;
  /** The entity of a descriptor, if it is shown. */
  readonly of: (descriptor: string) => EntityState | undefined;
  /** As it is announced, whether or not it is shown. */
  readonly announced: (descriptor: string) => Json | undefined;
}

/** What has to be so, and what is not. */
type Rule = readonly [what: string, findings: (page: Page) => readonly string[]];

const trait = ({ state }: Shown, name: string) => state.attributes[name];
const isBinary = ({ entityId }: Shown) => entityId.startsWith("binary_sensor.");
const isPercentage = (one: Shown) => !isBinary(one) && trait(one, "unit_of_measurement") === "%";
const named = (list: readonly Shown[]) => list.map(({ name }) => `“${name}”`);
const unless = (isSo: boolean, finding: string) => (isSo ? [] : [finding]);

const RULES: readonly Rule[] = [
  [
    "no name says again what the state says",
    ({ shown }) =>
      named(shown.filter((one) => isBinary(one) && trait(one, "device_class") && STATE_WORDS.test(one.name))),
  ],
  ["every distance has its class", ({ shown }) => named(shown.filter(isBareDistance))],
  ["one odometer is shown", ({ shown }) => named(shown.filter(({ name }) => /odometer|mileage/i.test(name)).slice(1))],
  [
    "one measured battery level is shown",
    ({ shown }) => named(shown.filter((one) => isPercentage(one) && LEVEL.test(one.name)).slice(1)),
  ],
  [
    "no percentage has the icon of an eye",
    ({ shown }) =>
      named(shown.filter((one) => isPercentage(one) && !trait(one, "device_class") && !trait(one, "icon"))),
  ],
  [
    "charging power is in kW",
    ({ of }) => {
      const unit = String(of(POWER)?.attributes["unit_of_measurement"]);
      return unless(unit === "kW", unit);
    },
  ],
  [
    "charging power is 0 or unknown when nothing charges",
    ({ of }) => {
      const power = of(POWER)?.state ?? "not shown";
      return unless(power === "unknown" || Number(power) === 0, power);
    },
  ],
  [
    "the heading is an angle",
    ({ announced }) => {
      const stateClass = String(announced(HEADING)?.["state_class"]);
      return unless(stateClass === "measurement_angle", stateClass);
    },
  ],
  [
    "the charging status is an enum with options",
    ({ of }) => unless(Array.isArray(of(STATUS)?.attributes["options"]), `${of(STATUS)?.state ?? "nothing"}, a text`),
  ],
  [
    "trips, charges, locks and warnings are events",
    ({ shown }) => {
      const { length } = shown.filter(({ entityId }) => entityId.startsWith("event."));
      return unless(length >= KINDS_OF_EVENTS, `${length} event entities`);
    },
  ],
  ["the device tells versions and a page for its settings", ({ device }) => deviceFindings(device)],
];

/** How an electric car reads on its page. */
export const owner: Scene = async (world, report) => {
  const [kind] = world.kinds;
  if (kind === undefined) return;
  const page = await pageOf(world, kind);
  for (const [what, findings] of RULES) report.check("owner", what, findings(page));
  report.check("owner", "unlocking is told as an event", await eventFindings(world, kind));
  const told = listener(world.metric);
  report.check("owner", "a word that BMW does not list is shown", await newWordFindings(world, kind));
  report.check("owner", "a word that BMW does not list: no warning, no error", summed(told()));
};

async function newWordFindings(world: World, { vin }: Kind): Promise<string[]> {
  await tell(world, vin, STATUS, "WAITING_FOR_THE_SUN");
  const status = stateOf(await snapshot(world.metric), uniqueIdOf(vin.toLowerCase(), keyOf(STATUS)));
  return unless(status?.state === "Waiting for the sun", status?.state ?? "nothing");
}

async function tell(world: World, vin: string, descriptor: string, value: string): Promise<void> {
  const timestamp = new Date().toISOString();
  const data = { [descriptor]: { value, unit: "", timestamp } };
  world.simulator.publish(vin, { vin, entityId: "entity", topic: vin, timestamp, data });
  await world.settled();
}

async function eventFindings(world: World, { vin }: Kind): Promise<string[]> {
  await tell(world, vin, DOORS, "UNLOCKED");
  const event = stateOf(await snapshot(world.metric), uniqueIdOf(vin.toLowerCase(), "event_lock"));
  const type = String(event?.attributes["event_type"]);
  return unless(type === "unlocked", `${event?.state ?? "nothing"}, ${type}`);
}

async function pageOf(world: World, { vin }: Kind): Promise<Page> {
  const [{ registry, states }, devices] = [await snapshot(world.metric), await world.metric.api.devices()];
  const announced = world.announced(await world.broker.kept());
  const idOf = (descriptor: string) => uniqueIdOf(vin.toLowerCase(), keyOf(descriptor));
  const shown = [...registry.values()].flatMap(({ unique_id, entity_id, original_name }): Shown[] => {
    const state = states.get(entity_id);
    const isOurs = state !== undefined && unique_id.includes(vin.toLowerCase());
    return isOurs ? [{ name: original_name ?? entity_id, entityId: entity_id, state }] : [];
  });
  return {
    shown,
    device: devices.find(({ identifiers }) => identifiers.some(([, id]) => id.endsWith(vin.toLowerCase()))),
    of: (descriptor) => states.get(registry.get(idOf(descriptor))?.entity_id ?? ""),
    announced: (descriptor) => announced.get(idOf(descriptor)),
  };
}

function isBareDistance(one: Shown): boolean {
  const isDistance = /distance|range|odometer|mileage/i.test(one.name) && Number.isFinite(Number(one.state.state));
  return isDistance && !["distance", "speed"].includes(String(trait(one, "device_class")));
}

function deviceFindings(device: Device | undefined): string[] {
  if (device === undefined) return ["there is no device"];
  const { manufacturer, model, serial_number, sw_version, configuration_url } = device;
  const told = { manufacturer, model, serial_number, sw_version, configuration_url };
  return Object.entries(told).flatMap(([name, value]) => (value === null ? [`no ${name}`] : []));
}
