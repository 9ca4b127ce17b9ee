import { connectAsync, type MqttClient } from "mqtt";
import { tracking } from "../../demo/set-up.js";
import { startSimulator, type Simulator } from "../simulator/index.js";
import { OsmAndServer } from "../simulator/osmand-server.js";
import { eventually } from "./eventually.js";
import { exampleFlow, withAccount } from "./examples.js";
import { accountNode, streamMessage, type FlowNode } from "./flow.js";
import { startBroker, type PlainBroker } from "./plain-broker.js";
import { RedAtWork } from "./red-at-work.js";
import { saveLogin } from "./saved-login.js";

const ERROR_LEVEL = 20;
const MINUTE_MS = 60_000;
const SETTINGS = { mqttReconnectTime: 300 };
const ECHO = "stage/echo/";

/** Changes an example before it is deployed, as its comment asks the user to. */
type Change = (node: FlowNode) => FlowNode;

/** Describes the preparation of an example. */
export interface Preparation {
  readonly change?: Change;
  /** Nodes that are left out. */
  readonly isOmitted?: (node: FlowNode) => boolean;
  /** Nodes that are deployed besides. */
  readonly more?: readonly FlowNode[];
  /** There was a login, but its key is gone. */
  readonly isLoginLost?: boolean;
}

/** Messages that arrived at the broker, in order. */
interface Arrived {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
}

