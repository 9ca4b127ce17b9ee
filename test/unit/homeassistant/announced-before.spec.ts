import assert from "node:assert/strict";
import type { AnnouncedNode } from "../../../src/account/announced.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import {
  announcing,
  CONNECTED,
  DOOR,
  HEADER,
  identity,
  image,
  learning,
  position,
  soc,
  traccar,
  value,
  WINDOW,
  type AnnouncingOptions,
} from "../../helpers/announcing.js";

const LOW = VIN.toLowerCase();
const CONFIG = `homeassistant/device/bmw_cardata_${LOW}/config`;
const HEADER_CONFIG = `homeassistant/sensor/bmw_cardata_${LOW}/drivetrain_batteryManagement_header/config`;
const MIGRATION = '{"migrate_discovery":true}';
const stateOf = (descriptor: string, id = VIN) => `cardata/${id}/${descriptor}/state`;

/** Announces some of everything. */
async function announced(options: AnnouncingOptions = {}) {
  const work = announcing(options);
  const messages = [soc(63), value(DOOR, true), value(WINDOW, "CLOSED"), position(), traccar(), learning(), image()];
  for (const message of messages) work.take(message);
  await work.settle();
  work.sent.length = 0;
  return work;
}

/** Starts again with the broker and the file as they were left. */
function again(before: Awaited<ReturnType<typeof announced>>, options: AnnouncingOptions = {}) {
  before.announcer.close();
  const work = announcing({ saved: before.kept(), ...options });
  for (const [topic, payload] of before.broker) if (!work.broker.has(topic)) work.broker.set(topic, payload);
  return work;
}

const vinsOf = (node: AnnouncedNode) => node.cars.map(({ vin }) => vin);

