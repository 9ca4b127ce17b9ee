// Runs in a child process of flow.ts: a broker, and the bridge that publishes BMW's messages to it.
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Aedes, type PublishPacket } from "aedes";
import { RICH_DESCRIPTORS, benchMessage, benchVin } from "./lib/messages.js";

/** The request of the parent: `count` messages below a topic, numbered from `first`. */
export interface PublisherOrder {
  readonly topic: string;
  readonly first: number;
  readonly count: number;
}

export type PublisherReport = { readonly port: number } | { readonly subscribed: string };

const CARS = 3;
/** Each message is a second newer than the one before; see `SimulatedPresent` of the row. */
const START = Date.now();
const AT_ONCE = 50;

const report = (report: PublisherReport) => process.send?.(report);

async function main(): Promise<void> {
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => {
    broker.handle(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  broker.on("subscribe", ([subscription]) => report({ subscribed: subscription?.topic ?? "" }));
  process.on("message", (order: PublisherOrder) => void publish(broker, order));
  // A parent that died must not leave this process behind.
  process.once("disconnect", () => process.exit());
  report({ port: (server.address() as AddressInfo).port });
}

/** As fast as the subscriber takes it. */
async function publish(broker: Aedes, { topic, first, count }: PublisherOrder): Promise<void> {
  const packets = Array.from({ length: count }, (_, index) => packetOf(topic, first + index));
  for (let next = 0; next < count; next += AT_ONCE)
    await Promise.all(packets.slice(next, next + AT_ONCE).map((packet) => sent(broker, packet)));
}

function packetOf(topic: string, step: number): PublishPacket {
  const vin = benchVin(step % CARS);
  const payload = JSON.stringify(benchMessage(vin, RICH_DESCRIPTORS, START, step));
  return { cmd: "publish", topic: `${topic}/${vin}`, payload, qos: 0, retain: false, dup: false };
}

function sent(broker: Aedes, packet: PublishPacket): Promise<void> {
  return new Promise((resolve, reject) => {
    broker.publish(packet, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

void main();
