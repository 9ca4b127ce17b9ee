import assert from "node:assert/strict";
import fc from "fast-check";
import { ACCOUNT_SCHEMA } from "../../../src/settings/account-schema.js";
import { parseJournalSettings } from "../../../src/settings/parse-journal-settings.js";
import { faultOf, readSettings } from "../../../src/settings/schema.js";
import type { JsonObject } from "../../../src/support/json.js";
import { runs } from "../../helpers/random.js";

const ZONE = "Europe/Berlin";
const HOME = { name: "Home", latitude: 48.137, longitude: 11.575, radius: "", purpose: "" };
const NIGHT = { from: "22:00", to: "6:00", days: ["mon", "fri"], price: "0,24" };
const AT_HOME = { place: "Home", price: "0,31", windows: [NIGHT], solarPrice: "0,08" };

/** Returns what the runtime makes of the stored settings of an account. */
function readBy(stored: JsonObject) {
  return parseJournalSettings(readSettings(ACCOUNT_SCHEMA, stored), ZONE);
}

/** Returns the rule and the thing that the editor names of a stored setting; `null` if it marks nothing. */
function markOf(name: "places" | "tariffs" | "currency", value: unknown): string | null {
  const isVariable = (one: unknown) => typeof one === "string" && one.startsWith("${");
  const fault = faultOf(ACCOUNT_SCHEMA, name, value, () => undefined, isVariable);
  return fault === null ? null : `${fault.hint.replace("cardata-account.invalid.", "")} ${fault.part}`.trim();
}

const anything = fc.oneof(
  fc.anything(),
  fc.constantFrom("", " ", "Home", "message", "0,5", "22:00", "${X}", 48, -1, 1e9),
);
const withParts = (whole: object): fc.Arbitrary<unknown> => {
  const part = fc.constantFrom(...Object.keys(whole));
  return fc.tuple(part, anything).map(([name, value]) => ({ ...whole, [name]: value }));
};
const window = fc.oneof(withParts(NIGHT), fc.constant(NIGHT));
const tariff = fc.oneof(
  withParts(AT_HOME),
  fc.array(window, { maxLength: 3 }).map((windows) => ({ ...AT_HOME, windows })),
);

