import type { Cancel, Clock } from "../../src/support/clock.js";
import type { HttpSend } from "../../src/support/http.js";
import { createBackend, type BackendOptions } from "./backend.js";
import type { SimulatedCar } from "./cars/car.js";
import { AccountFaults } from "./faults.js";
import type { ReportListener } from "./simulated-fleet.js";
import type { TokenAnswer } from "./logins.js";
import type { RequestLog } from "./request-log.js";
import { sendInProcess, type ServerInProcess } from "./send-in-process.js";
import { StreamInProcess } from "./stream-in-process.js";
import { TraccarServer } from "./traccar-server.js";

export interface InProcessOptions extends BackendOptions {
  readonly clock: Clock;
  /** Milliseconds of the clock between steps of the cars; 0 (default): only `step` moves them. */
  readonly tick?: number;
}

/** A BMW without sockets, all on one clock, so that a month takes seconds. */
export interface BmwInProcess {
  /** Serves OAuth, REST and Traccar by path, whatever the host. */
  readonly send: HttpSend;
  readonly clientId: string;
  readonly gcid: string;
  readonly cars: readonly SimulatedCar[];
  readonly faults: AccountFaults;
  readonly log: RequestLog;
  /** Carries what the cars report. */
  readonly stream: StreamInProcess;
  /** Trackers in all cars. */
  readonly traccar: TraccarServer;
  /** Whether BMW would renew a login by this refresh token. */
  accepts(refreshToken: string): boolean;
  /** A complete token answer without a device login. */
  issueTokens(): TokenAnswer;
  /** Moves the cars on by `ms`; the clock is moved by who owns it. */
  step(ms: number): void;
  /** Called with what would be sent over the stream. */
  onReport(listener: ReportListener): Cancel;
  /** Ends the ticking. */
  stop(): void;
}

const OAUTH_PATHS = "/gcdm/";
const TRACCAR_PATHS = "/api/";

export function bmwInProcess({ clock, tick = 0, ...options }: InProcessOptions): BmwInProcess {
  const backend = createBackend(clock, options, () => "http://in-process");
  const { clientId, gcid, cars, fleet, log, logins, handleOAuth, handleApi, oauthFaults, apiFaults } = backend;
  const oauth = { handle: handleOAuth, faults: oauthFaults };
  const api = { handle: handleApi, faults: apiFaults };
  const traccar = new TraccarServer(clock, cars);
  const stream = new StreamInProcess({ clock, gcid, logins, log });
  fleet.onReport((vin, payload) => {
    stream.publish(vin, payload);
  });
  const serverOf = (path: string): ServerInProcess => {
    if (path.startsWith(OAUTH_PATHS)) return oauth;
    return path.startsWith(TRACCAR_PATHS) ? traccar : api;
  };
  return {
    send: sendInProcess(clock, serverOf),
    clientId,
    gcid,
    cars,
    faults: new AccountFaults(backend),
    log,
    stream,
    traccar,
    accepts: (refreshToken) => logins.accepts(refreshToken),
    issueTokens: () => logins.issue(),
    step: (ms) => {
      fleet.step(ms);
    },
    onReport: (listener) => fleet.onReport(listener),
    stop: fleet.follow(clock, tick),
  };
}
