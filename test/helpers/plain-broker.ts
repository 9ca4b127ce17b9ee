import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { Duplex, PassThrough } from "node:stream";
import { Aedes } from "aedes";
import { PacketGate } from "./packet-gate.js";

/** A user's own MQTT broker on loopback. */
export interface PlainBroker {
  readonly port: number;
  /** Returns the numbers of all and of present clients. */
  connected(): number;
  present(): number;
  /** Returns the number of clients disconnected because of a packet that is too large. */
  cuts(): number;
  /** A buffer goes as it is, anything else as JSON. */
  publish(topic: string, payload: unknown, retain?: boolean): void;
  /** Answers no client that connects from now on, until `answer`. */
  keepSilent(): void;
  answer(): void;
  stop(): Promise<void>;
}

/**
 * @param port 0: any
 * @param maximumPacketSize bytes; at a larger packet the connection is cut
 */
export async function startBroker(port = 0, maximumPacketSize = Infinity): Promise<PlainBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  /** Clients that wait for an answer; `null`: every one gets it at once. */
  let waiting: (() => void)[] | null = null;
  let connected = 0;
  let cuts = 0;
  const server = createServer((socket) => {
    connected++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    const handle = () => {
      broker.handle(
        limited(socket, maximumPacketSize, () => {
          cuts++;
        }),
      );
    };
    if (waiting === null) handle();
    else waiting.push(handle);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connected: () => connected,
    present: () => sockets.size,
    cuts: () => cuts,
    publish: (topic, payload, retain = false) => {
      const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
      broker.publish({ cmd: "publish", topic, payload: bytes, qos: 0, retain, dup: false }, () => undefined);
    },
    keepSilent: () => {
      waiting ??= [];
    },
    answer: () => {
      const all = waiting ?? [];
      waiting = null;
      for (const handle of all) handle();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        broker.close(resolve);
      });
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The connection without packets that are too large: at the first one it is reset, as Mosquitto does it. */
function limited(socket: Socket, maximumPacketSize: number, onCut: () => void): Duplex {
  if (maximumPacketSize === Infinity) return socket;
  const gate = new PacketGate(maximumPacketSize);
  const accepted = new PassThrough();
  socket.on("data", (chunk) => {
    if (gate.lets(chunk)) accepted.write(chunk);
    else if (!socket.destroyed) {
      onCut();
      socket.resetAndDestroy();
    }
  });
  socket.on("close", () => accepted.end());
  return Duplex.from({ readable: accepted, writable: socket });
}
