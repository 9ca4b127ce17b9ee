import { once, type EventEmitter } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import registerAccount from "../../nodes/cardata-account.js";
import registerHomeAssistant from "../../nodes/cardata-homeassistant.js";
import registerJournal from "../../nodes/cardata-journal.js";
import registerPredictedSoc from "../../nodes/cardata-predicted-soc.js";
import registerStream from "../../nodes/cardata-stream.js";
import registerTelematics from "../../nodes/cardata-telematics.js";
import registerTraccar from "../../nodes/cardata-traccar.js";
import { ERROR_TABLE } from "../../src/support/error-table.js";
import type { NodeAPI, NodeMessage, NodeStatus, RedNode } from "../../nodes/lib/red.js";
import accountTexts from "../../nodes/locales/en-US/cardata-account.json";
import homeAssistantTexts from "../../nodes/locales/en-US/cardata-homeassistant.json";
import journalTexts from "../../nodes/locales/en-US/cardata-journal.json";
import socTexts from "../../nodes/locales/en-US/cardata-predicted-soc.json";
import streamTexts from "../../nodes/locales/en-US/cardata-stream.json";
import telematicsTexts from "../../nodes/locales/en-US/cardata-telematics.json";
import traccarTexts from "../../nodes/locales/en-US/cardata-traccar.json";
import { Admin } from "./admin.js";
import { eventually } from "./eventually.js";
import { PLACE, type FlowNode } from "./flow.js";
import { NODE_RED } from "./node-red.js";
import { temporaryFolder } from "./red-process.js";

type Register = (RED: NodeAPI) => void;
type Credentials = Record<string, Record<string, string>>;
type RunningNode = RedNode & { receive(message: object): void };

/** The part of node-red-node-test-helper that is used here. */
interface Helper {
  init(nodeRed: string): void;
  settings(settings: object): void;
  load(nodes: Register[], flow: readonly FlowNode[], credentials: Credentials): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): RunningNode | null;
  readonly _RED: { version(): string };
  log(): { args: [{ level: number; id?: string; msg: unknown }][] };
  readonly _httpAdmin: RequestListener;
  readonly _redNodes: { setFlows(flow: readonly FlowNode[], credentials: Credentials, type: string): Promise<unknown> };
}

type RedEvents = NodeAPI["events"] & { listeners(event: string): unknown[] };

const helper = createRequire(__filename)("node-red-node-test-helper") as Helper;
// By default it takes the installed one, even if another version is to be tested.
helper.init(NODE_RED);
const GIVES_CODES = !helper._RED.version().startsWith("4.0.");
const ERROR_LEVEL = 20;
const FOR_EVER = ["flows:stopping", "flows:started"];
const WARN_LEVEL = 30;

export interface Received {
  /** Id of the recorder. */
  readonly node: string;
  readonly message: NodeMessage & { error?: { message: string; code?: string; cause?: unknown } };
}

/**
 * Returns the message of a recorder. Node-RED 4.0 gives flows only the sentence of an error: there the code is derived
 * from it.
 */
function recorded(message: Received["message"]): Received["message"] {
  const { error } = message;
  if (error === undefined || GIVES_CODES) return message;
  const fits = Object.entries(ERROR_TABLE).filter(([, { text }]) => withAnything(text).test(error.message));
  const [code] = fits.sort(([, one], [, other]) => other.text.length - one.text.length)[0] ?? [];
  return { ...message, error: { ...error, ...(code !== undefined && { code }) } };
}

