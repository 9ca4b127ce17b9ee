import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Behaviour for new connections: they are relayed, unanswered, or refused as by a dead machine. */
export type RelayMode = "through" | "silent" | "refused";

interface Pair {
  readonly near: Socket;
  readonly far: Socket | null;
  frozen: boolean;
}

/** The network before a server: what passes it may stop passing, without either side hearing of it. */
export class TcpRelay {
  mode: RelayMode = "through";
  /** Target of new connections; another port for a captive portal. */
  target: number;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;

  private constructor(private readonly home: number) {
    this.target = home;
    this.#server = createServer((near) => {
      this.#accept(near);
    });
  }

  /** Before the server at this port of 127.0.0.1. */
  static async start(port: number): Promise<TcpRelay> {
    const relay = new TcpRelay(port);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once("error", reject);
      relay.#server.listen(0, "127.0.0.1", resolve);
    });
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Returns the number of connections, including frozen ones. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Freezes the present connections in both directions, including their end. */
  freeze(): void {
    for (const pair of this.#pairs) pair.frozen = true;
  }

  /** Ends the present connections. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far?.destroy();
    }
  }

  /** Ends all faults. */
  mend(): void {
    this.mode = "through";
    this.target = this.home;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #accept(near: Socket): void {
    near.on("error", () => undefined);
    if (this.mode === "refused") {
      near.resetAndDestroy();
      return;
    }
    const pair: Pair = { near, far: this.mode === "silent" ? null : this.#goOn(), frozen: false };
    this.#pairs.add(pair);
    near.on("close", () => {
      this.#pairs.delete(pair);
      pair.far?.destroy();
    });
    near.on("data", (bytes) => {
      if (!pair.frozen) pass(near, pair.far, bytes);
    });
    pair.far?.on("data", (bytes) => {
      if (!pair.frozen) pass(pair.far, near, bytes);
    });
    pair.far?.on("close", () => {
      if (!pair.frozen) near.destroy();
    });
  }

  #goOn(): Socket {
    return connect(this.target, "127.0.0.1").on("error", () => undefined);
  }
}

/** Goes no faster than the slower side. */
function pass(from: Socket | null, to: Socket | null, bytes: Buffer): void {
  if (to === null || to.destroyed || to.write(bytes)) return;
  from?.pause();
  to.once("drain", () => from?.resume());
}
