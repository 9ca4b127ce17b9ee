import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../helpers/node-red.js";

/** A build that takes what the source says into the program; it fails on the word "broken". */
const BUILD = `
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
const source = readFileSync("src/part/source.txt", "utf8");
if (source.includes("broken")) {
  console.error("there is a mistake in source.txt");
  process.exit(1);
}
mkdirSync("dist", { recursive: true });
writeFileSync("dist/built.txt", source);
`;
/** Makes a demo that reads the build when it starts: both builds of a fresh clone run beside each other. */
const BUILD_TESTS = `
import { mkdirSync, writeFileSync } from "node:fs";
mkdirSync(".test-build/js/demo", { recursive: true });
writeFileSync(".test-build/js/demo/main.js", \`
  process.on("SIGTERM", () => { console.log("demo stopped"); process.exit(); });
  const built = require("node:fs").readFileSync("dist/built.txt", "utf8");
  console.log("demo runs " + built + " " + process.argv.slice(2));
  setInterval(() => {}, 60000);
\`);
`;

/** A clone in which build and demo are so small that they take no time; the script itself is the real one. */
class SmallClone {
  readonly folder = mkdtempSync(join(tmpdir(), "cardata-dev-"));
  /** Lines that were not waited for yet. */
  readonly lines: string[] = [];
  stops = 0;
  #dev: ChildProcess | null = null;
  #hasEnded = false;
  #waiting: (() => void) | null = null;

  constructor() {
    for (const name of ["scripts", "src/part", "node_modules"]) mkdirSync(join(this.folder, name), { recursive: true });
    for (const name of ["dev", "run", "fingerprint"])
      copyFileSync(join(ROOT, "scripts", `${name}.mjs`), join(this.folder, "scripts", `${name}.mjs`));
    // The dependencies are there.
    writeFileSync(join(this.folder, "node_modules", ".package-lock.json"), "{}");
    writeFileSync(join(this.folder, "scripts", "build.mjs"), BUILD);
    writeFileSync(join(this.folder, "scripts", "build-tests.mjs"), BUILD_TESTS);
  }

  /** Writes the source as editors do: a new file takes the place of the old one. */
  write(source: string): void {
    const file = join(this.folder, "src", "part", "source.txt");
    writeFileSync(`${file}.new`, source);
    renameSync(`${file}.new`, file);
  }

  start(...args: string[]): void {
    const dev = spawn(process.execPath, [join(this.folder, "scripts", "dev.mjs"), ...args], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#dev = dev;
    dev.once("close", () => {
      this.#hasEnded = true;
      this.#waiting?.();
    });
    createInterface(dev.stdout).on("line", (line) => {
      this.lines.push(line);
      if (line === "demo stopped") this.stops++;
      this.#waiting?.();
    });
  }

  /** Resolves when such a line has come after the lines that were waited for; fails when none can come any more. */
  async until(pattern: RegExp): Promise<void> {
    for (;;) {
      const index = this.lines.findIndex((line) => pattern.test(line));
      if (index >= 0) {
        this.lines.splice(0, index + 1);
        return;
      }
      if (this.#hasEnded) assert.fail(`The script has ended without a line like ${pattern}: ${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  async stop(): Promise<void> {
    if (this.#dev?.exitCode === null && this.#dev.signalCode === null) {
      const ended = once(this.#dev, "close");
      this.#dev.kill("SIGTERM");
      await ended;
    }
  }
}

describe("npm run dev", () => {
  const clone = new SmallClone();
  after(async () => {
    await clone.stop();
    rmSync(clone.folder, { recursive: true, force: true });
  });

  it("builds and starts the demo, with its arguments", async () => {
    clone.write("one");
    clone.start("--seconds", "30");
    await clone.until(/^demo runs one --seconds,30$/);
  });

  it("builds and starts it anew when a file has changed", async () => {
    clone.write("two");
    await clone.until(/^demo stopped$/);
    await clone.until(/^demo runs two /);
  });

  it("says what cannot be built, leaves the demo alone and goes on", async () => {
    clone.write("broken");
    await clone.until(/there is a mistake in source\.txt/);
    await clone.until(/could not be built/);
    assert.equal(clone.stops, 1);
    clone.write("three");
    await clone.until(/^demo runs three /);
    assert.equal(clone.stops, 2);
  });

  it("ends the demo when it ends", async () => {
    await clone.stop();
    assert.equal(clone.stops, 3);
  });
});
