import type { OperationAnswer, TelematicAnswer } from "../account/operations.js";
import { isObject } from "../support/json.js";
import type { Reading } from "../vehicle/reading.js";
import { descriptorMessage } from "./descriptor-message.js";
import { numbered, together } from "./grouping.js";
import { keptOf } from "./input-message.js";
import { operationMessage } from "./operation-message.js";
import { quotaPart } from "./quota-part.js";
import { rawMessage } from "./raw-message.js";
import type { DescriptorMessage, Form, Quota, RawMessage, TelematicsMessage, UpdateMessage } from "./types.js";

/** The options of a cardata-telematics node that decide what its messages look like. */
export interface TelematicsOutputOptions {
  readonly topicBase: string;
  readonly form: Form;
}

/** What cardata-telematics sends. Nothing in its messages is shared with the account or with each other. */
export class TelematicsOutput {
  /** @param nextId makes the ids of `msg.parts` */
  constructor(
    private readonly options: TelematicsOutputOptions,
    private readonly nextId: () => string,
  ) {}

  /** Messages for what the account asked BMW by itself: of telematic data what was accepted. */
  automatic(answer: OperationAnswer, quota: Quota): TelematicsMessage[] {
    if (answer.operation !== "telematicData") return [operationMessage(this.options.topicBase, answer, quota)];
    return this.#values(answer, newOf(answer)).map((message) => ({ ...message, quota: quotaPart(quota) }));
  }

  /**
   * Messages for what `message` asked for. Of telematic data every value that BMW answered, as the car's desk holds it
   * now; they keep the `_msgid` only. Any other answer keeps what else `message` carries.
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
      ...descriptorMessage(topicBase, vin, reading),
      fresh: fresh.has(reading.descriptor),
    }));
    return form === "each" ? numbered(messages, this.nextId) : together(topicBase, vin, messages);
  }
}

/** What of BMW's answer was new; what was derived from it is for cardata-stream. */
function newOf({ accepted }: TelematicAnswer): Reading[] {
  return accepted.filter(({ source }) => source === "rest");
}
