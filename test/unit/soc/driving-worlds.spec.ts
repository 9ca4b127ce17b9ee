import assert from "node:assert/strict";
import { covered, driven, drivingMeanError, MIXED, type DrivingWorld } from "../../helpers/driving-world.js";

const SEEDS = [1, 2, 3, 4];

/** Mean error in percentage points that is allowed, where levels are pushed and where they come at both ends only. */
const WORLDS: Readonly<Record<string, readonly [other: Partial<DrivingWorld>, pushed: number, silent: number]>> = {
  "a mixed way": [{}, 0.42, 1],
  "a winter with 3 kW of heating": [{ auxKw: 3, kwhPerKm: 0.16 }, 0.32, 0.75],
  "a motorway": [{ kmh: [110, 160], km: 80 }, 0.32, 1.9],
  "a city": [{ kmh: [5, 45], km: 15 }, 0.52, 0.5],
  "a model rate that is 40 % too high": [{ modelKwhPerKm: 0.25 }, 0.42, 0.95],
  "a model rate that is 40 % too low": [{ modelKwhPerKm: 0.11 }, 0.45, 1.25],
  "a capacity that is told 5 % too high": [{ toldCapacity: 1.05 }, 0.42, 1],
  "a capacity that is told 5 % too low": [{ toldCapacity: 0.95 }, 0.42, 1],
  "no tracker": [{ tracked: false }, 0.5, 1.25],
};

describe("driving estimate in other worlds", () => {
  const all: ReturnType<typeof driven> = [];
  for (const [name, [other, ...limits]] of Object.entries(WORLDS))
    it(`knows ${name}`, () => {
      for (const [index, pushed] of [true, false].entries()) {
        const looks = SEEDS.flatMap((seed) => driven({ ...MIXED, ...other, pushed }, seed));
        all.push(...looks);
        const error = drivingMeanError(looks);
        assert.ok(error <= (limits[index] ?? 0), `${String(pushed)}: ${error.toFixed(2)} pp`);
      }
    });

  it("has the truth within its band nine times of ten", () => {
    const share = covered(all);
    assert.ok(share >= 0.85 && share <= 0.98, share.toFixed(3));
  });
});
