import type { Clock } from "../../src/support/clock.js";
import { HttpFailure, type HttpRequest, type HttpResponse, type HttpSend } from "../../src/support/http.js";
import type { HttpFaults } from "./http-faults.js";
import { render, type ServerAnswer, type Incoming, type ServerOutcome } from "./http.js";

/** A server without sockets. */
export interface ServerInProcess {
  readonly handle: (request: Incoming) => ServerOutcome;
  readonly faults: Pick<HttpFaults, "isDown" | "downReason" | "held">;
}

/** An HTTP door to servers without sockets; `serverOf` chooses by path, whatever the host. */
export function sendInProcess(clock: Clock, serverOf: (path: string) => ServerInProcess): HttpSend {
  return async (request) => {
    if (request.signal?.aborted === true) throw new HttpFailure("aborted", "aborted");
    const incoming = incomingOf(request);
    const { handle, faults } = serverOf(incoming.path);
    if (faults.isDown) throw new HttpFailure("network", faults.downReason);
    const outcome = handle(incoming);
    if (faults.held !== null) await Promise.race([faults.held, silence(clock, request)]);
    if (outcome === "drop") throw new HttpFailure("network", "ECONNRESET", undefined, true);
    return outcome === "hang" ? silence(clock, request) : responseOf(outcome, request.maxBytes);
  };
}

function incomingOf({ method, url, headers, body = "" }: HttpRequest): Incoming {
  const { pathname, searchParams } = new URL(url);
  const lowerCase = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return { method, path: pathname, query: searchParams, headers: Object.fromEntries(lowerCase), body };
}

/** No answer: the request ends by its own time limit or by its sender. */
function silence(clock: Clock, { timeoutMs, signal }: HttpRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (kind: "timeout" | "aborted") => {
      cancel();
      signal?.removeEventListener("abort", abort);
      reject(new HttpFailure(kind, kind, undefined, true));
    };
    const abort = () => {
      end("aborted");
    };
    const cancel = clock.after(timeoutMs, () => {
      end("timeout");
    });
    signal?.addEventListener("abort", abort);
  });
}

function responseOf(answer: ServerAnswer, maxBytes: number): HttpResponse {
  const { headers, body } = render(answer);
  if (body.length > maxBytes) throw new HttpFailure("too_large", "too large");
  return { status: answer.status, headers, body };
}
