import type { EntityState, RegisteredEntity } from "../api.js";
import { keyOf, uniqueIdOf } from "../../../src/homeassistant/ha-part.js";
import { snapshot, type Snapshot } from "../comparison.js";
import type { Kind } from "../fleet.js";
import type { Scene } from "./scene.js";

const POWER = "vehicle.powertrain.electric.battery.charging.power";
const HEADING = "vehicle.cabin.infotainment.navigation.currentLocation.heading";
const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
/** Words that the state of such an entity says already. */
const STATE_WORDS = /\b(un)?locked$|\bplugged in$|\bopen$|\bcharging$/i;

/** An entity that is shown. */
interface Shown extends RegisteredEntity {
  readonly state: EntityState;
}

/** How an electric car reads on its page. */
export const owner: Scene = async (world, report) => {
  const [kind] = world.kinds;
  if (kind === undefined) return;
  const seen = await snapshot(world.metric);
  const shown = shownOf(kind, seen);
  const named = (list: readonly Shown[]) =>
    list.map(({ original_name, entity_id }) => `“${original_name ?? entity_id}”`);
  const of = (descriptor: string) =>
    shown.find(({ unique_id }) => unique_id === uniqueIdOf(kind.vin.toLowerCase(), keyOf(descriptor)));
  const trait = (one: Shown, name: string) => one.state.attributes[name];
  const isBinary = ({ entity_id }: Shown) => entity_id.startsWith("binary_sensor.");

  const doubled = shown.filter(
    (one) => isBinary(one) && trait(one, "device_class") !== undefined && STATE_WORDS.test(one.original_name ?? ""),
  );
  report.check("owner", "no name says again what the state says", named(doubled));
  const distances = shown.filter(
    (one) => /distance|range|odometer/i.test(one.original_name ?? "") && Number.isFinite(Number(one.state.state)),
  );
  const bare = distances.filter((one) => !["distance", "speed"].includes(String(trait(one, "device_class"))));
  report.check("owner", "every distance has its class and unit", named(bare), `${distances.length} distances`);
  const odometers = shown.filter((one) => /odometer/i.test(one.original_name ?? ""));
  report.check("owner", "one odometer is shown", odometers.length === 1 ? [] : named(odometers));
  const batteries = shown.filter(
    (one) =>
      trait(one, "unit_of_measurement") === "%" &&
      /battery|soc|charge level/i.test(one.original_name ?? "") &&
      !/12 V|health|target|limit/i.test(one.original_name ?? ""),
  );
  report.check(
    "owner",
    "one battery level is shown beside the predicted one",
    batteries.length <= 2 ? [] : named(batteries),
  );
  const eyes = shown.filter(
    (one) =>
      !isBinary(one) &&
      trait(one, "unit_of_measurement") === "%" &&
      trait(one, "device_class") === undefined &&
      trait(one, "icon") === undefined,
  );
  report.check("owner", "no percentage has the icon of an eye", named(eyes));
  const power = of(POWER);
  report.check(
    "owner",
    "charging power is in kW",
    power !== undefined && trait(power, "unit_of_measurement") === "kW"
      ? []
      : [String(power?.state.attributes["unit_of_measurement"])],
  );
  report.check(
    "owner",
    "charging power is 0 or unknown when nothing charges",
    power !== undefined && ["0", "0.0", "unknown"].includes(power.state.state)
      ? []
      : [power?.state.state ?? "is not shown"],
  );
  const heading = world.announced(await world.broker.kept()).get(uniqueIdOf(kind.vin.toLowerCase(), keyOf(HEADING)))?.[
    "state_class"
  ];
  report.check("owner", "the heading is an angle", heading === "measurement_angle" ? [] : [String(heading)]);
  const status = of(STATUS);
  report.check(
    "owner",
    "the charging status is an enum with options",
    status !== undefined && Array.isArray(trait(status, "options")) ? [] : [`${String(status?.state.state)}, a text`],
  );
  const events = shown.filter(({ entity_id }) => entity_id.startsWith("event."));
  report.check(
    "owner",
    "trips, charges and locks are events",
    events.length >= 3 ? [] : [`${events.length} event entities`],
  );
  report.check("owner", "the device tells versions and a page for its settings", await deviceFindings(world, kind));
};

function shownOf({ vin }: Kind, { registry, states }: Snapshot): Shown[] {
  return [...registry.values()].flatMap((entity) => {
    const state = states.get(entity.entity_id);
    return state !== undefined && entity.unique_id.includes(vin.toLowerCase()) ? [{ ...entity, state }] : [];
  });
}

async function deviceFindings({ metric }: Parameters<Scene>[0], { vin }: Kind): Promise<string[]> {
  const devices = await metric.api.devices();
  const device = devices.find(({ identifiers }) => identifiers.some(([, id]) => id.endsWith(vin.toLowerCase())));
  if (device === undefined) return ["there is no device"];
  const { manufacturer, model, serial_number, sw_version, configuration_url } = device;
  const told = { manufacturer, model, serial_number, sw_version, configuration_url };
  return Object.entries(told).flatMap(([name, value]) => (value === null ? [`no ${name}`] : []));
}
