import { readFileSync } from "node:fs";
import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isLoopback } from "./network-address.js";
import { CarDataError, reasonOf } from "./errors.js";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Time limit of the whole exchange [ms]. */
  readonly timeoutMs: number;
  /** Limit of the answer [bytes]; a longer one ends the request with `HttpFailure` `too_large`. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends one request. Any status is an answer; rejects with `HttpFailure` only. Redirects are never followed. */
export type HttpSend = (request: HttpRequest) => Promise<HttpResponse>;

/** Reports that no usable answer came. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly kind: "network" | "timeout" | "aborted" | "too_large";
  /** Whether the whole request had left this machine: if not, the server cannot have acted on it. */
  readonly wasSent: boolean;

  constructor(kind: HttpFailure["kind"], message: string, cause?: unknown, wasSent = false) {
    super(message, { cause });
    this.kind = kind;
    this.wasSent = wasSent;
  }
}

const LONGEST_HEADER = 256;
/** Matches control characters except the tab. */
const CONTROL_CHARACTERS = /[^\P{Cc}\t]/gu;

/**
 * Creates the real HTTP client. `caFile` names a certificate authority (PEM) to trust instead of the system's.
 * @throws CarDataError `ca_file_unreadable`
 */
export function createHttpSend(userAgent: string, caFile?: string): HttpSend {
  const httpsAgent = caFile === undefined ? undefined : new HttpsAgent({ ca: readCertificate(caFile) });
  return async (request) => {
    // Loaded at the first request: it is the largest dependency, and an account with its own broker needs none.
    const { default: axios } = await import("axios");
    // The timeout of axios restarts with each byte: a slow server would hold the request for hours.
    const deadline = AbortSignal.timeout(request.timeoutMs);
    let wasSent = false;
    const noteSent = () => {
      wasSent = true;
    };
    try {
      const response = await axios.request<ArrayBuffer>({
        method: request.method,
        url: request.url,
        // A kept-alive connection may be dead by the next request; a renewal sent into one may cost the login.
        headers: { ...request.headers, "User-Agent": userAgent, Connection: "close" },
        data: request.body,
        responseType: "arraybuffer",
        maxContentLength: request.maxBytes,
        // A redirect could carry the bearer token to another host.
        maxRedirects: 0,
        transport: notingTransport(noteSent),
        validateStatus: () => true,
        signal: request.signal ? AbortSignal.any([request.signal, deadline]) : deadline,
        ...(httpsAgent && { httpsAgent }),
        ...(isLoopback(request.url) && { proxy: false as const }),
      });
      return { status: response.status, headers: plainHeaders(response.headers), body: Buffer.from(response.data) };
    } catch (error) {
      throw failureOf(error, request, deadline, wasSent);
    }
  };
}

/** @throws CarDataError `ca_file_unreadable` */
export function readCertificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CarDataError("ca_file_unreadable", { reason: reasonOf(error) }, error);
  }
}

/**
 * Connects as axios would, and reports when a request has left this machine: not before connection and TLS handshake
 * are complete.
 */
function notingTransport(onSent: () => void) {
  return {
    request: (options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest => {
      const request = options.protocol === "http:" ? httpRequest : httpsRequest;
      return request(options, onResponse).once("finish", onSent);
    },
  };
}

function plainHeaders(headers: object): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    result[name.toLowerCase()] = String(value).slice(0, LONGEST_HEADER).replace(CONTROL_CHARACTERS, "");
  return result;
}

function failureOf(error: unknown, request: HttpRequest, deadline: AbortSignal, wasSent: boolean): HttpFailure {
  const reason = reasonOf(error);
  if (request.signal?.aborted) return new HttpFailure("aborted", "aborted", error, wasSent);
  if (deadline.aborted || reason === "ETIMEDOUT") return new HttpFailure("timeout", "timeout", error, wasSent);
  if (error instanceof Error && error.message.includes("maxContentLength"))
    return new HttpFailure("too_large", "too large", error, wasSent);
  return new HttpFailure("network", reason, error, wasSent);
}
