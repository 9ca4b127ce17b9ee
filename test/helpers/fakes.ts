import { HttpFailure, type HttpRequest, type HttpResponse, type HttpSend } from "../../src/support/http.js";
import type { Logger } from "../../src/support/logger.js";
import type { Random } from "../../src/support/random.js";
import type { OpenStream, StreamTarget, TransportEvents } from "../../src/stream/transport.js";
import { SEED, SeededRandom } from "./random.js";

export const START = Date.parse("2026-03-02T06:00:00Z");
export const CLIENT_ID = "11111111-2222-4333-8444-555555555555";
export const GCID = "99999999-8888-4777-8666-555555555555";
/** Invented. */
export const VIN = "WBY1Z2C30N7A00001";
export const OTHER_VIN = "WBA1Z2C30N7A00002";

const seeded = new SeededRandom(SEED, "fakes");
/** Chance without surprises: no jitter. */
export const evenRandom: Random = { bytes: (count) => seeded.bytes(count), fraction: () => 0.5 };

export type HttpAnswer =
  | { status: number; body?: unknown; text?: string; type?: string; headers?: Record<string, string> }
  | HttpFailure;

export const json = (status: number, body: unknown): HttpAnswer => ({ status, body });
export const networkDown = new HttpFailure("network", "ENOTFOUND");
/** BMW may have got the question. */
export const timedOut = new HttpFailure("timeout", "timeout", undefined, true);
/** The connection, or its TLS handshake, did not come about in time. */
export const connectTimedOut = new HttpFailure("timeout", "timeout");

/** An HTTP that answers from a script; after its end the last answer is repeated. */
export function scriptedHttp(...script: HttpAnswer[]) {
  const requests: (HttpRequest & { form: Record<string, string> })[] = [];
  /** While there is one, answers wait for it, or for the end of the request. */
  const pauses: { hold: Promise<void> | null } = { hold: null };
  const send: HttpSend = async (request) => {
    requests.push({ ...request, form: Object.fromEntries(new URLSearchParams(request.body ?? "")) });
    const answer = script.length > 1 ? script.shift() : script[0];
    if (pauses.hold !== null) await Promise.race([pauses.hold, abortOf(request)]);
    if (answer === undefined) throw new HttpFailure("network", "no answer scripted");
    return toResponse(answer);
  };
  return Object.assign(pauses, { send, requests, script });
}

function abortOf({ signal }: HttpRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => {
      reject(new HttpFailure("aborted", "aborted"));
    });
  });
}

function toResponse(answer: HttpAnswer): HttpResponse {
  if (answer instanceof HttpFailure) throw answer;
  const { status, body, text, type = "application/json", headers = {} } = answer;
  const content = Buffer.isBuffer(body) ? body : Buffer.from(text ?? JSON.stringify(body));
  return { status, headers: { "content-type": type, ...headers }, body: content };
}

/** A JWT with these claims; the signature is nonsense, as nobody here checks it. */
export function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.c2lnbmF0dXJl`;
}

let issued = 0;

/** BMW's answer to a granted login or refresh, each time with new tokens. `now` in milliseconds. */
export function tokenAnswer(now = START, changes: object = {}) {
  const number = ++issued;
  return {
    access_token: `access-token-${number}`,
    id_token: jwt({ sub: GCID, exp: Math.floor(now / 1000) + 3600, number }),
    refresh_token: `refresh-token-${number}`,
    token_type: "Bearer",
    expires_in: 3600,
    scope: "authenticate_user openid cardata:api:read cardata:streaming:read",
    gcid: GCID,
    ...changes,
  };
}

/** A fake MQTT; the test plays the broker. */
export function fakeBroker() {
  const connections: { target: StreamTarget; events: TransportEvents; open: boolean }[] = [];
  let mostOpen = 0;
  let takesLeave = true;
  const open: OpenStream = (target, events) => {
    const connection = { target, events, open: true };
    connections.push(connection);
    mostOpen = Math.max(mostOpen, connections.filter((one) => one.open).length);
    return {
      close: async () => {
        if (!takesLeave) await new Promise(() => undefined);
        if (!connection.open) return;
        connection.open = false;
        events.onClosed(null);
      },
    };
  };
  const last = () => {
    const connection = connections.at(-1);
    if (connection === undefined) throw new Error("nobody connected");
    return connection;
  };
  return {
    open,
    connections,
    last,
    mostOpen: () => mostOpen,
    /** CONNACK 0 and a granted SUBACK. */
    accept: () => {
      last().events.onAccepted();
      last().events.onSubscribed(true);
    },
    refuse: (returnCode: number) => {
      last().events.onRefused(returnCode);
    },
    /** From now on no connection ends when it is asked to. */
    hang: () => {
      takesLeave = false;
    },
    cut: () => {
      last().open = false;
      last().events.onClosed(null);
    },
    publish: (vin: string, payload: unknown, retained = false) => {
      const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
      last().events.onMessage(`${GCID}/${vin}`, bytes, retained);
    },
  };
}

/** A logger that remembers. */
export function memoryLog(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const take = (level: string) => (text: string) => {
    lines.push(`${level}: ${text}`);
  };
  return {
    lines,
    info: take("info"),
    warn: take("warn"),
    error: take("error"),
    debug: (text) => {
      lines.push(`debug: ${text()}`);
    },
  };
}
