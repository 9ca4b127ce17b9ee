import { CarDataError } from "../support/errors.js";
import { HttpFailure, type HttpResponse, type HttpSend } from "../support/http.js";
import { parseJson } from "../support/json.js";
import { traccarAddress } from "../support/traccar-address.js";
import { devicesOf, positionOf } from "./answers.js";
import { isTraccarToken } from "./traccar-token.js";
import type { TrackerDevice, TrackerPosition } from "./tracker-types.js";

export interface TraccarOptions {
  readonly send: HttpSend;
  /** URL under which the user opens Traccar in the browser; plain http is fine in the home network. */
  readonly url: string;
  readonly token: string;
  /** Aborts running requests. */
  readonly signal?: AbortSignal;
}

/** Holds what the server knows about a device. */
export interface PositionAnswer {
  readonly position: TrackerPosition | null;
  /** The server's own time [ms], if sent: the age of positions is judged by it, not by this machine's clock. */
  readonly serverTime: number | null;
}

const TIMEOUT_MS = 10_000;
const LARGEST_LIST = 4 * 1024 * 1024;
const LARGEST_POSITION = 256 * 1024;
/** Matches a bearer token (RFC 6750 section 2.1, a little wider). */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Calls the user's Traccar server. The token is sent nowhere else: redirects are not followed, and no text contains it.
 */
export class TraccarClient {
  readonly #base: string;
  readonly #token: string;

  /** @throws CarDataError `traccar_url_invalid`, `traccar_token_missing`, `traccar_unauthorised` */
  constructor(private readonly options: TraccarOptions) {
    this.#base = baseOf(options.url);
    this.#token = options.token.trim();
    if (this.#token === "") throw new CarDataError("traccar_token_missing");
    if (!TOKEN.test(this.#token)) throw new CarDataError("traccar_unauthorised");
  }

  /**
   * Fetches all devices that the token may see.
   * @throws CarDataError `traccar_unauthorised`, `traccar_unreachable`, `traccar_invalid_response`
   */
  async devices(): Promise<TrackerDevice[]> {
    const response = await this.#get("/api/devices", LARGEST_LIST);
    if (response.status === 403) throw new CarDataError("traccar_unauthorised");
    const devices = devicesOf(jsonOf(response));
    if (devices === null) throw unreadable("no list of devices");
    return devices;
  }

  /**
   * Fetches the newest position of a device; `null` if the server no longer shows this device.
   * @throws CarDataError `traccar_unauthorised`, `traccar_unreachable`, `traccar_invalid_response`
   */
  async position(deviceId: number): Promise<PositionAnswer | null> {
    const response = await this.#get(`/api/positions?deviceId=${deviceId}`, LARGEST_POSITION);
    if (GONE.has(response.status)) return null;
    const position = positionOf(jsonOf(response));
    if (position === undefined) throw unreadable("no position");
    const serverTime = Date.parse(response.headers["date"] ?? "");
    return { position, serverTime: Number.isNaN(serverTime) ? null : serverTime };
  }

  async #get(path: string, maxBytes: number): Promise<HttpResponse> {
    const { send, signal } = this.options;
    // Without "Accept" Traccar may answer with a spreadsheet.
    const headers = { Authorization: `Bearer ${this.#token}`, Accept: "application/json" };
    const request = { method: "GET" as const, url: `${this.#base}${path}`, headers, timeoutMs: TIMEOUT_MS, maxBytes };
    try {
      const response = await send(signal === undefined ? request : { ...request, signal });
      if (this.#isRefusal(response)) throw new CarDataError("traccar_unauthorised");
      if (response.status >= 500)
        throw new CarDataError("traccar_unreachable", { reason: `status ${response.status}` });
      return response;
    } catch (error) {
      throw error instanceof HttpFailure ? failureOf(error) : error;
    }
  }

  /**
   * Returns whether an answer refuses the token: 401 for one that was signed elsewhere or has expired, 400 or 500 for one
   * that Traccar cannot even read, as its stack trace tells (docs/observed-behaviour.md).
   */
  #isRefusal({ status, body }: HttpResponse): boolean {
    if (status === 401) return true;
    if (status !== 400 && status !== 500) return false;
    const trace = body.toString("utf8");
    if (trace.trim() === HIDDEN_TRACE) return !isTraccarToken(this.#token);
    return TOKEN_PARTS.test(trace) && !trace.includes("Storage");
  }
}

/** Names the parts of Traccar that read a token, in a stack trace; with those of its storage the database is away. */
const TOKEN_PARTS = /\b(?:Token|Crypto)Manager\b/;
/** What a Traccar tells that is set to hide its stack traces. */
const HIDDEN_TRACE = "HiddenError";

/**
 * Lists the statuses with which Traccar's versions refuse the position of a device that is gone, or no longer this
 * user's.
 */
const GONE = new Set([400, 403, 404]);

function baseOf(typed: string): string {
  const address = traccarAddress(typed);
  if (address === null) throw new CarDataError("traccar_url_invalid");
  return address;
}

function jsonOf({ status, body }: HttpResponse): unknown {
  if (status !== 200) throw unreadable(`status ${status}`);
  const value = parseJson(body.toString("utf8"));
  if (value === undefined) throw unreadable("no JSON");
  return value;
}

function failureOf(failure: HttpFailure): CarDataError {
  if (failure.kind === "too_large") return unreadable(failure.message);
  // Without the cause, which holds the request with the token.
  return new CarDataError("traccar_unreachable", { reason: failure.message });
}

function unreadable(reason: string): CarDataError {
  return new CarDataError("traccar_invalid_response", { reason });
}
