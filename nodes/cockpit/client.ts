import type { AdminRoutes } from "../lib/admin-contract.js";
import type { CockpitMessage, CockpitRoutes, CockpitTexts } from "../../src/cockpit/contract.js";
import type { Problem } from "../../src/support/errors.js";
import { isObject, type JsonObject } from "../../src/support/json.js";
import { eventsIn } from "./event-stream-parser.js";
import { keep, kept } from "./browser-storage.js";
import { loginForm, tokenIn, tokenKey, type LoginForm } from "./login.js";

type Routes = Pick<AdminRoutes, "GET account/:id/check" | "POST account/:id/check" | "GET account/:id/diagnostics"> &
  CockpitRoutes;
type Answer<R extends keyof Routes> = Routes[R] extends { answer: infer A } ? A : Routes[R];

/** Reports a refused request. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly status: number,
    readonly problem: Problem | null,
  ) {
    super(`status ${status}`);
  }
}

/** Comes every 20 s at least; after a silence of this length the connection is dead [ms]. */
const LONGEST_SILENCE_MS = 50_000;

/**
 * Talks to the runtime. All addresses are relative, because Node-RED does not know what a proxy puts before them; the
 * token goes in a header only, because addresses end up in logs.
 */
export class Client {
  readonly #key = tokenKey(location.pathname);
  /** The login that the browser does not keep. */
  #unkept: string | null = null;

  get hasToken(): boolean {
    return this.#token !== null;
  }

  /** @param params what stands for the names after the colons; what is left goes behind the `?` */
  async ask<R extends keyof Routes>(route: R, params: Readonly<Record<string, string>> = {}): Promise<Answer<R>> {
    const [method = "GET"] = route.split(" ");
    const body = method === "POST" ? { body: "{}", headers: { "content-type": "application/json" } } : {};
    const response = await this.#fetch(addressOf(route, params), { method, ...body });
    return (await response.json()) as Answer<R>;
  }

  async texts(language: string): Promise<CockpitTexts> {
    const response = await this.#fetch(`cardata/page/texts/${encodeURIComponent(language)}`);
    return (await response.json()) as CockpitTexts;
  }

  async picture(key: string): Promise<Blob> {
    return (await this.#fetch(`cardata/cockpit/car/${encodeURIComponent(key)}/picture`)).blob();
  }

  /** Reads the live stream until it ends; throws if it breaks or is refused. */
  async stream(
    params: Readonly<Record<string, string>>,
    signal: AbortSignal,
    onMessage: (message: CockpitMessage) => void,
  ): Promise<void> {
    const silence = new Watch(LONGEST_SILENCE_MS, signal);
    try {
      const response = await this.#fetch(addressOf("GET cockpit/stream", params), { signal: silence.signal });
      if (response.body === null) throw new Refused(response.status, null);
      for await (const data of eventsIn(response.body, () => {
        silence.extend();
      }))
        onMessage(JSON.parse(data) as CockpitMessage);
    } finally {
      silence.end();
    }
  }

  /** Asks Node-RED how to log in. */
  async loginForm(): Promise<LoginForm> {
    return loginForm(await (await fetch("auth/login", { cache: "no-store" })).json());
  }

  /** Logs in as the editor does, which then needs no login of its own. Returns whether it was accepted. */
  async login(fields: Readonly<Record<string, string>>): Promise<boolean> {
    const body = new URLSearchParams({ client_id: "node-red-editor", grant_type: "password", scope: "", ...fields });
    const response = await fetch("auth/token", { method: "POST", body });
    if (response.status >= 500) throw new Refused(response.status, null);
    if (!response.ok) return false;
    this.#keep(await response.text());
    return true;
  }

  /** Calls when another page of this browser has logged in or out; the result ends that. */
  onLogin(listener: () => void): () => void {
    const heard = ({ key }: StorageEvent) => {
      if (key === this.#key) listener();
    };
    addEventListener("storage", heard);
    return () => {
      removeEventListener("storage", heard);
    };
  }

  get #token(): string | null {
    return tokenIn(kept(this.#key) ?? this.#unkept);
  }

  /** As the editor does; where the browser keeps nothing, until the page is closed. */
  #keep(login: string): void {
    keep(this.#key, login);
    this.#unkept = kept(this.#key) === null ? login : null;
  }

  async #fetch(address: string, options: RequestInit = {}): Promise<Response> {
    const token = this.#token;
    const headers = new Headers(options.headers);
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    const response = await fetch(address, { cache: "no-store", ...options, headers });
    if (!response.ok) throw new Refused(response.status, await problemIn(response));
    return response;
  }
}

/** Notices that nothing has come for too long. */
class Watch {
  readonly #controller = new AbortController();
  #timer = 0;

  /** @param given ends it as well */
  constructor(
    private readonly patience: number,
    given: AbortSignal,
  ) {
    given.addEventListener("abort", () => {
      this.#controller.abort();
    });
    this.extend();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  extend(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#controller.abort();
    }, this.patience);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function addressOf(route: string, params: Readonly<Record<string, string>>): string {
  const left = new URLSearchParams(params);
  const path = (route.split(" ")[1] ?? "").replace(/:(\w+)/g, (_mark, name: string) => {
    left.delete(name);
    return encodeURIComponent(params[name] ?? "");
  });
  const query = left.toString();
  return `cardata/${path}${query === "" ? "" : `?${query}`}`;
}

async function problemIn(response: Response): Promise<Problem | null> {
  try {
    const { error } = objectOr(await response.json());
    return isProblem(error) ? error : null;
  } catch {
    return null;
  }
}

/** Returns what is no object as one without members. */
function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function codeOf(value: unknown): unknown {
  const { code } = objectOr(value);
  return code;
}

function isProblem(value: unknown): value is Problem {
  return typeof codeOf(value) === "string";
}
