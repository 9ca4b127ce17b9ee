import assert from "node:assert/strict";
import { LevelHistories } from "../../../src/account/level-histories.js";
import type { SocEstimate } from "../../../src/soc/estimate.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
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
