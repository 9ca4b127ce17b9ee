import type { DeployType } from "../helpers/admin.js";
import { PLACE } from "../helpers/flow.js";
import type { FaultScenario } from "./lib/fault.js";
import type { Measurement } from "./lib/machine.js";
import { expectRecovery } from "./lib/recovery.js";
import { RedWorld } from "./lib/red-world.js";

const TYPES: readonly DeployType[] = ["full", "nodes", "flows"];
/** Deploys before the measurement: code is still compiled and caches are still filled. */
const WARM_UP = 6;
const MOST_HEAP_KB_A_DEPLOY = 40;
/** Delay of BMW's answer to a renewal [ms]. */
const RENEWAL_MS = 200;
const MOST_NEW_HANDLES = 3;

/** Deploys again and again: everything, changed flows and changed nodes, now and then in the middle of a renewal. */
export const deploys: FaultScenario = {
  title: "deploy after deploy",
  rounds: { short: 15, long: 200 },
  checked: "no call, no renewal, one session; handles, listeners, heap flat",
  run: async ({ rounds, random, expect }) => {
    const world = await RedWorld.live();
    try {
      const { work, simulator } = world;
      const calls = world.calls.length;
      simulator.faults.oauth.latencyMs = RENEWAL_MS;
      let asked = 0;
      let before: Measurement | null = null;
      simulator.log.mostSessions = 1;
      for (let round = 0; round < WARM_UP + rounds; round++) {
        if (round === WARM_UP) before = await settled(world);
        // Changes a comment each time, and the account itself now and then.
        const note = { id: "note", type: "comment", ...PLACE, name: `deploy ${round}` };
        const isAccountNew = random.fraction() < 0.3;
        const flow = world.flow.map((node) =>
          isAccountNew && node.type === "cardata-account" ? { ...node, name: `BMW ${round}` } : node,
        );
        const renewal = random.fraction() < 0.3 ? (asked++, world.refresh()) : null;
        if (renewal !== null) await world.clock.sleep(random.between(0, RENEWAL_MS));
        await work.deploy([...flow, note], TYPES[round % TYPES.length]);
        await renewal?.catch(() => undefined);
      }
      const after = await settled(world);
      const spent = world.calls.length - calls;
      expect(spent === 0, `${spent} calls were spent`);
      expect(simulator.log.mostSessions === 1, "two sessions at the same time");
      await expectRecovery(world, expect);
      return { ...compare(before!, after, rounds, expect), "renewals under way": asked };
    } finally {
      await world.close();
    }
  },
};

/** Waits until the stream is live and the last deploy is over. */
async function settled(world: RedWorld): Promise<Measurement> {
  await world.connected();
  await world.hears();
  return world.machine.measure();
}

function compare(
  before: Measurement,
  after: Measurement,
  rounds: number,
  expect: (holds: boolean, loss: string) => void,
) {
  const heapKb = (after.heapBytes - before.heapBytes) / 1024;
  const sum = ({ handles }: Measurement) => Object.values(handles).reduce((all, count) => all + count, 0);
  const handles = sum(after) - sum(before);
  const descriptors = (after.descriptors ?? 0) - (before.descriptors ?? 0);
  const listeners = after.listeners - before.listeners;
  const bound = Math.max(2048, rounds * MOST_HEAP_KB_A_DEPLOY);
  expect(heapKb < bound, `the heap grew by ${heapKb.toFixed(0)} kB in ${rounds} deploys`);
  expect(handles <= MOST_NEW_HANDLES, `${handles} handles more: ${JSON.stringify([before.handles, after.handles])}`);
  expect(descriptors <= MOST_NEW_HANDLES, `${descriptors} open files more`);
  expect(listeners <= 0, `${listeners} listeners more`);
  return { "heap kB": heapKb.toFixed(0), handles, descriptors, listeners };
}
