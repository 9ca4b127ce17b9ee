import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_NAME } from "../../src/support/version.js";
import { jwt, VIN } from "../helpers/fakes.js";
import { ROOT } from "../helpers/node-red.js";
import { INSTALLED, tarball } from "../helpers/packed.js";

const OWN = join(INSTALLED, ...PACKAGE_NAME.split("/"));
const FRAME = /\(?((?:nodes|src)\/[\w/.-]+\.ts):(\d+)\)?$/;

describe("the stack of a mistake, as the log of a user shows it", () => {
  const token = jwt({ sub: "somebody" });
  const message = `no car ${VIN} at ${OWN} with ${token}`;
  let lines: string[];

  before(() => {
    const program = require.resolve("../helpers/mistake-process.js");
    const node = join(OWN, "dist", "nodes", "cardata-account.js");
    lines = execFileSync(process.execPath, [program, node, message], { encoding: "utf8" }).trim().split("\n");
  });

  it("names the file and the line of the source", () => {
    const sources = lines.flatMap((line) => {
      const [, file, at] = FRAME.exec(line) ?? [];
      return file === undefined ? [] : [readFileSync(join(ROOT, file), "utf8").split("\n")[Number(at) - 1] ?? ""];
    });
    assert.ok(sources.length >= 3, lines.join("\n"));
    assert.match(sources[0] ?? "", /eachNode\(/);
  });

  it("is reported once, and names nothing secret and no folder of this machine", () => {
    assert.equal(lines.filter((line) => line.startsWith("TypeError: no car …0001")).length, 1);
    const frames = lines.filter((line) => line.startsWith("    at "));
    for (const frame of frames)
      assert.ok(!/\(?\/|dist\//.test(frame.replace(/node:\S+/, "").replace(FRAME, "")), frame);
    assert.ok(!lines.join("\n").includes(token.slice(0, 20)));
  });
});

/** The page with its libraries, which a browser loads as a whole: minified, because its size counts on a phone. */
const PAGE = "nodes/cockpit/cockpit.js";

describe("the shipped code", () => {
  const built = (folder: string) =>
    readdirSync(join(OWN, "dist", folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));

  it("can be read: lines of ordinary length, with the comments of the sources", () => {
    const files = [...built("src"), ...built("nodes")].filter((name) => name.endsWith(".js") && !name.endsWith(PAGE));
    assert.ok(files.length > 50);
    const texts = files.map((name) => readFileSync(join(OWN, "dist", name), "utf8"));
    const lines = texts.flatMap((text) => text.split("\n"));
    const code = lines.map((line) => line.replace(/"[^"]*"/g, '""')).filter((line) => !line.startsWith("exports."));
    const long = code.filter((line) => line.length > 300);
    assert.deepEqual(long, []);
    assert.ok(texts.filter((text) => text.includes("/**")).length > files.length / 2);
  });

  it("has a map beside every file, with the path of its source and without the source", () => {
    const paths = new Set(tarball().files.map(({ path }) => path));
    for (const path of paths) {
      if (!/^dist\/(src|nodes)\/.*\.js$/.test(path) || path.endsWith(PAGE)) continue;
      assert.ok(paths.has(`${path}.map`), path);
      const map = JSON.parse(readFileSync(join(OWN, `${path}.map`), "utf8")) as {
        sources: string[];
        sourcesContent?: string[];
        names: string[];
      };
      assert.deepEqual(
        map.sources.map((source) => join(path, "..", source)),
        [path.replace(/^dist\//, "").replace(/\.js$/, ".ts")],
      );
      assert.deepEqual([map.sourcesContent, map.names], [undefined, []]);
    }
  });
});

const CONSUMER = `
import type { DescriptorMessage, EventMessage, LearningMessage, OperationMessage, VehicleEventMembers } from "${PACKAGE_NAME}";

export function soc(message: DescriptorMessage): number | null {
  return message.name === "soc" && typeof message.payload === "number" ? message.payload : null;
}
export const sizeOf = (message: OperationMessage<"image">): number => message.payload.length;
export const energy = (members: VehicleEventMembers["chargingEnded"]): number | null => members.energyKwh;
export const event = ({ event }: EventMessage): string => event;
export const car = ({ vin }: LearningMessage): string => vin;
// @ts-expect-error There is no such member.
export const none = (message: DescriptorMessage) => message.nothing;
`;

describe("the types of the messages", () => {
  let folder: string;
  before(() => {
    mkdirSync(join(ROOT, ".test-build"), { recursive: true });
    folder = mkdtempSync(join(ROOT, ".test-build", "consumer-"));
    mkdirSync(join(folder, "node_modules", "@types"), { recursive: true });
    symlinkSync(INSTALLED + "/@cardata", join(folder, "node_modules", "@cardata"), "dir");
    symlinkSync(join(ROOT, "node_modules", "@types", "node"), join(folder, "node_modules", "@types", "node"), "dir");
    writeFileSync(join(folder, "consumer.ts"), CONSUMER);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [module, moduleResolution] of [
    ["NodeNext", "NodeNext"],
    ["ESNext", "bundler"],
  ] as const)
    it(`compile where a consumer imports them from the package (${moduleResolution})`, () => {
      const compilerOptions = {
        noEmit: true,
        strict: true,
        target: "ES2022",
        // Without the types of browsers, which are half of the work.
        lib: ["ES2022"],
        types: ["node"],
        module,
        moduleResolution,
      };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
      const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
      const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
      assert.equal(status, 0, stdout);
    });
});
