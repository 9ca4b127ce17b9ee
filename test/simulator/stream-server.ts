import { type AddressInfo, type Server, type Socket } from "node:net";
import { createServer } from "node:tls";
import { Aedes, type Client } from "aedes";
import type { Cancel, Clock } from "../../src/support/clock.js";
import type { Certificate } from "./certificates.js";
import type { Logins } from "./logins.js";
import type { RequestLog } from "./request-log.js";

export interface StreamOptions {
  readonly clock: Clock;
  readonly gcid: string;
  readonly vins: readonly string[];
  readonly logins: Logins;
  readonly log: RequestLog;
  readonly certificate: Certificate;
}

/** BMW's MQTT broker: TLS 1.3, one connection per customer, own topics only, cut off when the token ends. */
export class StreamServer {
  readonly faults = { refusals: [] as number[], deafSubscriptions: 0, silentConnects: 0, isDown: false };
  #broker: Aedes | null = null;
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();
  #session: Client | null = null;
  #ends: Cancel | null = null;
  #kicks: Cancel | null = null;

  constructor(private readonly options: StreamOptions) {}

  /** Resolves to the port. */
  async start(host: string, port: number): Promise<number> {
    const broker = await Aedes.createBroker({
      heartbeatInterval: 60_000,
      authenticate: (client, username, password, done) => {
        const refusal = this.#refusalOf(username, password?.toString() ?? "");
        if (refusal === null) {
          this.#admit(client, password?.toString() ?? "");
          done(null, true);
        } else done(Object.assign(new Error("refused"), { returnCode: refusal }), false);
      },
      authorizeSubscribe: (_client, subscription, done) => {
        this.options.log.add("subscribe");
        done(null, this.#maySubscribe(subscription.topic) ? subscription : null);
      },
      authorizePublish: (_client, _packet, done) => {
        done(new Error("read only"));
      },
    });
    broker.on("clientError", () => undefined);
    broker.on("connectionError", () => undefined);
    this.#broker = broker;
    const { key, cert } = this.options.certificate;
    const server = createServer({ key, cert, minVersion: "TLSv1.3" }, (socket) => {
      socket.on("error", () => undefined);
      this.options.log.add("connect");
      if (this.faults.silentConnects > 0) this.faults.silentConnects--;
      else broker.handle(socket);
    });
    server.on("connection", (socket: Socket) => {
      if (this.faults.isDown) socket.destroy();
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => undefined);
    });
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    this.#server = server;
    return (server.address() as AddressInfo).port;
  }

  publish(topic: string, payload: Buffer | string, retain = false): void {
    this.#broker?.publish({ cmd: "publish", topic, payload, qos: 0, retain, dup: false }, () => undefined);
  }

  /** Closes the present session, as the connection of a second client does. */
  kick(): void {
    this.#session?.conn.destroy();
  }

  /** A second client that fights for the session; `null` ends that. */
  kickEvery(ms: number | null): void {
    this.#kicks?.();
    this.#kicks =
      ms === null
        ? null
        : this.options.clock.every(ms, () => {
            this.kick();
          });
  }

  /** Cuts the socket in the middle of a message. */
  cutMidMessage(): void {
    // A PUBLISH header that promises 1000 bytes, and 4 of them.
    this.#session?.conn.write(Buffer.from([0x30, 0xe8, 0x07, 0x00, 0x02, 0x61, 0x62]));
    setImmediate(() => {
      this.kick();
    });
  }

  async stop(): Promise<void> {
    this.#ends?.();
    this.kickEvery(null);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      if (this.#broker === null) resolve();
      else this.#broker.close(resolve);
    });
    await new Promise<void>((resolve) => {
      if (this.#server === null) resolve();
      else
        this.#server.close(() => {
          resolve();
        });
    });
  }

  #refusalOf(username: string | undefined, password: string): number | null {
    const scripted = this.faults.refusals.shift();
    if (scripted !== undefined) return scripted;
    if (username === undefined || password === "") return 4;
    return username === this.options.gcid && this.options.logins.idTokenEnd(password) !== null ? null : 5;
  }

  #admit(client: Client, password: string): void {
    const { clock, log, logins } = this.options;
    const former = this.#session;
    log.mostSessions = Math.max(log.mostSessions, former !== null && !former.conn.destroyed ? 2 : 1);
    former?.conn.destroy();
    this.#session = client;
    client.conn.once("close", () => {
      if (this.#session === client) this.#session = null;
    });
    this.#ends?.();
    const end = logins.idTokenEnd(password) ?? clock.now();
    this.#ends = clock.after(end - clock.now(), () => client.conn.destroy());
  }

  #maySubscribe(topic: string): boolean {
    if (this.faults.deafSubscriptions > 0) {
      this.faults.deafSubscriptions--;
      return false;
    }
    const { gcid, vins } = this.options;
    return topic === `${gcid}/+` || vins.some((vin) => topic === `${gcid}/${vin}`);
  }
}
