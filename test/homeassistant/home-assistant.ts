import { createHmac, randomBytes } from "node:crypto";
import type { ChildProcess } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../helpers/eventually.js";
import { ROOT } from "../helpers/node-red.js";
import { freePort } from "../helpers/user-broker.js";
import { HaApi } from "./api.js";
import { innerFolder, PYTHON, startInner, stopInner } from "./debian.js";

export type UnitSystem = "metric" | "us_customary";

const AUTOMATIONS = "automations.yaml";
const SCRIPTS = ["start.py", "rows.py", "constants.py"];
const TOKEN = { id: "cardatatest", key: randomBytes(64).toString("hex") };
const YEAR_S = 31_536_000;
/** What it says of a machine that has more to do. */
const SLOW =
  /No ACK from MQTT server|took longer than|taking over \d+ seconds|is taking too long|is taking longer|took [\d.]+ seconds/;
const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\S* (WARNING|ERROR|CRITICAL) \([^)]*\) (.*)$/;

interface HouseOptions {
  /** With the frontend, and what needs it, such as the logbook. */
  readonly hasFrontend?: boolean;
  /** A list of automations in YAML. */
  readonly automations?: string | null;
}

/** A real Home Assistant in a folder of its own. */
export class HomeAssistant {
  readonly #folder = innerFolder("homeassistant");
  readonly #log: string[] = [];
  /** What it says at each start, whatever MQTT brings. */
  readonly #usual = new Set<string>();
  #child: ChildProcess | null = null;
  #api: HaApi | null = null;

  private constructor(
    readonly units: UnitSystem,
    private readonly port: number,
    { hasFrontend = false, automations = null }: HouseOptions,
  ) {
    const { outer } = this.#folder;
    for (const script of SCRIPTS) copyFileSync(join(ROOT, "test/homeassistant", script), join(outer, script));
    writeFileSync(join(outer, "configuration.yaml"), configuration(units, hasFrontend, automations !== null));
    if (automations !== null) writeFileSync(join(outer, AUTOMATIONS), automations);
    mkdirSync(join(outer, ".storage"));
    this.#store("http", 3, { stable: server(port), pending: null, yaml_migration_done: true });
    this.#store("auth", 1, owner());
    if (hasFrontend) this.#store("onboarding", 4, { done: ["user", "core_config", "analytics", "integration"] });
  }

  /** Starts one with MQTT set up as its dialog does. */
  static async start(
    units: UnitSystem,
    broker: { readonly port: number },
    options: HouseOptions = {},
  ): Promise<HomeAssistant> {
    const assistant = new HomeAssistant(units, await freePort(), options);
    await assistant.start();
    for (const line of assistant.problems()) assistant.#usual.add(line);
    await assistant.#addBroker(broker.port);
    return assistant;
  }

