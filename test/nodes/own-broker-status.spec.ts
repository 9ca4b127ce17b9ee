import assert from "node:assert/strict";
import { Bench, recorders } from "../helpers/bench.js";
import { ACCOUNT, SOC, streamMessage, streamNode, TAB } from "../helpers/flow.js";
import { startBroker, type PlainBroker } from "../helpers/plain-broker.js";
import { startRefusingBroker, type Refusal, type RefusingBroker } from "../helpers/refusing-broker.js";
import { VIN } from "../helpers/fakes.js";

const EXPECTED: readonly (readonly [Refusal, string, string])[] = [
  ["password", "wrong password", "red"],
  ["closes", "no right to read", "red"],
  ["refuses", "no right to read", "red"],
  ["silent", "nothing received yet", "yellow"],
  ["one-client", "same client ID twice", "red"],
];

describe("the status under a node that reads the user's own broker", () => {
  let bench: Bench;
  let broker: Pick<RefusingBroker | PlainBroker, "port" | "stop">;

  beforeEach(() => (bench = new Bench()));
  afterEach(async () => {
    await bench.close();
    await broker.stop();
  });

  const start = () => {
    const account = { id: ACCOUNT, type: "cardata-account", name: "", source: "broker", brokerHost: "127.0.0.1" };
    return bench.load([TAB, { ...account, brokerPort: String(broker.port) }, streamNode({ wires: [[], []] })]);
  };

  for (const [refusal, text, fill] of EXPECTED)
    it(`is "${text}" at a broker of the kind "${refusal}"`, async function () {
      this.timeout(20_000);
      broker = await startRefusingBroker(refusal);
      await start();
      const { status } = await bench.status("stream", text);
      assert.deepEqual([status.fill, status.shape], [fill, "ring"]);
    });

  it("is live as soon as something has come that the broker had kept", async () => {
    const plain = await startBroker();
    broker = plain;
    plain.publish(`bmw/${VIN}`, streamMessage(VIN, { [SOC]: 50 }), true);
    await start();
    const { status } = await bench.status("stream", "live");
    assert.deepEqual([status.fill, status.shape], ["green", "dot"]);
  });
});

describe("what a node that reads the user's own broker sends as BMW does", () => {
  const bench = new Bench();
  let broker: PlainBroker;

  before(async () => {
    broker = await startBroker();
    const own = { source: "broker", brokerHost: "127.0.0.1", brokerPort: String(broker.port) };
    const stream = streamNode({ form: "raw", restore: false, wires: [["values"], []] });
    await bench.load([TAB, { id: ACCOUNT, type: "cardata-account", name: "", ...own }, stream, ...recorders("values")]);
    await bench.status("stream", "nothing received yet");
  });
  after(async () => {
    await bench.close();
    await broker.stop();
  });

  it("is nothing that says nothing new: passed on below its own prefix, it would go round for ever", async () => {
    const first = streamMessage(VIN, { [SOC]: 50 }, Date.now() - 1000);
    const topic = `bmw/${VIN}`;
    for (const message of [first, first, first, streamMessage(VIN, { [SOC]: 51 })]) broker.publish(topic, message);
    const levels = () =>
      bench
        .messages("values")
        .map(({ payload }) => (payload as { data: Record<string, { value: unknown }> }).data[SOC]?.value);
    await bench.message("values", () => levels().includes(51));
    assert.deepEqual(levels(), [50, 51]);
  });
});
