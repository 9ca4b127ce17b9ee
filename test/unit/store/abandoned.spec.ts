import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeAbandonedTokens } from "../../../src/store/abandoned.js";
import { temporaryFolder } from "../../helpers/red-process.js";

const DAY_MS = 24 * 3600 * 1000;
const NOW = Date.parse("2026-03-02T06:00:00Z");

describe("saved logins of accounts that are in no flow", () => {
  const root = temporaryFolder("abandoned");

  const account = (name: string, daysAgo: number) => {
    const folder = join(root, name);
    mkdirSync(folder);
    for (const file of ["tokens.json", "tokens.json.bad-2026", "vehicles.json"])
      writeFileSync(join(folder, file), "{}");
    const time = (NOW - daysAgo * DAY_MS) / 1000;
    utimesSync(folder, time, time);
    return folder;
  };

  it("go after 30 days, and nothing else goes", async () => {
    const old = account("old", 31);
    const recent = account("recent", 29);
    const held = account("held", 400);
    writeFileSync(join(root, "a file"), "");
    await removeAbandonedTokens(root, new Set(["held"]), NOW);
    assert.deepEqual(readdirSync(old), ["vehicles.json"]);
    for (const folder of [recent, held]) assert.equal(readdirSync(folder).length, 3);
    assert.ok(existsSync(join(root, "a file")));
  });

  it("are no trouble where there are none", async () => {
    await removeAbandonedTokens(join(root, "nothing"), new Set(), NOW);
  });
});
