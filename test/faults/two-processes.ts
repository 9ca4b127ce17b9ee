import type { FaultScenario } from "./lib/fault.js";
import { expectFiles, expectProblem, expectRecovery } from "./lib/recovery.js";
import { RedWorld } from "./lib/red-world.js";
import { faultOfProblem } from "./lib/speech.js";

const SPEED = 5;
const SIDE_BY_SIDE_MS = 60_000;

/** Starts a second Node-RED on the same user folder; the first one ends later, by a signal or by a power cut. */
export const twoProcesses: FaultScenario = {
  title: "two Node-RED on one folder",
  rounds: { short: 1, long: 6 },
  checked: "the first goes on, the second says why not, takes over when the first is gone",
  run: async ({ rounds, random, expect }) => {
    const world = await RedWorld.live({ speed: SPEED });
    try {
      let isWell = true;
      for (let round = 0; round < rounds && isWell; round++) {
        const first = world.work;
        await world.boot();
        await world.clock.sleep(SIDE_BY_SIDE_MS);
        const { login, stream } = (await world.status())!;
        const reason = login.problem ?? stream.problem;
        expect(stream.state !== "live" && stream.state !== "quiet", "both use the stream");
        const fault = faultOfProblem(reason);
        expect(fault === null, `the reason why the second one does not work ${fault}`);
        if (reason !== undefined) expectProblem(reason, [reason.code], expect);
        // Whichever asks, BMW's answer must end up with the one that works.
        await Promise.all([world.refresh(), first.admin.post("/cardata/account/account/refresh")]);
        const reported = (await first.admin.get("/cardata/account/account/status")).body as {
          login: { state: string };
        };
        expect(reported.login.state === "ok", `the login of the first counts as ${reported.login.state}`);
        await first.connected().catch((error: unknown) => {
          expect(false, `the first one is not live: ${String(error)}`);
        });
        expectFiles(world, expect);
        await (random.fraction() < 0.5 ? first.red.kill() : first.red.stop());
        isWell = await expectRecovery(world, expect);
      }
      return {};
    } finally {
      await world.close();
    }
  },
};
