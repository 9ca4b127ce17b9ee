import type { Clock } from "../../../src/support/clock.js";
import type { SimulatedCar } from "../cars/car.js";
import type { ServerAnswer, Incoming, ServerOutcome } from "../http.js";
import type { Logins } from "../logins.js";
import type { CallDetails, RequestLog } from "../request-log.js";
import { Containers } from "./containers.js";
import { ServedPages } from "./pages.js";
import { SimulatedQuota, type QuotaWindow } from "./quota.js";
import { refused } from "./refused.js";
import { SimulatedVehicles, type MappingShape } from "./vehicles.js";

export interface RestOptions {
  /** Default `utc-day`. */
  readonly quotaWindow?: QuotaWindow;
  /** Default `array`. */
  readonly mappingShape?: MappingShape;
  /** Lag of `telematicData` behind the cars; default 40 s. */
  readonly snapshotLagMs?: number;
  /** Descriptors that count as unknown when a container is created; default none. */
  readonly rejectDescriptors?: readonly string[];
}

export interface RestApiDependencies {
  readonly clock: Clock;
  readonly logins: Logins;
  readonly log: RequestLog;
  readonly cars: readonly SimulatedCar[];
  readonly gcid: string;
  readonly scopes: readonly string[];
}

const SNAPSHOT_LAG_MS = 40_000;
const VEHICLE_PATH = /^\/customers\/vehicles\/([^/]+)\/(\w+)$/;
const CONTAINER_PATH = /^\/customers\/containers(?:\/([^/]+))?$/;

/** BMW's REST API as it behaves, which is not always as it is documented. */
export class SimulatedRestApi {
  readonly quota: SimulatedQuota;
  readonly pages: ServedPages;
  readonly containers: Containers;
  readonly vehicles: SimulatedVehicles;

  constructor(
    private readonly dependencies: RestApiDependencies,
    options: RestOptions,
  ) {
    const { clock } = dependencies;
    const { quotaWindow = "utc-day", mappingShape = "array", snapshotLagMs = SNAPSHOT_LAG_MS } = options;
    this.quota = new SimulatedQuota(clock, quotaWindow);
    this.pages = new ServedPages(clock);
    this.containers = new Containers(clock, options.rejectDescriptors ?? []);
    const { pages, containers } = this;
    this.vehicles = new SimulatedVehicles({ ...dependencies, pages, containers }, { mappingShape, snapshotLagMs });
  }

  readonly handle = (request: Incoming): ServerAnswer => {
    const answer = this.#gate(request) ?? this.#route(request);
    this.note(request, answer);
    return answer;
  };

  /** Writes down a call, also one that a fault answered. */
  readonly note = ({ method, path }: Incoming, outcome: ServerOutcome): void => {
    const [, vin] = VEHICLE_PATH.exec(path) ?? [];
    const answered = typeof outcome === "string" ? {} : resultOf(outcome);
    const kind = method === "GET" ? `rest ${path}` : `rest ${method} ${path}`;
    this.dependencies.log.add(kind, { ...answered, ...(vin !== undefined && { vin: decoded(vin) }) });
  };

  #gate({ headers }: Incoming): ServerAnswer | null {
    const { logins, scopes } = this.dependencies;
    const token = /^Bearer (.+)$/.exec(String(headers["authorization"] ?? ""))?.[1];
    if (token === undefined) return refused("CU-100");
    const state = logins.accessToken(token);
    if (state === "expired") return refused("CU-102");
    if (state === "unknown") return refused("CU-101");
    if (!scopes.includes("cardata:api:read")) return refused("CU-103");
    if (headers["x-version"] !== "v1") return refused("CU-400");
    if (this.quota.take()) return null;
    const { retryAfterS } = this.quota;
    return refused("CU-429", retryAfterS === null ? {} : { "retry-after": String(retryAfterS) });
  }

  #route({ method, path, query, body }: Incoming): ServerAnswer {
    const container = CONTAINER_PATH.exec(path);
    if (container !== null) {
      const [, id] = container;
      return this.containers.handle(method, id === undefined ? null : decoded(id), body);
    }
    if (method !== "GET") return refused("CU-403");
    if (path === "/customers/vehicles/mappings") return this.vehicles.mappings();
    const [, vin, resource] = VEHICLE_PATH.exec(path) ?? [];
    if (vin === undefined || resource === undefined) return refused("CU-403");
    return this.vehicles.read(decoded(vin), resource, query);
  }
}

function resultOf({ status, body }: ServerAnswer): CallDetails {
  const error = (body as { exveErrorId?: unknown } | undefined)?.exveErrorId;
  return { status, ...(typeof error === "string" && { error }) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
