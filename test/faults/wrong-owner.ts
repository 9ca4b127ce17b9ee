import type { FaultScenario } from "./lib/fault.js";
import { RedWorld } from "./lib/red-world.js";
import { giveBack, LAUNCHER, pretended, takeAway } from "./lib/rights.js";
import { startUnreadable } from "./lib/unreadable.js";

const SPEED = 5;

/** Gives all files to another user by one start under `sudo`, until somebody mends that. */
export const wrongOwner: FaultScenario = {
  title: "wrong owner and back",
  rounds: { short: 1, long: 8 },
  checked: "nothing put aside, reason told, goes on by itself, nothing lost, no call",
  run: async (context) => {
    const world = await RedWorld.live({ speed: SPEED, process: { launcher: LAUNCHER ?? [] } });
    const { folder } = world;
    try {
      await world.learn(77);
      let isWell = true;
      for (let round = 0; round < context.rounds && isWell; round++)
        isWell = await startUnreadable(world, context, {
          code: "EACCES",
          begin: async () => {
            takeAway(folder, { itself: round % 2 === 1 });
            await world.boot({ files: pretended(folder, "EACCES", "read") });
          },
          end: async () => {
            giveBack(folder);
            await world.machine.change({ files: null });
          },
        });
      return { owner: LAUNCHER === null ? "pretended" : "real" };
    } finally {
      await world.close();
      giveBack(folder);
    }
  },
};
