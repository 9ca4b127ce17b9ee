import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Codec, DocumentProblem } from "../../../src/store/document.js";
import { diskFiles, memoryFiles, type Files } from "../../../src/store/files.js";
import { Store } from "../../../src/store/store.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START } from "../../helpers/fakes.js";

const codec: Codec<number> = {
  version: 1,
  initial: () => 0,
  encode: (value) => ({ value }),
  decode: (data) => {
    const { value } = data as { value: unknown };
    if (typeof value !== "number") throw new Error("no number");
    return value;
  },
};

function storeWith(files: Files, folder = "/account") {
  const clock = new SimulatedClock(START);
  const problems: DocumentProblem[] = [];
  const store = new Store(folder, files, clock, (problem) => problems.push(problem));
  return { clock, problems, store, document: store.document("number", codec) };
}

describe("document", () => {
  it("starts with its initial value and keeps what was saved", async () => {
    const files = memoryFiles();
    const first = storeWith(files);
    assert.equal(await first.document.load(), 0);
    assert.equal(await first.document.save(7), true);
    assert.equal(await storeWith(files).document.load(), 7);
  });

  it("writes nothing that was not changed", async () => {
    const files = memoryFiles();
    const { store, document } = storeWith(files);
    await document.load();
    await store.flush();
    assert.equal(await files.read("/account/number.json"), null);
  });

  it("coalesces changes into one write a minute, and writes the rest at a flush", async () => {
    const files = memoryFiles();
    let writes = 0;
    const counting: Files = { ...files, write: (path, content) => (writes++, files.write(path, content)) };
    const { clock, document, store } = storeWith(counting);
    for (let value = 1; value <= 100; value++) document.set(value);
    await clock.advance(59_999);
    assert.equal(writes, 0);
    await clock.advance(1);
    assert.equal(writes, 1);
    document.set(200);
    await store.flush();
    assert.equal(writes, 2);
    assert.equal(await storeWith(files).document.load(), 200);
  });

  for (const [title, content] of [
    ["garbage", "\0\0\0"],
    ["a cut file", '{"version":1,"data":{"val'],
    ["another shape", '{"version":1,"data":{"value":"seven"}}'],
    ["no version", "{}"],
    ["nothing", ""],
  ] as const)
    it(`keeps ${title} aside and starts anew`, async () => {
      const files = memoryFiles();
      await files.write("/account/number.json", content);
      const { document, problems } = storeWith(files);
      assert.equal(await document.load(), 0);
      assert.equal(document.readable, false);
      assert.equal(problems[0]?.kind, "unreadable");
      assert.equal((await files.read("/account/number.json.bad-2026-03-02T06-00-00-000Z"))?.toString(), content);
    });

  it("goes on in memory when the disk is full, says so once, and saves when there is room again", async () => {
    const files = memoryFiles();
    let full = true;
    const failing: Files = {
      ...files,
      write: (path, content) =>
        full ? Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" })) : files.write(path, content),
    };
    const { document, problems } = storeWith(failing);
    assert.equal(await document.save(1), false);
    assert.equal(await document.save(2), false);
    assert.equal(document.value, 2);
    assert.equal(problems.length, 1);
    full = false;
    assert.equal(await document.flush(), true);
    assert.equal(await storeWith(files).document.load(), 2);
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
    const { document } = storeWith(slow);
    await Promise.all([1, 2, 3, 4].map((value) => document.save(value)));
    assert.equal(await storeWith(files).document.load(), 4);
  });

  it("forgets value and file when cleared", async () => {
    const files = memoryFiles();
    const { document } = storeWith(files);
    await document.save(5);
    await document.clear();
    assert.equal(document.value, 0);
    assert.equal(await files.read("/account/number.json"), null);
  });
});

describe("files on a disk", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "cardata-test-"))));
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it("are readable by their owner only, in a folder of the owner's", async () => {
    const account = join(folder, "cardata", "abc");
    const { document } = storeWith(diskFiles, account);
    await document.save(1);
    assert.equal((await stat(account)).mode & 0o777, 0o700);
    assert.equal((await stat(join(account, "number.json"))).mode & 0o777, 0o600);
  });

  it("replace the old content as a whole and leave nothing half written behind", async () => {
    const { document, store } = storeWith(diskFiles, folder);
    await document.save(1);
    await document.save(2);
    await writeFile(join(folder, "number.json.tmp-1234567890abcdef"), "half");
    await store.tidy();
    assert.deepEqual(await readdir(folder), ["number.json"]);
    assert.deepEqual(JSON.parse(await readFile(join(folder, "number.json"), "utf8")), {
      version: 1,
      data: { value: 2 },
    });
  });

  it("say so when they cannot be written", async () => {
    await writeFile(join(folder, "file"), "in the way");
    const { document, problems } = storeWith(diskFiles, join(folder, "file", "account"));
    assert.equal(await document.save(1), false);
    assert.equal(problems[0]?.kind, "unwritable");
  });
});
