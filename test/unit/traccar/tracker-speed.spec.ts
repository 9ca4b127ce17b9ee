import assert from "node:assert/strict";
import { DEFAULT_SOC_OPTIONS } from "../../../src/account/soc/soc-options.js";
import type { TrackerFix } from "../../../src/traccar/tracker-types.js";
import { openingAccounts } from "../../helpers/account-in-process.js";
import { START } from "../../helpers/fakes.js";
import { commuter, parkedCar } from "../../simulator/cars/everyday.js";
import type { TrackerFault } from "../../simulator/traccar-server.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("a tracker whose speed is none", () => {
  const open = openingAccounts();

  async function atSix(fault: TrackerFault | null, mode: "trips" | "always" = "trips") {
    const cars = [commuter(START, { days: 3, streamedSoc: "often" }), parkedCar(START)];
    const one = open({ cars, tick: 1000, properties: { record: true } });
    const [car, parked] = cars;
    assert.ok(car !== undefined && parked !== undefined);
    for (const { vin } of cars) one.bmw.traccar.spoil(vin, fault);
    const fixes: (readonly [vin: string, fix: TrackerFix, truth: number])[] = [];
    one.account.retain("node");
    one.account.soc.join("node", { ...DEFAULT_SOC_OPTIONS, magic: true });
    one.account.trackers.join("node", {
      url: "http://traccar.lan:8082",
      token: one.bmw.traccar.token,
      devices: one.bmw.traccar.devices.map(({ vin, uniqueId }) => ({ vin, device: uniqueId })),
      intervalMs: MINUTE,
      mode,
      onFix: (vin, fix) => fixes.push([vin, fix, car.truth().speedKmh]),
      onState: () => undefined,
    });
    await one.begin();
    const warnings = () => one.log.lines.filter((line) => line.startsWith("warn") && line.includes("racker"));
    return { one, car, parked, fixes, warnings };
  }

  for (const [fault, words] of [
    ["no-speed", "sends no speed"],
    ["metres-per-second", "half of its speed"],
    ["kilometres-per-hour", "nearly twice its speed"],
  ] as const)
    it(`is reported to the owner once, and is that of the way: ${fault}`, async () => {
      const { one, car, fixes, warnings } = await atSix(fault);
      await one.clock.advanceTo(START + 15 * HOUR);
      assert.equal(warnings().length, 1, warnings().join("\n"));
      const [warning = ""] = warnings();
      assert.ok(warning.includes(words) && warning.includes(`…${car.vin.slice(-4)}`) && !warning.includes(car.vin));
      const last = fixes.filter(([vin]) => vin === car.vin).slice(-30);
      assert.equal(last.length, 30);
      const off = last.filter(([, { speedKmh }, truth]) => Math.abs((speedKmh ?? truth) - truth) > 15);
      // Where it begins or stops the way is that of another speed.
      assert.ok(off.length <= 6, JSON.stringify(last.map(([, { speedKmh }, truth]) => [speedKmh, truth])));
    });

  it("is no news of a good one", async () => {
    const { one, warnings } = await atSix(null);
    await one.clock.advanceTo(START + 15 * HOUR);
    assert.deepEqual(warnings(), []);
  });

  it("moves nothing where the phone lies in a parked car", async () => {
    const { one, parked, fixes, warnings } = await atSix("drift", "always");
    await one.clock.advanceTo(START + HOUR - MINUTE);
    const before = one.account.soc.magic(parked.vin)?.soc;
    await one.clock.advance(2 * HOUR);
    const speeds = fixes.filter(([vin]) => vin === parked.vin).map(([, { speedKmh }]) => speedKmh);
    assert.ok(speeds.length >= 120 && speeds.every((kmh) => kmh === 0), JSON.stringify(speeds));
    assert.equal(one.account.registry.cars.get(parked.vin)?.vehicle.isOnTrip, false);
    assert.equal(one.account.soc.magic(parked.vin)?.soc, before);
    assert.deepEqual(warnings(), []);
  });

  it("is written to the recording as Traccar sends it", async () => {
    const { one, car } = await atSix("no-speed");
    await one.clock.advanceTo(START + 2 * HOUR);
    await one.account.close();
    const recorded = String(await one.files.read("/a1/recordings/2026-03-02.ndjson"));
    const lines = recorded
      .split("\n")
      .filter((line) => line.includes('"kind":"fix"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(lines.length > 20, String(lines.length));
    const [{ vin, speed, totalDistance, fixTime, position } = {}] = lines.slice(-10);
    assert.deepEqual([vin, speed], [car.vin, 0]);
    assert.ok(typeof totalDistance === "number" && typeof fixTime === "string");
    const { latitude, altitude } = position as { latitude: number; altitude: unknown };
    assert.ok(typeof latitude === "number" && altitude === null);
  });
});
