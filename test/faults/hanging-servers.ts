import type { FaultScenario } from "./lib/fault.js";
import { outageOfHours, outageOfMinutes, type OutageReport } from "./lib/outage.js";

const TOLD: OutageReport = {
  stream: ["stream_timeout", "stream_network", "stream_closed"],
  rest: ["rest_network", "refresh_unreachable"],
};

/** Accepts connections without sending a byte, so that the handshake of TLS never ends. */
export const hangingServers: FaultScenario = {
  title: "hanging TLS handshake, silent servers",
  rounds: { short: 1, long: 4 },
  checked: "each attempt ends, one at a time, login kept, live again",
  run: async (context) => {
    const outages = [];
    for (let round = 0; round < context.rounds; round++) {
      const hours = context.random.between(2, 12);
      const begin: Parameters<typeof outageOfHours>[2] = ({ one: { bmw } }) => {
        for (const server of [bmw.faults.oauth, bmw.faults.api]) server.always("hang");
        bmw.stream.faults.isSilent = true;
        bmw.stream.kick();
      };
      outages.push(await outageOfHours(context, hours, begin, TOLD));
    }
    let most = 0;
    await outageOfMinutes(
      context,
      async ({ network, machine }) => {
        await machine.change({ impatient: true });
        network.mode = "silent";
        network.cut();
      },
      async ({ network, machine }) => {
        most = network.stream.connections;
        // Hanging requests still end by themselves.
        await network.mend();
        await machine.change({ impatient: false });
      },
      TOLD,
    );
    context.expect(most <= 1, `${most} connections hung at the same time`);
    return { "minutes to recover": Math.max(...outages.map(({ minutes }) => minutes)).toFixed(1) };
  },
};
