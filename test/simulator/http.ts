import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { HttpFaults } from "./http-faults.js";

/** Describes the answer of a handler. */
export interface ServerAnswer {
  readonly status: number;
  /** Text and bytes as they are, everything else as JSON. */
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Describes the outcome of a request: an answer, a closed socket, or silence. */
export type ServerOutcome = ServerAnswer | "drop" | "hang";

export interface Incoming {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

const LARGEST_BODY = 64 * 1024;

/** Describes the faults of a whole server: closed connections, held and late answers. */
type ServerTrouble = Pick<HttpFaults, "isDown" | "held" | "latencyMs">;

const NO_TROUBLE: ServerTrouble = { isDown: false, held: null, latencyMs: 0 };

/** A small HTTP server on one handler. While it is down, connections are closed at once. */
export async function serve(
  host: string,
  port: number,
  handle: (request: Incoming) => ServerOutcome,
  trouble: ServerTrouble = NO_TROUBLE,
): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      const { method = "GET", headers } = request;
      const outcome = handle({ method, path: pathname, query: searchParams, headers, body });
      await trouble.held;
      // The request has been executed; only the answer is pending.
      if (trouble.latencyMs === 0) finish(response, outcome);
      else setTimeout(finish, trouble.latencyMs, response, outcome);
    });
  });
  server.on("connection", (socket) => {
    if (trouble.isDown) socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://${host}:${bound}`, stop: () => stop(server, sockets) };
}

/** Headers and bytes of an answer. */
export function render({ body = "", type, headers }: ServerAnswer): { headers: Record<string, string>; body: Buffer } {
  const isText = typeof body === "string";
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(isText ? body : JSON.stringify(body));
  return {
    headers: { "content-type": type ?? (isText ? "text/plain" : "application/json"), ...headers },
    body: bytes,
  };
}

function finish(response: ServerResponse, outcome: ServerOutcome): void {
  if (outcome === "hang") return;
  if (outcome === "drop") {
    response.socket?.destroy();
    return;
  }
  const { headers, body } = render(outcome);
  response.writeHead(outcome.status, headers);
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) if (body.length < LARGEST_BODY) body += String(chunk);
  return body;
}

async function stop(server: Server, sockets: Set<Socket>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  await closed;
}
