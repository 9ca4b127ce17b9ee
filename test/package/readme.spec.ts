import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/node-red.js";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const readme = read("README.md");
const OWN =
  /https:\/\/(?:raw\.githubusercontent\.com|github\.com)\/OWNER\/node-red-contrib-cardata\/(?:blob\/)?main\/([\w./-]+)/g;

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

  it("acknowledges where the idea came from", () => {
    assert.match(readme, /bmw-cardata-ha.*Kris Van Biesen/s);
  });
});
