import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A reverse proxy that puts a path before that of Node-RED, which does not know of it. */
export class PrefixProxy {
  private constructor(
    private readonly server: Server,
    private readonly prefix: string,
    /** Address of what lies behind it, with its own path. */
    public target: string,
  ) {
    server.on("request", (asked, answer) => {
      this.#pass(asked, answer);
    });
  }

  static async start(prefix: string, target: string): Promise<PrefixProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new PrefixProxy(server, prefix, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.prefix}`;
  }

  /** Cuts every connection; new ones are taken. */
  cut(): void {
    this.server.closeAllConnections();
  }

  stop(): void {
    this.cut();
    this.server.close();
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const path = asked.url ?? "";
    if (!path.startsWith(this.prefix)) {
      answer.writeHead(404).end();
      return;
    }
    const { method, headers } = asked;
    const passed = request(this.target + path.slice(this.prefix.length), { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
      // What is cut behind the proxy is cut before it.
      answered.on("error", () => answer.destroy());
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  }
}
