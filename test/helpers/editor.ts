import type { Locator, Page } from "playwright-core";
import type { Simulator } from "../simulator/index.js";

/** Declares what the tests use of the editor's global object. */
interface EditorGlobal {
  readonly nodes: {
    node(id: string): EditorNode | null;
    remove(id: string): void;
    createCompleteNodeSet(options: { credentials: boolean }): EditorNode[];
    addLink(link: { source: unknown; sourcePort: number; target: unknown }): void;
    dirty(isDirty: boolean): void;
    clear(): void;
    version(revision: string | null): void;
    import(flows: object[]): void;
  };
  readonly comms: Record<"subscribe" | "unsubscribe", (topic: string, listener: () => void) => void>;
  readonly i18n: { loadNodeCatalogs(done: () => void): void };
  readonly history: { clear(): void; pop(): void };
  readonly view: { importNodes(nodes: object[], options: object): void; redraw(all: boolean): void };
  readonly editor: { edit(node: unknown): void; editConfig(name: string, type: string, id: string): void };
  readonly sidebar: { show(name: string): void; help: { show(type: string): void } };
  readonly workspaces: { active(): string };
}

interface EditorNode {
  readonly id: string;
  readonly type: string;
  readonly valid: boolean;
  readonly changed: boolean;
  readonly validationErrors?: string[];
  readonly status?: { fill?: string; shape?: string; text?: string };
  readonly [property: string]: unknown;
}

declare const RED: EditorGlobal;
declare const i18next: { changeLanguage(language: string): Promise<unknown> };
/** The editor's jQuery: adds the token of the user. */
declare const $: { ajax(options: object): Promise<{ flows: object[]; rev: string }> };

/** Settings that are lists, and worth a look. */
const LISTS = ["descriptors", "vehicles", "clusters", "places", "tariffs"];

/** An open Node-RED editor. */
export class Editor {
  constructor(
    readonly page: Page,
    /** The BMW of the accounts that are added. */
    private readonly simulator: Simulator,
  ) {}

  async ready(): Promise<void> {
    await this.page.waitForSelector('.red-ui-palette-node[data-palette-type="cardata-stream"]', { state: "attached" });
    await this.page.waitForSelector("#red-ui-loading-progress", { state: "hidden" });
  }

