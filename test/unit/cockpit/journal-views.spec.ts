import assert from "node:assert/strict";
import type { Account } from "../../../src/account/account.js";
import type { JournalEntry } from "../../../src/journal/entry.js";
import { CarDataError } from "../../../src/support/errors.js";
import { cockpitModel } from "../../helpers/cockpit-model.js";
import { VIN } from "../../helpers/fakes.js";
import { chargeOf, tripOf } from "../../helpers/journal-export.js";
import { SOC } from "../../helpers/test-vehicle.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const NOW = Date.UTC(2026, 2, 20, 12);
const COLLECTED = 250;
const figure = (value: number) => ({ value, source: "meter" as const, sigma: null });

describe("the journal as the cockpit shows it", () => {
  let model: ReturnType<typeof cockpitModel>;
  let files: TroubledFiles;
  let account: Account;
  let key: string;
  beforeEach(async () => {
    files = new TroubledFiles();
    model = cockpitModel(files, NOW);
    account = await model.add("a1", { currency: "EUR" });
    model.tell(account, VIN, { [SOC]: 50 });
    key = model.snapshot().cars[0]?.key ?? "";
  });
  afterEach(() => model.close());

  const keep = (...entries: JournalEntry[]) => account.journal.desk.merge(VIN, entries);
  const refusal = (code: string) => (error: unknown) => error instanceof CarDataError && error.code === code;

  it("is empty without entries, and knows the month of now", async () => {
    const { now, months, year, health, capacity } = await model.cockpit.journal(key);
    assert.deepEqual([now, months, year, health.capacityKwh], ["2026-03", [], [], null]);
    assert.deepEqual(capacity, { charges: [], estimates: [] });
    const month = await model.cockpit.month(key, now);
    assert.deepEqual(month, { key, month: "2026-03", sum: null, trips: [], charges: [], isCut: false });
  });

  it("names all months that have entries, and sums those of the last twelve", async () => {
    const days = ["2024-12-31", "2025-03-31", "2025-04-01", "2026-02-28", "2026-03-02", "2026-03-03"];
    await keep(...days.map((day) => tripOf({ distanceKm: figure(10) }, day)));
    const { months, year } = await model.cockpit.journal(key);
    assert.deepEqual(months, ["2024-12", "2025-03", "2025-04", "2026-02", "2026-03"]);
    assert.deepEqual(
      year.map(({ period, distanceKm }) => [period, distanceKm]),
      [
        ["2025-04", 10],
        ["2026-02", 10],
        ["2026-03", 20],
      ],
    );
  });

  it("has of a month its trips and charges, the newest first, without tracks, with their sum", async () => {
    const cost = { amount: 3.5, currency: "EUR", source: "tariff" as const };
    await keep(
      tripOf({ distanceKm: figure(1) }, "2026-01-31"),
      tripOf({ distanceKm: figure(2), detail: { track: [[0, 48, 11]] } }, "2026-02-01"),
      tripOf({ distanceKm: figure(3) }, "2026-02-28"),
      chargeOf({ drawnKwh: figure(20), cost }, "2026-02-14"),
      tripOf({ distanceKm: figure(4) }, "2026-03-01"),
    );
    const { trips, charges, sum, isCut } = await model.cockpit.month(key, "2026-02");
    assert.deepEqual(
      trips.map(({ distanceKm }) => distanceKm?.value),
      [3, 2],
    );
    assert.deepEqual([charges.length, sum?.distanceKm, sum?.cost, isCut], [1, 5, 3.5, false]);
    assert.doesNotMatch(JSON.stringify(trips), new RegExp(`48,11|${VIN}`));
  });

  it("has of a month a thousand trips at most, and says so", async () => {
    const at = (index: number) => new Date(Date.UTC(2026, 1, 2) + index * 60_000).toISOString().slice(0, 19);
    const trips = Array.from({ length: 1001 }, (_, index) => {
      const start = `${at(index)}+00:00`;
      return tripOf({ id: `trip-${at(index).replace(/[-:]/g, "")}Z`, start, end: start, distanceKm: figure(1) });
    });
    await keep(...trips);
    const month = await model.cockpit.month(key, "2026-02");
    assert.deepEqual([month.trips.length, month.isCut, month.sum?.trips], [1000, true, 1001]);
    assert.equal(month.trips[0]?.start, trips.at(-1)?.start);
  });

  it("is exported for a month or whole, in the language of the page", async () => {
    await keep(tripOf({ distanceKm: figure(2.5) }, "2026-02-01"), tripOf({}, "2026-03-01"), chargeOf({}, "2026-03-05"));
    const names = async (month: string) => {
      const wishes = ["trips", "charges", "json", "gpx", "html"];
      const made = await Promise.all(
        wishes.map((what) => model.cockpit.exported(key, { what, month, language: "de" })),
      );
      return made.map(({ fileName }) => fileName);
    };
    assert.deepEqual(await names("2026-03"), [
      ...["trips-2026-03-01-2026-03-01.csv", "charges-2026-03-05-2026-03-05.csv"],
      ...["journal-2026-03-01-2026-03-05.json", "tracks-2026-03-01-2026-03-01.gpx"],
      "logbook-2026-03-01-2026-03-05.html",
    ]);
    assert.equal((await names(""))[0], "trips-2026-02-01-2026-03-01.csv");
    const { text } = await model.cockpit.exported(key, { what: "trips", month: "", language: "de" });
    assert.match(text, /Strecke \[km\][^]*;2,5;/);
  });

  it("refuses what is no month, no export and no car", async () => {
    for (const month of ["", "2026", "2026-00", "2026-13", "2026-02-01", "x", "../..", "99999-01"])
      await assert.rejects(model.cockpit.month(key, month), refusal("bad_request"), month);
    for (const [what, month] of [
      ["csv", ""],
      ["toString", ""],
      ["json", "2026-1"],
    ] as const)
      await assert.rejects(model.cockpit.exported(key, { what, month, language: "" }), refusal("bad_request"));
    const gone = refusal("page_car_gone");
    await assert.rejects(model.cockpit.journal(VIN), gone);
    await assert.rejects(model.cockpit.month(VIN, "2026-03"), gone);
    await assert.rejects(model.cockpit.exported(VIN, { what: "json", month: "", language: "" }), gone);
    for (const month of ["0000-01", "9999-12"]) assert.equal((await model.cockpit.month(key, month)).sum, null);
  });

  it("says that the files cannot be read, and is there again once they can", async () => {
    await keep(tripOf({}, "2026-03-01"));
    account.journal.folderFree();
    files.block("EIO");
    await assert.rejects(model.cockpit.journal(key), refusal("journal_files"));
    await assert.rejects(model.cockpit.month(key, "2026-03"), refusal("journal_files"));
    files.mend();
    assert.equal((await model.cockpit.month(key, "2026-03")).trips.length, 1);
  });

  it("tells open pages that it has changed", async () => {
    await keep(tripOf({}, "2026-03-01"));
    const { page } = model.open();
    assert.equal(page.cars[0]?.journal, 0);
    await account.journal.desk.tag([VIN], tripOf({}, "2026-03-01").id, { note: "to the lake" });
    await model.clock.advance(COLLECTED);
    assert.equal(page.cars[0]?.journal, 1);
  });
});
