import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LockFile, type LockHolder } from "../../../src/store/lock-file.js";
import { newProblem, type Problem } from "../../../src/support/errors.js";
import { processStateOf, ownIdentity, type ProcessIdentity } from "../../../src/store/process-identity.js";
import { ProcessLock } from "../../../src/store/process-lock.js";
import { systemClock } from "../../../src/support/clock.js";
import { SmallDisk } from "../../faults/lib/small-disk.js";
import { eventually } from "../../helpers/eventually.js";

/** Long enough for a busy machine where something must not happen too early, short where it must happen at all. */
const TIMES = { watch: 20, answer: 400, askAgain: 200, settle: 20, grace: 100 };

describe("the fate of a process", () => {
  it("is named by number and start where it runs beside us, else it is not known", async function () {
    const own = await ownIdentity();
    assert.equal(own.pid, process.pid);
    if (own.space === "") this.skip();
    assert.equal(await processStateOf(own), "alive");
    assert.equal(await processStateOf({ ...own, started: "1" }), "dead", "its number was given to another");
    assert.equal(await processStateOf({ ...own, space: `${own.space}0` }), "unknown", "another container");
    assert.equal(await processStateOf({ ...own, host: "elsewhere" }), "alive", "a machine may be renamed");
    assert.equal(await processStateOf({ ...own, started: "" }), "unknown");
  });

  it("is death after kill -9", async () => {
    const child = fork(require.resolve("../../helpers/lock-process.js"), ["/"]);
    await once(child, "message");
    const own = await ownIdentity();
    const identity = { ...own, pid: child.pid ?? 0, started: startOf(child.pid) };
    if (own.space !== "") assert.equal(await processStateOf(identity), "alive");
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    assert.equal(await processStateOf(identity), "dead");
  });
});

