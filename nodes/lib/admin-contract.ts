import type { LoginProgress } from "../../src/auth/login-manager.js";
import type { AccountStatus, DescriptorSummary, QuotaStatus, VehicleSummary } from "../../src/account/status.js";
import type { ContainerEntry } from "../../src/messages/types.js";
import type { Problem } from "../../src/support/errors.js";

/*
 * What the editor and the runtime say to each other over the admin routes. Shared by both sides, so a change that
 * only one of them follows does not compile. Nothing here may hold a token, a device code or a GCID.
 */

/** Body of `POST cardata/login`: values of the open dialog, saved or not. */
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

/** Answer of `POST cardata/login`, `GET cardata/login/:session` and `POST cardata/login/:session/cancel`. */
export type LoginView = LoginProgress;

/** Answer of `GET cardata/account/:id/status`, and of the POSTs `refresh`, `logout` and `discover`. */
export type AccountView = AccountStatus;

/** Answer of `GET cardata/account/:id/vehicles`. */
export type VehicleView = VehicleSummary;

/** Answer of `GET cardata/account/:id/descriptors`: what came from the account's cars so far. */
export type DescriptorView = DescriptorSummary;

/** Answer of `GET cardata/account/:id/quota`; asks BMW nothing. */
export type QuotaView = QuotaStatus;

/** Answer of `GET cardata/account/:id/containers`; costs one of BMW's requests, so only users who may write get it. */
export type ContainerView = ContainerEntry;

/** Body of `POST cardata/account/:id/containers`; deleting costs one of BMW's requests. */
export interface ContainerDeletion {
  action: "delete";
  id: string;
  /** The user was asked. */
  confirm: boolean;
}

/** Body of `POST cardata/traccar/devices`: values of the open dialog, saved or not. */
export interface TraccarRequest {
  /** Id of the node; it need not be deployed. */
  node: string;
  server: string;
  /** As typed; Node-RED's `__PWRD__` stands for the one that is saved, which then goes to the saved server only. */
  token: string;
}

/** One of the answer of `POST cardata/traccar/devices`. */
export interface TraccarDeviceView {
  name: string;
  uniqueId: string;
}

/** Body of every refused admin request (status 4xx or 5xx). */
export interface ErrorView {
  error: Problem;
}
