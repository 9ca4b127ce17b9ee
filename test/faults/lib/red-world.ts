import { pathToFileURL } from "node:url";
import type { AccountView, ErrorView } from "../../../nodes/lib/admin-contract.js";
import { eventually } from "../../helpers/eventually.js";
import { ACCOUNT, PLACE, SOC, streamMessage, type FlowNode } from "../../helpers/flow.js";
import { linkPackage } from "../../helpers/node-red.js";
import { RedAtWork, redFlow, withCredentials } from "../../helpers/red-at-work.js";
import { temporaryFolder, RedProcess, type RedProcessOptions } from "../../helpers/red-process.js";
import { savedAccountFolder, readLogin, saveLogin } from "../../helpers/saved-login.js";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../simulator/index.js";
import { MachineControl } from "./machine-control.js";
import { MACHINE_VARIABLE, type MachineState } from "./machine.js";
import { Network } from "./network.js";
import { WorldClock } from "./world-clock.js";

export interface RedWorldOptions {
  /**
   * Factor by which time runs faster than the real one; default 1. Disk and network keep their speed, so that limits of
   * 10 s are hardly met beyond 10 on a busy machine.
   */
  readonly speed?: number;
  readonly simulator?: SimulatorOptions;
  /** More options of Node-RED's process. */
  readonly process?: Partial<RedProcessOptions>;
  /** Properties of the account, and of the stream node. */
  readonly account?: object;
  readonly stream?: object;
  /** More nodes of the flow. */
  readonly more?: readonly FlowNode[];
  /** Prepares the user folder before the first start. */
  readonly prepare?: (userDir: string) => void;
}

/** Limits every wait, as the machine may be busy [ms]. */
/** Node-RED's own. */
const CLOSE_TIMEOUT_MS = 15_000;
const PUBLISH_AGAIN_AFTER = 20;
const DAY_MS = 24 * 3600 * 1000;
const PRELOAD = pathToFileURL(require.resolve("./preload.js")).href;
/** A descriptor of its own for each purpose. */
export const COUNTER = "vehicle.test.counter";

const SOC_NODE = "soc";
const ASKING_NODE = "ask";
/** The output of the estimates' node for learning reports. */
const REPORTS = 2;

/** The flow beside account and stream node: calls on request, estimates, and recorders of what the nodes show. */
function nodesOf(vin: string): FlowNode[] {
  const inject = (id: string, to: string) => ({ id, type: "inject", ...PLACE, props: [], wires: [[to]] });
  return [
    inject("press-ask", ASKING_NODE),
    {
      id: ASKING_NODE,
      type: "cardata-telematics",
      ...PLACE,
      account: ACCOUNT,
      vehicle: vin,
      operation: "basicData",
      wires: [["values"]],
    },
    inject("press-soc", SOC_NODE),
    { id: SOC_NODE, type: "cardata-predicted-soc", ...PLACE, account: ACCOUNT, wires: [["values"], [], ["events"]] },
    { id: "watch", type: "status", ...PLACE, scope: null, wires: [["values"]] },
  ];
}

/** A real Node-RED with the built package on a machine that may fail, and a simulated BMW that outlives it. */
export class RedWorld {
  #work: RedAtWork | null = null;
  #machine: MachineControl | null = null;
  readonly startedAt: number;
  readonly #all: RedProcess[] = [];
  #values = 0;

  private constructor(
    readonly clock: WorldClock,
    readonly simulator: Simulator,
    readonly network: Network,
    readonly userDir: string,
    private readonly options: RedWorldOptions,
    private storeKey: string,
  ) {
    this.startedAt = clock.now();
  }

  /** Logs in and waits until all cars are known and the stream is live. */
  static async live(options: RedWorldOptions = {}): Promise<RedWorld> {
    const world = await RedWorld.#create(options);
    try {
      await world.boot();
      const { clientId } = world.simulator;
      await world.work.deploy(withCredentials(world.flow, { clientId, storeKey: world.storeKey }));
      await world.connected();
      await world.work.admin.post(`/cardata/account/${ACCOUNT}/discover`);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  static async #create(options: RedWorldOptions): Promise<RedWorld> {
    const clock = new WorldClock(options.speed ?? 1);
    const simulator = await startSimulator({ clock, tick: 0, ...options.simulator });
    const network = await Network.to(simulator);
    const userDir = temporaryFolder("faults");
    linkPackage(userDir);
    options.prepare?.(userDir);
    const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator, { now: clock.now() });
    return new RedWorld(clock, simulator, network, userDir, options, storeKey);
  }

