import { isForm } from "../messages/message-grouping.js";
import { StreamOutput, type StreamOutputOptions } from "../messages/stream-output.js";
import { TelematicsOutput } from "../messages/telematics-output.js";
import type { Form } from "../messages/types.js";
import type { RecordedLine } from "./recording.js";

/** Builds the messages of a cardata-stream and a cardata-telematics node, whose options a recording may change. */
export class NodeOutputs {
  readonly #options: { form: Form; onlyChanges: boolean; values: boolean };
  #stream: StreamOutput;
  #telematics: TelematicsOutput;
  /** Both nodes count their updates together. */
  #updates = 0;

  constructor(
    private readonly topicBase: string,
    private readonly options: { readonly form: Form; readonly vehicle: string },
    private readonly distanceUnit: NonNullable<StreamOutputOptions["distanceUnit"]>,
  ) {
    this.#options = { form: options.form, onlyChanges: false, values: false };
    [this.#stream, this.#telematics] = this.#create();
  }

  get stream(): StreamOutput {
    return this.#stream;
  }

  get telematics(): TelematicsOutput {
    return this.#telematics;
  }

  /** Applies the options in a line as a deploy of the nodes would. */
  change({ form, onlyChanges, values }: RecordedLine): void {
    if (isForm(form)) this.#options.form = form;
    if (typeof onlyChanges === "boolean") this.#options.onlyChanges = onlyChanges;
    if (typeof values === "boolean") this.#options.values = values;
    if ([form, onlyChanges, values].some((option) => option !== undefined)) this.restart();
  }

  /** Starts the nodes anew: they forget their last messages. */
  restart(): void {
    [this.#stream, this.#telematics] = this.#create();
  }

  #create(): [StreamOutput, TelematicsOutput] {
    const { topicBase, options, distanceUnit } = this;
    const nextId = () => String(++this.#updates);
    const stream = {
      topicBase,
      distanceUnit,
      account: "replay",
      vehicle: options.vehicle,
      descriptors: [],
      ...this.#options,
    };
    return [
      new StreamOutput(stream, nextId),
      new TelematicsOutput({ topicBase, distanceUnit, form: this.#options.form }, nextId),
    ];
  }
}
