import assert from "node:assert/strict";
import { LevelHistory } from "../../../src/journal/level-history.js";
import { START } from "../../helpers/fakes.js";
import { SEED, SeededRandom } from "../../helpers/random.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const PATH = "/journal/car/levels.ndjson";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ALWAYS = [0, Date.parse("2100-01-01")] as const;

function historyOn(files: TroubledFiles) {
  const troubles: unknown[] = [];
  return { history: new LevelHistory(files, PATH, (cause) => troubles.push(cause)), troubles };
}

const sizeOf = async (files: TroubledFiles) => (await files.content(PATH))?.length ?? 0;

describe("the history of a level", () => {
  it("has a point for each percent while it changes fast, and one for each five minutes while it changes slowly", async () => {
    const { history } = historyOn(new TroubledFiles());
    // 180 kW in a battery of 80 kWh, then a loss of 1.2 % an hour.
    for (let second = 0; second <= 960; second += 10)
      history.record(START + second * SECOND, 20 + second / 16, 19, 81, 180);
    for (let minute = 1; minute <= 600; minute++)
      history.record(START + (16 + minute) * MINUTE, 80 - minute * 0.02, null, null, null);
    const points = await history.between(...ALWAYS);
    const charging = points.filter(({ kw }) => kw !== null);
    assert.ok(charging.length >= 48 && charging.length <= 61, String(charging.length));
    assert.ok(points.length - charging.length >= 100 && points.length - charging.length <= 121, String(points.length));
    assert.deepEqual(points[0], { at: START, level: 20, low: 19, high: 81, kw: 180 });
  });

  it("is flat as long as nothing changes, with a point at both ends", async () => {
    const { history } = historyOn(new TroubledFiles());
    for (let minute = 0; minute <= 24 * 60; minute++) history.record(START + minute * MINUTE, 80, 79, 81, null);
    history.record(START + DAY + MINUTE, 79, 78, 80, null);
    assert.deepEqual(
      (await history.between(...ALWAYS)).map(({ at, level }) => [(at - START) / MINUTE, level]),
      [
        [0, 80],
        [24 * 60, 80],
        [24 * 60 + 1, 79],
      ],
    );
  });

  it("is the same after a restart, and is asked for by time", async () => {
    const files = new TroubledFiles();
    const first = historyOn(files).history;
    for (let hour = 0; hour < 24; hour++) first.record(START + hour * HOUR, hour, null, null, null);
    const before = await first.between(...ALWAYS);
    const second = historyOn(files).history;
    assert.deepEqual(await second.between(...ALWAYS), before);
    assert.deepEqual(
      (await second.between(START + 2 * HOUR, START + 4 * HOUR)).map(({ level }) => level),
      [2, 3, 4],
    );
  });

  it("keeps 90 days, and stays small however long and wildly the level changes", async () => {
    const files = new TroubledFiles();
    const { history } = historyOn(files);
    const random = new SeededRandom(SEED, "levels");
    let largest = 0;
    for (let day = 0; day < 120; day++) {
      for (let step = 0; step < 600; step++)
        history.record(
          START + day * DAY + step * 2 * MINUTE,
          random.between(0, 1000) / 10,
          0,
          100,
          random.between(0, 300),
        );
      await history.written();
      largest = Math.max(largest, await sizeOf(files));
    }
    const points = await history.between(...ALWAYS);
    const now = START + 120 * DAY;
    assert.ok((points[0]?.at ?? 0) >= now - 98 * DAY && (points.at(-1)?.at ?? 0) > now - DAY);
    assert.ok(largest < 2.5e6, String(largest));
  });

  it("keeps the whole 90 days of a car whose level is told every five minutes", async () => {
    const { history } = historyOn(new TroubledFiles());
    const last = START + 120 * DAY;
    for (let at = START; at <= last; at += 5 * MINUTE) {
      history.record(at, (at / MINUTE / 5) % 100, null, null, null);
      // Not more may wait for the disk than it keeps for it.
      if (at % DAY === 0) await history.written();
    }
    const [first] = await history.between(...ALWAYS);
    assert.ok(first !== undefined && first.at <= last - 90 * DAY, String(first?.at));
  });

  it("is no longer than its limit of points, even if they all claim one moment", async () => {
    const files = new TroubledFiles();
    await files.write(PATH, `[${START / 1000},50,null,null,null]\n`.repeat(80_000));
    const { history } = historyOn(files);
    history.record(START + HOUR, 60, null, null, null);
    assert.equal((await history.between(...ALWAYS)).length, 51_841);
  });

  it("takes nothing that is no level or no time, and forgets a band or a power that is none", async () => {
    const { history } = historyOn(new TroubledFiles());
    for (const [at, level] of [
      [NaN, 50],
      [START, NaN],
      [START, -1],
      [START, 101],
      [1e300, 50],
    ] as const)
      history.record(at, level, null, null, null);
    history.record(START, 50.04, NaN, Infinity, -Infinity);
    assert.deepEqual(await history.between(...ALWAYS), [{ at: START, level: 50, low: null, high: null, kw: null }]);
  });

  it("is read beside broken lines, and loses nothing but a torn one", async () => {
    const files = new TroubledFiles();
    await files.write(PATH, `x\n[]\n{}\n[1,2]\n[${START / 1000},50,49,51,null]\n["a",50]\n[${START / 1000 + 60},5`);
    const { history } = historyOn(files);
    assert.deepEqual(
      (await history.between(...ALWAYS)).map(({ level }) => level),
      [50],
    );
    history.record(START + HOUR, 40, null, null, null);
    assert.deepEqual(
      (await history.between(...ALWAYS)).map(({ level }) => level),
      [50, 40],
    );
  });

  it("waits while the disk is full, says so once, and loses nothing", async () => {
    const files = new TroubledFiles();
    const { history, troubles } = historyOn(files);
    files.trouble("append", "ENOSPC");
    for (let hour = 0; hour < 3; hour++) history.record(START + hour * HOUR, hour, null, null, null);
    await history.written();
    assert.equal(troubles.length, 1);
    assert.deepEqual(
      (await history.between(...ALWAYS)).map(({ level }) => level),
      [0, 1, 2],
    );
    files.mend();
    history.record(START + 3 * HOUR, 3, null, null, null);
    assert.deepEqual(
      (await history.between(...ALWAYS)).map(({ level }) => level),
      [0, 1, 2, 3],
    );
    assert.deepEqual((await historyOn(files).history.between(...ALWAYS)).length, 4);
    files.trouble("read", "EIO");
    await assert.rejects(history.between(...ALWAYS), { code: "EIO" });
  });

  it("loses nothing when the clock of the computer jumps ahead for a while, or back", async () => {
    const files = new TroubledFiles();
    const { history } = historyOn(files);
    for (let day = 0; day < 30; day++) history.record(START + day * DAY, day, null, null, null);
    history.record(START + 3650 * DAY, 50, null, null, null);
    for (let day = 30; day < 40; day++) history.record(START + day * DAY, day, null, null, null);
    assert.deepEqual(
      (await history.between(START, START + 40 * DAY)).map(({ level }) => level),
      Array.from({ length: 40 }, (_, day) => day),
    );
  });
});
