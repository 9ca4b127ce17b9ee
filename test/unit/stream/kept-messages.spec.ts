import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Aedes } from "aedes";
import { openMqttStream } from "../../../src/stream/mqtt-transport.js";
import type { StreamTarget } from "../../../src/stream/transport.js";
import { eventually } from "../../helpers/eventually.js";

const KEPT = 20;

/** A broker that keeps some messages; returns the QoS of each subscription. */
async function startKeeping() {
  const asked: number[] = [];
  const broker = await Aedes.createBroker();
  broker.on("subscribe", (subscriptions) => asked.push(...subscriptions.map(({ qos }) => qos)));
  for (let number = 0; number < KEPT; number++) {
    const packet = { cmd: "publish", topic: `bmw/${number}`, payload: "1", qos: 1, retain: true, dup: false } as const;
    await new Promise<void>((resolve) => {
      broker.publish(packet, () => {
        resolve();
      });
    });
  }
  const server = createServer(broker.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    await new Promise<void>((resolve) => {
      broker.close(resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, asked, stop };
}

describe("what a user's own broker has kept", () => {
  let broker: Awaited<ReturnType<typeof startKeeping>>;

  beforeEach(async () => {
    broker = await startKeeping();
  });
  afterEach(() => broker.stop());

  /** Reads until all has come and the subscription is granted; returns how often it was. */
  async function read(more: Pick<StreamTarget, "readsKept">) {
    const topics = new Set<string>();
    const granted: boolean[] = [];
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const target = { url, clientId: "reader", topic: "bmw/#", verifyCertificate: false, keepsSession: false, ...more };
    const connection = openMqttStream(target, {
      onAccepted: () => undefined,
      onRefused: () => undefined,
      onSubscribed: (isGranted) => granted.push(isGranted),
      onMessage: (topic) => topics.add(topic),
      onClosed: () => undefined,
    });
    await eventually("the kept messages", () => granted.length > 0 && topics.size === KEPT);
    await connection.close();
    return granted;
  }

  it("is asked for with QoS 0 first, because Mosquitto gives QoS 1 a part of it only, and what comes later with QoS 1", async () => {
    assert.deepEqual(await read({ readsKept: true }), [true]);
    assert.deepEqual(broker.asked, [0, 1]);
  });

  it("is asked for at once where nothing is kept, as at BMW", async () => {
    assert.deepEqual(await read({}), [true]);
    assert.deepEqual(broker.asked, [1]);
  });
});
