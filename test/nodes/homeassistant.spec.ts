import assert from "node:assert/strict";
import { CONNECTED, HEADER, image, PNG, position, soc, value } from "../helpers/announcing.js";
import { Bench } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE, streamNode, type FlowNode } from "../helpers/flow.js";
import { haFlow, haNode } from "../helpers/ha-flow.js";
import { lateConsumer } from "../helpers/late-consumer.js";
import { liveWith, socNode } from "../helpers/soc-flow.js";
import { streamMessage } from "../helpers/flow.js";
import { telematicsNode } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const DOORS = "vehicle.cabin.door.status";
const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
const POWER = "vehicle.powertrain.electric.battery.charging.power";

describe("cardata-homeassistant", () => {
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

  const flow = (node: object = {}, account: object = {}, more: readonly FlowNode[] = []) =>
    haFlow(simulator, node, { vehicles: [{ vin, name: "Family car" }, { vin: other }], ...account }, more);
  const start = (...parts: Parameters<typeof flow>) => liveWith(bench, simulator, flow(...parts));
  const ends = () => [...bench.messages("completed"), ...bench.messages("failures")].map((message) => message["id"]);
  /** Sends a message, and waits until the node is done with it; the error, if it was refused. */
  const give = async (message: object) => {
    const id = `message-${ends().length + 1}`;
    bench.node("ha").receive({ ...message, id });
    await eventually(`the end of ${id}`, () => ends().includes(id));
    return bench.messages("failures").find((failed) => failed["id"] === id)?.error;
  };
  const level = (payload: unknown, car = vin) => ({ ...soc(0), vin: car, payload });
  const sent = () => bench.messages("mqtt").map(({ topic, payload }) => ({ topic, payload }));
  const topics = () => sent().map(({ topic }) => String(topic));
  /** Returns what a broker would retain by now. */
  const kept = () => {
    const broker = new Map<string, string | Buffer>();
    for (const { topic, payload } of sent())
      if (payload === "") broker.delete(String(topic));
      else broker.set(String(topic), payload as string | Buffer);
    return broker;
  };
  const config = (id = vin.toLowerCase()) => `homeassistant/device/bmw_cardata_${id}/config`;
  const stateOf = (descriptor: string, id = vin, base = "cardata") => `${base}/${id}/${descriptor}/state`;
  /** Gives a message and has all announced at once. */
  const announce = async (...messages: object[]) => {
    for (const message of messages) assert.equal(await give(message), undefined);
    assert.equal(await give({ command: "resend" }), undefined);
  };

  it("writes descriptors in topics as the account says, as the stream node does", async () => {
    await start({}, { topicSeparator: "slashes" }, [
      streamNode({ wires: [["values"], []] }),
      { id: "values", type: "recorder", ...PLACE, wires: [] },
    ]);
    simulator.publish(vin, streamMessage(vin, { [HEADER]: 63 }));
    const plain = await bench.message("values", ({ descriptor }) => descriptor === HEADER);
    const topic = `cardata/${vin}/vehicle/drivetrain/batteryManagement/header`;
    assert.equal(plain["topic"], topic);
    await announce(level(63));
    assert.equal(kept().get(`${topic}/state`), "63");
  });

  it("announces a car and its state, retained, ready for mqtt out", async () => {
    await start();
    await announce(level(63), { ...position(), vin });
    const messages = bench.messages("mqtt");
    assert.equal(messages[0]?.["topic"], config());
    assert.ok(messages.every(({ qos, retain }) => qos === 1 && retain === true));
    assert.equal(kept().get(stateOf(HEADER)), "63");
    assert.equal(kept().get(stateOf("connectivity")), "ON");
    assert.deepEqual(lateConsumer(kept()).findings, []);
    const { device } = JSON.parse(String(kept().get(config()))) as { device: unknown };
    assert.deepEqual(device, {
      identifiers: [`bmw_cardata_${vin.toLowerCase()}`],
      name: "Family car",
      manufacturer: "BMW",
      serial_number: vin,
      configuration_url: "https://bmw-cardata.bmwgroup.com/customer/public/home",
    });
  });

  it("does so by itself within seconds, from what a stream node sends", async () => {
    await start({}, {}, [streamNode({ wires: [["ha"], ["ha"]] })]);
    simulator.publish(vin, streamMessage(vin, { [HEADER]: 63 }));
    await bench.message("mqtt", ({ topic }) => topic === stateOf(HEADER));
    assert.ok(topics().indexOf(config()) < topics().indexOf(stateOf(HEADER)));
    assert.deepEqual(bench.messages("failures"), []);
  });

  it("has one message per entity, its own topics and no attributes if it is set so", async () => {
    await start({ mode: "entities", discoveryPrefix: "ha", stateBase: " home/cars/ ", attributes: false });
    await announce(level(63));
    assert.ok(
      topics().includes(`ha/sensor/bmw_cardata_${vin.toLowerCase()}/drivetrain_batteryManagement_header/config`),
    );
    assert.equal(kept().get(stateOf(HEADER, vin, "home/cars")), "63");
    assert.ok(!topics().some((topic) => topic.endsWith("/attributes") || topic.startsWith("cardata/")));
    assert.deepEqual(lateConsumer(kept(), "ha").findings, []);
  });

  it("speaks the owner's language and suggests an area if it is set so", async () => {
    await start({ language: "de", area: " Garage " });
    await announce(level(63), { ...value(DOORS, "LOCKED"), vin });
    const { components, device } = JSON.parse(String(kept().get(config()))) as {
      components: Record<string, { name: string }>;
      device: Record<string, unknown>;
    };
    assert.equal(components["cabin_door_status_unlocked"]?.name, "Türverriegelung");
    assert.equal(device["suggested_area"], "Garage");
    assert.equal(kept().get(stateOf(DOORS)), "Verriegelt");
    assert.deepEqual(lateConsumer(kept()).findings, []);
  });

  it("tells what a car does as events, without a wire for them and without retain", async () => {
    await start();
    await announce(level(63));
    simulator.publish(vin, streamMessage(vin, { [DOORS]: "UNLOCKED" }));
    simulator.publish(vin, streamMessage(vin, { [DOORS]: "LOCKED" }));
    const message = await bench.message("mqtt", ({ topic }) => topic === `cardata/${vin}/event/lock`);
    assert.equal(message["retain"], false);
    const { event_type, timestamp } = JSON.parse(String(message["payload"])) as Record<string, string>;
    assert.match(String(event_type), /^(un)?locked$/);
    assert.ok(Date.parse(String(timestamp)) > 0);
  });

  it("shows no power when the car says that it does not charge", async () => {
    await start();
    await announce({ ...value(POWER, 72_000, { unit: "W" }), vin });
    assert.equal(kept().get(stateOf(POWER)), "72");
    simulator.publish(vin, streamMessage(vin, { [STATUS]: "NOCHARGING" }));
    await bench.message("mqtt", ({ topic, payload }) => topic === stateOf(POWER) && payload === "0");
  });

  it("has buttons and availability if they are wanted", async () => {
    await start({ buttons: true, availability: true });
    await announce(level(63));
    assert.equal(kept().get("cardata/availability"), "online");
    const { components } = JSON.parse(String(kept().get(config()))) as { components: Record<string, object> };
    assert.ok("refresh" in components && "reset-driving" in components);
    assert.deepEqual(lateConsumer(kept()).findings, []);
  });

  it("shows the alias in place of the VIN, everywhere, and understands it in commands", async () => {
    await start({}, { vehicles: [{ vin, alias: "Anna's car" }] });
    await announce(level(63));
    assert.equal(kept().get(stateOf(HEADER, "Anna_s_car")), "63");
    const text = JSON.stringify(sent());
    assert.ok(!text.includes(vin) && !text.includes(vin.toLowerCase()), text);
    assert.equal(await give({ command: "remove", vin: "Anna_s_car" }), undefined);
    assert.deepEqual([...kept().keys()], []);
  });

  it("sends all again when mqtt out has found its broker", async () => {
    await start();
    await announce(level(63));
    const before = sent();
    bench.received.length = 0;
    const given = give(CONNECTED);
    assert.equal(await given, undefined);
    assert.deepEqual(sent(), before);
  });

  it("announces what was known after a deploy and after a restart, without a word of the car", async () => {
    const credentials = await start();
    await announce(level(63));
    const before = kept().get(config());
    for (const again of [
      () => bench.deploy(flow(), "full", credentials),
      async () => {
        await bench.close();
        bench.received.length = 0;
        await bench.load(flow(), credentials);
      },
    ]) {
      bench.received.length = 0;
      await again();
      const { payload } = await bench.message("mqtt", ({ topic }) => topic === config());
      assert.equal(payload, before);
    }
  });

  it("tells a broker that has lost all also last update, picture and learning, after a start at which no message brings them", async () => {
    const asking = telematicsNode({ operation: "image", vehicle: vin, wires: [["ha"]] });
    const estimating = socNode({ wires: [["ha"], ["ha"], ["ha"]] });
    const wired = flow({}, {}, [streamNode({ wires: [["ha"], ["ha"]] }), asking, estimating]);
    const credentials = await liveWith(bench, simulator, wired);
    simulator.publish(vin, streamMessage(vin, { [HEADER]: 63 }));
    await bench.message("mqtt", ({ topic }) => topic === stateOf("last_update"));
    bench.node("telematics").receive({});
    await bench.message("mqtt", ({ topic }) => topic === `cardata/${vin}/image/data`);
    bench.node("soc").receive({ command: "report", vin });
    await bench.message("mqtt", ({ topic }) => topic === stateOf("learning"));
    const before = kept();
    const calls = simulator.log.count("rest*");
    bench.received.length = 0;
    await bench.deploy(wired, "full", credentials);
    for (const topic of [stateOf("last_update"), `cardata/${vin}/image/data`, stateOf("learning")]) {
      await bench.message("mqtt", (message) => message["topic"] === topic);
      assert.deepEqual(kept().get(topic), before.get(topic), topic);
    }
    assert.equal(simulator.log.count("rest*"), calls);
  });

  it("takes everything away on `remove`, and nothing is left after a change of the mode", async () => {
    const credentials = await start();
    await announce(level(63), level(40, other));
    const before = kept();
    bench.received.length = 0;
    await bench.deploy(flow({ mode: "entities" }), "full", credentials);
    await give({ command: "resend" });
    const after = new Map([...before, ...kept()]);
    for (const { topic, payload } of sent()) if (payload === "") after.delete(String(topic));
    assert.ok(![...after.keys()].some((topic) => topic.startsWith("homeassistant/device/")));
    assert.equal(await give({ topic: "remove" }), undefined);
    for (const { topic, payload } of sent()) if (payload === "") after.delete(String(topic));
    assert.deepEqual([...after.keys()], []);
  });

  it("ignores what has nothing to show, and refuses what is broken with an error that says so", async () => {
    await start();
    for (const message of [
      { payload: 1 },
      { topic: "homeassistant/status", payload: "offline" },
      { event: "tripStarted", payload: {} },
      level(1, "WBA1Z2C30N7A00009"),
    ])
      assert.equal(await give(message), undefined, JSON.stringify(message));
    for (const message of [
      level({ a: 1 }),
      level(NaN),
      { ...level(1), vin: "WBA" },
      { ...value("a/#", 1), vin },
      { command: "fly" },
      { command: "remove", vin: "WBA1Z2C30N7A00009" },
    ]) {
      const error = await give(message);
      assert.ok(error?.code !== undefined && error.code !== "internal", JSON.stringify(message));
      assert.ok(error.message.length > 20 && !error.message.includes("__"), error.message);
    }
    // A car that had been taken in would be announced now.
    assert.equal(await give({ command: "resend" }), undefined);
    assert.deepEqual(sent(), []);
  });

  it("takes out a car that the user ignores, and brings it back when that ends", async () => {
    const credentials = await start();
    await announce(level(63), level(40, other));
    const before = kept();
    const cars = (ignore: boolean) => flow({}, { vehicles: [{ vin, name: "Family car", ignore }, { vin: other }] });
    await bench.deploy(cars(true), "full", credentials);
    await announce(level(64));
    const left = [...kept().keys()];
    assert.deepEqual(left.sort(), [...before.keys()].filter((topic) => topic.toUpperCase().includes(other)).sort());
    await bench.deploy(cars(false), "full", credentials);
    await announce(level(65));
    const id = (text: unknown) => /"unique_id":"[^"]+_header"/.exec(String(text))?.[0];
    assert.deepEqual([id(kept().get(config())), kept().get(stateOf(HEADER))], [id(before.get(config())), "65"]);
  });

  it("keeps entities and topics of a car that gets an alias, which is understood as well as they are", async () => {
    const credentials = await start();
    await announce(level(63));
    const [before, topicsBefore] = [kept().get(config()), [...kept().keys()]];
    const named = flow({}, { vehicles: [{ vin, alias: "Anna" }] });
    await bench.deploy(named, "full", credentials);
    await announce(level(64));
    const ids = (text: unknown) => String(text).match(/"(unique_id|state_topic)":"[^"]+"/g);
    assert.deepEqual([ids(kept().get(config())), [...kept().keys()]], [ids(before), topicsBefore]);
    assert.match(String(kept().get(config())), /"name":"Anna"/);
    // Another node of the account knows it, too.
    await bench.deploy([...named, haNode({ id: "second", wires: [["mqtt"]], ...PLACE })], "full", credentials);
    bench.received.length = 0;
    bench.node("second").receive(level(65));
    await bench.message("mqtt", ({ topic, payload }) => topic === stateOf(HEADER) && payload === "65");
  });

  it("begins anew with the alias of a car that was removed, which stays away over a restart until then", async () => {
    const credentials = await start();
    await announce(level(63));
    assert.equal(await give({ command: "remove", vin }), undefined);
    await bench.close();
    bench.statuses.length = 0;
    await bench.load(flow({}, { vehicles: [{ vin, alias: "Anna" }] }), credentials);
    assert.equal(await give(level(64)), undefined);
    await bench.status("ha", "removed");
    assert.deepEqual([...kept().keys()], []);
    assert.equal(await give({ command: "resend", vin: "Anna" }), undefined);
    assert.equal(kept().get(stateOf(HEADER, "Anna")), "64");
    assert.ok(kept().has(config("anna")) && !JSON.stringify([...kept()]).includes(vin));
  });

  it("sends values alone and unchanged ones not again, unless it is set otherwise", async () => {
    await start({ version: 1, attributes: undefined });
    await announce(level(63));
    bench.received.length = 0;
    const later = { timestamp: "2026-03-02T06:59:00.000Z" };
    assert.equal(await give({ ...level(63), ...later }), undefined);
    assert.equal(await give({ ...level(64), ...later }), undefined);
    const told = sent().filter(({ topic }) => String(topic).includes(HEADER));
    assert.deepEqual(told, [{ topic: stateOf(HEADER), payload: "64" }]);
  });

  describe("status", () => {
    const looks = async (text: string, id = "ha") => {
      const { status } = await bench.status(id, text);
      return [status.fill, status.shape];
    };

    it("reports where another node announces the same car", async () => {
      await start({}, {}, [haNode({ id: "second", wires: [[]] })]);
      await announce(level(63));
      for (const message of [level(63), { command: "resend" }]) bench.node("second").receive(message);
      assert.deepEqual(await looks("two nodes, one car", "second"), ["yellow", "ring"]);
      bench.node("second").receive({ command: "remove" });
      assert.deepEqual(await looks("removed", "second"), ["grey", "ring"]);
    });

    it("is green again for the node that is left, which sends its own once more", async () => {
      await start({}, {}, [haNode({ id: "second", wires: [[]] })]);
      await announce(level(63));
      for (const message of [level(63), { command: "resend" }]) bench.node("second").receive(message);
      await looks("two nodes, one car");
      bench.received.length = 0;
      bench.node("second").receive({ command: "remove" });
      await bench.message("mqtt", ({ topic }) => topic === config());
      await eventually(
        "a green status",
        () => bench.statuses.filter(({ id }) => id === "ha").at(-1)?.status.fill === "green",
      );
    });

    it("is green again when the other node is deleted", async () => {
      const credentials = await start({}, {}, [haNode({ id: "second", wires: [[]] })]);
      await announce(level(63));
      for (const message of [level(63), { command: "resend" }]) bench.node("second").receive(message);
      await looks("two nodes, one car");
      await bench.deploy(flow(), "nodes", credentials);
      await eventually(
        "a green status",
        () => bench.statuses.filter(({ id }) => id === "ha").at(-1)?.status.fill === "green",
      );
    });

    it("reports a picture that is too large, until a smaller one comes; all else goes out", async () => {
      await start({ maxPacketSize: "50000" });
      const picture = (size: number) => ({ ...image(Buffer.concat([PNG, Buffer.alloc(size)])), vin });
      await announce(level(63), picture(60_000), picture(60_000));
      assert.deepEqual(await looks("message too large"), ["yellow", "dot"]);
      assert.equal(kept().get(stateOf(HEADER)), "63");
      assert.deepEqual(lateConsumer(kept()).findings, []);
      const named = bench.warnings("ha").filter((text) => text.includes("/image/data"));
      assert.equal(named.length, 1);
      assert.match(named[0] ?? "", /60\d{3} bytes.* 50000 /);
      assert.ok(!named[0]?.includes(vin), named[0]);
      await announce(picture(1000));
      assert.deepEqual(await looks("1 car · 4 values"), ["green", "dot"]);
      assert.ok(kept().has(`cardata/${vin}/image/data`));
    });

    it("is yellow while it waits, green with cars and values, grey when all was removed", async () => {
      await start();
      assert.deepEqual(await looks("waiting for values"), ["yellow", "ring"]);
      await announce(level(63));
      // The value, the stream and the last update.
      assert.deepEqual(await looks("1 car · 3 values"), ["green", "dot"]);
      await announce(level(40, other));
      assert.deepEqual(await looks("2 cars · 6 values"), ["green", "dot"]);
      await give({ command: "remove" });
      assert.deepEqual(await looks("removed"), ["grey", "ring"]);
    });

    it("is grey `no account` without an account, and each message is answered with an error", async () => {
      await bench.load(flow({ account: "nowhere" }).filter(({ id }) => id !== ACCOUNT));
      assert.deepEqual(await looks("no account"), ["grey", "ring"]);
      assert.equal((await give(level(63)))?.code, "no_account");
    });
  });

  it("is one of several: each keeps what it announced for itself", async () => {
    const second = haNode({ id: "second", stateBase: "second", wires: [["more"]], ...PLACE });
    const more = [second, { id: "more", type: "recorder", ...PLACE, wires: [] }];
    const credentials = await start({}, {}, more);
    await announce(level(63));
    bench.node("second").receive({ ...level(40, other) });
    await bench.message("more", ({ topic }) => topic === stateOf(HEADER, other, "second"));
    bench.received.length = 0;
    await bench.deploy(flow({}, {}, more), "full", credentials);
    await bench.message("mqtt", ({ topic }) => topic === config());
    await bench.message("more", ({ topic }) => topic === config(other.toLowerCase()));
    assert.ok(!topics().includes(config(other.toLowerCase())));
  });

  describe("several nodes with the same topics", () => {
    const topicsAt = (recorder: string) => {
      const left = new Set<string>();
      for (const { topic, payload } of bench.messages(recorder))
        if (payload === "") left.delete(String(topic));
        else left.add(String(topic));
      return left;
    };

    it("of one account: the removal of one leaves alone what the other has, its availability first of all", async () => {
      // Both send to the same broker.
      const second = haNode({ id: "second", availability: true, wires: [["mqtt"]], ...PLACE });
      await start({ availability: true }, {}, [second]);
      await announce(level(63));
      bench.node("second").receive(level(40, other));
      await bench.message("mqtt", ({ topic }) => topic === stateOf(HEADER, other));
      bench.node("second").receive({ command: "remove" });
      await bench.message("mqtt", ({ topic, payload }) => topic === stateOf(HEADER, other) && payload === "");
      assert.deepEqual(
        ["cardata/availability", config(), config(other.toLowerCase())].map((topic) => topicsAt("mqtt").has(topic)),
        [true, true, false],
      );
      // Who is the last one takes it along.
      assert.equal(await give({ command: "remove" }), undefined);
      assert.deepEqual([...topicsAt("mqtt")], []);
    });

    it("of two accounts with the same alias: each car has topics of its own, and a removal is of one car", async () => {
      const broker = { source: "broker", brokerHost: "127.0.0.1", brokerPort: "1" };
      const vehicles = [{ vin: other, alias: "family-CAR" }];
      const more = [
        { id: "other", type: "cardata-account", name: "Other", ...broker, vehicles },
        haNode({ id: "second", account: "other", availability: true, wires: [["mqtt"]], ...PLACE }),
      ];
      await start({ availability: true }, { vehicles: [{ vin, alias: "Family-car" }] }, more);
      assert.equal(bench.warnings("other").filter((text) => text.includes("family-CAR")).length, 1);
      await announce(level(63));
      bench.node("second").receive(level(40, other));
      const state = stateOf(HEADER, other);
      await bench.message("mqtt", ({ topic }) => topic === state);
      assert.equal(kept().get(stateOf(HEADER, "Family-car")), "63");
      assert.equal(kept().get(state), "40");
      bench.node("second").receive({ command: "remove", vin: "family-CAR" });
      const refused = () => bench.messages("mqtt").some(({ topic, payload }) => topic === state && payload === "");
      bench.node("second").receive({ command: "remove" });
      await eventually("the removal", refused);
      assert.ok(kept().has("cardata/availability") && kept().has(config("family-car")));
    });

    it("of a subflow that is used twice: each keeps for itself what it has announced", async () => {
      const inner = haNode({ id: "inner", z: "sub", wires: [[]] });
      const ports = { in: [{ wires: [{ id: "inner" }] }], out: [{ wires: [{ id: "inner", port: 0 }] }] };
      const twice = [
        { id: "sub", type: "subflow", name: "HA", ...ports },
        inner,
        ...["one", "two"].flatMap((id) => [
          { id, type: "subflow:sub", ...PLACE, name: "", wires: [[`at-${id}`]] },
          { id: `at-${id}`, type: "recorder", ...PLACE, wires: [] },
        ]),
      ];
      const credentials = await start({}, {}, twice);
      bench.node("one").receive(level(63));
      bench.node("two").receive(level(40, other));
      await bench.message("at-one", ({ topic }) => topic === stateOf(HEADER));
      await bench.message("at-two", ({ topic }) => topic === stateOf(HEADER, other));
      bench.received.length = 0;
      await bench.deploy(flow({}, {}, twice), "full", credentials);
      await bench.message("at-one", ({ topic }) => topic === config());
      await bench.message("at-two", ({ topic }) => topic === config(other.toLowerCase()));
    });
  });
});
