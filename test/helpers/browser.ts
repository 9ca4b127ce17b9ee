import assert from "node:assert/strict";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { startSimulator, type Simulator, type SimulatorOptions } from "../simulator/index.js";
import { Editor } from "./editor.js";
import { PATIENCE_MS } from "./eventually.js";
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

const PROFILE = {
  locale: "en-US",
  viewport: { width: 1280, height: 800 },
  permissions: ["clipboard-read", "clipboard-write"],
};

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

/** An editor that lies ready for the next test; `kind` says with which options it was opened. */
interface Opened {
  readonly editor: Editor;
  readonly kind: string;
}

/** A simulated BMW, a real Node-RED and a real browser; every page is watched for errors and foreign requests. */
export class Workbench {
  #opened: Opened[] = [];
  #ready: Opened[] = [];
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

  /** The editor in a browser profile of its own, or in that of an earlier test, because Node-RED loads for seconds. */
  async open({ token = "", simulator = this.simulator, ...changes }: OpenOptions = {}): Promise<Editor> {
    const options = { ...PROFILE, ...changes };
    const kind = JSON.stringify([token, options]);
    const ready = this.#ready.find((one) => one.kind === kind);
    this.#ready = this.#ready.filter((one) => one !== ready);
    const editor = ready?.editor ?? (await this.#openNew(token, options));
    this.#opened.push({ editor, kind });
    editor.simulator = simulator;
    if (ready !== undefined) await editor.load();
    return editor;
  }

  /** For `afterEach`: leaves all dialogs, and fails if a page has complained. */
  async closePages(): Promise<void> {
    for (const one of this.#opened.splice(0)) {
      await one.editor.clear();
      if (this.#ready.some(({ kind }) => kind === one.kind)) await one.editor.page.context().close();
      else this.#ready.push(one);
    }
    assert.deepEqual(this.#complaints.splice(0), []);
  }

  /** Before a deploy past the editor: Node-RED's editor complains of news of nodes that an open page does not know yet. */
  async closeWaitingPages(): Promise<void> {
    for (const { editor } of this.#ready.splice(0)) await editor.page.context().close();
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.red.stop();
    await this.simulator.stop();
  }

  async #openNew(token: string, options: BrowserContextOptions): Promise<Editor> {
    const context = await this.#newContext(options);
    const page = await context.newPage();
    await page.goto(`${this.red.url}/${token === "" ? "" : `?access_token=${token}`}`);
    const editor = new Editor(page, this.simulator);
    await editor.ready();
    return editor;
  }

  async #newContext(options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await this.browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
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
