import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskFiles, memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { numberCodec, storeAt, TroubledFiles } from "../../helpers/troubled-files.js";
import { eventually } from "../../helpers/eventually.js";

const FILE = "/account/number.json";
const saved = (value: number, version = 1) => JSON.stringify({ version, data: { value } });

describe("document", () => {
  it("starts with its initial value and keeps what was saved", async () => {
    const files = memoryFiles();
    const first = storeAt(files);
    assert.equal(await first.document.load(), 0);
    assert.equal(await first.document.save(7), true);
    assert.equal(await storeAt(files).document.load(), 7);
  });

  it("writes nothing that was not changed", async () => {
    const files = memoryFiles();
    const { store, document } = storeAt(files);
    await document.load();
    await store.flush();
    assert.equal(await files.read(FILE), null);
  });

  it("coalesces changes into one write a minute, and writes the rest at a flush", async () => {
    const files = memoryFiles();
    let writes = 0;
    const counting: Files = { ...files, write: (path, content) => (writes++, files.write(path, content)) };
    const { clock, document, store } = storeAt(counting);
    for (let value = 1; value <= 100; value++) document.set(value);
    await clock.advance(59_999);
    assert.equal(writes, 0);
    await clock.advance(1);
    assert.equal(writes, 1);
    document.set(200);
    await store.flush();
    assert.equal(writes, 2);
    assert.equal(await storeAt(files).document.load(), 200);
  });

  for (const [title, content] of [
    ["garbage", "\0\0\0"],
    ["a cut file", '{"version":1,"data":{"val'],
    ["another shape", '{"version":1,"data":{"value":"seven"}}'],
    ["no version", "{}"],
    ["a version that is none", '{"version":1e999,"data":{"value":7}}'],
    ["nothing", ""],
  ] as const)
    it(`keeps ${title} aside and starts anew`, async () => {
      const files = memoryFiles();
      await files.write(FILE, content);
      const { document, news: events } = storeAt(files);
      assert.equal(await document.load(), 0);
      assert.equal(document.readable, false);
      assert.equal(events[0]?.kind, "damaged");
      assert.equal(String(await files.read(`${FILE}.bad-2026-03-02T06-00-00-000Z`)), content);
      await document.save(1);
      assert.equal(await storeAt(files).document.load(), 1);
    });

  it("writes one at a time, the newest value last", async () => {
    const files = memoryFiles();
    let running = 0;
    const slow: Files = {
      ...files,
      write: async (path, content) => {
        assert.equal(++running, 1);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        await files.write(path, content);
      },
    };
    const { document } = storeAt(slow);
    await Promise.all([1, 2, 3, 4].map((value) => document.save(value)));
    assert.equal(await storeAt(files).document.load(), 4);
  });

  it("forgets value and file when cleared", async () => {
    const files = memoryFiles();
    const { document } = storeAt(files);
    await document.save(5);
    await document.clear();
    assert.equal(document.value, 0);
    assert.equal(await files.read(FILE), null);
  });
});

