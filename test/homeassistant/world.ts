import { exampleFlow, exampleNumber, withAccount } from "../helpers/examples.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, accountNode, PLACE, type FlowNode } from "../helpers/flow.js";
import { lateConsumer, type Retained } from "../helpers/late-consumer.js";
import { RedAtWork, userFolder } from "../helpers/red-at-work.js";
import { saveLogin } from "../helpers/saved-login.js";
import { catalogueMessages } from "../helpers/whole-car.js";
import { startSimulator, type Simulator } from "../simulator/index.js";
import { HomeAssistant } from "./home-assistant.js";
import { automatedCar, drivingCar, fleet, lateCar, type Kind } from "./fleet.js";
import { Mosquitto } from "./mosquitto.js";

const EXAMPLE = exampleNumber("12");
/** Longer than the node waits for more before it announces [ms]. */
const QUIET_MS = 11_000;
/** A busy machine takes its time to announce thousands of entities [ms]. */
const LONGEST_MS = 300_000;

/** How the example is changed before it is deployed. */
export interface Changes {
  /** Of the node `cardata homeassistant`. */
  readonly node?: object;
  /** Cars as set up in the account. */
  readonly vehicles?: readonly { readonly vin: string }[];
}

/** A simulated BMW, Node-RED with example 12, Mosquitto, and two houses that listen to it: a metric one and one in the US. */
export class World {
  #changes: Changes = {};

  private constructor(
    readonly simulator: Simulator,
    readonly kinds: readonly Kind[],
    /** A car whose units come late. */
    readonly late: Kind,
    /** A car on the road. */
    readonly driver: Kind,
    /** A car on which the automations of the docs wait. */
    readonly automated: Kind,
    readonly broker: Mosquitto,
    readonly metric: HomeAssistant,
    /** Only where it is asked for. */
    readonly us: HomeAssistant | null,
    private readonly userDir: string,
    private readonly credentials: object,
    public red: RedAtWork,
  ) {}

