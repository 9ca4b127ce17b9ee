import type { AccountContext } from "../context/account-context.js";
import { pause } from "../support/clock.js";
import { ERROR_TABLE } from "../support/error-table.js";
import { CarDataError, toCarDataError } from "../support/errors.js";
import { HttpFailure, type HttpResponse } from "../support/http.js";
import { parseJson } from "../support/json.js";
import type { BinaryContent, RestApi, RestCall } from "./rest-call.js";
import { isUnsent } from "./error-predicates.js";
import type { QuotaLedger } from "./quota-ledger.js";
import { checkQuota, quotaRefusal } from "./quota-refusal.js";
import { parseRefusal, refusalDetails, refusalError } from "./refusal.js";

/** Provides the account's access tokens. */
export interface AccessTokens {
  fresh(): Promise<string>;
  /** Returns a token other than `rejected` if BMW issues one. */
  force(rejected: string): Promise<string>;
}

/** A format in which BMW answers. */
interface AnswerFormat {
  readonly accept: string;
  readonly maxBytes: number;
}

/** Describes a queued call. */
interface QueuedCall extends AnswerFormat {
  /** Prevents it from being sent. */
  readonly signal: AbortSignal;
  /** Aborts it once it is sent. */
  readonly sent: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 30_000;
const SPACING_MS = 1000;
const RETRY_PAUSE_MS = 2000;
/** Limits the pause before a repetition [ms]: a flow does not wait longer, even if BMW asks for it. */
const LONGEST_RETRY_PAUSE_MS = 60_000;
const JSON_FORMAT: AnswerFormat = { accept: "application/json", maxBytes: 2 * 1024 * 1024 };
const BYTES_FORMAT: AnswerFormat = { accept: "*/*", maxBytes: 10 * 1024 * 1024 };
/** Lists the statuses after which a repetition may help; BMW calls 500 permanent. */
const PASSING_STATUSES: ReadonlySet<number | undefined> = new Set([408, 502, 503, 504]);

/** Sends requests to BMW's CarData REST API, one at a time, and counts every attempt that can have reached BMW. */
export class RestClient implements RestApi {
  #queue: Promise<unknown> = Promise.resolve();
  #lastSent = -Infinity;
  #login = new AbortController();
  #signal: AbortSignal;

  /** @param onResponse sees every answer of BMW, refusals included */
  constructor(
    private readonly context: Pick<AccountContext, "send" | "endpoints" | "clock" | "reads" | "changes">,
    private readonly tokens: AccessTokens,
    private readonly ledger: QuotaLedger,
    private readonly onResponse: (call: RestCall, response: HttpResponse) => void = () => undefined,
  ) {
    this.#signal = this.#nextSignal();
  }

  /** Aborts running and queued calls with `rest_aborted`: their login is gone. */
  abort(): void {
    this.#login.abort();
    this.#login = new AbortController();
    this.#signal = this.#nextSignal();
  }

  async json(call: RestCall): Promise<unknown> {
    const { body } = await this.#inTurn(call, JSON_FORMAT);
    if (body.length === 0) return null;
    const value = parseJson(body.toString("utf8"));
    if (value === undefined) throw new CarDataError("rest_invalid_response");
    return value;
  }