function startOf(pid: number | undefined): string {
  try {
    const line = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

describe("the lock of a folder", () => {
  let folder = "";
  let ends: (() => unknown)[] = [];
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "cardata-test-"))));
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    // A lock that has just been left may still write.
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  after(() => {
    ends = [];
  });

  const path = () => join(folder, "lock");
  const question = () => join(folder, "lock.ask");
  const holder = (): { owner: string } | null =>
    existsSync(path()) ? (JSON.parse(readFileSync(path(), "utf8") || "null") as { owner: string } | null) : null;
  const heldBy = (owner: string, identity: Partial<ProcessIdentity>, own: ProcessIdentity) => {
    writeFileSync(path(), JSON.stringify({ owner, ...own, ...identity }));
  };
  const elsewhere = { host: "elsewhere", space: "another container", pid: 1, started: "5" };

  const joined = async (lock = new ProcessLock(folder, systemClock, TIMES)) => {
    const words: (Problem | null)[] = [];
    const user = (inUse: Problem | null) => {
      words.push(inUse);
    };
    ends.push(() => {
      lock.leave(user);
    });
    const first = await lock.join(user);
    return { lock, user, first, words };
  };

  /** Answers as a process elsewhere does that lives. */
  const alive = () => {
    const timer = setInterval(() => {
      rmSync(question(), { force: true });
    }, 10);
    const end = () => {
      clearInterval(timer);
    };
    ends.push(end);
    return end;
  };

  it("is ours where nobody was before, and is left when nobody has used it for a while", async () => {
    const { lock, first, user } = await joined();
    assert.equal(first, null);
    const owner = holder()?.owner;
    assert.ok(owner);
    lock.leave(user);
    const again = await joined(lock);
    assert.equal(again.first, null);
    assert.equal(holder()?.owner, owner, "a deploy does not open it");
    lock.leave(again.user);
    await eventually("the lock is left", () => holder() === null);
  });

  it("of a process that lives is respected, and taken over as soon as that is gone", async () => {
    const own = await ownIdentity();
    heldBy("other", own.space === "" ? {} : { pid: process.ppid, started: startOf(process.ppid) }, own);
    const { first, words } = await joined();
    assert.equal(first?.code, "folder_in_use");
    assert.equal(first.params?.["host"], hostname());
    assert.equal(holder()?.owner, "other");
    assert.ok(!existsSync(question()) || own.space === "", "the system told enough");
    heldBy("other", { started: "1" }, own);
    await eventually("it is taken over", () => words.length > 0);
    assert.deepEqual(words, [null]);
    assert.notEqual(holder()?.owner, "other");
  });

  it("of a process elsewhere is respected while that answers, and taken over when it does not", async () => {
    heldBy("other", elsewhere, await ownIdentity());
    const end = alive();
    const { first, words } = await joined();
    assert.equal(first?.params?.["host"], "elsewhere");
    end();
    await eventually("it is taken over", () => words.length > 0);
    assert.deepEqual(words, [null]);
    assert.notEqual(holder()?.owner, "other");
  });

  it("of a process that left it is taken over at once", async () => {
    heldBy("other", elsewhere, await ownIdentity());
    alive();
    const { words } = await joined();
    rmSync(path());
    await eventually("it is taken over", () => words.length > 0);
    assert.deepEqual(words, [null]);
  });

  it("blocks no start for long when a killed process left it half written, or with nonsense", async () => {
    for (const content of ["", "{", '{"owner":7}', JSON.stringify({ owner: "x", pid: -1 })]) {
      writeFileSync(path(), content);
      const { first, lock, user } = await joined();
      assert.equal(first, null, content);
      lock.leave(user);
      await eventually("the lock is left", () => holder() === null);
    }
  });

  it("is taken when its holder leaves it at any moment of the look at it", async () => {
    for (let turns = 0; turns < 40; turns++) {
      heldBy("other", elsewhere, await ownIdentity());
      const taking = new LockFile(folder).take();
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      rmSync(path());
      const attempt = await taking;
      const found = attempt === "ours" ? "ours" : (attempt as { holder: LockHolder | null }).holder?.owner;
      assert.ok(found === "ours" || found === "other", `${turns} turns: ${JSON.stringify(attempt)}`);
      new LockFile(folder).release();
    }
  });

  it("answers who asks whether its holder lives", async () => {
    await joined();
    writeFileSync(question(), "");
    await eventually("the question is taken away", () => !existsSync(question()));
  });

  it("notifies its users when another process has taken it, and when that is gone", async () => {
    const { words } = await joined();
    heldBy("other", elsewhere, await ownIdentity());
    alive();
    await eventually("the loss is told", () => words.length === 1);
    assert.equal(words[0]?.code, "folder_in_use");
    rmSync(path());
    await eventually("the end is told", () => words.length === 2);
    assert.equal(words[1], null);
  });

  it("is made anew where somebody removed it", async () => {
    const { words } = await joined();
    rmSync(path());
    await eventually("it is there again", () => holder());
    assert.deepEqual(words, []);
  });

  it("is no obstacle where nothing can be written", async () => {
    writeFileSync(join(folder, "file"), "");
    const { first } = await joined(new ProcessLock(join(folder, "file", "account"), systemClock, TIMES));
    assert.equal(first, null);
  });

  it("of a process elsewhere is respected where that cannot be asked, and for as long as that is so", async () => {
    heldBy("other", elsewhere, await ownIdentity());
    mkdirSync(question());
    const { first, words } = await joined();
    assert.deepEqual(first, newProblem("folder_maybe_in_use", { pid: 1, host: "elsewhere", reason: "EISDIR" }));
    assert.equal(holder()?.owner, "other");
    rmSync(question(), { recursive: true });
    const end = alive();
    await eventually("it is known that the other one lives", () => words.length > 0);
    assert.deepEqual([words.length, words[0]?.code], [1, "folder_in_use"]);
    end();
    await eventually("it is taken over", () => words.length > 1);
    assert.deepEqual(words[1], null);
  });

  /** Puts the folder on a small disk of its own until the end of the test; `null` where none can be had. */
  function onSmallDisk(): SmallDisk | null {
    const disk = SmallDisk.mount(join(folder, "disk"));
    if (disk === null) return null;
    ends.push(() => {
      disk.unmount();
    });
    folder = join(folder, "disk");
    ends.push(() => (folder = dirname(folder)));
    return disk;
  }

  it("is left to the dead one that has it where nothing can be written, until something can", async function () {
    const disk = onSmallDisk();
    if (disk === null) this.skip();
    heldBy("dead", { started: "1" }, await ownIdentity());
    disk.fill(0);
    const { first, words } = await joined();
    assert.deepEqual([first?.code, first?.params?.["reason"]], ["folder_maybe_in_use", "ENOSPC"]);
    assert.equal(holder()?.owner, "dead");
    disk.free();
    await eventually("it is taken over", () => words.length > 0);
    assert.deepEqual(words, [null]);
    assert.notEqual(holder()?.owner, "dead");
  });

  it("is no obstacle on a full disk where nobody has one, and leaves no half of one there", async function () {
    const disk = onSmallDisk();
    if (disk === null) this.skip();
    disk.fill(0);
    assert.ok("failure" in ((await new LockFile(folder).take()) as object));
    assert.ok(!existsSync(path()));
    assert.equal((await joined()).first, null);
  });

  describe("between processes", () => {
    const started = async (count: number) => {
      const children = Array.from({ length: count }, () => {
        const file = require.resolve("../../helpers/lock-process.js");
        return fork(file, [folder]);
      });
      ends.push(() => {
        for (const child of children) child.kill("SIGKILL");
      });
      await Promise.all(children.map((child) => once(child, "message")));
      return children;
    };
    const word = async (child: ChildProcess) => ((await once(child, "message")) as [unknown])[0];
    const asked = async (children: ChildProcess[]) => {
      const words = children.map(word);
      for (const child of children) child.send("join");
      return Promise.all(words);
    };

    it("is removed at an ordinary end, and left by kill -9 to whoever comes next, at once", async () => {
      const [first, second, third] = (await started(3)) as [ChildProcess, ChildProcess, ChildProcess];
      assert.deepEqual(await asked([first]), ["ours"]);
      const gone = once(first, "exit");
      first.send("end");
      await gone;
      assert.equal(holder(), null);
      assert.deepEqual(await asked([second]), ["ours"]);
      assert.notEqual(((await asked([third])) as [unknown])[0], "ours");
      const taken = word(third);
      second.kill("SIGKILL");
      assert.equal(await taken, "ours");
    });

    it("is taken also where one was killed that was about to take it", async () => {
      heldBy("dead", { started: "1" }, await ownIdentity());
      const heir = join(folder, "lock.after-dead");
      for (const left of [readFileSync(join(folder, "lock")), ""]) {
        heldBy("dead", { started: "1" }, await ownIdentity());
        writeFileSync(heir, left);
        const [child] = (await started(1)) as [ChildProcess];
        assert.deepEqual(await asked([child]), ["ours"]);
        assert.deepEqual(readdirSync(folder), ["lock"]);
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
    });

    it("stays with the one that was quicker, however late another one finds the holder dead", async () => {
      const own = await ownIdentity();
      const dead = { owner: "dead", process: { ...own, started: "1" } };
      heldBy("quicker", {}, own);
      const taking = await new LockFile(folder).takeOver(dead);
      assert.equal((taking as { holder: LockHolder | null }).holder?.owner, "quicker");
      assert.deepEqual(readdirSync(folder), ["lock"]);
    });

    it("is taken by one of many that find the lock of a dead one at the same time", async () => {
      for (let round = 0; round < 3; round++) {
        heldBy("dead", { started: "1" }, await ownIdentity());
        const children = await started(3);
        const words = await asked(children);
        assert.equal(words.filter((one) => one === "ours").length, 1, JSON.stringify(words));
        assert.deepEqual(readdirSync(folder), ["lock"]);
        for (const child of children) {
          const gone = once(child, "exit");
          child.kill("SIGKILL");
          await gone;
        }
      }
    });
  });
});