  get api(): HaApi {
    if (this.#api === null) throw new Error("Home Assistant is stopped");
    return this.#api;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What its frontend keeps in a browser where the owner has logged in. */
  login(): object {
    const access = { access_token: accessToken(), token_type: "Bearer", expires_in: YEAR_S, refresh_token: "none" };
    return { ...access, hassUrl: this.url, clientId: `${this.url}/`, expires: Date.now() + YEAR_S * 1000 };
  }

  get folder() {
    return this.#folder;
  }

  async start(): Promise<void> {
    const { inner } = this.#folder;
    const options = ["--config", inner, "--skip-pip", "--log-no-color"];
    this.#child = startInner(PYTHON, [`${inner}/start.py`, ...options]);
    this.#child.stdout?.resume();
    this.#child.stderr?.resume();
    await eventually("a Home Assistant that has started", () => this.#isRunning());
    this.#api = await HaApi.connect(`ws://127.0.0.1:${this.port}/api/websocket`, accessToken());
  }

  async stop(): Promise<void> {
    if (this.#child === null) return;
    await this.#api?.close();
    this.#api = null;
    await stopInner(this.#child);
    this.#log.push(...this.#lines());
    this.#child = null;
  }

  /** Warnings and errors of all starts so far, but those that it gives without us. */
  problems(): string[] {
    const lines = this.#child === null ? this.#log : [...this.#log, ...this.#lines()];
    const found = lines.flatMap((line) => LINE.exec(line)?.slice(1).join(" ") ?? []);
    return found.filter((line) => !this.#usual.has(line) && !SLOW.test(line));
  }

  #lines(): string[] {
    return readFileSync(join(this.#folder.outer, "home-assistant.log"), "utf8").split("\n");
  }

  async #isRunning(): Promise<boolean> {
    if (this.#child?.exitCode !== null) throw new Error("Home Assistant has ended");
    const answer = await this.#rest("config").catch(() => null);
    return answer?.["state"] === "RUNNING";
  }

  /** Goes through the dialog of the integration. */
  async #addBroker(port: number): Promise<void> {
    const { flow_id } = await this.#rest("config/config_entries/flow", { handler: "mqtt" });
    const settings = {
      broker: "127.0.0.1",
      port,
      protocol: "5",
      other_settings: { set_client_cert: false, set_ca_cert: "off" },
    };
    const { type, errors } = await this.#rest(`config/config_entries/flow/${String(flow_id)}`, settings);
    if (type !== "create_entry") throw new Error(`MQTT could not be set up: ${String(type)} ${JSON.stringify(errors)}`);
  }

  async #rest(path: string, body?: object): Promise<Record<string, unknown>> {
    const headers = { authorization: `Bearer ${accessToken()}`, "content-type": "application/json" };
    const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${this.url}/api/${path}`, { headers, ...request });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  #store(key: string, version: number, data: object): void {
    const file = join(this.#folder.outer, ".storage", key);
    writeFileSync(file, JSON.stringify({ version, minor_version: 1, key, data }));
  }
}

/** Nothing that asks the internet. */
function configuration(units: UnitSystem, hasFrontend: boolean, hasAutomations: boolean): string {
  const place = "latitude: 48.1\n  longitude: 11.5\n  elevation: 500\n  country: DE\n  currency: EUR";
  const core = `homeassistant:\n  name: Home\n  time_zone: Europe/Berlin\n  unit_system: ${units}\n  ${place}\n`;
  const parts = [
    "api",
    "config",
    "history",
    "repairs",
    "websocket_api",
    ...(hasFrontend ? ["frontend", "logbook"] : []),
  ];
  const own = hasAutomations ? `notify:\nautomation: !include ${AUTOMATIONS}\n` : "";
  return `${core}recorder:\n  commit_interval: 1\n${parts.map((part) => `${part}:\n`).join("")}${own}`;
}

/** Settings of its web server, which `configuration.yaml` may no longer hold without a repair. */
function server(port: number): object {
  const options = { server_port: port, server_host: ["127.0.0.1"], cors_allowed_origins: [] };
  const limits = { login_attempts_threshold: -1, ip_ban_enabled: false, ssl_profile: "intermediate_v6" };
  const outcome = { created_at: new Date().toISOString(), error: null, error_message: null };
  return { ...options, ...limits, use_x_frame_options: true, ...outcome };
}

/** The owner of the house, with a token that does not end. */
function owner(): object {
  const user = { id: "owner", group_ids: ["system-admin"], is_owner: true, is_active: true, name: "Owner" };
  const groups = [{ id: "system-admin", name: "Administrators" }];
  const token = {
    id: TOKEN.id,
    user_id: user.id,
    client_id: null,
    client_name: "test",
    client_icon: null,
    token_type: "long_lived_access_token",
    created_at: new Date().toISOString(),
    access_token_expiration: YEAR_S,
    token: TOKEN.key,
    jwt_key: TOKEN.key,
  };
  const users = [{ ...user, system_generated: false, local_only: false }];
  return { users, groups, credentials: [], refresh_tokens: [token] };
}

function accessToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: TOKEN.id, iat: now - 60, exp: now + YEAR_S })}`;
  return `${text}.${createHmac("sha256", TOKEN.key).update(text).digest("base64url")}`;
}
