import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEntry, SCHEMA, type JournalEntry } from "../../../src/journal/entry.js";
import { headsIn, journalLine } from "../../../src/journal/journal-file.js";
import { JournalStore } from "../../../src/journal/journal-store.js";
import { diskFiles } from "../../../src/store/atomic-files.js";
import { VIN } from "../../helpers/fakes.js";
import { CHARGE, journalOf, TRIP } from "../../helpers/journal.js";
import { SEED, SeededRandom } from "../../helpers/random.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const PATH = `/journal/${VIN}/2026.ndjson`;

function trip(start: string, end: string, members: object = {}): JournalEntry {
  const id = `trip-${new Date(Date.parse(start)).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const entry = readEntry({ schema: SCHEMA, kind: "trip", id, start, end, zone: "Europe/Berlin", ...members });
  assert.ok(typeof entry === "object");
  return entry;
}

const FIRST = trip("2026-03-02T07:10:00+01:00", "2026-03-02T08:10:00+01:00");
const SECOND = trip("2026-03-03T07:10:00+01:00", "2026-03-03T08:10:00+01:00");
const asIs = (entry: JournalEntry) => entry;
const ALWAYS = [0, Date.parse("2100-01-01")] as const;

async function linesOf(files: TroubledFiles, path = PATH): Promise<string[]> {
  return ((await files.content(path)) ?? Buffer.alloc(0)).toString().split("\n").slice(0, -1);
}

describe("the files of the journal", () => {
  it("have a line for each entry, and give them back", async () => {
    const files = new TroubledFiles();
    const entries = [...(await journalOf(CHARGE)), ...(await journalOf(TRIP))].map((entry) => {
      const { vin: _vin, ...own } = entry as JournalEntry & { vin: string };
      return own;
    });
    const store = new JournalStore(files, "/journal");
    for (const entry of entries) assert.equal((await store.add(VIN, entry, asIs)).outcome, "new");
    assert.equal((await linesOf(files)).length, 2);
    const read = await new JournalStore(files, "/journal").between(VIN, 2026, ...[Date.parse("2027-01-01")]);
    assert.deepEqual(new Set(read), new Set(entries));
  });

  it("hold an event once, however often it is told, also by another process that has read them anew", async () => {
    const files = new TroubledFiles();
    for (let run = 0; run < 3; run++) {
      const store = new JournalStore(files, "/journal");
      for (const entry of [FIRST, SECOND, FIRST]) await store.add(VIN, entry, asIs);
      // The same trip, heard from its later part.
      const later = trip("2026-03-02T07:40:00+01:00", "2026-03-02T08:10:00+01:00");
      assert.equal((await store.add(VIN, later, asIs)).outcome, "known");
    }
    assert.equal((await linesOf(files)).length, 2);
  });

  it("are summed up without the details of their entries, which a text that looks like them does not cut off", async () => {
    const files = new TroubledFiles();
    const store = new JournalStore(files, "/journal");
    const place = { name: 'of ,"detail":{ and \u2028', latitude: 1, longitude: 2 };
    const track = [[0, 1, 2]];
    const entry = trip("2026-03-02T07:10:00+01:00", "2026-03-02T08:10:00+01:00", { from: place, detail: { track } });
    await store.add(VIN, entry, asIs);
    const { entries, damaged } = headsIn(await files.content(PATH));
    assert.deepEqual([...entries.values(), damaged], [{ ...entry, detail: { track: [] } }, 0]);
    assert.deepEqual(await store.between(VIN, ...ALWAYS), [entry]);
  });

  it("give an entry back from its last whole line, wherever the id stands in it", async () => {
    const files = new TroubledFiles();
    const { id, ...rest } = FIRST;
    const unusual = `${JSON.stringify({ remark: "x".repeat(200), ...rest, id })}\n`;
    await files.write(PATH, `${journalLine(SECOND)}${unusual}${journalLine(SECOND).slice(0, 150)}\n`);
    const store = new JournalStore(files, "/journal");
    assert.deepEqual(await store.between(VIN, ...ALWAYS), [FIRST, SECOND]);
    assert.deepEqual(await store.uselessUntil(VIN, ALWAYS[1]), { damaged: 1, newer: 0 });
  });

  it("hold an event once, though they are read while it is added", async () => {
    const files = new TroubledFiles();
    const store = new JournalStore(files, "/journal");
    const [one, read, other] = await Promise.all([
      store.add(VIN, FIRST, asIs),
      store.between(VIN, ...ALWAYS),
      store.add(VIN, FIRST, asIs),
    ]);
    assert.deepEqual([one.outcome, read, other.outcome], ["new", [FIRST], "known"]);
    assert.equal((await linesOf(files)).length, 1);
  });

  it("take a correction as a later line with the same id", async () => {
    const files = new TroubledFiles();
    const store = new JournalStore(files, "/journal");
    await store.add(VIN, trip("2026-03-02T07:40:00+01:00", "2026-03-02T08:10:00+01:00"), asIs);
    const { outcome, entry } = await store.add(VIN, FIRST, asIs);
    assert.deepEqual([outcome, entry.id, entry.start], ["corrected", "trip-20260302T064000Z", FIRST.start]);
    const [only, ...more] = await new JournalStore(files, "/journal").between(VIN, ...ALWAYS);
    assert.deepEqual([only, more], [entry, []]);
    assert.equal((await linesOf(files)).length, 2);
  });

  it("lie by the year in which an entry began in its zone, and tell an event over New Year once", async () => {
    const files = new TroubledFiles();
    const store = new JournalStore(files, "/journal");
    const over = trip("2027-01-01T00:10:00+01:00", "2027-01-01T02:10:00+01:00");
    await store.add(VIN, over, asIs);
    assert.deepEqual(files.names(), [`/journal/${VIN}/2027.ndjson`]);
    const longer = trip("2026-12-31T23:10:00+01:00", "2027-01-01T02:10:00+01:00");
    assert.equal((await store.add(VIN, longer, asIs)).outcome, "known");
    assert.equal((await store.between(VIN, ...ALWAYS)).length, 1);
  });

  it("lose nothing but a torn last line, wherever a kill tears the file", async () => {
    const whole = new TroubledFiles();
    for (const entry of [FIRST, SECOND]) await new JournalStore(whole, "/journal").add(VIN, entry, asIs);
    const content = await whole.content(PATH);
    assert.ok(content !== null);
    const random = new SeededRandom(SEED, "torn journal");
    for (let run = 0; run < 50; run++) {
      const files = new TroubledFiles();
      await files.write(PATH, content.subarray(0, random.between(0, content.length)));
      const store = new JournalStore(files, "/journal");
      for (const entry of [FIRST, SECOND]) await store.add(VIN, entry, asIs);
      // A last line that has lost no more than its end is whole.
      const kept = (await files.content(PATH))?.toString().trimEnd();
      assert.equal(kept, content.toString().trimEnd());
    }
  });

  it("keep a last line that is whole but for its end, and one before which an editor has put its mark", async () => {
    for (const files of [new TroubledFiles(), diskFiles]) {
      const folder = await mkdtemp(join(tmpdir(), "journal-"));
      const path = join(folder, VIN, "2026.ndjson");
      await files.write(path, `\ufeff${journalLine(FIRST)}${journalLine(SECOND).trimEnd()}`);
      const third = trip("2026-03-04T07:10:00+01:00", "2026-03-04T08:10:00+01:00");
      const store = new JournalStore(files, folder);
      assert.deepEqual(await store.between(VIN, ...ALWAYS), [FIRST, SECOND]);
      for (const entry of [SECOND, third]) await store.add(VIN, entry, asIs);
      assert.deepEqual(await new JournalStore(files, folder).between(VIN, ...ALWAYS), [FIRST, SECOND, third]);
      await rm(folder, { recursive: true });
    }
  });

  it("are read beside broken lines, which stay as they are and are counted", async () => {
    const files = new TroubledFiles();
    await files.write(PATH, `no json\n{"schema":1}\n\n[1]\n`);
    const store = new JournalStore(files, "/journal");
    await store.add(VIN, FIRST, asIs);
    assert.deepEqual(await store.uselessUntil(VIN, ALWAYS[1]), { damaged: 3, newer: 0 });
    assert.equal((await store.between(VIN, ...ALWAYS)).length, 1);
    assert.equal((await linesOf(files)).length, 5);
  });

  it("leave the lines of a newer version alone, and do not correct them", async () => {
    const files = new TroubledFiles();
    await files.write(PATH, `${JSON.stringify({ schema: SCHEMA + 1, id: FIRST.id, kind: "trip" })}\n`);
    const store = new JournalStore(files, "/journal");
    assert.equal((await store.add(VIN, FIRST, asIs)).outcome, "known");
    assert.equal((await linesOf(files)).length, 1);
  });

  it("say that they cannot be read or written, and change nothing then", async () => {
    const files = new TroubledFiles();
    const store = new JournalStore(files, "/journal");
    files.trouble("append", "ENOSPC");
    await assert.rejects(store.add(VIN, FIRST, asIs), { code: "ENOSPC" });
    files.mend();
    assert.equal((await store.add(VIN, FIRST, asIs)).outcome, "new");
    files.trouble("read", "EIO");
    await assert.rejects(new JournalStore(files, "/journal").add(VIN, FIRST, asIs), { code: "EIO" });
  });
});
