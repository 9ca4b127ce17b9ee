import type { AccountEvent, Update } from "../../src/account/account-events.js";
import type { Account } from "../../src/account/account.js";
import type { JournalStir } from "../../src/journal/journal-value-feed.js";
import type { JournalValue } from "../../src/journal/journal-values.js";
import type { MessageOrigin } from "../../src/messages/descriptor-message.js";
import { streamEventOf } from "../../src/messages/event-message.js";
import { StreamOutput, type StreamOutputOptions } from "../../src/messages/stream-output.js";
import type { Parts, ValueMessage } from "../../src/messages/types.js";
import { BrokerWatch } from "../../src/mqtt-out/broker-watch.js";
import type { Portions } from "../../src/mqtt-out/portions.js";
import { WholeCars } from "../../src/mqtt-out/whole-cars.js";
import { systemClock } from "../../src/support/clock.js";
import { messageOrigin } from "./message-origin.js";
import type { NodeAPI, RedNode, Send } from "./red.js";
import { valuePortions } from "./value-portions.js";

type Traced = ValueMessage & { _msgid?: string };

/** The settings of the node. */
type StreamSettings = Omit<StreamOutputOptions, keyof MessageOrigin | "account" | "journal"> & {
  /** Whether what was known before is sent at a start. */
  readonly restore: boolean;
};

/** Sends what a cardata-stream node has to say: values by its first output, events by the second. */
export class StreamSender {
  readonly #output: StreamOutput;
  readonly #brokers: BrokerWatch;
  readonly #portions: Portions<ValueMessage>;
  /** `null`: nothing is sent for a broker to keep. */
  readonly #wholeCars: WholeCars | null;
  readonly #restores: boolean;
  readonly #isRaw: boolean;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: RedNode,
    private readonly account: Account,
    { restore, ...options }: StreamSettings,
  ) {
    const journal = (vin: string) => account.journal.valuesOf(vin);
    const settings = { ...options, ...messageOrigin(account), account: account.label, journal };
    this.#output = new StreamOutput(settings, () => RED.util.generateId());
    this.#restores = restore;
    this.#isRaw = options.form === "raw";
    this.#brokers = new BrokerWatch(systemClock, () => {
      this.#sendAnew();
    });
    this.#portions = valuePortions<ValueMessage>(node, this.#brokers);
    this.#wholeCars =
      restore && this.#isRaw
        ? new WholeCars(systemClock, (vins) => void this.#sendKnown(this.#output.snapshot(this.#carsOf(vins))))
        : null;
  }

  update(update: Update): void {
    const isNews = bringsNews(update);
    const messages = isNews || !this.#mayHearItself ? this.#traced(this.#output.update(update)) : [];
    // One of BMW's waits for nothing: who reads it goes by the times of its values.
    if (this.#isRaw) for (const message of messages) this.node.send(message);
    else this.#portions.pass(messages);
    if (isNews) this.#wholeCars?.changed(update.vin);
    const events = this.#output.events(update);
    if (events.length > 0) this.node.send([null, events]);
  }

  /** Sends what the journal of a car tells as values; that of a start only if the node is set to. */
  journal(vin: string, values: readonly JournalValue[], why: JournalStir): void {
    if (why === "start" && !this.#restores) return;
    this.#portions.pass(this.#traced(this.#output.journal(vin, values, why === "start" ? "restored" : "derived")));
  }

  event(event: AccountEvent, at: number): void {
    this.node.send([null, this.#output.event(event, at)]);
  }

  /** Sends what was known before of some cars, or of all, if the node is set to. */
  restored(vins?: readonly string[]): void {
    if (this.#restores) void this.#sendKnown(this.#output.restored(this.#carsOf(vins)));
  }

  /** Sends all present values: to the brokers that are known, else by the `send` of a message. */
  snapshot(send: Send): Promise<void> {
    const messages = this.#output.snapshot(this.account.registry.cars);
    if (this.#brokers.isUsed) return this.#sendKnown(messages);
    return this.#onceSaved(() => {
      send([messages, null]);
    });
  }

  /** Returns whether a message was about a broker. */
  takesStatus(message: Parameters<BrokerWatch["handle"]>[0]): boolean {
    return this.#brokers.handle(message);
  }

  close(): void {
    this.#brokers.close();
    this.#portions.close();
    this.#wholeCars?.close();
  }

  /** What a reader passes on below its own prefix comes back to it, and would go round for ever. */
  get #mayHearItself(): boolean {
    return this.#isRaw && this.account.settings.source === "broker";
  }

  #sendAnew(): void {
    void this.#sendKnown(this.#output.resent(this.account.registry.cars));
    // Who reads what is passed on has to know whether there is more to come.
    const state = this.#isRaw ? streamEventOf(this.account.status) : null;
    if (state !== null) this.event(state, systemClock.now());
  }

  #sendKnown(messages: ValueMessage[]): Promise<void> {
    return this.#onceSaved(() => {
      this.#portions.send(this.#traced(messages));
    });
  }

  /**
   * Sends messages of all that is known, of now. Whole cars are for a broker to keep, so they are sent when they are on the
   * disk as well: a process that is killed begins with what lies there, and would replace fuller ones at the broker.
   */
  async #onceSaved(send: () => void): Promise<void> {
    if (this.#isRaw) await this.account.registry.saved();
    send();
  }

  #traced(messages: Traced[]): ValueMessage[] {
    if (messages.length === 0) return messages;
    // Those of one payload have an id in common by now, as good as another one.
    const id = partsOf(messages[0])?.id ?? this.RED.util.generateId();
    for (const message of messages) message._msgid = id;
    return messages;
  }

  #carsOf(vins?: readonly string[]): Account["registry"]["cars"] {
    const { cars } = this.account.registry;
    if (vins === undefined) return cars;
    const known = (vin: string) => {
      const car = cars.get(vin);
      return car === undefined ? [] : [[vin, car] as const];
    };
    return new Map(vins.flatMap(known));
  }
}

function partsOf(message: Traced | undefined): Parts | undefined {
  return message !== undefined && "parts" in message ? message.parts : undefined;
}

/** Returns whether what is known of a car has changed; what comes without a message of BMW's is about a change. */
function bringsNews({ readings, envelope }: Update): boolean {
  return readings.length > 0 || envelope === undefined;
}
