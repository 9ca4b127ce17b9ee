import assert from "node:assert/strict";
import { parseSocOptions } from "../../../src/account/soc/soc-options.js";
import { ODOMETER, SOC, STATUS } from "../../helpers/test-vehicle.js";
import { VIN } from "../../helpers/fakes.js";
import { CAPACITY, chargeFrom, socBench } from "../../helpers/soc.js";

const DISPLAYED = "vehicle.powertrain.electric.battery.stateOfCharge.displayed";
const MOVING = "vehicle.isMoving";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type DisplayBench = ReturnType<typeof socBench>;

function shown({ service }: DisplayBench): readonly [predicted: number | undefined, magic: number | undefined] {
  return [service.predicted(VIN)?.soc, service.magic(VIN)?.soc];
}

async function charged(): Promise<{ readonly bench: DisplayBench; readonly left: number }> {
  const bench = socBench();
  bench.service.join("n", parseSocOptions({ magic: true }));
  bench.send(chargeFrom(40));
  await bench.clock.advance(64 * MINUTE);
  const left = bench.service.predicted(VIN)?.soc ?? NaN;
  bench.send({ [STATUS]: "NOCHARGING" });
  return { bench, left };
}

describe("a car that stands", () => {
  it("shows BMW's value to the digit, whatever the direction", async () => {
    const bench = socBench();
    bench.service.join("n", parseSocOptions({ magic: true }));
    for (const soc of [63, 62, 61, 60, 55, 56, 56.7]) {
      bench.send({ [SOC]: soc, [CAPACITY]: 80 });
      await bench.clock.advance(HOUR);
      assert.deepEqual(shown(bench), [soc, soc]);
      const [low, high] = bench.service.predicted(VIN)?.band90 ?? [NaN, NaN];
      assert.ok(low <= soc && soc <= high);
    }
  });

  it("keeps the fraction that a charge has left while BMW agrees within half a percent, else takes BMW's value", async () => {
    const { bench, left } = await charged();
    assert.ok(left > 50 && left % 1 !== 0, String(left));
    await bench.clock.advance(MINUTE);
    assert.deepEqual(shown(bench), [left, left]);
    bench.send({ [SOC]: Math.round(left) });
    assert.deepEqual(shown(bench), [left, left]);
    bench.send({ [SOC]: Math.round(left) - 2 });
    assert.deepEqual(shown(bench), [Math.round(left) - 2, Math.round(left) - 2]);
  });

  it("is not disturbed by a second source that rounds in another way", async () => {
    const bench = socBench();
    bench.send({ [SOC]: 63, [CAPACITY]: 80 });
    await bench.clock.advance(MINUTE);
    bench.send({ [DISPLAYED]: 62 });
    assert.equal(bench.service.predicted(VIN)?.soc, 63);
    assert.equal(bench.service.predicted(VIN)?.bmw?.soc, 63);
    await bench.clock.advance(2 * HOUR);
    bench.send({ [DISPLAYED]: 59 });
    assert.equal(bench.service.predicted(VIN)?.soc, 59, "unless the first has been silent for long");
  });

  it("keeps what it shows over a restart", async () => {
    const { bench, left } = await charged();
    await bench.stop();
    const again = socBench({ files: bench.files, clock: bench.clock });
    again.service.join("n", parseSocOptions({ magic: true }));
    await again.load();
    assert.deepEqual(shown(again), [left, left]);
  });

  it("does not learn a trip's use from the level of before a charge", async () => {
    const { bench } = await charged();
    await bench.clock.advance(MINUTE);
    bench.send({ [ODOMETER]: 1000, [MOVING]: "ASN_isTrue" });
    for (let km = 1; km <= 60; km += 1) {
      await bench.clock.advance(MINUTE);
      bench.send({ [ODOMETER]: 1000 + km });
    }
    // Far less than the 40 % of before the charge would make it 13 kWh for 60 km.
    bench.send({ [SOC]: 35, [MOVING]: "ASN_isFalse" });
    await bench.clock.advance(10 * MINUTE);
    const { lastDecision } = bench.service.report(VIN) ?? {};
    assert.equal(lastDecision?.what, "driving");
    assert.equal(lastDecision?.accepted, false);
  });
});

describe("a car whose battery is first reported in the middle of a trip", () => {
  it("drives from the first level on", async () => {
    const bench = socBench({ driveType: "bev" });
    bench.service.join("n", parseSocOptions({ magic: true }));
    bench.send({ [ODOMETER]: 1000, [MOVING]: "ASN_isTrue" });
    for (let km = 1; km <= 5; km += 1) {
      await bench.clock.advance(MINUTE);
      bench.send({ [ODOMETER]: 1000 + km });
    }
    bench.send({ [SOC]: 70, [CAPACITY]: 80 });
    assert.equal(bench.service.magic(VIN)?.mode, "driving");
    bench.service.tracked(VIN, { kmh: 50, isMean: false, place: null, way: null });
    assert.equal(bench.service.magic(VIN)?.drive?.speedBracket, "city");
  });
});
