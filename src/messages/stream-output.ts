import type { AccountEvent, Update } from "../account/account-events.js";
import type { RegisteredVehicle } from "../rest/vehicles.js";
import { parseVin } from "../support/vin.js";
import type { JournalValue } from "../journal/journal-values.js";
import type { GeoPoint } from "../vehicle/geography.js";
import type { Position } from "../vehicle/position.js";
import type { Reading, ReadingSource } from "../vehicle/reading.js";
import type { SourcedValue } from "../vehicle/source-priority.js";
import type { Vehicle } from "../vehicle/vehicle.js";
import {
  descriptorMessage,
  journalValueMessage,
  valueMessage,
  type JournalSource,
  type MessageOrigin,
} from "./descriptor-message.js";
import { accountEventMessage, vehicleEventMessage } from "./event-message.js";
import { withParts, updateMessages } from "./message-grouping.js";
import { LOCATION, positionMessage } from "./position-message.js";
import { rawMessage, wholeMessages } from "./raw-message.js";
import type { DescriptorMessage, EventMessage, Form, PositionMessage, ValueMessage } from "./types.js";

/** Holds the options of a cardata-stream node. */
export interface StreamOutputOptions extends MessageOrigin {
  /** Name of the account in event messages. */
  readonly account: string;
  /** VIN of the only car wanted; "" for all. */
  readonly vehicle: string;
  /** Wanted descriptors, and values with a source by their names; `*` as wildcard; empty for all. */
  readonly descriptors: readonly string[];
  readonly form: Form;
  readonly onlyChanges: boolean;
  /** Whether sourced values are sent as well; one that `descriptors` names is sent in any case. */
  readonly values: boolean;
  /** Returns what the journal of a car tells as values, for those that are sent at the start and again. */
  readonly journal?: (vin: string) => readonly JournalValue[];
}

interface PresentMessages {
  readonly messages: DescriptorMessage[];
  readonly fixes: PositionMessage[];
  readonly values: DescriptorMessage[];
}

/**
 * Builds the messages of cardata-stream: applies filter and form, and remembers what was sent. Lives as long as its
 * node.
 */
export class StreamOutput {
  readonly #wanted: DescriptorFilter;
  readonly #named: ReadonlySet<string>;
  readonly #vin: string;
  /** Last sent value and unit by car and descriptor. */
  readonly #sent = new Map<string, Pick<Reading, "value" | "unit">>();
  readonly #sentFixes = new Map<string, GeoPoint>();

  /**
   * Creates the output of a node.
   * @param nextId generates the ids of `msg.parts`
   */
  constructor(
    private readonly options: StreamOutputOptions,
    private readonly nextId: () => string,
  ) {
    this.#wanted = descriptorFilter(options.descriptors);
    this.#named = new Set(options.descriptors.map((name) => name.trim()));
    const typed = options.vehicle.trim();
    this.#vin = parseVin(typed) ?? typed;
  }

