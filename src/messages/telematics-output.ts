import { FIXED_ENTITIES } from "../homeassistant/fixed-entities.js";
import { haPartOf } from "../homeassistant/ha-part.js";
import type { OperationAnswer, PlainAnswer, TelematicAnswer } from "../rest/operations.js";
import { withoutCustomerId } from "../support/customer-id.js";
import { isObject, type JsonObject } from "../support/json.js";
import type { Reading } from "../vehicle/reading.js";
import { descriptorMessage, type MessageOrigin } from "./descriptor-message.js";
import { withParts, updateMessages } from "./message-grouping.js";
import { quotaPart } from "./quota-part.js";
import { rawMessage } from "./raw-message.js";
import { summaryOf } from "./summaries.js";
import type {
  DescriptorMessage,
  Form,
  OperationMessage,
  Quota,
  RawMessage,
  TelematicsMessage,
  UpdateMessage,
} from "./types.js";

/** Holds the options of a cardata-telematics node that determine the form of its messages. */
interface TelematicsOutputOptions extends MessageOrigin {
  readonly form: Form;
}

/** Builds the messages of cardata-telematics. They share nothing with the account or with each other. */
export class TelematicsOutput {
  /**
   * Creates the output of a node.
   * @param nextId generates the ids of `msg.parts`
   */
  constructor(
    private readonly options: TelematicsOutputOptions,
    private readonly nextId: () => string,
  ) {}

  /** Returns messages for automatic calls of the account: the accepted values of telematic data. */
  automatic(answer: OperationAnswer, quota: Quota): TelematicsMessage[] {
    if (answer.operation !== "telematicData") return [operationMessage(this.options.topicBase, answer, quota)];
    return this.#values(answer, newOf(answer)).map((message) => ({ ...message, quota: quotaPart(quota) }));
  }

  /**
   * Returns messages for the request `message`. For telematic data every value that BMW sent, as the car holds it now,
   * keeping only the `_msgid`. Any other answer keeps what else `message` carries.
   */
  answered(answer: OperationAnswer, quota: Quota, message: unknown): (TelematicsMessage & { _msgid?: string })[] {
    if (answer.operation !== "telematicData")
      return [{ ...keptOf(message), ...operationMessage(this.options.topicBase, answer, quota) }];
    const id = isObject(message) ? message["_msgid"] : undefined;
    const trace = typeof id === "string" ? { _msgid: id } : {};
    return this.#values(answer, answer.current).map((value) => ({ ...value, ...trace, quota: quotaPart(quota) }));
  }

  #values(answer: TelematicAnswer, readings: readonly Reading[]): (DescriptorMessage | UpdateMessage | RawMessage)[] {
    const { topicBase, form } = this.options;
    const { vin } = answer;
    // Without a call there is nothing of BMW's to show.
    if (form === "raw" && answer.answer !== null) return [rawMessage(topicBase, vin, answer.answer)];
    const fresh = new Set(newOf(answer).map(({ descriptor }) => descriptor));
    const messages = readings.map((reading) => ({
      ...descriptorMessage(this.options, vin, reading),
      fresh: fresh.has(reading.descriptor),
    }));
    return form === "each" ? withParts(messages, this.nextId) : updateMessages(topicBase, vin, messages);
  }
}

/** Returns the new values of BMW's answer; derived ones belong to cardata-stream. */
function newOf({ accepted }: TelematicAnswer): Reading[] {
  return accepted.filter(({ source }) => source === "rest");
}

/** Lists the members of a request: a following node would repeat it, or take them for part of the answer. */
const OF_REQUEST = ["operation", "parts", "error", "vin", "force", "from", "to", "maxPages"];
const OF_CONTAINERS = ["containerAction", "containerId", "confirm"];
const OF_ANSWER = ["truncated", "contentType", "ha"];
/** Lists the members of a value or event that triggered the request. */
const OF_VALUE = ["descriptor", "name", "unit", "timestamp", "source", "known", "raw", "last", "data", "fresh"];
const OF_UPDATE = ["event", "readings"];

const STALE = new Set([...OF_REQUEST, ...OF_CONTAINERS, ...OF_ANSWER]);
const STALE_AFTER_VALUE = new Set([...STALE, ...OF_VALUE, ...OF_UPDATE]);

/**
 * Returns what an answer keeps of the request message: everything that does not concern something else. Does not change
 * the message, because one about several cars is answered several times.
 */
function keptOf(message: unknown): JsonObject {
  if (!isObject(message)) return {};
  const isOurs = ["descriptor", "event", "readings"].some((name) => name in message);
  const stale = isOurs ? STALE_AFTER_VALUE : STALE;
  return Object.fromEntries(Object.entries(message).filter(([name]) => !stale.has(name)));
}

/** Builds the message of an answer other than telematic data. */
function operationMessage(topicBase: string, answer: PlainAnswer, quota: Quota): OperationMessage {
  const { operation, vin, payload } = answer;
  return {
    payload: copyOf(payload),
    topic: `${topicBase}/${vin ?? "account"}/${operation}`,
    summary: summaryOf(answer),
    quota: quotaPart(quota),
    ...(vin !== null && { vin, ...haOf(operation, vin) }),
    ...(operation === "chargingHistory" && { truncated: answer.truncated }),
    ...(operation === "image" && { contentType: answer.contentType }),
  };
}

/** Returns the `ha` part of operations that have an entity. */
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

/** Copies a payload, because the account keeps some of what it answers, and flows may change what they get. */
function copyOf(payload: PlainAnswer["payload"]): OperationMessage["payload"] {
  return Buffer.isBuffer(payload) ? Buffer.from(payload) : withoutCustomerId(payload);
}