  /** Leaves all dialogs and forgets all nodes: what was opened for one test can be used for the next. */
  async clear(): Promise<void> {
    while (await this.#buttons("cancel").last().isVisible()) await this.cancel();
    await this.page.evaluate(() => {
      RED.nodes.clear();
      RED.history.clear();
      // Without flows it does not mind that others are deployed.
      RED.nodes.version(null);
    });
  }

  /** Loads the flows that are deployed, as an editor does that has just been opened. */
  async load(): Promise<void> {
    await this.page.evaluate(async () => {
      const { flows, rev } = await $.ajax({ headers: { accept: "application/json" }, cache: false, url: "flows" });
      RED.nodes.version(rev);
      RED.nodes.import(flows);
      RED.nodes.dirty(false);
      RED.view.redraw(true);
      // Who subscribes is told every status, also those that came before the nodes were known here.
      const listener = () => undefined;
      RED.comms.subscribe("status/#", listener);
      RED.comms.unsubscribe("status/#", listener);
      RED.sidebar.show("info");
    });
  }

  /**
   * Chooses the language as the editor's settings do, for the dialogs that are opened from now on. Node-RED itself loads
   * the page anew, which takes seconds.
   */
  async speak(language: string): Promise<void> {
    await this.page.evaluate(async (chosen) => {
      localStorage.setItem("editor-language", chosen);
      await i18next.changeLanguage(chosen);
      await new Promise<void>((done) => {
        RED.i18n.loadNodeCatalogs(done);
      });
    }, language);
  }

  /** Adds nodes to the open tab as an import does, with their ids. */
  async add(...nodes: object[]): Promise<void> {
    await this.page.evaluate((list) => {
      const z = RED.workspaces.active();
      const placed = list.map((node) => ("x" in node ? { z, ...node } : node));
      RED.view.importNodes(placed, { touchImport: true, generateIds: false, notify: false });
    }, nodes);
  }

  /** Imports whole flows, as the dialog of that name does. */
  async importFlow(nodes: readonly object[]): Promise<void> {
    await this.page.evaluate((list) => {
      RED.view.importNodes([...list], { generateIds: false, notify: false });
    }, nodes);
  }

  /** Returns the editor's node, without properties of the definition. */
  async node(id: string): Promise<EditorNode> {
    return this.page.evaluate(
      ([wanted, shown]) => {
        const node = RED.nodes.node(wanted) ?? ({} as EditorNode);
        const { type, valid, changed, validationErrors, status } = node;
        const values = Object.entries(node).filter(
          ([name, value]) => !name.startsWith("_") && typeof value !== "object",
        );
        const lists = Object.entries(node).filter(([name]) => shown.includes(name));
        return JSON.parse(
          JSON.stringify({
            ...Object.fromEntries([...values, ...lists]),
            type,
            valid,
            changed,
            validationErrors,
            status,
          }),
        ) as EditorNode;
      },
      [id, LISTS] as const,
    );
  }

  /** Deletes a node as the editor does. */
  async remove(id: string): Promise<void> {
    await this.page.evaluate((wanted) => {
      RED.nodes.remove(wanted);
    }, id);
  }

  /** Takes the last change back. */
  async undo(): Promise<void> {
    await this.page.evaluate(() => {
      RED.history.pop();
    });
  }

  /** Ids of the nodes of a type. */
  async idsOf(type: string): Promise<string[]> {
    return this.page.evaluate(
      (wanted) =>
        RED.nodes
          .createCompleteNodeSet({ credentials: false })
          .filter((node) => node.type === wanted)
          .map((node) => node.id),
      type,
    );
  }

  /** Wires an output to a node. */
  async wire(from: string, port: number, to: string): Promise<void> {
    await this.page.evaluate(
      ([source, sourcePort, target]) => {
        RED.nodes.addLink({ source: RED.nodes.node(source), sourcePort, target: RED.nodes.node(target) });
        RED.nodes.dirty(true);
      },
      [from, port, to] as const,
    );
  }

  /** All nodes as "Export" writes them to a file or the clipboard. */
  async exported(): Promise<string> {
    return this.page.evaluate(() => JSON.stringify(RED.nodes.createCompleteNodeSet({ credentials: false })));
  }

  /** Opens the dialog of a node of the flow. */
  async edit(id: string): Promise<void> {
    await this.page.evaluate((wanted) => {
      RED.editor.edit(RED.nodes.node(wanted));
    }, id);
    await this.trayOpen("#node-input-name");
  }

  /** Opens the dialog of an account. */
  async editAccount(id: string): Promise<void> {
    await this.page.evaluate((wanted) => {
      RED.editor.editConfig("", "cardata-account", wanted);
    }, id);
    await this.trayOpen("#node-config-input-name");
  }

  /** The list of cars in the open dialog; it is there once the dialog has fetched them. */
  get cars(): Locator {
    return this.page.locator(".form-row:has(#node-input-vehicle) .cardata-choice");
  }

  /** The cars to choose from, as they are shown, without the entries for all and for another one. */
  async listedCars(): Promise<string[]> {
    await this.cars.waitFor();
    return (await this.cars.locator("option").allTextContents()).slice(1, -1);
  }

  /** The help of a node type, as text. */
  async help(type: string): Promise<string> {
    await this.page.evaluate((wanted) => {
      RED.sidebar.help.show(wanted);
    }, type);
    const help = this.page.locator(`.red-ui-help:has(.red-ui-help-title)`).last();
    await help.locator("p").first().waitFor();
    return help.innerText();
  }

  async sidebar(name: string): Promise<void> {
    await this.page.evaluate((wanted) => {
      RED.sidebar.show(wanted);
    }, name);
  }

  /** Waits until a dialog is open: its fields are filled, and Node-RED has given the focus to one, as it does in the end. */
  async trayOpen(field: string): Promise<void> {
    await this.page.locator(field).waitFor();
    await this.page.locator(`.red-ui-tray:has(${field}):focus-within`).waitFor();
  }

  /** Adds an account that is set to the simulator and opens its dialog. */
  async openNewAccount(id: string, clientId = this.simulator.clientId): Promise<void> {
    const { oauthUrl: authUrl, apiUrl, streamUrl, caFile } = this.simulator;
    await this.add({ id, type: "cardata-account", endpoints: "custom", authUrl, apiUrl, streamUrl, caFile });
    await this.editAccount(id);
    await this.page.locator("#node-config-input-clientId").fill(clientId);
  }

  /** Presses "Log in" or "Log in again" and returns the code that is shown. */
  async newCode(): Promise<string> {
    await this.login("start").click();
    const code = this.login("code");
    await code.filter({ hasText: /^\w{4}-\w{4}$/ }).waitFor();
    return code.innerText();
  }

  async ok(): Promise<void> {
    await this.#leave("ok");
  }

  async cancel(): Promise<void> {
    await this.#leave("cancel");
  }

  /** Presses a button of the topmost dialog and waits until that is gone. */
  async #leave(button: "ok" | "cancel"): Promise<void> {
    const pressed = await this.#buttons(button).last().elementHandle();
    await pressed?.click();
    // A login that is not kept is given up: Cancel asks before that.
    const discard = this.page.locator("#cardata-login-discard").last();
    if (button === "cancel" && (await discard.count()) > 0) await discard.click();
    await this.page.waitForFunction((one) => !one?.isConnected, pressed);
  }

