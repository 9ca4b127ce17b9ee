import assert from "node:assert/strict";
import { readEntry, SCHEMA, type JournalEntry, type TripEntry } from "../../../src/journal/entry.js";
import { journalLine } from "../../../src/journal/journal-file.js";
import { JournalStore } from "../../../src/journal/journal-store.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const FOLDER = "/journal";
const PATH = `${FOLDER}/${VIN}/2026.ndjson`;
const EVER = [0, Date.parse("2027-12-31")] as const;
const asIs = (entry: JournalEntry) => entry;

function trip(day: string, members: object = {}): TripEntry {
  const [start, end] = [`${day}T07:10:00+01:00`, `${day}T08:10:00+01:00`];
  const id = `trip-${day.replaceAll("-", "")}T061000Z`;
  const entry = readEntry({ schema: SCHEMA, kind: "trip", id, start, end, zone: "Europe/Berlin", ...members });
  assert.ok(typeof entry === "object" && entry.kind === "trip");
  return entry;
}

const SECRET = { name: "at the secret place", latitude: 48.12345, longitude: 11.54321 };
const FIRST = trip("2026-03-02", { to: SECRET, detail: { track: [[0, 48.12345, 11.54321]] } });
const SECOND = trip("2026-03-03");

async function storeWith(...entries: readonly JournalEntry[]) {
  const files = new TroubledFiles();
  const store = new JournalStore(files, FOLDER);
  for (const entry of entries) await store.add(VIN, entry, asIs);
  return { files, store };
}

async function everything(files: TroubledFiles): Promise<string> {
  const contents = await Promise.all(files.names().map(async (name) => String(await files.content(name))));
  return [...files.names(), ...contents].join("\n");
}

describe("an entry that the user deletes", () => {
  it("leaves nothing of what it told on the disk, neither in its file nor in a digest", async () => {
    const { files, store } = await storeWith(FIRST, SECOND);
    await store.correct(VIN, { ...FIRST, note: "met nobody" });
    // Years later, so that a digest of the year is kept.
    await store.digestsUntil(VIN, Date.parse("2029-01-01"));
    const deleted = await store.remove(VIN, FIRST.id);
    assert.deepEqual(deleted && [deleted.id, deleted.start], [FIRST.id, FIRST.start]);
    const left = await everything(files);
    for (const told of ["secret", "48.12345", "nobody", "digest"]) assert.ok(!left.includes(told), told);
    assert.deepEqual(await store.begunWithin(VIN, ...EVER, "all"), [SECOND]);
    assert.deepEqual(
      (await store.digestsUntil(VIN, Date.parse("2029-01-01"))).map(({ days }) => days.length),
      [1],
    );
    assert.equal(await store.remove(VIN, FIRST.id), null);
  });

  it("does not come back when it is told again, be it with another id, by an import or after a restart", async () => {
    const { files, store } = await storeWith(FIRST, SECOND);
    await store.remove(VIN, FIRST.id);
    const later = { ...FIRST, id: "trip-20260302T062000Z", start: "2026-03-02T07:20:00+01:00" };
    for (const one of [store, new JournalStore(files, FOLDER)]) {
      for (const entry of [FIRST, later]) assert.equal((await one.add(VIN, entry, asIs)).outcome, "known");
      assert.deepEqual(await one.merge(VIN, [FIRST, later, SECOND]), { added: 0, known: 1, deleted: 2 });
      assert.deepEqual(await one.begunWithin(VIN, ...EVER, "heads"), [SECOND]);
      assert.equal(await one.find(VIN, FIRST.id), null);
    }
  });

  it("takes no other line with it, also none that cannot be read or that a newer version has written", async () => {
    const { files, store } = await storeWith(FIRST);
    const newer = `${JSON.stringify({ schema: SCHEMA + 1, id: "trip-1", of: "another version" })}\n`;
    const others = `no JSON\n${newer}${journalLine(SECOND)}`;
    await files.append(PATH, others);
    store.forget();
    await store.remove(VIN, FIRST.id);
    assert.ok(String(await files.content(PATH)).startsWith(others));
  });

  it("stays when the disk does not let it go", async () => {
    const { files, store } = await storeWith(FIRST);
    files.trouble("write", "ENOSPC");
    await assert.rejects(store.remove(VIN, FIRST.id), { code: "ENOSPC" });
    assert.deepEqual(await store.find(VIN, FIRST.id), FIRST);
    files.mend();
    assert.equal((await store.remove(VIN, FIRST.id))?.id, FIRST.id);
  });
});

