import { packetSizeOf, type MqttMessage } from "../../src/homeassistant/mqtt-message.js";
import type { Clock } from "../../src/support/clock.js";

const TRAVEL_MS = 10;
const RECONNECT_MS = 5000;
const STATUS = {
  connected: { fill: "green", shape: "dot" },
  connecting: { fill: "yellow", shape: "ring" },
  disconnected: { fill: "red", shape: "ring" },
};

/**
 * Core's `mqtt out` node and a broker that takes packets up to a size, on a simulated clock.
 *
 * Seen with Node-RED 4.1 (MQTT.js 5.15) at Mosquitto 2.0.11 and aedes 1.2 on 2026-11-29: while it is not connected, the
 * node drops what it gets. A message of QoS 1 is kept until the broker has it; on a new connection what is kept goes
 * first, one after the other, and only then the node counts as connected. One of QoS 0 that was cut off is gone.
 *
 * HiveMQ CE 2025.5 with MQTT 5 (seen in August 2026) takes ten messages of QoS 1 that it has not answered yet, and
 * disconnects at the next one; MQTT.js heeds nothing of it.
 */
export class CoreMqttOut {
  /** Returns how often the broker disconnected because of a packet that is too large, or of too many at once. */
  cuts = 0;
  /** Sizes of those packets. */
  readonly refused = new Set<number>();
  isConnected = false;
  #kept: MqttMessage[] = [];
  /** Counts connections, so that what travels on a former one is lost. */
  #connection = 0;

  constructor(
    private readonly clock: Clock,
    private readonly maximumPacketSize: number,
    private readonly report: (message: object) => void,
    /** Retained messages of the broker. */
    readonly broker = new Map<string, string | Buffer>(),
    /** Messages of QoS 1 that it takes without having answered them. */
    private readonly receiveMaximum = Infinity,
  ) {}

  get isStuck(): boolean {
    return this.#kept.length > 0;
  }

  readonly send = (messages: readonly MqttMessage[]): void => {
    if (!this.isConnected) return;
    for (const message of messages) {
      if (message.qos === 1 && this.#kept.length >= this.receiveMaximum) {
        this.cuts++;
        this.#kept.push(message);
        this.cut();
        return;
      }
      if (message.qos === 1) this.#kept.push(message);
      this.#travel(() => {
        this.#arrive(message);
      });
    }
  };

  connect(): void {
    this.#connection++;
    this.#status("connecting");
    this.#travel(() => {
      this.#deliverKept();
    });
  }

  /** The connection breaks, by default without a reason; the next one is made `ms` milliseconds later. */
  cut(ms = RECONNECT_MS): void {
    this.isConnected = false;
    this.#connection++;
    this.#status("disconnected");
    this.clock.after(ms, () => {
      this.connect();
    });
  }

  /** Node-RED ends, and what the node has kept with it. */
  end(): void {
    this.isConnected = false;
    this.#connection++;
    this.#kept = [];
  }

  #deliverKept(): void {
    const [first] = this.#kept;
    if (first === undefined) {
      this.isConnected = true;
      this.#status("connected");
    } else if (this.#arrive(first))
      this.#travel(() => {
        this.#deliverKept();
      });
  }

  #travel(run: () => void): void {
    const connection = this.#connection;
    this.clock.after(TRAVEL_MS, () => {
      if (connection === this.#connection) run();
    });
  }

  #arrive(message: MqttMessage): boolean {
    if (packetSizeOf(message) > this.maximumPacketSize) {
      this.cuts++;
      this.refused.add(packetSizeOf(message));
      this.cut();
      return false;
    }
    this.#kept = this.#kept.filter((one) => one !== message);
    if (message.payload.length === 0) this.broker.delete(message.topic);
    else this.broker.set(message.topic, message.payload);
    return true;
  }

  #status(state: keyof typeof STATUS): void {
    const text = `node-red:common.status.${state}`;
    this.report({ status: { ...STATUS[state], text, source: { id: "out", type: "mqtt out" } } });
  }
}
