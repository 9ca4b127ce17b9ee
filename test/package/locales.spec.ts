import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NAMES_OF_VALUES } from "../../src/messages/value-names.js";
import { ERROR_TEXTS } from "../../src/support/error-table.js";
import { allDefinitions } from "../../src/vehicle/catalogue.js";
import { SCHEMAS } from "../helpers/schemas.js";
import { ROOT } from "../helpers/node-red.js";

const LOCALES = join(ROOT, "dist", "nodes", "locales");
const languages = readdirSync(LOCALES);
const sets = readdirSync(join(LOCALES, "en-US"))
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(".json", ""));

type Texts = ReadonlyMap<string, string>;

function textsOf(language: string, set: string): Texts {
  const texts = new Map<string, string>();
  const collect = (value: unknown, path: string): void => {
    if (typeof value === "string") texts.set(path, value);
    else
      for (const [key, member] of Object.entries(value as object))
        collect(member, path === "" ? key : `${path}.${key}`);
  };
  collect(JSON.parse(readFileSync(join(LOCALES, language, `${set}.json`), "utf8")), "");
  return texts;
}

const marks = (text: string) => (text.match(/__\w+?__/g) ?? []).sort();
const sources = (folder: string, endings: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => endings.test(file))
    .map((file) => readFileSync(join(ROOT, folder, file), "utf8"));

describe("texts", () => {
  it("are there in English and German", () => {
    assert.deepEqual(languages.sort(), ["de", "en-US"]);
  });

  for (const set of sets)
    for (const language of languages.filter((one) => one !== "en-US")) {
      it(`of ${set} have the same keys and values to fill in ${language} as in English`, () => {
        const english = textsOf("en-US", set);
        const other = textsOf(language, set);
        assert.deepEqual([...other.keys()].sort(), [...english.keys()].sort());
        for (const [key, text] of english) assert.deepEqual(marks(other.get(key) ?? ""), marks(text), key);
      });

      it(`of ${set} are translated into ${language}`, () => {
        const english = textsOf("en-US", set);
        const words = (text: string) => text.replace(/__\w+?__/g, "").match(/\p{L}+/gu) ?? [];
        const sentences = [...textsOf(language, set)].filter(([, text]) => words(text).length > 3);
        for (const [key, text] of sentences) assert.notEqual(text, english.get(key), key);
      });
    }

  it("exist for every error", () => {
    for (const language of languages) {
      const texts = textsOf(language, "cardata-account");
      for (const code of Object.keys(ERROR_TEXTS)) assert.ok(texts.has(`errors.${code}`), `${language} ${code}`);
    }
  });

  it("exist for every group and every further choice of the picker", () => {
    const categories = [...allDefinitions()].map(({ category }) => `category.${category}`);
    const values = Object.entries({ ...NAMES_OF_VALUES, location: "Location" });
    for (const language of languages) {
      const texts = textsOf(language, "cardata-stream");
      for (const key of [...categories, ...values.map(([id]) => `value.${id}`)])
        assert.ok(texts.has(`cardata-stream.${key}`), `${language} ${key}`);
    }
    // The English ones are those of the catalogue and of the messages.
    const english = textsOf("en-US", "cardata-stream");
    for (const [id, name] of values) assert.equal(english.get(`cardata-stream.value.${id}`), name);
    for (const key of categories) assert.equal(`category.${english.get(`cardata-stream.${key}`) ?? ""}`, key);
  });

  it("exist for every key that a template names", () => {
    const all = new Set(sets.flatMap((set) => [...textsOf("en-US", set).keys()]));
    const named = sources("nodes/editor", /\.html$/).flatMap((html) =>
      [...html.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, keys = ""]) => keys.split(";")),
    );
    assert.ok(named.length > 40);
    const own = named.map((key) => key.replace(/^\[[\w-]+\]/, "")).filter((key) => !key.startsWith("node-red:"));
    // Parts that several dialogs share name the catalogue, too.
    const keys = own.map((key) => key.replace(/^@[\w/-]+:/, ""));
    assert.deepEqual(
      keys.filter((key) => !all.has(key)),
      [],
    );
  });

  it("are all in use", () => {
    const code = [
      ...sources("nodes", /\.(ts|html)$/),
      ...sources("src/settings", /\.ts$/),
      ...sources("src/account/doctor", /\.ts$/),
      ...sources("scripts", /\.mjs$/),
    ].join("\n");
    const unused = sets.flatMap((set) =>
      [...textsOf("en-US", set).keys()].filter((key) => {
        const [root, ...rest] = key.split(".");
        if (root === "errors") return false;
        const short = rest.join(".");
        // The last part of a key may be put together from a variable.
        const stem = `${rest.slice(0, -1).join(".")}.\${`;
        return !['"', "`", "'", "."].some((quote) => code.includes(`${quote}${short}`)) && !code.includes(stem);
      }),
    );
    assert.deepEqual(unused, []);
  });

  it("under a node have at most 20 characters, with the longest values filled in", () => {
    const car = { car: "…3456", soc: "99.9", kw: "350.0", kwRound: "350", kmh: "250", cars: "9", entities: "999" };
    const longest: Record<string, string> = { time: "23:59", used: "100", limit: "50", ...car };
    for (const language of languages)
      for (const set of sets)
        for (const [key, text] of textsOf(language, set)) {
          if (!key.includes(".status.")) continue;
          const filled = text.replace(/__(\w+?)__/g, (_mark, name: string) => longest[name] ?? `?${name}`);
          assert.doesNotMatch(filled, /\?/, `${language} ${key}: no longest value known`);
          assert.ok(filled.length <= 20, `${language} ${key}: "${filled}"`);
        }
  });

  for (const language of languages)
    for (const set of sets)
      it(`list every setting of ${set} in ${language} in the help, which is made of the schema`, () => {
        const help = readFileSync(join(LOCALES, language, `${set}.html`), "utf8");
        const { settings } = SCHEMAS.find(({ type }) => type === set)!;
        const [, table = ""] = /<h3>(?:Settings|Einstellungen)<\/h3>([^]*?)<h3>/.exec(help) ?? [];
        const told = [...table.matchAll(/<dd><code>(\w+)<\/code>/g)].map(([, name]) => name);
        const named = Object.keys(settings).filter((name) => name !== "name" && name !== "loginAt");
        assert.deepEqual(told, named);
        assert.doesNotMatch(help, /__|undefined|<!--/);
      });

  for (const language of languages)
    for (const set of sets)
      it(`explain ${set} in ${language} by the editor's rules`, () => {
        const help = readFileSync(join(LOCALES, language, `${set}.html`), "utf8");
        assert.match(help, new RegExp(`^<script type="text/html" data-help-name="${set}">\\s*<p>`));
        assert.match(help, /<h3>/);
        assert.doesNotMatch(help, /<b>|<strong>|<i>|<em>/);
      });
});
