import assert from "node:assert/strict";
import { figureOf, type JournalEntry } from "../../../../src/journal/entry.js";
import { EXPORT_LANGUAGES } from "../../../../src/journal/export/export-options.js";
import { EXPORT_TEXTS } from "../../../../src/journal/export/languages/index.js";
import { VIN } from "../../../helpers/fakes.js";
import type { exported } from "../../../helpers/journal-export.js";
import { chargeOf, exportedFile, HOSTILE, tripOf } from "../../../helpers/journal-export.js";

const pageOf = (entries: Parameters<typeof exported>[0], options: Parameters<typeof exported>[1] = {}) =>
  exportedFile(entries, { format: "html", language: "de", ...options }).text;

const plain = (cell: string) => cell.replace(/<[^>]*>/g, "").replaceAll("\u00a0", " ");

/** Returns the lines of each table of a page, as the texts of their cells. */
function tablesIn(page: string): string[][][] {
  const tables = page.match(/<table>.*?<\/table>/gs) ?? [];
  return tables.map((table) =>
    (table.match(/<tr.*?<\/tr>/gs) ?? []).map((row) => (row.match(/<t[hd].*?<\/t[hd]>/gs) ?? []).map(plain)),
  );
}

const euros = (amount: number) => ({ amount, currency: "EUR", source: "tariff" }) as const;
const driven = (km: number, members: Parameters<typeof tripOf>[0] = {}, day?: string) =>
  tripOf({ distanceKm: figureOf(km, "car"), durationMin: 60, ...members }, day);

const BUSINESS = { purpose: { value: "business", source: "command" }, odometerKm: 1060, note: "Kunde A" } as const;
const ENTRIES: readonly JournalEntry[] = [
  driven(60.4, BUSINESS, "2026-03-02"),
  driven(20, {}, "2026-03-09"),
  driven(5.25, { purpose: { value: "private", source: "rule" } }, "2026-04-01"),
  chargeOf({ drawnKwh: figureOf(36.98, "meter"), gridKwh: 30, solarKwh: 6.98, cost: euros(9.1) }, "2026-03-02"),
  chargeOf({ drawnKwh: figureOf(10, "meter"), cost: euros(2.05) }, "2026-03-05"),
  chargeOf({ provider: "Ionity", cost: { ...euros(30), currency: "CHF" } }, "2026-03-06"),
];

