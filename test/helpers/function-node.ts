import { compileFunction } from "node:vm";
import { exampleFlow } from "./examples.js";

/** A message of Node-RED. */
export type FlowMessage = Readonly<Record<string, unknown>>;

/** The function node of an example with a name, on its own: what it keeps is its own. */
export class FunctionNode {
  readonly #run: (...globals: unknown[]) => unknown;
  readonly #kept = new Map<string, unknown>();
  #status: unknown = null;

  /** @param env the environment variables of the tab */
  constructor(
    file: string,
    name: string,
    private readonly env: FlowMessage = {},
  ) {
    const node = exampleFlow(file).find((one) => one.type === "function" && one["name"] === name);
    if (node === undefined) throw new Error(`“${file}” has no function “${name}”`);
    const globals = ["msg", "context", "env", "node"];
    this.#run = compileFunction(String(node["func"]), globals, { filename: name }) as (
      ...globals: unknown[]
    ) => unknown;
  }

  /** The status that the node has shown last. */
  get status(): unknown {
    return this.#status;
  }

  /** Hands a message to the node; returns what it sends on its only output. */
  send(msg: FlowMessage): FlowMessage[] {
    // A context in a file hands out copies.
    const context = {
      get: (key: string) => structuredClone(this.#kept.get(key)),
      set: (key: string, value: unknown) => this.#kept.set(key, structuredClone(value)),
    };
    const env = { get: (key: string) => this.env[key] };
    const node = { status: (status: unknown) => (this.#status = status) };
    const sent = this.#run(structuredClone(msg), context, env, node) as FlowMessage | FlowMessage[][] | null;
    if (sent === null) return [];
    return Array.isArray(sent) ? (sent[0] ?? []) : [sent];
  }
}
