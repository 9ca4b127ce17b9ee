import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NAMES_OF_VALUES } from "../../src/messages/value-names.js";
import { ERROR_TEXTS } from "../../src/support/error-table.js";
import { allDefinitions } from "../../src/vehicle/catalogue.js";
import {
  ENGLISH,
  helpOf,
  LOCALE_FOLDERS as languages,
  NODE_SETS,
  TEXT_SETS as sets,
  textsOf,
} from "../helpers/locales.js";
import { ROOT } from "../helpers/node-red.js";
import { SCHEMAS } from "../helpers/schemas.js";

const sources = (folder: string, endings: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => endings.test(file))
    .map((file) => readFileSync(join(ROOT, folder, file), "utf8"));

describe("texts", () => {
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
    const english = textsOf(ENGLISH, "cardata-stream");
    for (const [id, name] of values) assert.equal(english.get(`cardata-stream.value.${id}`), name);
    for (const key of categories) assert.equal(`category.${english.get(`cardata-stream.${key}`) ?? ""}`, key);
  });

  it("exist for every key that a template names", () => {
    const all = new Set(sets.flatMap((set) => [...textsOf(ENGLISH, set).keys()]));
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
      [...textsOf(ENGLISH, set).keys()].filter((key) => {
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
    const month = { trips: "999", charges: "99" };
    const longest: Record<string, string> = { time: "23:59", used: "100", limit: "50", ...car, ...month };
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
    for (const set of NODE_SETS)
      it(`list every setting of ${set} in ${language} in the help, which is made of the schema`, () => {
        const help = helpOf(language, set);
        const { settings } = SCHEMAS.find(({ type }) => type === set)!;
        const heading = textsOf(language, "cardata-account").get("cardata-account.help.settings") ?? "";
        const [, rest = ""] = help.split(`<h3>${heading}</h3>`);
        const [table = ""] = rest.split("<h3>");
        const told = [...table.matchAll(/<dd><code>(\w+)<\/code>/g)].map(([, name]) => name);
        const named = Object.keys(settings).filter((name) => name !== "name" && name !== "loginAt");
        assert.deepEqual(told, named);
        assert.doesNotMatch(help, /__|undefined|<!--/);
      });

  for (const language of languages)
    for (const set of NODE_SETS)
      it(`explain ${set} in ${language} by the editor's rules`, () => {
        const help = helpOf(language, set);
        assert.match(help, new RegExp(`^<script type="text/html" data-help-name="${set}">\\s*<p>`));
        assert.match(help, /<h3>/);
        assert.doesNotMatch(help, /<b>|<strong>|<i>|<em>/);
      });
});
