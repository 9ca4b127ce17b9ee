import assert from "node:assert/strict";
import { Bench } from "../helpers/bench.js";
import { SOC, streamMessage } from "../helpers/flow.js";
import { runningFlow, type WorkOptions } from "../helpers/running-flow.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const DOOR = "vehicle.cabin.door.row1.driver.isOpen";

describe("messages of cardata-stream", () => {
  let simulator: Simulator;
  let bench: Bench;
  let vin: string;
  let otherVin: string;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    [vin = "", otherVin = ""] = simulator.cars.map((car) => car.vin);
  });
  after(() => simulator.stop());
  beforeEach(() => (bench = new Bench()));
  afterEach(() => bench.close());

  const start = (options: WorkOptions = {}) => runningFlow(bench, simulator, options);

  it("go to output 1, one for each value of an update, with the parts that core nodes join", async () => {
    await start();
    const sentAt = Date.parse("2026-03-02T06:00:00Z");
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63, [DOOR]: "OPEN" }, sentAt));
    await bench.message("values", ({ descriptor }) => descriptor === DOOR);
    const messages = bench.messages("values");
    const [soc] = messages;
    assert.deepEqual(
      messages.map(({ payload }) => payload),
      [63, true],
    );
    const { payload, topic, unit, timestamp, source, known } = soc!;
    assert.deepEqual(
      { payload, topic, vin: soc!["vin"], descriptor: soc!["descriptor"], unit, timestamp, source, known },
      {
        payload: 63,
        topic: `cardata/${vin}/${SOC}`,
        vin,
        descriptor: SOC,
        unit: "%",
        timestamp: "2026-03-02T06:00:00.000Z",
        source: "stream",
        known: true,
      },
    );
    const parts = messages.map((message) => message["parts"] as Record<string, unknown>);
    assert.deepEqual(
      parts.map(({ index, count, type, key }) => ({ index, count, type, key })),
      [
        { index: 0, count: 2, type: "object", key: SOC },
        { index: 1, count: 2, type: "object", key: DOOR },
      ],
    );
    assert.ok(typeof parts[0]!["id"] === "string" && parts[0]!["id"] !== "");
    assert.equal(parts[0]!["id"], parts[1]!["id"]);
    assert.equal(messages[0]!._msgid, messages[1]!._msgid);
    simulator.publish(vin, streamMessage(vin, { [SOC]: 62 }, sentAt + 1000));
    const next = await bench.message("values", ({ payload: level }) => level === 62);
    assert.notEqual(next._msgid, messages[0]!._msgid);
  });

  it("go to output 2 when something happens to the account", async () => {
    await start();
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    const found = await bench.message("events", ({ event }) => event === "vehicleFound");
    assert.equal(found["topic"], "cardata/account/event/vehicleFound");
    assert.equal((found["payload"] as { vin: string }).vin, vin);
    const [connected] = bench.messages("events");
    assert.equal(connected!["topic"], "cardata/account/event/connected");
    assert.equal((connected!["payload"] as { account: string }).account, "My BMW");
    assert.ok(bench.messages("values").every((message) => message["event"] === undefined));
  });

  it("go to output 2 when something happens to a car", async () => {
    await start();
    const locked = (status: string, time: number) => {
      simulator.publish(vin, streamMessage(vin, { "vehicle.cabin.door.status": status }, time));
    };
    locked("SECURED", Date.now() - 60_000);
    locked("UNLOCKED", Date.now());
    const { topic, payload } = await bench.message("events", ({ event }) => event === "unlocked");
    assert.equal(topic, `cardata/${vin}/event/unlocked`);
    assert.deepEqual(Object.keys(payload as object).sort(), ["account", "event", "timestamp", "vin"]);
  });

  it("hold the position of each fix, and values with a source if that is chosen", async () => {
    await start({ stream: { values: true } });
    const location = "vehicle.cabin.infotainment.navigation.currentLocation";
    const fix = { [`${location}.latitude`]: 48.1, [`${location}.longitude`]: 11.5, [SOC]: 63 };
    simulator.publish(vin, streamMessage(vin, fix));
    const position = await bench.message("values", ({ descriptor }) => descriptor === "location");
    assert.equal((position["payload"] as { latitude: number }).latitude, 48.1);
    const soc = await bench.message("values", ({ descriptor }) => descriptor === "soc");
    assert.deepEqual([soc["payload"], soc["from"], soc["topic"]], [63, SOC, `cardata/${vin}/soc`]);
  });

  it("begin with the topic that the account sets", async () => {
    await start({ account: { topicBase: "garage/" } });
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    const { topic } = await bench.message("values");
    assert.equal(topic, `garage/${vin}/${SOC}`);
  });

  it("hold all values of an update together in the form `update`", async () => {
    await start({ stream: { form: "update" } });
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63, [DOOR]: "OPEN" }));
    const message = await bench.message("values");
    assert.equal(message["topic"], `cardata/${vin}`);
    assert.deepEqual(message["payload"], { [SOC]: 63, [DOOR]: true });
    assert.equal((message["readings"] as unknown[]).length, 2);
  });

  it("are BMW's object without the customer id in the form `raw`", async () => {
    await start({ stream: { form: "raw" } });
    const { entityId: _customer, ...rest } = streamMessage(vin, { [SOC]: "63" }) as Record<string, unknown>;
    simulator.publish(vin, { ...rest, entityId: simulator.gcid });
    assert.deepEqual((await bench.message("values"))["payload"], rest);
  });

  it("are of the chosen car and the chosen values only", async () => {
    await start({ stream: { vehicle: otherVin, descriptors: ["vehicle.cabin.*"] } });
    simulator.publish(vin, streamMessage(vin, { [DOOR]: "OPEN" }));
    simulator.publish(otherVin, streamMessage(otherVin, { [SOC]: 63, [DOOR]: "OPEN" }));
    await bench.message("values");
    const seen = bench.messages("values").map((message) => [message["vin"], message["descriptor"]]);
    assert.deepEqual(seen, [[otherVin, DOOR]]);
  });

  it("come only when the value has changed, if that is chosen", async () => {
    await start({ stream: { onlyChanges: true } });
    const later = (seconds: number) => Date.now() + seconds * 1000;
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }, later(1)));
    simulator.publish(vin, streamMessage(vin, { [SOC]: 64 }, later(2)));
    await bench.message("values", ({ payload }) => payload === 64);
    assert.deepEqual(
      bench.messages("values").map(({ payload }) => payload),
      [63, 64],
    );
  });
});