/** A pattern of a text with anything in place of its parameters. */
function withAnything(text: string): RegExp {
  const parts = text.split(/__\w+?__/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(parts.join(".*"));
}

export interface ShownStatus {
  readonly id: string;
  readonly status: NodeStatus;
  readonly at: number;
}

/** The nodes in Node-RED's test helper, with `recorder` nodes that note what they get. */
export class Bench {
  readonly userDir = temporaryFolder("bench");
  readonly received: Received[] = [];
  readonly statuses: ShownStatus[] = [];
  #events: RedEvents | null = null;
  #red: NodeAPI | null = null;
  #former: ReadonlySet<unknown> = new Set();
  #server: Server | null = null;
  #loaded = false;
  readonly #takeStatus = ((event: { id: string; status: NodeStatus }) => {
    this.statuses.push({ ...event, at: Date.now() });
  }) as () => void;

  async load(flow: readonly FlowNode[], credentials: Credentials = {}, userDir: string | undefined = this.userDir) {
    helper.settings({ userDir });
    this.#loaded = true;
    await helper.load([this.#prepare, ...NODES], flow, credentials);
  }

  /** Deploys again; resolves when the flows have started. */
  async deploy(flow: readonly FlowNode[], type: "full" | "nodes" | "flows" = "full", credentials: Credentials = {}) {
    const started = new Promise<void>((resolve) => {
      const listener = () => {
        this.#events?.off("flows:started", listener);
        resolve();
      };
      this.#events?.on("flows:started", listener);
    });
    await helper._redNodes.setFlows(flow, credentials, type);
    await started;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    this.#server = null;
    this.#events?.off("node-status", this.#takeStatus);
    if (this.#loaded) await helper.unload();
    // Events to which the nodes' modules listen permanently; here they are loaded again for each test.
    for (const event of FOR_EVER)
      for (const listener of this.#events?.listeners(event) ?? [])
        if (!this.#former.has(listener)) this.#events?.off(event, listener as () => void);
    this.#loaded = false;
  }

  node(id: string): RunningNode {
    const node = helper.getNode(id);
    if (node === null) throw new Error(`There is no node ${id}`);
    return node;
  }

  /** Returns Node-RED's events, from the first load on. */
  get events(): EventEmitter {
    if (this.#events === null) throw new Error("Nothing was loaded");
    return this.#events as unknown as EventEmitter;
  }

  /** Returns a node's credentials in Node-RED, whether or not the node exists. */
  credentials(id: string): Record<string, unknown> | undefined {
    return this.#red?.nodes.getCredentials(id);
  }

  /** Messages that a recorder got so far. */
  messages(recorder: string): Received["message"][] {
    return this.received.filter(({ node }) => node === recorder).map(({ message }) => message);
  }

  /** The first message of a recorder, past or to come, that fits. */
  message(recorder: string, fits: (message: Received["message"]) => boolean = () => true) {
    return eventually(`a message at ${recorder}`, () => this.messages(recorder).find(fits));
  }

  /** Waits until a node shows a status with this text. */
  status(id: string, text: string): Promise<ShownStatus> {
    const shown = () => this.statuses.find((one) => one.id === id && one.status.text === text);
    return eventually(`the status "${text}" of ${id}`, shown);
  }

  /** Returns the texts of `node.error`. */
  errors(id: string): string[] {
    return this.#said(id, ERROR_LEVEL);
  }

  /** Returns the texts of `node.warn`. */
  warnings(id: string): string[] {
    return this.#said(id, WARN_LEVEL);
  }

  #said(id: string, level: number): string[] {
    const lines = helper.log().args.map(([line]) => line);
    return lines.filter((line) => line.level === level && line.id === id).map(({ msg }) => String(msg));
  }

  /** The admin routes of what is loaded. */
  async admin(): Promise<Admin> {
    if (this.#server === null) {
      this.#server = createServer((request, response) => {
        helper._httpAdmin(request, response);
      }).listen(0, "127.0.0.1");
      await once(this.#server, "listening");
    }
    return new Admin(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** Runs before the nodes of the package are registered. */
  readonly #prepare: Register = (RED) => {
    // The helper has no message catalogues.
    RED._ = translate;
    this.#red = RED;
    this.#events = RED.events as RedEvents;
    this.#former = new Set(FOR_EVER.flatMap((event) => this.#events?.listeners(event) ?? []));
    RED.events.on("node-status", this.#takeStatus);
    // oxlint-disable-next-line typescript/no-this-alias -- inside, `this` is the node
    const bench = this;
    RED.nodes.registerType("recorder", function (this: RedNode, properties) {
      RED.nodes.createNode(this, properties);
      this.on("input", (message, _send, done) => {
        bench.received.push({ node: properties.id, message: recorded(message) });
        done();
      });
    });
  };
}

/** A recorder for each id, on the tab of the other nodes. */
export function recorders(...ids: string[]): FlowNode[] {
  return ids.map((id) => ({ id, type: "recorder", ...PLACE, wires: [] }));
}

/** Catch and Complete nodes for the node `stream`, with a recorder behind each: `failures` and `completed`. */
export const WITNESSES: readonly FlowNode[] = [
  { id: "catch", type: "catch", ...PLACE, name: "", scope: ["stream"], uncaught: false, wires: [["failures"]] },
  { id: "complete", type: "complete", ...PLACE, name: "", scope: ["stream"], uncaught: false, wires: [["completed"]] },
  ...recorders("failures", "completed"),
];

const NODES = [
  registerAccount,
  registerHomeAssistant,
  registerJournal,
  registerPredictedSoc,
  registerStream,
  registerTelematics,
  registerTraccar,
];

const TEXTS = {
  ...accountTexts,
  ...homeAssistantTexts,
  ...journalTexts,
  ...socTexts,
  ...streamTexts,
  ...telematicsTexts,
  ...traccarTexts,
};

function translate(key: string, params: Readonly<Record<string, string | number>> = {}): string {
  const path = key.slice(key.indexOf(":") + 1).split(".");
  const step = (texts: unknown, name: string) => (texts as Record<string, unknown> | undefined)?.[name];
  const text = path.reduce<unknown>(step, TEXTS);
  if (typeof text !== "string") return key;
  return text.replace(/__(\w+?)__/g, (_mark, name: string) => String(params[name]));
}
