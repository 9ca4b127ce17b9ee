import { eventually } from "../helpers/eventually.js";
import type { FaultScenario } from "./lib/fault.js";
import { expectProblem, expectRecovery } from "./lib/recovery.js";
import { RedWorld } from "./lib/red-world.js";

const SPEED = 15;
/**
 * The silence is noticed after one and a half keepalives of 30 s; then there is a pause, and the machine may be busy.
 */
const NOTICED_WITHIN_S = 120;
const LONG_LIFE_MS = 61_000;

/** Lets the stream's connection die without an end: nothing arrives, and nothing reports it. */
export const halfOpen: FaultScenario = {
  title: "half-open sockets",
  rounds: { short: 1, long: 10 },
  checked: "noticed by keepalive, one session, live again",
  run: async ({ rounds, expect }) => {
    const world = await RedWorld.live({ speed: SPEED });
    const seconds: number[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        // Shorter connections look as if a second client cut them off.
        await world.clock.sleep(LONG_LIFE_MS);
        await world.hears();
        const { log } = world.simulator;
        const before = log.count("connect");
        const frozenAt = world.clock.now();
        world.network.freeze();
        await eventually("a new connection", () => log.count("connect") > before);
        const noticed = (world.clock.now() - frozenAt) / 1000;
        seconds.push(noticed);
        expect(noticed < NOTICED_WITHIN_S, `noticed after ${noticed.toFixed(0)} s only`);
        const { problem } = (await world.status())!.stream;
        if (problem !== undefined) expectProblem(problem, ["stream_network", "stream_closed"], expect);
        await expectRecovery(world, expect);
        expect(world.network.stream.connections <= 1, `${world.network.stream.connections} connections are held`);
      }
      return { "seconds to notice": Math.max(...seconds).toFixed(0) };
    } finally {
      await world.close();
    }
  },
};
