// The suites: which there are, what they need, and how mocha runs them.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { compiled, ROOMY, root } from "./run.mjs";

/**
 * `processes`: into how many their specs are divided; `alone`: those that wait for so long that each has a process of its
 * own; `quickly`: how they are divided without what is long; `cores`: how much of a core such a process keeps busy.
 * `isCovered`: runs the sources, at a speed at which coverage can be taken; the others run the built package, or are
 * simulated lives of weeks. `isPacked`: needs the package as users get it. `isBrowser`: needs a Chromium.
 * `isOfVersions`: depends on the versions of Node.js and Node-RED, but for the specs that are named.
 */
export const SUITES = {
  runtime: {
    processes: 2,
    alone: ["homeassistant-broker", "hostile-texts"],
    cores: 0.2,
    isPacked: true,
    isOfVersions: true,
  },
  nodes: { processes: 3, alone: ["work-ends", "homeassistant"], cores: 0.05, isCovered: true, isOfVersions: true },
  editor: { processes: 3, alone: ["login-trouble"], quickly: { alone: [] }, cores: 0.5, isBrowser: true },
  lives: { processes: 1, cores: 1 },
  unit: { processes: 3, cores: 1, isCovered: true },
  package: { processes: 1, alone: ["example-scenes"], cores: 0.1, isPacked: true, isOfVersions: true },
};

const specsNamed = (suite, ...names) => names.map((name) => `test/${suite}/${name}.spec.ts`);

/**
 * Specs that are left to CI unless they are asked for: months of cars, drives and charges by the hundred, every member of a
 * stored document with wrong values, what everything looks like, a cockpit behind a proxy, and every fault that the check
 * of an account knows.
 */
export const LONG = [
  "test/lives/",
  ...specsNamed("unit", "account/kinds-at-work", "account/mutated-documents", "vehicle/week"),
  ...specsNamed("unit", "soc/driving-worlds", "soc/filter-worlds", "soc/tracked-drive"),
  ...specsNamed("editor", "all-languages", "canvas", "dark", "languages", "screenshots"),
  ...specsNamed("editor", "cockpit-looks", "cockpit-pictures", "cockpit-real"),
  ...specsNamed("editor", "doctor-broken", "doctor-broker", "doctor-data"),
];
/** How often random tests try outside CI, of what stands in the specs, unless it is said. */
const QUICK_RUNS = "0.25";

/** Specs of such suites that look at files and texts only, or at what the disk, a broker and BMW do to a running account. */
const ANY_VERSION = [
  ...specsNamed("package", "editor-files", "example-guests", "locales", "readme"),
  ...specsNamed("package", "tarball", "habits", "dev", "translations"),
  ...specsNamed("runtime", "homeassistant-broker", "hostile-texts", "rotation", "secrets", "trouble"),
];

/** What a new user does in the editor, and nothing of which may depend on its version. */
const ANY_EDITOR = specsNamed("editor", "first-steps", "set-up", "cockpit-sidebar", "cockpit-real");

const { findChromium } = createRequire(import.meta.url)(join(compiled, "test", "helpers", "find-chromium.js"));
/** Whether the suites that need a Chromium can run. */
export const hasBrowser = findChromium() !== null;

/** Longer than any helper waits for an event, so that the one that waits says what did not come. */
const MOCHA = [
  ROOMY,
  "--enable-source-maps",
  join(root, "node_modules", "mocha", "bin", "mocha.js"),
  "--timeout",
  "180000",
];
const HOOKS = ["--require", join(compiled, "test", "helpers", "root-hooks.js")];

/** Arguments for Node.js that run spec files, named by their sources; `more` are mocha's. */
export function mocha(files, reporter = "dot", more = []) {
  const specs = files.map((file) => join(compiled, file.replace(/\.ts$/, ".js")));
  return [...MOCHA, ...HOOKS, "--reporter", reporter, ...more, ...specs];
}

