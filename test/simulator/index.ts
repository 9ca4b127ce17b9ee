import { systemClock, type Clock } from "../../src/support/clock.js";
import { createBackend, type BackendOptions } from "./backend.js";
import { createCertificate } from "./certificates.js";
import type { SimulatedCar } from "./cars/car.js";
import { controlHandler } from "./control.js";
import { Faults } from "./faults.js";
import { serve } from "./http.js";
import type { TokenAnswer } from "./logins.js";
import type { RequestLog } from "./request-log.js";
import { StreamServer } from "./stream-server.js";
import { TraccarServer } from "./traccar-server.js";

export interface SimulatorOptions extends BackendOptions {
  readonly clock?: Clock;
  readonly host?: string;
  /** 0 (default): chosen by the system. */
  readonly oauthPort?: number;
  readonly apiPort?: number;
  readonly streamPort?: number;
  readonly traccarPort?: number;
  readonly controlPort?: number;
  /** Milliseconds between steps of the cars; 0: only `step` moves them. */
  readonly tick?: number;
}

/** A BMW on this machine: OAuth, REST and stream, with cars that can be looked into. */
export interface Simulator {
  readonly oauthUrl: string;
  readonly apiUrl: string;
  readonly streamUrl: string;
  readonly traccarUrl: string;
  readonly controlUrl: string;
  /** PEM file of the authority behind `streamUrl`. */
  readonly caFile: string;
  readonly clientId: string;
  readonly gcid: string;
  readonly cars: readonly SimulatedCar[];
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Trackers in all cars, at `traccarUrl`. */
  readonly traccar: TraccarServer;
  /** Approves a code, by default the newest pending one; returns whether there was one. */
  approve(userCode?: string): boolean;
  decline(userCode?: string): boolean;
  /** Whether BMW would renew a login by this refresh token. */
  accepts(refreshToken: string): boolean;
  /** A complete token answer without a device login. */
  issueTokens(): TokenAnswer;
  /** Sends a payload as it is (objects as JSON). */
  publish(vin: string, payload: unknown, options?: { topic?: string; retain?: boolean }): void;
  /** Closes the stream connection as a second client does. */
  kick(): void;
  /** Moves the cars on by `ms` and publishes what they report. */
  step(ms: number): void;
  stop(): Promise<void>;
}

const DEFAULTS = {
  clock: systemClock,
  host: "127.0.0.1",
  oauthPort: 0,
  apiPort: 0,
  streamPort: 0,
  traccarPort: 0,
  controlPort: 0,
  tick: 1000,
} satisfies SimulatorOptions;

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clock, host, tick, oauthPort, apiPort, streamPort, traccarPort, controlPort } = { ...DEFAULTS, ...options };
  let oauthUrl = "";
  const backend = createBackend(clock, options, () => oauthUrl);
  const { clientId, gcid, cars, fleet, log, logins, oauthFaults, apiFaults } = backend;
  const certificate = await createCertificate();
  const stream = new StreamServer({ clock, gcid, vins: cars.map(({ vin }) => vin), logins, log, certificate });
  const boundStreamPort = await stream.start(host, streamPort);

  const publish: Simulator["publish"] = (vin, payload, { topic = `${gcid}/${vin}`, retain = false } = {}) => {
    const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    stream.publish(topic, bytes, retain);
  };
  const faults = new Faults(backend, stream, (payload) => {
    publish(cars[0]?.vin ?? "", payload);
  });
  fleet.onReport(publish);

  const oauth = await serve(host, oauthPort, backend.handleOAuth, oauthFaults);
  oauthUrl = oauth.url;
  const api = await serve(host, apiPort, backend.handleApi, apiFaults);
  const traccar = new TraccarServer(clock, cars);
  const tracking = await serve(host, traccarPort, traccar.handle, traccar.faults);
  const stopTicking = fleet.follow(clock, tick);

  const simulator: Omit<Simulator, "controlUrl"> = {
    oauthUrl,
    apiUrl: api.url,
    streamUrl: `mqtts://localhost:${boundStreamPort}`,
    traccarUrl: tracking.url,
    caFile: certificate.caFile,
    clientId,
    gcid,
    cars,
    faults,
    log,
    traccar,
    approve: (userCode) => logins.decide("approved", userCode),
    decline: (userCode) => logins.decide("declined", userCode),
    accepts: (refreshToken) => logins.accepts(refreshToken),
    issueTokens: () => logins.issue(),
    publish,
    kick: () => {
      stream.kick();
    },
    step: (ms) => {
      fleet.step(ms);
    },
    stop: async () => {
      stopTicking();
      await Promise.all([oauth.stop(), api.stop(), stream.stop(), tracking.stop(), control.stop()]);
      certificate.remove();
    },
  };
  const control = await serve(host, controlPort, controlHandler(simulator));
  return { ...simulator, controlUrl: control.url };
}
