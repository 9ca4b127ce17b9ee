import assert from "node:assert/strict";
import { eventually } from "../helpers/eventually.js";
import { exampleFlow, exampleNumber, withAccount } from "../helpers/examples.js";
import { ACCOUNT, accountNode, PLACE, SOC, streamMessage, streamNode, TAB, type FlowNode } from "../helpers/flow.js";
import { startBroker } from "../helpers/plain-broker.js";
import { RedAtWork, userFolder } from "../helpers/red-at-work.js";
import { saveLogin } from "../helpers/saved-login.js";
import { telematicsNode } from "../helpers/telematics.js";
import { eavesdrop, findMosquitto, keptBy, startMosquitto, type UserBroker } from "../helpers/user-broker.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const DOORS = "vehicle.cabin.door.status";
const RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const READERS = 3;
const MINUTE_MS = 60_000;
const SETTINGS = { mqttReconnectTime: 300 };

const mosquitto = findMosquitto();
const startUserBroker = (port?: number): Promise<UserBroker> =>
  mosquitto === null ? startBroker(port) : startMosquitto(mosquitto, port);

/** A Node-RED with its user folder, which outlives it. */
class Instance {
  #work: RedAtWork | null = null;

  constructor(
    readonly account: string,
    readonly userDir = userFolder(),
  ) {}

