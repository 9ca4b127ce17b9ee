import assert from "node:assert/strict";
import { EVENT_ENTITIES } from "../../../src/homeassistant/event-entities.js";
import { FIXED_ENTITIES } from "../../../src/homeassistant/fixed-entities.js";
import { nameIn, wordIn } from "../../../src/homeassistant/languages/translate.js";
import { DE } from "../../../src/homeassistant/languages/de.js";
import { EN } from "../../../src/homeassistant/languages/en.js";
import { ES } from "../../../src/homeassistant/languages/es.js";
import { FR } from "../../../src/homeassistant/languages/fr.js";
import { IT } from "../../../src/homeassistant/languages/it.js";
import { NL } from "../../../src/homeassistant/languages/nl.js";
import { PT } from "../../../src/homeassistant/languages/pt.js";
import type { Texts } from "../../../src/homeassistant/languages/texts.js";
import { wordListOf } from "../../../src/homeassistant/word-lists.js";
import { NAMES_OF_JOURNAL_VALUES, NAMES_OF_VALUES } from "../../../src/messages/value-names.js";
import { LANGUAGES, type Language } from "../../../src/settings/homeassistant-schema.js";
import { NAME_LANGUAGES } from "../../../src/support/name-languages.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { localisedNameOf } from "../../../src/vehicle/localised-names.js";
import { wordOf } from "../../../src/vehicle/words.js";
import { announcing, value } from "../../helpers/announcing.js";

type OtherLanguage = Exclude<Language, "en">;

const TABLES: Readonly<Record<OtherLanguage, Texts>> = { de: DE, es: ES, fr: FR, it: IT, nl: NL, pt: PT };
const OTHERS = Object.entries(TABLES) as [OtherLanguage, Texts][];

/** Texts that are right in a language although they are the English ones. */
const SAME: Readonly<Record<OtherLanguage, readonly string[]>> = {
  de: ["1 phase", "Standard", "Tracker"],
  es: ["Cable", "Error", "Manual"],
  fr: ["1 phase", "2 phases", "3 phases", "AC (type 1)", "AC (type 2)", "Induction"],
  it: ["Tracker"],
  nl: ["AC (type 1)", "AC (type 2)", "Open", "Stand-by", "Tracker"],
  pt: ["Manual"],
};
/** Signs of units, and what is written alike everywhere. */
const SIGNS = ["2D", "3D", "OK", "UTC", "km", "mi"];

/** Keeps states short enough to be read at a glance [characters]. */
const LONGEST_WORD = 40;

const catalogue = [...allDefinitions()];
const namesOfDescriptors = new Set(catalogue.map(({ name }) => name));
const ownNames = { ...NAMES_OF_VALUES, ...NAMES_OF_JOURNAL_VALUES };
const listed = catalogue.flatMap(({ id }) => wordListOf(id) ?? []);

const fixedNames = [...Object.values(FIXED_ENTITIES), ...EVENT_ENTITIES.map(({ entity }) => entity)].flatMap(
  ({ name }) => name ?? [],
);

/** Announces all values and returns what they, the events and the buttons are named, by platform and key. */
async function announcedNames(language: Language): Promise<Map<string, string>> {
  const { take, settle, components } = announcing({ language, buttons: true });
  for (const { id, name, type } of catalogue)
    take(value(id, type === "boolean" ? true : type === "string" ? "A" : 1, { name, unit: null }));
  for (const [id, name] of Object.entries(ownNames)) take(value(id, 1, { name, unit: null }));
  await settle();
  const all = Object.entries(components());
  return new Map(all.map(([key, { platform, name }]) => [`${String(platform)} ${key}`, String(name)]));
}

describe("the languages of Home Assistant", () => {
  it("are English and all that have names of descriptors", () => {
    assert.deepEqual([...LANGUAGES], ["en", ...NAME_LANGUAGES]);
  });

  for (const [language, { names, words }] of OTHERS) {
    const allowed = [...SAME[language], ...SIGNS];

    it(`${language} names what is no descriptor, and what the class says a part of`, () => {
      const exceptions = Object.keys(EN.names);
      const kept = Object.keys(DE.names);
      assert.deepEqual(Object.keys(names), kept);
      const needed = [...exceptions, ...fixedNames, ...Object.values(ownNames)];
      assert.deepEqual(
        needed.filter((name) => !kept.includes(name)),
        [],
      );
      const twice = kept.filter((name) => namesOfDescriptors.has(name) && !exceptions.includes(name));
      assert.deepEqual(twice, [], "names of descriptors stand in resources/names/");
    });

    it(`${language} names every descriptor as everything else does, but for these`, () => {
      for (const { id, name } of catalogue) {
        if (!Object.hasOwn(EN.names, name)) assert.equal(nameIn(language, name), localisedNameOf(id, language), name);
      }
    });

    it(`${language} has no entity with an English name`, async () => {
      const english = await announcedNames("en");
      const own = await announcedNames(language);
      assert.deepEqual([...own.keys()], [...english.keys()]);
      const same = [...own].filter(([key, name]) => name === english.get(key)).map(([, name]) => name);
      const known = catalogue.map(({ id, name }) => (localisedNameOf(id, language) === name ? name : ""));
      assert.deepEqual(
        same.filter((name) => !allowed.includes(name) && !known.includes(name)),
        [],
      );
    });

    it(`${language} has every word that BMW lists and that another language has`, () => {
      assert.deepEqual(Object.keys(words), Object.keys(DE.words));
      const missing = [...listed.map(wordOf), ...Object.keys(EN.words)].filter((word) => !Object.hasOwn(words, word));
      assert.deepEqual(missing, []);
      const same = Object.entries(words).filter(([word, text]) => text === wordIn("en", word) || wordOf(text) === word);
      assert.deepEqual(
        same.map(([, text]) => text).filter((text) => !allowed.includes(text)),
        [],
      );
    });

    it(`${language} keeps apart the words of a value that English keeps apart`, () => {
      for (const { id } of catalogue) {
        const list = wordListOf(id) ?? [];
        const texts = (of: Language) => new Set(list.map((word) => wordIn(of, word))).size;
        assert.equal(texts(language), texts("en"), id);
      }
    });

    it(`${language} is about as long as English, and tidy`, () => {
      for (const [name, text] of Object.entries(names)) {
        const english = nameIn("en", name);
        assert.ok(text.length <= 1.5 * english.length + 10, `${english}: ${text}`);
      }
      for (const [word, text] of Object.entries(words)) assert.ok(text.length <= LONGEST_WORD, `${word}: ${text}`);
      for (const text of [...Object.values(names), ...Object.values(words)]) {
        assert.match(text, /^(km|mi|[\p{Lu}\d].*)$/u);
        assert.doesNotMatch(text, /^\s|\s$|\s{2}|[_{}<>?]|[.,:;!]$|\b(todo|tbd|xxx)\b/i, text);
      }
    });
  }

  for (const language of LANGUAGES)
    it(`${language} names no two entities of a kind the same`, async () => {
      const named = await announcedNames(language);
      for (const { platform, key, name } of Object.values(FIXED_ENTITIES))
        if (name !== null) named.set(`${platform} ${key}`, nameIn(language, name));
      const names = [...named].map(([key, name]) => `${key.split(" ")[0] ?? ""} ${name}`.toLowerCase());
      assert.deepEqual(
        names.filter((name, index) => names.indexOf(name) !== index),
        [],
      );
    });

  it("leave a name as it is that a flow has given", () => {
    for (const language of LANGUAGES) assert.equal(nameIn(language, "My level"), "My level");
  });
});
