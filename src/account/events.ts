import type { ErrorCode, Problem } from "../support/errors.js";
import type { JsonObject } from "../support/json.js";
import type { Reading } from "../vehicle/reading.js";

/** Accepted readings of one car that came together. */
export interface Update {
  readonly vin: string;
  readonly readings: readonly Reading[];
  /** BMW's object, for updates that came over the stream. */
  readonly envelope?: JsonObject;
  readonly receivedAt: number;
}

/** What happens to the account as a whole; each fires once per real transition. */
export type AccountEvent =
  | { readonly name: "connected" }
  | { readonly name: "disconnected"; readonly reason: ErrorCode; readonly problem: Problem }
  | { readonly name: "loginRequired"; readonly reason: ErrorCode; readonly problem: Problem }
  | { readonly name: "quotaLow"; readonly remaining: number; readonly resetsAt: number }
  | { readonly name: "vehicleFound"; readonly vin: string };

/** What an account tells its nodes. */
export interface AccountEvents {
  update: [update: Update];
  event: [event: AccountEvent, at: number];
  status: [];
}