describe("places and tariffs of an account", () => {
  it("are read as they were typed, with decimal commas and short times", () => {
    const { places, tariffs, currency, zone } = readBy({
      places: [{ ...HOME, latitude: " 48,137 ", radius: "80,5", purpose: "commute" }],
      tariffs: [{ ...AT_HOME, windows: [{ from: "22", to: "6.30", price: -0.02 }] }, { price: "message" }],
      currency: " chf ",
    });
    assert.deepEqual(places, [{ name: "Home", latitude: 48.137, longitude: 11.575, radius: 80.5, purpose: "commute" }]);
    const everyDay = new Set([0, 1, 2, 3, 4, 5, 6]);
    const windows = [{ from: 22 * 60, to: 6.5 * 60, days: everyDay, price: -0.02 }];
    assert.deepEqual(tariffs, [
      { place: "Home", price: 0.31, windows, solarPrice: 0.08 },
      { place: null, price: "message", windows: [], solarPrice: 0 },
    ]);
    assert.deepEqual([currency, zone], ["CHF", ZONE]);
  });

  it("are none, in euros, where an older version has stored none", () => {
    assert.deepEqual(readBy({}), { zone: ZONE, places: [], tariffs: [], currency: "EUR" });
    for (const name of ["places", "tariffs", "currency"] as const) assert.equal(markOf(name, undefined), null);
  });

  const WRONG: readonly [title: string, name: "places" | "tariffs" | "currency", value: unknown, mark: string][] = [
    ["a place without a name", "places", [HOME, { ...HOME, name: " " }], "placeName 2"],
    ["a place without a position", "places", [{ ...HOME, longitude: "" }], "position Home"],
    ["a latitude that no point has", "places", [{ ...HOME, latitude: "91" }], "position Home"],
    ["an address for a position", "places", [{ ...HOME, latitude: "Main street 1" }], "position Home"],
    ["a radius of nothing", "places", [{ ...HOME, radius: "0" }], "radius Home"],
    ["two places with one name", "places", [HOME, { ...HOME, name: "Home " }], "placeTwice Home"],
    [
      "more places than there may be",
      "places",
      Array.from({ length: 201 }, (_, i) => ({ ...HOME, name: `${i}` })),
      "tooMany 200",
    ],
    ["places that are no list", "places", "Home", "placeName"],
    ["a place that is none", "places", [HOME, 5], "placeName 2"],
    ["a tariff that is none", "tariffs", ["free"], "price 1"],
    ["a tariff without a price", "tariffs", [{ ...AT_HOME, price: "" }], "price Home"],
    ["a price with its currency", "tariffs", [{ price: "0.31 EUR" }], "price 1"],
    ["a price of the sun that is none", "tariffs", [{ ...AT_HOME, solarPrice: "free" }], "solarPrice Home"],
    ["two tariffs for everywhere else", "tariffs", [{ price: 1 }, { place: "", price: 2 }], "tariffTwice 2"],
    [
      "a window between quarters",
      "tariffs",
      [{ ...AT_HOME, windows: [{ ...NIGHT, from: "22:10" }] }],
      "windowTimes Home",
    ],
    ["a window without a length", "tariffs", [{ ...AT_HOME, windows: [{ ...NIGHT, to: "22" }] }], "windowTimes Home"],
    ["a window without a day", "tariffs", [{ ...AT_HOME, windows: [{ ...NIGHT, days: [] }] }], "windowDays Home"],
    ["a window without a price", "tariffs", [{ ...AT_HOME, windows: [{ ...NIGHT, price: "" }] }], "price Home"],
    ["a currency by its sign", "currency", "€", "currency"],
  ];
  for (const [title, name, value, mark] of WRONG)
    it(`are marked where there is ${title}`, () => {
      assert.equal(markOf(name, value), mark);
    });

  it("lack what cannot be used, and keep the rest", () => {
    const { places } = readBy({ places: [HOME, { ...HOME, name: "Work", latitude: "far" }, { ...HOME, latitude: 1 }] });
    assert.deepEqual(
      places.map(({ name, latitude }) => [name, latitude]),
      [["Home", 48.137]],
    );
    const { tariffs } = readBy({ tariffs: [AT_HOME, { price: "cheap" }, { ...AT_HOME, price: 2 }] });
    assert.deepEqual(
      tariffs.map(({ place, price }) => [place, price]),
      [["Home", 0.31]],
    );
    assert.equal(readBy({ currency: "€" }).currency, "EUR");
  });

  it("may hold variables, which are known only at the start", () => {
    assert.equal(markOf("places", [{ name: "${NAME}", latitude: "${LAT}", longitude: "${LON}" }]), null);
    const windows = [{ ...NIGHT, from: "${FROM}", price: "${LOW}" }];
    assert.equal(markOf("tariffs", [{ price: "${PRICE}", windows, solarPrice: "${SUN}" }]), null);
  });

  it("are never refused by the journal, whatever is stored", () => {
    const lists = fc.record({
      places: fc.oneof(anything, fc.array(withParts(HOME), { maxLength: 4 })),
      tariffs: fc.oneof(anything, fc.array(tariff, { maxLength: 4 })),
      currency: anything,
    });
    fc.assert(
      fc.property(lists, (stored) => {
        const read = readBy(stored);
        // What is not marked is there as a whole.
        for (const name of ["places", "tariffs"] as const) {
          const list = stored[name];
          if (!Array.isArray(list) || faultOf(ACCOUNT_SCHEMA, name, list, () => undefined) !== null) continue;
          assert.equal(read[name].length, list.filter((one) => one !== "" && one !== null && one !== undefined).length);
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});
