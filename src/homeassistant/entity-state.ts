import type { Entity } from "./ha-part.js";
import { timeState } from "./time-state.js";

/** Payload that Home Assistant reads as "unknown". */
export const UNKNOWN_STATE = "None";
/** Limit above which Home Assistant drops a state [characters]. */
const LONGEST_STATE = 255;

/**
 * Returns the MQTT state of an entity: numbers as JSON, `ON` or `OFF`, times in ISO 8601 with `Z`, text of at most 255
 * characters, `None` for `null`. Returns `null` if `payload` cannot be a state of this entity; then nothing may be
 * published.
 */
export function stateOf(entity: Entity, payload: unknown): string | null {
  if (entity.platform === "device_tracker" || entity.platform === "image") return null;
  if (payload === null) return UNKNOWN_STATE;
  if (entity.platform === "binary_sensor") return binaryState(entity, payload);
  if (entity.device_class === "timestamp") return timeState(payload);
  if (typeof payload === "number") return Number.isFinite(payload) ? JSON.stringify(payload) : null;
  return isNumeric(entity) ? null : textState(payload);
}

/** Classes that are on in Home Assistant while ours says no: unlocked, unsafe. */
const INVERSE: ReadonlySet<string | undefined> = new Set(["lock", "safety"]);

/** Returns `ON` or `OFF`. */
function binaryState({ device_class }: Entity, payload: unknown): string | null {
  if (typeof payload !== "boolean") return null;
  return onOff(INVERSE.has(device_class) ? !payload : payload);
}

export function onOff(isOn: boolean): string {
  return isOn ? "ON" : "OFF";
}

/** Returns whether Home Assistant treats the entity as numeric. */
function isNumeric({ unit_of_measurement, state_class, suggested_display_precision }: Entity): boolean {
  return [unit_of_measurement, state_class, suggested_display_precision].some((option) => option !== undefined);
}

function textState(payload: unknown): string | null {
  if (typeof payload === "boolean") return onOff(payload);
  if (typeof payload !== "string") return null;
  const text = shortened(payload.trim());
  return text === "" ? UNKNOWN_STATE : text;
}

/** Returns as much of a text as a state may have, without half a character at its end. */
export function shortened(text: string): string {
  return text.slice(0, LONGEST_STATE).replace(/[\uD800-\uDBFF]$/, "");
}