describe("the journal of a car that is deleted", () => {
  it("is gone from the disk, and that of another car stays", async () => {
    const { files, store } = await storeWith(FIRST, SECOND, trip("2027-01-05"));
    await store.add(OTHER_VIN, FIRST, asIs);
    await store.digestsUntil(VIN, Date.parse("2029-01-01"));
    await store.removeCar(VIN);
    assert.deepEqual(await files.content(PATH), null);
    assert.deepEqual(await store.begunWithin(VIN, ...EVER, "heads"), []);
    assert.equal((await store.begunWithin(OTHER_VIN, ...EVER, "heads")).length, 1);
  });
});

describe("an import", () => {
  it("adds what is unknown, once, and changes nothing that is known", async () => {
    const tagged = { ...SECOND, note: "mine" };
    const { store } = await storeWith(tagged);
    const import1 = [FIRST, SECOND, { ...FIRST, id: "trip-20260302T061500Z" }, trip("2027-01-05")];
    assert.deepEqual(await store.merge(VIN, import1), { added: 2, known: 2, deleted: 0 });
    assert.deepEqual(await store.merge(VIN, import1), { added: 0, known: 4, deleted: 0 });
    assert.deepEqual(await store.find(VIN, SECOND.id), tagged);
    assert.equal((await store.begunWithin(VIN, ...EVER, "heads")).length, 3);
  });

  it("of an entry with an id of another year is found by it", async () => {
    const { store } = await storeWith(SECOND);
    const odd = { ...FIRST, id: "trip-20190302T061000Z" };
    assert.equal((await store.merge(VIN, [odd])).added, 1);
    assert.deepEqual(await store.find(VIN, odd.id), odd);
  });

  it("that a full disk has stopped can be done again", async () => {
    const { files, store } = await storeWith();
    files.trouble("append", "ENOSPC", /2027/);
    await assert.rejects(store.merge(VIN, [FIRST, trip("2027-01-05")]), { code: "ENOSPC" });
    files.mend();
    assert.deepEqual(await store.merge(VIN, [FIRST, trip("2027-01-05")]), { added: 1, known: 1, deleted: 0 });
  });
});

describe("what the user has said of a trip", () => {
  it("stays when more is heard of it", async () => {
    const { store } = await storeWith(FIRST);
    await store.correct(VIN, { ...FIRST, note: "to grandma", purpose: { value: "private", source: "command" } });
    const longer = { ...FIRST, id: "trip-20260302T060000Z", start: "2026-03-02T07:00:00+01:00", durationMin: 70 };
    const { outcome, entry } = await store.add(VIN, longer, asIs);
    assert.ok(entry.kind === "trip");
    assert.deepEqual(
      [outcome, entry.id, entry.durationMin, entry.note, entry.purpose?.value],
      ["corrected", FIRST.id, 70, "to grandma", "private"],
    );
  });
});

describe("entries within a time", () => {
  it("are those that began in it, and are counted without being read", async () => {
    const { files, store } = await storeWith(FIRST, SECOND, trip("2027-01-05"));
    const [from, to] = [Date.parse(SECOND.start), Date.parse("2026-12-31")];
    assert.deepEqual(await store.begunWithin(VIN, from, to, "all"), [SECOND]);
    const calls = files.calls.length;
    assert.deepEqual(await store.countWithin(VIN, from, EVER[1]), { trip: 2, charge: 0 });
    assert.ok(
      files.calls.slice(calls).every((call) => call.includes("2028") || call.includes("2025")),
      "is at hand",
    );
    const [head] = await store.begunWithin(VIN, 0, from - 1, "heads");
    assert.ok(head?.kind === "trip" && head.detail.track.length === 0);
  });
});