describe("what was announced before", () => {
  describe("a restart", () => {
    it("announces all of it without a word of the car, 3 s after the start", async () => {
      const before = await announced();
      const { clock, topics, components, broker } = again(before);
      await clock.advance(2999);
      assert.deepEqual(topics(), []);
      await clock.advance(1);
      assert.deepEqual(topics(), [CONFIG]);
      assert.deepEqual(components(), before.components());
      assert.equal(broker.get(stateOf(HEADER)), "63");
    });

    it("does not shrink it when the car tells of one thing only", async () => {
      const before = await announced();
      const { take, settle, components, topics } = again(before);
      take(soc(64));
      await settle();
      assert.deepEqual(Object.keys(components()), Object.keys(before.components()));
      assert.ok(topics().indexOf(CONFIG) < topics().indexOf(stateOf(HEADER)));
    });

    it("leaves cars alone that the account does not know any more, until they are removed", async () => {
      const before = await announced();
      const { settle, take, sent, broker, kept, cars } = again(before);
      cars.delete(VIN);
      await settle();
      assert.deepEqual(sent, []);
      take({ command: "remove", vin: VIN });
      assert.deepEqual([...broker.keys()], []);
      assert.deepEqual(vinsOf(kept()), []);
    });
  });

  describe("another mode", () => {
    for (const [from, to] of [
      ["device", "entities"],
      ["entities", "device"],
    ] as const)
      it(`is migrated to, from ${from} to ${to}: nothing old is left, and all is there`, async () => {
        const before = await announced({ mode: from });
        const fresh = await announced({ mode: to });
        const old = [...before.broker.keys()].filter((topic) => topic.endsWith("/config"));
        const { settle, sent, broker } = again(before, { mode: to });
        await settle();
        const migrations = sent.slice(0, old.length);
        assert.deepEqual(
          migrations.map(({ topic, payload }) => [topic, payload]),
          old.map((topic) => [topic, MIGRATION]),
        );
        const ends = sent.slice(-old.length);
        assert.deepEqual(new Set(ends.map(({ topic }) => topic)), new Set(old));
        assert.ok(ends.every(({ payload }) => payload === ""));
        assert.deepEqual(new Map([...broker].sort()), new Map([...fresh.broker].sort()));
      });

    it("keeps ids, so that Home Assistant knows the entities again", async () => {
      const before = await announced();
      const { settle, broker } = again(before, { mode: "entities" });
      await settle();
      const { platform: _, ...component } = before.components()["drivetrain_batteryManagement_header"] ?? {};
      const { device, origin, ...config } = JSON.parse(String(broker.get(HEADER_CONFIG))) as Record<string, unknown>;
      assert.deepEqual(config, component);
      assert.deepEqual({ device, origin }, { device: before.config().device, origin: before.config()["origin"] });
    });
  });

  describe("another place", () => {
    it("prefix: the old configuration goes first, states stay", async () => {
      const before = await announced();
      const { settle, sent, broker } = again(before, { prefix: "ha" });
      await settle();
      assert.deepEqual(
        sent.map(({ topic, payload }) => [topic, payload === ""]),
        [
          [CONFIG, true],
          [CONFIG.replace("homeassistant", "ha"), false],
        ],
      );
      assert.equal(broker.get(stateOf(HEADER)), "63");
    });

    it("base: the configuration names the new topics, the old states go", async () => {
      const before = await announced();
      const { settle, topics, broker, take } = again(before, { base: "home/cars" });
      take(soc(64));
      await settle();
      assert.equal(topics()[0], CONFIG);
      assert.deepEqual(
        [...broker.keys()].filter((topic) => topic.startsWith("cardata/")),
        [],
      );
      assert.equal(broker.get(`home/cars/${VIN}/${HEADER}/state`), "64");
    });

    it("alias: nothing that was kept with the VIN is left", async () => {
      const before = await announced();
      const hidden = identity("Anna", { id: "Anna", name: "Anna", serialNumber: null });
      const { settle, broker, take } = again(before, { cars: { [VIN]: hidden } });
      take(soc(64));
      await settle();
      const text = [...broker].map(([topic, payload]) => `${topic} ${String(payload)}`).join("\n");
      assert.ok(!text.toLowerCase().includes(LOW), text);
      assert.equal(broker.get(stateOf(HEADER, "Anna")), "64");
      const config = broker.get("homeassistant/device/bmw_cardata_anna/config");
      assert.deepEqual((JSON.parse(String(config)) as Record<string, unknown>)["device"], {
        identifiers: ["bmw_cardata_anna"],
        name: "Anna",
        manufacturer: "BMW",
        model: "i4 eDrive40",
      });
    });

    it("swapped aliases of two cars: neither takes away what is the other's now", async () => {
      const called = (id: string) => identity(id, { id, name: id, serialNumber: null });
      const before = await announced({ cars: { [VIN]: called("a"), [OTHER_VIN]: called("b") } });
      before.take(soc(40, { vin: OTHER_VIN }));
      await before.settle();
      const swapped = { [VIN]: called("b"), [OTHER_VIN]: called("a") };
      const { settle, take, broker } = again(before, { cars: swapped });
      take(soc(63));
      take(soc(40, { vin: OTHER_VIN }));
      await settle();
      assert.deepEqual([broker.get(stateOf(HEADER, "a")), broker.get(stateOf(HEADER, "b"))], ["40", "63"]);
      for (const id of ["a", "b"]) assert.ok(broker.has(`homeassistant/device/bmw_cardata_${id}/config`));
    });

    it("attributes off: the old ones go, after the configuration without them", async () => {
      const before = await announced();
      const { settle, broker, topics } = again(before, { attributes: false });
      await settle();
      assert.equal(topics()[0], CONFIG);
      const left = [...broker.keys()].filter((topic) => topic.endsWith("/attributes"));
      assert.deepEqual(left, [`cardata/${VIN}/learning/attributes`]);
    });
  });

  describe("a component that is no more", () => {
    const withMore = (node: AnnouncedNode): AnnouncedNode => ({
      ...node,
      cars: node.cars.map((car) => ({
        ...car,
        components: { ...car.components, former: "binary_sensor" },
        topics: [...car.topics, stateOf("former")],
        fixed: [...car.fixed, "former"],
      })),
    });

    it("is deleted in the device's configuration, which is sent again without it", async () => {
      const before = await announced();
      const { settle, sent, topics, components } = announcing({ saved: withMore(before.kept()) });
      await settle();
      assert.deepEqual(topics(), [CONFIG, CONFIG, stateOf("former")]);
      const first = JSON.parse(String(sent[0]?.payload)) as { components: Record<string, unknown> };
      assert.deepEqual(first.components["former"], { platform: "binary_sensor" });
      assert.equal(components()["former"], undefined);
      assert.equal(sent[2]?.payload, "");
    });

    it("has its own configuration emptied in the other mode", async () => {
      const before = await announced({ mode: "entities" });
      const { settle, sent } = announcing({ mode: "entities", saved: withMore(before.kept()) });
      await settle();
      assert.deepEqual(sent[0], {
        topic: `homeassistant/binary_sensor/bmw_cardata_${LOW}/former/config`,
        payload: "",
        qos: 1,
        retain: true,
      });
    });
  });

  describe("a removal", () => {
    for (const mode of ["device", "entities"] as const)
      it(`leaves nothing in the mode ${mode}`, async () => {
        const { take, sent, broker, kept } = await announced({ mode, availability: true, buttons: true });
        assert.equal(take({ command: "remove" }), null);
        assert.deepEqual([...broker.keys()], []);
        assert.ok(sent.every(({ payload, retain }) => payload === "" && retain));
        assert.ok(sent[0]?.topic.endsWith("/config"));
        assert.deepEqual(kept().cars, []);
      });

    it("of one car leaves the other", async () => {
      const { take, broker, kept, settle } = await announced({ availability: true });
      take(soc(40, { vin: OTHER_VIN }));
      await settle();
      take({ command: "remove", vin: VIN });
      const left = [...broker.keys()];
      assert.ok(left.length > 2 && left.every((topic) => !topic.includes(VIN) && !topic.includes(LOW)));
      assert.ok(left.includes("cardata/availability"));
      assert.deepEqual(vinsOf(kept()), [OTHER_VIN]);
    });

    it("keeps the car away, whatever it tells and whatever happens to the broker, until it is sent again", async () => {
      const { take, broker, settle, announcer } = await announced();
      const before = new Map(broker);
      take({ command: "remove" });
      assert.match(take(soc(64)) ?? "", /removed/);
      take(value("vehicle.new.thing", 1));
      take({ topic: "homeassistant/status", payload: "online" });
      announcer.stream(true);
      take(CONNECTED);
      await settle();
      assert.deepEqual([...broker.keys()], []);
      take({ command: "resend" });
      await settle();
      assert.equal(broker.get(stateOf(HEADER)), "64");
      for (const topic of before.keys()) assert.ok(broker.has(topic), topic);
      assert.ok(broker.has(stateOf("vehicle.new.thing")));
    });

    it("is repeated when the broker is found, because it may have missed it", async () => {
      const { take, broker } = await announced();
      const before = new Map(broker);
      take({ command: "remove" });
      for (const [topic, payload] of before) broker.set(topic, payload);
      take(CONNECTED);
      assert.deepEqual([...broker.keys()], []);
    });

    it("ends at the next start: what is told then is announced", async () => {
      const before = await announced();
      before.take({ command: "remove" });
      const { take, settle, components } = again(before);
      await settle();
      take(soc(64));
      await settle();
      assert.ok("drivetrain_batteryManagement_header" in components());
      assert.ok(!("cabin_door_row1_driver_isOpen" in components()));
    });
  });
});