describe("a document whose file cannot be read", () => {
  for (const code of ["EACCES", "EPERM", "EMFILE", "ENFILE", "EIO", "EBUSY", "EISDIR", "ENOTDIR", "ELOOP", "ESTALE"])
    it(`is left as it is, and read as soon as that is possible (${code})`, async () => {
      const files = new TroubledFiles();
      await files.write(FILE, saved(7));
      files.trouble("read", code);
      const { clock, document, news: events, store } = storeAt(files);
      const late: number[] = [];
      assert.equal(await document.load((value) => late.push(value)), 0);
      assert.equal(document.readable, true);
      assert.equal(document.hold?.kind, "unreadable");
      assert.deepEqual(files.names(), [FILE]);
      assert.equal(store.problem?.params?.["reason"], code);
      await clock.advance(600_000);
      assert.deepEqual(events.length, 1, "told once");
      files.mend();
      await clock.advance(60_000);
      assert.deepEqual(late, [7]);
      assert.equal(document.hold, null);
      assert.equal(store.problem, null);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["trouble", "over"],
      );
    });

  it("overwrites nothing meanwhile, and saves what was joined afterwards", async () => {
    const files = new TroubledFiles();
    await files.write(FILE, saved(7));
    files.trouble("read", "EACCES");
    const { clock, document, store } = storeAt(files);
    await document.load((value) => {
      document.set(document.value + value);
    });
    document.set(100);
    assert.equal(await document.save(100), false);
    await clock.advance(600_000);
    await store.flush();
    assert.equal(String(await files.content(FILE)), saved(7));
    files.mend();
    await clock.advance(120_000);
    assert.equal(String(await files.content(FILE)), saved(107));
  });

  it("is superseded by what takes its place on purpose", async () => {
    for (const act of ["replace", "clear"] as const) {
      const files = new TroubledFiles();
      await files.write(FILE, saved(7));
      files.trouble("read", "EACCES");
      const { clock, document } = storeAt(files);
      const late: number[] = [];
      await document.load((value) => late.push(value));
      await (act === "replace" ? document.replace(8) : document.clear());
      assert.equal(await files.content(FILE).then(String), act === "replace" ? saved(8) : "null");
      files.mend();
      await clock.advance(600_000);
      assert.deepEqual(late, [], act);
      assert.equal(document.hold, null);
    }
  });

  it("does not take what is read while something else takes its place", async () => {
    const files = new TroubledFiles();
    await files.write(FILE, saved(7));
    const go = files.hang("read");
    const { document } = storeAt(files);
    const late: number[] = [];
    const loading = document.load((value) => late.push(value));
    await settle();
    await document.replace(8);
    go();
    assert.equal(await loading, 8);
    assert.deepEqual(late, []);
  });

  it("does not make the start wait when the disk does not answer, and is asked once at a time", async () => {
    const files = new TroubledFiles();
    await files.write(FILE, saved(7));
    const go = files.hang("read");
    const { clock, document, store } = storeAt(files);
    const late: number[] = [];
    const loading = document.load((value) => late.push(value));
    await clock.advance(10_000);
    assert.equal(await loading, 0);
    assert.equal(store.problem?.params?.["reason"], "ETIMEDOUT");
    await clock.advance(600_000);
    assert.equal(files.calls.filter((call) => call.startsWith("read")).length, 1);
    go();
    await clock.advance(60_000);
    assert.deepEqual(late, [7]);
  });

  it("stays where it is while it is damaged and cannot be moved", async () => {
    const files = new TroubledFiles();
    await files.write(FILE, "damaged");
    files.trouble("rename", "EACCES");
    const { clock, document, news: events } = storeAt(files);
    const late: number[] = [];
    await document.load((value) => late.push(value));
    assert.equal(await document.save(1), false);
    await clock.advance(600_000);
    assert.equal(String(await files.content(FILE)), "damaged");
    assert.equal(events.length, 1);
    files.mend();
    await clock.advance(60_000);
    assert.deepEqual(late, [0]);
    assert.equal(document.readable, false);
    assert.equal(String(await files.content(FILE)), saved(1));
    assert.equal(files.names().filter((name) => name.includes(".bad-")).length, 1);
  });

  it("is reported once, however many files it concerns", async () => {
    const files = new TroubledFiles();
    files.trouble("read", "EACCES");
    const { clock, news: events, store } = storeAt(files);
    const documents = ["a", "b", "c", "d"].map((name) => store.document(name, numberCodec));
    await Promise.all(documents.map((document) => document.load()));
    assert.equal(events.length, 1);
    assert.match(JSON.stringify(events[0]), /store_no_right.*a\.json/);
    files.mend();
    await clock.advance(60_000);
    assert.equal(events.length, 2);
  });
});

describe("a document of a newer version of the package", () => {
  const newer = saved(7, 2);
  const open = async () => {
    const files = new TroubledFiles();
    await files.write(FILE, newer);
    const opened = { files, ...storeAt(files) };
    await opened.document.load();
    return opened;
  };

  it("is left alone and reported once, and changes stay in memory", async () => {
    const { files, document, store, news: events, clock } = await open();
    assert.equal(document.hold?.kind, "newer");
    assert.equal(await document.save(1), false);
    assert.equal(await document.replace(2), false);
    document.set(3);
    await clock.advance(600_000);
    await store.close();
    assert.equal(document.value, 3);
    assert.deepEqual(files.names(), [FILE]);
    assert.equal(String(await files.content(FILE)), newer);
    assert.deepEqual(
      events.map((one) => (one.kind === "trouble" ? one.problem.code : one.kind)),
      ["store_newer"],
    );
  });

  it("is taken when it has been put back, or moved away", async () => {
    const { files, document, clock, store } = await open();
    document.set(3);
    await files.remove(FILE);
    await clock.advance(120_000);
    assert.equal(store.problem, null);
    assert.equal(String(await files.content(FILE)), saved(3));
  });

  it("goes when the user has it removed", async () => {
    const { files, document } = await open();
    await document.clear();
    assert.equal(await files.content(FILE), null);
  });
});

