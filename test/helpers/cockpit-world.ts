import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type {
  CockpitChange,
  CockpitFile,
  CockpitHistory,
  CockpitJournal,
  CockpitLearned,
  CockpitMessage,
  CockpitMonth,
  CockpitSnapshot,
  CockpitTracks,
  CockpitValue,
} from "../../src/cockpit/contract.js";
import type { CheckPlanView, CheckView } from "../../nodes/lib/admin-contract.js";
import { ERROR_TEXTS } from "../../src/support/error-table.js";
import * as cars from "./cockpit-cars.js";
import { eventually } from "./eventually.js";
import { ROOT } from "./node-red.js";

const PAGE = join(ROOT, "dist", "nodes", "cockpit");
const LOCALES = join(ROOT, "dist", "nodes", "locales");
const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };
/** As the runtime sends it with the page. */
const policy = (hasTiles: boolean) =>
  [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'"],
    `img-src 'self' blob: data:${hasTiles ? " https://tile.openstreetmap.org" : ""}`,
    "form-action 'self'",
  ].join("; ");
const PASSWORD = "password";
const TOKEN = "a+token/of=the+editor";

/** What the page is told; each test changes what it is about. */
export interface World {
  snapshot: CockpitSnapshot;
  history: CockpitHistory;
  tracks: CockpitTracks;
  learned: CockpitLearned;
  values: CockpitValue[];
  journal: CockpitJournal;
  /** By its name. */
  month: (name: string) => CockpitMonth;
  file: CockpitFile;
  /** Whether the files of the journal can be used. */
  hasFiles: boolean;
  plan: CheckPlanView;
  report: CheckView;
  mayWrite: boolean;
  /** Whether a login is needed. */
  isGuarded: boolean;
  /** Whether as many pages are open as can be. */
  isFull: boolean;
}

/** A world that shows now what a household of cars would, but for `changes`. */
export const snapshotNow = (changes: Parameters<typeof cars.snapshot>[1]): Partial<World> => ({
  snapshot: cars.snapshot(Date.now(), changes),
});

/**
 * Plays the runtime to the page, by the contract, without Node-RED: whatever the page has to show comes at once, breaks
 * off and comes again when a test wants it.
 */
export class CockpitWorld {
  /** Addresses that were asked for, with the token. */
  readonly asked: { readonly address: string; readonly authorization: string }[] = [];
  /** How many streams were opened so far. */
  opened = 0;
  /** With the key of the car whose values each is asked for. */
  readonly #streams = new Map<ServerResponse, string | null>();

  private constructor(
    private readonly server: Server,
    readonly world: World,
    private readonly root: string,
  ) {
    server.on("request", (request, response) => {
      void this.#answer(request, response);
    });
  }

