import assert from "node:assert/strict";
import { wordIn } from "../../../src/homeassistant/languages/translate.js";
import { wordListOf } from "../../../src/homeassistant/word-lists.js";
import { LANGUAGES, type Language } from "../../../src/settings/homeassistant-schema.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { localisedNameOf } from "../../../src/vehicle/localised-names.js";
import { wordOf } from "../../../src/vehicle/words.js";
import {
  chosenDescriptors,
  DASHBOARD_HTML,
  DASHBOARD_SCRIPT,
  dashboardComponent,
  type DashboardText,
} from "../../helpers/dashboard-component.js";

/** Texts that are right in a language although they are the English ones. */
const SAME: Readonly<Record<string, readonly string[]>> = { nl: ["{count} open", "open"] };
const UNITS = ["{minutes} min", "{hours} h {minutes} min"];
/** Doors, windows and roofs. */
const OPENINGS = /^vehicle\.(body|cabin\.(door|window|sunroof|convertible))\./;

const { texts } = dashboardComponent([]);
const TABLES = LANGUAGES.map((language) => [language, texts[language] ?? {}] as const);
const openings = [...allDefinitions()].filter(
  ({ id }) => OPENINGS.test(id) && chosenDescriptors.some((one) => one.test(id)),
);

const formsOf = (text: DashboardText | undefined) => (typeof text === "string" ? [text] : Object.values(text ?? {}));
const marksOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
/** Each text of a language by its key; `key.one` is a form of it. */
const flat = (language: Language) =>
  Object.entries(texts[language] ?? {}).flatMap(([key, text]) =>
    typeof text === "string"
      ? [[key, text] as const]
      : Object.entries(text).map(([form, one]) => [`${key}.${form}`, one] as const),
  );
const own = (language: Language, table: string) => texts[language]?.[table] as Readonly<Record<string, string>>;
const isTable = (key: string) => key === "words" || key === "names";

/** The same day in most zones. */
const AT = "2026-03-02T12:00:00.000Z";
const NOW = Date.parse(AT);
const known = (value: unknown, unit = "", last: object | null = null) => ({
  name: "Name",
  value,
  unit,
  timestamp: AT,
  last,
});
const charge = { method: "AC", powerKw: 11, targetSoc: 80, minutesToTarget: 95, energyKwh: 12.5, startedAt: AT };
const ESTIMATE = { mode: "charging", band90: [41.2, 43.8], bmwSoc: 41, bmwSocTimestamp: AT, ...charge };
const EMPTY = { vin: "WBY1Z2C30N7A00031", name: "", values: {}, estimate: null, place: null, curve: null };
const points = [0, 1, 2].map((minute) => [NOW + minute * 60_000, 40 + minute, 39, 44, 11]);
const estimated = (value: number | null, estimate: object | null, last: object | null = null) => ({
  ...{ value, timestamp: AT, last, estimate },
});
const DOOR = "vehicle.cabin.door.row1.driver.isOpen";
const WINDOW = "vehicle.cabin.window.row1.driver.status";
const tyre = (row: number, side: string) => `vehicle.chassis.axle.row${row}.wheel.${side}.tire.pressure`;
/** A car in each state in which the page says something else. */
const CARS: readonly object[] = [
  EMPTY,
  { ...EMPTY, estimate: estimated(42.5, ESTIMATE), curve: { startedAt: AT, points } },
  { ...EMPTY, estimate: estimated(42.5, { ...ESTIMATE, powerKw: null, minutesToTarget: null }) },
  { ...EMPTY, estimate: estimated(80, { ...ESTIMATE, minutesToTarget: 0 }) },
  { ...EMPTY, estimate: estimated(42.5, { ...ESTIMATE, mode: "idle" }), curve: { startedAt: AT, points } },
  { ...EMPTY, estimate: estimated(null, null, { value: 50, timestamp: AT }), values: { charging: known(true) } },
  { ...EMPTY, values: { plugged: known(true), charging: known(false), [DOOR]: known(false), locked: known(true) } },
  { ...EMPTY, values: { plugged: known(true), [DOOR]: known(false), [WINDOW]: known("CLOSED"), locked: known(false) } },
  { ...EMPTY, values: { plugged: known(false), [DOOR]: known(true), [WINDOW]: known("INTERMEDIATE") } },
  { ...EMPTY, values: { soc: known(40, "%"), fuel: known(64, "%"), [DOOR]: known(null), [WINDOW]: known(null) } },
  {
    ...EMPTY,
    values: { fuel: known(64, "%"), range: known(null, "km", { value: 152 }), odometer: known(23456, "km") },
  },
  {
    ...{ ...EMPTY, place: { latitude: 48.13743, longitude: 11.57549, timestamp: AT } },
    values: {
      ...{ [tyre(1, "left")]: known(260, "kPa"), [`${tyre(1, "left")}Target`]: known(260, "kPa") },
      ...{ [tyre(1, "right")]: known(200, "kPa"), [`${tyre(1, "right")}Target`]: known(260, "kPa") },
      ...{ [tyre(2, "left")]: known(null), [tyre(2, "right")]: known(2.4, "bar") },
    },
  },
];

