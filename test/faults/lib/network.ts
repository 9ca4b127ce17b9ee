import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { createCertificate } from "../../simulator/certificates.js";
import type { Simulator } from "../../simulator/index.js";
import { TcpRelay, type RelayMode } from "../../simulator/tcp-relay.js";

/** Simulates the network between a Node-RED and the servers of BMW, on this machine. */
export class Network {
  #portal: Portal | null = null;

  private constructor(
    readonly stream: TcpRelay,
    readonly oauth: TcpRelay,
    readonly api: TcpRelay,
  ) {}

  static async to({ streamUrl, oauthUrl, apiUrl }: Simulator): Promise<Network> {
    const start = (url: string) => TcpRelay.start(Number(new URL(url).port));
    const [stream, oauth, api] = await Promise.all([start(streamUrl), start(oauthUrl), start(apiUrl)]);
    return new Network(stream, oauth, api);
  }

  /** Settings of an account behind this network; its hosts have names, so that resolving them can fail. */
  get endpoints() {
    return {
      endpoints: "custom",
      authUrl: `http://localhost:${this.oauth.port}`,
      apiUrl: `http://localhost:${this.api.port}`,
      streamUrl: `mqtts://localhost:${this.stream.port}`,
    };
  }

  /** Sets the treatment of new connections; existing ones stay. */
  set mode(mode: RelayMode) {
    for (const relay of this.#all) relay.mode = mode;
  }

  cut(): void {
    for (const relay of this.#all) relay.cut();
  }

  freeze(): void {
    for (const relay of this.#all) relay.freeze();
  }

  /** Leads all connections to somebody else's page, as in a hotel before its rules are accepted. */
  async beginPortal(status: 200 | 302): Promise<void> {
    this.#portal = await openPortal(status);
    this.oauth.target = this.api.target = this.#portal.httpPort;
    this.stream.target = this.#portal.tlsPort;
    this.cut();
  }

  /** Restores the normal network. */
  async mend(): Promise<void> {
    for (const relay of this.#all) relay.mend();
    await this.#portal?.close();
    this.#portal = null;
  }

  async close(): Promise<void> {
    await this.#portal?.close();
    await Promise.all(this.#all.map((relay) => relay.stop()));
  }

  get #all(): TcpRelay[] {
    return [this.stream, this.oauth, this.api];
  }
}

interface Portal {
  readonly httpPort: number;
  readonly tlsPort: number;
  close(): Promise<void>;
}

const PAGE = "<!doctype html><html><body><h1>Welcome to our hotel</h1>Please accept our rules.</body></html>";

async function openPortal(status: 200 | 302): Promise<Portal> {
  const certificate = await createCertificate();
  const http = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "text/html", ...(status === 302 && { location: "/welcome" }) });
    response.end(PAGE);
  });
  const tls = createTlsServer({ key: certificate.key, cert: certificate.cert }, (socket) => {
    socket.on("error", () => undefined);
    socket.end(PAGE);
  });
  tls.on("tlsClientError", () => undefined);
  const servers = [http, tls];
  await Promise.all(servers.map((server) => new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))));
  const portOf = (server: (typeof servers)[number]) => (server.address() as AddressInfo).port;
  return {
    httpPort: portOf(http),
    tlsPort: portOf(tls),
    close: async () => {
      http.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
      certificate.remove();
    },
  };
}
