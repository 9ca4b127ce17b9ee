import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { figureOf, type JournalEntry } from "../../../../src/journal/entry.js";
import { EXPORT_LANGUAGES, type ExportLanguage } from "../../../../src/journal/export/export-options.js";
import { labelOf } from "../../../../src/journal/export/columns.js";
import { EXPORT_TEXTS } from "../../../../src/journal/export/languages/index.js";
import { VIN } from "../../../helpers/fakes.js";
import { CHARGE, HOME, journalOf, TRIP } from "../../../helpers/journal.js";
import { chargeOf, exported, HOSTILE, tripOf } from "../../../helpers/journal-export.js";

/** Reads a table as another program does: rows by their column names. */
function rowsOf(text: string, language: ExportLanguage): Record<string, string>[] {
  const delimiter = language === "en" ? "," : ";";
  return parse(text, { bom: true, columns: true, delimiter, record_delimiter: "\r\n" });
}

function tableOf(entries: readonly JournalEntry[], language: ExportLanguage, kind: JournalEntry["kind"] = "trip") {
  const [file] = exported(entries, { format: "csv", language, kinds: [kind] });
  return file?.text ?? "";
}

const onlyTrip = (trip: JournalEntry, language: ExportLanguage = "de") =>
  rowsOf(tableOf([trip], language), language)[0];