  static async open({ hasUs, hasFrontend = false }: { hasUs: boolean; hasFrontend?: boolean }): Promise<World> {
    const kinds = fleet(Date.now());
    const [late, driver, automated] = [lateCar(Date.now()), drivingCar(Date.now()), automatedCar(Date.now())];
    const cars = [...kinds, late, driver, automated].map(({ car }) => car);
    const simulator = await startSimulator({ tick: 0, autoApprove: true, cars });
    const broker = await Mosquitto.create();
    await broker.start();
    const userDir = userFolder();
    const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator);
    const credentials = { clientId: simulator.clientId, storeKey };
    const [metric, us, red] = await Promise.all([
      HomeAssistant.start("metric", broker, { hasFrontend }),
      hasUs ? HomeAssistant.start("us_customary", broker) : null,
      RedAtWork.start(optionsOf(userDir)),
    ]);
    const world = new World(simulator, kinds, late, driver, automated, broker, metric, us, userDir, credentials, red);
    await world.deploy();
    // A saved login does not ask BMW for the cars, as one in the dialog does.
    await red.admin.post(`/cardata/account/${ACCOUNT}/discover`);
    return world;
  }

  async close(): Promise<void> {
    await Promise.all([this.red.red.stop(), ...this.houses.map((house) => house.stop())]);
    await this.broker.stop();
    await this.simulator.stop();
  }

  get houses(): readonly HomeAssistant[] {
    return this.us === null ? [this.metric] : [this.metric, this.us];
  }

  /** Deploys the example with other settings; those of before stay where they are not named. */
  async deploy(changes: Changes = {}): Promise<void> {
    this.#changes = { ...this.#changes, ...changes };
    await this.red.deploy(this.#flow());
    await this.red.connected(ACCOUNT);
    await this.#connected();
  }

  /** Changes what the account says of one car, as its dialog does. */
  async setUp(vin: string, more: object): Promise<void> {
    const { vehicles = [] } = this.#changes;
    const usual = { name: "", alias: "", ignore: false, driveType: "", batteryKwh: "", consumption: "" };
    const known = vehicles.find((car) => car.vin === vin) ?? { vin, ...usual };
    await this.deploy({ vehicles: [...vehicles.filter((car) => car.vin !== vin), { ...known, ...more }] });
  }

  async stopRed(): Promise<void> {
    await this.red.red.stop();
  }

  /** Power fails. */
  async killRed(): Promise<void> {
    await this.red.red.kill();
  }

  async startRed(): Promise<void> {
    this.red = await RedAtWork.start(optionsOf(this.userDir));
    await this.red.connected(ACCOUNT);
    await this.#connected();
  }

  /** Presses an inject node of the example, or `remove VIN`. */
  async press(name: string): Promise<void> {
    const node = this.#flow().find((one) => one.type === "inject" && one["name"] === name);
    if (node === undefined) throw new Error(`There is no button “${name}”`);
    const response = await fetch(`${this.red.red.url}/inject/${node.id}`, { method: "POST" });
    if (!response.ok) throw new Error(`“${name}” could not be pressed: ${response.status}`);
  }

  /** All cars send all that they can tell, and a picture of each comes from BMW's REST API. */
  async announceAll(): Promise<void> {
    for (const { vin, units } of this.kinds)
      for (const message of catalogueMessages(vin, units, Date.now())) this.simulator.publish(vin, message);
    await this.settled();
    await this.press("picture");
    await this.settled();
  }

  /** Sends all again, which brings what a busy house has missed. */
  async sendAgain(): Promise<void> {
    await this.press("send again");
    await this.settled();
  }

  /** What the broker keeps once nothing new has come to it for a while, so that all houses had time to take it. */
  async settled(): Promise<Retained> {
    await this.quiet(QUIET_MS);
    return this.broker.kept();
  }

  /** Waits until nothing has come to the broker for so long [ms]. */
  async quiet(quietMs: number): Promise<void> {
    await pause(quietMs);
    const isQuiet = () => Date.now() - this.broker.heardAt > quietMs;
    await eventually("a broker to which nothing new comes", isQuiet, LONGEST_MS);
  }

  /** Entities by unique id, as the broker announces them. */
  announced(kept: Retained) {
    return lateConsumer(kept).entities;
  }

  async #connected(): Promise<void> {
    const isConnected = () => this.red.red.logs.some(({ msg }) => String(msg).includes("Connected to broker"));
    await eventually("a connection to the broker", isConnected);
  }

  #flow(): FlowNode[] {
    const { node = {}, vehicles = [] } = this.#changes;
    const flow = withAccount(exampleFlow(EXAMPLE), ACCOUNT).map((one): FlowNode => {
      const { id, type } = one;
      if (type === "cardata-account")
        return accountNode(this.simulator, { id, vehicles, credentials: this.credentials });
      if (type === "mqtt-broker") return { ...one, broker: "127.0.0.1", port: String(this.broker.port) };
      return type === "cardata-homeassistant" ? { ...one, ...node } : one;
    });
    const announcer = flow.find(({ type }) => type === "cardata-homeassistant");
    const removes = this.kinds.map(({ vin }) => removal(vin, announcer?.id ?? "", String(announcer?.["z"])));
    return [...flow, ...removes];
  }
}

/** A button that removes one car. */
function removal(vin: string, target: string, z: string): FlowNode {
  const set = [
    { p: "command", v: "remove", vt: "str" },
    { p: "vin", v: vin, vt: "str" },
  ];
  const off = { repeat: "", crontab: "", once: false, topic: "" };
  return {
    id: `remove${vin}`,
    type: "inject",
    ...PLACE,
    z,
    name: `remove ${vin}`,
    props: set,
    ...off,
    wires: [[target]],
  };
}

function optionsOf(userDir: string) {
  return { userDir, settings: { mqttReconnectTime: 500 }, tellOnly: [] };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