/** `*` stands for anything. */
function toPattern(chosen: string): RegExp {
  return new RegExp(`^${chosen.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
}

/** The tab with the address that its comment asks for, if it does. */
function withTraccar(tab: FlowNode, url: string): FlowNode {
  const env = (tab["env"] ?? []) as readonly { readonly name: string }[];
  return { ...tab, env: env.map((one) => (one.name === "TRACCAR_ADDRESS" ? { ...one, value: `${url}/` } : one)) };
}

/** A real Node-RED, a simulated BMW and an MQTT broker, on which one example after the other is played. */
export class Stage {
  /** Returns the messages at the broker since the example was deployed. */
  readonly arrived: Arrived[] = [];
  #flow: FlowNode[] = [];
  /** Outputs that have sent anything before what was sent was forgotten. */
  readonly #spoken = new Set<string>();
  #account = "";
  #echoes = 0;

  private constructor(
    readonly simulator: Simulator,
    private broker: PlainBroker,
    private work: RedAtWork,
    private readonly listener: MqttClient,
    readonly osmand: OsmAndServer,
  ) {
    listener.on("message", (topic, payload, { retain }) => {
      if (!topic.startsWith(ECHO)) this.arrived.push({ topic, text: payload.toString(), retain });
    });
  }

  /** @param userDir a user folder in which the package is installed */
  static async open(userDir: string): Promise<Stage> {
    const simulator = await startSimulator({ tick: 0, autoApprove: true });
    const broker = await startBroker();
    const work = await RedAtWork.start({ userDir, settings: SETTINGS });
    const listener = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await listener.subscribeAsync("#");
    return new Stage(simulator, broker, work, listener, await OsmAndServer.start());
  }

  async close(): Promise<void> {
    await this.listener.endAsync();
    await this.work.red.stop();
    await this.broker.stop();
    await this.osmand.stop();
    await this.simulator.stop();
  }

  /** Deploys an example at the simulator and the broker, logged in by default, and waits until it is live. */
  async play(
    file: string,
    { change = (node) => node, isOmitted = () => false, more = [], isLoginLost = false }: Preparation = {},
  ): Promise<void> {
    const { red } = this.work;
    const example = exampleFlow(file);
    // One of its own, so that it knows nothing of what others have left.
    this.#account = `account-of-${example[0]?.id}`;
    const flow = withAccount(example, this.#account).filter((node) => !isOmitted(node));
    const { storeKey } = await saveLogin(red.userDir, this.#account, this.simulator);
    const credentials = { clientId: this.simulator.clientId, ...(!isLoginLost && { storeKey }) };
    red.logs.length = 0;
    this.#forgetSent();
    this.#spoken.clear();
    this.arrived.length = 0;
    this.#flow = [...flow.map((node) => change(this.#atHand(node, credentials))), ...more];
    await this.work.deploy(this.#flow);
    if (!isLoginLost) await this.work.connected(this.#account);
    // A saved login does not ask BMW for the list of cars, as one in the dialog does.
    if (flow.some(({ type }) => type === "cardata-telematics"))
      await this.work.admin.post(`/cardata/account/${this.#account}/discover`);
    if (flow.some(({ type }) => type === "mqtt-broker"))
      await eventually("a connection to the broker", () =>
        red.logs.some(({ msg }) => String(msg).includes("Connected to broker")),
      );
  }

  /** Everything starts anew with what it knew, and is live again. */
  async redeploy(): Promise<void> {
    this.#forgetSent();
    await this.work.deploy(this.#flow);
    await this.work.connected(this.#account);
  }

  /** Node-RED ends and starts again, with what it has kept of flows and cars. */
  async restart(): Promise<void> {
    const { userDir } = this.work.red;
    await this.work.red.stop();
    this.work = await RedAtWork.start({ userDir, settings: SETTINGS });
    await this.work.connected(this.#account);
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
    this.#forgetSent();
    await this.work.deploy(this.#flow);
    // What was known before is sent, and lost.
    await this.work.red.message(
      ({ port, message }) => port === 0 && (message["source"] === "restored" || message["retain"] === true),
    );
    return this.broker;
  }

  /** Fills in what the dialogs would hold: the addresses of simulator, broker and trackers. */
  #atHand(node: FlowNode, credentials: object): FlowNode {
    const { id, type } = node;
    if (type === "cardata-account") return accountNode(this.simulator, { id, credentials });
    if (type === "cardata-traccar") return tracking(node, this.simulator) as FlowNode;
    if (type === "mqtt-broker") return { ...node, broker: "127.0.0.1", port: String(this.broker.port) };
    if (type === "tab") return withTraccar(node, this.osmand.url);
    return node;
  }

  /** BMW sends values of a car, as measured some minutes ago. */
  publish(vin: string, data: Record<string, unknown>, minutesAgo = 0): void {
    this.simulator.publish(vin, streamMessage(vin, data, Date.now() - minutesAgo * MINUTE_MS));
  }

  /** Somebody else publishes at the broker. */
  async say(topic: string, text: string, retain = false): Promise<void> {
    await this.listener.publishAsync(topic, text, { qos: 1, retain });
  }

  /** Presses the button of an inject node. */
  async press(name: string): Promise<void> {
    const { id } = this.node("inject", name);
    const response = await fetch(`${this.work.red.url}/inject/${id}`, { method: "POST" });
    if (!response.ok) throw new Error(`${name} could not be pressed: ${response.status}`);
  }

  /** The address of Node-RED. */
  get url(): string {
    return this.work.red.url;
  }

  /** A page of Node-RED or of its nodes. */
  async get(path: string): Promise<{ status: number }> {
    return this.work.admin.get(path);
  }

  /** The only node of a type, or that with a name. */
  node(type: string, name?: string): FlowNode {
    const [node, ...others] = this.#flow.filter(
      (one) => one.type === type && (name === undefined || one["name"] === name),
    );
    if (node === undefined || others.length > 0) throw new Error(`There is not one ${type} “${name ?? ""}”`);
    return node;
  }

  /** The only node to which an inject node leads. */
  pressed(name: string): FlowNode {
    const [[id] = []] = this.node("inject", name)["wires"] as string[][];
    const node = this.#flow.find((one) => one.id === id);
    if (node === undefined) throw new Error(`“${name}” leads nowhere`);
    return node;
  }

  /** The first message, past or to come, that an output of a node sent and that fits. */
  async message(
    { id }: FlowNode,
    fits: (message: Record<string, unknown>) => boolean = () => true,
    port = 0,
  ): Promise<Record<string, unknown>> {
    const { message } = await this.work.red.message((sent) => {
      return sent.id === id && sent.port === port && fits(sent.message);
    });
    return message;
  }

  /** Payloads that an output of a node has sent so far. */
  payloads({ id }: FlowNode, port = 0): unknown[] {
    const sent = this.work.red.sent.filter((one) => one.id === id && one.port === port);
    return sent.map(({ message }) => message["payload"]);
  }

  /** Returns the descriptors that cardata-stream nodes have sent although they were not chosen. */
  strangers(): string[] {
    const chosenIn = new Map(
      this.#flow.flatMap(({ id, type, descriptors }) => {
        const chosen = type === "cardata-stream" ? (descriptors as string[]) : [];
        return chosen.length === 0 ? [] : [[id, chosen.map(toPattern)] as const];
      }),
    );
    return this.work.red.sent.flatMap(({ id, port, message }) => {
      const descriptor = String(message["descriptor"]);
      const isChosen = chosenIn.get(id)?.some((pattern) => pattern.test(descriptor)) ?? true;
      return port !== 0 || isChosen ? [] : [descriptor];
    });
  }

  /** Returns the wired outputs of which nothing has come since the example was deployed: name of the node and output. */
  silent(): string[] {
    this.#forgetSent();
    return this.#flow.flatMap(({ id, type, name, wires = [] }) =>
      (wires as string[][]).flatMap((targets, port) =>
        targets.length === 0 || this.#spoken.has(`${id}/${port}`) ? [] : [`${String(name) || type}/${port + 1}`],
      ),
    );
  }

  #forgetSent(): void {
    const { sent } = this.work.red;
    for (const { id, port } of sent) this.#spoken.add(`${id}/${port}`);
    sent.length = 0;
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

  /** Returns the errors of Node-RED and its nodes since the example was deployed. */
  errors(): string[] {
    return this.work.red.logs.filter(({ level }) => level <= ERROR_LEVEL).map(({ msg }) => String(msg));
  }
}
