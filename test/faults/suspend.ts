import type { FaultScenario } from "./lib/fault.js";
import { expectRecovery } from "./lib/recovery.js";
import { RedWorld } from "./lib/red-world.js";

const HOUR_MS = 3600 * 1000;

/** Suspends the machine: its timers stand still, its clock goes on, and its connections die silently. */
export const suspend: FaultScenario = {
  title: "suspend and resume",
  rounds: { short: 1, long: 12 },
  checked: "live again, login kept, nothing unhandled",
  run: async ({ rounds, random, expect }) => {
    const world = await RedWorld.live({ speed: 10 });
    try {
      const hours: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const slept = random.pick([0.01, 0.5, 8, 60]);
        hours.push(slept);
        await sleepFor(world, slept * HOUR_MS, random.fraction() < 0.5);
        await expectRecovery(world, expect);
      }
      return { "hours slept": hours.join(" ") };
    } finally {
      await world.close();
    }
  },
};

async function sleepFor(world: RedWorld, ms: number, staysConnected: boolean): Promise<void> {
  const { child } = world.work.red;
  child.kill("SIGSTOP");
  // The server receives nothing for long and gives up; the machine does not notice.
  if (!staysConnected) world.network.freeze();
  world.clock.leap(ms);
  world.machine.changeLater({ time: world.clock.scale });
  child.kill("SIGCONT");
}
