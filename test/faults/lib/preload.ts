// Loaded into the process of a Node-RED before anything else: simulates faults of its machine, and measures it.
import dns from "node:dns";
import fs from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { isIP } from "node:net";
import timers from "node:timers";
import {
  MACHINE_VARIABLE,
  shownTime,
  SOUND_MACHINE,
  type MachineNews,
  type MachineState,
  type Measurement,
  type MachineOrder,
} from "./machine.js";

type Call = (...args: unknown[]) => unknown;
type Calls = Record<string, Call>;

const RealDate = Date;
const report = (events: MachineNews) => process.send?.(events);
let state: MachineState = {
  ...SOUND_MACHINE,
  time: { real: RealDate.now(), shown: RealDate.now(), speed: 1 },
  ...(JSON.parse(process.env[MACHINE_VARIABLE] ?? "{}") as Partial<MachineState>),
};

// Time

const now = () => Math.round(shownTime(state.time, RealDate.now()));
const scaled = (ms: unknown) => (typeof ms === "number" ? ms / state.time.speed : ms);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver): unknown => (name === "now" ? now : Reflect.get(target, name, receiver)),
});

/** Waits as long as the clock of the machine shows. */
function onMachineTime<Timer extends object>(timer: Timer): Timer {
  return new Proxy(timer, {
    apply: (target, self, [run, ms, ...args]: unknown[]): unknown =>
      Reflect.apply(target as Call, self, [run, scaled(ms), ...args]),
  });
}

globalThis.setTimeout = timers.setTimeout = onMachineTime(timers.setTimeout);
globalThis.setInterval = timers.setInterval = onMachineTime(timers.setInterval);
const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => timeout(state.impatient ? Math.ceil(ms / state.time.speed) : ms);

// Files

const MESSAGES: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "resource busy or locked",
  EIO: "i/o error",
  EMFILE: "too many open files",
  ENOSPC: "no space left on device",
  EROFS: "read-only file system",
};

/** Returns the error of a file operation that is to fail, `null` if it may continue. */
function troubleOf(syscall: string, calls: "read" | "write", path: unknown): Error | null {
  const trouble = state.files;
  if (trouble?.calls !== calls || !String(path).startsWith(trouble.folder)) return null;
  const { code } = trouble;
  return Object.assign(new Error(`${code}: ${MESSAGES[code] ?? "failed"}, ${syscall} '${String(path)}'`), {
    code,
    syscall,
    path: String(path),
  });
}

const opensForWriting = (flags: unknown) => typeof flags === "string" && /[wa+]/.test(flags);
const kindOf = (name: string, args: unknown[]): "read" | "write" => {
  if (name === "open") return opensForWriting(args[1]) ? "write" : "read";
  return name.startsWith("read") ? "read" : "write";
};

const PROMISED = ["open", "readFile", "readdir", "writeFile", "rename", "rm", "unlink", "truncate"];
const promised = fs.promises as unknown as Calls;
for (const name of PROMISED) {
  const original = promised[name]!;
  promised[name] = async (...args) => {
    const error = troubleOf(name, kindOf(name, args), args[0]);
    if (error !== null) throw error;
    return original.apply(fs.promises, args);
  };
}

const CALLED_BACK = ["open", "readFile", "readdir", "writeFile", "rename", "unlink", "truncate"];
const calledBack = fs as unknown as Calls;
for (const name of CALLED_BACK) {
  const original = calledBack[name]!;
  calledBack[name] = (...args) => {
    const done = args.at(-1);
    const error = troubleOf(name, kindOf(name, args), args[0]);
    if (error === null || typeof done !== "function") return original.apply(fs, args);
    process.nextTick(done, error);
    return undefined;
  };
}

// Names

const lookUp = dns.lookup as Call;
(dns as unknown as Calls)["lookup"] = (host, ...args) => {
  if (!state.nameless || isIP(String(host)) !== 0) return lookUp(host, ...args);
  const error = new Error(`getaddrinfo EAI_AGAIN ${String(host)}`);
  const details = { code: "EAI_AGAIN", errno: -3001, syscall: "getaddrinfo", hostname: host };
  process.nextTick(args.at(-1) as Call, Object.assign(error, details));
  return {};
};
syncBuiltinESMExports();

// Faults and resources of the process

/** Deprecations are those of Node-RED's own parts. */
const TELLING_WARNING = /MaxListeners|Timeout|Promise|Unhandled/;

const textOf = (thrown: unknown) => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
process.on("unhandledRejection", (reason) => report({ machine: "complaint", text: `unhandled: ${textOf(reason)}` }));
process.on("uncaughtExceptionMonitor", (error) => report({ machine: "complaint", text: `uncaught: ${textOf(error)}` }));
process.on("warning", (warning) => {
  if (TELLING_WARNING.test(warning.name)) report({ machine: "complaint", text: textOf(warning) });
});

const LOOK_MS = 5;
let [blockedMs, lookedAt, used] = [0, performance.now(), process.cpuUsage()];
setInterval(() => {
  const { user, system } = process.cpuUsage(used);
  const passed = performance.now() - lookedAt;
  // A busy machine stops every process now and then: time passes without work.
  blockedMs = Math.max(blockedMs, Math.min(passed, (user + system) / 1000));
  [lookedAt, used] = [performance.now(), process.cpuUsage()];
}, LOOK_MS).unref();

function measure(): Measurement {
  const collect = (globalThis as { gc?: () => void }).gc;
  const longest = Math.round(blockedMs);
  for (let time = 0; time < 2; time++) collect?.();
  const { heapUsed, rss } = process.memoryUsage();
  blockedMs = 0;
  return {
    heapBytes: heapUsed,
    rssBytes: rss,
    handles: countOf(process.getActiveResourcesInfo()),
    descriptors: fs.existsSync("/proc/self/fd") ? fs.readdirSync("/proc/self/fd").length : null,
    listeners: listenersOf(process) + listenersOf(redEvents()),
    blockedMs: longest,
  };
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

type Emitter = Pick<NodeJS.EventEmitter, "eventNames" | "listenerCount">;
const listenersOf = (emitter: Emitter) =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

function redEvents(): Emitter {
  const require = createRequire(__filename);
  const beside = createRequire(require.resolve(process.env["CARDATA_NODE_RED"] ?? "node-red"));
  return (beside("@node-red/util") as { events: Emitter }).events;
}

process.on("message", (message: Partial<MachineOrder>) => {
  if (message.order === undefined || message.id === undefined) return;
  if (message.order === "change") state = { ...state, ...message.changes };
  report({ machine: "done", id: message.id, measurement: message.order === "measure" ? measure() : null });
});
// Listening must not keep a process alive that has nothing else to do.
process.channel?.unref();
