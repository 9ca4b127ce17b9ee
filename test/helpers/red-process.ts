import { fork, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE_MS } from "./eventually.js";
import type { LogLine, NodeRedOptions } from "./node-red.js";

/** Describes one delivery of a message in the running flows. */
export interface SentMessage {
  /** The node that sent it, and from which of its outputs. */
  readonly id: string;
  readonly port: number;
  readonly message: Record<string, unknown>;
}

/** Describes a message of the child to its parent. */
export type ProcessMessage =
  | { readonly kind: "started"; readonly url: string; readonly version: string }
  | { readonly kind: "log"; readonly line: LogLine }
  | { readonly kind: "sent"; readonly sent: SentMessage }
  | { readonly kind: "failed"; readonly reason: string };

/** Options of the child; `settings` has to be JSON. */
export type RedProcessOptions = Omit<NodeRedOptions, "onLog" | "onSend" | "port"> & {
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that are loaded before Node-RED. */
  readonly preload?: readonly string[];
  /** A program that starts Node.js, with its arguments, instead of Node.js itself. */
  readonly launcher?: readonly string[];
  /** Only the messages that these nodes send are reported; default: all. */
  readonly tellOnly?: readonly string[];
};

/** A real Node-RED in a process of its own, because there can be one in a process, and because one may be killed. */
export class RedProcess {
  readonly logs: LogLine[] = [];
  readonly sent: SentMessage[] = [];
  url = "";
  version = "";
  /** Exit code or signal, once it has ended. */
  #end: string | null = null;
  readonly #events = new EventEmitter().setMaxListeners(0);

  private constructor(
    readonly userDir: string,
    readonly child: ChildProcess,
  ) {
    child.on("message", (reported: ProcessMessage) => {
      if (reported.kind === "log") this.logs.push(reported.line);
      if (reported.kind === "sent") this.sent.push(reported.sent);
      this.#events.emit("news", reported);
    });
    child.once("exit", (code, signal) => {
      this.#end = signal ?? `exit code ${code ?? "unknown"}`;
      this.#events.emit("news", null);
    });
  }

  static async start(options: RedProcessOptions): Promise<RedProcess> {
    const red = RedProcess.spawn(options);
    await red.begun();
    return red;
  }

  /** Starts the process without waiting for Node-RED in it. */
  static spawn({ env = {}, preload = [], launcher = [], ...options }: RedProcessOptions): RedProcess {
    const [program = process.execPath, ...before] = launcher;
    const node = launcher.length === 0 ? [] : [process.execPath];
    const modules = preload.flatMap((module) => ["--import", module]);
    const child = fork(require.resolve("./node-red-process.js"), [JSON.stringify(options)], {
      execPath: program,
      execArgv: [...before, ...node, "--expose-gc", ...modules],
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    return new RedProcess(options.userDir, child);
  }

  /** Resolves when Node-RED has started. */
  async begun(): Promise<void> {
    const gone = once(this.child, "exit").then(() => ({ kind: "failed" as const, reason: "it ended" }));
    const reported = await Promise.race([this.#begun(), gone]);
    if (reported.kind !== "started") throw new Error(`Node-RED did not start: ${JSON.stringify(reported)}`);
    this.url = reported.url;
    this.version = reported.version;
  }

  get exited(): boolean {
    return this.#end !== null;
  }

  /** Forgets what it has said and sent so far. */
  forget(): void {
    this.logs.length = 0;
    this.sent.length = 0;
  }

  /** The first log line, past or to come, whose text contains `text`. */
  async log(text: string): Promise<LogLine> {
    return this.#seen(this.logs, (line) => String(line.msg).includes(text), `a log line with "${text}"`);
  }

  /** The first message, past or to come, that fits. */
  async message(fits: (sent: SentMessage) => boolean): Promise<SentMessage> {
    return this.#seen(this.sent, fits, "a message that fits");
  }

  /** Ends it as Ctrl-C does. */
  async stop(): Promise<void> {
    await this.#signal("SIGTERM");
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    await this.#signal("SIGKILL");
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    if (this.exited) return;
    this.child.kill(signal);
    await once(this.child, "exit");
  }

  async #seen<T>(list: readonly T[], fits: (one: T) => boolean, what: string): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = list.find(fits);
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      const end = this.#end === null ? "" : ` Node-RED has ended (${this.#end}).`;
      if (left <= 0 || end !== "") throw new Error(`There was never ${what}.${end} Last lines: ${this.#lastLines()}`);
      await Promise.race([once(this.#events, "news"), new Promise((resolve) => setTimeout(resolve, left).unref())]);
    }
  }

  #lastLines(): string {
    return this.logs
      .slice(-5)
      .map(({ msg }) => String(msg))
      .join(" | ");
  }

  #begun(): Promise<ProcessMessage> {
    return new Promise((resolve) => {
      // Several may arrive in one go, so nothing may be awaited between them.
      const listener = (reported: ProcessMessage | null) => {
        if (reported?.kind !== "started" && reported?.kind !== "failed") return;
        this.#events.off("news", listener);
        resolve(reported);
      };
      this.#events.on("news", listener);
    });
  }
}

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is gone when the tests end. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cardata-${name}-`));
  folders.push(folder);
  return folder;
}
