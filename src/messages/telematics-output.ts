import type { Reading } from "../vehicle/reading.js";
import { descriptorMessage } from "./descriptor-message.js";
import { numbered, together } from "./grouping.js";
import type { Form, ValueMessage } from "./types.js";

/** The options of a cardata-telematics node that decide what its messages look like. */
export interface TelematicsOutputOptions {
  readonly topicBase: string;
  readonly form: Form;
}

/** What cardata-telematics sends. */
export class TelematicsOutput {
  /** @param nextId makes the ids of `msg.parts` */
  constructor(
    private readonly options: TelematicsOutputOptions,
    private readonly nextId: () => string,
  ) {}

  /** Messages for an answer of BMW: what of it was accepted; in form raw the answer as it came. */
  polled(vin: string, readings: readonly Reading[], answer: Record<string, unknown>): ValueMessage[] {
    const { topicBase, form } = this.options;
    if (form === "raw") return [{ topic: `${topicBase}/${vin}`, vin, payload: structuredClone(answer) }];
    const fromBmw = readings.filter(({ source }) => source === "rest");
    const messages = fromBmw.map((reading) => descriptorMessage(topicBase, vin, reading));
    return form === "update" ? together(topicBase, vin, messages) : numbered(messages, this.nextId);
  }
}
