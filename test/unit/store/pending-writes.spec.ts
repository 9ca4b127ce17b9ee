import assert from "node:assert/strict";
import fc from "fast-check";
import { PendingWrites } from "../../../src/store/pending-writes.js";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";
import { numberCodec, storeAt, TroubledFiles } from "../../helpers/troubled-files.js";

const FILE = "/account/number.json";
const TOKENS = "/account/tokens.json";
const HOUR_MS = 3600_000;
const saved = (value: number) => JSON.stringify({ version: 1, data: { value } });

describe("what cannot be written", () => {
  for (const code of ["ENOSPC", "EROFS", "EACCES", "EMFILE", "EIO", "EBUSY", "ENOTDIR", "EDQUOT"])
    it(`is tried again until it is on the disk, and reported once (${code})`, async () => {
      const files = new TroubledFiles();
      const { clock, document, news: events, store } = storeAt(files);
      await document.load();
      files.trouble("write", code);
      assert.equal(await document.save(1), false);
      assert.equal(document.writable, false);
      assert.equal(store.problem?.code, "store_read_only");
      assert.equal(store.problem.params?.["reason"], code);
      await clock.advance(HOUR_MS);
      assert.equal(await document.save(2), false);
      assert.equal(events.length, 1);
      files.mend();
      await clock.advance(60_000);
      assert.equal(String(await files.content(FILE)), saved(2));
      assert.equal(document.writable, true);
      assert.equal(store.problem, null);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["trouble", "over"],
      );
    });

  it("is tried soon at first, and at least once a minute", async () => {
    const files = new TroubledFiles();
    const { clock, document } = storeAt(files);
    files.trouble("write", "ENOSPC");
    await document.save(1);
    const times: number[] = [];
    for (let second = 0; second < 600; second++) {
      const before = files.calls.length;
      await clock.advance(1000);
      if (files.calls.length > before) times.push(second);
    }
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    assert.ok((times[0] ?? 99) <= 2, String(times[0]));
    assert.ok(Math.max(...pauses) <= 60, String(pauses));
    assert.ok(times.length <= 40, String(times.length));
    files.mend();
    await clock.advance(60_000);
    const after = files.calls.length;
    await clock.advance(HOUR_MS);
    assert.equal(files.calls.length, after, "there is nothing left to try");
  });

  it("begins with the tokens when there is room again", async () => {
    const files = new TroubledFiles();
    const { clock, document, store } = storeAt(files);
    const tokens = store.document("tokens", numberCodec, true);
    files.trouble("write", "ENOSPC");
    await document.save(1);
    await tokens.save(2);
    files.mend();
    files.calls.length = 0;
    await clock.advance(60_000);
    assert.deepEqual(files.calls, [`write ${TOKENS}`, `write ${FILE}`]);
  });

  it("leaves the first room to the tokens, whoever comes first", async () => {
    const files = new TroubledFiles();
    const { document, store } = storeAt(files);
    const tokens = store.document("tokens", numberCodec, true);
    files.trouble("write", "ENOSPC");
    await tokens.save(2);
    files.mend();
    files.calls.length = 0;
    await document.save(1);
    assert.deepEqual(files.calls, [`write ${TOKENS}`, `write ${FILE}`]);
  });

  it("is a file that is to be removed, too: a logout lasts", async () => {
    const files = new TroubledFiles();
    const { clock, document } = storeAt(files);
    await document.save(1);
    files.trouble("remove", "EROFS");
    await document.clear();
    assert.equal(await storeAt(files, "/account", clock).document.load(), 0, "the next account hears of it");
    files.mend();
    await clock.advance(60_000);
    assert.equal(await files.content(FILE), null);
  });

  it("is known to the next account after a deploy, and gets to the disk although its own was closed", async () => {
    const files = new TroubledFiles();
    const { clock, document, store } = storeAt(files);
    await document.save(1);
    files.trouble("write", "ENOSPC");
    await document.save(2);
    await store.close();
    const next = storeAt(files, "/account", clock);
    await next.store.open();
    assert.equal(await next.document.load(), 2);
    assert.equal(next.store.problem?.code, "store_read_only");
    files.mend();
    await clock.advance(60_000);
    assert.equal(String(await files.content(FILE)), saved(2));
    assert.equal(next.store.problem, null);
  });

  it("is given up for what is newer", async () => {
    const files = new TroubledFiles();
    const { clock, document } = storeAt(files);
    files.trouble("write", "ENOSPC");
    for (const value of [1, 2, 3]) await document.save(value);
    files.mend();
    files.calls.length = 0;
    await clock.advance(60_000);
    assert.deepEqual(files.calls, [`write ${FILE}`]);
    assert.equal(String(await files.content(FILE)), saved(3));
  });

  it("is tried once more at the end", async () => {
    const files = new TroubledFiles();
    const { document, store } = storeAt(files);
    files.trouble("write", "ENOSPC");
    await document.save(1);
    files.mend();
    await store.close();
    assert.equal(String(await files.content(FILE)), saved(1));
  });

  it("does not hold up the end for longer than seconds", async () => {
    const files = new TroubledFiles();
    const { clock, document, store } = storeAt(files);
    files.hang("write");
    document.set(1);
    let isClosed = false;
    void store.close().then(() => (isClosed = true));
    await clock.advance(3000);
    assert.ok(isClosed);
  });
});

