import assert from "node:assert/strict";
import type { FolderLock, LockListener } from "../../../src/store/folder-lock.js";
import { FolderSearch } from "../../../src/store/folder-search.js";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { newProblem, type Problem } from "../../../src/support/errors.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START } from "../../helpers/fakes.js";

const UNREADABLE = newProblem("store_no_right", { path: "/cardata", reason: "EACCES" });
const IN_USE = newProblem("folder_in_use", { pid: 7, host: "other" });
const CODEC = { version: 1, initial: () => 0, encode: (value: number) => value, decode: Number };

describe("the search for the folder of an account", () => {
  /** A folder that is found when the test says so, with a lock that says `inUse`. */
  function search(inUse: Problem | null = null) {
    const clock = new SimulatedClock(START);
    const users = new Set<LockListener>();
    const state = { isFound: false, looks: 0 };
    const lock: FolderLock = {
      join: (user) => Promise.resolve(users.add(user)).then(() => inUse),
      check: () => Promise.resolve(),
      leave: (user) => void users.delete(user),
    };
    const found = new FolderSearch(clock, () => {
      state.looks++;
      return state.isFound ? { lock } : { problem: UNREADABLE };
    });
    const words: (Problem | null)[] = [];
    const user = (word: Problem | null) => void words.push(word);
    return { clock, found, users, state, words, user };
  }

  it("says why nobody knows it, looks again, and hands over to its lock", async () => {
    for (const inUse of [null, IN_USE]) {
      const { clock, found, users, state, words, user } = search(inUse);
      assert.deepEqual(await found.join(user), UNREADABLE);
      await clock.advance(60_000);
      assert.ok(state.looks > 3 && words.every((word) => word === UNREADABLE));
      assert.equal(users.size, 0);
      state.isFound = true;
      await clock.advance(30_000);
      assert.deepEqual([words.at(-1), users.size], [inUse, 1]);
      const { looks } = state;
      await clock.advance(60_000);
      assert.equal(state.looks, looks, "once it is known");
      found.leave(user);
      assert.equal(users.size, 0);
    }
  });

  it("ends with its last user", async () => {
    const { clock, found, state, user } = search();
    await found.join(user);
    found.leave(user);
    state.isFound = true;
    await clock.advance(60_000);
    assert.equal(state.looks, 1);
  });

  it("lets nothing be read or written before, and then what was saved be read", async () => {
    const { clock, found, state } = search();
    const files = memoryFiles();
    await files.write("/a/x.json", JSON.stringify({ version: 1, data: 5 }));
    const store = new Store("/a", files, clock, () => undefined, { lock: found });
    const document = store.document("x", CODEC);
    await store.open();
    let late = 0;
    assert.equal(await document.load((saved) => (late = saved)), 0);
    assert.equal(await document.save(7), false);
    assert.deepEqual(store.problem, UNREADABLE);
    state.isFound = true;
    await clock.advance(30_000);
    assert.deepEqual([late, store.problem], [5, null]);
    await store.close();
  });
});
