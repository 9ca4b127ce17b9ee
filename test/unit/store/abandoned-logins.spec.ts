import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AbandonedLogins } from "../../../src/store/abandoned-logins.js";
import { diskFiles, type Files } from "../../../src/store/atomic-files.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { temporaryFolder } from "../../helpers/red-process.js";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse("2026-03-02T06:00:00Z");

describe("saved logins of accounts that are in no flow", () => {
  const root = temporaryFolder("abandoned");
  afterEach(() => {
    for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true });
  });

  const account = (name: string) => {
    const folder = join(root, name);
    mkdirSync(folder);
    for (const file of ["tokens.json", "tokens.json.bad-2026", "vehicles.json"])
      writeFileSync(join(folder, file), "{}");
    return folder;
  };
  const keeps = (folder: string) => readdirSync(folder).length === 3;

  /** A Node-RED that runs; what holds a folder may change. */
  const running = (held: Set<string>, start = NOW, files: Files = diskFiles) => {
    const clock = new SimulatedClock(start);
    const logins = new AbandonedLogins(root, files, clock, () => held);
    logins.start();
    return {
      clock,
      logins,
      run: async (ms: number) => {
        for (let left = ms; left > 0; left -= 6 * HOUR_MS) {
          await clock.advance(Math.min(left, 6 * HOUR_MS));
          await logins.settled();
        }
      },
    };
  };

  it("go when Node-RED has run for 30 days without them, and nothing else goes", async () => {
    const [old, held] = [account("old"), account("held")];
    writeFileSync(join(root, "a file"), "");
    const { run } = running(new Set(["held"]));
    await run(29 * DAY_MS);
    assert.ok(keeps(old));
    const recent = account("recent");
    await run(2 * DAY_MS);
    assert.deepEqual(readdirSync(old), ["vehicles.json"]);
    assert.ok(keeps(held) && keeps(recent) && existsSync(join(root, "a file")));
  });

  for (const [title, time] of [
    ["2099", Date.parse("2099-01-01T00:00:00Z")],
    ["1970", 1000],
  ] as const)
    it(`stay although the clock says ${title} at a start, or the folder says so`, async () => {
      const folder = account("old");
      utimesSync(folder, 1, 1);
      for (const start of [time, NOW]) {
        const { clock, logins, run } = running(new Set(), start);
        await run(DAY_MS);
        clock.jump(NOW - clock.now() + DAY_MS);
        await run(DAY_MS);
        logins.stop();
        assert.ok(keeps(folder));
      }
    });

  it("are counted on over restarts, and anew once they were in use", async () => {
    const folder = account("old");
    for (let restart = 0; restart < 29; restart++) {
      const { logins, run } = running(new Set());
      await run(DAY_MS);
      logins.stop();
    }
    assert.ok(keeps(folder));
    const { logins, run } = running(new Set(["old"]));
    await run(DAY_MS);
    logins.stop();
    const again = running(new Set());
    await again.run(29 * DAY_MS);
    assert.ok(keeps(folder));
    await again.run(DAY_MS);
    assert.ok(!keeps(folder));
  });

  it("stay while the notes about them cannot be read", async () => {
    const folder = account("old");
    const { run } = running(new Set(), NOW, { ...diskFiles, read: () => Promise.reject(new Error("EACCES")) });
    await run(40 * DAY_MS);
    assert.ok(keeps(folder));
  });

  it("are no trouble where there are none, and cost no file", async () => {
    const { run } = running(new Set(), NOW);
    await run(DAY_MS);
    assert.deepEqual(readdirSync(root), []);
  });
});
