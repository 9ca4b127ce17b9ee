import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { VehicleRegistry } from "../../../src/account/vehicle-registry.js";
import { vehiclesCodec } from "../../../src/account/vehicle-registry-codec.js";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { testAccount } from "../../helpers/account.js";
import { SOC } from "../../helpers/test-vehicle.js";
import { START } from "../../helpers/fakes.js";

const MOST = 500;
const MB = 2 ** 20;
const LARGEST_MB = 150;
const vinOf = (car: number) => `WBY1Z2C30N7A${String(car).padStart(5, "0")}`;

/** A registry over files that may be those of an earlier run. */
function registryOver(files: ReturnType<typeof memoryFiles>, clock: SimulatedClock) {
  const store = new Store("/", files, clock, ({ kind }) => {
    throw new Error(`files: ${kind}`);
  });
  const full: number[] = [];
  const registry = new VehicleRegistry({
    document: store.document("vehicles", vehiclesCodec),
    clock,
    descriptionOf: () => ({ driveType: null, batteryKwh: null }),
    claim: () => true,
    ignored: new Set(),
    onUpdate: () => undefined,
    onFound: () => undefined,
    onFull: (most) => full.push(most),
  });
  return { registry, store, full };
}

describe("an account with many cars", () => {
  const report = (registry: VehicleRegistry, car: number, descriptors: readonly string[] = [SOC]) => {
    const timestamp = new Date(START).toISOString();
    const data = Object.fromEntries(descriptors.map((descriptor) => [descriptor, { value: 63, timestamp }]));
    registry.receive("bmw", Buffer.from(JSON.stringify({ vin: vinOf(car), data })), START);
  };

  it("takes 500, no further one, and says so once", async () => {
    const files = memoryFiles();
    const { registry, store, full } = registryOver(files, new SimulatedClock(START));
    for (let car = 0; car < MOST; car++) report(registry, car);
    assert.deepEqual([registry.cars.size, full], [MOST, []]);
    for (let car = MOST; car < MOST + 30; car++) report(registry, car);
    assert.deepEqual([registry.cars.size, full, registry.rejected.get("too-many-vehicles")], [MOST, [MOST], 30]);
    report(registry, 7);
    assert.equal(registry.rejected.total, 31, "a repeated value of a known car");
    await store.flush();
    registry.close();
    const again = registryOver(files, new SimulatedClock(START));
    await again.registry.load();
    assert.equal(again.registry.cars.size, MOST);
    again.registry.close();
  });

  it("is reported to its owner in a sentence", async () => {
    const { account, log } = testAccount({ properties: { source: "broker", brokerHost: "broker.local" } });
    await account.open();
    for (let car = 0; car < MOST + 2; car++) report(account.registry, car);
    const warnings = log.lines.filter((line) => line.startsWith("warn") && line.includes("500 cars"));
    assert.equal(warnings.length, 1, log.lines.join("\n"));
    await account.close();
  });

  it(`needs less than ${LARGEST_MB} MB when all of them send every descriptor`, () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed / MB;
    };
    const descriptors = [...allDefinitions()].map(({ id }) => id);
    const { registry } = registryOver(memoryFiles(), new SimulatedClock(START));
    const before = used();
    for (let car = 0; car < MOST; car++) report(registry, car, descriptors);
    const taken = used() - before;
    assert.ok(registry.cars.get(vinOf(0))?.vehicle.readings.size === descriptors.length);
    assert.ok(taken < LARGEST_MB, `${taken.toFixed(0)} MB`);
    registry.close();
  }).timeout(60_000);
});
