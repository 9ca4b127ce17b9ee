import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as RecordingModule from "../../src/replay/recording.js";
import type * as ReplayModule from "../../src/replay/replay.js";
import type { ReplayedNode } from "../../src/replay/replay.js";
import { ROOT } from "../../test/helpers/node-red.js";
import { temporaryFolder } from "../../test/helpers/red-process.js";
import { builtIn } from "../lib/built.js";
import { commuterLines } from "../lib/commuter-lines.js";
import { RICH_DESCRIPTORS, benchMessage, benchVin } from "../lib/messages.js";
import type { Result, Size } from "../lib/result.js";
import { compare, cpuMs, measuredOf, type Rounds } from "../lib/rounds.js";

/** Where recordings of charges are, in `recordings/` and `worlds/`. */
const REFERENCE = process.env["CARDATA_REFERENCE"] ?? "";
/** Another clone that was built, with which this one is compared. Without it this one is compared with itself. */
const BASELINE = process.env["CARDATA_BASELINE"] ?? "";

const SIZES = {
  full: { lines: 3000, days: 60, values: { rounds: 9, warmUp: 2 }, recorded: { rounds: 7, warmUp: 1 } },
  tiny: { lines: 30, days: 2, values: { rounds: 1, warmUp: 0 }, recorded: { rounds: 1, warmUp: 0 } },
};
const LEAST_RATIO = 0.3;
const START = Date.parse("2026-03-02T06:00:00Z");
const EVERY_NODE = ["stream", "telematics", "predicted-soc", "traccar", "homeassistant"] as const;

/** Recordings whose replay is compared with that of the other build; the first file that is there. */
const RECORDED: readonly {
  readonly what: string;
  readonly files: readonly string[];
  readonly nodes: readonly ReplayedNode[];
  readonly least: number;
}[] = [
  { what: "fast charges, estimates", files: ["recordings/dc-rich"], nodes: ["predicted-soc"], least: 4 },
  {
    what: "charges with a meter, all nodes",
    files: ["worlds/ac-meter", "worlds/meter-house"],
    nodes: EVERY_NODE,
    least: 2,
  },
];

/**
 * A recording to the lines that `cardata-replay` prints, against parsing and stringifying the same; and recordings of
 * charges against another build.
 */
export async function measure(size: Size): Promise<Result[]> {
  const { lines, days, values, recorded } = SIZES[size];
  const folder = temporaryFolder("bench");
  const results = [await plainValues(writeLines(folder, "values", valueLines(lines)), lines, values)];
  const simulated = commuterLines(START, days).map((line) => JSON.stringify(line));
  const commuter = writeLines(folder, "commuter", simulated);
  for (const { what, files, nodes, least } of RECORDED) {
    const known = size === "tiny" ? undefined : files.map(fileOf).find(existsSync);
    const result = await againstBaseline(known ?? commuter, nodes, join(folder, "cpu.json"), recorded);
    const isCompared = known !== undefined && BASELINE !== "";
    results.push({
      what,
      ...result,
      budget: isCompared ? `ratio >= ${least}` : "for information",
      isMet: !isCompared || result.ratio >= least,
    });
  }
  return results;
}

async function plainValues(file: string, lines: number, rounds: Rounds): Promise<Result> {
  const messages: unknown[] = [];
  await replay(ROOT, file, ["stream"], (message) => messages.push(message));
  assert.ok(messages.filter(isValue).length >= lines * RICH_DESCRIPTORS.length);
  const comparison = await compare(
    () => cpuMs(() => replay(ROOT, file, ["stream"], (message) => JSON.stringify(message))),
    () =>
      cpuMs(() => {
        parseAndStringify(file, messages);
      }),
    rounds,
  );
  const { ratio } = comparison;
  const measured = measuredOf(comparison, lines, "line", "parse and stringify");
  return { what: "replay", measured, ratio, budget: `ratio >= ${LEAST_RATIO}`, isMet: ratio >= LEAST_RATIO };
}

async function againstBaseline(file: string, nodes: readonly ReplayedNode[], report: string, rounds: Rounds) {
  let lines = 0;
  await replay(ROOT, file, nodes, () => lines++);
  const cost = (root: string) => async () => commandMs(root, file, nodes, report);
  const comparison = await compare(cost(ROOT), cost(BASELINE === "" ? ROOT : BASELINE), rounds);
  const measured = measuredOf(comparison, lines, "message", BASELINE === "" ? "itself" : "the other build");
  return { measured, ratio: comparison.ratio };
}

function fileOf(name: string): string {
  return join(REFERENCE, `${name}.ndjson.gz`);
}

function valueLines(length: number): string[] {
  return Array.from({ length }, (_, step) => {
    const payload = benchMessage(benchVin(1), RICH_DESCRIPTORS, START, step);
    return JSON.stringify({ at: payload.timestamp, kind: "stream", topic: `gcid/${payload.vin}`, payload });
  });
}

function writeLines(folder: string, name: string, lines: readonly string[]): string {
  const file = join(folder, `${name}.ndjson`);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

/**
 * Measures the CPU time of the command of a build, with its start and all that V8 does for it [ms]: a recording is replayed
 * by a process of its own.
 */
function commandMs(root: string, file: string, nodes: readonly ReplayedNode[], report: string): number {
  const command = [join(root, "dist", "src", "replay", "cli.js"), "--nodes", nodes.join(","), file];
  const env = { ...process.env, CARDATA_CPU_REPORT: report };
  const preload = require.resolve("../cpu-report.js");
  const { status } = spawnSync(process.execPath, ["--require", preload, ...command], { env, stdio: "ignore" });
  assert.equal(status, 0);
  const { user, system } = JSON.parse(readFileSync(report, "utf8")) as NodeJS.CpuUsage;
  return (user + system) / 1000;
}

/** The last replay of each build lives on, as cars do: V8 unlearns whatever nothing alive is an example of. */
const alive = new Map<string, ReplayModule.Replay>();

/** What the command of a build does, without its start. */
async function replay(
  root: string,
  file: string,
  nodes: readonly ReplayedNode[],
  emit: (message: ReplayModule.ReplayedMessage) => void,
): Promise<void> {
  const { openRecording, readRecording } = builtIn(root, "src/replay/recording.js") as typeof RecordingModule;
  const { Replay } = builtIn(root, "src/replay/replay.js") as typeof ReplayModule;
  const run = new Replay({ nodes: new Set(nodes), vehicle: "", form: "each", until: Infinity }, emit);
  for await (const line of readRecording(openRecording(file))) await run.play(line);
  alive.set(root, run);
}

function parseAndStringify(file: string, messages: readonly unknown[]): void {
  for (const line of readFileSync(file, "utf8").split("\n")) if (line !== "") JSON.parse(line);
  for (const message of messages) JSON.stringify(message);
}

function isValue(message: unknown): boolean {
  return (message as ReplayModule.ReplayedMessage).output === 0;
}
