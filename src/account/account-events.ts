import { EventEmitter } from "node:events";
import type { AccountLogger } from "../context/account-logger.js";
import type { BinaryContent } from "../rest/rest-call.js";
import type { JournalStir } from "../journal/journal-value-feed.js";
import type { JournalValue } from "../journal/journal-values.js";
import type { OperationAnswer } from "../rest/operations.js";
import type { ErrorCode, Problem } from "../support/errors.js";
import type { JsonObject } from "../support/json.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { JournalChange } from "./journal/journal-change.js";
import type { LoggedEvent } from "./logged-event.js";

/** The readings and events of one car from one message or answer. */
export interface Update extends VehicleUpdate {
  /** BMW's object, for updates from the stream. */
  readonly envelope?: JsonObject;
  readonly receivedAt: number;
}

/** The events of the account as a whole; each is emitted once per transition. */
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
  /** An automatic REST call was answered, for the responsible node. */
  answer: [node: string, answer: OperationAnswer];
  status: [];
  /** A car has become this account's during its work, with its stored values. */
  appeared: [vin: string];
  /** The Node-RED that owns the login has passed on a picture of a car that was not known yet. */
  pictured: [vin: string, picture: BinaryContent];
  /** The shown state of charge of a car has changed: value, mode or target. */
  estimate: [vin: string];
  /** A charge or a trip of a car was learned from, or was rejected. */
  learned: [vin: string];
  /** The journal of a car has changed. */
  entry: [vin: string, change: JournalChange];
  /** Something has happened to a car or the account: once for each, also for what comes again after a crash. */
  logged: [event: LoggedEvent];
  /** What had happened before has been read, or was deleted. */
  past: [];
  /** What the journal of a car tells as values has changed, or is known for the first time since the start. */
  journal: [vin: string, values: readonly JournalValue[], why: JournalStir];
}

type AccountListeners = { readonly [Name in keyof AccountEvents]?: (...args: AccountEvents[Name]) => void };

/** Listens to an account; returns a function that stops it. */
export function listen(events: EventEmitter<AccountEvents>, listeners: AccountListeners): () => void {
  // The names keep their listeners; the compiler loses that in a loop.
  const emitter = events as EventEmitter;
  const entries = Object.entries(listeners) as [string, (...args: unknown[]) => void][];
  for (const [name, listener] of entries) emitter.on(name, listener);
  return () => {
    for (const [name, listener] of entries) emitter.off(name, listener);
  };
}

/** Emits the events of an account to its nodes; a listener that throws does not affect the others. */
export class AccountEmitter {
  /** Has no limit, because every node that uses the account listens. */
  readonly events = new EventEmitter<AccountEvents>().setMaxListeners(0);

  constructor(private readonly logger: AccountLogger) {}

  emit<Name extends keyof AccountEvents>(name: Name, ...args: AccountEvents[Name]): void {
    // The emitter itself would stop at the first one that throws.
    const listeners = this.events.rawListeners(name) as ((...args: AccountEvents[Name]) => void)[];
    for (const listener of listeners)
      this.logger.guarded(() => {
        listener(...args);
      });
  }

  /** Emits that the status of the account may have changed. */
  changed(): void {
    this.logger.hideCars();
    this.emit("status");
  }

  close(): void {
    this.events.removeAllListeners();
  }
}
