import { connectAsync, type MqttClient } from "mqtt";
import { startSimulator, type Simulator } from "../simulator/index.js";
import { OsmAndServer } from "../simulator/osmand-server.js";
import { eventually } from "./eventually.js";
import { ExampleAtWork, type Preparation } from "./example-at-work.js";
import type { FlowNode } from "./flow.js";
import { startBroker, type PlainBroker } from "./plain-broker.js";
import type { RedAtWork } from "./red-at-work.js";

const ECHO = "stage/echo/";

/** Messages that arrived at the broker, in order. */
interface Arrived {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
}

/** The tab with the address that its comment asks for, if it does. */
function withTraccar(tab: FlowNode, url: string): FlowNode {
  const env = (tab["env"] ?? []) as readonly { readonly name: string }[];
  return { ...tab, env: env.map((one) => (one.name === "TRACCAR_ADDRESS" ? { ...one, value: `${url}/` } : one)) };
}

/** A stage with an MQTT broker and a Traccar that is told of cars. */
export class Stage extends ExampleAtWork {
  /** Returns the messages at the broker since the example was deployed. */
  readonly arrived: Arrived[] = [];
  #echoes = 0;

  private constructor(
    simulator: Simulator,
    work: RedAtWork,
    private broker: PlainBroker,
    private readonly listener: MqttClient,
    readonly osmand: OsmAndServer,
  ) {
    super(simulator, work);
    listener.on("message", (topic, payload, { retain }) => {
      if (!topic.startsWith(ECHO)) this.arrived.push({ topic, text: payload.toString(), retain });
    });
  }

  /** @param userDir a user folder in which the package is installed */
  static async open(userDir: string): Promise<Stage> {
    const simulator = await startSimulator({ tick: 0, autoApprove: true });
    const broker = await startBroker();
    const work = await ExampleAtWork.startRed(userDir);
    const listener = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await listener.subscribeAsync("#");
    return new Stage(simulator, work, broker, listener, await OsmAndServer.start());
  }

  async close(): Promise<void> {
    await this.listener.endAsync();
    await this.work.red.stop();
    await this.broker.stop();
    await this.osmand.stop();
    await this.simulator.stop();
  }

  override async play(file: string, preparation: Preparation = {}): Promise<void> {
    // What the former example still says must not be taken for this one's.
    await this.work.deploy([]);
    await this.#echo();
    this.arrived.length = 0;
    await super.play(file, preparation);
  }

  /** Resolves when everything that was published before has arrived. */
  async #echo(): Promise<void> {
    const last = `${ECHO}${++this.#echoes}`;
    const heard = new Promise<void>((resolve) => {
      const take = (topic: string): void => {
        if (topic !== last) return;
        this.listener.off("message", take);
        resolve();
      };
      this.listener.on("message", take);
    });
    await this.listener.publishAsync(last, "!", { qos: 1 });
    await heard;
  }

  /** The broker goes, and comes back without anything that it had kept. */
  async forget(): Promise<void> {
    await this.broker.stop();
    this.broker = await startBroker(this.broker.port);
    this.arrived.length = 0;
  }

  /** Everything starts anew at a broker that has forgotten everything, and is not there until `broker.answer`. */
  async startWithoutBroker(): Promise<{ answer(): void }> {
    await this.forget();
    this.broker.keepSilent();
    await this.deployAgain();
    // What was known before is sent, and lost.
    await this.work.red.message(
      ({ port, message }) => port === 0 && (message["source"] === "restored" || message["retain"] === true),
    );
    return this.broker;
  }

  protected override atHand(node: FlowNode): FlowNode {
    const { type } = node;
    if (type === "mqtt-broker") return { ...node, broker: "127.0.0.1", port: String(this.broker.port) };
    return type === "tab" ? withTraccar(node, this.osmand.url) : node;
  }

  /** Somebody else publishes at the broker. */
  async say(topic: string, text: string, retain = false): Promise<void> {
    await this.listener.publishAsync(topic, text, { qos: 1, retain });
  }

  /** Waits until a text has come to a topic of the broker. */
  async arrival(topic: string, text?: string): Promise<Arrived> {
    const fits = (one: Arrived) => one.topic === topic && (text === undefined || one.text === text);
    return eventually(`${text ?? "something"} at ${topic}`, () => this.arrived.find(fits));
  }

  /** Waits until a text of such a form has come to a topic of the broker. */
  async arrivalLike(topic: string, form: RegExp): Promise<Arrived> {
    const fits = (one: Arrived) => one.topic === topic && form.test(one.text);
    return eventually(`${form} at ${topic}`, () => this.arrived.find(fits));
  }

  /** Returns the retained messages that a new client finds. */
  async retained(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const late = await connectAsync(`mqtt://127.0.0.1:${this.broker.port}`);
    // The broker hands out what it has kept in the order in which it came.
    const last = `${ECHO}${++this.#echoes}`;
    const complete = new Promise<void>((resolve) => {
      late.on("message", (topic, payload, { retain }) => {
        if (topic === last) resolve();
        else if (retain && !topic.startsWith(ECHO)) found.set(topic, payload.toString());
      });
    });
    await this.listener.publishAsync(last, "!", { qos: 1, retain: true });
    await late.subscribeAsync("#");
    await complete;
    await late.endAsync();
    return found;
  }
}
