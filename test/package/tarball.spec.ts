import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NAME_LANGUAGES } from "../../src/support/name-languages.js";
import { ROOT } from "../helpers/node-red.js";
import { tarball } from "../helpers/packed.js";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly keywords: string[];
  readonly repository: { url: string };
  readonly bugs: { url: string };
  readonly homepage: string;
  readonly engines: { node: string };
  readonly "node-red": { version: string; nodes: Record<string, string> };
  readonly types: string;
  readonly bin: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly scripts: Record<string, string>;
}

const manifest = JSON.parse(read("package.json")) as Manifest;
/** Base names that others have published; Node-RED users would mix them up. */
const TAKEN = ["node-red-contrib-bmw-cardata", "node-red-contrib-car-bmw"];
const EXPECTED =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|resources\/catalogue\.json|resources\/names\/[a-z]{2}\.json|icons\/[\w-]+\.svg|examples\/([^/]+\/)?[^/]+\.json|dist\/(src|resources)\/[\w./-]+\.(js|js\.map|json)|dist\/types\/[\w/-]+\.d\.ts|dist\/nodes\/[\w-]+\.(js|js\.map|html)|dist\/nodes\/lib\/[\w-]+\.(js|js\.map)|dist\/nodes\/plugins\/[\w-]+\.(js|js\.map|html)|dist\/nodes\/cockpit\/(cockpit\.(js|css)|index\.html|licences\.txt)|dist\/nodes\/icons\/[\w-]+\.svg|dist\/nodes\/locales\/[a-z]{2}(-[A-Z]{2})?\/[\w-]+\.(json|html))$/;

describe("the tarball", () => {
  it("holds what is needed and nothing else", () => {
    const paths = tarball().files.map(({ path }) => path);
    assert.deepEqual(
      paths.filter((path) => !EXPECTED.test(path)),
      [],
    );
    const needed = ["README.md", "LICENSE", "CHANGELOG.md", ...Object.values(manifest["node-red"].nodes)];
    const besides = Object.keys(manifest["node-red"].nodes).flatMap((set) => [
      `dist/nodes/${set}.html`,
      ...["en-US", ...NAME_LANGUAGES].flatMap((language) =>
        ["json", "html"].map((ending) => `dist/nodes/locales/${language}/${set}.${ending}`),
      ),
    ]);
    // Once for the editor, once for what runs.
    const names = NAME_LANGUAGES.flatMap((language) =>
      ["resources", "dist/resources"].map((folder) => `${folder}/names/${language}.json`),
    );
    const commands = Object.values(manifest.bin);
    for (const path of [...needed, ...besides, ...names, ...commands, manifest.types])
      assert.ok(paths.includes(path), path);
  });

  it("has few dependencies, and no size that only a mistake explains: 1.4 MB, 6 MB unpacked", () => {
    const { size, unpackedSize } = tarball();
    assert.ok(size <= 1_400_000, String(size));
    assert.ok(unpackedSize <= 6_000_000, String(unpackedSize));
    assert.ok(Object.keys(manifest.dependencies).length <= 8);
  });

  it("brings its command as an executable file", () => {
    for (const path of Object.values(manifest.bin)) {
      const file = tarball().files.find((one) => one.path === path);
      assert.equal((file?.mode ?? 0) & 0o111, 0o111);
      assert.match(read(path), /^#!\/usr\/bin\/env node\n/);
    }
  });
});

describe("package.json", () => {
  it("passes the flow library's checks of name, licence, addresses and keyword", () => {
    assert.match(manifest.name, /^@[\w-]+\/node-red-contrib-[\w-]+$/);
    assert.ok(!TAKEN.includes(manifest.name.split("/")[1] ?? ""));
    assert.equal(manifest.license, "BSD-2-Clause");
    assert.match(read("LICENSE"), /^BSD 2-Clause License/);
    assert.ok(manifest.keywords.includes("node-red"));
    assert.ok(manifest.description.length <= 140);
    for (const url of [manifest.repository.url, manifest.bugs.url, manifest.homepage]) assert.match(url, /https:\/\//);
  });

  it("supports Node.js from 20.17 and Node-RED from 4.0, without an upper end", () => {
    assert.equal(manifest.engines.node, ">=20.17");
    assert.equal(manifest["node-red"].version, ">=4.0.0");
  });

  it("names one owner in all places of which CONTRIBUTING says that they name it", () => {
    const files = ["package.json", "README.md", ".github/ISSUE_TEMPLATE/config.yml", "src/support/version.ts"];
    const owners = files.map((file) => {
      const found = [...read(file).matchAll(/\/([\w-]+)\/node-red-contrib-cardata\b/g)].map(([, owner]) => owner);
      return [file, ...new Set(found)];
    });
    const [[, owner] = []] = owners;
    assert.deepEqual(
      owners,
      files.map((file) => [file, owner]),
    );
    assert.ok(
      read("CONTRIBUTING.md").includes("`grep -rnw OWNER package.json README.md .github src/support/version.ts`"),
    );
  });

  it("has its version in the changelog", () => {
    assert.ok(read("CHANGELOG.md").includes(`## [${manifest.version}]`));
  });
});

describe("the lock file", () => {
  interface Locked {
    readonly version: string;
    readonly dev?: boolean;
    readonly hasInstallScript?: boolean;
    readonly license?: string;
  }
  const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true);

  it("holds no download address", () => {
    assert.doesNotMatch(read("package-lock.json"), /"resolved"/);
  });

  it("lets no dependency run a script at installation", () => {
    assert.ok(shipped.length > 0);
    assert.deepEqual(
      shipped.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path),
      [],
    );
  });

  it("holds only dependencies whose licences go with ours", () => {
    const free = /^\(?(MIT|ISC|BSD-2-Clause|BSD-3-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0)/;
    assert.deepEqual(
      shipped.filter(([, { license = "" }]) => !free.test(license)).map(([path, { license }]) => `${path}: ${license}`),
      [],
    );
  });
});