/** How long ago the page was told [minutes]. */
const AGES = [0, 5, 60, 60 * 48];

/** Everything that the page says of a car so long afterwards [minutes], and the keys of the texts that it is made of. */
function saidOf(language: string, car: object, age: number): { said: string; keys: Set<string> } {
  const page = dashboardComponent([language], [car]);
  const keys = new Set<string>();
  const { say } = page;
  Object.assign(page, {
    now: NOW + age * 60_000,
    say: (key: string, values?: object) => (keys.add(key), say.call(page, key, values)),
  });
  const parts = ["level", "power", "facts", "curve", "openings", "tyres", "place"].map((part) => page[part]);
  return { said: JSON.stringify(parts), keys };
}

describe("the languages of the dashboard example", () => {
  it("are those of the dialogs", () => {
    assert.deepEqual(Object.keys(texts).sort(), [...LANGUAGES].sort());
  });

  for (const [language, table] of TABLES) {
    it(`${language} has the same keys and values to fill in as English`, () => {
      assert.deepEqual(Object.keys(table), Object.keys(texts["en"] ?? {}));
      for (const [key, text] of Object.entries(table)) {
        if (isTable(key)) continue;
        const [english = ""] = formsOf(texts["en"]?.[key]);
        for (const form of formsOf(text)) assert.deepEqual(marksOf(form), marksOf(english), `${key}: ${form}`);
        if (typeof text !== "string") assert.ok("one" in text && "other" in text, key);
      }
    });

    it(`${language} names doors and windows, and BMW's words for them, as everything else does`, () => {
      const names = openings.map(({ id }) => [id, localisedNameOf(id, language)]);
      assert.ok(names.length > 15);
      assert.deepEqual(Object.entries(own(language, "names")), names);
      const words = new Set(openings.flatMap(({ id }) => ["OPEN", "CLOSED", ...(wordListOf(id) ?? []).map(wordOf)]));
      assert.deepEqual(Object.keys(own(language, "words")).sort(), [...words].sort());
      for (const [word, text] of Object.entries(own(language, "words")))
        assert.equal(text, wordIn(language, word).toLowerCase());
    });

    it(`${language} is tidy, and no text of it is English`, () => {
      const english = new Map(language === "en" ? [] : flat("en"));
      const allowed = [...UNITS, ...(SAME[language] ?? [])];
      for (const [key, text] of flat(language)) {
        assert.match(text, /\S/, key);
        assert.doesNotMatch(text, /^\s|\s$|\s{2}|[<>_]|\b(TODO|TBD|XXX)\b/, key);
        assert.ok(text !== english.get(key) || allowed.includes(text), `${key}: ${text}`);
      }
    });

    it(`${language} says something in every state`, () => {
      for (const car of CARS)
        for (const age of AGES) assert.doesNotMatch(saidOf(language, car, age).said, /undefined|NaN|Invalid|[{]\w+[}]/);
    });
  }

  it("are all in use, and nothing is said beside them", () => {
    const [, code = ""] = /\n {4}locale\(\) \{([^]*)$/.exec(DASHBOARD_SCRIPT) ?? [];
    const inHtml = [...DASHBOARD_HTML.matchAll(/say\((?:[^()]*? \? )?["'](\w+)["'](?: : "(\w+)")?\)/g)].flatMap(
      ([, ...found]) => found,
    );
    const inUse = new Set(CARS.flatMap((car) => AGES.flatMap((age) => [...saidOf("en", car, age).keys])));
    const all = Object.keys(texts["en"] ?? {}).filter((key) => !isTable(key));
    assert.deepEqual(
      all.filter((key) => !inUse.has(key) && !inHtml.includes(key)),
      [],
    );

    const visible = DASHBOARD_HTML.replace(/<!--[^]*?-->|\{\{[^]*?\}\}|<(?:[^">]|"[^"]*")*>/g, "");
    assert.doesNotMatch(visible, /\p{L}/u);
    assert.doesNotMatch(DASHBOARD_HTML, /\s(aria-label|title|alt|placeholder)=/);
    const literals = [...code.replace(/\/\*\*[^]*?\*\/|\/\/ .*/g, "").matchAll(/"([^"]*)"/g)].map(
      ([, text = ""]) => text,
    );
    assert.deepEqual(
      literals.filter((text) => /\p{L}{2,} \p{L}|^\p{Lu}\p{Ll}+|^ (?!bar$)\p{Ll}{3,}/u.test(text)),
      [],
    );
  });
});

describe("the language of the dashboard example", () => {
  const chosen = (...languages: string[]) => {
    const { language, locale } = dashboardComponent(languages);
    return [language, locale];
  };

  it("is the first of the browser's that has texts, with its region; otherwise English with 24 hours", () => {
    assert.deepEqual(chosen("de-AT", "en"), ["de", "de-AT"]);
    assert.deepEqual(chosen("pl", "PT-br", "en-US"), ["pt", "PT-br"]);
    assert.deepEqual(chosen("es-419"), ["es", "es-419"]);
    assert.deepEqual(chosen("pl", "constructor"), ["en", "en-GB"]);
    assert.deepEqual(chosen(), ["en", "en-GB"]);
  });

  it("has no part of a tag by which nothing can be formatted", () => {
    assert.deepEqual(chosen("en-US@posix"), ["en", "en-US"]);
    assert.deepEqual(chosen("de-DE-u-nu-x_y"), ["de", "de-DE"]);
  });

  it("decides how numbers, dates and counts are written", () => {
    const [, charging = {}] = CARS;
    const said = (language: string, car: object, age: number) =>
      saidOf(language, car, age).said.replaceAll("\u00a0", " ");
    assert.match(
      said("de-DE", charging, 5),
      /In neun von zehn Fällen 41,2 bis 43,8 %.*Das Auto meldete vor 5 min 41 %/,
    );
    assert.match(said("fr-FR", charging, 5), /En charge · AC · 11,0 kW.*80 % dans 1 h 30 min, à /);
    assert.match(said("de-DE", CARS[4] ?? {}, 60 * 48), /Das Auto meldete am 2\.3\.2026 41 %/);
    assert.match(said("en-GB", CARS[4] ?? {}, 60 * 48), /The car said 41 % on 02\/03\/2026/);
    const clocks = ["en-US", "de"].map((language) =>
      dashboardComponent([language])
        .clock(new Date(2026, 2, 2, 8, 5))
        .replace(/\s/, " "),
    );
    assert.deepEqual(clocks, ["8:05 AM", "08:05"]);
    const french = dashboardComponent(["fr"]);
    assert.equal(french.say("countOpen", { count: 1 }), "1 ouvert");
    assert.equal(french.say("countOpen", { count: 2 }), "2 ouverts");
  });

  it("keeps a word of BMW that no table has", () => {
    const page = dashboardComponent(["it"]);
    assert.deepEqual(page.opening("OPEN_TILT"), { state: "open", text: "sollevato" });
    assert.deepEqual(page.opening("HALF_WAY"), { state: "open", text: "half way" });
    assert.deepEqual(page.opening("CLOSED_SECURED"), { state: "closed", text: "chiuso" });
  });
});
