import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { HttpFaults } from "./http-faults.js";

/** What a handler answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly type?: string;
}

export interface Incoming {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

const LARGEST_BODY = 64 * 1024;

/** A small HTTP server on one handler; faults come before the handler. */
export async function serve(
  host: string,
  port: number,
  handle: (request: Incoming) => Answer,
  faults?: HttpFaults,
): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      const incoming = {
        method: request.method ?? "GET",
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body,
      };
      if (faults?.strike(response) === true) return;
      answer(response, handle(incoming));
    });
  });
  server.on("connection", (socket) => {
    if (faults?.isDown === true) socket.destroy();
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

export function answer(response: ServerResponse, { status, body = "", type }: Answer): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": type ?? (typeof body === "string" ? "text/plain" : "application/json"),
  });
  response.end(text);
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
