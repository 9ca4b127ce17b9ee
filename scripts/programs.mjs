// npm run test:programs [-- --only mosquitto,hivemq,telegraf,iobroker,aedes]: the examples that name a program at that program, on
// loopback alone.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onceFor } from "./fingerprint.mjs";
import { installing, installPackage, runAlone, SYSTEM_PATH } from "./guests.mjs";
import { ensurePacked, root, run } from "./run.mjs";

/** Outside the clone, so that nothing is ever committed of it and a second run is quick. */
const home = join(tmpdir(), "cardata-programs");
const sources = join(root, "test", "programs");
const NPM = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
/** The adapter needs Node.js 22 at least. */
const IOBROKER = ["iobroker.js-controller@7.1.1", "iobroker.mqtt@8.1.0", "node@24.21.0"];

/** Makes each program in a folder that is empty; `result`: what is there when it is done. */
const PROGRAMS = {
  mosquitto: { version: "of Debian", result: ".", build: buildMosquitto },
  hivemq: { version: "2025.5", result: "lib", build: buildHiveMq },
  telegraf: { version: "1.37.2", result: "telegraf", build: buildTelegraf },
  iobroker: { version: "8.1.0", result: "fresh", build: buildIoBroker },
};

const installed = {};
for (const [name, program] of Object.entries(PROGRAMS)) installed[name] = await install(name, program);
await ensurePacked();
process.exitCode = await runAlone("test/programs/main.js", { env: { CARDATA_PROGRAMS: JSON.stringify(installed) } });

/** Resolves to where it is, or to why it cannot be had. */
async function install(name, { version, result, build }) {
  const folder = join(home, name);
  try {
    await onceFor(join(home, `${name}.stamp`), join(folder, result), [version, build].join(" "), () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      return build(folder, version);
    });
    return { version, folder };
  } catch (error) {
    return error.message;
  }
}

async function buildMosquitto() {
  const { code, output } = await run("mosquitto", ["-h"], { quiet: true, env: { PATH: SYSTEM_PATH } });
  if (code !== 0 && !output.includes("version")) await installPackage("mosquitto");
}

async function buildHiveMq(folder, version) {
  const artifact = "<groupId>com.hivemq</groupId><artifactId>hivemq-community-edition-embedded</artifactId>";
  const dependency = `<dependency>${artifact}<version>${version}</version></dependency>`;
  const self = "<groupId>programs</groupId><artifactId>hivemq</artifactId><version>1</version>";
  const model = "<modelVersion>4.0.0</modelVersion>";
  const project = `<project>${model}${self}<dependencies>${dependency}</dependencies></project>`;
  writeFileSync(join(folder, "pom.xml"), project);
  cpSync(join(sources, "hivemq"), folder, { recursive: true });
  const args = ["--batch-mode", "--quiet", "dependency:copy-dependencies", "-DoutputDirectory=lib"];
  await installing(`HiveMQ CE ${version}`, "mvn", args, { cwd: folder });
}

/** Builds it with the few plugins that are needed; everything that Go fetches for it is thrown away again. */
async function buildTelegraf(folder, version) {
  cpSync(join(sources, "telegraf"), folder, { recursive: true });
  const module = `module programs/telegraf\n\ngo 1.25.0\n\nrequire github.com/influxdata/telegraf v${version}\n`;
  writeFileSync(join(folder, "go.mod"), module);
  const work = join(folder, "go");
  const env = { GOPATH: work, GOCACHE: join(work, "cache"), GOFLAGS: "-mod=mod -modcacherw -p=1" };
  await installing(`Telegraf ${version} (about ten minutes)`, "go", ["build", "-o", "telegraf", "."], {
    cwd: folder,
    env,
  });
  rmSync(work, { recursive: true, force: true });
}

/** Its adapter without the web page that its users set it up by; each run begins with the folder `fresh`. */
async function buildIoBroker(folder, version) {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "programs", private: true }));
  const how = { cwd: folder, env: { PATH: `${join(folder, "node_modules", "node", "bin")}:${SYSTEM_PATH}` } };
  await installing(`ioBroker.mqtt ${version}`, "npm", [...NPM, ...IOBROKER], how);
  const node = join(folder, "node_modules", "node");
  await installing("its Node.js", process.execPath, ["installArchSpecificPackage.js"], { ...how, cwd: node });
  const controller = ["node_modules/iobroker.js-controller/iobroker.js"];
  await installing("its databases", "node", [...controller, "setup", "first"], how);
  await installing("its adapter", "node", [...controller, "add", "mqtt", "--enabled", "false"], how);
  renameSync(join(folder, "iobroker-data"), join(folder, "fresh"));
}
