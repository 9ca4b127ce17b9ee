import { newProblem } from "../../src/support/errors.js";
import type { FaultScenario } from "./lib/fault.js";
import { outageOfHours, outageOfMinutes, type OutageReport } from "./lib/outage.js";

const PAGE = { body: "<html><h1>Welcome</h1>Please accept our rules.</html>", type: "text/html" };
const TOLD: OutageReport = {
  stream: ["stream_tls"],
  rest: ["rest_invalid_response", "rest_redirect", "refresh_unreachable"],
};
const STATUSES = [200, 302] as const;

/** Answers in place of all of BMW's servers with somebody else's page, without a certificate of BMW. */
export const captivePortal: FaultScenario = {
  title: "captive portal in place of BMW",
  rounds: { short: 1, long: 4 },
  checked: "no page taken for an answer, status and sentences, login kept, live again",
  run: async (context) => {
    const outages = [];
    for (let round = 0; round < context.rounds; round++) {
      const status = STATUSES[round % STATUSES.length]!;
      const hours = context.random.between(2, 12);
      const begin: Parameters<typeof outageOfHours>[2] = ({ one: { bmw } }) => {
        for (const server of [bmw.faults.oauth, bmw.faults.api])
          server.always({ status, ...PAGE, ...(status === 302 && { headers: { location: "http://192.0.2.1/" } }) });
        bmw.stream.faults.unreachable = newProblem("stream_tls", { reason: "DEPTH_ZERO_SELF_SIGNED_CERT" });
        bmw.stream.kick();
      };
      outages.push(await outageOfHours(context, hours, begin, TOLD));
    }
    for (const status of context.form === "long" ? STATUSES : ([302] as const))
      await outageOfMinutes(
        context,
        ({ network }) => network.beginPortal(status),
        ({ network }) => network.mend(),
        TOLD,
      );
    return { "minutes to recover": Math.max(...outages.map(({ minutes }) => minutes)).toFixed(1) };
  },
};