describe("a write that does not answer", () => {
  it("is known not to have worked after ten seconds, keeps the others from nothing, and counts when it works", async () => {
    const files = new TroubledFiles();
    const { clock, document, news: events, store } = storeAt(files);
    const other = store.document("other", numberCodec);
    const go = files.hang("write", /number/);
    const saving = document.save(1);
    assert.equal(await other.save(5), true);
    await clock.advance(10_000);
    assert.equal(await saving, false);
    assert.equal(store.problem?.params?.["reason"], "ETIMEDOUT");
    await clock.advance(HOUR_MS);
    assert.equal(files.calls.filter((call) => call.includes("number")).length, 1, "it is not asked twice at once");
    go();
    await settle();
    assert.equal(store.problem, null);
    assert.equal(events.length, 2);
    assert.equal(String(await files.content(FILE)), saved(1));
  });

  it("never takes the place of what is newer", async () => {
    const files = new TroubledFiles();
    const { clock, document } = storeAt(files);
    const go = files.hang("write");
    void document.save(1);
    await settle();
    const newer = document.save(2);
    await clock.advance(60_000);
    assert.equal(await newer, false);
    go();
    await clock.advance(60_000);
    assert.equal(String(await files.content(FILE)), saved(2));
  });

  it("is known to the next account after a deploy", async () => {
    const files = new TroubledFiles();
    const { clock, document, store } = storeAt(files);
    files.hang("write");
    void document.save(1);
    const closing = store.close();
    await clock.advance(3000);
    await closing;
    assert.equal(await storeAt(files, "/account", clock).document.load(), 1);
  });
});

describe("what is written, whatever fails when (property)", () => {
  it("is on the disk once all is well, and what was said to be saved is never lost", async () => {
    const step = fc.oneof(
      fc.record({ act: fc.constantFrom("write", "urgent" as const), value: fc.nat(99) }),
      fc.record({ act: fc.constant("wait" as const), value: fc.nat(90_000) }),
      fc.record({ act: fc.constantFrom("break", "mend", "hang", "go" as const), value: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const files = new TroubledFiles();
        const clock = new SimulatedClock(START);
        const writes = PendingWrites.of(files, clock);
        const wanted = new Map<string, string>();
        let go: () => void = () => undefined;
        for (const { act, value } of steps) {
          const path = act === "urgent" ? TOKENS : FILE;
          if (act === "write" || act === "urgent") {
            const content = String(value);
            wanted.set(path, content);
            const isNewest = () => wanted.get(path) === content;
            void writes.write(path, content, act === "urgent").then(
              async () => {
                if (isNewest()) assert.equal(String(await files.content(path)), content);
              },
              () => undefined,
            );
            await settle();
          } else if (act === "wait") await clock.advance(value);
          else if (act === "break") files.trouble("write", "ENOSPC");
          else if (act === "mend") files.mend();
          else if (act === "hang") {
            go();
            go = files.hang("write");
          } else go();
          for (const [file, content] of wanted) assert.equal(String(await writes.read(file)), content);
        }
        go();
        files.mend();
        await clock.advance(120_000);
        for (const [file, content] of wanted) {
          assert.equal(String(await files.content(file)), content);
          assert.equal(writes.causeOf(file), null);
        }
        assert.equal(clock.nextAt(), null);
      }),
      { numRuns: runs(200) },
    );
  });
});
