import type { RestCall } from "../../rest/call.js";
import type { AccessTokens } from "../../rest/client.js";
import type { Files } from "../../store/files.js";
import type { Clock } from "../../support/clock.js";
import type { Problem } from "../../support/errors.js";
import type { HttpResponse, HttpSend } from "../../support/http.js";
import type { Random } from "../../support/random.js";
import type { Garage } from "../garage.js";
import type { OperationAnswer } from "../operations.js";

/** What the REST side of an account needs of everything around it. */
export interface RestDeskDoors {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: HttpSend;
  readonly apiUrl: string;
  readonly tokens: AccessTokens;
  /** Why no call can be made at all, or `null`. */
  readonly obstacle: () => Problem | null;
  readonly garage: Garage;
  /** When a charge of a car ought to be over by its estimate, in milliseconds; `null` without one. */
  readonly chargeEndOf: (vin: string) => number | null;
  readonly files: Files;
  /** The account's folder. */
  readonly folder: string;
  /** Ends what only reads, and keeps anything more from going out. */
  readonly signal: AbortSignal;
  /** Ends what changes something at BMW. */
  readonly changes: AbortSignal;
  readonly onResponse: (call: RestCall, response: HttpResponse) => void;
  /** An automatic call was answered, for the node that is responsible. */
  readonly onAnswer: (node: string, answer: OperationAnswer) => void;
  /** Something failed that nobody waits for, or that is worth knowing. */
  readonly onProblem: (problem: Problem) => void;
  /** The quota or what else is kept has changed. */
  readonly onState: () => void;
  readonly onChange: () => void;
}