  #buttons(button: "ok" | "cancel"): Locator {
    return this.page.locator(`#node-dialog-${button}:visible, #node-config-dialog-${button}:visible`);
  }

  /** Types the addresses of the simulator into the open account dialog, under "Advanced". */
  async useSimulator(): Promise<void> {
    const { oauthUrl, apiUrl, streamUrl, caFile } = this.simulator;
    await this.tab("advanced");
    await this.page.locator("#node-config-input-endpoints").selectOption("custom");
    for (const [name, value] of Object.entries({ authUrl: oauthUrl, apiUrl, streamUrl, caFile }))
      await this.page.locator(`#node-config-input-${name}`).fill(value);
    await this.tab("login");
  }

  async tab(name: "login" | "cars" | "advanced"): Promise<void> {
    const section = this.page.locator(`#cardata-tab-${name}`);
    // Node-RED takes two clicks on tabs in quick succession for a double click and drops the second one.
    while (!(await section.isVisible())) {
      await this.page.locator(`#cardata-account-tabs a[href="#cardata-tab-${name}"]`).click();
      await section.waitFor({ timeout: 500 }).catch(() => undefined);
    }
  }

  /** Adds a row to a list of the account dialog; returns the last one. */
  async addRow(list: "vehicles" | "places" | "tariffs"): Promise<Locator> {
    await this.page.locator(`.red-ui-editableList:has(#cardata-${list}) > .red-ui-editableList-addButton`).click();
    return this.page.locator(`#cardata-${list} > li`).last();
  }

  login(part: string): Locator {
    return this.page.locator(`#cardata-login-${part}`);
  }

  /** Waits until the state line of the login says `text`. */
  async loginSays(text: string | RegExp): Promise<void> {
    await this.login("state").filter({ hasText: text }).waitFor();
  }

  /** Presses Deploy and waits until Node-RED has started the flows. */
  async deploy(): Promise<void> {
    const answered = this.page.waitForResponse(
      (response) => response.request().method() === "POST" && new URL(response.url()).pathname === "/flows",
    );
    await this.page.locator("#red-ui-header-button-deploy").click();
    await answered;
  }
}
