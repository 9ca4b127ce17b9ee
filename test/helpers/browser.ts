import assert from "node:assert/strict";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { startSimulator, type Simulator, type SimulatorOptions } from "../simulator/index.js";
import { Editor } from "./editor.js";
import { linkPackage } from "./node-red.js";
import { RedProcess, temporaryFolder } from "./red-process.js";

const SWITCHES = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Nothing leaves this machine, whatever a page asks for.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];
const HERE = new Set(["127.0.0.1", "localhost"]);
/** The browser reports every refused request; the dialogs tell the user instead, which the tests look at. */
const TOLD_IN_THE_DIALOG = /^Failed to load resource: the server responded with a status of 40[0134]/;
/** Node-RED's own debug sidebar stumbles over messages that arrive before the editor has loaded the flows. */
const EARLY_DEBUG_MESSAGE = /Uncaught error from RED\.comms\.subscribe: .*reading 'label'|handleDebugMessage/;

export interface WorkbenchOptions {
  readonly settings?: object;
  readonly simulator?: SimulatorOptions;
}

export type OpenOptions = BrowserContextOptions & {
  /** Access token of a Node-RED user. */
  readonly token?: string;
  /** Another BMW than that of the workbench. */
  readonly simulator?: Simulator;
};

/** A simulated BMW, a real Node-RED and a real browser; every page is watched for errors and foreign requests. */
export class Workbench {
  readonly #contexts: BrowserContext[] = [];
  readonly #complaints: string[] = [];

  private constructor(
    readonly simulator: Simulator,
    readonly red: RedProcess,
    private readonly browser: Browser,
  ) {}

  static async start({ settings = {}, simulator = {} }: WorkbenchOptions = {}): Promise<Workbench> {
    const userDir = temporaryFolder("editor");
    linkPackage(userDir);
    const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
    return new Workbench(
      ...(await Promise.all([
        startSimulator({ tick: 0, ...simulator }),
        RedProcess.start({ userDir, settings }),
        chromium.launch({ executablePath, args: SWITCHES }),
      ])),
    );
  }

  /** The editor in a browser profile of its own. */
  async open({ token, simulator = this.simulator, ...options }: OpenOptions = {}): Promise<Editor> {
    const context = await this.#newContext(options);
    const page = await context.newPage();
    await page.goto(`${this.red.url}/${token === undefined ? "" : `?access_token=${token}`}`);
    const editor = new Editor(page, simulator);
    await editor.ready();
    return editor;
  }

  /** For `afterEach`: closes all pages and fails if one of them has complained. */
  async closePages(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
    assert.deepEqual(this.#complaints.splice(0), []);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.red.stop();
    await this.simulator.stop();
  }

  async #newContext(options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      locale: "en-US",
      viewport: { width: 1280, height: 800 },
      permissions: ["clipboard-read", "clipboard-write"],
      ...options,
    });
    this.#contexts.push(context);
    context.on("page", (page) => {
      this.#watch(page);
    });
    return context;
  }

  #watch(page: Page): void {
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (/^(http|ws)/.test(protocol) && !HERE.has(hostname)) this.#complaints.push(`request to ${request.url()}`);
    });
    page.on("pageerror", (error) => {
      this.#complaints.push(`error: ${error.stack}`);
    });
    page.on("console", (line) => {
      const isComplaint = line.type() === "error" || line.type() === "warning";
      const isForeign = TOLD_IN_THE_DIALOG.test(line.text()) || EARLY_DEBUG_MESSAGE.test(line.text());
      if (isComplaint && !isForeign) this.#complaints.push(`${line.type()}: ${line.text()} ${line.location().url}`);
    });
  }
}

/** Tries again until `check` does not throw any more. */
export async function untilItPasses(check: () => unknown, patienceMs = 8000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