describe("a document whose owner is another", () => {
  const A = "/account/number.a.json";
  const B = "/account/number.b.json";
  const ownedBy = (owner: string, value: number) => JSON.stringify({ version: 1, owner, data: { value } });
  /** One of owner `a` that holds 7 on the disk, or what the test says; adds what is read late. */
  const open = async (content = ownedBy("a", 7)) => {
    const files = new TroubledFiles();
    await files.write(FILE, content);
    const opened = { files, ...storeAt(files) };
    const late: number[] = [];
    await opened.document.load((value) => {
      late.push(value);
      opened.document.set(opened.document.value + value);
    });
    return { ...opened, late };
  };

  it("is kept aside for the former one, and taken back when that one is here again", async () => {
    const { document, files, news: events } = await open();
    document.set(8);
    assert.equal(document.belongTo("b", 0), true);
    assert.equal(document.value, 0, "at once");
    await settle();
    await document.save(1);
    assert.deepEqual(files.names(), [A, FILE]);
    assert.equal(String(await files.content(A)), ownedBy("a", 8));
    assert.equal(String(await files.content(FILE)), ownedBy("b", 1));
    document.belongTo("a", 0);
    await settle();
    assert.equal(document.value, 8);
    assert.deepEqual(files.names(), [B, FILE]);
    assert.equal(String(await files.content(FILE)), ownedBy("a", 8));
    assert.deepEqual(events, [{ kind: "taken-back", path: FILE }]);
  });

  it("stays as it is for the same one, and for the first one whose it is", async () => {
    const { document, files, late } = await open(saved(7));
    assert.equal(document.belongTo("a", 0), false);
    assert.equal(document.belongTo("a", 0), false);
    await document.save(8);
    assert.equal(String(await files.content(FILE)), ownedBy("a", 8));
    assert.deepEqual([files.names(), late], [[FILE], []]);
  });

  it("goes aside under the name of who had it, where the file does not say whose it is", async () => {
    const { document, files } = await open(saved(7));
    document.belongTo("b", 0, "a");
    await settle();
    assert.equal(String(await files.content(A)), ownedBy("a", 7));
  });

  it("is not written over before it is kept aside", async () => {
    const { document, files, clock, store } = await open();
    files.trouble("write", "ENOSPC");
    document.belongTo("b", 0);
    assert.equal(await document.save(1), false);
    await clock.advance(600_000);
    assert.equal(String(await files.content(FILE)), ownedBy("a", 7));
    assert.deepEqual([store.problem?.code, store.problem?.params?.["reason"]], ["store_read_only", "ENOSPC"]);
    files.mend();
    await clock.advance(60_000);
    assert.equal(String(await files.content(A)), ownedBy("a", 7));
    assert.equal(String(await files.content(FILE)), ownedBy("b", 1));
    assert.equal(store.problem, null);
  });

  it("is back at once for an owner who is here again before it could be kept aside", async () => {
    const { document, files, clock } = await open();
    files.trouble("write", "ENOSPC");
    document.belongTo("b", 0);
    await clock.advance(5000);
    document.belongTo("a", 0);
    await settle();
    assert.equal(document.value, 7);
    files.mend();
    await clock.advance(60_000);
    assert.equal(String(await files.content(FILE)), ownedBy("a", 7));
    await document.save(8);
    await settle();
    assert.equal(String(await files.content(FILE)), ownedBy("a", 8));
    assert.deepEqual(files.names(), [FILE]);
  });

  it("is never mixed with another one's that could be read late only", async () => {
    const files = new TroubledFiles();
    await files.write(FILE, ownedBy("a", 7));
    await files.write(B, ownedBy("b", 30));
    files.trouble("read", "EACCES");
    const { document, clock } = storeAt(files);
    await document.load((value) => {
      document.set(document.value + value);
    });
    document.belongTo("b", 0);
    document.set(1);
    files.mend();
    await clock.advance(120_000);
    assert.equal(document.value, 31);
    assert.deepEqual(files.names(), [A, FILE]);
    assert.equal(String(await files.content(A)), ownedBy("a", 7));
    assert.equal(String(await files.content(FILE)), ownedBy("b", 31));
  });

  it("is with its owner after a kill at any moment", async () => {
    for (let moment = 0; moment < 4; moment++) {
      const { document, files } = await open();
      await files.write(B, ownedBy("b", 30));
      const go = files.stopAfter(moment);
      document.belongTo("b", 0);
      await settle();
      go();
      for (const [owner, value] of [
        ["b", 30],
        ["a", 7],
        ["b", 30],
      ] as const) {
        const next = storeAt(files, "/account");
        await next.document.load((late) => {
          next.document.set(next.document.value + late);
        });
        next.document.belongTo(owner, 0);
        await settle();
        assert.equal(next.document.value, value, `${owner} after ${moment} writes`);
        await next.store.close();
      }
    }
  });

  it("takes no owner from a file that would lead elsewhere", async () => {
    const { document, files } = await open(ownedBy("../../a", 7));
    assert.equal(document.belongTo("b", 0), false);
    await document.save(8);
    assert.deepEqual(files.names(), [FILE]);
  });

  it("keeps its content when the owner has another name", async () => {
    const { document, files, store } = await open();
    store.rename("a", "c");
    await settle();
    assert.equal(document.belongTo("c", 0), false);
    assert.equal(String(await files.content(FILE)), ownedBy("c", 7));
  });
});

