import type { AccountEvent, Update } from "../account/events.js";
import type { Car } from "../account/garage.js";
import type { JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import type { Reading } from "../vehicle/reading.js";
import { descriptorMessage } from "./descriptor-message.js";
import { accountEventMessage } from "./event-message.js";
import { descriptorFilter, type DescriptorFilter } from "./filter.js";
import type { DescriptorMessage, EventMessage, Form, RawMessage, UpdateMessage, ValueMessage } from "./types.js";

/** The options of a cardata-stream node. */
export interface StreamOutputOptions {
  readonly topicBase: string;
  /** Name of the account in event messages. */
  readonly account: string;
  /** VIN of the only car wanted; "" for all. */
  readonly vehicle: string;
  /** Wanted descriptors, `*` as wildcard; empty for all. */
  readonly descriptors: readonly string[];
  readonly form: Form;
  readonly onlyChanges: boolean;
}

/** What cardata-stream sends: filter, form and the memory of what was sent. Lives as long as its node. */
export class StreamOutput {
  readonly #wanted: DescriptorFilter;
  readonly #vin: string;
  /** Last sent value and unit by car and descriptor. */
  readonly #sent = new Map<string, Pick<Reading, "value" | "unit">>();

  /** @param nextId makes the ids of `msg.parts` */
  constructor(
    private readonly options: StreamOutputOptions,
    private readonly nextId: () => string,
  ) {
    this.#wanted = descriptorFilter(options.descriptors);
    const typed = options.vehicle.trim();
    this.#vin = parseVin(typed) ?? typed;
  }

  /** Messages for what has just come. */
  update(update: Update): ValueMessage[] {
    const { vin, readings, envelope } = update;
    if (!this.#wantsCar(vin)) return [];
    if (this.options.form === "raw") return envelope === undefined ? [] : [this.#raw(vin, envelope)];
    const messages = this.#fresh(vin, readings);
    return this.options.form === "update" ? this.#together(vin, messages) : this.#numbered(messages);
  }

  /** Messages for the values that were known at the node's start; unknown ones are left out. They count as sent. */
  restored(cars: ReadonlyMap<string, Car>): ValueMessage[] {
    return this.#present(cars, (vin, readings) => {
      const known = readings.filter(({ value }) => value !== null).map(asRestored);
      return this.#fresh(vin, known);
    });
  }

  /** Messages for all present values with their sources; what counts as sent stays untouched. */
  snapshot(cars: ReadonlyMap<string, Car>): ValueMessage[] {
    return this.#present(cars, (vin, readings) => readings.map((reading) => this.#each(vin, reading)));
  }

  event(event: AccountEvent, at: number): EventMessage {
    return accountEventMessage(this.options.topicBase, this.options.account, event, at);
  }

  #present(
    cars: ReadonlyMap<string, Car>,
    build: (vin: string, readings: readonly Reading[]) => DescriptorMessage[],
  ): ValueMessage[] {
    return [...cars].flatMap(([vin, { vehicle }]): ValueMessage[] => {
      if (!this.#wantsCar(vin)) return [];
      const wanted = [...vehicle.readings.values()].filter(({ descriptor }) => this.#wanted(descriptor));
      const messages = build(vin, wanted);
      return this.options.form === "each" ? messages : this.#together(vin, messages);
    });
  }

  #wantsCar(vin: string): boolean {
    return this.#vin === "" || this.#vin === vin;
  }

  #fresh(vin: string, readings: readonly Reading[]): DescriptorMessage[] {
    const messages: DescriptorMessage[] = [];
    for (const reading of readings)
      if (this.#wanted(reading.descriptor) && this.#news(vin, reading)) messages.push(this.#each(vin, reading));
    return messages;
  }

  #news(vin: string, { descriptor, value, unit }: Reading): boolean {
    if (!this.options.onlyChanges) return true;
    const key = `${vin}/${descriptor}`;
    const sent = this.#sent.get(key);
    if (sent?.value === value && sent.unit === unit) return false;
    this.#sent.set(key, { value, unit });
    return true;
  }

  #each(vin: string, reading: Reading): DescriptorMessage {
    return descriptorMessage(this.options.topicBase, vin, reading);
  }

  #numbered(messages: DescriptorMessage[]): DescriptorMessage[] {
    if (messages.length === 0) return messages;
    const id = this.nextId();
    const count = messages.length;
    messages.forEach((message, index) => {
      message.parts = { id, index, count, type: "object", key: message.descriptor };
    });
    return messages;
  }

  #together(vin: string, readings: DescriptorMessage[]): UpdateMessage[] {
    if (readings.length === 0) return [];
    const payload = Object.fromEntries(readings.map((message) => [message.descriptor, message.payload]));
    return [{ topic: `${this.options.topicBase}/${vin}`, vin, payload, readings }];
  }

  #raw(vin: string, envelope: JsonObject): RawMessage {
    // BMW's customer id is nobody's business.
    const payload = Object.fromEntries(Object.entries(envelope).filter(([key]) => key !== "entityId"));
    // A copy, because several nodes may send it and flows may change what they get.
    return { topic: `${this.options.topicBase}/${vin}`, vin, payload: structuredClone(payload) };
  }
}

function asRestored(reading: Reading): Reading {
  return { ...reading, source: "restored" };
}
