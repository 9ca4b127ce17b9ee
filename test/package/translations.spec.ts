import assert from "node:assert/strict";
import { NAME_LANGUAGES } from "../../src/support/name-languages.js";
import {
  allTextsOf,
  ENGLISH,
  helpOf,
  LOCALE_FOLDERS,
  NODE_SETS,
  TEXT_SETS,
  textsOf,
  TRANSLATIONS,
} from "../helpers/locales.js";

/** Texts of several words that are right in a language although they are the English ones. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  de: ["Radius (m)"],
  es: ["Client ID"],
  fr: ["Client ID", "second client", "Latitude, longitude", "Charges (CSV)"],
  it: ["Client ID"],
  nl: ["Descriptors in topics"],
  pt: ["Client ID", "Latitude, longitude"],
};
/** Names, signs and what is written alike everywhere. */
const SAME_EVERYWHERE = ["Magic SOC", "command: poll", "kWh/100 km", "__kmh__ km/h", "__soc__ % · __kw__ kW"];

const marksOf = (text: string) => (text.match(/__\w+?__/g) ?? []).sort();
const wordsOf = (text: string) => text.replace(/__\w+?__/g, "").match(/\p{L}+/gu) ?? [];
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);

/** Tags and comments of a help in their order, with what they hold, but for the texts. */
const tagsOf = (help: string) => (help.match(/<[^>]+>/g) ?? []).map((tag) => tag.replace(/\s+/g, " "));
/** What stands in a placeholder is a word of the language: `<Deskriptor>`. */
const codesOf = (help: string) =>
  matches(help.replace(/\s+/g, " "), /<code>(.*?)<\/code>/g).map((code) => code.replace(/&lt;.*?&gt;/g, "&lt;&gt;"));
const ownTerms = (help: string) => matches(help.replace(/\s+/g, " "), /<dt[^>]*>(.*?)<\/dt>/g);
/** Leaves the table of settings out, which is made of the texts. */
const writtenPart = (help: string, heading: string) =>
  help.replace(new RegExp(`<h3>${heading}</h3>\\s*<dl class="message-properties">[^]*?</dl>`), "");

function writtenHelp(language: string, set: string): string {
  const heading = textsOf(language, "cardata-account").get("cardata-account.help.settings") ?? "";
  return writtenPart(helpOf(language, set), heading);
}

/** Says whether a text is a status, with any values filled in, `2 cars · 143 values`, or none: `resets`. */
function isStatus(text: string, status: string): boolean {
  const words = status.replace(/\s+/g, " ").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const filled = new RegExp(`^${words.replace(/__\w+?__/g, "\\S+( \\p{L}+)?")}$`, "u");
  return /\p{L}/u.test(words.replace(/__\w+?__/g, "")) && (filled.test(text) || filled.test(`${text} 6`));
}

/** Buttons of Node-RED itself. */
const NODE_RED_WORDS = ["Add", "Update", "Done", "Deploy"];

const normal = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/\s+/g, " ")
    .toLowerCase()
    .replace(/["“”„]|«\s?|\s?»/g, "");

/** Returns the keys of the texts of dialogs that the English text quotes: `press “Log in”`. */
function quotedKeys(english: string, texts: ReadonlyMap<string, string>): string[][] {
  return matches(english.replace(/\s+/g, " "), /“([^”]+)”/g)
    .filter((quote) => !NODE_RED_WORDS.includes(quote))
    .map((quote) => [...texts].filter(([, text]) => text.toLowerCase() === quote.toLowerCase()).map(([key]) => key))
    .filter((keys) => keys.length > 0);
}

describe("translations", () => {
  it("are there in the languages of the names of values", () => {
    assert.deepEqual(LOCALE_FOLDERS, [ENGLISH, ...NAME_LANGUAGES].sort());
  });

  for (const language of TRANSLATIONS) {
    const english = allTextsOf(ENGLISH);
    const other = allTextsOf(language);

    for (const set of TEXT_SETS) {
      it(`of ${set} have the same keys and values to fill in ${language} as in English`, () => {
        const mine = textsOf(language, set);
        const theirs = textsOf(ENGLISH, set);
        assert.deepEqual([...mine.keys()].sort(), [...theirs.keys()].sort());
        for (const [key, text] of theirs) assert.deepEqual(marksOf(mine.get(key) ?? ""), marksOf(text), key);
      });
    }

    for (const set of NODE_SETS) {
      it(`of the help of ${set} have the same tags and terms in ${language} as in English`, () => {
        const mine = writtenHelp(language, set);
        const theirs = writtenHelp(ENGLISH, set);
        assert.deepEqual(tagsOf(mine), tagsOf(theirs));
        assert.deepEqual(ownTerms(mine), ownTerms(theirs));
      });

      it(`of the help of ${set} name in ${language} what the dialog, the status and the message call so`, () => {
        const statuses = [...english].filter(([key]) => key.includes(".status."));
        // The order of a sentence may differ; what it names does not.
        const left = codesOf(writtenHelp(language, set));
        const missing = codesOf(writtenHelp(ENGLISH, set)).filter((code) => {
          const keys = statuses.filter(([, text]) => isStatus(code, text)).map(([key]) => key);
          const same = left.indexOf(code);
          const place = same >= 0 ? same : left.findIndex((one) => keys.some((key) => isStatus(one, other.get(key)!)));
          if (place >= 0) left.splice(place, 1);
          return place < 0;
        });
        assert.deepEqual([missing, left], [[], []]);
      });

      it(`of the help of ${set} quote in ${language} the labels of that language`, () => {
        const help = normal(writtenHelp(language, set));
        for (const keys of quotedKeys(writtenHelp(ENGLISH, set), english)) {
          const labels = keys.map((key) => normal(other.get(key) ?? ""));
          assert.ok(
            labels.some((label) => help.includes(label)),
            `${keys.join(" ")}: ${labels.join(" | ")}`,
          );
        }
      });
    }

    it(`quote in errors and hints in ${language} the labels of that language`, () => {
      for (const [key, text] of english)
        for (const keys of quotedKeys(text, english)) {
          const labels = keys.map((one) => normal(other.get(one) ?? ""));
          assert.ok(
            labels.some((label) => normal(other.get(key) ?? "").includes(label)),
            `${key}: ${labels.join(" | ")}`,
          );
        }
    });

    it(`leave nothing empty or English in ${language}`, () => {
      const allowed = [...SAME_EVERYWHERE, ...(SAME[language] ?? [])];
      for (const [key, text] of other) {
        assert.notEqual(text.trim(), "", key);
        if (text !== english.get(key) || wordsOf(text).length < 2) continue;
        assert.ok(allowed.includes(text), `${key}: ${text}`);
      }
    });

    it(`leave no sentence of the help English in ${language}`, () => {
      const sentencesOf = (set: string, one: string) =>
        writtenHelp(one, set)
          .replace(/<dt[^>]*>[^]*?<\/dt>/g, "")
          .split(/<(?!\/?code)[^>]*>/)
          .map((text) => text.replace(/\s+/g, " ").trim())
          .filter((text) => wordsOf(text.replace(/<code>.*?<\/code>/g, "")).length > 2);
      for (const set of NODE_SETS) {
        const theirs = new Set(sentencesOf(set, ENGLISH));
        for (const sentence of sentencesOf(set, language)) assert.ok(!theirs.has(sentence), sentence);
      }
    });
  }
});