describe("files on a disk", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "cardata-test-"))));
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it("are readable by their owner only, in a folder of the owner's", async () => {
    const account = join(folder, "cardata", "abc");
    const { document } = storeAt(diskFiles, account);
    await document.save(1);
    assert.equal((await stat(account)).mode & 0o777, 0o700);
    assert.equal((await stat(join(account, "number.json"))).mode & 0o777, 0o600);
  });

  it("replace the old content as a whole and leave nothing half written behind", async () => {
    const { document, store } = storeAt(diskFiles, folder);
    await document.save(1);
    await document.save(2);
    await mkdir(join(folder, "images"));
    await writeFile(join(folder, "number.json.tmp-1234567890abcdef"), "half");
    await writeFile(join(folder, "images", "0a1b2c3d.tmp-1234567890abcdef"), "half");
    await store.open();
    assert.deepEqual(await readdir(folder, { recursive: true }), ["images", "number.json"]);
    assert.deepEqual(JSON.parse(await readFile(join(folder, "number.json"), "utf8")), {
      version: 1,
      data: { value: 2 },
    });
  });

  it("say so when they cannot be written, and are written when the way is free", async () => {
    await writeFile(join(folder, "file"), "in the way");
    const { document, news: events, clock } = storeAt(diskFiles, join(folder, "file", "account"));
    assert.equal(await document.save(1), false);
    assert.equal(events[0]?.kind, "trouble");
    await rm(join(folder, "file"));
    await eventually("the file is written", async () => {
      await clock.advance(60_000);
      return document.writable;
    });
    assert.equal(await readFile(join(folder, "file", "account", "number.json"), "utf8"), saved(1));
  });

  it("are left alone where a folder stands in their place, or in that of their folder a file", async () => {
    for (const path of ["number.json", "."]) {
      const account = join(folder, path === "." ? "blocked" : "account");
      if (path === ".") await writeFile(account, "a file");
      else await mkdir(join(account, path), { recursive: true });
      const { document } = storeAt(diskFiles, account);
      await document.load();
      assert.equal(document.hold?.kind, "unreadable");
      assert.equal(await document.save(1), false);
      await rm(account, { recursive: true });
      assert.equal(await document.readAgain(), true);
      assert.equal(await document.flush(), true);
      assert.equal(await readFile(join(account, "number.json"), "utf8"), saved(1));
    }
  });

  it("are the same by a symbolic link", async () => {
    await mkdir(join(folder, "real"));
    await symlink(join(folder, "real"), join(folder, "link"));
    const { document } = storeAt(diskFiles, join(folder, "link", "account"));
    await document.save(4);
    assert.equal(await storeAt(diskFiles, join(folder, "real", "account")).document.load(), 4);
  });

  it("of another user are left alone, and read when they are given back", async function () {
    const { getuid, seteuid } = process;
    if (getuid?.() !== 0 || seteuid === undefined) this.skip();
    const { document } = storeAt(diskFiles, folder);
    await writeFile(join(folder, "number.json"), saved(7), { mode: 0o600 });
    seteuid(65_534);
    try {
      await document.load();
    } finally {
      seteuid(0);
    }
    assert.match(JSON.stringify(document.hold), /EACCES/);
    assert.deepEqual(await readdir(folder), ["number.json"]);
    assert.equal(await document.readAgain(), true);
  });
});
