import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { isObject } from "../../src/support/json.js";
import { ROOT } from "../helpers/node-red.js";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const namesIn = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
const manifest = JSON.parse(read("package.json")) as { scripts: Record<string, string>; engines: { node: string } };
const FORMS = namesIn(".github/ISSUE_TEMPLATE").filter((file) => !file.endsWith("config.yml"));
const WORKFLOWS = namesIn(".github/workflows");

/** All values with this key, however deep. */
function valuesOf(key: string, within: unknown): unknown[] {
  if (Array.isArray(within)) return within.flatMap((member) => valuesOf(key, member));
  if (!isObject(within)) return [];
  return Object.entries(within).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(key, value)]);
}

describe("the workflows", () => {
  for (const file of WORKFLOWS)
    it(`${file} can be parsed, has jobs with steps, and ends by itself`, () => {
      const { jobs } = parse(read(file)) as { jobs: Record<string, { steps: unknown[]; "timeout-minutes": number }> };
      assert.ok(Object.keys(jobs).length > 0);
      for (const job of Object.values(jobs)) {
        assert.ok(job.steps.length > 0);
        assert.ok(job["timeout-minutes"] > 0);
      }
    });

  it("run scripts that exist", () => {
    const commands = WORKFLOWS.flatMap((file) => valuesOf("run", parse(read(file)))).map(String);
    const scripts = commands.flatMap((text) => [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name));
    const files = commands.flatMap((text) =>
      [...text.matchAll(/node (scripts\/[\w.-]+)/g)].map(([, name = ""]) => name),
    );
    assert.ok(scripts.includes("test:matrix") && files.includes("scripts/check-release.mjs"));
    for (const name of scripts) assert.ok(name in manifest.scripts, name);
    for (const file of files) assert.ok(existsSync(join(ROOT, file)), file);
  });

  it("test on the oldest Node.js that package.json promises, and work on that of .nvmrc", () => {
    const oldest = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node);
    const ci: unknown = parse(read(".github/workflows/ci.yml"));
    const versions = valuesOf("node", ci).flat().map(String);
    const nvmrc = read(".nvmrc").trim();
    assert.ok(valuesOf("node-version", ci).includes(`${oldest?.[1]}.${oldest?.[2]}`));
    assert.equal(nvmrc, oldest?.[1]);
    assert.ok(versions.includes(nvmrc));
    assert.match(read(".devcontainer/devcontainer.json"), new RegExp(`typescript-node:${nvmrc}-`));
  });

  it("publish with the right to prove where the package was built, and with no other right to write than for the notes", () => {
    const { permissions, jobs } = parse(read(".github/workflows/release.yml")) as {
      permissions: unknown;
      jobs: { publish: { permissions: unknown } };
    };
    assert.deepEqual(permissions, { contents: "read" });
    assert.deepEqual(jobs.publish.permissions, { contents: "write", "id-token": "write" });
  });
});

describe("the issue forms", () => {
  for (const file of FORMS)
    it(`${file} can be parsed and asks for what is needed`, () => {
      const form = parse(read(file)) as {
        name: string;
        description: string;
        body: { type: string; id?: string; attributes: { label?: string } }[];
      };
      assert.ok(form.name !== "" && form.description !== "");
      const ids = form.body.flatMap(({ id }) => id ?? []);
      assert.equal(new Set(ids).size, ids.length);
      for (const { type, attributes } of form.body) {
        assert.match(type, /^(markdown|input|textarea|dropdown|checkboxes)$/);
        assert.ok(type === "markdown" || attributes.label !== undefined);
      }
    });

  it("ask for the diagnostics, and say where the editor has them", () => {
    const bug = read(".github/ISSUE_TEMPLATE/bug.yml");
    const { diagnostics } = (
      JSON.parse(read("nodes/locales/en-US/cardata-account.json")) as {
        "cardata-account": { diagnostics: { save: string } };
      }
    )["cardata-account"];
    assert.ok(bug.includes(`**${diagnostics.save}**`), diagnostics.save);
  });
});

describe("the sources", () => {
  it("have no enums: unions of words are what they are at run time as well", () => {
    const folders = ["src", "nodes", "test", "bench", "demo"];
    const files = folders.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, String(name))),
    );
    const sources = files.filter((file) => file.endsWith(".ts"));
    assert.ok(sources.length > 1000);
    assert.deepEqual(
      sources.filter((file) => /^(export |const |declare )*enum \w/m.test(read(file))),
      [],
    );
  });
});

describe("other files for people and tools", () => {
  it("can be parsed", () => {
    for (const file of [".devcontainer/devcontainer.json", "renovate.json"])
      assert.ok(isObject(JSON.parse(read(file))));
    assert.ok(isObject(parse(read(".github/ISSUE_TEMPLATE/config.yml"))));
    assert.match(read(".editorconfig"), /^root = true$/m);
  });

  it("say the same width of a line", () => {
    const { printWidth } = JSON.parse(read(".oxfmtrc.json")) as { printWidth: number };
    assert.ok(read(".editorconfig").includes(`max_line_length = ${printWidth}`));
  });
});

