import type { Clock } from "../../src/support/clock.js";
import type { SimulatedCar } from "./cars/car.js";
import { standardCars } from "./cars/standard.js";
import { SimulatedFleet } from "./simulated-fleet.js";
import { HttpFaults } from "./http-faults.js";
import type { Incoming, ServerOutcome } from "./http.js";
import { Logins } from "./logins.js";
import { oauthHandler } from "./oauth-server.js";
import { RequestLog } from "./request-log.js";
import { SimulatedRestApi, type RestOptions } from "./rest/api.js";

export interface BackendOptions extends RestOptions {
  /** Default: the three cars of the demo. */
  readonly cars?: readonly SimulatedCar[];
  /** Device codes are approved at their first poll. */
  readonly autoApprove?: boolean;
  /** Of the one client and the one customer; others are needed where several BMWs serve one Node-RED. */
  readonly clientId?: string;
  readonly gcid?: string;
  /** Seconds. */
  readonly codeExpiresIn?: number;
  readonly codeInterval?: number;
  readonly tokenLife?: number;
  readonly scopes?: readonly string[];
}

/** BMW without its servers: what is the same on sockets and in process. */
export interface Backend {
  readonly clientId: string;
  readonly gcid: string;
  readonly cars: readonly SimulatedCar[];
  readonly fleet: SimulatedFleet;
  readonly log: RequestLog;
  readonly logins: Logins;
  readonly rest: SimulatedRestApi;
  readonly oauthFaults: HttpFaults;
  readonly apiFaults: HttpFaults;
  readonly handleOAuth: (request: Incoming) => ServerOutcome;
  readonly handleApi: (request: Incoming) => ServerOutcome;
}

/** The ids are invented. */
const DEFAULTS = {
  clientId: "3f2c1d8e-6b4a-4c7d-9e21-0a5b8c7d6e4f",
  gcid: "7a1e5c34-2b6d-4f80-a9c3-d4e5f6071829",
  autoApprove: false,
  codeExpiresIn: 300,
  codeInterval: 5,
  tokenLife: 3600,
  scopes: ["authenticate_user", "openid", "cardata:api:read", "cardata:streaming:read"],
} satisfies BackendOptions;

/** @param oauthUrl address of the approval page */
export function createBackend(clock: Clock, options: BackendOptions, oauthUrl: () => string): Backend {
  const { clientId, gcid, codeExpiresIn, codeInterval, tokenLife, scopes, autoApprove } = { ...DEFAULTS, ...options };
  const cars = options.cars ?? standardCars(clock.now());
  const log = new RequestLog(() => clock.now());
  const codes = { clientId, codeExpiresIn, codeInterval };
  const logins = new Logins({ ...codes, clock, gcid, tokenLife, scopes, autoApprove });
  const rest = new SimulatedRestApi({ clock, logins, log, cars, gcid, scopes }, options);
  const oauthFaults = new HttpFaults();
  const apiFaults = new HttpFaults();
  return {
    clientId,
    gcid,
    cars,
    fleet: new SimulatedFleet(cars, gcid, clock.now()),
    log,
    logins,
    rest,
    oauthFaults,
    apiFaults,
    handleOAuth: oauthFaults.before(oauthHandler({ ...codes, logins, log, url: oauthUrl })),
    handleApi: apiFaults.before(rest.handle, rest.note),
  };
}
