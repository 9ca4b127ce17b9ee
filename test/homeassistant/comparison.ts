import { setTimeout as pause } from "node:timers/promises";
import { isJsonObject, parsed, type Json } from "../helpers/ha-constants.js";
import { stateIn } from "../helpers/ha-states.js";
import type { Retained } from "../helpers/late-consumer.js";
import type { EntityState, RegisteredEntity } from "./api.js";
import type { HomeAssistant } from "./home-assistant.js";

/** What a house knows of all cars. */
export interface Snapshot {
  /** By unique id. */
  readonly registry: ReadonlyMap<string, RegisteredEntity>;
  /** By entity id. */
  readonly states: ReadonlyMap<string, EntityState>;
}

export async function snapshot({ api }: HomeAssistant): Promise<Snapshot> {
  const [entities, states] = [await api.entities(), await api.states()];
  return {
    registry: new Map(entities.map((entity) => [entity.unique_id, entity])),
    states: new Map(states.map((state) => [state.entity_id, state])),
  };
}

export function stateOf({ registry, states }: Snapshot, uniqueId: string): EntityState | undefined {
  return states.get(registry.get(uniqueId)?.entity_id ?? "");
}

/** Findings that have been the same for this long are final [ms]: a busy machine brings what is missing bit by bit. */
const FINAL_MS = 30_000;
const LONGEST_MS = 240_000;
const LOOK_EVERY_MS = 3000;

/** Looks for what is wrong until nothing is, or nothing more changes; returns what was found last. */
export async function settledFindings(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const start = Date.now();
  let found = await look();
  let since = start;
  while (found.length > 0 && Date.now() - since < FINAL_MS && Date.now() - start < LONGEST_MS) {
    await pause(LOOK_EVERY_MS);
    const now = await look();
    if (now.join() !== found.join()) since = Date.now();
    found = now;
  }
  return found;
}

/** How a house differs from what the broker keeps for it. */
export async function differences(
  house: HomeAssistant,
  announced: ReadonlyMap<string, Json>,
  kept: Retained,
): Promise<string[]> {
  const seen = await snapshot(house);
  const ours = [...seen.registry.keys()].filter((id) => id.startsWith("bmw_cardata_"));
  return [
    ...[...announced].flatMap(([id, component]) =>
      entityFindings(component, seen.registry.get(id), seen, kept).map((finding) => `${id}: ${finding}`),
    ),
    ...ours.filter((id) => !announced.has(id)).map((id) => `${id} is there although nobody announces it`),
  ];
}

function entityFindings(
  component: Json,
  entity: RegisteredEntity | undefined,
  { states }: Snapshot,
  kept: Retained,
): string[] {
  if (entity === undefined) return ["is not registered"];
  const found: string[] = [];
  const { name = null, enabled_by_default, device_class, state_class } = component;
  if (entity.original_name !== name) found.push(`is called ${entity.original_name ?? "like its device"}`);
  // What was enabled when its better twin was not there yet stays enabled.
  if (entity.disabled_by !== null && enabled_by_default !== false) found.push(`is disabled by ${entity.disabled_by}`);
  if (entity.disabled_by !== null) return found;
  const state = states.get(entity.entity_id);
  if (state === undefined) return [...found, "has no state"];
  for (const [option, value] of Object.entries({ device_class, state_class }))
    if (state.attributes[option] !== value) found.push(`${option} is ${String(state.attributes[option])}`);
  const wrong = stateFinding(component, state, kept);
  return wrong === null ? found : [...found, wrong];
}

function stateFinding(component: Json, { state, attributes }: EntityState, kept: Retained): string | null {
  const text = (option: string) => {
    const payload = kept.get(String(component[option]));
    return payload === undefined ? undefined : String(payload);
  };
  const told = () => {
    const message = text("state_topic");
    return message === undefined ? undefined : stateIn(component, message);
  };
  if (state === "unavailable") return "is unavailable";
  switch (component["platform"]) {
    case "button":
    case "event":
      // Nothing is kept of what is pressed or happens.
      return null;
    case "image":
      return state === "unknown" ? "has no picture" : null;
    case "device_tracker":
      return placeFinding(text("json_attributes_topic"), attributes);
    case "binary_sensor":
      return differs(state, BINARY.get(told() ?? "") ?? "unknown");
    default:
      return sensorFinding(component, state, attributes, told());
  }
}

const BINARY: ReadonlyMap<string, string> = new Map([
  ["ON", "on"],
  ["OFF", "off"],
]);

function placeFinding(told: string | undefined, { latitude }: Json): string | null {
  const place = parsed(told ?? "");
  if (!isJsonObject(place)) return "has no place at the broker";
  return place["latitude"] === latitude ? null : `latitude is ${String(latitude)}`;
}

function sensorFinding(component: Json, state: string, attributes: Json, told: string | undefined): string | null {
  if (told === undefined) return "has no state at the broker";
  if (told === "None") return differs(state, "unknown");
  if (component["device_class"] === "timestamp")
    return differs(Date.parse(state), Math.floor(Date.parse(told) / 1000) * 1000);
  if (component["unit_of_measurement"] === undefined) return differs(state, told);
  const [unit, shown] = [component, attributes].map((one) => String(one["unit_of_measurement"]));
  if (shown === unit) return differs(Number(state), Number(told));
  const converted = CONVERSIONS[`${unit ?? ""}>${shown ?? ""}`];
  if (converted === undefined) return `is shown in ${shown ?? ""}`;
  const expected = converted(Number(told));
  return Math.abs(Number(state) - expected) <= 0.01 * Math.abs(expected)
    ? null
    : `is ${state} for ${told} ${unit ?? ""}`;
}

const CONVERSIONS: Readonly<Record<string, (value: number) => number>> = {
  "km>mi": (value) => value / 1.609344,
  "mi>km": (value) => value * 1.609344,
  "m>ft": (value) => value / 0.3048,
  "°C>°F": (value) => value * 1.8 + 32,
  "°F>°C": (value) => (value - 32) / 1.8,
  "kPa>psi": (value) => value / 6.894757,
  "psi>kPa": (value) => value * 6.894757,
  "L>gal": (value) => value / 3.785412,
  "gal>L": (value) => value * 3.785412,
  "km/h>mph": (value) => value / 1.609344,
  "mph>km/h": (value) => value * 1.609344,
};

function differs(is: string | number, expected: string | number): string | null {
  return is === expected ? null : `is ${is}, not ${expected}`;
}

/** What two looks at a house differ in: entities that came or went, other ids, other states. */
export function changes(
  before: Snapshot,
  after: Snapshot,
  isKept: (uniqueId: string) => boolean = () => true,
): string[] {
  const ours = [...before.registry].filter(([id]) => id.startsWith("bmw_cardata_") && isKept(id));
  const found = ours.flatMap(([id, { entity_id }]) => {
    const now = after.registry.get(id);
    if (now === undefined) return `${id} is gone`;
    if (now.entity_id !== entity_id) return `${entity_id} has become ${now.entity_id}`;
    // The state of a picture is when it came.
    if (entity_id.startsWith("image.")) return [];
    const [was, is] = [stateOf(before, id)?.state, stateOf(after, id)?.state];
    return was === is ? [] : `${entity_id} was ${was ?? "nothing"} and is ${is ?? "nothing"}`;
  });
  const fresh = [...after.registry.keys()].filter(
    // What is learned comes by itself, some minutes after a charge.
    (id) => id.startsWith("bmw_cardata_") && !id.endsWith("_learning") && !before.registry.has(id),
  );
  return [...found, ...fresh.map((id) => `${id} is new`)];
}