  get work(): RedAtWork {
    if (this.#work === null) throw new Error("Node-RED does not run");
    return this.#work;
  }

  get machine(): MachineControl {
    if (this.#machine === null) throw new Error("Node-RED does not run");
    return this.#machine;
  }

  get flow(): FlowNode[] {
    const { account = {}, stream = {}, more = [] } = this.options;
    const basics = redFlow(this.simulator, { account: { ...this.network.endpoints, ...account }, stream });
    return [...basics, ...nodesOf(this.vin), ...more];
  }

  /** The car that is active. */
  get vin(): string {
    return this.simulator.cars[0]!.vin;
  }

  /** The account's files. */
  get folder(): string {
    return savedAccountFolder(this.userDir, ACCOUNT);
  }

  /** Starts Node-RED. */
  async boot(changes: Partial<MachineState> = {}): Promise<void> {
    const red = this.spawn(changes);
    await red.begun();
    this.#work = RedAtWork.of(red);
  }

  /** Starts the process of Node-RED. */
  spawn(changes: Partial<MachineState> = {}): RedProcess {
    const state: Partial<MachineState> = { time: this.clock.scale, ...changes };
    const { env = {}, preload = [], ...more } = this.options.process ?? {};
    // Node-RED gets real time for its end, because the disk runs on that.
    const settings = { nodeCloseTimeout: CLOSE_TIMEOUT_MS * (this.options.speed ?? 1) };
    const red = RedProcess.spawn({
      userDir: this.userDir,
      settings,
      ...more,
      preload: [PRELOAD, ...preload],
      env: { ...env, [MACHINE_VARIABLE]: JSON.stringify(state) },
    });
    this.#all.push(red);
    this.#machine = new MachineControl(red.child);
    return red;
  }

  async kill(): Promise<void> {
    await this.#work?.red.kill();
  }

  async stop(): Promise<void> {
    await this.#work?.red.stop();
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((red) => red.kill()));
    await this.network.close();
    await this.simulator.stop();
  }

  /** `null` while Node-RED has no such account. */
  async status(): Promise<AccountView | null> {
    const { status, body } = await this.work.admin.get(`/cardata/account/${ACCOUNT}/status`);
    return status === 200 ? (body as AccountView) : null;
  }

  /** Waits for a status of the account. */
  until(what: string, fits: (status: AccountView) => boolean): Promise<AccountView> {
    return eventually(what, async () => {
      const status = await this.status();
      return status !== null && fits(status) && status;
    });
  }

  /** Waits until the stream is live. */
  connected(): Promise<AccountView> {
    return this.until("a live stream", ({ stream }) => stream.state === "live");
  }

  /** Sends a value that was never sent before over the stream, with others if given; returns it. */
  publish(others: Record<string, unknown> = {}): number {
    const value = ++this.#values;
    const message = streamMessage(this.vin, { [COUNTER]: value, ...others }, this.clock.now());
    this.simulator.publish(this.vin, message);
    return value;
  }

  /**
   * Repeats values until one arrives, and `others` with it; values that a dead connection got are lost, as they are at
   * BMW.
   */
  async hears(others: Record<string, unknown> = {}): Promise<void> {
    let value = this.publish(others);
    let tries = 0;
    const isHeard = () => {
      if (this.#hasArrived(value)) return true;
      if (++tries % PUBLISH_AGAIN_AFTER === 0) value = this.publish(others);
      return false;
    };
    await eventually("a value", isHeard);
  }

  #hasArrived(value: number): boolean {
    const { sent } = this.work.red;
    return sent.some(({ message }) => message["descriptor"] === COUNTER && message["payload"] === value);
  }

  /** Renews the tokens on request; resolves to `null`, or to the reason of the failure. */
  async refresh(): Promise<string | null> {
    const { status, body } = await this.work.admin.post(`/cardata/account/${ACCOUNT}/refresh`);
    return status === 200 ? null : JSON.stringify((body as Partial<ErrorView>).error ?? status);
  }

  /** Presses a button with properties of a message. */
  async press(
    button: "press-ask" | "press-soc",
    message: Readonly<Record<string, string | number>> = {},
  ): Promise<void> {
    const props = Object.entries(message).map(([p, v]) => ({
      p,
      v: String(v),
      vt: typeof v === "number" ? "num" : "str",
    }));
    await this.work.admin.post(`/inject/${button}`, { __user_inject_props__: props });
  }

  /**
   * Enters the capacity of the car [kWh], which is learned data. Returns when the node has taken it, and after how long [ms]:
   * the button is answered before its message has gone through the flow, which takes a while where Node-RED has just
   * started on a busy machine.
   */
  async learn(kwh: number): Promise<number> {
    const { red } = this.work;
    // Without a level there is nothing to estimate.
    await this.hears({ [SOC]: 40 + (kwh % 20) });
    const reports = () => red.sent.filter(({ id, port }) => id === SOC_NODE && port === REPORTS);
    const before = reports().length;
    const pressed = performance.now();
    await this.press("press-soc", { vin: this.vin, command: "capacity", payload: kwh });
    // Messages of one button arrive in their order.
    await this.press("press-soc", { vin: this.vin, command: "report" });
    await red.message(() => reports().length > before);
    return performance.now() - pressed;
  }

  /** Waits until the log has one of these beginnings of a sentence. */
  async says(...beginnings: readonly string[]): Promise<boolean> {
    return eventually("a word", () => this.hasSaid(...beginnings)).catch(() => false);
  }

  /** Returns whether the log has one of these beginnings of a sentence now. */
  hasSaid(...beginnings: readonly string[]): boolean {
    return this.work.red.logs.some(({ msg }) => beginnings.some((text) => String(msg).includes(text)));
  }

  /** Returns the REST calls that reached BMW, oldest first. */
  get calls() {
    return this.simulator.log.entries.filter(({ kind }) => kind.startsWith("rest"));
  }

  /** Returns how many of them are of the present UTC day. */
  get callsToday(): number {
    const now = this.clock.now();
    return this.calls.filter(({ at }) => at >= now - (now % DAY_MS)).length;
  }

  /** Returns the login on the disk; `null` if there is none that can be decrypted. Only while its file is complete. */
  async savedRefreshToken(): Promise<string | null> {
    return (await readLogin(this.userDir, ACCOUNT, this.storeKey))?.refreshToken ?? null;
  }

  /** Logs the user in again, because the login is lost. */
  async logInAgain(): Promise<void> {
    const { storeKey } = this;
    await saveLogin(this.userDir, ACCOUNT, this.simulator, { storeKey, now: this.clock.now() });
  }
}
