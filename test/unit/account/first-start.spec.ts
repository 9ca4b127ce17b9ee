import assert from "node:assert/strict";
import type { Update } from "../../../src/account/account-events.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { vehicleRegistryAt } from "../../helpers/vehicle-registry.js";
import { DOORS, ODOMETER, PORT, SOC, STATUS } from "../../helpers/test-vehicle.js";
import { START, VIN } from "../../helpers/fakes.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MOVING = "vehicle.isMoving";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";

describe("the very first start with a broker that keeps messages", () => {
  let clock: SimulatedClock;
  let updates: Update[];
  let files: Files;
  let registry: ReturnType<typeof vehicleRegistryAt>["registry"];
  let store: ReturnType<typeof vehicleRegistryAt>["store"];

  beforeEach(() => {
    clock = new SimulatedClock(START);
    updates = [];
    files = memoryFiles();
    ({ registry, store } = vehicleRegistryAt(clock, (update) => updates.push(update), files));
  });
  afterEach(() => {
    registry.close();
  });

  /** @param age of the values [ms] */
  function send(values: Readonly<Record<string, unknown>>, age = 0, retained = false): void {
    const timestamp = new Date(clock.now() - age).toISOString();
    const entries = Object.entries(values).map(([descriptor, value]) => [descriptor, { value, timestamp }]);
    const payload = { vin: VIN, timestamp, data: Object.fromEntries(entries) as unknown };
    registry.receive(`bmw/${VIN}`, Buffer.from(JSON.stringify(payload)), clock.now(), retained);
  }
  const single = (descriptor: string, text: string, retained: boolean) => {
    registry.receive(`bmw/${VIN}/${descriptor}`, Buffer.from(text), clock.now(), retained);
  };
  const names = () => updates.flatMap(({ events }) => events.map(({ name }) => name));
  const readings = () => updates.flatMap((update) => update.readings);
  const everything = {
    [STATUS]: "CHARGINGACTIVE",
    [PORT]: "CONNECTED",
    [DOORS]: "UNLOCKED",
    [MOVING]: true,
    [SOC]: 40,
    [ODOMETER]: 1000,
    [`${LOCATION}.latitude`]: 48.1,
    [`${LOCATION}.longitude`]: 11.5,
  };

  for (const [title, age, retained] of [
    ["has kept it for two days", 2 * DAY, true],
    ["has kept it for a minute", MINUTE, true],
    ["does not say that it has kept it for two days", 2 * DAY, false],
  ] as const)
    it(`takes over what it ${title}, without an event`, async () => {
      send(everything, age, retained);
      await clock.advance(30 * MINUTE);
      assert.deepEqual(names(), []);
      assert.deepEqual(
        updates.flatMap(({ values }) => values.map(({ name, value }) => [name, value])),
        [
          ["soc", 40],
          ["plugged", true],
          ["charging", true],
          ["locked", false],
          ["odometer", 1000],
          ["secured", false],
        ],
      );
      const source = retained ? "restored" : "stream";
      assert.deepEqual([...new Set(readings().map((reading) => reading.source))], [source]);
      assert.equal(updates.flatMap(({ positions }) => positions).length, 1);
      const [reading] = readings();
      assert.equal(reading?.timestamp, START - age);
      const { vehicle } = registry.cars.get(VIN) ?? {};
      assert.deepEqual([vehicle?.isOnTrip, vehicle?.charge], [false, null]);
    });

  it("begins nothing by the other values of the car, while the old state is all that is known", () => {
    send(everything, 2 * DAY);
    send({ [SOC]: 55, "vehicle.cabin.door.row1.driver.isOpen": true });
    send({ [SOC]: 56 });
    assert.deepEqual(names(), []);
  });

  it("takes them over whether they come at once or one by one", () => {
    for (const [descriptor, value] of Object.entries(everything)) send({ [descriptor]: value }, 2 * DAY);
    assert.deepEqual(names(), []);
    assert.equal(registry.cars.get(VIN)?.vehicle.isOnTrip, false);
  });

  it("emits what an old message changes of what is known", () => {
    send({ [DOORS]: "UNLOCKED", [MOVING]: false, [ODOMETER]: 1000 }, 60 * MINUTE);
    send({ [DOORS]: "LOCKED", [MOVING]: true, [PORT]: "CONNECTED" }, 50 * MINUTE);
    assert.deepEqual(names().sort(), ["locked", "tripStarted"]);
  });

  it("emits each change from then on, once", async () => {
    send({ [DOORS]: "UNLOCKED", [PORT]: "DISCONNECTED", [STATUS]: "NOCHARGING", [SOC]: 40 }, DAY, true);
    await clock.advance(MINUTE);
    send({ [DOORS]: "LOCKED" });
    await clock.advance(MINUTE);
    send({ [PORT]: "CONNECTED", [STATUS]: "CHARGINGACTIVE" });
    assert.deepEqual(names(), ["locked", "pluggedIn", "chargingStarted"]);
  });

  it("takes the kept values of a broker with one topic per value, in any order", async () => {
    for (const [descriptor, value] of Object.entries(everything)) single(descriptor, JSON.stringify(value), true);
    assert.deepEqual(names(), []);
    assert.equal(registry.cars.get(VIN)?.vehicle.readings.size, Object.keys(everything).length);
    await clock.advance(MINUTE);
    single(DOORS, "LOCKED", false);
    assert.deepEqual(names(), ["locked"]);
  });

  it("does not believe that a kept value without a time has just been measured again", async () => {
    single(SOC, "40", true);
    await clock.advance(DAY);
    single(SOC, "40", true);
    single(SOC, "40", false);
    assert.equal(readings().length, 1);
    single(SOC, "41", false);
    await clock.advance(MINUTE);
    // The connection was lost and is back: the retained values are no newer than the received ones.
    single(SOC, "40", true);
    assert.deepEqual(
      readings().map(({ value }) => value),
      [40, 41],
    );
  });

  it("emits at a later start what has really changed while it was off, and nothing else", async () => {
    send({ [DOORS]: "LOCKED", [PORT]: "CONNECTED", [SOC]: 40 });
    await store.flush();
    registry.close();
    updates = [];
    ({ registry } = vehicleRegistryAt(clock, (update) => updates.push(update), files));
    await registry.load();
    await clock.advance(DAY);
    send({ [DOORS]: "UNLOCKED", [PORT]: "CONNECTED", [SOC]: 40 }, 60 * MINUTE, true);
    assert.deepEqual(names(), ["unlocked"]);
    assert.deepEqual(
      updates.flatMap(({ events }) => events.map(({ at }) => at)),
      [clock.now() - 60 * MINUTE],
    );
  });

  it("keeps what the car has said of its motion", () => {
    send({ [MOVING]: false, [SOC]: 40 }, DAY, true);
    send({ [SOC]: 41 });
    assert.equal(registry.cars.get(VIN)?.vehicle.readings.get(MOVING)?.value, false);
  });

  it("emits the first charge that it sees begin", () => {
    send({ [STATUS]: "CHARGINGACTIVE", [SOC]: 40 });
    assert.deepEqual(names(), ["chargingStarted"]);
  });

  it("goes on from what was kept: the level and the odometer of a car that has not moved since", async () => {
    send({ [STATUS]: "NOCHARGING", [SOC]: 40, [ODOMETER]: 1000, [MOVING]: false }, 60 * MINUTE, true);
    send({ [STATUS]: "CHARGINGACTIVE" });
    await clock.advance(2 * MINUTE);
    send({ [STATUS]: "NOCHARGING" });
    await clock.advance(20 * MINUTE);
    send({ [MOVING]: true });
    const events = updates.flatMap((update) => update.events);
    const [start, trip] = [events[0], events.at(-1)];
    assert.ok(start?.name === "chargingStarted" && trip?.name === "tripStarted");
    assert.deepEqual([start.soc, trip.odometer], [40, 1000]);
  });
});