describe("the export of the journal as CSV", () => {
  it("is one table for each kind, with the days in its name", async () => {
    const files = exported([...(await journalOf(CHARGE)), ...(await journalOf(TRIP))], { format: "csv" });
    assert.deepEqual(
      files.map(({ fileName, mimeType }) => [fileName, mimeType]),
      [
        ["trips-2026-03-02-2026-03-02.csv", "text/csv"],
        ["charges-2026-03-02-2026-03-02.csv", "text/csv"],
      ],
    );
    assert.deepEqual(
      files.map(({ text }) => rowsOf(text, "en").length),
      [1, 1],
    );
  });

  it("has for German spreadsheets semicolons, a byte order mark, CRLF and decimal commas", () => {
    const text = tableOf([tripOf({ distanceKm: figureOf(60.5, "car") })], "de");
    assert.ok(text.startsWith("\ufeffAuto;ID;Datum Beginn;Uhrzeit Beginn;"));
    assert.equal(text.split("\r\n").length, 3);
    assert.ok(!text.replaceAll("\r\n", "").includes("\n"));
    assert.ok(text.includes(";60,5;"), text);
  });

  it("has in English commas and decimal points", () => {
    const text = tableOf([tripOf({ distanceKm: figureOf(60.5, "car") })], "en");
    assert.ok(text.startsWith("\ufeffCar,ID,Start date,"));
    assert.ok(text.includes(",60.5,"), text);
  });

  it("has the same values in every language, under names of the language that differ within a table", () => {
    const trip = tripOf({ distanceKm: figureOf(60.5, "car"), note: "to Ghent; and back, late" });
    for (const language of EXPORT_LANGUAGES) {
      const { columns, no } = EXPORT_TEXTS[language];
      const [row = {}] = rowsOf(tableOf([trip], language), language);
      assert.equal(
        row[labelOf("distanceKm", EXPORT_TEXTS[language], "km")],
        language === "en" ? "60.5" : "60,5",
        language,
      );
      assert.deepEqual([row[columns.note], row[columns.inferred]], [trip.note, no], language);
      for (const kind of ["trip", "charge"] as const) {
        const head = tableOf([trip], language, kind)
          .slice(1)
          .split("\r\n")[0]
          ?.split(language === "en" ? "," : ";");
        assert.equal(new Set(head).size, head?.length, language);
      }
    }
  });

  it("tells days and times by the clock of the zone, and the zone", () => {
    const row = onlyTrip(tripOf());
    assert.deepEqual(
      ["Datum Beginn", "Uhrzeit Beginn", "Datum Ende", "Uhrzeit Ende", "Zeitzone"].map((name) => row?.[name]),
      ["2026-03-02", "13:00:00", "2026-03-02", "14:00:00", "Europe/Berlin"],
    );
  });

  it("tells all figures of a trip and a charge of a recording", async () => {
    const [trip = {}] = rowsOf(tableOf(await journalOf(TRIP), "en"), "en");
    assert.deepEqual(
      [
        "Car",
        "From",
        "To",
        "Odometer at start [km]",
        "Odometer at end [km]",
        "Distance [km]",
        "Purpose",
        "Purpose by",
      ].map((name) => trip[name]),
      ["i4", "home", "work", "1000", "1060", "60", "Commute", "Rule"],
    );
    assert.equal(trip["From: latitude"], String(HOME.latitude));
    const [charge = {}] = rowsOf(tableOf(await journalOf(CHARGE), "en", "charge"), "en");
    assert.deepEqual(
      ["Place", "Level at start [%]", "Level at end [%]", "Into the battery [kWh]", "Drawn by", "Phases", "End by"].map(
        (name) => charge[name],
      ),
      ["home", "40", "80", "32", "Car", "3", "Unplugged"],
    );
    assert.ok(Math.abs(Number(charge["Efficiency [%]"]) - 86.5) < 1.5, charge["Efficiency [%]"]);
  });

  const MILE = 1.609344;
  const IN_MILES = tripOf({
    ...{ distanceKm: figureOf(23.4 * MILE, "car"), odometerKm: 12_345 * MILE, consumption: figureOf(20, "level") },
    ...{ meanKmh: figureOf(50 * MILE, "car"), topKmh: figureOf(70 * MILE, "track") },
  });
  const milesCar = { vin: VIN, name: "i4", distanceUnit: "mi" as const };

  it("counts in miles what a car counts in miles, and says so in the names of the columns", () => {
    const charge = chargeOf({ odometerKm: 12_345 * MILE });
    for (const language of EXPORT_LANGUAGES) {
      const [trips, charges] = exported([{ ...milesCar, entries: [IN_MILES, charge] }], { format: "csv", language });
      const [names = ""] = (trips?.text ?? "").split("\r\n");
      assert.doesNotMatch(`${names}${charges?.text.split("\r\n")[0]}`, /km|__/);
      const units = [...names.matchAll(/\[(mi|mph|mi\/kWh)\]/g)].map(([, unit]) => unit);
      assert.deepEqual(units, ["mi", "mi", "mi", "mi/kWh", "mph", "mph"], language);
      const [row = {}] = rowsOf(trips?.text ?? "", language);
      const cells = (
        ["distanceKm", "odometerStartKm", "odometerEndKm", "consumption", "meanKmh", "topKmh"] as const
      ).map((name) => row[labelOf(name, EXPORT_TEXTS[language], "mi")]?.replace(",", "."));
      assert.deepEqual(cells, ["23.4", "12322", "12345", "3.11", "50", "70"], language);
      const [charged = {}] = rowsOf(charges?.text ?? "", language);
      assert.equal(charged[labelOf("odometerKm", EXPORT_TEXTS[language], "mi")], "12345", language);
    }
  });

  it("has one unit for all cars of a table: km, unless each that is in it counts in miles", () => {
    const cars = [
      { ...milesCar, entries: [IN_MILES] },
      { ...milesCar, vin: VIN.replace("1Z", "2Z"), distanceUnit: "km" as const, entries: [chargeOf()] },
    ];
    const [trips, charges] = exported(cars, { format: "csv" });
    // The other car has charges only.
    assert.equal(rowsOf(trips?.text ?? "", "en")[0]?.["Odometer at end [mi]"], "12345");
    assert.ok("Odometer [km]" in (rowsOf(charges?.text ?? "", "en")[0] ?? {}));
    const both = cars.map((car) => ({ ...car, entries: [IN_MILES] }));
    const [mixed] = exported(both, { format: "csv", kinds: ["trip"] });
    assert.equal(rowsOf(mixed?.text ?? "", "en")[0]?.["Odometer at end [km]"], "19867");
  });

  it("has no miles of a kWh for a way that took none", () => {
    const trip = tripOf({ consumption: figureOf(-1.5, "level") });
    const [file] = exported([{ ...milesCar, entries: [trip] }], { format: "csv", kinds: ["trip"] });
    assert.equal(rowsOf(file?.text ?? "", "en")[0]?.["Consumption [mi/kWh]"], "");
  });

  it("keeps numbers below 0 as numbers, and writes no exponents", () => {
    const cost = (amount: number) => ({ amount, currency: "EUR", source: "price" }) as const;
    const amounts = [-2.25, 1e-7, 0.1 + 0.2, 123456789.5, -0].map((amount) => {
      const charge = chargeOf({ cost: cost(amount) });
      return rowsOf(tableOf([charge], "de", "charge"), "de")[0]?.["Kosten"];
    });
    assert.deepEqual(amounts, ["-2,25", "0", "0,3", "123456789,5", "0"]);
  });

  it("writes what is unknown as nothing, and false as a word", () => {
    const row = onlyTrip(tripOf());
    assert.deepEqual([row?.["Strecke [km]"], row?.["Notiz"], row?.["Beginn nicht gesehen"]], ["", "", "nein"]);
  });

  it("makes no formula of any text, and loses none", () => {
    for (const note of HOSTILE)
      for (const language of ["de", "en"] as const) {
        const cell = onlyTrip(tripOf({ note }), language)?.[EXPORT_TEXTS[language].columns.note] ?? "";
        const shown = note.replace(/[^\P{Cc}\t\r\n]|\p{Cs}|\uffff/gu, "\ufffd");
        assert.ok(cell === shown || cell === `'${shown}`, JSON.stringify([note, cell]));
        assert.ok(!/^\s*[=+\-@＝]/.test(cell), JSON.stringify(cell));
        assert.ok(cell !== note || !/^[\t\r\n]/.test(note));
      }
  });

  it("guards the names of cars, places and providers as well", () => {
    const [hostile] = HOSTILE;
    const place = { name: hostile ?? "", latitude: 1, longitude: 2 };
    const cars = [{ vin: VIN, name: "=1", entries: [tripOf({ from: place }), chargeOf({ place, provider: "+1" })] }];
    const [trips, charges] = exported(cars, { format: "csv" });
    const [trip, charge] = [rowsOf(trips?.text ?? "", "en")[0], rowsOf(charges?.text ?? "", "en")[0]];
    const cells = [trip?.["Car"], trip?.["From"], charge?.["Place"], charge?.["Provider"]];
    assert.deepEqual(cells, ["'=1", `'${hostile}`, `'${hostile}`, "'+1"]);
  });

  it("of no entries has the names of the columns", () => {
    assert.deepEqual(rowsOf(tableOf([], "de"), "de"), []);
    assert.ok(tableOf([], "de", "charge").includes("Bezogen [kWh]"));
    assert.deepEqual(
      exported([], { format: "csv" }).map(({ fileName }) => fileName),
      ["trips.csv", "charges.csv"],
    );
  });

  it("has the trips of each car in the order of time", () => {
    const [late, early] = [tripOf({}, "2026-03-05"), tripOf({}, "2026-03-01")];
    const cars = ["i4", "iX"].map((name) => ({ vin: VIN, name, entries: [late, early] }));
    const [file] = exported(cars, { format: "csv", kinds: ["trip"] });
    assert.deepEqual(
      rowsOf(file?.text ?? "", "en").map((row) => [row["Car"], row["Start date"]]),
      [
        ...[
          ["i4", "2026-03-01"],
          ["i4", "2026-03-05"],
        ],
        ...[
          ["iX", "2026-03-01"],
          ["iX", "2026-03-05"],
        ],
      ],
    );
    assert.equal(file?.fileName, "trips-2026-03-01-2026-03-05.csv");
  });
});
