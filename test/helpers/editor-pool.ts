import assert from "node:assert/strict";
import type { Browser, BrowserContext, BrowserContextOptions, Page, ViewportSize } from "playwright-core";
import { Editor } from "./editor.js";
import { PATIENCE_MS } from "./eventually.js";
import type { Simulator } from "../simulator/index.js";

const HERE = new Set(["127.0.0.1", "localhost"]);
/** The browser reports every refused request; the dialogs show it to the user instead, which the tests check. */
const TOLD_IN_THE_DIALOG = /^Failed to load resource: the server responded with a status of 40[0134]/;
/** Node-RED's own editor stumbles over messages and events of nodes that it has not loaded yet. */
const EARLY_MESSAGE = /Uncaught error from RED\.comms\.subscribe: .*reading '(label|id)'|handleDebugMessage/;

/** What slides in takes many frames, which are most of the work of a dialog; where it ends up is the same. */
const AT_ONCE = `document.addEventListener("DOMContentLoaded", () => {
  const style = document.createElement("style");
  style.textContent = "*, ::before, ::after { transition: none !important; animation: none !important; }";
  document.head.append(style);
});`;

const VIEWPORT = { width: 1280, height: 800 };
const PROFILE = {
  locale: "en-US",
  permissions: ["clipboard-read", "clipboard-write"],
};

export type OpenOptions = Omit<BrowserContextOptions, "viewport"> & {
  readonly viewport?: ViewportSize;
  /** Access token of a Node-RED user. */
  readonly token?: string;
};

/** An editor; `kind` says with which options it was opened. */
interface Opened {
  readonly editor: Editor;
  readonly kind: string;
}

/** The editors of one Node-RED. They stay open between tests, because Node-RED takes seconds to load. */
export class EditorPool {
  readonly #opened: Opened[] = [];
  #ready: Opened[] = [];
  readonly #complaints: string[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  /** An editor in a browser profile of its own, as one that has just been opened. */
  async open(simulator: Simulator, { token = "", viewport = VIEWPORT, ...changes }: OpenOptions = {}) {
    const options = { ...PROFILE, ...changes };
    const kind = JSON.stringify([token, options]);
    const ready = this.#ready.find((one) => one.kind === kind);
    this.#ready = this.#ready.filter((one) => one !== ready);
    const page = ready?.editor.page ?? (await this.#load(token, options));
    const editor = new Editor(page, simulator);
    this.#opened.push({ editor, kind });
    await page.setViewportSize(viewport);
    await (ready === undefined ? editor.ready() : editor.load());
    return editor;
  }

  /** Takes all editors back, and fails if one of them has complained. */
  async clear(): Promise<void> {
    for (const one of this.#opened.splice(0)) {
      await one.editor.clear();
      if (this.#ready.some(({ kind }) => kind === one.kind)) await one.editor.page.context().close();
      else this.#ready.push(one);
    }
    assert.deepEqual(this.#complaints.splice(0), []);
  }

  /** Closes the editors that wait for a test. */
  async closeReady(): Promise<void> {
    for (const { editor } of this.#ready.splice(0)) await editor.page.context().close();
  }

  async #load(token: string, options: BrowserContextOptions): Promise<Page> {
    const context = await this.#newContext(options);
    const page = await context.newPage();
    await page.goto(`${this.url}/${token === "" ? "" : `?access_token=${token}`}`);
    return page;
  }

  async #newContext(options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await this.browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(AT_ONCE);
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
      const isForeign = TOLD_IN_THE_DIALOG.test(line.text()) || EARLY_MESSAGE.test(line.text());
      if (isComplaint && !isForeign) this.#complaints.push(`${line.type()}: ${line.text()} ${line.location().url}`);
    });
  }
}
