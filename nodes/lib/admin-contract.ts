import type { CheckPlan, CheckReport } from "../../src/account/doctor/check.js";
import type { LoginProgress } from "../../src/auth/login-manager.js";
import type {
  AccountStatus,
  DescriptorSummary,
  NamedVehicle,
  QuotaStatus,
  VehicleSummary,
} from "../../src/account/status.js";
import type { CockpitRoutes } from "../../src/cockpit/contract.js";
import type { ContainerEntry, ContainersChanged } from "../../src/messages/types.js";
import type { Problem } from "../../src/support/errors.js";

/*
 * Names all that the editor and the runtime say to each other over the admin routes. Both sides are typed by the one table
 * `AdminRoutes`, so that a path or a member that only one of them knows does not compile. Nothing here may hold a token,
 * a device code or a GCID.
 */

/** Names the routes of the cockpit page that answer with JSON. */
export type CockpitRoute = Exclude<keyof CockpitRoutes, "GET cockpit/stream">;

/** Names every route below `cardata/` by method and path, with the JSON that goes in and comes out. */
export interface AdminRoutes extends Readonly<{ [R in CockpitRoute]: { answer: CockpitRoutes[R] } }> {
  "POST traccar/devices": { request: TraccarRequest; answer: readonly TraccarDeviceView[] };
  /** Tells which account has a client ID. Client IDs belong into no address, because those are logged. */
  "POST client/holder": { request: ClientQuestion; answer: ClientAnswer };
  "POST login": { request: LoginRequest; answer: LoginView };
  "GET login/:session": { answer: LoginView };
  "POST login/:session/cancel": { answer: LoginView };
  "POST account/:id/refresh": { answer: AccountView };
  "POST account/:id/logout": { answer: AccountView };
  "POST account/:id/discover": { answer: AccountView };
  "GET account/:id/status": { answer: AccountView };
  /** The cars of all accounts, by name. */
  "GET vehicles": { answer: readonly NamedVehicle[] };
  "GET account/:id/vehicles": { answer: readonly VehicleView[] };
  /** What the account's cars have sent so far, each with its newest value. */
  "GET account/:id/descriptors": { answer: readonly DescriptorView[] };
  /** Asks BMW nothing. */
  "GET account/:id/quota": { answer: QuotaView };
  /** Tells what a check costs, and asks BMW nothing. */
  "GET account/:id/check": { answer: CheckPlanView };
  /** Costs one of BMW's requests at most. */
  "POST account/:id/check": { answer: CheckView };
  /** For people who ask for help; shown as it comes. */
  "GET account/:id/diagnostics": { answer: object };
  /** Costs one of BMW's requests, so only users who may write get it. */
  "GET account/:id/containers": { answer: readonly ContainerView[] };
  "POST account/:id/containers": { request: ContainerDeletion; answer: ContainersChanged };
}

export type Route = keyof AdminRoutes;

/** Gives the names after the colons of a route. */
export type RouteParam<R extends string> = R extends `${string}:${infer Name}/${infer Rest}`
  ? Name | RouteParam<Rest>
  : R extends `${string}:${infer Name}`
    ? Name
    : never;

/** Gives the body of a request; a route without one has no members to send. */
export type RouteRequest<R extends Route> = AdminRoutes[R] extends { request: infer Body } ? Body : unknown;

export type RouteAnswer<R extends Route> = AdminRoutes[R]["answer"];

/** Holds the values of the open dialog, saved or not. */
export interface LoginRequest {
  /** Id of the config node; it need not be deployed. */
  account: string;
  clientId: string;
  endpoints: "bmw" | "custom";
  authUrl: string;
  apiUrl: string;
  streamUrl: string;
  caFile: string;
}

export interface ClientQuestion {
  /** As typed. */
  clientId: string;
}

export interface ClientAnswer {
  /** The deployed account that has the client ID, which may be the one in the dialog; `null` if none has. */
  holder: { id: string; name: string } | null;
}

export type CheckPlanView = CheckPlan;
export type CheckView = CheckReport;
export type LoginView = LoginProgress;
export type AccountView = AccountStatus;
export type VehicleView = VehicleSummary;
export type DescriptorView = DescriptorSummary;
export type QuotaView = QuotaStatus;
export type ContainerView = ContainerEntry;

/** Deleting costs one of BMW's requests. */
export interface ContainerDeletion {
  action: "delete";
  id: string;
  /** The user was asked. */
  confirm: boolean;
}

/** Holds the values of the open dialog, saved or not. */
export interface TraccarRequest {
  /** Id of the node; it need not be deployed. */
  node: string;
  server: string;
  /** Token as typed; Node-RED's `__PWRD__` stands for the saved one, which is sent to the saved server only. */
  token: string;
}

export interface TraccarDeviceView {
  name: string;
  uniqueId: string;
}

/** Is the body of every refused admin request (status 4xx or 5xx). */
export interface ErrorView {
  error: Problem;
}
