import type { FaultScenario } from "./lib/fault.js";
import { RedWorld } from "./lib/red-world.js";
import { startUnreadable } from "./lib/unreadable.js";

const SPEED = 5;
const CODES = ["EIO", "EMFILE", "EBUSY", "EACCES"];

/** Makes reading files fail: a worn SD card, too many open files, a virus scanner. */
export const readErrors: FaultScenario = {
  title: `${CODES.join(", ")} at the start`,
  rounds: { short: 2, long: 12 },
  checked: "nothing put aside, reason told, goes on by itself, nothing lost, no call",
  run: async (context) => {
    const world = await RedWorld.live({ speed: SPEED });
    try {
      await world.learn(78);
      let isWell = true;
      for (let round = 0; round < context.rounds && isWell; round++) {
        const code = CODES[round % CODES.length]!;
        isWell = await startUnreadable(world, context, {
          code,
          begin: () => world.boot({ files: { folder: world.folder, code, calls: "read" } }),
          end: () => world.machine.change({ files: null }),
        });
      }
      return {};
    } finally {
      await world.close();
    }
  },
};
