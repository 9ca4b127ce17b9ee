import { EventEmitter } from "node:events";
import { basename } from "node:path";
import type { StoreNews } from "../store/troubles.js";
import type { StreamState } from "../stream/session.js";
import type { Clock } from "../support/clock.js";
import { type ErrorCode, errorOf, type Problem, toCarDataError } from "../support/errors.js";
import type { HttpSend } from "../support/http.js";
import type { Logger } from "../support/logger.js";
import { redactor } from "../support/redact.js";
import type { AccountEvent, AccountEvents } from "./events.js";

/** What is said at the end of some trouble with files. */
const OVER: Readonly<Partial<Record<ErrorCode, string>>> = {
  store_read_only: "Files can be written to the Node-RED user folder again",
  folder_in_use: "The other Node-RED has left the user folder: this one takes over",
};

/** All that an account says: events to its nodes, and lines to the log without secrets, coordinates and full VINs. */
export class AccountLogger {
  /** Without limit: every node that uses the account listens. */
  readonly events = new EventEmitter<AccountEvents>().setMaxListeners(0);
  /** Under which the secrets of this account are known, by what they are. */
  readonly #owners = new Map<string, object>();

  /**
   * @param isTalkative whether protocol lines are for the ordinary log
   * @param vins the cars by now
   */
  constructor(
    private readonly log: Logger,
    private readonly isTalkative: boolean,
    private readonly vins: () => Iterable<string>,
  ) {}

  tell(event: AccountEvent, at: number): void {
    this.guarded(() => this.events.emit("event", event, at));
  }

  /** The status of the account may be another. */
  changed(): void {
    this.#hideCars();
    this.guarded(() => this.events.emit("status"));
  }

  /** A listener that throws must not stop the stream, let alone Node-RED. */
  guarded(run: () => unknown): void {
    try {
      run();
    } catch (error) {
      this.log.error(this.redact(toCarDataError(error).message));
    }
  }

  info(text: string): void {
    this.log.info(this.redact(text));
  }

  /** @param before goes before the sentence of the problem */
  warn(problem: Problem, before = ""): void {
    this.log.warn(this.redact(before + errorOf(problem).message));
  }

  error(problem: Problem): void {
    this.log.error(this.redact(errorOf(problem).message));
  }

  /** A line for people who look for a fault. */
  protocol(text: string): void {
    if (this.isTalkative) this.info(text);
    else this.log.debug(() => this.redact(text));
  }

  /** What the files of the account are up to. */
  readonly files = (news: StoreNews): void => {
    switch (news.kind) {
      case "damaged":
        this.log.warn(this.redact(`${basename(news.path)} is damaged; it was kept aside as ${basename(news.aside)}`));
        break;
      case "trouble":
        this.warn(news.problem);
        break;
      case "over":
        this.info(OVER[news.problem.code] ?? "The files of the account can be read again");
    }
  };

  /** What is said of the stream. */
  ofStream(clock: Clock) {
    return {
      onState: (state: StreamState) => {
        const code = "problem" in state && state.problem ? `: ${state.problem.code}` : "";
        this.protocol(`stream ${state.kind}${code}`);
      },
      onConnected: () => {
        this.info("Stream connected");
        this.tell({ name: "connected" }, clock.now());
      },
      onDisconnected: (problem: Problem) => {
        this.warn(problem, "Stream disconnected: ");
        this.tell({ name: "disconnected", reason: problem.code, problem }, clock.now());
      },
      onChange: () => {
        this.changed();
      },
    };
  }

  /** These secrets are said to nobody; they take the place of those of before under `name`. */
  hide(name: string, secrets: Iterable<string>): void {
    const owner = this.#owners.get(name) ?? {};
    this.#owners.set(name, owner);
    redactor.know(owner, secrets);
  }

  /** Takes secrets, coordinates and full VINs out of a text for others. */
  redact(text: string): string {
    this.#hideCars();
    return redactor.text(text);
  }

  close(): void {
    this.events.removeAllListeners();
    for (const owner of this.#owners.values()) redactor.know(owner, []);
  }

  #hideCars(): void {
    this.hide("cars", this.vins());
  }
}

/** Wraps an HTTP door so that each exchange leaves a line without bodies, headers or query. */
export function loggedSend(send: HttpSend, log: (text: string) => void): HttpSend {
  return async (request) => {
    const { pathname } = new URL(request.url);
    try {
      const response = await send(request);
      // Not with a colon: "token: 200" looks like a token to whoever takes secrets out.
      log(`${request.method} ${pathname} answered ${response.status}`);
      return response;
    } catch (error) {
      log(`${request.method} ${pathname} failed: ${error instanceof Error ? error.message : "unknown"}`);
      throw error;
    }
  };
}
