import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { Aedes } from "aedes";

/** A user's own MQTT broker on loopback. */
export interface PlainBroker {
  readonly port: number;
  /** How many clients have come, and how many are there. */
  connected(): number;
  present(): number;
  /** A buffer goes as it is, anything else as JSON. */
  publish(topic: string, payload: unknown, retain?: boolean): void;
  stop(): Promise<void>;
}

/** @param port 0: any */
export async function startBroker(port = 0): Promise<PlainBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  let connected = 0;
  const server = createServer((socket) => {
    connected++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    broker.handle(socket);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connected: () => connected,
    present: () => sockets.size,
    publish: (topic, payload, retain = false) => {
      const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
      broker.publish({ cmd: "publish", topic, payload: bytes, qos: 0, retain, dup: false }, () => undefined);
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
