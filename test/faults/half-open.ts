import type { Fault } from "./lib/fault.js";
import { expectProblem, expectRecovery } from "./lib/recovery.js";
import { RedWorld } from "./lib/red-world.js";

const SPEED = 20;
/** BMW's keepalive is 30 s: after one and a half of it the silence is noticed. */
const NOTICED_WITHIN_S = 60;

/** The stream's connection dies without an end: nothing comes, and nothing says so. */
export const halfOpen: Fault = {
  title: "half-open sockets",
  rounds: { short: 1, long: 10 },
  checked: "noticed by keepalive, one session, live again",
  run: async ({ rounds, expect }) => {
    const world = await RedWorld.live({ speed: SPEED });
    const seconds: number[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        await world.hears();
        const frozenAt = world.clock.now();
        world.network.freeze();
        const { stream } = await world.until("the loss", (status) => status.stream.state !== "live");
        const noticed = (world.clock.now() - frozenAt) / 1000;
        seconds.push(noticed);
        expect(noticed < NOTICED_WITHIN_S, `noticed after ${noticed.toFixed(0)} s only`);
        if (stream.problem !== undefined) expectProblem(stream.problem, ["stream_network", "stream_closed"], expect);
        await expectRecovery(world, expect);
        expect(world.network.stream.connections === 1, `${world.network.stream.connections} connections are held`);
      }
      return { "seconds to notice": Math.max(...seconds).toFixed(0) };
    } finally {
      await world.close();
    }
  },
};