describe("the documents for developers", () => {
  const documents = ["CONTRIBUTING.md", "SECURITY.md", ...["docs", "docs/decisions"].flatMap(namesIn)];
  const texts = documents.filter((file) => file.endsWith(".md"));

  for (const file of texts)
    it(`${file} names files that exist`, () => {
      const text = read(file);
      const paths = [...text.matchAll(/`((?:\.github|docs|findings|nodes|resources|scripts|src|test)\/[\w./-]+)`/g)];
      for (const [, path = ""] of paths) assert.ok(existsSync(join(ROOT, path)) || path === "docs/estimator.md", path);
      for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
        assert.ok(existsSync(join(ROOT, file, "..", target)), target);
    });

  it("list at least twenty behaviours and the files in which they live", () => {
    const [, index = ""] = read("docs/architecture.md").split("## Index");
    assert.ok([...index.matchAll(/^\| .* \| `[\w./-]+\.ts` +\|$/gm)].length >= 20);
  });

  it("list all decisions, numbered without a gap, each with context, decision and consequences", () => {
    const records = namesIn("docs/decisions").filter((file) => !file.endsWith("README.md"));
    const list = read("docs/decisions/README.md");
    records.sort().forEach((file, index) => {
      const name = file.replace("docs/decisions/", "");
      assert.ok(name.startsWith(String(index + 1).padStart(4, "0")), name);
      assert.ok(list.includes(`](${name})`), name);
      const headings = [...read(file).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, ["Context", "Decision", "Consequences"]);
    });
  });

  it("hold every section that the code refers to, and are the only place outside the code that it refers to", () => {
    const sections = new Set([...read("docs/bmw.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading));
    const sources = ["src", "nodes", "bench"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => read(join(folder, name))),
    );
    const named = sources.flatMap((text) =>
      [...text.matchAll(/docs\/bmw\.md, "([^"]+)"/g)].map(([, section]) => section),
    );
    assert.ok(named.length >= 5);
    for (const section of named) assert.ok(sections.has(section), section);
    for (const text of sources)
      assert.doesNotMatch(text, /account-and-api|stream-and-descriptors|soc-prediction|field-notes/);
  });

  it("describe each finding where it can be found", () => {
    const observed = read("docs/observed-behaviour.md");
    for (const file of namesIn("findings")) assert.ok(observed.includes(file), file);
  });
});

describe("a release", () => {
  /** Runs the check on a clone with these files. */
  function check(tag: string, files: { version: string; changelog: string; readme?: string }) {
    const clone = mkdtempSync(join(tmpdir(), "cardata-release-"));
    try {
      mkdirSync(join(clone, "scripts"));
      for (const name of ["check-release.mjs", "run.mjs", "fingerprint.mjs"])
        copyFileSync(join(ROOT, "scripts", name), join(clone, "scripts", name));
      writeFileSync(join(clone, "package.json"), JSON.stringify({ version: files.version }));
      writeFileSync(join(clone, "CHANGELOG.md"), files.changelog);
      writeFileSync(join(clone, "README.md"), files.readme ?? "");
      return spawnSync(process.execPath, [join(clone, "scripts", "check-release.mjs"), tag], { encoding: "utf8" });
    } finally {
      rmSync(clone, { recursive: true });
    }
  }
  const CHANGELOG =
    "# Changelog\n\n## [1.1.0] - 2026-01-31\n\n### Added\n\n- something\n\n## [1.0.0] - 2026-01-01\n\n- first\n";

  it("gets its notes from the changelog", () => {
    const { status, stdout } = check("v1.1.0", { version: "1.1.0", changelog: CHANGELOG });
    assert.equal(status, 0);
    assert.equal(stdout, "### Added\n\n- something\n");
  });

  for (const [title, tag, files, reason] of [
    ["another version", "v1.2.0", { version: "1.1.0", changelog: CHANGELOG }, /package\.json says 1\.1\.0/],
    ["no section", "v1.2.0", { version: "1.2.0", changelog: CHANGELOG }, /no section/],
    ["no date", "v2.0.0", { version: "2.0.0", changelog: "## [2.0.0] - unreleased\n" }, /no date/],
    ["a placeholder", "v1.1.0", { version: "1.1.0", changelog: CHANGELOG, readme: "OWNER" }, /placeholder/],
  ] as const)
    it(`is refused with ${title}`, () => {
      const { status, stderr } = check(tag, files);
      assert.equal(status, 1);
      assert.match(stderr, reason);
    });

  it("of this clone is stopped by what is open only", () => {
    const { version } = JSON.parse(read("package.json")) as { version: string };
    const { stderr } = spawnSync(process.execPath, [join(ROOT, "scripts", "check-release.mjs"), `v${version}`], {
      encoding: "utf8",
    });
    for (const line of stderr.trim().split("\n").filter(Boolean)) assert.match(line, /placeholder OWNER|no date/);
  });
});
