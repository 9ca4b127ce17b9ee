// npm run test:soak [-- --minutes n] [-- --only properties,faults,messages] [-- --seed n]: what an ordinary run does with
// fixed seeds, with random ones and much longer. Each title tells how to repeat it. Ends with `N passed, N failed`.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compiled, ensure } from "./run.mjs";

const MINUTE_MS = 60_000;
/** How many times as often as in `npm test` random tests try. */
const RUNS = 40;
/** So many spec files are started before the time is looked at again. */
const FILES_AT_ONCE = 4;
const MOST_SEED = 2 ** 31 - 1;

const PARTS = { properties, faults, messages };
const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    only: { type: "string", default: Object.keys(PARTS).join(",") },
    seed: { type: "string", default: String(randomInt(MOST_SEED)) },
  },
});
const names = values.only.split(",");
const [minutes, firstSeed] = [values.minutes === undefined ? null : Number(values.minutes), Number(values.seed)];
const unknown = names.filter((name) => !(name in PARTS));
if (unknown.length > 0 || !Number.isSafeInteger(firstSeed) || Number.isNaN(minutes)) {
  console.error(`Unknown: ${unknown.join(", ") || "number"}. Parts: ${Object.keys(PARTS).join(", ")}.`);
  process.exit(1);
}

await ensure();
// Only now the dependencies are there.
const { runJobs } = await import("./jobs.mjs");
const { counts, countsTold, mocha, randomSpecs } = await import("./suites.mjs");

console.log(`Soak with --seed ${firstSeed}`);
const total = { passed: 0, failed: 0 };
for (const name of names) await PARTS[name](minutes === null ? null : (minutes * MINUTE_MS) / names.length);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** Random tests, many times; without a limit once each. */
async function properties(limitMs) {
  await again(limitMs, async (seed, isOver) => {
    const files = randomSpecs();
    while (files.length > 0 && !isOver())
      await run(files.splice(0, FILES_AT_ONCE).map((file) => propertyJob(file, seed)));
  });
}

function propertyJob(file, seed) {
  const env = { CARDATA_SEED: String(seed), CARDATA_RUNS: String(RUNS) };
  const title = `CARDATA_SEED=${seed} CARDATA_RUNS=${RUNS} npm test -- ${file}`;
  return { title, cores: 1, isQuiet: true, env, args: mocha([file], "dot", ["--no-timeout"]), counts };
}

/** The fault list: its long form, or as often as fits its short one. */
async function faults(limitMs) {
  await again(limitMs, (seed) => {
    const args = [...(limitMs === null ? [] : ["--short"]), "--seed", String(seed)];
    const program = join(compiled, "test", "faults", "main.js");
    const title = `npm run test:faults -- ${args.join(" ")}`;
    return run([{ title, cores: 1, args: ["--enable-source-maps", program, ...args], counts: countsTold }]);
  });
}

/** A million hostile messages, or as many as fit. */
async function messages(limitMs) {
  const program = join(compiled, "test", "soak", "messages.js");
  const args = ["--seed", String(firstSeed), ...(limitMs === null ? [] : ["--minutes", String(limitMs / MINUTE_MS)])];
  const title = `npm run test:soak -- --only messages --seed ${firstSeed}`;
  const node = ["--expose-gc", "--enable-source-maps"];
  await run([{ title, cores: 1, args: [...node, program, ...args], counts: countsTold }]);
}

/** Once, or again and again with other seeds until the time is over. */
async function again(limitMs, round) {
  const end = Date.now() + (limitMs ?? Infinity);
  const isOver = () => Date.now() >= end;
  for (let seed = firstSeed; seed === firstSeed || (limitMs !== null && !isOver()); seed++) await round(seed, isOver);
}

async function run(jobs) {
  const { passed, failed } = await runJobs(jobs);
  total.passed += passed;
  total.failed += failed;
}
