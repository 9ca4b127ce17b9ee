import type { PlainAnswer } from "../account/operations.js";
import { FIXED_ENTITIES } from "../homeassistant/fixed-entities.js";
import { haPartOf } from "../homeassistant/ha-part.js";
import { withoutCustomer } from "../support/customer-id.js";
import { quotaPart } from "./quota-part.js";
import { summaryOf } from "./summaries.js";
import type { OperationMessage, Quota } from "./types.js";

/** The message of an answer that is no telematic data. */
export function operationMessage(topicBase: string, answer: PlainAnswer, quota: Quota): OperationMessage {
  const { operation, vin, payload, truncated, contentType } = answer;
  return {
    payload: copyOf(payload),
    topic: `${topicBase}/${vin ?? "account"}/${operation}`,
    summary: summaryOf(answer),
    quota: quotaPart(quota),
    ...(vin !== null && { vin, ...haOf(operation, vin) }),
    ...(truncated !== undefined && { truncated }),
    ...(operation === "image" && contentType !== undefined && { contentType }),
  };
}

/** Of the operations that are an entity. */
function haOf(operation: PlainAnswer["operation"], vin: string): Pick<OperationMessage, "ha"> {
  switch (operation) {
    case "image":
    case "chargingHistory":
    case "tyreDiagnosis":
      return { ha: haPartOf(vin, FIXED_ENTITIES[operation]) };
    default:
      return {};
  }
}

/** The account keeps some of what it answers, and flows may change what they get. The account has validated it. */
function copyOf(payload: unknown): OperationMessage["payload"] {
  const copy = Buffer.isBuffer(payload) ? Buffer.from(payload) : withoutCustomer(payload);
  return copy as OperationMessage["payload"];
}
