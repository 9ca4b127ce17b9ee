import { join } from "node:path";
import type { FaultScenario } from "./lib/fault.js";
import { RedWorld } from "./lib/red-world.js";
import { SmallDisk } from "./lib/small-disk.js";
import { liveUnwritableAgain, type WriteTrouble } from "./lib/unwritable.js";

const SPEED = 5;

/**
 * Fills the disk of the user folder for a while; where no disk can be mounted, makes Node-RED's writes fail instead.
 */
export const diskFull: FaultScenario = {
  title: "disk full and back",
  rounds: { short: 1, long: 10 },
  checked: "works in memory, told, all saved by itself, killed then: nothing lost",
  run: async (context) => {
    let disk: SmallDisk | null = null;
    const prepare = (userDir: string) => {
      disk = SmallDisk.mount(join(userDir, "cardata"));
    };
    const world = await RedWorld.live({ speed: SPEED, prepare, account: { record: true } });
    try {
      const seconds = await liveUnwritableAgain(world, context, (round) => troubleOf(world, disk, round % 3));
      return { disk: disk === null ? "pretended" : "real", "seconds until saved": seconds };
    } finally {
      await world.close();
      (disk as SmallDisk | null)?.unmount();
    }
  },
};

function troubleOf(world: RedWorld, disk: SmallDisk | null, piecesLeft: number): WriteTrouble {
  if (disk === null)
    return {
      begin: () => world.machine.change({ files: { folder: world.folder, code: "ENOSPC", calls: "write" } }),
      end: () => world.machine.change({ files: null }),
    };
  return {
    begin: async () => {
      disk.fill(piecesLeft);
    },
    end: async () => {
      disk.free();
    },
  };
}
