import { newProblem } from "../../../src/support/errors.js";
import { TokenVault } from "../../../src/auth/token-vault.js";
import type { Files } from "../../../src/store/atomic-files.js";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { accountInProcess, telematicWants, type InProcessAccountOptions } from "../../helpers/account-in-process.js";
import { streamMessage } from "../../helpers/flow.js";
import { commuter, parkedCar } from "../../simulator/cars/everyday.js";
import type { FaultContext } from "./fault.js";
import { faultOfSentence } from "./speech.js";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const START = Date.parse("2026-03-02T00:00:00Z");
const STEP_MS = 2 * MINUTE_MS;
/** The longest pause between two attempts is a quarter of an hour, with some jitter. */
const RECOVERY_MS = 20 * MINUTE_MS;
const COUNTER = "vehicle.test.counter";

/** Files that contain their size. */
export class MeasuredFiles implements Files {
  readonly sizes = new Map<string, number>();
  readonly #files = memoryFiles();

  readonly read = (path: string) => this.#files.read(path);
  readonly stamp = (path: string) => this.#files.stamp(path);
  readonly write = (path: string, content: string | Buffer) => {
    this.sizes.set(path, content.length);
    return this.#files.write(path, content);
  };
  readonly append = async (path: string, lines: string) => {
    const size = await this.#files.append(path, lines);
    this.sizes.set(path, size);
    return size;
  };
  readonly rename = async (from: string, to: string) => {
    await this.#files.rename(from, to);
    this.sizes.set(to, this.sizes.get(from) ?? 0);
    this.sizes.delete(from);
  };
  readonly remove = async (path: string) => {
    await this.#files.remove(path);
    for (const name of this.sizes.keys()) if (name === path || name.startsWith(`${path}/`)) this.sizes.delete(name);
  };

  get names(): string[] {
    return [...this.sizes.keys()];
  }
}

/**
 * Simulates a household with two cars and a node that polls by itself; all of it on one clock, so that hours take no
 * time.
 */
export class SimulatedWorld {
  readonly files = new MeasuredFiles();
  readonly one: ReturnType<typeof accountInProcess>;
  /** Values of the counter that the account emitted. */
  readonly #received = new Set<number>();
  #sent = 0;

  private constructor(options: InProcessAccountOptions) {
    const cars = [commuter(START, { streamedSoc: "often" }), parkedCar(START)];
    this.one = accountInProcess({ start: START, cars, files: this.files, ...options });
  }

  /** Logs in and waits until the stream is live. */
  static async live(options: InProcessAccountOptions = {}): Promise<SimulatedWorld> {
    const world = new SimulatedWorld(options);
    world.listen();
    await world.one.begin();
    world.one.join("n1", telematicWants("n1", { schedule: "dense" }));
    await world.pass(10 * MINUTE_MS);
    return world;
  }

  /** Listens to the present account; again after each restart. */
  listen(): void {
    this.one.account.events.on("update", ({ readings }) => {
      for (const { descriptor, value } of readings) if (descriptor === COUNTER) this.#received.add(Number(value));
    });
  }

  get now(): number {
    return this.one.clock.now();
  }

  get vin(): string {
    return this.one.bmw.cars[0]!.vin;
  }

  get status() {
    return this.one.account.status;
  }

  /** Lets the cars and the clock run. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    while (this.now < end) {
      const step = Math.min(STEP_MS, end - this.now);
      this.one.bmw.step(step);
      await this.one.clock.advance(step);
    }
  }

  /** Lets time pass until a condition holds; resolves to how long that took, or `null` if it never did. */
  async until(fits: () => boolean, patienceMs: number): Promise<number | null> {
    const start = this.now;
    while (!fits()) {
      if (this.now - start >= patienceMs) return null;
      await this.pass(10_000);
    }
    return this.now - start;
  }

  /** Makes everything fail as with a dead network: names are not found (`EAI_AGAIN`), or `reason`. */
  cutOff(reason: string): void {
    const { faults, stream } = this.one.bmw;
    faults.oauth.down(true, reason);
    faults.api.down(true, reason);
    const problem = newProblem("stream_network", { reason });
    stream.faults.unreachable = problem;
    stream.kick(problem);
  }

  /** Restores the normal network. */
  mend(): void {
    const { faults, stream } = this.one.bmw;
    for (const server of [faults.oauth, faults.api]) {
      server.down(false);
      server.always(null);
    }
    stream.faults.unreachable = null;
    stream.faults.isSilent = false;
    stream.kickEvery(null);
  }

  /** Sends a value over the stream; resolves to whether it arrived. */
  async hears(): Promise<boolean> {
    const value = ++this.#sent;
    this.one.bmw.stream.publish(this.vin, streamMessage(this.vin, { [COUNTER]: value }, this.now));
    await this.one.clock.advance(1000);
    return this.#received.has(value);
  }

  /** Returns the refresh token on the disk. */
  async savedRefreshToken(): Promise<string | null> {
    const store = new Store("/a1", this.files, this.one.clock, () => undefined);
    const { tokens } = await new TokenVault(store, this.one.vaultKey).load();
    return tokens?.refreshToken ?? null;
  }

  /** Returns the calls that reached BMW in the window of the quota that the account assumes. */
  get callsToday(): number {
    const begin = this.status.quota.window === "utc-day" ? this.now - (this.now % DAY_MS) : this.now - DAY_MS;
    return this.one.calls().filter(({ at }) => at >= begin).length;
  }

  /**
   * Checks after a fault that the account works again by itself, and that nothing is lost. Resolves to the minutes that
   * it took.
   * @param unseen calls of today that are counted and never reached BMW; negative: that BMW got and nobody counted
   */
  async expectRecovery(expect: FaultContext["expect"], unseen = 0): Promise<number> {
    const took = await this.until(() => this.status.stream.since !== undefined, RECOVERY_MS);
    const { login, stream } = this.status;
    const state = `login ${login.problem?.code ?? login.state}, stream ${stream.problem?.code ?? stream.state}`;
    expect(took !== null, `did not recover by itself within 20 minutes (${state})`);
    expect(await this.hears(), "a value did not come out");
    await this.one.account.refresh().catch((error: unknown) => {
      expect(false, `a renewal did not work: ${String(error)}`);
    });
    await this.one.clock.advance(1000);
    const token = await this.savedRefreshToken();
    expect(token !== null && this.one.bmw.accepts(token), "the login on the disk is not that of BMW");
    const { used } = this.status.quota;
    const spent = this.callsToday + unseen;
    expect(used === spent, `calls were not counted right: ${used} instead of ${spent}`);
    this.expectSoundness(expect);
    return (took ?? RECOVERY_MS) / MINUTE_MS;
  }

  /** Checks that no document was put aside, and that all messages are for people. */
  expectSoundness(expect: FaultContext["expect"]): void {
    for (const name of this.files.names) expect(!name.includes(".bad-"), `put aside: ${name.replace(/\.bad-.*/, "")}`);
    const said = this.one.log.lines.filter((line) => /^(warn|error): /.test(line));
    for (const line of said) {
      const fault = faultOfSentence(line.replace(/^\w+: /, ""));
      expect(fault === null, `"${line}" ${fault}`);
    }
  }

  async end(): Promise<void> {
    await this.one.end();
  }
}
