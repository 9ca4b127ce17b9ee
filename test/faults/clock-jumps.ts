import type { Clock } from "../../src/support/clock.js";
import type { FaultScenario, FaultContext } from "./lib/fault.js";
import { expectRecovery } from "./lib/recovery.js";
import { RedWorld } from "./lib/red-world.js";
import { DAY_MS, HOUR_MS, MINUTE_MS, SimulatedWorld } from "./lib/simulated-world.js";

/** Hours by which a clock is wrong: a time zone, a day, longer than a login is valid, a board without a battery. */
const WRONG_BY_H = [1, -1, 24, -24, 480, -480, -20_000, 80_000];
/** Each of them in the middle of work, and at the start. */
const JUMPS = WRONG_BY_H.flatMap((hours) => [
  { hours, atStart: false },
  { hours, atStart: true },
]);

/** Sets the clock of the machine wrong for a while, at its start or in the middle of work, and then right again. */
export const clockJumps: FaultScenario = {
  title: "the clock is wrong for a while",
  rounds: { short: JUMPS.length, long: 4 * JUMPS.length },
  checked: "login never given up, values go on, calls within the quota, live again",
  run: async (context) => {
    const minutes: number[] = [];
    const uncounted: number[] = [];
    for (let round = 0; round < context.rounds; round++) {
      const { hours, atStart } = JUMPS[round % JUMPS.length]!;
      const jump = await jumpInProcess(context, hours * HOUR_MS, atStart);
      minutes.push(jump.minutes);
      uncounted.push(jump.uncounted);
    }
    for (const days of context.form === "long" ? [-400, -1, 1, 20] : [20])
      await startWithWrongClock(context, days * DAY_MS);
    return {
      "minutes to recover": Math.max(...minutes).toFixed(1),
      "calls not counted": uncounted.reduce((sum, count) => sum + count, 0),
    };
  },
};

/** Simulates the clock of a machine, which may be wrong; timers run as they should. */
class MachineClock implements Clock {
  wrongBy = 0;
  readonly after: Clock["after"];
  readonly every: Clock["every"];

  constructor(private readonly right: Clock) {
    this.after = right.after.bind(right);
    this.every = right.every.bind(right);
  }

  now(): number {
    return this.right.now() + this.wrongBy;
  }
}

async function jumpInProcess({ random, expect }: FaultContext, ms: number, atStart: boolean) {
  let machine: MachineClock | null = null;
  const machineClock = (right: Clock) => (machine = new MachineClock(right));
  const world = await SimulatedWorld.live({ machineClock });
  const { one } = world;
  const hours = `${ms / HOUR_MS} h${atStart ? " at the start" : ""}`;
  const isLoggedIn = (when: string) => {
    const { login } = world.status;
    expect(login.state === "ok", `${hours} ${when}: the login counts as ${login.problem?.code ?? login.state}`);
  };
  machine!.wrongBy = ms;
  if (atStart) {
    await one.restart();
    world.listen();
  }
  await world.pass(random.between(5, 180) * MINUTE_MS);
  isLoggedIn("wrong");
  expect((await world.until(() => world.status.stream.since !== undefined, 20 * MINUTE_MS)) !== null, `${hours}: deaf`);
  expect(await world.hears(), `${hours} wrong: a value did not come out`);
  machine!.wrongBy = 0;
  await world.pass(random.between(5, 60) * MINUTE_MS);
  isLoggedIn("right again");
  // Counts under a wrong date may be lost by then; BMW's own refusal is what protects then.
  const uncounted = Math.max(0, world.callsToday - world.status.quota.used);
  const minutes = await world.expectRecovery(expect, -uncounted);
  await world.end();
  return { minutes, uncounted };
}

/** A real Node-RED starts before the time has come over the network. */
async function startWithWrongClock({ expect }: FaultContext, ms: number): Promise<void> {
  const world = await RedWorld.live({ speed: 10 });
  try {
    await world.stop();
    const { scale } = world.clock;
    await world.boot({ time: { ...scale, shown: scale.shown + ms } });
    const { login } = await world.until("a decision", (status) => status.login.state !== "none");
    expect(
      login.state === "ok",
      `started ${ms / DAY_MS} days wrong: the login counts as ${login.problem?.code ?? login.state}`,
    );
    await world.connected();
    await world.machine.change({ time: world.clock.scale });
    await expectRecovery(world, expect);
  } finally {
    await world.close();
  }
}
