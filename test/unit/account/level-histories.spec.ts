import assert from "node:assert/strict";
import { LevelHistories } from "../../../src/account/level-histories.js";
import type { SocEstimate } from "../../../src/soc/estimate.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import type { SourcedValue } from "../../../src/vehicle/source-priority.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";

const HOUR = 3_600_000;
const estimate = (soc: number): SocEstimate => {
  return {
    soc,
    sigma: 1,
    band90: [soc - 2, soc + 2],
    mode: "idle",
    bmw: null,
    capacity: null,
    charge: null,
    drive: null,
  };
};

describe("the levels of an account's cars", () => {
  const over = (files: Files, isOurs = () => true) => {
    const clock = new SimulatedClock(START);
    return { clock, levels: new LevelHistories("/a/levels", files, clock, isOurs) };
  };
  const valuesOf = async (levels: LevelHistories, vin: string) =>
    (await levels.between(vin, START, START + 10 * HOUR)).map(({ level }) => level);

  it("are kept for each car, and are there for who comes later", async () => {
    const files = memoryFiles();
    const { levels } = over(files);
    levels.record(VIN, estimate(50), START);
    levels.record(OTHER_VIN, estimate(70), START);
    levels.record(VIN, estimate(55), START + HOUR);
    await levels.close(new AbortController().signal);
    const later = over(files).levels;
    assert.deepEqual(await valuesOf(later, VIN), [50, 55]);
    assert.deepEqual(await valuesOf(later, OTHER_VIN), [70]);
  });

  it("hold BMW's own values beside the shown ones, by BMW's time and never backwards, until they are erased", async () => {
    const files = memoryFiles();
    const { levels } = over(files);
    const told = (value: unknown, timestamp: number, name = "soc") =>
      ({ name, value, unit: "%", from: "any", timestamp, source: "stream" }) as SourcedValue;
    const reported = async (one = levels) =>
      (await one.reportedBetween(VIN, START, START + 10 * HOUR)).map(({ at, level }) => [(at - START) / HOUR, level]);
    levels.record(VIN, estimate(52), START);
    levels.follow({ vin: VIN, values: [told(50, START), told(300, START, "range"), told("full", START + HOUR)] });
    levels.follow({
      vin: VIN,
      values: [told(60, START + 2 * HOUR), told(55, START + HOUR), told(101, START + 3 * HOUR)],
    });
    levels.follow({ vin: OTHER_VIN, values: [told(70, START)] });
    assert.deepEqual(await reported(), [
      [0, 50],
      [2, 60],
    ]);
    assert.deepEqual(await valuesOf(levels, VIN), [52]);
    assert.deepEqual(await reported(over(files).levels), await reported());
    await levels.erase(VIN);
    assert.deepEqual([await reported(), await valuesOf(levels, VIN)], [[], []]);
    assert.equal((await levels.reportedBetween(OTHER_VIN, START, START)).length, 1);
  });

  it("are gone from the disk once they are erased, those of other cars are not, and new ones begin", async () => {
    const { levels } = over(memoryFiles());
    levels.record(VIN, estimate(50), START);
    levels.record(OTHER_VIN, estimate(70), START);
    await levels.erase(VIN);
    assert.deepEqual([await valuesOf(levels, VIN), await valuesOf(levels, OTHER_VIN)], [[], [70]]);
    levels.record(VIN, estimate(50), START + HOUR);
    assert.deepEqual(await valuesOf(levels, VIN), [50]);
  });

  it("are written nowhere while another process works with the folder", async () => {
    const written = new Set<string>();
    const files: Files = {
      ...memoryFiles(),
      append: async (path) => {
        written.add(path);
        return 0;
      },
    };
    let isOurs = false;
    const { levels } = over(files, () => isOurs);
    levels.record(VIN, estimate(50), START);
    await levels.close(new AbortController().signal);
    assert.equal(written.size, 0);
    isOurs = true;
    levels.record(VIN, estimate(51), START + HOUR);
    await levels.close(new AbortController().signal);
    assert.equal(written.size, 1);
    assert.ok(![...written].some((path) => path.includes(VIN)), "no name of a file tells a VIN");
  });

  it("are none while the disk cannot be read, and keep no close waiting that does not answer", async () => {
    const broken = () => Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" }));
    const { levels } = over({ ...memoryFiles(), read: broken });
    assert.deepEqual(await valuesOf(levels, VIN), []);
    const hanging = () => new Promise<never>(() => undefined);
    const { levels: stuck, clock } = over({ ...memoryFiles(), append: hanging });
    stuck.record(VIN, estimate(50), START);
    let isClosed = false;
    const closing = stuck.close(new AbortController().signal).then(() => (isClosed = true));
    await clock.advance(2000);
    assert.equal(isClosed, false);
    await clock.advance(2000);
    await closing;
  });
});
