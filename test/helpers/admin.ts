import type { FlowNode } from "./flow.js";

export interface AdminAnswer {
  readonly status: number;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
}

interface Init {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type DeployType = "full" | "nodes" | "flows";

/** The admin API of a Node-RED, as the editor talks to it. */
export class Admin {
  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<AdminAnswer> {
    return this.#ask(path, { headers: { accept: "application/json", ...headers } });
  }

  /** Sends JSON; a string goes as it is. */
  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<AdminAnswer> {
    return this.#ask(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  async deploy(flow: readonly FlowNode[], type: DeployType = "full"): Promise<void> {
    const { status, body } = await this.post("/flows", flow, { "Node-RED-Deployment-Type": type });
    if (status !== 204) throw new Error(`The deploy was answered with ${status}: ${JSON.stringify(body)}`);
  }

  /** An admin API for a user of `adminAuth`. */
  async logIn(username: string, password: string): Promise<Admin> {
    const form = { client_id: "node-red-admin", grant_type: "password", scope: "", username, password };
    const { body } = await this.post("/auth/token", form);
    const { access_token: token } = body as { access_token?: string };
    if (token === undefined) throw new Error(`${username} could not log in: ${JSON.stringify(body)}`);
    return new Admin(this.url, token);
  }

  async #ask(path: string, init: Init): Promise<AdminAnswer> {
    const authorization = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    const headers: Record<string, string> = { ...init.headers, ...authorization };
    const response = await fetch(this.url + path, { ...init, headers });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  }
}
