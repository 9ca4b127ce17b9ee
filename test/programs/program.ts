import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { eventually } from "../helpers/eventually.js";

/** A busy machine starts a Java as slowly as this [ms]. */
export const LONGEST_MS = 300_000;
const LAST_LINES = 5;

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it has started; it is asked again until it has. */
  readonly isReady: (lines: readonly string[]) => boolean | Promise<boolean>;
}

const running = new Set<Program>();

/** A program of others in a process of its own. */
export class Program {
  /** What it has said so far. */
  readonly lines: string[] = [];

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface(stream).on("line", (line) => this.lines.push(line));
  }

  static async start(command: string, args: readonly string[], { cwd, env, isReady }: ProgramOptions) {
    const all = { ...process.env, ...env };
    const program = new Program(command, spawn(command, args, { cwd, env: all, stdio: ["ignore", "pipe", "pipe"] }));
    running.add(program);
    program.child.once("error", (error) => program.lines.push(error.message));
    await eventually(`${command} is ready`, () => program.#isThere() && isReady(program.lines), LONGEST_MS);
    return program;
  }

  /** Runs one to its end; resolves to what it prints. */
  static async output(command: string, args: readonly string[], how: Omit<ProgramOptions, "isReady"> = {}) {
    const program = await Program.start(command, args, { ...how, isReady: () => true });
    await program.#ended();
    return program.lines;
  }

  /** Ends what a part of the run that failed has left behind. */
  static async stopAll(): Promise<void> {
    for (const program of [...running].reverse()) await program.stop();
  }

  /** Ends it as the system does at a shutdown. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.#ended();
  }

  async #ended(): Promise<void> {
    if (this.#isRunning) await once(this.child, "close");
    running.delete(this);
  }

  #isThere(): true {
    if (this.#isRunning) return true;
    throw new Error(`${this.name} has ended: ${this.lines.slice(-LAST_LINES).join(" | ")}`);
  }

  get #isRunning(): boolean {
    const { exitCode, signalCode, pid } = this.child;
    return exitCode === null && signalCode === null && pid !== undefined;
  }
}
