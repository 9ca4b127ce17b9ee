import { HA_CONSTANTS, isFilledList, isJsonObject, parsed, type Json } from "./ha-constants.js";

const LONGEST_STATE = 255;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Returns Home Assistant's objection to a state (of a tracker: to its attributes) of a component; `null` if it accepts
 * it.
 * @param component as announced, with its platform
 */
export function stateFinding(component: Json, state: string): string | null {
  switch (component["platform"]) {
    case "sensor":
      return sensorStateFinding(component, state);
    case "binary_sensor": {
      const { payload_on = "ON", payload_off = "OFF" } = component;
      return [payload_on, payload_off, "None"].includes(state) ? null : `"${state}" is neither on nor off`;
    }
    case "device_tracker":
      return placeFinding(state);
    default:
      return "has no text as state";
  }
}

function sensorStateFinding(component: Json, state: string): string | null {
  const { device_class, unit_of_measurement, state_class, suggested_display_precision, options } = component;
  if (state === "") return "an empty state is ignored";
  if (state === "None") return null;
  if (state.length > LONGEST_STATE) return `longer than ${LONGEST_STATE} characters`;
  if (device_class === "timestamp") return TIMESTAMP.test(state) ? null : `"${state}" is no time with a zone`;
  if (device_class === "enum") return isFilledList(options) && options.includes(state) ? null : `"${state}" no option`;
  const isNumeric = [unit_of_measurement, state_class, suggested_display_precision].some((one) => one !== undefined);
  return !isNumeric || NUMBER.test(state) ? null : `"${state}" is no number`;
}

function placeFinding(state: string): string | null {
  const place = parsed(state);
  if (!isJsonObject(place)) return "attributes are no JSON object";
  const missing = ["latitude", "longitude"].filter((axis) => typeof place[axis] !== "number");
  return missing.length === 0 ? null : `no ${missing.join(" and ")}`;
}

const OF_JSON = /^\{\{ value_json\.(\w+) \}\}$/;

/** Returns the state that a component takes out of a message by its template; the message itself without one. */
export function stateIn({ value_template }: Json, message: string): string {
  const member = memberIn(value_template);
  if (member === undefined) return message;
  const whole = parsed(message);
  return isJsonObject(whole) ? String(whole[member]) : "";
}

function memberIn(template: unknown): string | undefined {
  return typeof template === "string" ? OF_JSON.exec(template)?.[1] : undefined;
}

/** Likewise for the attributes of a component, among which its state may be. */
export function attributesFinding({ platform, value_template }: Json, attributes: string): string | null {
  const reported = parsed(attributes);
  if (!isJsonObject(reported)) return "attributes are no JSON object";
  const blocked = [
    ...HA_CONSTANTS.blockedJsonAttributes,
    ...(platform === "sensor" ? HA_CONSTANTS.blockedSensorJsonAttributes : []),
  ];
  const state = memberIn(value_template);
  // What is no state has to be hidden, and the state must not be shown twice.
  if (state !== undefined && !blocked.includes(state)) return `${state} is shown as an attribute as well`;
  const lost = Object.keys(reported).filter((key) => key !== state && blocked.includes(key));
  return lost.length === 0 ? null : `Home Assistant drops ${lost.join(", ")}`;
}
