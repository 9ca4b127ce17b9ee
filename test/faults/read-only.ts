import type { FaultScenario } from "./lib/fault.js";
import { RedWorld } from "./lib/red-world.js";
import { CAN_LOCK_FOLDER, LAUNCHER, setReadOnly } from "./lib/rights.js";
import { liveUnwritableAgain, type WriteTrouble } from "./lib/unwritable.js";

const SPEED = 5;

/** Makes the account's folder, or its whole file system, read-only, from the start or in the middle of work. */
export const readOnly: FaultScenario = {
  title: "read-only folder and back",
  rounds: { short: 1, long: 8 },
  checked: "works in memory, told, all saved by itself, killed then: nothing lost",
  run: async (context) => {
    const world = await RedWorld.live({ speed: SPEED, process: { launcher: LAUNCHER ?? [] } });
    try {
      const seconds = await liveUnwritableAgain(world, context, (round) =>
        CAN_LOCK_FOLDER && round % 2 === 0 ? folderOf(world) : fileSystemOf(world),
      );
      return { folder: CAN_LOCK_FOLDER ? "real" : "pretended", "seconds until saved": seconds };
    } finally {
      await world.close();
      if (CAN_LOCK_FOLDER) setReadOnly(world.folder, false);
    }
  },
};

/** Read-only from the start on: the process begins in it. */
function folderOf(world: RedWorld): WriteTrouble {
  return {
    begin: async () => {
      await world.stop();
      setReadOnly(world.folder, true);
      await world.boot();
      await world.connected();
    },
    end: async () => {
      setReadOnly(world.folder, false);
    },
  };
}

/** Becomes read-only in the middle of work, as after an error of an SD card. */
function fileSystemOf(world: RedWorld): WriteTrouble {
  return {
    begin: () => world.machine.change({ files: { folder: world.folder, code: "EROFS", calls: "write" } }),
    end: () => world.machine.change({ files: null }),
  };
}
