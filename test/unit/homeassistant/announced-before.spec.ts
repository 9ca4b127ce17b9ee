import assert from "node:assert/strict";
import type { AnnouncedNode } from "../../../src/account/announcement-repository.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import {
  announcing,
  BIRTH,
  CONNECTED,
  DISCONNECTED,
  DOOR,
  HEADER,
  identity,
  image,
  learning,
  PNG,
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
    const picture = (vin = VIN, bytes = PNG) =>
      ({ kind: "image", vin, image: bytes, contentType: "image/png" }) as const;
    const learned = { kind: "report", vin: VIN, key: "learning", text: "Learned.", details: {} } as const;

    it("tells last update, picture and learning to a broker that has lost them, as they are known of the car", async () => {
      const before = await announced();
      before.announcer.close();
      const { announcer, clock, broker } = announcing({ saved: before.kept() });
      const at = Date.parse("2026-03-02T05:59:00.000Z");
      announcer.restore(VIN, at, [picture(), learned]);
      announcer.restore(OTHER_VIN, at, [picture(OTHER_VIN)]);
      await clock.advance(3000);
      assert.equal(broker.get(stateOf("last_update")), before.broker.get(stateOf("last_update")));
      assert.deepEqual(broker.get(`cardata/${VIN}/image/data`), PNG);
      assert.equal(broker.get(stateOf("learning")), "Learned.");
      assert.ok([...broker.keys()].every((topic) => !topic.includes(OTHER_VIN)));
    });

    it("prefers what has come since the start to what was known before", async () => {
      const before = await announced();
      before.announcer.close();
      const { announcer, clock, broker, take } = announcing({ saved: before.kept() });
      const other = Buffer.concat([PNG, Buffer.from("other")]);
      take({ ...image(), payload: other });
      take(value(HEADER, 64, { timestamp: "2026-03-02T05:59:30.000Z" }));
      take(learning());
      announcer.restore(VIN, Date.parse("2026-03-02T05:59:00.000Z"), [picture(), learned]);
      await clock.advance(20_000);
      assert.equal(broker.get(stateOf("last_update")), "2026-03-02T05:59:30.000Z");
      assert.deepEqual(broker.get(`cardata/${VIN}/image/data`), other);
      assert.notEqual(broker.get(stateOf("learning")), "Learned.");
    });

    it("tells no picture and no last update that were not announced", async () => {
      const before = announcing();
      before.take(position());
      await before.settle();
      before.announcer.close();
      const { announcer, clock, components } = announcing({ saved: before.kept() });
      announcer.restore(VIN, START, [picture(), learned]);
      await clock.advance(20_000);
      assert.deepEqual(Object.keys(components()), [
        ...["event_trip", "event_charge", "event_lock", "event_warning", "location"],
      ]);
    });

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

    it("does not shrink it when the car reports one thing only", async () => {
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
        // Home Assistant has to let the entities go, and may not see the end of their configurations later on.
        const firsts = sent.slice(0, 2 * old.length);
        const migrations = firsts.slice(0, old.length);
        assert.deepEqual(
          migrations.map(({ topic, payload }) => [topic, payload]),
          old.map((topic) => [topic, MIGRATION]),
        );
        const ends = firsts.slice(old.length);
        assert.deepEqual(new Set(ends.map(({ topic }) => topic)), new Set(old));
        assert.ok(ends.every(({ payload }) => payload === ""));
        assert.deepEqual(new Map([...broker].sort()), new Map([...fresh.broker].sort()));
      });

    it("is moved to once: nothing is said of the old one at later starts of Home Assistant, or of the node", async () => {
      const before = await announced({ mode: "entities" });
      before.take(soc(40, { vin: OTHER_VIN }));
      await before.settle();
      const old = new Set([...before.broker.keys()].filter((topic) => topic.endsWith("/config")));
      const moved = again(before);
      const saysOfOld = (work: ReturnType<typeof announcing>) => work.topics().filter((topic) => old.has(topic)).length;
      moved.take(CONNECTED);
      await moved.settle();
      // That they move, and that they end.
      assert.equal(saysOfOld(moved), 2 * old.size);
      moved.sent.length = 0;
      for (const sign of [BIRTH, CONNECTED, { command: "resend" }]) moved.take(sign);
      await moved.settle();
      const restarted = again(moved);
      restarted.take(CONNECTED);
      await restarted.settle();
      assert.deepEqual([saysOfOld(moved), saysOfOld(restarted)], [0, 0]);
      assert.ok("drivetrain_batteryManagement_header" in restarted.components());
    });

    it("is announced not before Home Assistant had the time to let go, whatever comes in between", async () => {
      const before = await announced();
      const { take, clock, topics, broker, settle } = again(before, { mode: "entities" });
      take(CONNECTED);
      take(soc(64));
      take({ command: "resend" });
      take(BIRTH);
      await clock.advance(9999);
      assert.deepEqual(topics(), [CONFIG, CONFIG]);
      await settle();
      assert.ok(broker.has(HEADER_CONFIG));
      assert.equal(broker.get(stateOf(HEADER)), "64");
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
        configuration_url: "https://bmw-cardata.bmwgroup.com/customer/public/home",
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
      // What is nothing without them stays.
      const staying = ["learning", "location", "traccar_location"].map((key) => `cardata/${VIN}/${key}/attributes`);
      assert.deepEqual(left.sort(), staying);
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

    it("keeps the car away, whatever it sends and whatever happens to the broker, until it is sent again", async () => {
      const { take, broker, settle, announcer } = await announced();
      const before = new Map(broker);
      take({ command: "remove" });
      assert.match(take(soc(64)) ?? "", /removed/);
      take(value("vehicle.new.thing", 1));
      take({ topic: "homeassistant/status", payload: "online" });
      announcer.setStreamConnected(true);
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
      const { take, broker, clock } = await announced();
      const before = new Map(broker);
      take({ command: "remove" });
      for (const [topic, payload] of before) broker.set(topic, payload);
      take(CONNECTED);
      await clock.advance(1000);
      assert.deepEqual([...broker.keys()], []);
    });

    it("outlives restarts, and ends with a command: what was received since the start is announced", async () => {
      let before = await announced({ availability: true });
      before.take({ command: "remove" });
      for (let start = 0; start < 2; start++) {
        before = again(before, { availability: true });
        before.announcer.setStreamConnected(true);
        before.take(CONNECTED);
        assert.match(before.take(soc(64)) ?? "", /removed/);
        await before.settle();
        assert.deepEqual([...before.broker.keys()], []);
      }
      assert.ok(before.announcer.summary.removed);
      before.take({ command: "resend", vin: VIN });
      const { components, broker, kept } = before;
      assert.deepEqual(Object.keys(components()).sort(), [
        "connectivity",
        "drivetrain_batteryManagement_header",
        "event_charge",
        "event_lock",
        "event_trip",
        "event_warning",
        "last_update",
      ]);
      assert.deepEqual([broker.get(stateOf(HEADER)), broker.get("cardata/availability")], ["64", "online"]);
      assert.equal(kept().removed, undefined);
    });

    it("that ends before anything is known of the car announces it, and its first value when that comes", async () => {
      const before = await announced();
      before.take({ command: "remove" });
      const { take, settle, broker, components } = again(before);
      take({ command: "resend" });
      assert.deepEqual(Object.keys(components()), [...["event_trip", "event_charge", "event_lock", "event_warning"]]);
      assert.equal(broker.size, 1);
      take(soc(64));
      await settle();
      assert.ok("drivetrain_batteryManagement_header" in components());
    });

    it("is that of a car which the account ignores since then, until it does so no more", async () => {
      const before = await announced({ availability: true });
      before.take(soc(40, { vin: OTHER_VIN }));
      await before.settle();
      const { [VIN]: car, ...others } = { [VIN]: identity(VIN), [OTHER_VIN]: identity(OTHER_VIN) };
      const ignoring = again(before, { availability: true, cars: others, ignored: new Set([VIN]) });
      ignoring.take(CONNECTED);
      await ignoring.settle();
      const left = [...ignoring.broker.keys()];
      assert.ok(left.length > 2 && left.every((topic) => !topic.toUpperCase().includes(VIN)), left.join());
      assert.ok(left.includes("cardata/availability"));
      assert.deepEqual(vinsOf(ignoring.kept()), [OTHER_VIN]);
      assert.match(ignoring.take(soc(64)) ?? "", /ignore/);
      const listening = again(ignoring, { availability: true, cars: { ...others, [VIN]: car } });
      listening.take(soc(65));
      await listening.settle();
      assert.equal(listening.broker.get(stateOf(HEADER)), "65");
    });

    it("of all cars by the account takes the availability as well", async () => {
      const before = await announced({ availability: true });
      const ignoring = again(before, { availability: true, cars: {}, ignored: new Set([VIN]) });
      await ignoring.settle();
      assert.deepEqual([...ignoring.broker.keys()], []);
    });
  });

  describe("what the broker has to let go", () => {
    const empties = ({ sent }: ReturnType<typeof announcing>) => sent.filter(({ payload }) => payload === "");
    /** Starts again after the power has failed, at a broker that has received nothing of the last minute. */
    const afterPowerCut = (before: Awaited<ReturnType<typeof announced>>, options: AnnouncingOptions = {}) => {
      before.announcer.close();
      return announcing({ saved: before.durable(), ...options });
    };

    for (const [what, change, options] of [
      ["a removal", (work: Awaited<ReturnType<typeof announced>>) => work.take({ command: "remove" }), {}],
      [
        "the removal of one car",
        (work: Awaited<ReturnType<typeof announced>>) => work.take({ command: "remove", vin: VIN }),
        {},
      ],
    ] as const)
      it(`outlives a power cut after ${what}`, async () => {
        const before = await announced({ availability: true });
        before.take(soc(40, { vin: OTHER_VIN }));
        await before.settle();
        const kept = [...before.broker.keys()].filter((topic) => topic.toUpperCase().includes(VIN));
        change(before);
        const work = afterPowerCut(before, { availability: true, ...options });
        work.sent.length = 0;
        work.take(CONNECTED);
        await work.clock.advance(1000);
        const gone = new Set(empties(work).map(({ topic }) => topic));
        for (const topic of kept) assert.ok(gone.has(topic), topic);
        assert.equal(gone.has("cardata/availability"), work.announcer.summary.removed);
      });

    it("outlives a power cut after a change of the prefix, and another start after it", async () => {
      const before = await announced();
      const moved = again(before, { prefix: "ha" });
      await moved.settle();
      const work = afterPowerCut(moved, { prefix: "ha" });
      work.take(CONNECTED);
      assert.ok(empties(work).some(({ topic }) => topic === CONFIG));
    });

    it("is sent its move first, when the broker missed that the mode was changed", async () => {
      const before = await announced({ mode: "entities" });
      const old = [...before.broker.keys()].filter((topic) => topic.endsWith("/config"));
      const moved = again(before, { mode: "device" });
      await moved.settle();
      for (const start of [
        () => moved,
        () => again(moved, { mode: "device" }),
        () => afterPowerCut(moved, { mode: "device" }),
      ]) {
        const work = start();
        work.sent.length = 0;
        work.take(CONNECTED);
        await work.clock.advance(1000);
        const first = (payload: string, topics: readonly string[]) =>
          work.sent.findIndex((message) => topics.includes(message.topic) && message.payload === payload);
        const config = work.topics().indexOf(CONFIG);
        const isBefore = config === -1 || first(MIGRATION, old) < config;
        assert.ok(isBefore && first(MIGRATION, old) >= 0, work.topics().join());
        for (const topic of old) assert.ok(first("", [topic]) > first(MIGRATION, [topic]), topic);
      }
    });

    it("is published 3 s after the start where nothing shows the state of the broker", async () => {
      const before = await announced();
      before.take({ command: "remove" });
      const work = again(before);
      await work.clock.advance(2999);
      assert.equal(empties(work).length, 0);
      await work.clock.advance(1);
      assert.ok(empties(work).some(({ topic }) => topic === CONFIG));
    });

    it("is forgotten as soon as a broker that stays connected has it, or that let Home Assistant speak", async () => {
      for (const sign of [CONNECTED, BIRTH]) {
        const work = await announced();
        work.take({ command: "remove" });
        await work.settle();
        assert.ok((work.kept().stale?.length ?? 0) > 0);
        work.take(sign);
        await work.clock.advance(15_000);
        assert.equal(work.kept().stale, undefined, JSON.stringify(sign));
        assert.equal(work.durable().stale, undefined);
        work.sent.length = 0;
        work.take(CONNECTED);
        assert.deepEqual(work.sent, []);
      }
    });

    it("is not forgotten when the connection breaks before it can have arrived", async () => {
      const work = await announced();
      work.take(CONNECTED);
      work.take({ command: "remove" });
      await work.clock.advance(9999);
      work.take(DISCONNECTED);
      await work.settle();
      assert.ok((work.kept().stale?.length ?? 0) > 0);
    });

    it("is not forgotten before it was sent, while all that is sent again is held back after a cut", async () => {
      const work = await announced();
      const report = () => work.take(soc(40, { vin: OTHER_VIN }));
      report();
      await work.settle();
      for (let cuts = 0; cuts < 4; cuts++) {
        work.take(CONNECTED);
        report();
        work.take(DISCONNECTED);
      }
      work.take({ command: "remove", vin: VIN });
      await work.clock.advance(1000);
      work.sent.length = 0;
      // 59 s to go.
      work.take(CONNECTED);
      report();
      await work.clock.advance(58_000);
      assert.equal(empties(work).length, 0);
      await work.clock.advance(2000);
      assert.ok(empties(work).some(({ topic }) => topic === CONFIG));
      assert.ok((work.kept().stale?.length ?? 0) > 0);
      await work.settle();
      assert.equal(work.kept().stale, undefined);
    });

    it("is not what has come back meanwhile", async () => {
      const before = await announced();
      before.take({ command: "remove" });
      const work = again(before);
      work.take(soc(64));
      work.take({ command: "resend" });
      await work.settle();
      work.sent.length = 0;
      work.take(CONNECTED);
      await work.clock.advance(1000);
      const gone = empties(work).map(({ topic }) => topic);
      assert.ok(gone.includes(stateOf(DOOR)) && !gone.includes(CONFIG) && !gone.includes(stateOf(HEADER)));
    });

    it("includes all that was ever announced, however soon the power fails", async () => {
      const work = await announced();
      work.take(value("vehicle.new.thing", 1));
      await work.settle();
      const kept = [...work.broker.keys()];
      const later = afterPowerCut(work);
      later.take({ command: "remove" });
      const gone = new Set(empties(later).map(({ topic }) => topic));
      for (const topic of kept) assert.ok(gone.has(topic), topic);
    });
  });

  describe("what another node keeps", () => {
    it("is not taken away by a removal, a change of place or a start", async () => {
      const held = new Set<string>();
      const work = await announced({ availability: true, held });
      for (const topic of [CONFIG, stateOf(HEADER), "cardata/availability"]) held.add(topic);
      work.take({ command: "remove" });
      assert.deepEqual([...work.broker.keys()].sort(), [...held].sort());
      const before = await announced({ availability: true });
      const moved = again(before, { prefix: "ha", base: "other", held });
      await moved.settle();
      for (const topic of held) assert.ok(moved.broker.has(topic), topic);
      assert.ok(!moved.broker.has(stateOf(DOOR)));
    });

    it("is reported by a node for as long as it keeps it", async () => {
      const work = await announced({ availability: true });
      const topics = [CONFIG, stateOf(HEADER), "cardata/availability"];
      const holds = () => topics.map((topic) => work.announcer.holds(topic));
      assert.deepEqual(holds(), [true, true, true]);
      // From the start, before anything is announced anew.
      const restarted = again(work, { availability: true });
      assert.ok(topics.every((topic) => restarted.announcer.holds(topic)));
      restarted.take({ command: "remove" });
      assert.ok(!topics.some((topic) => restarted.announcer.holds(topic)));
      restarted.take(CONNECTED);
      assert.ok(!restarted.broker.has("cardata/availability"));
    });
  });
});
