import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { startSimulator, type Simulator, type SimulatorOptions } from "../simulator/index.js";
import { Admin } from "./admin.js";
import { launchChromium } from "./chromium.js";
import type { Editor } from "./editor.js";
import { EditorPool, type OpenOptions } from "./editor-pool.js";
import { linkPackage } from "./node-red.js";
import { RedProcess, temporaryFolder } from "./red-process.js";

export interface WorkbenchOptions {
  /** With settings the Node-RED is one of its own, otherwise that of all specs, without flows. */
  readonly settings?: object;
  /** Of a Node-RED of its own: `httpAdminRoot`, without a slash at its end. */
  readonly adminRoot?: string;
  readonly simulator?: SimulatorOptions;
}

/** A Node-RED and its editors. */
interface PagePlace {
  readonly red: RedProcess;
  readonly editors: EditorPool;
}

let browser: Promise<Browser> | null = null;
let usual: Promise<PagePlace> | null = null;
after(async () => {
  await (await browser)?.close();
  await (await usual)?.red.stop();
});

async function newPlace(settings: object = {}, adminRoot = ""): Promise<PagePlace> {
  const userDir = temporaryFolder("editor");
  linkPackage(userDir);
  hideTips(userDir, settings);
  browser ??= launchChromium();
  const [red, opened] = await Promise.all([
    RedProcess.start({ userDir, settings, ...(adminRoot !== "" && { adminRoot }) }),
    browser,
  ]);
  return { red, editors: new EditorPool(opened, red.url + adminRoot) };
}

/**
 * Node-RED's editor shows a tip a second after it has read the settings of its user: an error if the place for tips is
 * not there yet, as on a busy machine.
 */
function hideTips(userDir: string, { adminAuth }: { adminAuth?: { users: readonly { username: string }[] } }): void {
  const names = ["_", ...(adminAuth?.users ?? []).map(({ username }) => username)];
  const own = { editor: { view: { "view-show-tips": false } } };
  const users = Object.fromEntries(names.map((name) => [name, own]));
  writeFileSync(join(userDir, ".config.json"), JSON.stringify({ users }));
}

/** The Node-RED of all specs, as if it had just been started. */
async function usualPlace(): Promise<PagePlace> {
  const place = await (usual ??= newPlace());
  await new Admin(place.red.url).deploy([]);
  place.red.forget();
  return place;
}

/** A simulated BMW, a real Node-RED and a real browser; every page is watched for errors and foreign requests. */
export class Workbench {
  private constructor(
    readonly simulator: Simulator,
    private readonly place: PagePlace,
    private readonly isOwn: boolean,
  ) {}

  static async start({ settings, adminRoot, simulator = {} }: WorkbenchOptions = {}): Promise<Workbench> {
    const isOwn = settings !== undefined || adminRoot !== undefined;
    const place = await (isOwn ? newPlace(settings, adminRoot) : usualPlace());
    return new Workbench(await startSimulator({ tick: 0, ...simulator }), place, isOwn);
  }

  get red(): RedProcess {
    return this.place.red;
  }

  /** @param simulator another BMW than that of the workbench */
  open({ simulator = this.simulator, ...options }: OpenOptions & { simulator?: Simulator } = {}): Promise<Editor> {
    return this.place.editors.open(simulator, options);
  }

  /** For `afterEach`: fails if a page has complained. */
  closePages(): Promise<void> {
    return this.place.editors.clear();
  }

  /**
   * Before a deploy past the editor: Node-RED's editor complains of events of nodes that an open page does not know
   * yet.
   */
  closeWaitingPages(): Promise<void> {
    return this.place.editors.closeReady();
  }

  async stop(): Promise<void> {
    if (this.isOwn) await this.red.stop();
    await this.simulator.stop();
  }
}
