import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE, streamMessage, type FlowNode } from "../helpers/flow.js";
import type { FaultScenario } from "./lib/fault.js";
import { expectRecovery } from "./lib/recovery.js";
import { COUNTER, RedWorld } from "./lib/red-world.js";

const RATE_PER_S = 10_000;
/** Interval in which the server looks for messages to send [ms]. */
const TICK_MS = 20;
/** Far from the figure of an idle machine, because work takes longer on a busy one. */
const LONGEST_BLOCK_MS = 1000;
const MOST_GROWTH_MB = 40;
const MOST_MEMORY_MB = 300;
const NUMBER = "vehicle.test.number";
const TOLD_EVERY = 1000;

/** Counts the messages in a flow of its own, and whether they come in order; reports each thousand. */
const TALLY: FlowNode[] = [
  {
    id: "numbers",
    type: "cardata-stream",
    ...PLACE,
    account: ACCOUNT,
    descriptors: [NUMBER],
    wires: [["tally"], []],
  },
  {
    id: "tally",
    type: "function",
    ...PLACE,
    func: `const seen = context.get("seen") ?? { count: 0, last: 0, wrong: 0 };
seen.count++;
if (msg.payload !== seen.last + 1) seen.wrong++;
seen.last = msg.payload;
context.set("seen", seen);
if (seen.count % ${TOLD_EVERY} === 0) node.send({ payload: { ...seen } });
return null;`,
    wires: [["values"]],
  },
];

/** More than all cars of a fleet send: far more messages than a flow is made for. */
export const burst: FaultScenario = {
  title: `${RATE_PER_S} messages a second`,
  rounds: { short: 1, long: 20 },
  checked: "all arrive, in order; event loop and memory bounded",
  run: async ({ rounds, expect }) => {
    const world = await RedWorld.live({
      more: TALLY,
      stream: { descriptors: [COUNTER] },
      // Reporting each message would be the larger part of the work.
      process: { tellOnly: ["tally", "watch", "stream"] },
    });
    try {
      const seconds = rounds;
      const before = await world.machine.measure();
      const total = seconds * RATE_PER_S;
      const start = performance.now();
      await sendNumbers(world, total);
      const sentIn = (performance.now() - start) / 1000;
      const tallies = () =>
        world.work.red.sent.filter(({ id }) => id === "tally").map(({ message }) => message["payload"]);
      const last = () => (tallies().at(-1) ?? { count: 0, wrong: 0 }) as { count: number; wrong: number };
      const complete = () => last().count >= total;
      await eventually(`${total} messages`, complete).catch(() => {
        expect(false, `${total - last().count} of ${total} messages did not come`);
      });
      const arrivedIn = (performance.now() - start) / 1000;
      expect(last().wrong === 0, `${last().wrong} messages came out of their order`);
      const after = await world.machine.measure();
      const growth = (after.heapBytes - before.heapBytes) / 2 ** 20;
      expect(growth < MOST_GROWTH_MB, `the heap grew by ${growth.toFixed(0)} MB`);
      expect(after.rssBytes / 2 ** 20 < MOST_MEMORY_MB, `${(after.rssBytes / 2 ** 20).toFixed(0)} MB of memory`);
      expect(after.blockedMs < LONGEST_BLOCK_MS, `the event loop was blocked for ${after.blockedMs} ms`);
      await expectRecovery(world, expect);
      return {
        "sent a second": Math.round(total / sentIn),
        "out a second": Math.round(total / arrivedIn),
        "longest block ms": after.blockedMs,
        "heap MB": `+${growth.toFixed(1)}`,
      };
    } finally {
      await world.close();
    }
  },
};

/** At the wanted rate if the machine can, else as fast as possible. */
async function sendNumbers({ simulator, vin, clock }: RedWorld, total: number): Promise<void> {
  // BMW's times define the order, so no two are the same and none lies ahead.
  const first = clock.now() - total;
  let sent = 0;
  const start = performance.now();
  while (sent < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - start + TICK_MS) * RATE_PER_S) / 1000));
    for (; sent < due; sent++) simulator.publish(vin, streamMessage(vin, { [NUMBER]: sent + 1 }, first + sent));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
