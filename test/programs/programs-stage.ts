import { ExampleAtWork, type Preparation } from "../helpers/example-at-work.js";
import { CAR, isOfGuest } from "../helpers/example-brokers.js";
import type { FlowNode } from "../helpers/flow.js";
import { userFolder } from "../helpers/red-at-work.js";
import type { SentMessage } from "../helpers/red-process.js";
import { catalogueMessages } from "../helpers/whole-car.js";
import { SimulatedCar } from "../simulator/cars/car.js";
import { parkedCar } from "../simulator/cars/everyday.js";
import { startSimulator } from "../simulator/index.js";
import { sentText } from "./bytes.js";

/** Of BMW's pictures [bytes]. */
const IMAGE_BYTES = 300_000;

/** A message as it left. */
export interface Published {
  readonly text: string;
  readonly isKept: boolean;
}

/** Where the broker is, and how it is spoken to. */
export interface At {
  readonly port: number;
  /** As the dialog of the broker stores it: 4 is MQTT 3.1.1. */
  readonly protocol?: "4" | "5";
}

/** A stage whose brokers and databases are programs of others. */
export class ProgramsStage extends ExampleAtWork {
  #at: At = { port: 0 };
  #flow: FlowNode[] = [];
  readonly #published = new Map<string, Published>();
  /** How many of the messages of Node-RED are among them. */
  #taken = 0;
  #redeploys = 0;

  static async open(): Promise<ProgramsStage> {
    const now = Date.now();
    const { design } = parkedCar(now);
    const services = { ...design.services, imageBytes: IMAGE_BYTES };
    // With a battery and a tank, so that no value is one that it cannot have.
    const basicData = { ...design.basicData, driveTrain: "PHEV_OTTO" };
    const cars = [new SimulatedCar({ ...design, vin: CAR, basicData, fuelL: 35, services, script: [] }, now)];
    const simulator = await startSimulator({ tick: 0, autoApprove: true, cars });
    return new ProgramsStage(simulator, await ExampleAtWork.startRed(userFolder()));
  }

  async close(): Promise<void> {
    await this.work.red.stop();
    await this.simulator.stop();
  }

  /** Deploys an example at a program. */
  async playAt(file: string, at: At, preparation: Preparation = {}): Promise<void> {
    this.#at = at;
    this.#flow = [];
    this.#published.clear();
    this.#redeploys = 0;
    this.#taken = 0;
    // Examples that are played in minutes are played on different days.
    this.simulator.faults.renewQuota();
    await this.play(file, { isOmitted: isOfGuest, ...preparation });
  }

  override async redeploy(): Promise<void> {
    this.published();
    this.#taken = 0;
    this.#redeploys++;
    await super.redeploy();
  }

  /** The car tells all that a car can tell. */
  publishAll(): void {
    for (const message of catalogueMessages(CAR, "metric", Date.now())) this.simulator.publish(CAR, message);
  }

  /** The last message of each topic that has gone to an `mqtt out` node since the example was deployed. */
  published(): ReadonlyMap<string, Published> {
    const { sent } = this.work.red;
    for (const one of sent.slice(this.#taken)) this.#take(one);
    this.#taken = sent.length;
    return this.#published;
  }

  /** The readings that the example's stream node has sent in the form of updates. */
  readings(): { readonly descriptor: string; readonly payload: unknown }[] {
    return this.work.red.sent.flatMap(({ message }) => (isUpdate(message) ? message.readings : []));
  }

  /** How often a connection to the broker was made since the example was deployed. */
  connections(): number {
    return this.#told(/Connected to broker/);
  }

  /** How often one was lost; Node-RED itself ends them where an example is deployed again. */
  losses(): number {
    return this.#told(/Disconnected from broker|Connection failed/) - this.#redeploys;
  }

  protected override atHand(node: FlowNode): FlowNode {
    const { port, protocol = "4" } = this.#at;
    const placed =
      node.type === "mqtt-broker"
        ? { ...node, broker: "127.0.0.1", port: String(port), protocolVersion: protocol }
        : node;
    this.#flow.push(placed);
    return placed;
  }

  #told(text: RegExp): number {
    return this.work.red.logs.filter(({ msg }) => text.test(String(msg))).length;
  }

  #take({ id, port, message }: SentMessage): void {
    const { topic, payload, retain } = message;
    for (const out of this.#outs(id, port)) {
      const isKept = out["retain"] === "true" || retain === true;
      this.#published.set(String(topic), { text: sentText(payload), isKept });
    }
  }

  /** The `mqtt out` nodes that an output of a node leads to. */
  #outs(id: string, port: number): FlowNode[] {
    const wires = this.#flow.find((node) => node.id === id)?.["wires"] as readonly (readonly string[])[] | undefined;
    const targets = wires?.[port] ?? [];
    return this.#flow.filter((node) => node.type === "mqtt out" && targets.includes(node.id));
  }
}

interface Update {
  readonly readings: readonly { readonly descriptor: string; readonly payload: unknown }[];
}

function isUpdate(message: object): message is Update {
  return "readings" in message && Array.isArray(message.readings);
}