  get work(): RedAtWork {
    if (this.#work === null) throw new Error("it is not running");
    return this.#work;
  }

  /** Starts it with the flow that it has; `flow`: the first one, or another. */
  async start(flow: readonly FlowNode[] | null = null): Promise<void> {
    this.#work = await RedAtWork.start({ userDir: this.userDir, settings: SETTINGS });
    if (flow !== null) await this.#work.deploy(flow);
    await this.#work.connected(this.account);
  }

  async end(how: "kill" | "stop"): Promise<void> {
    await this.#work?.red[how]();
    this.#work = null;
  }

  /** Waits until its stream node has sent this value. */
  async heard(value: unknown): Promise<void> {
    await this.work.red.message(
      ({ id, port, message }) => id === "stream" && port === 0 && message["payload"] === value,
    );
  }

  /** Values of a descriptor that its stream node has sent since the start, in order. */
  values(descriptor: string): unknown[] {
    return this.work
      .values()
      .flatMap(({ message }) => (message["descriptor"] === descriptor ? [message["payload"]] : []));
  }

  async told(what: string, code: string | undefined): Promise<void> {
    await eventually(what, async () => (await this.work.status(this.account)).stream.problem?.code === code);
  }
}

/** Example 18 at the simulator and the broker, with a button that sends everything. */
function ownerFlow(simulator: Simulator, { port }: UserBroker, storeKey: string): FlowNode[] {
  const example = withAccount(exampleFlow(exampleNumber("18")), ACCOUNT);
  const stream = example.find(({ type }) => type === "cardata-stream");
  const credentials = { clientId: simulator.clientId, storeKey };
  const atHand = (node: FlowNode): FlowNode => {
    if (node.type === "cardata-account") return accountNode(simulator, { id: node.id, credentials });
    return node.type === "mqtt-broker" ? { ...node, broker: "127.0.0.1", port: String(port) } : node;
  };
  const props = [{ p: "command", v: "snapshot", vt: "str" }];
  const button = { id: "everything", type: "inject", z: stream?.["z"], x: 100, y: 600, props, wires: [[stream?.id]] };
  return [...example.map(atHand), button];
}

function readerFlow({ port }: UserBroker): FlowNode[] {
  const broker = { source: "broker", brokerHost: "127.0.0.1", brokerPort: String(port), brokerPrefix: "bmw/" };
  const quiet = { type: "debug", ...PLACE, active: false, tosidebar: false, wires: [] };
  return [
    TAB,
    { id: ACCOUNT, type: "cardata-account", name: "", ...broker },
    streamNode({ restore: true }),
    telematicsNode({ automatic: true, wires: [["values"]] }),
    { id: "values", ...quiet },
    { id: "events", ...quiet },
  ];
}

describe(`one login for many Node-REDs, by ${mosquitto === null ? "aedes" : "Mosquitto"}`, () => {
  let simulator: Simulator;
  let broker: UserBroker;
  let vin: string;
  let owner: Instance;
  let readers: Instance[];

  before(async () => {
    simulator = await startSimulator({ tick: 0, autoApprove: true });
    broker = await startUserBroker();
    vin = simulator.cars[0]!.vin;
    owner = new Instance(ACCOUNT);
    const { storeKey } = await saveLogin(owner.userDir, ACCOUNT, simulator);
    await owner.start(ownerFlow(simulator, broker, storeKey));
    // A saved login does not ask BMW for the cars, as one in the dialog does.
    await owner.work.admin.post(`/cardata/account/${ACCOUNT}/discover`);
    readers = Array.from({ length: READERS }, () => new Instance(ACCOUNT));
    for (const reader of readers.slice(1)) await reader.start(readerFlow(broker));
  });
  after(async () => {
    await Promise.all([owner, ...readers].map((one) => one.end("stop")));
    await broker.stop();
    await simulator.stop();
  });

  const at = (minutesAgo: number) => Date.now() - minutesAgo * MINUTE_MS;
  const say = (data: Record<string, unknown>, minutesAgo = 0) => {
    simulator.publish(vin, streamMessage(vin, data, at(minutesAgo)));
  };
  const press = async (button: string) => {
    await fetch(`${owner.work.red.url}/inject/${button}`, { method: "POST" });
  };
  const everybody = async (value: unknown, who = readers) => {
    await Promise.all(who.map((reader) => reader.heard(value)));
  };
  const carsOf = async (reader: Instance) => {
    return (await reader.work.admin.get(`/cardata/account/${ACCOUNT}/vehicles`)).body as {
      vin: string;
      name: string;
    }[];
  };

  it("everybody hears what the car says", async () => {
    say({ [SOC]: 40, [DOORS]: "SECURED", [RANGE]: 201 }, 50);
    await everybody(40, readers.slice(1));
    await everybody(201, readers.slice(1));
  });

  it("one that comes new knows everything at once, with name and picture, and asks BMW nothing", async () => {
    await press("everything");
    const image = exampleFlow(exampleNumber("18")).find(({ type }) => type === "inject")?.id ?? "";
    await press(image);
    await eventually("what the broker keeps", async () => {
      const kept = await keptBy(broker);
      return String(kept.get(`bmw/${vin}`)).includes(RANGE) && kept.has(`bmw/${vin}/image`);
    });
    const [fresh] = readers;
    assert.ok(fresh !== undefined);
    await fresh.start(readerFlow(broker));
    for (const value of [40, 201]) await fresh.heard(value);
    const own = (await owner.work.admin.get(`/cardata/account/${owner.account}/vehicles`)).body as typeof cars;
    const cars = await eventually("the cars", async () => {
      const found = await carsOf(fresh);
      return found.some((car) => car.vin === vin) && found;
    });
    const nameOf = (list: typeof cars) => list.find((car) => car.vin === vin)?.name;
    assert.ok(nameOf(cars) !== "" && nameOf(cars) === nameOf(own), `${nameOf(cars)}, ${nameOf(own)}`);
    const { login, rest, quota } = await fresh.work.status();
    assert.deepEqual([login.state, rest.state, quota.used], ["not-needed", "off", 0]);
  });

  for (const how of ["kill", "stop"] as const)
    it(`a reader loses nothing that is said while it is off, after a ${how}`, async () => {
      const [reader] = readers;
      assert.ok(reader !== undefined);
      const levels = how === "kill" ? [41, 42, 43, 44] : [51, 52, 53, 54];
      await reader.end(how);
      levels.forEach((level, index) => {
        say({ [SOC]: level }, (how === "kill" ? 40 : 30) - index);
      });
      await everybody(levels.at(-1), readers.slice(1));
      await reader.start();
      await reader.heard(levels.at(-1));
      assert.deepEqual(reader.values(SOC).slice(-levels.length), levels);
    });

  for (const how of ["kill", "stop"] as const)
    it(`all readers say so when the owner is off, after a ${how}, and go on when it is back`, async () => {
      await owner.end(how);
      await Promise.all(readers.map((reader) => reader.told("the owner is off", "owner_offline")));
      await owner.start();
      await Promise.all(readers.map((reader) => reader.told("the owner is back", undefined)));
      const level = how === "kill" ? 60 : 61;
      say({ [SOC]: level }, level === 60 ? 20 : 19);
      await everybody(level);
    });

  it("a killed owner replaces nothing that the broker keeps by less", async () => {
    const keptRange = async () => {
      const whole = JSON.parse(String((await keptBy(broker)).get(`bmw/${vin}`))) as {
        data: Record<string, { value: unknown }>;
      };
      return whole.data[RANGE]?.value;
    };
    say({ [RANGE]: 202 }, 15);
    await everybody(202);
    await press("everything");
    await eventually("the new value at the broker", async () => (await keptRange()) === 202);
    await owner.end("kill");
    const { heard, stop } = await eavesdrop(broker);
    await owner.start();
    await eventually("the whole car of the new process", () => heard.includes(`bmw/${vin}`));
    await stop();
    assert.equal(await keptRange(), 202);
  });

  it("everything goes on at a broker that comes back without anything", async () => {
    const { port } = broker;
    await broker.stop();
    broker = await startUserBroker(port);
    await eventually("all that the broker should keep", async () => {
      const kept = await keptBy(broker);
      return String(kept.get(`bmw/${vin}`)).includes(SOC) && kept.has("bmw/account/event/connected");
    });
    for (const reader of readers) await reader.work.connected();
    say({ [SOC]: 70 }, 10);
    await everybody(70);
  });
});
