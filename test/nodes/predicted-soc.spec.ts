import assert from "node:assert/strict";
import type { AccountNode } from "../../nodes/lib/account-node.js";
import { Bench, recorders, type Received } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, SOC, streamMessage } from "../helpers/flow.js";
import { mqttOutStatus } from "../helpers/mqtt-out-status.js";
import { liveWith, socFlow, socNode } from "../helpers/soc-flow.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

type Message = Received["message"];
const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
const CAPACITY = "vehicle.drivetrain.batteryManagement.maxEnergy";
const METHOD = "vehicle.drivetrain.electricEngine.charging.method";
const FUEL = "vehicle.drivetrain.fuelSystem.level";
const PREDICTED = "vehicle.predicted_soc";

describe("cardata-predicted-soc", () => {
  let simulator: Simulator;
  let bench: Bench;
  let vin: string;
  let other: string;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    [vin = "", other = ""] = simulator.cars.map((car) => car.vin);
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await simulator.stop();
  });

  const start = (node: object = {}, more: Parameters<typeof socFlow>[2] = []) =>
    liveWith(bench, simulator, socFlow(simulator, node, more));
  const report = (car: string, data: Record<string, unknown>) => {
    simulator.publish(car, streamMessage(car, data));
  };
  const predicted = (fits: (message: Message) => boolean = () => true) => bench.message("predicted", fits);
  const estimateOf = (message: Message) => message["estimate"] as Record<string, unknown>;
  const ends = () => [...bench.messages("completed"), ...bench.messages("failures")].map((message) => message["id"]);
  /** Sends a message, and waits until the node is done with it; the error, if it was refused. */
  const give = async (message: object) => {
    const id = `message-${ends().length + 1}`;
    bench.node("soc").receive({ ...message, id });
    await eventually(`the end of ${id}`, () => ends().includes(id));
    return bench.messages("failures").find((failed) => failed["id"] === id)?.error;
  };
  const charging = async (car = vin, soc = 50) => {
    report(car, { [SOC]: soc, [CAPACITY]: 80, [METHOD]: "AC_TYPE2PLUG", [STATUS]: "CHARGINGACTIVE" });
    await predicted((message) => message["vin"] === car && estimateOf(message)["mode"] === "charging");
  };

  it("sends the first battery level that it receives, with its details", async () => {
    await start();
    report(vin, { [SOC]: 63 });
    const { payload, topic, descriptor, unit, source, known, ...message } = await predicted();
    // BMW's whole percent may stand for a little more.
    assert.ok(Math.abs(Number(payload) - 63) <= 0.5, String(payload));
    assert.deepEqual(
      { topic, descriptor, unit, source, known },
      {
        topic: `cardata/${vin}/${PREDICTED}`,
        descriptor: PREDICTED,
        unit: "%",
        source: "estimate",
        known: true,
      },
    );
    const { mode, bmwSoc, bmwSocDescriptor } = estimateOf(message);
    assert.deepEqual({ mode, bmwSoc, bmwSocDescriptor }, { mode: "idle", bmwSoc: 63, bmwSocDescriptor: SOC });
    assert.ok(Number.isFinite(estimateOf(message)["sigma"]));
  });

  it("sends Magic SOC only where it is switched on", async () => {
    await start({}, [socNode({ id: "magician", vehicle: other, magic: true, wires: [[], ["magic"], []] })]);
    report(vin, { [SOC]: 63 });
    report(other, { [SOC]: 40 });
    await predicted((message) => message["vin"] === other);
    await bench.message("magic", (message) => message["vin"] === other);
    assert.deepEqual(
      bench.messages("magic").filter((message) => message["vin"] === vin),
      [],
    );
  });

  it("sends no Magic SOC that only another node wants", async () => {
    // The one with the lower id decides for the car.
    await start({}, [socNode({ id: "a", magic: true, wires: [[], ["others"], []] }), ...recorders("others")]);
    report(vin, { [SOC]: 63 });
    await bench.message("others");
    await predicted();
    assert.deepEqual(bench.messages("magic"), []);
    report(vin, { [SOC]: 61 });
    await predicted(({ payload }) => Math.abs(Number(payload) - 61) <= 0.5);
    assert.deepEqual(bench.messages("magic"), []);
  });

  it("sends once that a battery level is unknown after another customer has logged in", async () => {
    await start({ magic: true });
    report(vin, { [SOC]: 63 });
    const { payload } = await predicted();
    await bench.message("magic");
    const { account } = bench.node(ACCOUNT) as unknown as AccountNode;
    account?.registry.belongTo("another", "former");
    account?.soc.belongTo("another", "former");
    const isGone = (message: Message) => message["payload"] === null;
    for (const output of ["predicted", "magic"]) {
      const { topic, last } = await bench.message(output, isGone);
      assert.equal(topic, `cardata/${vin}/vehicle.${output}_soc`);
      assert.equal((last as { value: unknown }).value, payload);
    }
    assert.equal(await give({ command: "report" }).then((error) => error?.code), "soc_no_vehicle");
    for (const output of ["predicted", "magic"]) assert.equal(bench.messages(output).filter(isGone).length, 1);
  });

  it("takes the power of the user's meter, in the unit that is set", async () => {
    await start({ meterUnit: "W" });
    await charging();
    // So much that the shown value moves within seconds.
    const message = await eventually("an estimate by the meter", async () => {
      assert.equal(await give({ payload: "350000" }), undefined);
      return bench.messages("predicted").find((one) => estimateOf(one)["powerSource"] === "meter");
    });
    assert.equal(estimateOf(message)["powerKw"], 350);
    await eventually("a status with the power", () =>
      bench.statuses.find(({ id, status }) => id === "soc" && /^5\d(\.\d)? % · 350\.0 kW$/.test(status.text ?? "")),
    );
  });

  it("sends again after each start what was known before, without a word from the car", async () => {
    const credentials = await start();
    report(vin, { [SOC]: 63 });
    const { payload: before } = await predicted();
    bench.received.length = 0;
    await bench.deploy(socFlow(simulator), "full", credentials);
    assert.equal((await predicted())["payload"], before);
  });

  it("sends all that it knows on `snapshot`, and when the broker of an mqtt out node has come back", async () => {
    await start({ magic: true });
    report(vin, { [SOC]: 63 });
    report(other, { [SOC]: 40 });
    for (const car of [vin, other]) await bench.message("magic", (message) => message["vin"] === car);
    const sent = () => ["predicted", "magic", "learning"].map((output) => bench.messages(output).length);
    const all = async (message: object) => {
      bench.received.length = 0;
      assert.equal(await give(message), undefined);
      await bench.message("learning", (learned) => learned["vin"] === other);
      return sent();
    };
    assert.deepEqual(await all({ command: "snapshot", vin: other }), [1, 1, 1]);
    assert.deepEqual(await all({ command: "snapshot" }), [2, 2, 2]);
    assert.deepEqual(await all(mqttOutStatus("connected")), [2, 2, 2]);
    assert.equal(await give(mqttOutStatus("disconnected")), undefined);
    assert.deepEqual(sent(), [2, 2, 2]);
  });

  it("sends what was learned when it is asked to, to the third output", async () => {
    await start();
    report(vin, { [SOC]: 63 });
    await predicted();
    assert.equal(await give({ command: "report" }), undefined);
    const { topic, payload } = await bench.message("learning");
    assert.equal(topic, `cardata/${vin}/learning`);
    assert.equal(typeof payload, "object");
  });

  it("keeps the capacity that the user sets", async () => {
    const credentials = await start();
    await charging();
    assert.equal(await give({ command: "capacity", payload: 74.5 }), undefined);
    bench.received.length = 0;
    await bench.deploy(socFlow(simulator), "full", credentials);
    const { capacityKwh, capacitySource } = estimateOf(await predicted());
    assert.deepEqual([capacityKwh, capacitySource], [74.5, "user"]);
  });

  it("takes commands it knows, and ignores a message that says nothing", async () => {
    await start();
    report(vin, { [SOC]: 63 });
    await predicted();
    for (const message of [
      { command: "reset" },
      { command: "reset", payload: "dc" },
      { command: "speed", payload: 54 },
      { command: "speed", payload: null },
      { command: "capacity", payload: 0 },
    ])
      assert.equal(await give(message), undefined, JSON.stringify(message));
  });

  it("refuses what cannot be right with an error that says so", async () => {
    await start();
    report(vin, { [SOC]: 63 });
    await predicted();
    for (const message of [
      { payload: -401 },
      { payload: 401 },
      { payload: 7, auxKw: 21 },
      { payload: "much" },
      { command: "reset", payload: "everything" },
      { command: "reset", payload: "" },
      { command: "reset", payload: null },
      { command: "capacity", payload: "large" },
      { command: "capacity", payload: 0.5 },
      { command: "fly" },
    ]) {
      const error = await give(message);
      assert.ok(error?.code !== undefined && error.code !== "internal", JSON.stringify(message));
      assert.ok(error.message.length > 20, error.message);
    }
  });

  it("needs msg.vin where several cars could be meant", async () => {
    await start();
    report(vin, { [SOC]: 63 });
    report(other, { [SOC]: 40 });
    await predicted((message) => message["vin"] === other);
    assert.notEqual(await give({ payload: 7 }), undefined);
    assert.equal(await give({ payload: 7, vin: other }), undefined);
  });

  it("takes the alias of a car for its VIN", async () => {
    const named = socFlow(simulator).map((node) =>
      node.id === ACCOUNT ? { ...node, vehicles: [{ vin: other, alias: "Anna's car" }] } : node,
    );
    await liveWith(bench, simulator, named);
    report(vin, { [SOC]: 63 });
    report(other, { [SOC]: 40 });
    await predicted((message) => message["vin"] === other);
    assert.equal(await give({ command: "report", vin: "Anna_s_car" }), undefined);
    assert.equal((await bench.message("learning"))["vin"], other);
    assert.equal((await give({ command: "report", vin: "Nobody" }))?.code, "vin_invalid");
  });

  it("takes only the car that is chosen", async () => {
    await start({ vehicle: other });
    report(vin, { [SOC]: 63 });
    report(other, { [SOC]: 40 });
    await predicted();
    assert.deepEqual([...new Set(bench.messages("predicted").map((message) => message["vin"]))], [other]);
  });

  describe("status", () => {
    const looks = async (text: string | RegExp, id = "soc") => {
      const fits = ({ text: shown = "" }) => (typeof text === "string" ? shown === text : text.test(shown));
      const { status } = await eventually(`the status ${String(text)}`, () =>
        bench.statuses.find((one) => one.id === id && fits(one.status)),
      );
      return [status.fill, status.shape];
    };

    it("is grey `no value yet`, then green with the battery level", async () => {
      await start();
      assert.deepEqual(await looks("no value yet"), ["grey", "ring"]);
      report(vin, { [SOC]: 63 });
      assert.deepEqual(await looks(/^63(\.\d)? %$/), ["green", "dot"]);
    });

    it("is grey `no battery` for a car that has none, which sends nothing", async () => {
      await start();
      report(vin, { [FUEL]: 40 });
      assert.deepEqual(await looks("no battery"), ["grey", "ring"]);
      assert.deepEqual(bench.messages("predicted"), []);
    });

    it("names the car that has changed last if there are several, by the end of its VIN as long as it has no name", async () => {
      await start();
      report(vin, { [SOC]: 63 });
      report(other, { [SOC]: 40 });
      await looks(`…${other.slice(-4)} 40 %`);
    });

    it("calls the car by the user's name, as much of it as there is room for", async () => {
      const names = {
        vehicles: [
          { vin, name: "Anna" },
          { vin: other, alias: "The one that is never charged" },
        ],
      };
      const flow = socFlow(simulator).map((node) => (node.id === ACCOUNT ? { ...node, ...names } : node));
      await liveWith(bench, simulator, flow);
      report(vin, { [SOC]: 63 });
      report(other, { [SOC]: 40 });
      await looks("The one that i… 40 %");
      report(vin, { [SOC]: 62 });
      await looks("Anna 62 %");
    });

    it("is yellow `settings differ` at the node that does not decide", async () => {
      await start({}, [socNode({ id: "zealous", minEfficiency: "0.5", wires: [[], [], []] })]);
      report(vin, { [SOC]: 63 });
      assert.deepEqual(await looks("settings differ", "zealous"), ["yellow", "ring"]);
      assert.deepEqual(await looks(/^63(\.\d)? %$/), ["green", "dot"]);
    });

    it("is grey `no account` without an account, and each message is answered with an error", async () => {
      await bench.load(socFlow(simulator, { account: "nowhere" }).filter(({ id }) => id !== ACCOUNT));
      assert.deepEqual(await looks("no account"), ["grey", "ring"]);
      assert.equal((await give({ payload: 7 }))?.code, "no_account");
    });
  });
});
