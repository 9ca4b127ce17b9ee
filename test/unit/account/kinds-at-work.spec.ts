import assert from "node:assert/strict";
import { DEFAULT_SOC_OPTIONS } from "../../../src/account/soc/soc-options.js";
import type { ValueName } from "../../../src/vehicle/source-priority.js";
import { openingAccounts } from "../../helpers/account-in-process.js";
import { START } from "../../helpers/fakes.js";
import { levelOnlyCar, petrolCar } from "../../simulator/cars/everyday.js";

const HOUR = 3_600_000;

describe("days of cars of all kinds", () => {
  const open = openingAccounts();

  async function threeDays() {
    const [mini, petrol] = [levelOnlyCar(START), petrolCar(START)];
    const one = open({ cars: [mini, petrol], tick: 1000 });
    one.account.retain("node");
    one.account.soc.join("node", { ...DEFAULT_SOC_OPTIONS, magic: true });
    const reported = new Map([mini, petrol].map(({ vin }) => [vin, new Set<ValueName>()]));
    one.account.events.on("update", ({ vin, values }) => {
      for (const { name } of values) reported.get(vin)?.add(name);
    });
    await one.begin();
    const off: { predicted: number; magic: number; charging: boolean }[] = [];
    for (let hour = 1; hour <= 72; hour++) {
      await one.clock.advance(HOUR / 2);
      const { soc, charging } = mini.truth();
      const [predicted, magic] = [one.account.soc.predicted(mini.vin), one.account.soc.magic(mini.vin)];
      // The first level comes with the end of the first trip.
      if (predicted === null || magic === null) continue;
      off.push({ predicted: predicted.soc - soc, magic: magic.soc - soc, charging: charging !== null });
    }
    return { one, mini, petrol, told: reported, off };
  }

  it("estimate one that reports no level but that of charging, and no fuel of it, nor a battery of a petrol car", async () => {
    const { one, mini, petrol, told: reported, off } = await threeDays();
    assert.ok(off.length > 60, String(off.length));
    assert.ok(off.some(({ charging }) => charging));
    const worst = Math.max(...off.map(({ magic }) => Math.abs(magic)));
    assert.ok(worst < 3, `${worst.toFixed(1)} pp off`);
    for (const { predicted, charging } of off) if (charging) assert.ok(Math.abs(predicted) < 2, String(predicted));
    assert.deepEqual([...(reported.get(mini.vin) ?? [])].sort(), [
      ...["charging", "locked", "odometer", "openings", "plugged", "secured", "soc"],
    ]);
    assert.deepEqual([...(reported.get(petrol.vin) ?? [])].sort(), [
      "fuel",
      "locked",
      "odometer",
      "openings",
      "secured",
    ]);
    assert.deepEqual(one.account.soc.vins, [mini.vin]);
  });
});
