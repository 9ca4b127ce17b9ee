import { isPlainWebAddress } from "../support/address.js";
import { CarDataError } from "../support/errors.js";
import { HttpFailure, type HttpResponse, type HttpSend } from "../support/http.js";
import { parseJson } from "../support/json.js";
import { devicesOf, positionOf } from "./answers.js";
import type { TrackerDevice, TrackerPosition } from "./types.js";

export interface TraccarOptions {
  readonly send: HttpSend;
  /** As the user opens Traccar in the browser; plain http is fine, as it stands in the home network. */
  readonly url: string;
  readonly token: string;
  /** Ends requests that are under way. */
  readonly signal?: AbortSignal;
}

/** What the server knows of a device. */
export interface PositionAnswer {
  readonly position: TrackerPosition | null;
  /** The server's own time in milliseconds, if it says one: trackers are judged by it, not by the clock of this machine. */
  readonly serverTime: number | null;
}

const TIMEOUT_MS = 10_000;
const LARGEST_LIST = 4 * 1024 * 1024;
const LARGEST_POSITION = 256 * 1024;
/** What a bearer token may be made of (RFC 6750 section 2.1), and a little more. */
const TOKEN = /^[\x21-\x7e]+$/;

/** The user's Traccar server. The token goes nowhere else: redirects are not followed, and no text names it. */
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
   * All devices that the token may see.
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
   * The newest position of a device; `null` if the server no longer shows this device.
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
    // Without "Accept" Traccar may answer with a table for people.
    const headers = { Authorization: `Bearer ${this.#token}`, Accept: "application/json" };
    const request = { method: "GET" as const, url: `${this.#base}${path}`, headers, timeoutMs: TIMEOUT_MS, maxBytes };
    try {
      const response = await send(signal === undefined ? request : { ...request, signal });
      if (response.status === 401) throw new CarDataError("traccar_unauthorised");
      if (response.status >= 500)
        throw new CarDataError("traccar_unreachable", { reason: `status ${response.status}` });
      return response;
    } catch (error) {
      throw error instanceof HttpFailure ? failureOf(error) : error;
    }
  }
}

/** How Traccar's versions refuse the position of a device that is not there, or no longer this user's. */
const GONE = new Set([400, 403, 404]);

function baseOf(typed: string): string {
  if (!isPlainWebAddress(typed.trim())) throw new CarDataError("traccar_url_invalid");
  const url = new URL(typed.trim());
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function jsonOf({ status, body }: HttpResponse): unknown {
  if (status !== 200) throw unreadable(`status ${status}`);
  const value = parseJson(body.toString("utf8"));
  if (value === undefined) throw unreadable("no JSON");
  return value;
}

function failureOf(failure: HttpFailure): CarDataError {
  if (failure.kind === "too_large") return unreadable(failure.message);
  // Its cause holds the request with the token.
  return new CarDataError("traccar_unreachable", { reason: failure.message });
}

function unreadable(reason: string): CarDataError {
  return new CarDataError("traccar_invalid_response", { reason });
}
