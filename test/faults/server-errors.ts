import type { FaultScenario } from "./lib/fault.js";
import { outageOfHours, outageOfMinutes, type OutageReport } from "./lib/outage.js";

const STATUSES = [500, 502, 503, 504];
const TOLD: OutageReport = {
  stream: ["stream_closed", "stream_network"],
  rest: ["rest_unexpected", "cu_500", "cu_503", "refresh_unreachable"],
};

/** Makes all of BMW's servers answer with errors, for hours and up to a day. */
export const serverErrors: FaultScenario = {
  title: "BMW answers 5xx for up to a day",
  rounds: { short: 1, long: 6 },
  checked: "status and sentences, login kept, few attempts, calls counted, live again",
  run: async (context) => {
    const outages = [];
    for (let round = 0; round < context.rounds; round++) {
      const answer = { status: STATUSES[round % STATUSES.length]!, body: "<html>Sorry</html>", type: "text/html" };
      const hours = round === 0 ? 24 : context.random.between(2, 20);
      const begin: Parameters<typeof outageOfHours>[2] = ({ one: { bmw } }) => {
        for (const server of [bmw.faults.oauth, bmw.faults.api]) server.always(answer);
        bmw.stream.faults.unreachable = { code: "stream_closed" };
        bmw.stream.kick();
      };
      outages.push(await outageOfHours(context, hours, begin, TOLD));
    }
    await outageOfMinutes(
      context,
      async ({ simulator: { faults } }) => {
        for (const server of [faults.oauth, faults.api]) server.always({ status: 503, body: { error: "unavailable" } });
        faults.streamDown(true);
      },
      async ({ simulator: { faults } }) => {
        for (const server of [faults.oauth, faults.api]) server.always(null);
        faults.streamDown(false);
      },
      TOLD,
    );
    return {
      "minutes to recover": Math.max(...outages.map(({ minutes }) => minutes)).toFixed(1),
      "calls into the outage": outages.reduce((sum, { calls }) => sum + calls, 0),
    };
  },
};
