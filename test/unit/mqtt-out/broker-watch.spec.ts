import assert from "node:assert/strict";
import { BrokerWatch } from "../../../src/mqtt-out/broker-watch.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START } from "../../helpers/fakes.js";
import { mqttOutStatus } from "../../helpers/mqtt-out-status.js";

const MINUTE_MS = 60_000;

function watching() {
  const clock = new SimulatedClock(START);
  const resent: number[] = [];
  const watch = new BrokerWatch(clock, () => resent.push(clock.now() - START));
  return {
    clock,
    resent,
    watch,
    take: (...status: Parameters<typeof mqttOutStatus>) => watch.handle(mqttOutStatus(...status)),
  };
}

describe("the watch of the user's brokers", () => {
  it("has everything sent again at each connection, and at nothing else", async () => {
    const { clock, resent, take } = watching();
    assert.equal(take("disconnected"), true);
    take("connecting");
    await clock.advance(MINUTE_MS);
    assert.deepEqual(resent, []);
    take("connected");
    await clock.advance(MINUTE_MS);
    take("disconnected");
    await clock.advance(MINUTE_MS);
    assert.equal(resent.length, 1);
    take("connected");
    await clock.advance(MINUTE_MS);
    assert.equal(resent.length, 2);
  });

  it("never has everything sent twice within a minute, and makes up for it afterwards", async () => {
    const { clock, resent, take } = watching();
    take("connected");
    for (let second = 0; second < 300; second++) {
      await clock.advance(500);
      take("disconnected");
      await clock.advance(500);
      take("connected");
    }
    await clock.advance(20 * MINUTE_MS);
    const gaps = resent.slice(1).map((at, index) => at - resent[index]!);
    assert.ok(gaps.length >= 1 && Math.min(...gaps) >= MINUTE_MS, gaps.join(" "));
  });

  it("sends once for several mqtt out nodes that connect together", async () => {
    const { clock, resent, take } = watching();
    for (const node of ["one", "two", "three"]) take("connected", node);
    await clock.advance(MINUTE_MS);
    assert.equal(resent.length, 1);
  });

  it("sends to one broker while another stays away", async () => {
    const { clock, resent, take } = watching();
    take("connected", "one");
    take("disconnected", "two");
    await clock.advance(MINUTE_MS);
    assert.equal(resent.length, 1);
  });

  it("waits longer and longer for a broker that cuts the connection at what is sent", async () => {
    const { clock, resent, take } = watching();
    const end = START + 60 * MINUTE_MS;
    take("connected");
    while (clock.now() < end) {
      const before = resent.length;
      await clock.advance(1000);
      if (resent.length === before) continue;
      // Not at once: what is sent takes some seconds.
      await clock.advance(4000);
      take("disconnected");
      take("connected");
    }
    assert.ok(resent.length > 3 && resent.length < 15, String(resent.length));
  });

  it("takes no message that is something else, or asks for something", async () => {
    const { clock, resent, watch } = watching();
    const connected = mqttOutStatus("connected");
    const { source, ...status } = connected.status;
    for (const message of [
      {},
      null,
      5,
      { payload: 5 },
      { status },
      { status: { ...status, source: { ...source, type: "mqtt in" } } },
      { ...connected, command: "snapshot" },
      { ...connected, operation: "telematicData" },
    ])
      assert.equal(watch.handle(message), false, JSON.stringify(message));
    await clock.advance(MINUTE_MS);
    assert.deepEqual(resent, []);
  });

  it("sends nothing once it is closed", async () => {
    const { clock, resent, watch, take } = watching();
    take("connected");
    watch.close();
    await clock.advance(MINUTE_MS);
    assert.deepEqual(resent, []);
  });
});
