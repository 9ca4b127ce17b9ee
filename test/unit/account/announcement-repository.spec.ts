import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AnnouncedCar,
  announcedCodec,
  type AnnouncedNode,
  AnnouncementRepository,
} from "../../../src/account/announcement-repository.js";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START, VIN } from "../../helpers/fakes.js";

const CAR: AnnouncedCar = {
  vin: VIN,
  place: { mode: "entities", prefix: "homeassistant", base: "home/cars", id: "Anna" },
  components: { location: "device_tracker", soc: "sensor" },
  topics: ["home/cars/Anna/location", "home/cars/Anna/soc/state"],
  subjects: [{ descriptor: "soc", name: "State of charge", unit: "%", type: "number" }],
  fixed: ["location"],
  imageType: "image/png",
};
const NODE: AnnouncedNode = { availability: "home/cars/availability", cars: [CAR] };
const NOTHING: AnnouncedNode = { availability: null, cars: [] };

describe("what was announced, on the disk", () => {
  const opened = async (files = memoryFiles(), load = true) => {
    const clock = new SimulatedClock(START);
    const store = new Store("/account", files, clock, () => undefined);
    const sets = new AnnouncementRepository(store.document("announced", announcedCodec));
    if (load) await sets.load();
    return { sets, store, clock, files };
  };

  it("is the same after a restart, for each node its own", async () => {
    const { sets, store, files } = await opened();
    assert.deepEqual(sets.of("node-1"), NOTHING);
    await sets.keep("node-1", NODE);
    await sets.keep("node-2", NOTHING);
    await store.flush();
    const again = await opened(files);
    assert.deepEqual(again.sets.of("node-1"), NODE);
    assert.deepEqual(again.sets.of("node-2"), NOTHING);
  });

  it("is written a minute later at most", async () => {
    const { sets, clock, files } = await opened();
    await sets.keep("node-1", NODE);
    assert.equal(await files.read("/account/announced.json"), null);
    await clock.advance(60_000);
    assert.ok((await files.read("/account/announced.json")) !== null);
  });

  it("is on the disk at once where that is urgent", async () => {
    const { sets, files } = await opened();
    await sets.keep("node-1", NODE, true);
    assert.deepEqual((await opened(files)).sets.of("node-1"), NODE);
  });

  it("holds what the broker has to let go", async () => {
    const { sets, files } = await opened();
    const stale = [
      { topic: "a/b", migrates: false },
      { topic: "c/config", migrates: true },
    ];
    await sets.keep("node-1", { ...NODE, stale }, true);
    assert.deepEqual((await opened(files)).sets.of("node-1").stale, stale);
    const odd = [null, 7, { topic: "a/#" }, { topic: "", migrates: true }, { topic: "a/b", migrates: "yes" }];
    const decoded = announcedCodec.decode([{ node: "n", availability: null, cars: [], stale: odd }], 1).nodes.get("n");
    assert.deepEqual(decoded?.stale, [{ topic: "a/b", migrates: false }]);
  });

  describe("the id of a car", () => {
    const called = (id: string): AnnouncedNode => ({ ...NODE, cars: [{ ...CAR, place: { ...CAR.place, id } }] });
    const removed: AnnouncedNode = { ...NOTHING, removed: [VIN] };

    it("is known to all nodes, after a restart and without the node that has announced it", async () => {
      const { sets, files } = await opened();
      await sets.keep("node-1", called("Anna"), true);
      await sets.keep("node-1", NOTHING, true);
      for (const { sets: known } of [{ sets }, await opened(files)])
        assert.deepEqual([known.idOf(VIN), known.vinOf("Anna"), known.vinOf("Berta")], ["Anna", VIN, null]);
    });

    it("is forgotten once the last node has removed the car", async () => {
      const { sets, files } = await opened();
      await sets.keep("node-1", called("Anna"));
      await sets.keep("node-2", called("Anna"));
      await sets.keep("node-1", removed, true);
      assert.equal(sets.idOf(VIN), "Anna");
      await sets.keep("node-2", removed, true);
      const { sets: again } = await opened(files);
      assert.deepEqual([again.idOf(VIN), again.of("node-1").removed], [null, [VIN]]);
    });

    it("is forgotten although a node that was deleted has announced the car", async () => {
      const { sets, files } = await opened();
      await sets.keep("deleted", called("Anna"), true);
      const { sets: again } = await opened(files);
      await again.keep("node-1", called("Anna"));
      await again.keep("node-1", removed);
      assert.equal(again.idOf(VIN), null);
    });

    it("is the one of a car that version 1 has kept", () => {
      const state = announcedCodec.decode([{ node: "node-1", ...called("Anna") }], 1);
      assert.deepEqual([...state.ids], [[VIN, "Anna"]]);
      assert.deepEqual(state.nodes.get("node-1"), called("Anna"));
    });

    it("is none that could not stand in a topic", () => {
      const ids = { [VIN]: "a/b", nobody: "Anna", WBY1Z2C30N7A00002: "Berta" };
      const { ids: read } = announcedCodec.decode({ nodes: [], ids }, announcedCodec.version);
      assert.deepEqual([...read], [["WBY1Z2C30N7A00002", "Berta"]]);
    });
  });

  it("is not written over by an account that has not read it", async () => {
    const { sets, store, files } = await opened();
    await sets.keep("node-1", NODE);
    await store.flush();
    const refused = await opened(files, false);
    await refused.sets.keep("node-1", NOTHING);
    await refused.store.flush();
    assert.deepEqual((await opened(files)).sets.of("node-1"), NODE);
  });

  it("forgets the nodes that have been gone longest", async () => {
    const { sets } = await opened();
    for (let number = 0; number < 25; number++) await sets.keep(`node-${number}`, NODE);
    assert.deepEqual([sets.of("node-4"), sets.of("node-5")], [NOTHING, NODE]);
  });

  it("holds nothing that could not have been written", () => {
    const decode = (car: object) =>
      announcedCodec.decode([{ node: "n", availability: "a/#", cars: [car] }], 1).nodes.get("n");
    const odd = decode({
      ...CAR,
      components: { "a/b": "sensor", c: "d/e", f: 7, good: "sensor" },
      topics: ["a/+/b", 7, "good/state"],
      subjects: [{ descriptor: "a" }, 7, { descriptor: "a", name: "A", unit: 7, type: "boolean" }],
      fixed: [null, "image"],
      imageType: "text/html",
    });
    assert.deepEqual(odd, {
      availability: null,
      cars: [
        {
          ...CAR,
          components: { good: "sensor" },
          topics: ["good/state"],
          subjects: [{ descriptor: "a", name: "A", unit: null, type: "boolean" }],
          fixed: ["image"],
          imageType: null,
        },
      ],
    });
    for (const broken of [
      { ...CAR, vin: "x" },
      { ...CAR, place: null },
      { ...CAR, place: { ...CAR.place, id: "a/b" } },
    ])
      assert.deepEqual(decode(broken)?.cars, []);
    assert.throws(() => announcedCodec.decode({}, 1));
  });

  it("of any JSON either throws or can be written again", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ node: fc.string(), cars: fc.jsonValue() })), (data) => {
        announcedCodec.encode(announcedCodec.decode(data, 1));
      }),
    );
  });
});
