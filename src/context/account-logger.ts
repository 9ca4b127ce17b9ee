import { basename } from "node:path";
import type { StoreEvent } from "../store/trouble-reporter.js";
import { errorOf, toCarDataError, type ErrorCode, type Problem } from "../support/errors.js";
import type { HttpSend } from "../support/http.js";
import type { Logger } from "../support/logger.js";
import { redactor } from "../support/redact.js";

/** Texts for the end of some trouble with files. */
const OVER: Readonly<Partial<Record<ErrorCode, string>>> = {
  store_read_only: "Files can be written to the Node-RED user folder again",
  folder_in_use: "The other Node-RED has left the user folder: this one takes over",
  folder_maybe_in_use: "It is known by now whether another Node-RED works with the user folder",
};

/** Writes the lines of one account to the log, without secrets, coordinates and full VINs. */
export class AccountLogger {
  /** Name under which the secrets of this account are registered. */
  readonly #owners = new Map<string, object>();

  /**
   * @param isTalkative whether protocol lines go to the ordinary log
   * @param vins returns the present cars
   */
  constructor(
    private readonly log: Logger,
    private readonly isTalkative: boolean,
    private readonly vins: () => Iterable<string>,
  ) {}

  info(text: string): void {
    this.log.info(this.redact(text));
  }

  /**
   * Logs a problem.
   * @param before precedes the sentence of the problem
   */
  warn(problem: Problem, before = ""): void {
    this.log.warn(this.redact(before + errorOf(problem).message));
  }

  error(problem: Problem): void {
    this.log.error(this.redact(errorOf(problem).message));
  }

  /** Logs a line for people who look for a fault. */
  protocol(text: string): void {
    if (this.isTalkative) this.info(text);
    else this.log.debug(() => this.redact(text));
  }

  /** Runs a listener. One that throws must not stop the stream, let alone Node-RED. */
  guarded(run: () => unknown): void {
    try {
      run();
    } catch (error) {
      this.log.error(this.redact(toCarDataError(error).message));
    }
  }

  /** Logs what became of the files of the account. */
  readonly files = (event: StoreEvent): void => {
    switch (event.kind) {
      case "damaged":
        this.log.warn(this.redact(`${basename(event.path)} is damaged; it was kept aside as ${basename(event.aside)}`));
        break;
      case "superseded":
        this.log.warn(
          this.redact(
            `${basename(event.path)} could not be opened and was replaced; it was kept as ${basename(event.aside)}`,
          ),
        );
        break;
      case "taken-back":
        this.info(`${basename(event.path)}: what was set aside for this BMW customer is in use again`);
        break;
      case "trouble":
        this.warn(event.problem);
        break;
      case "over":
        this.info(OVER[event.problem.code] ?? "The files of the account can be read again");
    }
  };

  /** Wraps HTTP so that each exchange leaves a protocol line without bodies, headers or query. */
  logged(send: HttpSend): HttpSend {
    return async (request) => {
      const { pathname } = new URL(request.url);
      try {
        const response = await send(request);
        // Not with a colon: "token: 200" looks like a token to the redaction.
        this.protocol(`${request.method} ${pathname} answered ${response.status}`);
        return response;
      } catch (error) {
        this.protocol(`${request.method} ${pathname} failed: ${error instanceof Error ? error.message : "unknown"}`);
        throw error;
      }
    };
  }

  /** Registers secrets that must never be logged; they replace the former ones under `name`. */
  hide(name: string, secrets: Iterable<string>): void {
    const owner = this.#owners.get(name) ?? {};
    this.#owners.set(name, owner);
    redactor.know(owner, secrets);
  }

  /** Registers the VINs of the present cars for the redaction. */
  hideCars(): void {
    this.hide("cars", this.vins());
  }

  /** Removes secrets, coordinates and full VINs from a text for others. */
  redact(text: string): string {
    this.hideCars();
    return redactor.text(text);
  }

  close(): void {
    for (const owner of this.#owners.values()) redactor.know(owner, []);
  }
}
