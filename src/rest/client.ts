import { pause, type Clock } from "../support/clock.js";
import { CarDataError } from "../support/errors.js";
import { HttpFailure, type HttpResponse, type HttpSend } from "../support/http.js";
import { parseJson } from "../support/json.js";
import { nextMidnight, type QuotaLedger } from "./quota-ledger.js";
import { isTokenProblem, quotaRefusal, refusalOf } from "./refusal.js";

/** The access tokens of the account, as the client needs them. */
export interface AccessTokens {
  fresh(): Promise<string>;
  /** A token other than `rejected` if BMW gives one. */
  force(rejected: string): Promise<string>;
}

export interface RestClientDoors {
  readonly send: HttpSend;
  readonly apiUrl: string;
  readonly tokens: AccessTokens;
  readonly ledger: QuotaLedger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 30_000;
const SPACING_MS = 1000;
const LARGEST_JSON_BYTES = 2 * 1024 * 1024;

/** BMW's CarData REST API: one request at a time, every attempt counted. */
export class RestClient {
  #queue: Promise<unknown> = Promise.resolve();
  #lastSent = -Infinity;

  constructor(private readonly doors: RestClientDoors) {}

  /**
   * GET of a JSON resource.
   * @param vin the car that the path is about, for the error text
   * @throws CarDataError with BMW's `RefusalDetails` as cause where BMW answered
   */
  getJson(path: string, vin: string | null = null): Promise<unknown> {
    const result = this.#queue.then(() => this.#getJson(path, vin));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #getJson(path: string, vin: string | null): Promise<unknown> {
    const token = await this.doors.tokens.fresh();
    try {
      return await this.#attempt(path, vin, token);
    } catch (error) {
      if (!(error instanceof CarDataError) || !isTokenProblem(error)) throw error;
      // A token that the clock calls valid may be refused; a renewed one is worth one more try.
      const renewed = await this.doors.tokens.force(token);
      if (renewed === token) throw error;
      return this.#attempt(path, vin, renewed);
    }
  }

  async #attempt(path: string, vin: string | null, token: string): Promise<unknown> {
    const response = await this.#send(path, token);
    if (response.status < 200 || response.status > 299) {
      const refusal = refusalOf(response, vin, nextMidnight(this.doors.clock.now()));
      if (refusal.code === "cu_429") this.doors.ledger.exhausted();
      throw refusal;
    }
    const value = parseJson(response.body.toString("utf8"));
    if (value === undefined) throw new CarDataError("rest_invalid_response");
    return value;
  }

  async #send(path: string, token: string): Promise<HttpResponse> {
    await this.#pause();
    const { blockedUntil } = this.doors.ledger;
    if (blockedUntil !== null) throw quotaRefusal(blockedUntil);
    this.doors.ledger.count();
    try {
      return await this.doors.send({
        method: "GET",
        url: this.doors.apiUrl + path,
        headers: { Authorization: `Bearer ${token}`, "x-version": "v1", Accept: "application/json" },
        timeoutMs: REQUEST_TIMEOUT_MS,
        maxBytes: LARGEST_JSON_BYTES,
        signal: this.doors.signal,
      });
    } catch (error) {
      throw failureOf(error);
    } finally {
      this.#lastSent = this.doors.clock.now();
    }
  }

  /** BMW gets at most one request a second. */
  async #pause(): Promise<void> {
    const { clock, signal } = this.doors;
    const wait = this.#lastSent + SPACING_MS - clock.now();
    if (wait > 0 && wait <= SPACING_MS) await pause(clock, wait, signal);
    if (signal.aborted) throw new CarDataError("rest_aborted");
  }
}

function failureOf(error: unknown): CarDataError {
  if (!(error instanceof HttpFailure)) return new CarDataError("internal", { reason: String(error) }, error);
  if (error.kind === "aborted") return new CarDataError("rest_aborted");
  if (error.kind === "too_large") return new CarDataError("rest_too_large");
  return new CarDataError("rest_network", { reason: error.message }, error);
}
