import type { Cancel, Clock } from "../../src/support/clock.js";
import { HttpFailure, type HttpRequest, type HttpResponse, type HttpSend } from "../../src/support/http.js";
import { createBackend, type Backend, type BackendOptions } from "./backend.js";
import type { Car } from "./cars/car.js";
import { AccountFaults } from "./faults.js";
import type { ReportListener } from "./fleet.js";
import { render, type Answer, type Incoming } from "./http.js";
import type { TokenAnswer } from "./logins.js";
import type { RequestLog } from "./request-log.js";

export interface InProcessOptions extends BackendOptions {
  readonly clock: Clock;
  /** Milliseconds of the clock between steps of the cars; 0 (default): only `step` moves them. */
  readonly tick?: number;
}

/** A BMW without sockets, all on one clock, so that a month takes seconds. */
export interface BmwInProcess {
  /** Serves OAuth and REST by path, whatever the host. */
  readonly send: HttpSend;
  readonly clientId: string;
  readonly gcid: string;
  readonly cars: readonly Car[];
  readonly faults: AccountFaults;
  readonly log: RequestLog;
  /** A complete token answer without a device login. */
  issueTokens(): TokenAnswer;
  /** Moves the cars on by `ms`; the clock is moved by who owns it. */
  step(ms: number): void;
  /** Hears what would go over the stream. */
  onReport(listener: ReportListener): Cancel;
  /** Ends the ticking. */
  stop(): void;
}

const OAUTH_PATHS = "/gcdm/";

export function bmwInProcess({ clock, tick = 0, ...options }: InProcessOptions): BmwInProcess {
  const backend = createBackend(clock, options, () => "http://in-process");
  const { clientId, gcid, cars, fleet, log, logins } = backend;
  return {
    send: (request) => send(backend, clock, request),
    clientId,
    gcid,
    cars,
    faults: new AccountFaults(backend),
    log,
    issueTokens: () => logins.issue(),
    step: (ms) => {
      fleet.step(ms);
    },
    onReport: (listener) => fleet.onReport(listener),
    stop: fleet.follow(clock, tick),
  };
}

async function send(backend: Backend, clock: Clock, request: HttpRequest): Promise<HttpResponse> {
  if (request.signal?.aborted === true) throw new HttpFailure("aborted", "aborted");
  const incoming = incomingOf(request);
  const isOAuth = incoming.path.startsWith(OAUTH_PATHS);
  const faults = isOAuth ? backend.oauthFaults : backend.apiFaults;
  if (faults.isDown) throw new HttpFailure("network", "ECONNREFUSED");
  const outcome = (isOAuth ? backend.handleOAuth : backend.handleApi)(incoming);
  if (outcome === "drop") throw new HttpFailure("network", "ECONNRESET");
  return outcome === "hang" ? silence(clock, request) : responseOf(outcome, request.maxBytes);
}

function incomingOf({ method, url, headers, body = "" }: HttpRequest): Incoming {
  const { pathname, searchParams } = new URL(url);
  const lowerCase = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return { method, path: pathname, query: searchParams, headers: Object.fromEntries(lowerCase), body };
}

/** No answer: the request ends by its own time limit or by its sender. */
function silence(clock: Clock, { timeoutMs, signal }: HttpRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (kind: "timeout" | "aborted") => {
      cancel();
      signal?.removeEventListener("abort", abort);
      reject(new HttpFailure(kind, kind));
    };
    const abort = () => {
      end("aborted");
    };
    const cancel = clock.after(timeoutMs, () => {
      end("timeout");
    });
    signal?.addEventListener("abort", abort);
  });
}

function responseOf(answer: Answer, maxBytes: number): HttpResponse {
  const { headers, body } = render(answer);
  if (body.length > maxBytes) throw new HttpFailure("too_large", "too large");
  return { status: answer.status, headers, body };
}
