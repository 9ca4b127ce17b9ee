import { systemClock, type Clock } from "../../src/support/clock.js";
import { createCertificate } from "./certificates.js";
import type { Car } from "./cars/car.js";
import { standardCars } from "./cars/standard.js";
import { controlHandler } from "./control.js";
import { Faults } from "./faults.js";
import { HttpFaults } from "./http-faults.js";
import { serve } from "./http.js";
import { Logins, type TokenAnswer } from "./logins.js";
import { oauthHandler } from "./oauth-server.js";
import { RequestLog } from "./request-log.js";
import { RestApi } from "./rest-server.js";
import { StreamServer } from "./stream-server.js";

export interface SimulatorOptions {
  readonly clock?: Clock;
  readonly host?: string;
  /** 0 (default): chosen by the system. */
  readonly oauthPort?: number;
  readonly apiPort?: number;
  readonly streamPort?: number;
  readonly controlPort?: number;
  /** Device codes are approved at their first poll. */
  readonly autoApprove?: boolean;
  readonly cars?: readonly Car[];
  /** Milliseconds between steps of the cars; 0: only `step` moves them. */
  readonly tick?: number;
  /** Seconds. */
  readonly codeExpiresIn?: number;
  readonly codeInterval?: number;
  readonly tokenLife?: number;
  readonly scopes?: readonly string[];
}

/** A BMW on this machine: OAuth, REST and stream, with cars that can be looked into. */
export interface Simulator {
  readonly oauthUrl: string;
  readonly apiUrl: string;
  readonly streamUrl: string;
  readonly controlUrl: string;
  /** PEM file of the authority behind `streamUrl`. */
  readonly caFile: string;
  readonly clientId: string;
  readonly gcid: string;
  readonly cars: readonly Car[];
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Without a code: the newest pending one. Returns whether there was one. */
  approve(userCode?: string): boolean;
  decline(userCode?: string): boolean;
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
  controlPort: 0,
  autoApprove: false,
  tick: 1000,
  codeExpiresIn: 300,
  codeInterval: 5,
  tokenLife: 3600,
  scopes: ["authenticate_user", "openid", "cardata:api:read", "cardata:streaming:read"],
} satisfies SimulatorOptions;
/** Invented. */
const CLIENT_ID = "3f2c1d8e-6b4a-4c7d-9e21-0a5b8c7d6e4f";
const GCID = "7a1e5c34-2b6d-4f80-a9c3-d4e5f6071829";

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const given = { ...DEFAULTS, ...options };
  const { clock, host, tick, codeExpiresIn, codeInterval, tokenLife, scopes, autoApprove } = given;
  const cars = given.cars ?? standardCars(clock.now());
  const log = new RequestLog(() => clock.now());
  const codes = { clientId: CLIENT_ID, codeExpiresIn, codeInterval };
  const logins = new Logins({ ...codes, clock, gcid: GCID, tokenLife, scopes, autoApprove });
  const certificate = await createCertificate();
  const stream = new StreamServer({ clock, gcid: GCID, vins: cars.map(({ vin }) => vin), logins, log, certificate });
  const streamPort = await stream.start(host, given.streamPort);
  const rest = new RestApi(clock, logins, cars, log);

  const publish: Simulator["publish"] = (vin, payload, { topic = `${GCID}/${vin}`, retain = false } = {}) => {
    const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    stream.publish(topic, bytes, retain);
  };
  const oauthFaults = new HttpFaults();
  const apiFaults = new HttpFaults();
  const faults = new Faults(oauthFaults, apiFaults, stream, logins, rest, (payload) => {
    publish(cars[0]?.vin ?? "", payload);
  });

  let oauthUrl = "";
  const oauthOptions = { ...codes, logins, log, url: () => oauthUrl };
  const oauth = await serve(host, given.oauthPort, oauthHandler(oauthOptions), oauthFaults);
  oauthUrl = oauth.url;
  const api = await serve(host, given.apiPort, rest.handle, apiFaults);

  let time = clock.now();
  const step = (ms: number) => {
    time += ms;
    for (const car of cars)
      for (const report of car.advanceTo(time)) {
        const timestamp = new Date(report.time).toISOString();
        publish(car.vin, { vin: car.vin, entityId: GCID, topic: car.vin, timestamp, data: report.data });
      }
  };
  const stopTicking =
    tick > 0
      ? clock.every(tick, () => {
          step(clock.now() - time);
        })
      : () => undefined;

  const simulator: Omit<Simulator, "controlUrl"> = {
    oauthUrl,
    apiUrl: api.url,
    streamUrl: `mqtts://localhost:${streamPort}`,
    caFile: certificate.caFile,
    clientId: CLIENT_ID,
    gcid: GCID,
    cars,
    faults,
    log,
    approve: (userCode) => logins.decide("approved", userCode),
    decline: (userCode) => logins.decide("declined", userCode),
    issueTokens: () => logins.issue(),
    publish,
    kick: () => {
      stream.kick();
    },
    step,
    stop: async () => {
      stopTicking();
      await Promise.all([oauth.stop(), api.stop(), stream.stop(), control.stop()]);
      certificate.remove();
    },
  };
  const control = await serve(host, given.controlPort, controlHandler(simulator));
  return { ...simulator, controlUrl: control.url };
}
