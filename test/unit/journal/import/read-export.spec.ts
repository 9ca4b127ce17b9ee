import assert from "node:assert/strict";
import fc from "fast-check";
import { FIGURE_SOURCES, PURPOSES, readEntry, SCHEMA, type JournalEntry } from "../../../../src/journal/entry.js";
import { MOST_CHARACTERS } from "../../../../src/journal/export/export-entries.js";
import { readExport } from "../../../../src/journal/import/read-export.js";
import { CarDataError } from "../../../../src/support/errors.js";
import { VIN } from "../../../helpers/fakes.js";
import { CHARGE, journalOf, TRIP } from "../../../helpers/journal.js";
import { chargeOf, exportedFile, HOSTILE, tripOf } from "../../../helpers/journal-export.js";
import { runs, SEED } from "../../../helpers/random.js";

const OTHER_VIN = VIN.replace("1Z", "2Z");
const parameters = { seed: SEED, numRuns: runs(100) };
const jsonOf = (entries: Parameters<typeof exportedFile>[0]) => exportedFile(entries, { format: "json" }).text;
const ownEntry = (one: JournalEntry): JournalEntry => {
  const entry = readEntry(one);
  assert.ok(typeof entry === "object");
  return entry;
};
const entriesIn = (content: unknown) => readExport(content).cars.flatMap(({ entries }) => entries);

function refused(content: unknown, code: string): void {
  assert.throws(
    () => readExport(content),
    (error) => error instanceof CarDataError && error.code === code,
    code,
  );
}