describe("the logbook as a page", () => {
  it("has the trips of each month with odometers, purpose and sums", () => {
    const [, march, , april] = tablesIn(pageOf(ENTRIES));
    assert.deepEqual(march?.[1], [
      ...["2. März 2026", "13:00", "14:00", "", "", "Geschäftlich", "Kunde A"],
      ...["1.000", "1.060", "60,4", "60", "", ""],
    ]);
    assert.deepEqual(march[3], ["Summe", "", "", "", "", "", "", "", "", "80,4", "120", "", ""]);
    assert.equal(april?.at(-1)?.[9], "5,3");
  });

  it("counts in miles for a car that does, in its part alone", () => {
    const MILE = 1.609344;
    const own = [
      driven(20 * MILE, { ...BUSINESS, odometerKm: 12_345 * MILE }),
      driven(10 * MILE, { consumption: figureOf(20, "level") }, "2026-03-09"),
    ];
    const page = pageOf([
      { vin: VIN, name: "i4", distanceUnit: "mi", entries: own },
      { vin: VIN.replace("1Z", "2Z"), name: "iX", entries: ENTRIES },
    ]);
    const [[names, ofMarch] = [], [, first, second, sum] = [], [otherNames] = []] = tablesIn(page);
    assert.deepEqual(
      names?.filter((name) => /\[(km|mi)/.test(name)),
      [
        ...["Strecke [mi]", "Privat [mi]", "Geschäftlich [mi]", "Arbeitsweg [mi]", "Ohne Zweck [mi]"],
        "Verbrauch [mi/kWh]",
      ],
    );
    assert.deepEqual(first?.slice(7, 10), ["12.325", "12.345", "20,0"]);
    assert.deepEqual([second?.at(-1), sum?.[9], ofMarch?.[2]], ["3,1", "30,0", "30,0"]);
    assert.match(otherNames?.join() ?? "", /Strecke \[km\]/);
  });

  it("adds up miles as their dashboard does", () => {
    const FIVE_MILES = 8.047;
    const trips = Array.from({ length: 80 }, (_, index) =>
      driven(FIVE_MILES, index % 2 === 0 ? { purpose: { value: "private", source: "rule" } } : {}),
    );
    const [overview] = tablesIn(pageOf([{ vin: VIN, name: "i4", distanceUnit: "mi", entries: trips }]));
    assert.deepEqual(overview?.[1]?.slice(2, 7), ["400,0", "200,0", "0,0", "0,0", "200,0"]);
    const all = trips.filter((_, index) => index % 2 === 0).slice(0, 2);
    const [none] = tablesIn(pageOf([{ vin: VIN, name: "i4", distanceUnit: "mi", entries: all }]));
    assert.equal(none?.[1]?.[6], "0,0");
  });

  it("has the charges with their cost, each in its currency, and says how many the sum lacks", () => {
    const page = pageOf(ENTRIES);
    const charges = tablesIn(page)[2] ?? [];
    const costs = charges.slice(1).map((cells) => cells.slice(12, 14));
    assert.deepEqual(costs, [
      ["9,10", "EUR"],
      ["2,05", "EUR"],
      ["30,00", "CHF"],
      ["11,15", "EUR"],
    ]);
    assert.equal(charges[3]?.[3], "Ionity");
    assert.deepEqual(charges[4]?.slice(8, 11), ["46,98", "30,00", "6,98"]);
    assert.ok(page.includes("Ladevorgänge, die in den Kosten fehlen (unbekannt oder andere Währung): 1"));
  });

  it("has the sums of the months by purpose, and those of each year", () => {
    const [overview] = tablesIn(pageOf([...ENTRIES, driven(7, {}, "2027-01-01")]));
    assert.deepEqual(overview?.[0]?.slice(0, 6), [
      ...["Monat", "Fahrten", "Strecke [km]", "Privat [km]", "Geschäftlich [km]", "Arbeitsweg [km]"],
    ]);
    assert.deepEqual(
      overview.slice(1).map((cells) => cells.slice(0, 7)),
      [
        ["März 2026", "2", "80,4", "0,0", "60,4", "0,0", "20,0"],
        ["April 2026", "1", "5,3", "5,3", "0,0", "0,0", "0,0"],
        ["2026", "3", "85,7", "5,3", "60,4", "0,0", "20,0"],
        ["Januar 2027", "1", "7,0", "0,0", "0,0", "0,0", "7,0"],
        ["2027", "1", "7,0", "0,0", "0,0", "0,0", "7,0"],
      ],
    );
    assert.equal(overview[1]?.at(-1), "11,15");
  });

  it("has only the kinds that are wanted", () => {
    const page = pageOf(ENTRIES, { kinds: ["trip"] });
    assert.equal(tablesIn(page).length, 3);
    assert.ok(!page.includes("Bezogen"));
  });

  it("tells where a place without a name is", () => {
    const page = pageOf([tripOf({ from: { name: null, latitude: -48.1, longitude: 11.5 } })]);
    assert.equal(tablesIn(page)[1]?.[1]?.[3], "-48.1000, 11.5000");
  });

  it("speaks every language", () => {
    for (const language of EXPORT_LANGUAGES) {
      const texts = EXPORT_TEXTS[language];
      const page = pageOf(ENTRIES, { language });
      assert.ok(page.includes(`<html lang="${texts.locale}">`));
      for (const text of [texts.logbook, texts.trips, texts.charges, texts.sum, texts.purposes.business])
        assert.ok(plain(page).includes(text), `${language}: ${text}`);
      assert.ok(page.includes(texts.withoutCost.replace("__count__", "1")));
    }
  });

  it("fetches nothing, runs nothing, and names each car", () => {
    const page = pageOf([
      { vin: VIN, name: "i4", entries: ENTRIES },
      { vin: VIN.replace("1Z", "2Z"), name: "iX", entries: [] },
    ]);
    assert.ok(!/<script|<link|<img|<iframe|src=|href=|url\(|@import/i.test(page));
    assert.ok(page.includes("default-src 'none'"));
    assert.deepEqual(
      [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, name]) => name),
      ["i4", "iX"],
    );
    assert.ok(page.includes("Es gibt keine Einträge."));
  });

  it("shows hostile names as they are", () => {
    for (const name of HOSTILE) {
      const place = { name, latitude: 1, longitude: 2 };
      const currency = { currency: name.trim() || "x", amount: 1, source: null };
      const entries = [
        tripOf({ from: place, to: place, note: name }),
        chargeOf({ place, provider: name, note: name, cost: currency }),
      ];
      const page = pageOf([{ vin: VIN, name, entries }], { currency: name });
      const tags = new Set(page.match(/<[^>]*>/g)?.map((tag) => tag.replace(/[\s/>].*$/s, "")));
      for (const tag of ["<script", "<!--"]) assert.ok(!tags.has(tag), name);
      assert.equal(page.match(/<\/title>/g)?.length, 1);
      assert.ok(!page.includes(' onmouseover="'));
    }
  });
});
