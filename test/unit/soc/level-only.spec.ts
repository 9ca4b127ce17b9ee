import assert from "node:assert/strict";
import { parseSocOptions } from "../../../src/account/soc/soc-options.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import type { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { ODOMETER, SOC, STATUS } from "../../helpers/test-vehicle.js";
import { VIN } from "../../helpers/fakes.js";
import { CAPACITY, CHARGING, socBench } from "../../helpers/soc.js";

const LEVEL = `${CHARGING}.level`;
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const MOVING = "vehicle.isMoving";
const MINUTE = 60_000;

describe("a car that tells its level as that of charging alone", () => {
  function bench(options: { clock?: SimulatedClock; files?: Files; driveType?: "bev" | "phev" } = {}) {
    const one = socBench({ driveType: "bev", ...options });
    one.service.join("n", parseSocOptions({ magic: true }));
    const shown = () => {
      const [predicted, magic] = [one.service.predicted(VIN), one.service.magic(VIN)];
      return { predicted: predicted?.soc ?? null, magic: magic?.soc ?? null, bmw: predicted?.bmw ?? null };
    };
    return { ...one, shown };
  }
  const near = (value: number | null, expected: number, within: number) => {
    assert.ok(
      value !== null && Math.abs(value - expected) <= within,
      `${value} is not within ${within} of ${expected}`,
    );
  };

  for (const driveType of ["bev", "phev"] as const) {
    it(`shows it while it stands (${driveType})`, () => {
      const { send, shown } = bench({ driveType });
      send({ [LEVEL]: 63, [CAPACITY]: 50 });
      assert.deepEqual([shown().predicted, shown().magic], [63, 63]);
      send({ [LEVEL]: 61 });
      assert.deepEqual([shown().predicted, shown().magic], [61, 61]);
      assert.equal(shown().bmw?.descriptor, LEVEL);
    });

    it(`counts on from it while it charges, also after a restart (${driveType})`, async () => {
      const files = memoryFiles();
      const first = bench({ driveType, files });
      first.send({ [LEVEL]: 63, [CAPACITY]: 50, [STATUS]: "NOCHARGING" });
      await first.clock.advance(12 * 60 * MINUTE);
      first.send({ [STATUS]: "CHARGINGACTIVE", [POWER]: { value: 7.5, unit: "kW" } });
      await first.clock.advance(30 * MINUTE);
      // 7.2 kW net at 0.9 for half an hour into 50 kWh.
      near(first.shown().predicted, 63.5 + 6.5, 0.8);
      near(first.shown().magic, 63.5 + 6.5, 0.8);
      await first.stop();
      const again = bench({ driveType, files, clock: first.clock });
      await again.load();
      await again.clock.advance(30 * MINUTE);
      near(again.shown().predicted, 63.5 + 13, 1.2);
      again.send({ [LEVEL]: 77 });
      near(again.shown().predicted, 77.3, 0.6);
    });
  }

  it("drives on from it", async () => {
    const { send, shown, clock } = bench();
    send({ [LEVEL]: 80, [CAPACITY]: 50, [ODOMETER]: 1000 });
    send({ [MOVING]: true, [ODOMETER]: 1001 });
    for (let km = 2; km <= 30; km++) {
      await clock.advance(MINUTE);
      send({ [ODOMETER]: 1000 + km });
    }
    // 0.21 kWh/km out of 50 kWh.
    near(shown().magic, 80.3 - 12.6, 2);
    assert.equal(shown().predicted, 80);
  });

  it("is estimated from the first level that comes in the middle of a charge", async () => {
    const { send, shown, clock } = bench();
    send({ [CAPACITY]: 50, [STATUS]: "CHARGINGACTIVE", [POWER]: { value: 7.5, unit: "kW" } });
    assert.equal(shown().predicted, null);
    await clock.advance(10 * MINUTE);
    send({ [LEVEL]: 40 });
    near(shown().predicted, 40, 0.6);
    await clock.advance(30 * MINUTE);
    near(shown().predicted, 46.8, 0.8);
  });

  it("is no such car once it tells a measured level, until that is unknown", async () => {
    const { send, shown, clock } = bench();
    send({ [SOC]: 50, [LEVEL]: 63, [CAPACITY]: 50 });
    assert.equal(shown().predicted, 50);
    send({ [LEVEL]: 64 });
    assert.equal(shown().predicted, 50, "a forecast beside a measured level");
    await clock.advance(MINUTE);
    send({ [SOC]: "INVALID" });
    // So long the better one is believed to hold.
    await clock.advance(61 * MINUTE);
    send({ [LEVEL]: 66 });
    assert.deepEqual([shown().predicted, shown().magic], [66, 66]);
    await clock.advance(MINUTE);
    send({ [SOC]: 52, [LEVEL]: 67 });
    assert.deepEqual([shown().predicted, shown().magic], [52, 52]);
  });

  it("still is such a car where the measured ones are told as unknown", () => {
    const { send, shown } = bench();
    send({ [SOC]: "INVALID", "vehicle.powertrain.electric.battery.stateOfCharge.displayed": null, [LEVEL]: 63 });
    assert.deepEqual([shown().predicted, shown().magic], [63, 63]);
  });

  it("keeps a forecast a forecast over a restart", async () => {
    const files = memoryFiles();
    const first = bench({ files });
    first.send({ [SOC]: 50, [CAPACITY]: 50 });
    await first.stop();
    const again = bench({ files, clock: first.clock });
    await again.load();
    await again.clock.advance(MINUTE);
    again.send({ [LEVEL]: 64 });
    assert.deepEqual([again.shown().predicted, again.shown().magic], [50, 50]);
  });
});
