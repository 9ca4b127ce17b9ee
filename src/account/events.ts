import { EventEmitter } from "node:events";
import type { AccountLogger } from "../context/account-logger.js";
import type { OperationAnswer } from "../rest/operations.js";
import type { ErrorCode, Problem } from "../support/errors.js";
import type { JsonObject } from "../support/json.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";

/** The readings and events that one car gave at one time. */
export interface Update extends VehicleUpdate {
  /** BMW's object, for updates that came over the stream. */
  readonly envelope?: JsonObject;
  readonly receivedAt: number;
}

/** Events of the account as a whole; each fires once per real transition. */
export type AccountEvent =
  | { readonly name: "connected" }
  | { readonly name: "disconnected"; readonly reason: ErrorCode; readonly problem: Problem }
  | { readonly name: "loginRequired"; readonly reason: ErrorCode; readonly problem: Problem }
  | { readonly name: "quotaLow"; readonly remaining: number; readonly resetsAt: number }
  | { readonly name: "vehicleFound"; readonly vin: string };

/** The events to which nodes listen. */
export interface AccountEvents {
  update: [update: Update];
  event: [event: AccountEvent, at: number];
  /** An automatic REST call was answered, for the node that is responsible. */
  answer: [node: string, answer: OperationAnswer];
  status: [];
  /** A car has become this account's while it works, with what was stored of it. */
  appeared: [vin: string];
  /** The shown state of charge of a car has changed: value, mode or target. */
  estimate: [vin: string];
  /** A charge or a trip of a car was learned from, or was not. */
  learned: [vin: string];
}

/** Tells the nodes of an account what happens; a node that throws keeps nobody else from hearing of it. */
export class AccountEmitter {
  /** Has no limit, because every node that uses the account listens. */
  readonly events = new EventEmitter<AccountEvents>().setMaxListeners(0);

  constructor(private readonly logger: AccountLogger) {}

  emit<Name extends keyof AccountEvents>(...event: Parameters<typeof this.events.emit<Name>>): void {
    this.logger.guarded(() => this.events.emit<Name>(...event));
  }

  /** Tells that the status of the account may be another. */
  changed(): void {
    this.logger.hideCars();
    this.emit("status");
  }

  close(): void {
    this.events.removeAllListeners();
  }
}
