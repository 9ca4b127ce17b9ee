import type { LogEntry } from "../simulator/request-log.js";
import type { FaultScenario, FaultContext } from "./lib/fault.js";
import { DAY_MS, HOUR_MS, MINUTE_MS, SimulatedWorld, type MeasuredFiles } from "./lib/simulated-world.js";

/** Compares the last days with the first ones [days]; learned data of roads and charges grow for a while. */
const MOST_HEAP_MB = 3;
const MOST_FILE_GROWTH = 1.5;
/** What is kept for years by design: the journal, and the levels of 90 days. Of this household [kB a day]. */
const KEPT = /\/(journal|levels)\//;
const MOST_KEPT_KB = 8;
const MOST_CALLS_A_DAY = 50;
const USED_UP = "CU-429";

/** The event of a day in a household, in turn. */
const EVENTS: Readonly<Record<string, (world: SimulatedWorld, context: FaultContext) => Promise<void>>> = {
  nothing: async () => undefined,
  restart: async (world) => {
    await world.one.restart();
    world.listen();
  },
  outage: async (world, { random }) => {
    world.cutOff("ENETUNREACH");
    await world.pass(random.between(5, 180) * MINUTE_MS);
    world.mend();
  },
  kicks: async (world, { random }) => {
    world.one.bmw.stream.kickEvery(random.between(5, 600) * 1000);
    await world.pass(HOUR_MS);
    world.mend();
  },
  "used-up quota": async (world) => {
    world.one.bmw.faults.burnQuota(MOST_CALLS_A_DAY);
    await world.pass(HOUR_MS);
  },
  "lost container": async (world) => {
    world.one.bmw.faults.loseContainers();
  },
};

/** Simulates a month of everyday life with a fault nearly every day. */
export const month: FaultScenario = {
  title: "30 simulated days",
  rounds: { short: 3, long: 30 },
  checked: "live and logged in each evening, calls within the quota; heap, files, listeners flat",
  run: async (context) => {
    const { rounds, expect, random } = context;
    const world = await SimulatedWorld.live();
    const days: Day[] = [];
    for (let day = 0; day < rounds; day++) {
      const start = world.now;
      await world.pass(random.between(1, 20) * HOUR_MS);
      await EVENTS[random.pick(Object.keys(EVENTS))]!(world, context);
      await world.pass(start + DAY_MS - world.now);
      days.push(evening(world, expect));
      forget(world);
    }
    await world.expectRecovery(expect);
    const figures = compare(days, expect);
    await world.end();
    return figures;
  },
};

interface Day {
  readonly heapMb: number;
  readonly fileBytes: number;
  /** Of journal and levels. */
  readonly keptBytes: number;
  readonly files: number;
  readonly listeners: number;
  readonly calls: number;
}

function evening(world: SimulatedWorld, expect: FaultContext["expect"]): Day {
  const { login, stream } = world.status;
  expect(login.state === "ok", `the login counts as ${login.state} in the evening`);
  expect(stream.state === "live" || stream.state === "quiet", `the stream is ${stream.state} in the evening`);
  world.expectSoundness(expect);
  const { one, files } = world;
  // Refusals for want of quota cost nothing.
  const isSpent = ({ status, error, at }: LogEntry) =>
    status !== undefined && error !== USED_UP && at > world.now - DAY_MS;
  const calls = one.calls().filter(isSpent).length;
  expect(calls <= MOST_CALLS_A_DAY, `${calls} calls in a day`);
  const { events } = one.account;
  return {
    heapMb: heapMb(),
    fileBytes: sizeOf(files, (path) => !KEPT.test(path)),
    keptBytes: sizeOf(files, (path) => KEPT.test(path)),
    files: files.names.length,
    listeners: events.eventNames().reduce((sum, name) => sum + events.listenerCount(name), 0),
    calls,
  };
}

/** The test's own memory must not be taken for the package's. */
function forget({ one }: SimulatedWorld): void {
  for (const list of [one.requests, one.answers, one.events, one.log.lines]) list.length = 0;
  one.bmw.log.clear(one.clock.now() - DAY_MS);
}

function compare(days: readonly Day[], expect: FaultContext["expect"]) {
  const third = Math.max(1, Math.floor(days.length / 3));
  const first = days[third - 1]!;
  const last = days.at(-1)!;
  const heap = last.heapMb - first.heapMb;
  expect(heap < MOST_HEAP_MB, `the heap grew by ${heap.toFixed(1)} MB`);
  const growth = last.fileBytes / first.fileBytes;
  expect(growth < MOST_FILE_GROWTH, `the files grew to ${growth.toFixed(1)} times their size`);
  const keptKb = (last.keptBytes - first.keptBytes) / 1024 / Math.max(1, days.length - third);
  expect(keptKb < MOST_KEPT_KB, `journal and levels grew by ${keptKb.toFixed(1)} kB a day`);
  expect(last.files <= first.files, `${last.files} files instead of ${first.files}`);
  expect(last.listeners <= first.listeners, `${last.listeners} listeners instead of ${first.listeners}`);
  return {
    "heap MB": `${first.heapMb.toFixed(1)} to ${last.heapMb.toFixed(1)}`,
    "files kB": `${Math.round(first.fileBytes / 1024)} to ${Math.round(last.fileBytes / 1024)}`,
    "journal kB a day": keptKb.toFixed(1),
    "most calls a day": Math.max(...days.map(({ calls }) => calls)),
  };
}

function sizeOf(files: MeasuredFiles, isMeant: (path: string) => boolean): number {
  return [...files.sizes].reduce((sum, [path, size]) => sum + (isMeant(path) ? size : 0), 0);
}

function heapMb(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  for (let time = 0; time < 3; time++) collect?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
