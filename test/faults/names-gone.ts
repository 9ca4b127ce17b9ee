import type { FaultScenario } from "./lib/fault.js";
import { outageOfHours, outageOfMinutes, type OutageReport } from "./lib/outage.js";

const REASONS = ["EAI_AGAIN", "ENOTFOUND"];
const TOLD: OutageReport = { stream: ["stream_network"], rest: ["rest_network", "refresh_unreachable"] };

/** Lets no host name be found, for hours. */
export const namesGone: FaultScenario = {
  title: "DNS gone for hours",
  rounds: { short: 1, long: 6 },
  checked: "status and sentences, login kept, few attempts, no call counted, live again",
  run: async (context) => {
    const outages = [];
    for (let round = 0; round < context.rounds; round++) {
      const hours = round === 0 ? 6 : context.random.between(1, 48);
      const reason = REASONS[round % REASONS.length]!;
      outages.push(
        await outageOfHours(
          context,
          hours,
          (world) => {
            world.cutOff(reason);
          },
          TOLD,
        ),
      );
    }
    await outageOfMinutes(
      context,
      async ({ machine, network }) => {
        await machine.change({ nameless: true });
        network.cut();
      },
      ({ machine }) => machine.change({ nameless: false }),
      TOLD,
    );
    return { "minutes to recover": Math.max(...outages.map(({ minutes }) => minutes)).toFixed(1) };
  },
};