const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
const text = fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.constantFrom(...HOSTILE));
const figure = fc.record({ value: number, source: fc.constantFrom(...FIGURE_SOURCES), sigma: fc.option(fc.nat()) });
const place = fc.record({
  name: fc.option(text),
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});
const rows = fc.array(fc.array(fc.option(number), { maxLength: 5 }), { maxLength: 20 });
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const members = {
  note: maybe(text),
  levelFrom: maybe(figure),
  levelTo: maybe(figure),
  odometerKm: maybe(fc.nat()),
};
const day = fc
  .date({ min: new Date("2010-01-01"), max: new Date("2099-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const anyTrip = fc
  .record({
    ...{ ...members, from: maybe(place), to: maybe(place), distanceKm: maybe(figure), durationMin: maybe(fc.nat()) },
    purpose: maybe(fc.record({ value: fc.constantFrom(...PURPOSES), source: fc.constantFrom("rule", "command") })),
    inferred: fc.boolean(),
    detail: fc.record({ track: rows }),
  })
  .chain((trip) => day.map((at) => tripOf(trip as Parameters<typeof tripOf>[0], at)));
const anyCharge = fc
  .record({
    ...{ ...members, place: maybe(place), drawnKwh: maybe(figure), gridKwh: maybe(fc.nat()), provider: maybe(text) },
    method: maybe(fc.constantFrom("AC", "DC")),
    cost: maybe(fc.record({ amount: fc.option(number), currency: text, source: fc.constantFrom("tariff", "price") })),
    detail: fc.record({ curve: rows, parts: rows }),
  })
  .chain((charge) => day.map((at) => chargeOf(charge as Parameters<typeof chargeOf>[0], at)));

const byId = (entries: readonly JournalEntry[]) =>
  [...new Map(entries.map((entry) => [entry.id, entry])).values()].sort((one, other) => (one.id < other.id ? -1 : 1));

describe("the import of the journal", () => {
  it("gives what was exported, to the last digit", async () => {
    const entries = [...(await journalOf(TRIP)), ...(await journalOf(CHARGE))].map(ownEntry);
    const file = exportedFile(entries, { format: "json" });
    assert.equal(file.fileName, "journal-2026-03-02-2026-03-02.json");
    assert.deepEqual(readExport(file.text), { cars: [{ vin: VIN, name: "i4", entries }], unread: [] });
  });

  it("gives whatever is exported, of several cars", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anyTrip, anyCharge), { maxLength: 6 }),
        fc.array(anyTrip),
        text,
        (some, more, name) => {
          const cars = [
            { vin: VIN, name: name.trim() === "" ? "i4" : name, entries: byId(some) },
            { vin: OTHER_VIN, name: "iX", entries: byId(more) },
          ];
          const { cars: read, unread } = readExport(jsonOf(cars));
          assert.deepEqual(
            read.map((car) => ({ ...car, entries: byId(car.entries) })),
            JSON.parse(JSON.stringify(cars)),
          );
          assert.deepEqual(unread, []);
        },
      ),
      parameters,
    );
  });

  it("takes bytes, a byte order mark, other line ends, other layout, and what a parser has made of it", () => {
    const [trip, json] = [tripOf(), jsonOf([tripOf()])];
    const value: unknown = JSON.parse(json);
    const forms = [
      Buffer.from(json),
      `\ufeff${json}`,
      json.replaceAll("\n", "\r\n"),
      JSON.stringify(value, null, 2),
      value,
    ];
    for (const form of forms) assert.deepEqual(entriesIn(form), [trip]);
  });

  it("gives each id once, as it is told last", () => {
    const [first, last] = [tripOf({ note: "first" }), tripOf({ note: "last" })];
    assert.deepEqual(entriesIn(jsonOf([first, chargeOf(), last])), [last, chargeOf()]);
  });

  it("tells what cannot be read from what can", () => {
    const lines = [
      JSON.stringify({ vin: VIN, ...tripOf(), id: "seven" }),
      JSON.stringify({ vin: VIN, ...tripOf({}, "2026-03-03"), schema: SCHEMA + 1 }),
      JSON.stringify({ ...tripOf({}, "2026-03-04"), vin: "x" }),
      ...["7", "null", '"text"', "[]"],
    ];
    const json = jsonOf([tripOf(), chargeOf()]).replace(",\n", `,\n${lines.join(",\n")},\n`);
    const { cars, unread } = readExport(json);
    assert.deepEqual(cars[0]?.entries, [tripOf(), chargeOf()]);
    assert.deepEqual(unread, [
      { number: 2, vin: VIN, id: "seven", reason: "damaged" },
      { number: 3, vin: VIN, id: "trip-20260303T120000Z", reason: "newer" },
      { number: 4, vin: null, id: "trip-20260304T120000Z", reason: "damaged" },
      ...[5, 6, 7, 8].map((position) => ({ number: position, vin: null, id: null, reason: "damaged" })),
    ]);
  });

  it("gives the whole lines of a file that was cut off, wherever that was", () => {
    const entries = [1, 2, 3, 4].map((date) => tripOf({ note: "x".repeat(date) }, `2026-03-0${date}`));
    const json = jsonOf(entries);
    const start = json.indexOf("\n") + 1;
    for (let end = start; end < json.length; end++) {
      const { cars, unread } = readExport(json.slice(0, end));
      const whole = json.slice(start, end).split("}}").length - 1;
      assert.deepEqual(cars[0]?.entries, entries.slice(0, whole), String(end));
      assert.ok(unread.length <= 1);
    }
    for (let end = 0; end < start - 1; end++) refused(json.slice(0, end), "import_unreadable");
  });

  it("gives the other lines of a file in which one is damaged, and never an entry to another car", () => {
    const cars = [VIN, OTHER_VIN].map((vin) => ({ vin, name: vin, entries: [tripOf(), chargeOf({ note: vin })] }));
    const json = jsonOf(cars);
    const start = json.indexOf("\n") + 1;
    fc.assert(
      fc.property(fc.integer({ min: start, max: json.length - 1 }), fc.nat(400), (from, length) => {
        const { cars: read, unread } = readExport(`${json.slice(0, from)}\u0000${json.slice(from + length)}`);
        const count = read.reduce((sum, { entries }) => sum + entries.length, 0);
        assert.ok(length > 60 || count >= 2, String(count));
        assert.ok(count === 4 || unread.length > 0);
        for (const { vin, entries } of read)
          for (const { note } of entries) assert.ok(note === null || note === vin, `${vin} ${note}`);
      }),
      parameters,
    );
  });

  it("refuses what is none in words", () => {
    for (const content of ["", "oops", "{", '{"format":"cardata-journal"', "\u0000\u0001", "a;b\r\n1;2"])
      refused(content, "import_unreadable");
    for (const content of ["[]", "{}", "7", "null", '{"format":"other","version":1}', undefined, 7, null, [], true])
      refused(content, "import_foreign");
    refused('{"format":"cardata-journal","version":1,"cars":[],"entries":{}}', "import_foreign");
    refused('{"format":"cardata-journal","cars":[],"entries":[]}', "import_foreign");
    refused(`${"[".repeat(100_000)}${"]".repeat(100_000)}`, "import_unreadable");
    refused("x".repeat(MOST_CHARACTERS + 1), "import_too_large");
    refused(Buffer.alloc(4 * MOST_CHARACTERS + 1), "import_too_large");
  });

  it("refuses more entries than any export has, in one line or in many, before they fill the memory", () => {
    const head = '{"format":"cardata-journal","version":1,"cars":[],"entries":[';
    refused(`${head}${"0,".repeat(1_000_000)}0]}`, "import_too_large");
    refused(`${head}${"\nx".repeat(1_000_003)}`, "import_too_large");
  });

  it("refuses a file of a newer version, whatever its form is by then", () => {
    refused('{"format":"cardata-journal","version":2}', "import_newer");
  });

  it("reads neither more nor less of names such as __proto__", () => {
    const json = jsonOf([tripOf()]).replace('"schema":1', '"__proto__":{"note":"x"},"constructor":7,"schema":1');
    assert.deepEqual(entriesIn(json), [tripOf()]);
  });
});

describe("the size of an export", () => {
  it("is limited in words, to what can be imported", () => {
    const long = tripOf({ note: "x".repeat(10_000_000) });
    const cars = Array.from({ length: 11 }, () => ({ vin: VIN, name: "i4", entries: [long] }));
    assert.throws(
      () => jsonOf(cars),
      (error) => error instanceof CarDataError && error.code === "export_too_large",
    );
    assert.equal(entriesIn(jsonOf(cars.slice(0, 9))).length, 1);
  });
});
