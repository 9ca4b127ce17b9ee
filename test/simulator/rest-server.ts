import { randomUUID } from "node:crypto";
import type { Clock } from "../../src/support/clock.js";
import type { Car } from "./cars/car.js";
import type { Answer, Incoming } from "./http.js";
import type { Logins } from "./logins.js";
import type { RequestLog } from "./request-log.js";

const DAILY_LIMIT = 50;
const DAY_MS = 24 * 3600 * 1000;

/** BMW's REST API: the paths that the package uses by now; the others answer CU-503. */
export class RestApi {
  #day = 0;
  #used = 0;

  constructor(
    private readonly clock: Clock,
    private readonly logins: Logins,
    private readonly cars: readonly Car[],
    private readonly log: RequestLog,
  ) {}

  readonly handle = (request: Incoming): Answer => {
    this.log.add(`rest ${request.path}`);
    return this.#gate(request) ?? this.#route(request);
  };

  /** Uses up calls, as another client of the same account would. */
  burnQuota(calls: number): void {
    this.#startDay();
    this.#used += calls;
  }

  #gate({ headers }: Incoming): Answer | null {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
    if (token === undefined) return refused(401, "CU-100", "No token");
    const state = this.logins.accessToken(token);
    if (state === "expired") return refused(401, "CU-102", "Token expired");
    if (state === "unknown") return refused(401, "CU-101", "Authentication error");
    if (headers["x-version"] !== "v1") return refused(400, "CU-400", "x-version missing");
    this.#startDay();
    if (this.#used >= DAILY_LIMIT) return refused(403, "CU-429", "API rate limit reached");
    this.#used++;
    return null;
  }

  #route({ method, path }: Incoming): Answer {
    const [, vin, resource] = /^\/customers\/vehicles\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    if (method === "GET" && path === "/customers/vehicles/mappings") return this.#mappings();
    if (method === "GET" && resource === "basicData") return this.#basicData(decodeURIComponent(vin ?? ""));
    return refused(503, "CU-503", "Service unavailable");
  }

  #mappings(): Answer {
    const mappedSince = "2024-03-11T09:15:00Z";
    return { status: 200, body: this.cars.map(({ vin, role }) => ({ vin, mappedSince, mappingType: role })) };
  }

  #basicData(vin: string): Answer {
    if (!/^[A-HJ-NPR-Z0-9]{17}$/.test(vin)) return refused(400, "CU-120", "VIN format");
    const car = this.cars.find((one) => one.vin === vin);
    if (car?.role !== "PRIMARY") return refused(403, "CU-104", "No permission for the VIN");
    return { status: 200, body: car.basicData };
  }

  #startDay(): void {
    const day = Math.floor(this.clock.now() / DAY_MS);
    if (day !== this.#day) this.#used = 0;
    this.#day = day;
  }
}

function refused(status: number, exveErrorId: string, exveErrorMsg: string): Answer {
  return { status, body: { exveErrorId, exveErrorMsg, exveErrorRef: randomUUID(), exveNote: "" } };
}
