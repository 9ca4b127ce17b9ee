import { once } from "node:events";

/** One entry of Home Assistant's device registry, as far as it is looked at. */
export interface Device {
  readonly id: string;
  readonly name: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly serial_number: string | null;
  readonly sw_version: string | null;
  readonly configuration_url: string | null;
  readonly identifiers: readonly (readonly [string, string])[];
}

/** One entry of its entity registry. */
export interface RegisteredEntity {
  readonly entity_id: string;
  readonly unique_id: string;
  readonly device_id: string | null;
  readonly platform: string;
  readonly disabled_by: string | null;
  readonly original_name: string | null;
}

/** The state of one entity. */
export interface EntityState {
  readonly entity_id: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Issue {
  readonly domain: string;
  readonly issue_id: string;
}

/** What is wrong with the statistics of one entity, e.g. `units_changed`. */
export interface StatisticsIssue {
  readonly type: string;
}

/** What the house shows to everybody until somebody closes it. */
export interface Notification {
  readonly title: string | null;
  readonly message: string;
}

export interface LogbookEntry {
  readonly name?: string;
  readonly message?: string;
}

interface Answer {
  readonly id?: number;
  readonly type: string;
  readonly success?: boolean;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Home Assistant's websocket API. */
export class HaApi {
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #last = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener("message", ({ data }) => {
      this.#take(JSON.parse(String(data)) as Answer);
    });
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("Home Assistant has closed the connection"));
      this.#waiting.clear();
    });
  }

  /** @param url `ws://…/api/websocket` */
  static async connect(url: string, token: string): Promise<HaApi> {
    const socket = new WebSocket(url);
    await next(socket);
    socket.send(JSON.stringify({ type: "auth", access_token: token }));
    const { type } = await next(socket);
    if (type !== "auth_ok") throw new Error(`Home Assistant answered ${type}`);
    return new HaApi(socket);
  }

  devices = () => this.#ask<readonly Device[]>("config/device_registry/list");
  entities = () => this.#ask<readonly RegisteredEntity[]>("config/entity_registry/list");
  states = () => this.#ask<readonly EntityState[]>("get_states");
  statisticsIssues = () =>
    this.#ask<Readonly<Record<string, readonly StatisticsIssue[]>>>("recorder/validate_statistics");
  statistics = () => this.#ask<readonly { readonly statistic_id: string }[]>("recorder/list_statistic_ids");

  notifications = () => this.#ask<readonly Notification[]>("persistent_notification/get");
  logbook = (since: Date) =>
    this.#ask<readonly LogbookEntry[]>("logbook/get_events", { start_time: since.toISOString() });

  async issues(): Promise<readonly Issue[]> {
    // It looks for those of statistics by itself only now and then.
    await this.#ask("recorder/update_statistics_issues");
    return (await this.#ask<{ readonly issues: readonly Issue[] }>("repairs/list_issues")).issues;
  }

  async close(): Promise<void> {
    const closed = once(this.socket, "close");
    this.socket.close();
    await closed;
  }

  #ask<T>(type: string, params: object = {}): Promise<T> {
    const id = ++this.#last;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, type, ...params }));
    }) as Promise<T>;
  }

  #take({ id = 0, type, success, result, error }: Answer): void {
    const waiting = type === "result" ? this.#waiting.get(id) : undefined;
    this.#waiting.delete(id);
    if (success === true) waiting?.resolve(result);
    else waiting?.reject(new Error(error?.message ?? "Home Assistant refused"));
  }
}

async function next(socket: WebSocket): Promise<Answer> {
  const [event] = (await once(socket, "message")) as [MessageEvent];
  return JSON.parse(String(event.data)) as Answer;
}