  /** @param root what stands before the page's address, such as `/admin` */
  static async start(changes: Partial<World> = {}, root = ""): Promise<CockpitWorld> {
    const now = Date.now();
    const quota = cars.account(now).quota;
    const world: World = {
      snapshot: cars.snapshot(now),
      history: cars.history(now),
      tracks: cars.tracks(now),
      learned: cars.learned(now),
      values: cars.values(now, 300),
      journal: cars.journal(now),
      month: (name) => cars.month(name),
      file: { fileName: "trips-2026-03-01-2026-03-31.csv", mimeType: "text/csv", text: "\ufeffStrecke;1,5\r\n" },
      hasFiles: true,
      plan: { cost: 1, quota },
      report: { level: "green", findings: [{ area: "login", level: "green", code: "login_good", params: {} }] },
      mayWrite: true,
      isGuarded: false,
      isFull: false,
      ...changes,
    };
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CockpitWorld(server, world, root);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.root}/cardata`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Waits until a page would hear of each value of a car, as it does while it shows them all. */
  async followed(key: string): Promise<void> {
    await eventually(`a page that follows the values of ${key}`, () => [...this.#streams.values()].includes(key));
  }

  /** Tells all open pages. */
  push(...changes: CockpitChange[]): void {
    this.#send({ kind: "changes", at: new Date().toISOString(), changes });
  }

  /** Ends the streams as the runtime does. */
  end(reason: "time" | "closed"): void {
    this.#send({ kind: "end", reason });
    for (const stream of this.#streams.keys()) stream.end();
  }

  /** Is gone, as a Node-RED that restarts. */
  async vanish(): Promise<() => Promise<void>> {
    const { port } = this.server.address() as AddressInfo;
    for (const stream of this.#streams.keys()) stream.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
    return async () => {
      this.server.listen(port, "127.0.0.1");
      await once(this.server, "listening");
    };
  }

  async stop(): Promise<void> {
    if (this.server.listening) await this.vanish();
  }

  #send(message: CockpitMessage): void {
    for (const stream of this.#streams.keys()) stream.write(`data: ${JSON.stringify(message)}\n\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const { authorization = "" } = request.headers;
    this.asked.push({ address: request.url ?? "", authorization });
    const path = pathname.startsWith(this.root) ? pathname.slice(this.root.length) : "";
    if (path === "/auth/token") return this.#login(request, response);
    const open = this.#withoutLogin(path, searchParams);
    if (open !== null) open(response);
    else if (this.world.isGuarded && authorization !== `Bearer ${TOKEN}`) response.writeHead(401).end("Unauthorized");
    else if (path === "/cardata/cockpit/stream") this.#open(response, searchParams.get("values"));
    else this.#data(path, searchParams)(response);
  }

  /** The page, and what is asked to log in; `null`: none of these. */
  #withoutLogin(path: string, asked: URLSearchParams): Answer | null {
    const name = path.split("/").at(-1) ?? "";
    if (path === "/cardata") return file("index.html", asked.has("tiles"));
    if (path.startsWith("/cardata/page/texts/")) return json(texts(name));
    if (path.startsWith("/cardata/page/")) return file(name);
    return path === "/auth/login" ? json(loginForm(this.world.isGuarded)) : null;
  }

  #data(path: string, asked: URLSearchParams): Answer {
    const { history, tracks, learned, values, snapshot, plan, report, mayWrite } = this.world;
    const [, key = "", what = ""] = /^\/cardata\/cockpit\/car\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const details: Readonly<Record<string, object>> = {
      history: { ...history, key },
      tracks: { ...tracks, key },
      learned: { ...learned, key },
      values: { key, at: snapshot.at, vin: "WBY00000000000011", account: "account", values },
    };
    const told = this.#journal(what, key, asked);
    if (told !== null) return told;
    if (what === "picture") return png();
    const detail = details[what];
    if (detail !== undefined) return json(detail);
    if (path === "/cardata/cockpit/rights" && mayWrite) return json({ mayWrite });
    if (path === "/cardata/cockpit/rights") return status(401);
    if (path.endsWith("/check")) return json({ ...plan, ...report });
    return path.endsWith("/diagnostics") ? json({ status: "fine" }) : status(404);
  }

  #journal(what: string, key: string, asked: URLSearchParams): Answer | null {
    const { journal, month, file: exported, hasFiles } = this.world;
    const answers: Readonly<Record<string, () => object>> = {
      journal: () => ({ ...journal, key }),
      entries: () => ({ ...month(asked.get("month") ?? ""), key }),
      export: () => exported,
    };
    const answer = answers[what];
    if (answer === undefined) return null;
    return hasFiles ? json(answer()) : refusal("journal_files");
  }

  #open(response: ServerResponse, values: string | null): void {
    if (this.world.isFull) {
      refusal("too_many_pages")(response);
      return;
    }
    const isKnown = values === null || this.world.snapshot.cars.some(({ key }) => key === values);
    if (!isKnown) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    this.#streams.set(response, values);
    this.opened += 1;
    response.on("close", () => this.#streams.delete(response));
    const message: CockpitMessage = { kind: "snapshot", snapshot: this.world.snapshot };
    response.write(`: open\n\ndata: ${JSON.stringify(message)}\n\n`);
  }

  async #login(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) body += String(part);
    const isRight = new URLSearchParams(body).get("password") === PASSWORD;
    if (isRight) json({ access_token: TOKEN, expires_in: 604_800, token_type: "Bearer" })(response);
    else response.writeHead(401).end("Unauthorized");
  }
}

function loginForm(isGuarded: boolean): object {
  const prompts = [
    { id: "username", type: "text", label: "user.username" },
    { id: "password", type: "password", label: "user.password" },
  ];
  return isGuarded ? { type: "credentials", prompts } : {};
}

function texts(wanted: string): object {
  const language = [wanted, wanted.split("-")[0] ?? ""].find((one) => existsSync(join(LOCALES, one))) ?? "en-US";
  const read = (set: string) =>
    JSON.parse(readFileSync(join(LOCALES, language, `${set}.json`), "utf8")) as Record<string, unknown>;
  const accountTexts = read("cardata-account");
  return {
    language,
    "cardata-cockpit": read("cardata-cockpit")["cardata-cockpit"],
    "cardata-account": accountTexts["cardata-account"],
    errors: accountTexts["errors"] ?? ERROR_TEXTS,
  };
}

type Answer = (response: ServerResponse) => void;

function file(name: string, hasTiles = false): Answer {
  const path = join(PAGE, name);
  if (!existsSync(path)) return status(404);
  const type = TYPES[name.split(".").at(-1) ?? ""] ?? "text/plain";
  const headers = { "content-type": `${type}; charset=utf-8`, "content-security-policy": policy(hasTiles) };
  return (response) => response.writeHead(200, headers).end(readFileSync(path));
}

/** The smallest picture. */
function png(): Answer {
  const bytes = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  return (response) => response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from(bytes, "base64"));
}

function json(body: unknown): Answer {
  return (response) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function refusal(code: string): Answer {
  const error = { code, params: { reason: "EIO" } };
  return (response) => response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error }));
}

function status(code: number): Answer {
  return (response) => response.writeHead(code).end();
}