  /** Returns messages for new values; values from REST belong to cardata-telematics. */
  update(update: Update): ValueMessage[] {
    const { vin, readings, positions, values, envelope } = update;
    if (!this.#wantsCar(vin)) return [];
    if (this.options.form === "raw")
      return envelope === undefined ? [] : [rawMessage(this.options.topicBase, vin, envelope)];
    // Readings of one update have one source, but for those that are derived.
    const own = readings.some(isOfRest) ? readings.filter((reading) => !isOfRest(reading)) : readings;
    const messages = this.#fresh(vin, own);
    const grouped: ValueMessage[] =
      this.options.form === "update"
        ? updateMessages(this.options.topicBase, vin, messages)
        : withParts(messages, this.nextId);
    grouped.push(...this.#fixes(vin, positions), ...this.#values(vin, values));
    return grouped;
  }

  /** Returns messages for the values known at the node's start, without unknown ones. They count as sent. */
  restored(cars: ReadonlyMap<string, RegisteredVehicle>): ValueMessage[] {
    return this.#known(cars, ({ value }) => value !== null);
  }

  /**
   * Returns messages for all present values, for a broker that may have missed any: unknown ones as well, because it may
   * retain what was known before. They count as sent.
   */
  resent(cars: ReadonlyMap<string, RegisteredVehicle>): ValueMessage[] {
    this.#sent.clear();
    this.#sentFixes.clear();
    return this.#known(cars, () => true);
  }

  /** Returns messages for all present values; does not change what counts as sent. */
  snapshot(cars: ReadonlyMap<string, RegisteredVehicle>): ValueMessage[] {
    return this.#present(cars, ({ readings, position, values }, vin) => ({
      messages: [...readings.values()]
        .filter(({ descriptor }) => this.#wanted(descriptor))
        .map((reading) => this.#each(vin, reading)),
      fixes: position !== null && this.#wanted(LOCATION) ? [positionMessage(this.options, vin, position)] : [],
      values: this.#values(vin, values),
    }));
  }

  /** Returns messages for values of the journal of a car that have changed; what the form `raw` has is BMW's alone. */
  journal(vin: string, values: readonly JournalValue[], source: JournalSource): DescriptorMessage[] {
    return this.#wantsCar(vin) && this.options.form !== "raw" ? this.#ofJournal(vin, values, source) : [];
  }

  /** Returns messages for the events of a car. */
  events({ vin, events }: Update): EventMessage[] {
    if (!this.#wantsCar(vin)) return [];
    const { topicBase, account } = this.options;
    return events.map((event) => vehicleEventMessage(topicBase, account, vin, event));
  }

  event(event: AccountEvent, at: number): EventMessage {
    return accountEventMessage(this.options.topicBase, this.options.account, event, at);
  }

  /** Returns messages for what was known before, as such. */
  #known(cars: ReadonlyMap<string, RegisteredVehicle>, isWanted: (reading: Reading) => boolean): ValueMessage[] {
    return this.#present(cars, ({ readings, position, values }, vin) => ({
      messages: this.#fresh(vin, [...readings.values()].filter(isWanted).map(asRestored)),
      fixes: this.#fixes(vin, position === null ? [] : [asRestored(position)]),
      values: this.#values(vin, values.map(asRestored)),
    }));
  }

  #present(
    cars: ReadonlyMap<string, RegisteredVehicle>,
    build: (vehicle: Vehicle, vin: string) => PresentMessages,
  ): ValueMessage[] {
    const { topicBase, form } = this.options;
    return [...cars].flatMap(([vin, car]): ValueMessage[] => {
      if (!this.#wantsCar(vin)) return [];
      if (form === "raw") return wholeMessages(topicBase, vin, car);
      const { messages, fixes, values } = build(car.vehicle, vin);
      const grouped = form === "each" ? messages : updateMessages(topicBase, vin, messages);
      const journal = this.options.journal?.(vin).filter(({ value }) => value !== null) ?? [];
      return [...grouped, ...fixes, ...values, ...this.#ofJournal(vin, journal, "restored")];
    });
  }

  #wantsCar(vin: string): boolean {
    return this.#vin === "" || this.#vin === vin;
  }

  #fresh(vin: string, readings: readonly Reading[]): DescriptorMessage[] {
    const messages: DescriptorMessage[] = [];
    for (const reading of readings)
      if (this.#wanted(reading.descriptor) && this.#hasChanged(vin, reading)) messages.push(this.#each(vin, reading));
    return messages;
  }

  #hasChanged(vin: string, { descriptor, value, unit }: Reading): boolean {
    if (!this.options.onlyChanges) return true;
    const key = `${vin}/${descriptor}`;
    const sent = this.#sent.get(key);
    if (sent?.value === value && sent.unit === unit) return false;
    this.#sent.set(key, { value, unit });
    return true;
  }

  #each(vin: string, reading: Reading): DescriptorMessage {
    return descriptorMessage(this.options, vin, reading);
  }

  #fixes(vin: string, positions: readonly Position[]): PositionMessage[] {
    if (!this.#wanted(LOCATION)) return [];
    const moved = positions.filter((position) => this.#hasMoved(vin, position));
    return moved.map((position) => positionMessage(this.options, vin, position));
  }

  #hasMoved(vin: string, { latitude, longitude }: Position): boolean {
    if (!this.options.onlyChanges) return true;
    const sent = this.#sentFixes.get(vin);
    if (sent?.latitude === latitude && sent.longitude === longitude) return false;
    this.#sentFixes.set(vin, { latitude, longitude });
    return true;
  }

  #values(vin: string, values: readonly SourcedValue[]): DescriptorMessage[] {
    return values.filter((value) => this.#wantsValue(value)).map((value) => valueMessage(this.options, vin, value));
  }

  #ofJournal(vin: string, values: readonly JournalValue[], source: JournalSource): DescriptorMessage[] {
    const wanted = values.filter((value) => this.#wantsValue(value));
    return wanted.map((value) => journalValueMessage(this.options, vin, value, source));
  }

  #wantsValue({ name }: SourcedValue | JournalValue): boolean {
    return this.#named.has(name) || (this.options.values && this.#wanted(name));
  }
}

function isOfRest({ source }: Reading): boolean {
  return source === "rest";
}

function asRestored<T extends { readonly source: ReadingSource }>(known: T): T {
  return { ...known, source: "restored" };
}

/** Returns whether a node wants a descriptor: no patterns means all; `*` stands for any text. */
export type DescriptorFilter = (descriptor: string) => boolean;

const LARGEST_CACHE = 2000;

export function descriptorFilter(patterns: readonly string[]): DescriptorFilter {
  const wanted = patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== "");
  if (wanted.length === 0) return () => true;
  const exact = new Set(wanted.filter((pattern) => !pattern.includes("*")));
  const wildcards = wanted.filter((pattern) => pattern.includes("*")).map(toRegExp);
  const remembered = new Map<string, boolean>();
  return (descriptor) => {
    const known = remembered.get(descriptor);
    if (known !== undefined) return known;
    const matches = exact.has(descriptor) || wildcards.some((wildcard) => wildcard.test(descriptor));
    if (remembered.size < LARGEST_CACHE) remembered.set(descriptor, matches);
    return matches;
  };
}

function toRegExp(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
