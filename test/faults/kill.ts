import { setTimeout as pause } from "node:timers/promises";
import type { VehicleView } from "../../nodes/lib/admin-contract.js";
import { ACCOUNT } from "../helpers/flow.js";
import { callsIn, carsIn, documentsIn, savedLearning, type Documents } from "./lib/documents.js";
import { DiskProbe } from "./lib/disk-probe.js";
import type { FaultScenario, FaultContext } from "./lib/fault.js";
import { expectFiles, expectRecovery, expectSoundness } from "./lib/recovery.js";
import { RedWorld } from "./lib/red-world.js";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Time between two lives [ms], so that each begins with a renewal that is due. */
const BETWEEN_LIVES_MS = 50 * MINUTE_MS;
/** Age [ms] from which a decision has to be on the disk, if the disk takes a write in no time. */
const SAFE_AFTER_MS = 1000;
/** Other writes may come before it, and each takes its process a few turns. */
const WRITES_AHEAD = 4;
const FIRST_KWH = 60;

/** The moments in a life at which a process is killed. */
const MOMENTS = ["unanswered", "anytime", "starting", "at rest", "anytime", "stopping"] as const;
type Moment = (typeof MOMENTS)[number];

/** Cuts the power while tokens rotate all the time, calls are made, values arrive and something is learned. */
export const kill: FaultScenario = {
  title: "kill -9 at random moments",
  rounds: { short: 2, long: 200 },
  checked: "logins, files, learned data, calls, cars; no call by the restart",
  run: async (context) => {
    const world = await RedWorld.live({ account: { record: true } });
    const probe = new DiskProbe(world.userDir);
    try {
      const lives = new Lives(world, context, probe);
      for (let round = 0; round < context.rounds; round++) await lives.live(MOMENTS[round % MOMENTS.length]!);
      await world.boot();
      await world.connected();
      const unseen = (await world.status())!.quota.used - world.callsToday;
      context.expect(-unseen <= lives.excused, `${-unseen} calls are not counted`);
      await expectRecovery(world, context.expect, unseen);
      return lives.figures;
    } finally {
      probe.stop();
      await world.close();
    }
  },
};

class Lives {
  #lost = 0;
  #tooYoung = 0;
  #underWay = 0;
  #torn = 0;
  #slowest = 0;
  /** The last capacity that the user set a second or more before a kill. */
  #safeKwh = 0;
  #kwh = { said: FIRST_KWH, at: Infinity };
  /** How long Node-RED took last until it had done what it was told [ms]: far more on a busy machine than usual. */
  #answeredAfterMs = 0;
  /** Calls that were younger than a second at a kill: they may be on the disk or not. */
  readonly #young = new Set<object>();

  constructor(
    private readonly world: RedWorld,
    private readonly context: FaultContext,
    private readonly probe: DiskProbe,
  ) {}

  get figures() {
    return {
      renewals: this.world.simulator.log.count("refresh"),
      "logins lost": this.#lost,
      "lost with a young answer": this.#tooYoung,
      "killed in a renewal": this.#underWay,
      "torn files": this.#torn,
      "slowest write ms": Math.round(this.#slowest),
    };
  }

  /** Younger decisions may not be on the disk yet. */
  get #safeAfterMs(): number {
    return SAFE_AFTER_MS + WRITES_AHEAD * Math.max(this.probe.slowestMs, this.#answeredAfterMs);
  }

  /** Returns how many calls may be missing without anybody's fault. */
  get excused(): number {
    return this.#young.size;
  }

  /** One life from start to kill, and the state that it leaves. */
  async live(moment: Moment): Promise<void> {
    const { world } = this;
    await world.stop();
    world.clock.leap(BETWEEN_LIVES_MS);
    if (moment === "starting") await this.#killStarting();
    else await this.#liveUntil(moment);
    await this.#examine();
  }

  async #killStarting(): Promise<void> {
    const red = this.world.spawn();
    const begun = red.begun().catch(() => undefined);
    await pause(this.context.random.between(300, 2000));
    await red.kill();
    await begun;
  }

  async #liveUntil(moment: Moment): Promise<void> {
    const { world, context } = this;
    const { random, expect } = context;
    const { oauth } = world.simulator.faults;
    oauth.latencyMs = random.pick([0, 0, 30, 200]);
    const calls = world.calls.length;
    await world.boot();
    await world.connected();
    expect(world.calls.length === calls, `${world.calls.length - calls} calls were spent by the restart`);
    await this.#expectCars();
    const life = new AbortController();
    const renewing = this.#renewAgainAndAgain(life.signal, moment === "at rest" ? 2 : Infinity);
    await this.#work();
    if (moment === "at rest") {
      await renewing;
      await pause(this.#safeAfterMs + oauth.latencyMs + random.between(50, 400));
      await this.#learn();
    } else if (moment === "unanswered") {
      const struck = oauth.struck();
      oauth.hang(1);
      await struck;
      await pause(random.between(0, 50));
    } else await pause(random.between(0, 1500));
    if (moment === "stopping") {
      world.work.red.child.kill("SIGTERM");
      await pause(random.between(0, 60));
    }
    life.abort();
    await world.kill();
    await renewing;
    expectSoundness(world, (holds, loss) => {
      if (!loss.includes("has ended")) expect(holds, loss);
    });
  }

