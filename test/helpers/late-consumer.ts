import { isJsonObject, parsed, type Json } from "./ha-constants.js";
import { attributesFinding, findings, stateFinding, stateIn } from "./ha-validator.js";

/** Holds retained payloads by topic. */
export type Retained = ReadonlyMap<string, string | Buffer>;

/** Holds how a Home Assistant that connects late interprets the retained messages. */
export interface ConsumerView {
  /** Everything that it would refuse, warn of, or find missing; empty if valid. */
  readonly findings: readonly string[];
  /** Entities by unique id. */
  readonly entities: ReadonlyMap<string, Json>;
}

/** @param retained all that the broker keeps of the cars */
export function lateConsumer(retained: Retained, prefix = "homeassistant"): ConsumerView {
  const found: string[] = [];
  const entities = new Map<string, Json>();
  const used = new Set<string>();
  for (const [topic, payload] of retained) {
    if (!topic.startsWith(`${prefix}/`)) continue;
    used.add(topic);
    found.push(...findings(topic, String(payload), { prefix }).map((finding) => `${topic}: ${finding}`));
    for (const component of componentsIn(topic, String(payload), prefix)) {
      const id = String(component["unique_id"]);
      if (entities.has(id)) found.push(`${id} is announced twice`);
      entities.set(id, component);
    }
  }
  for (const [id, component] of entities)
    for (const finding of stateFindings(component, retained, used)) found.push(`${id}: ${finding}`);
  for (const topic of retained.keys()) if (!used.has(topic)) found.push(`nothing announced looks at ${topic}`);
  return { findings: found, entities };
}

function componentsIn(topic: string, payload: string, prefix: string): Json[] {
  const message = parsed(payload);
  if (!isJsonObject(message)) return [];
  const [platform] = topic.slice(prefix.length + 1).split("/");
  if (platform !== "device") return [{ ...message, platform }];
  const { components, availability_topic } = message;
  const shared = availability_topic === undefined ? {} : { availability_topic };
  return isJsonObject(components) ? Object.values(components).map((one) => ({ ...shared, ...(one as Json) })) : [];
}

function stateFindings(component: Json, retained: Retained, used: Set<string>): string[] {
  const kept = (option: string) => {
    const topic = component[option];
    if (typeof topic !== "string") return undefined;
    used.add(topic);
    return retained.get(topic);
  };
  const { platform, availability_topic } = component;
  const found: string[] = [];
  if (availability_topic !== undefined && String(kept("availability_topic")) !== "online") found.push("not available");
  if (platform === "button") return found;
  if (platform === "event") return kept("state_topic") === undefined ? found : [...found, "tells what is long over"];
  if (platform === "image") return [...found, ...imageFindings(component, kept("image_topic"))];
  return [...found, ...valueFindings(component, kept, retained, used)];
}

function valueFindings(
  component: Json,
  kept: (option: string) => string | Buffer | undefined,
  retained: Retained,
  used: Set<string>,
): string[] {
  const found: string[] = [];
  const attributes = kept("json_attributes_topic");
  const message = component["platform"] === "device_tracker" ? attributes : kept("state_topic");
  const state = message === undefined ? undefined : stateIn(component, String(message));
  const finding = state === undefined ? "no state is kept" : stateFinding(component, state);
  if (finding !== null) found.push(finding);
  found.push(...plainFindings(component, state, retained, used));
  const dropped = attributes === undefined ? null : attributesFinding(component, String(attributes));
  if (dropped !== null) found.push(dropped);
  return found;
}

/** Where a state shares its message with attributes, it stands alone beside it, for others who read the broker. */
function plainFindings(
  { state_topic, value_template }: Json,
  state: string | undefined,
  retained: Retained,
  used: Set<string>,
): string[] {
  if (typeof state_topic !== "string" || value_template === undefined) return [];
  const plain = state_topic.replace(/attributes$/, "state");
  used.add(plain);
  const isSame = state === undefined || retained.get(plain)?.toString() === state;
  return isSame ? [] : [`${plain} says something else`];
}

function imageFindings({ content_type }: Json, image: string | Buffer | undefined): string[] {
  if (!Buffer.isBuffer(image)) return ["no image is kept"];
  const type = image[0] === 0x89 ? "image/png" : "image/jpeg";
  return content_type === type ? [] : [`${String(content_type)} is ${type}`];
}
