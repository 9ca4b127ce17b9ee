import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { Aedes, type Client } from "aedes";

/**
 * How a user's own broker lets nobody read, as real ones were seen to do it in August 2026:
 *
 * - `password`: CONNACK with a refusal (Mosquitto 2.0 and 2.1, all others alike);
 * - `closes`: closes the connection in place of a SUBACK (RabbitMQ 3.10);
 * - `refuses`: a SUBACK with 128 (aedes 1.2);
 * - `silent`: grants the subscription and delivers nothing (Mosquitto 2.0 and 2.1);
 * - `one-client`: takes the client id for another one's and closes the connection a moment after the last SUBACK (all).
 */
export type Refusal = "password" | "closes" | "refuses" | "silent" | "one-client";

export interface RefusingBroker {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startRefusingBroker(refusal: Refusal): Promise<RefusingBroker> {
  const broker = await Aedes.createBroker({
    authenticate: (_client, _user, _password, done) => {
      if (refusal === "password") done(Object.assign(new Error("Bad user or password"), { returnCode: 4 }), null);
      else done(null, true);
    },
    authorizeSubscribe: (client, subscription, done) => {
      if (refusal === "closes" && client !== null) closeAtOnce(client);
      else done(null, refusal === "refuses" ? null : subscription);
    },
    authorizeForward: (_client, packet) => (refusal === "silent" ? null : packet),
  });
  broker.on("subscribe", (subscriptions, client) => {
    if (refusal === "one-client" && subscriptions.some(({ qos }) => qos === 1)) setImmediate(closeAtOnce, client);
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    broker.handle(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        broker.close(resolve);
      });
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function closeAtOnce(client: Client): void {
  client.conn.end();
}
