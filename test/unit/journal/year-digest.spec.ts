import assert from "node:assert/strict";
import { batteryHealth } from "../../../src/journal/battery-health.js";
import { joinedEvidence } from "../../../src/journal/capacity-evidence.js";
import type { ChargeEntry, JournalEntry, TripEntry } from "../../../src/journal/entry.js";
import { entryId, figureOf } from "../../../src/journal/entry.js";
import { journalLine } from "../../../src/journal/journal-file.js";
import { JournalStore } from "../../../src/journal/journal-store.js";
import { sumsBy, sumsOfDays } from "../../../src/journal/sums.js";
import { digestOf, type YearDigest } from "../../../src/journal/year-digest.js";
import { zonedTime } from "../../../src/journal/zoned-time.js";
import { VIN } from "../../helpers/fakes.js";
import { tripAndCharge } from "../../helpers/journal.js";
import { SEED, SeededRandom } from "../../helpers/random.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const DAY = 24 * 3_600_000;
const [FIRST, LAST] = [Date.UTC(2024, 0, 3), Date.UTC(2026, 1, 20)];
const NOW = Date.UTC(2026, 2, 1);
const pathOf = (year: number) => `/journal/${VIN}/${year}.ndjson`;
const digestOfYear = (year: number) => `/journal/${VIN}/${year}.digest.json`;
const asIs = (entry: JournalEntry) => entry;

