import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request as it came. */
interface TakenRequest {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** A server of a program that values are sent to: takes what comes, and answers what it is told to. */
export class HttpSink {
  readonly requests: TakenRequest[] = [];
  /** What it answers. */
  answer = { status: 200, body: "" };

  private constructor(private readonly server: Server) {
    server.on("request", (request: IncomingMessage, response) => {
      void text(request).then((body) => {
        this.requests.push({ path: request.url ?? "", authorization: request.headers.authorization ?? "", body });
        response.writeHead(this.answer.status, { "content-type": "application/json" });
        response.end(this.answer.body);
      });
    });
  }

  static async start(): Promise<HttpSink> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HttpSink(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
