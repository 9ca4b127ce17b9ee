import assert from "node:assert/strict";
import type { Update } from "../../../src/account/account-events.js";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { vehicleRegistryAt } from "../../helpers/vehicle-registry.js";
import { START, VIN } from "../../helpers/fakes.js";

const MINUTE_MS = 60_000;
const PLACE = "vehicle.cabin.infotainment.navigation.currentLocation";

/** A message with a fix, `seconds` after the start of the drive, so many metres north. */
function fix(seconds: number, metres: number) {
  const timestamp = new Date(START + seconds * 1000).toISOString();
  const data = {
    [`${PLACE}.latitude`]: { value: 48.1 + metres / 111_320, unit: "degrees", timestamp },
    [`${PLACE}.longitude`]: { value: 11.5, unit: "degrees", timestamp },
  };
  return Buffer.from(JSON.stringify({ vin: VIN, timestamp, data }));
}

describe("a trip that ends because nothing comes any more", () => {
  const driving = async (clock: SimulatedClock) => {
    const updates: Update[] = [];
    const files = memoryFiles();
    const { registry, store } = vehicleRegistryAt(clock, (update) => updates.push(update), files);
    for (let minute = 0; minute < 5; minute++) {
      registry.receive("", fix(minute * 60, minute * 700), clock.now());
      await clock.advance(MINUTE_MS);
    }
    const names = () => updates.flatMap(({ events }) => events.map(({ name }) => name));
    assert.ok(names().includes("tripStarted"), names().join());
    return { registry, store, files, names };
  };

  for (const [title, jump] of [
    ["is right", 0],
    ["is set forward by five hours", 5 * 60 * MINUTE_MS],
    ["is set right from 1970", START - 1000],
  ] as const)
    it(`is emitted when the clock ${title} meanwhile`, async () => {
      const clock = new SimulatedClock(START - jump);
      const { registry, names } = await driving(clock);
      clock.jump(jump);
      await clock.advance(60 * MINUTE_MS);
      assert.ok(names().includes("tripEnded"), names().join());
      registry.close();
    });

  it("is emitted after a power cut and a start in 1970, once the clock is right", async () => {
    const before = await driving(new SimulatedClock(START));
    before.registry.close();
    before.registry.save();
    await before.store.flush();
    const clock = new SimulatedClock(1000);
    const updates: Update[] = [];
    const { registry } = vehicleRegistryAt(clock, (update) => updates.push(update), before.files);
    await registry.load();
    await clock.advance(MINUTE_MS);
    clock.jump(START + 5 * 60 * MINUTE_MS - clock.now());
    await clock.advance(60 * MINUTE_MS);
    assert.ok(updates.some(({ events }) => events.some(({ name }) => name === "tripEnded")));
    registry.close();
  });
});
