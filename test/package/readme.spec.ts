import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ROOT } from "../helpers/node-red.js";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const readme = read("README.md");
/** Links to files of this repository, whoever owns it. */
const OWN =
  /https:\/\/(?:raw\.githubusercontent\.com|github\.com)\/[\w-]+\/node-red-contrib-cardata\/(?:blob\/)?main\/([\w./-]+)/g;

/** The pages of the documentation. */
function pages(): string[] {
  return readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`);
}

const isPage = (file: string) => file.endsWith(".md");

/** The links of a page to files of this repository, with the heading that they lead to. */
function linksOf(page: string): { readonly file: string; readonly heading: string }[] {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links
    .filter((link) => !/^\w+:/.test(link))
    .map((link) => {
      const [path = "", heading = ""] = link.split("#");
      return { file: path === "" ? page : relative(ROOT, join(ROOT, dirname(page), path)), heading };
    });
}

/** The headings of a page as the forge makes addresses of them. */
function headingsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("the pages of the documentation", () => {
  it("link to files and headings that exist", () => {
    for (const page of [...pages(), "CONTRIBUTING.md"])
      for (const { file, heading } of linksOf(page)) {
        assert.ok(existsSync(join(ROOT, file)), `${page}: ${file}`);
        if (heading !== "") assert.ok(headingsOf(file).includes(heading), `${page}: ${file}#${heading}`);
      }
  });
});

describe("README", () => {
  it("names only commands that exist", () => {
    const { scripts, bin } = JSON.parse(read("package.json")) as {
      scripts: Record<string, string>;
      bin: Record<string, string>;
    };
    for (const file of ["README.md", "CONTRIBUTING.md"]) {
      const text = read(file);
      for (const [, script = ""] of text.matchAll(/npm run ([\w:-]+)/g)) assert.ok(script in scripts, script);
      for (const [, command = ""] of text.matchAll(/npx (cardata-[\w-]+)/g)) assert.ok(command in bin, command);
    }
    for (const command of ["npm start", "npm test"]) assert.ok(readme.includes(command));
  });

  it("shows pictures and files that exist, by addresses that work on npm and in the flow library", () => {
    const own = [...readme.matchAll(OWN)].map(([, file = ""]) => file);
    assert.ok(own.some((file) => file.endsWith(".png")));
    for (const file of own) assert.ok(existsSync(join(ROOT, file)), file);
    const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
    assert.deepEqual(
      targets.filter((target) => !target.startsWith("https://")),
      [],
    );
  });

  it("is short", () => {
    assert.ok(readme.split("\n").length <= 200);
  });

  it("leads to every page for users", () => {
    const led = new Set([...readme.matchAll(OWN)].map(([, file = ""]) => file));
    const onward = [...led].filter(isPage).flatMap((page) => linksOf(page).map(({ file }) => file));
    assert.deepEqual(
      pages().filter((page) => !led.has(page) && !onward.includes(page)),
      [],
    );
  });

  it("acknowledges where the idea came from", () => {
    assert.match(readme, /bmw-cardata-ha.*Kris Van Biesen/s);
  });
});