  async bytes(call: RestCall): Promise<BinaryContent> {
    const { body, headers } = await this.#inTurn(call, BYTES_FORMAT);
    return { bytes: body, type: (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "" };
  }

  #nextSignal(): AbortSignal {
    return AbortSignal.any([this.context.reads, this.#login.signal]);
  }

  #inTurn(call: RestCall, format: AnswerFormat): Promise<HttpResponse> {
    const signal = this.#signal;
    const isRead = (call.method ?? "GET") === "GET";
    const sent = isRead ? signal : AbortSignal.any([this.context.changes, this.#login.signal]);
    const turn: QueuedCall = { ...format, signal, sent };
    const result = this.#queue.then(() => this.#withRetry(call, turn));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #withRetry(call: RestCall, turn: QueuedCall): Promise<HttpResponse> {
    try {
      return await this.#withToken(call, turn);
    } catch (error) {
      const wait = call.retry === false || call.isOnlyOnce ? null : retryPause(error);
      if (wait === null) throw error;
      await pause(this.context.clock, wait, turn.signal);
      return this.#withToken(call, turn);
    }
  }

  async #withToken(call: RestCall, turn: QueuedCall): Promise<HttpResponse> {
    checkAborted(turn.signal);
    call.check?.();
    const token = await this.tokens.fresh();
    try {
      return await this.#attempt(call, turn, token);
    } catch (error) {
      if (!(error instanceof CarDataError) || ERROR_TABLE[error.code].retry !== "renew-token") throw error;
      // BMW may refuse a token that is valid by the clock; a renewed one is worth one more try.
      const renewed = await this.tokens.force(token);
      if (renewed === token) throw error;
      // Who may spend one request only is not sent to log in for what is renewed by now.
      if (call.isOnlyOnce) throw new CarDataError("cu_102");
      return this.#attempt(call, turn, renewed);
    }
  }

  async #attempt(call: RestCall, turn: QueuedCall, token: string): Promise<HttpResponse> {
    await this.#pause(turn.signal);
    call.check?.();
    checkQuota(this.ledger, call.budget);
    const settle = this.ledger.count(call);
    try {
      const response = await this.#send(call, turn, token);
      this.#checkResponse(call, response);
      settle("ok");
      return response;
    } catch (error) {
      settle(isUnsent(error) ? null : toCarDataError(error).code);
      throw error;
    }
  }

  /** Throws the error that a refusal of BMW stands for. */
  #checkResponse(call: RestCall, response: HttpResponse): void {
    const { ledger } = this;
    this.onResponse(call, response);
    if (response.status >= 200 && response.status <= 299) return;
    const { code, details } = parseRefusal(response, this.context.clock.now());
    if (code !== "cu_429") throw refusalError(code, details, call.vin);
    ledger.exhausted(details.askedPauseMs);
    throw quotaRefusal(ledger, details);
  }

  async #send({ method = "GET", path, body }: RestCall, { accept, maxBytes, sent }: QueuedCall, token: string) {
    const content = body === undefined ? {} : { "Content-Type": "application/json" };
    try {
      return await this.context.send({
        method,
        url: this.context.endpoints.apiUrl + path,
        headers: { Authorization: `Bearer ${token}`, "x-version": "v1", Accept: accept, ...content },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        timeoutMs: REQUEST_TIMEOUT_MS,
        maxBytes,
        signal: sent,
      });
    } catch (error) {
      throw failureOf(error);
    } finally {
      this.#lastSent = this.context.clock.now();
    }
  }

  /** Waits so that BMW gets at most one request per second. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.context;
    const wait = this.#lastSent + SPACING_MS - clock.now();
    if (wait > 0 && wait <= SPACING_MS) await pause(clock, wait, signal);
    checkAborted(signal);
  }
}

function checkAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new CarDataError("rest_aborted");
}

/** Returns the wait before the one repetition [ms]; `null` if it would not help. */
function retryPause(error: unknown): number | null {
  if (!(error instanceof CarDataError)) return null;
  if (ERROR_TABLE[error.code].retry === "repeat") return RETRY_PAUSE_MS;
  const { httpStatus, askedPauseMs } = refusalDetails(error);
  if (!PASSING_STATUSES.has(httpStatus)) return null;
  const wait = askedPauseMs ?? RETRY_PAUSE_MS;
  return wait <= LONGEST_RETRY_PAUSE_MS ? wait : null;
}

function failureOf(error: unknown): CarDataError {
  if (!(error instanceof HttpFailure)) return new CarDataError("internal", { reason: String(error) }, error);
  if (error.kind === "aborted") return new CarDataError("rest_aborted");
  if (error.kind === "too_large") return new CarDataError("rest_too_large");
  return new CarDataError("rest_network", { reason: error.message }, error);
}