/** The jobs of a suite; `how`: what else a job may have; `isQuick`: without what is long. */
export function jobsOf(suite, { how = {}, isQuick = false } = {}) {
  const env = { ...(isQuick && { CARDATA_RUNS: process.env.CARDATA_RUNS ?? QUICK_RUNS }), ...how.env };
  const isLong = (file) => LONG.some((beginning) => file.startsWith(beginning));
  return jobsFor(
    suite,
    specsOf(suite).filter((file) => !isQuick || !isLong(file)),
    { ...how, env },
    isQuick,
  );
}

/** Programs of their own, in a small form: those of the fault list that matter most, and the rows of the bench. */
export function smallJobs() {
  const job = (title, cores, program, ...args) => {
    const file = join(compiled, program.replace(/\.ts$/, ".js"));
    return { title, cores, args: ["--enable-source-maps", file, ...args], counts: countsTold };
  };
  const faults = "kill,disk-full,two-processes,wrong-owner,burst";
  return [
    job("faults, short form", 0.8, "test/faults/main.ts", "--short", "--only", faults),
    job("bench, tiny", 0.7, "bench/main.ts", "--tiny"),
  ];
}

const OF_VERSIONS = Object.keys(SUITES).filter((name) => SUITES[name].isOfVersions);
/** The jobs of all specs that depend on versions, for some of these. */
export function jobsOfVersions(title, how, { suites = OF_VERSIONS, hasOtherEditor = false }) {
  const jobs = suites.flatMap((suite) => {
    const specs = specsOf(suite).filter((file) => !ANY_VERSION.includes(file));
    return jobsFor(suite, specs, how);
  });
  if (hasOtherEditor && hasBrowser) jobs.push(...jobsFor("editor", ANY_EDITOR, how));
  return jobs.map((job) => ({ ...job, title: `${title}: ${job.title}` }));
}

/** The spec files of random tests. */
export function randomSpecs() {
  const isRandom = (file) => /helpers\/random\.js|from "fast-check"/.test(readFileSync(join(root, file), "utf8"));
  return Object.keys(SUITES).flatMap(specsOf).filter(isRandom);
}

/** The spec files of a suite, by the paths of their sources. */
function specsOf(suite) {
  return readdirSync(join(root, "test", suite), { recursive: true })
    .filter((name) => name.endsWith(".spec.ts"))
    .map((name) => join("test", suite, name))
    .sort();
}

/** In a process of those that share a suite: one of the editor's, with its browser, begins with six seconds of work. */
const LEAST_SPECS = 4;

function jobsFor(suite, files, how, isQuick = false) {
  const { quickly = {}, ...usual } = SUITES[suite];
  const { processes, alone = [], cores } = isQuick ? { ...usual, ...quickly } : usual;
  const isAlone = (file) => alone.includes(basename(file, ".spec.ts"));
  const others = files.filter((file) => !isAlone(file));
  const length = Math.min(processes, Math.ceil(others.length / LEAST_SPECS));
  const parts = Array.from({ length }, (_, part) => others.filter((_file, index) => index % length === part));
  return [...files.filter(isAlone).map((file) => [file]), ...parts]
    .filter((part) => part.length > 0)
    .map((part, index, { length }) => ({
      ...how,
      title: length === 1 ? suite : `${suite}, part ${index + 1} of ${length}`,
      cores,
      args: mocha(part),
      counts,
    }));
}

/** Of a program that ends with `N passed, N failed`. */
export function countsTold(code, output) {
  const [, passed = 0, failed = 0] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? [];
  return { passed: Number(passed), failed: Math.max(Number(failed), code === 0 ? 0 : 1) };
}

/** Of mocha. A suite that died, or ran nothing, has failed even if every test that ran has passed. */
export function counts(code, output) {
  const count = (word) => Number(new RegExp(`^\\s*(\\d+) ${word}`, "m").exec(output)?.[1] ?? 0);
  const [passed, failed] = [count("passing"), count("failing")];
  const isLost = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: isLost ? 1 : failed };
}
