/*
 * Declares the part of Node-RED's runtime API that these nodes use, as it is in 4.x and 5.x. (@types/node-red describes
 * 1.3 and is wrong in places, e.g. `getNode` may find nothing.)
 */

export type NodeMessage = Record<string, unknown> & { _msgid?: string };

export type Send = (messages: unknown) => void;
export type Done = (error?: Error) => void;
export type InputListener = (this: RedNode, message: NodeMessage, send: Send, done: Done) => void;

export interface NodeStatus {
  fill?: "red" | "green" | "yellow" | "blue" | "grey";
  shape?: "dot" | "ring";
  text?: string;
}

export interface RedNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  /** Set on nodes inside subflows: the id in the subflow's definition. */
  readonly _alias?: string;
  credentials?: Record<string, unknown>;
  on(event: "input", listener: InputListener): void;
  on(event: "close", listener: ((removed: boolean, done: () => void) => void) | (() => void)): void;
  send: Send;
  status(status: NodeStatus): void;
  log(text: string): void;
  warn(text: string): void;
  error(text: unknown, message?: NodeMessage): void;
  debug(text: string): void;
}

/** Holds a node's stored properties; any may be missing in flows of older versions. */
export type NodeProperties = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

export interface Request {
  /** Without what lies before the root of the editor. */
  readonly path: string;
  /** The whole path with what stands behind the question mark. */
  readonly originalUrl: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Only with `adminAuth`, and only where a permission is asked for. */
  readonly user?: { readonly username?: unknown; readonly anonymous?: unknown };
  is(type: string): string | false | null;
}

export interface Response {
  readonly headersSent: boolean;
  status(code: number): Response;
  set(headers: Readonly<Record<string, string>>): Response;
  json(body: unknown): void;
  send(body: Buffer): void;
  redirect(address: string): void;
  sendFile(path: string, options: { readonly root: string }, done: (error?: Error) => void): void;
  /** Returns whether the other side reads as fast as is written. */
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  on(event: "drain" | "close", listener: () => void): void;
}

export type Handler = (request: Request, response: Response, next: () => void) => void;

export interface NodeAPI {
  readonly nodes: {
    registerType(
      type: string,
      construct: (this: RedNode, properties: NodeProperties) => void,
      options?: { credentials?: Record<string, { type: "text" | "password" }> },
    ): void;
    createNode(node: RedNode, properties: NodeProperties): void;
    getNode(id: string): RedNode | undefined;
    /** All nodes of the flows as they are configured, whether or not they run. */
    eachNode(visit: (node: NodeProperties) => void): void;
    getCredentials(id: string): Record<string, unknown> | undefined;
    addCredentials(id: string, credentials: Record<string, unknown>): void;
  };
  readonly httpAdmin: {
    get(path: string, ...handlers: Handler[]): void;
    post(path: string, ...handlers: Handler[]): void;
  };
  readonly plugins: { registerPlugin(id: string, definition: { readonly type: string }): void };
  readonly auth: { needsPermission(permission: string): Handler };
  readonly events: {
    on(event: string, listener: () => void): void;
    off(event: string, listener: () => void): void;
  };
  readonly settings: { readonly userDir?: string; readonly [name: string]: unknown };
  readonly util: {
    generateId(): string;
    /** A deep copy that keeps `req` and `res` as they are. */
    cloneMessage(message: NodeMessage): NodeMessage;
    /** An environment variable as flows see it. */
    getSetting(node: object, name: string): unknown;
  };
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void };
  _(key: string, params?: Readonly<Record<string, string | number>>): string;
}