describe("the digests of a journal", () => {
  let trip: TripEntry;
  let charge: ChargeEntry;
  before(async () => {
    [trip, charge] = await tripAndCharge();
  });

  /** Entries of two years and two months, whose figures differ; some costs are in another currency, or unknown. */
  function manyEntries(): JournalEntry[] {
    const random = new SeededRandom(SEED, "digests");
    const entries: JournalEntry[] = [];
    for (let at = FIRST; at < LAST; at += random.between(1, 5) * DAY) {
      const own = random.between(1, 2) === 1 ? { ...trip } : { ...charge };
      const currency = random.pick(["EUR", "EUR", "CHF"]);
      const cost = random.between(1, 5) === 1 ? null : { amount: random.between(-50, 3000) / 100, currency };
      const spent = own.kind === "charge" ? { cost: cost && { ...cost, source: "tariff" as const } } : {};
      const drawn = own.kind === "charge" ? { drawnKwh: figureOf(30 + random.fraction() * 10, "meter") } : {};
      const [start, end] = [at, at + DAY / 24].map((time) => zonedTime(time, own.zone));
      const { vin: _vin, ...rest } = { ...own, vin: VIN };
      entries.push({ ...rest, ...spent, ...drawn, id: entryId(own.kind, at), ...(start && end && { start, end }) });
    }
    return entries;
  }

  async function journal(): Promise<TroubledFiles> {
    const files = new TroubledFiles();
    for (const entry of manyEntries()) await files.append(pathOf(Number(entry.start.slice(0, 4))), journalLine(entry));
    return files;
  }

  const digestsIn = (files: TroubledFiles) => new JournalStore(files, "/journal").digestsUntil(VIN, NOW);

  const summaryOf = (digests: readonly YearDigest[]) => ({
    years: sumsOfDays(
      "year",
      digests.flatMap(({ days }) => days),
      "EUR",
    ),
    days: sumsOfDays(
      "day",
      digests.flatMap(({ days }) => days),
      "EUR",
    ),
    health: batteryHealth(joinedEvidence(digests.map(({ evidence }) => evidence)), "UTC"),
  });

  it("say the same as the entries, made anew or kept", async () => {
    const entries = manyEntries();
    const expected = summaryOf([digestOf(entries)]);
    assert.deepEqual(expected.years, sumsBy("year", entries, "EUR"));
    assert.equal(expected.years.length, 3);
    const files = await journal();
    assert.deepEqual(summaryOf(await digestsIn(files)), expected);
    const first = files.calls.length;
    assert.deepEqual(summaryOf(await digestsIn(files)), expected);
    const again = files.calls.slice(first);
    assert.deepEqual(
      again.filter((call) => call.startsWith("read") && call.includes("ndjson")),
      [],
    );
  });

  it("are kept beside the files, and read once by a process", async () => {
    const files = await journal();
    const store = new JournalStore(files, "/journal");
    await store.digestsUntil(VIN, NOW);
    assert.deepEqual(
      files.names().filter((name) => name.includes("digest")),
      [2024, 2025, 2026].map(digestOfYear),
    );
    const before = files.calls.length;
    await store.digestsUntil(VIN, NOW);
    assert.deepEqual(
      files.calls.slice(before).filter((call) => !call.startsWith("stamp")),
      [],
    );
  });

  it("follow what is added and corrected, also in years that are over", async () => {
    const files = await journal();
    const store = new JournalStore(files, "/journal");
    const kmOf = async (from: JournalStore) =>
      summaryOf(await from.digestsUntil(VIN, NOW)).years.map(({ distanceKm }) => distanceKm);
    const [km2024 = 0, km2025 = 0, km2026 = 0] = await kmOf(store);
    const added = { ...trip, id: entryId("trip", FIRST - DAY), start: "2024-01-02T10:00:00+01:00" };
    const later = { ...added, end: "2024-01-02T11:00:00+01:00" };
    await store.add(VIN, later, asIs);
    assert.deepEqual(await kmOf(store), [km2024 + 60, km2025, km2026]);
    await store.correct(VIN, { ...later, distanceKm: figureOf(50, "car") });
    for (const one of [store, new JournalStore(files, "/journal"), new JournalStore(files, "/journal")])
      assert.deepEqual(await kmOf(one), [km2024 + 50, km2025, km2026]);
  });

  it("are made anew where the file was changed by somebody else", async () => {
    const files = await journal();
    const expected = summaryOf(await digestsIn(files));
    const lines = String(await files.content(pathOf(2024))).split("\n");
    // Of the same size.
    await files.write(
      pathOf(2024),
      [...lines.slice(1, -1), lines[0], ""].join("\n").replace('"value":60', '"value":70'),
    );
    const { years } = summaryOf(await digestsIn(files));
    assert.notDeepEqual(years[0], expected.years[0]);
    assert.deepEqual(years.slice(1), expected.years.slice(1));
  });

  it("are made anew where they are damaged, and missed by nobody where they can neither be read nor written", async () => {
    const files = await journal();
    const expected = summaryOf(await digestsIn(files));
    const whole = String(await files.content(digestOfYear(2025)));
    const random = new SeededRandom(SEED, "damaged digests");
    const damages = [
      (text: string) => text.slice(0, random.between(0, text.length - 1)),
      (text: string) => text.replace(/"days":\[\[/, '"days":[[null,'),
      (text: string) => text.replace(/"days":.*\]\]/, '"days":null'),
      (text: string) => text.replace(/"charges":\[\[\d+/, '"charges":[["x"'),
      (text: string) => text.replace(/"cents":-?\d+/, '"cents":null'),
      (text: string) => text.replace(/"version":"/, '"version":"9'),
      () => "[]",
    ];
    for (const damage of damages) {
      assert.notEqual(damage(whole), whole, String(damage));
      await files.write(digestOfYear(2025), damage(whole));
      assert.deepEqual(summaryOf(await digestsIn(files)), expected, String(damage));
    }
    for (const operation of ["read", "write"] as const) {
      await files.remove(digestOfYear(2024));
      files.trouble(operation, "EIO", /digest/);
      assert.deepEqual(summaryOf(await digestsIn(files)), expected);
      files.mend();
    }
    files.trouble("read", "EIO", /ndjson/);
    await assert.rejects(digestsIn(files), { code: "EIO" });
  });
});
