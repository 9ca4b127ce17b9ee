import assert from "node:assert/strict";
import { CarDataError } from "../../../src/support/errors.js";
import { cockpitModel, FakePage } from "../../helpers/cockpit-model.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { DOORS, ODOMETER, PORT, SOC, STATUS } from "../../helpers/test-vehicle.js";

/** How a PNG begins. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const SECOND = 1000;
const COLLECTED = 250;
const vinOf = (car: number) => `WBY1Z2C30N7A${String(car).padStart(5, "0")}`;

describe("what is told to open pages", () => {
  let model: ReturnType<typeof cockpitModel>;
  beforeEach(() => {
    model = cockpitModel();
  });
  afterEach(() => model.close());

  it("is everything at first, then the members that have changed", async () => {
    const account = await model.add("a1");
    model.tell(account, VIN, { [SOC]: 50, [PORT]: "DISCONNECTED" });
    const { page } = model.open();
    const [car] = page.snapshots[0]?.cars ?? [];
    assert.deepEqual([car?.reported?.value, car?.isPlugged, car?.isLocked], [50, false, null]);
    page.forget();
    await model.clock.advance(SECOND);
    model.tell(account, VIN, { [DOORS]: "SECURED" });
    await model.clock.advance(COLLECTED);
    const [change] = page.changes.flat().filter(({ kind }) => kind === "car");
    assert.ok(change?.kind === "car");
    assert.equal(change.changed.isLocked, true);
    assert.deepEqual(
      Object.keys(change.changed).filter((name) => !["isLocked", "lastHeard", "values", "level"].includes(name)),
      [],
    );
  });

  it("comes at most four times a second, in one message for all cars", async () => {
    const account = await model.add("a1");
    const { page } = model.open();
    page.forget();
    for (let tick = 0; tick < 400; tick++) {
      model.tell(account, vinOf(tick % 5), { [ODOMETER]: 1000 + tick, [SOC]: 40 + (tick % 3) });
      model.clock.runTo(model.clock.now() + 5);
    }
    await model.clock.advance(COLLECTED);
    assert.ok(page.changes.length >= 7 && page.changes.length <= 9, String(page.changes.length));
    assert.equal(page.changes.flat().filter(({ kind }) => kind === "carAdded").length, 5);
    for (const changes of page.changes) {
      const keys = changes.flatMap((change) => (change.kind === "car" ? [change.key] : []));
      assert.equal(new Set(keys).size, keys.length, "a car is told of once in a message");
    }
  });

  it("leads a page to what a page sees that is opened now", async () => {
    const account = await model.add("a1");
    const { page } = model.open();
    for (let step = 0; step < 200; step++) {
      model.tell(account, vinOf(step % 3), { [SOC]: 30 + (step % 60), [ODOMETER]: 5000 + step });
      if (step % 7 === 0) model.tell(account, VIN, { [STATUS]: step % 2 === 0 ? "CHARGINGACTIVE" : "NOCHARGING" });
      await model.clock.advance(700);
    }
    await model.clock.advance(COLLECTED);
    const { page: fresh } = model.open();
    assert.deepEqual(page.cars, fresh.cars);
  });

  it("costs nothing while no page is open: nothing is described, whatever comes and however long it lasts", async () => {
    const account = await model.add("a1");
    const { page, stream } = model.open();
    stream.over();
    page.forget();
    let described = 0;
    Object.defineProperty(account, "vehicles", { get: () => (described++, []) });
    for (let tick = 0; tick < 100; tick++) model.tell(account, VIN, { [ODOMETER]: tick });
    await model.clock.advance(60 * SECOND);
    assert.deepEqual([described, page.written], [0, []]);
    assert.equal(model.snapshot().cars.length, 1);
    assert.ok(described > 0, "the check looks at the right place");
  });

  it("is made once for all pages, however many look", async () => {
    const account = await model.add("a1");
    const pages = Array.from({ length: 6 }, () => model.open().page);
    for (const page of pages) page.forget();
    model.tell(account, VIN, { [SOC]: 44 });
    await model.clock.advance(COLLECTED);
    const [first, ...others] = pages.map(({ written }) => written.join(""));
    assert.ok(first?.includes("carAdded"));
    assert.deepEqual(new Set(others), new Set([first]));
  });

  it("holds accounts that come, and those that go with their cars", async () => {
    const account = await model.add("a1");
    const other = await model.add("a2");
    model.tell(account, VIN, { [SOC]: 50 });
    model.tell(other, OTHER_VIN, { [SOC]: 60 });
    const first = model.open();
    assert.deepEqual(
      first.page.snapshots[0]?.accounts.map(({ id }) => id),
      ["a1", "a2"],
    );
    await model.remove(other);
    assert.deepEqual(first.page.messages.at(-1), { kind: "end", reason: "closed" });
    const { page } = model.open();
    assert.deepEqual(
      page.snapshots[0]?.accounts.map(({ id }) => id),
      ["a1"],
    );
    assert.deepEqual(
      page.cars.map(({ account: id }) => id),
      ["a1"],
    );
    await model.add("a3");
    await model.clock.advance(COLLECTED);
    assert.ok(page.changes.flat().some((change) => change.kind === "accountAdded" && change.account.id === "a3"));
  });

  it("tells of a car that the account has to give away", async () => {
    const account = await model.add("a1");
    model.tell(account, VIN, { [SOC]: 50 });
    const { page } = model.open();
    account.registry.rest(VIN);
    await model.clock.advance(20 * SECOND + COLLECTED);
    assert.deepEqual(page.cars, []);
    assert.deepEqual(
      page.changes
        .flat()
        .map(({ kind }) => kind)
        .filter((kind) => kind === "carGone"),
      ["carGone"],
    );
  });

  it("names no car by its VIN", async () => {
    const account = await model.add("a1");
    const { page } = model.open();
    model.tell(account, VIN, { [SOC]: 50, [STATUS]: "CHARGINGACTIVE", [PORT]: "CONNECTED" });
    await model.clock.advance(COLLECTED);
    assert.ok(page.cars.length === 1);
    assert.ok(!page.written.join("").includes(VIN));
    assert.match(page.cars[0]?.key ?? "", /^[0-9a-f]{20}$/);
    assert.equal(page.cars[0]?.vinEnd, `…${VIN.slice(-4)}`);
  });

  it("gives the values of one car to the page that looks at them, in its language, and to no other", async () => {
    const account = await model.add("a1");
    model.tell(account, VIN, { [SOC]: 50 });
    model.tell(account, OTHER_VIN, { [SOC]: 50 });
    const [key = ""] = model.snapshot().cars.map((car) => car.key);
    const german = model.open(new FakePage(), { key, language: "de-AT" }).page;
    const other = model.open().page;
    await model.clock.advance(SECOND);
    model.tell(account, VIN, { [ODOMETER]: 4711 });
    model.tell(account, VIN, { [ODOMETER]: 4712 });
    model.tell(account, OTHER_VIN, { [ODOMETER]: 1 });
    await model.clock.advance(COLLECTED);
    const told = german.changes.flat().flatMap((change) => (change.kind === "values" ? [change] : []));
    const odometers = told.flatMap(({ values }) => values.filter(({ descriptor }) => descriptor === ODOMETER));
    assert.deepEqual(
      odometers.map(({ name, value, unit, source }) => [name, value, unit, source]),
      [["Kilometerstand", 4712, "km", "stream"]],
    );
    assert.deepEqual(
      told.map((one) => one.key),
      [key],
    );
    assert.ok(!other.changes.flat().some(({ kind }) => kind === "values"));
  });

  it("names the picture of a car once there is one, and another one by another name", async () => {
    const account = await model.add("a1");
    model.tell(account, VIN, { [SOC]: 50 });
    const picture = (end: number) => ({
      type: "image/png",
      bytes: Buffer.from([...PNG, ...Array<number>(2000).fill(end)]),
    });
    await account.rest.keepImage(VIN, picture(1));
    const { page } = model.open();
    await model.clock.advance(COLLECTED);
    const [first] = page.cars;
    assert.ok(first?.picture);
    assert.deepEqual((await model.cockpit.picture(first.key))?.bytes, picture(1).bytes);
    account.events.emit("pictured", VIN, picture(2));
    await model.clock.advance(COLLECTED);
    assert.ok(page.cars[0]?.picture !== null && page.cars[0]?.picture !== first.picture);
  });

  it("is refused to more pages than anybody opens", async () => {
    await model.add("a1");
    for (let count = 0; count < 50; count++) model.open();
    assert.throws(
      () => model.open(),
      (error) => error instanceof CarDataError && error.code === "too_many_pages",
    );
  });

  it("leaves out what cannot be described by a mistake, and costs nobody else anything", async () => {
    const [broken, sound] = [await model.add("a1"), await model.add("a2")];
    model.tell(sound, OTHER_VIN, { [SOC]: 60 });
    const heard: string[] = [];
    broken.events.on("update", ({ vin }) => heard.push(vin));
    Object.defineProperty(broken, "soc", {
      get: () => {
        throw new TypeError("a mistake");
      },
    });
    const { page } = model.open();
    model.tell(broken, VIN, { [SOC]: 50 });
    model.tell(sound, OTHER_VIN, { [SOC]: 61 });
    await model.clock.advance(COLLECTED);
    assert.deepEqual(
      page.cars.map(({ account, reported }) => [account, reported?.value]),
      [["a2", 61]],
    );
    assert.deepEqual(heard, [VIN], "nodes hear of it all the same");
  });

  it("works without any account, and without any car", async () => {
    const { page } = model.open();
    assert.deepEqual([page.snapshots[0]?.accounts, page.cars], [[], []]);
    await model.add("a1");
    await model.clock.advance(COLLECTED);
    assert.deepEqual(page.cars, []);
    assert.ok(page.changes.flat().some(({ kind }) => kind === "accountAdded"));
  });

  it("stays small with 500 cars", async () => {
    const account = await model.add("a1");
    for (let car = 0; car < 500; car++) model.tell(account, vinOf(car), { [SOC]: 50, [ODOMETER]: car });
    const { page } = model.open();
    assert.equal(page.cars.length, 500);
    assert.ok(page.written.join("").length < 1_000_000, String(page.written.join("").length));
    page.forget();
    await model.clock.advance(SECOND);
    model.tell(account, vinOf(7), { [ODOMETER]: 1000 });
    await model.clock.advance(COLLECTED);
    assert.ok(page.written.join("").length < 2000, page.written.join(""));
  });
});