  /** Renews the tokens again and again, with short pauses. */
  async #renewAgainAndAgain(signal: AbortSignal, times: number): Promise<void> {
    const { world, context } = this;
    for (let time = 0; time < times && !signal.aborted; time++) {
      await world.refresh().catch(() => undefined);
      await pause(context.random.between(0, 300));
    }
  }

  /** Runs the work beside the renewals. */
  async #work(): Promise<void> {
    const { world } = this;
    await world.press("press-ask");
    await this.#learn();
    for (let count = 0; count < 5; count++) world.publish();
  }

  async #learn(): Promise<void> {
    if (this.#isOld(this.#kwh)) this.#safeKwh = this.#kwh.said;
    const said = Math.round(10 * this.#kwh.said + 1) / 10;
    this.#answeredAfterMs = await this.world.learn(said);
    this.#kwh = { said, at: this.world.clock.now() };
  }

  async #expectCars(): Promise<void> {
    const { body } = await this.world.work.admin.get(`/cardata/account/${ACCOUNT}/vehicles`);
    const named = (body as VehicleView[]).filter(({ name }) => name !== "").length;
    const all = this.world.simulator.cars.length;
    this.context.expect(named === all, `${all - named} cars are not known any more`);
  }

  /** Checks that everything that was decided a second ago is on the disk. */
  async #examine(): Promise<void> {
    const { world, context } = this;
    const { expect } = context;
    const killedAt = world.clock.now();
    const documents = documentsIn(world.folder);
    this.#slowest = Math.max(this.#slowest, this.probe.slowestMs);
    this.#torn += documents.torn.length;
    expectFiles(world, expect);
    await this.#examineLogin(killedAt);
    this.#examineLearned(documents, killedAt);
    const cars = carsIn(documents).length;
    expect(cars >= world.simulator.cars.length, `only ${cars} cars are on the disk`);
    this.#examineCalls(documents, killedAt);
  }

  #examineCalls(documents: Documents, killedAt: number): void {
    const ofTheDay = ({ at }: { at: number }) => at > killedAt - DAY_MS;
    const calls = this.world.calls.filter(ofTheDay);
    for (const call of calls) if (killedAt - call.at < this.#safeAfterMs) this.#young.add(call);
    const safe = calls.filter((call) => !this.#young.has(call)).length;
    const missing = safe - callsIn(documents).filter(ofTheDay).length;
    this.context.expect(missing <= 0, `${missing} calls are not on the disk`);
  }

  async #examineLogin(killedAt: number): Promise<void> {
    const { world, context } = this;
    const { log, faults } = world.simulator;
    const answered = (log.entries.filter(({ kind }) => kind === "refresh").at(-1)?.at ?? 0) + faults.oauth.latencyMs;
    const isYoung = killedAt - answered < this.#safeAfterMs;
    if (isYoung) this.#underWay++;
    const token = await world.savedRefreshToken();
    if (token !== null && world.simulator.accepts(token)) return;
    if (isYoung) this.#tooYoung++;
    else this.#lost++;
    context.expect(isYoung, `the login is lost, although BMW had answered ${killedAt - answered} ms before`);
    await world.logInAgain();
  }

  #examineLearned(documents: Documents, killedAt: number): void {
    const age = killedAt - this.#kwh.at;
    if (age >= this.#safeAfterMs) this.#safeKwh = this.#kwh.said;
    // The last command may be there or not, and is not repeated.
    this.#kwh = { ...this.#kwh, at: Infinity };
    const kwh = Number(savedLearning(documents, this.world.vin)["capacityKwh"] ?? 0);
    const isThere = documents.data.has("learning") ? "a file" : "no file";
    const since = `${isThere}, the last entered ${age} ms before, ${Math.round(this.#safeAfterMs)} ms are enough`;
    this.context.expect(kwh >= this.#safeKwh, `learned data is old: ${kwh} instead of ${this.#safeKwh} kWh (${since})`);
  }

  /** Returns whether it was sent long enough ago, in this life. */
  #isOld({ at }: { at: number }): boolean {
    return this.world.clock.now() - at >= this.#safeAfterMs;
  }
}
