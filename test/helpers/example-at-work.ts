import { tracking } from "../../demo/set-up.js";
import type { Simulator } from "../simulator/index.js";
import { eventually } from "./eventually.js";
import { exampleFlow, toPattern, withAccount } from "./examples.js";
import { accountNode, streamMessage, type FlowNode } from "./flow.js";
import { RedAtWork } from "./red-at-work.js";
import { saveLogin } from "./saved-login.js";

const ERROR_LEVEL = 20;
const MINUTE_MS = 60_000;
const SETTINGS = { mqttReconnectTime: 300 };

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

/** A real Node-RED and a simulated BMW, at which one example after the other is played. */
export class ExampleAtWork {
  #flow: FlowNode[] = [];
  #account = "";
  /** Outputs that have sent anything before what was sent was forgotten. */
  readonly #spoken = new Set<string>();
  #plays = 0;

  protected constructor(
    readonly simulator: Simulator,
    protected work: RedAtWork,
  ) {}

  /** @param userDir a user folder in which the package is installed */
  protected static startRed(userDir: string): Promise<RedAtWork> {
    return RedAtWork.start({ userDir, settings: SETTINGS });
  }

  /** Deploys an example at the simulator, logged in by default, and waits until it is live. */
  async play(
    file: string,
    { change = (node) => node, isOmitted = () => false, more = [], isLoginLost = false }: Preparation = {},
  ): Promise<void> {
    const { red } = this.work;
    const example = exampleFlow(file);
    // One of its own, so that it knows nothing of what was played before.
    this.#account = `account-${++this.#plays}`;
    const flow = withAccount(example, this.#account).filter((node) => !isOmitted(node));
    const { storeKey } = await saveLogin(red.userDir, this.#account, this.simulator);
    const credentials = { clientId: this.simulator.clientId, ...(!isLoginLost && { storeKey }) };
    red.logs.length = 0;
    this.#forgetSent();
    this.#spoken.clear();
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
    await this.deployAgain();
    await this.work.connected(this.#account);
  }

  /** Node-RED ends and starts again, with what it has kept of flows and cars. */
  async restart(): Promise<void> {
    const { userDir } = this.work.red;
    await this.work.red.stop();
    this.work = await ExampleAtWork.startRed(userDir);
    await this.work.connected(this.#account);
  }

  /** Everything starts anew, and may not be live yet. */
  protected async deployAgain(): Promise<void> {
    this.#forgetSent();
    await this.work.deploy(this.#flow);
  }

  /** Fills in what the dialogs would hold, as far as it depends on the stage. */
  protected atHand(node: FlowNode): FlowNode {
    return node;
  }

  #atHand(node: FlowNode, credentials: object): FlowNode {
    const { id, type } = node;
    if (type === "cardata-account") return accountNode(this.simulator, { id, credentials });
    if (type === "cardata-traccar") return tracking(node, this.simulator) as FlowNode;
    return this.atHand(node);
  }

  /** BMW sends values of a car, as measured some minutes ago. */
  publish(vin: string, data: Record<string, unknown>, minutesAgo = 0): void {
    this.simulator.publish(vin, streamMessage(vin, data, Date.now() - minutesAgo * MINUTE_MS));
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

  /** Returns the errors of Node-RED and its nodes since the example was deployed. */
  errors(): string[] {
    return this.work.red.logs.filter(({ level }) => level <= ERROR_LEVEL).map(({ msg }) => String(msg));
  }
}
