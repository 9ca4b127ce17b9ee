import { Admin, type DeployType } from "./admin.js";
import { eventually } from "./eventually.js";
import { ACCOUNT, accountNode, PLACE, streamNode, TAB, type FlowNode } from "./flow.js";
import { installPacked } from "./packed.js";
import { RedProcess, temporaryFolder, type RedProcessOptions, type SentMessage } from "./red-process.js";
import { saveLogin } from "./saved-login.js";
import type { Simulator } from "../simulator/index.js";
import type { AccountView } from "../../nodes/lib/admin-contract.js";

/** An account at the simulator with a stream node; both of its outputs lead to a Debug node that says nothing. */
export function redFlow(simulator: Simulator, changes: { account?: object; stream?: object } = {}): FlowNode[] {
  const quiet = { type: "debug", ...PLACE, active: false, tosidebar: false, wires: [] };
  const account = accountNode(simulator, changes.account);
  return [TAB, account, streamNode(changes.stream), { id: "values", ...quiet }, { id: "events", ...quiet }];
}

/** The flow with credentials of the account, as the editor sends what was typed. */
export function withCredentials(flow: readonly FlowNode[], credentials: object): FlowNode[] {
  return flow.map((node) => (node.id === ACCOUNT ? { ...node, credentials } : node));
}

/** A user folder with the packed package installed in it. */
export function userFolder(): string {
  const userDir = temporaryFolder("red");
  installPacked(userDir);
  return userDir;
}

/** A real Node-RED at work; stops with `close`. */
export class RedAtWork {
  private constructor(
    readonly red: RedProcess,
    readonly admin: Admin,
  ) {}

  static async start(options: RedProcessOptions): Promise<RedAtWork> {
    return RedAtWork.of(await RedProcess.start(options), options.adminRoot);
  }

  /** One that has started. */
  static of(red: RedProcess, adminRoot = ""): RedAtWork {
    return new RedAtWork(red, new Admin(red.url + adminRoot));
  }

  /** Starts Node-RED, deploys the flow with a login that was saved earlier, and waits until it is live. */
  static async live(
    simulator: Simulator,
    options: Partial<RedProcessOptions> = {},
    changes: Parameters<typeof redFlow>[1] = {},
  ) {
    const userDir = options.userDir ?? userFolder();
    const { storeKey, tokens } = await saveLogin(userDir, ACCOUNT, simulator);
    const work = await RedAtWork.start({ ...options, userDir });
    const flow = redFlow(simulator, changes);
    await work.deploy(withCredentials(flow, { clientId: simulator.clientId, storeKey }));
    await work.connected();
    return { work, userDir, storeKey, tokens, flow };
  }

  /** Deploys, and waits until the flows have started, which Node-RED's answer does not. */
  async deploy(flow: readonly FlowNode[], type?: DeployType): Promise<void> {
    const starts = () => this.red.logs.filter(({ msg }) => String(msg).startsWith("Started ")).length;
    const before = starts();
    await this.admin.deploy(flow, type);
    await eventually("the start of the flows", () => {
      const missing = this.red.logs.find(({ msg }) => String(msg).startsWith("Waiting for missing types"));
      // It would wait for ever.
      if (missing !== undefined)
        throw new Error("A node of the flow is not installed, or left out of node-red-process.ts");
      return starts() > before;
    });
  }

  async status(account = ACCOUNT): Promise<AccountView> {
    return (await this.admin.get(`/cardata/account/${account}/status`)).body as AccountView;
  }

  /** Waits until the stream is live. */
  async connected(account = ACCOUNT): Promise<AccountView> {
    return eventually("a live stream", async () => {
      const { status, body } = await this.admin.get(`/cardata/account/${account}/status`);
      return status === 200 && (body as AccountView).stream.state === "live" && (body as AccountView);
    });
  }

  /** The first message of the stream node with this payload. */
  value(payload: unknown): Promise<SentMessage> {
    return this.red.message(({ message, port }) => port === 0 && message["payload"] === payload);
  }

  /** Messages with a value so far. */
  values(): SentMessage[] {
    return this.red.sent.filter(({ port, message }) => port === 0 && message["descriptor"] !== undefined);
  }
}
