import type { JsonObject } from "../support/json.js";
import { withoutCustomerId } from "../support/customer-id.js";
import type { RawMessage } from "./types.js";

/** Builds the message of BMW's raw object; a copy, because several nodes may send it and flows may change it. */
export function rawMessage(topicBase: string, vin: string, answer: JsonObject): RawMessage {
  return { topic: `${topicBase}/${vin}`, vin, payload: withoutCustomerId(answer) };
}
