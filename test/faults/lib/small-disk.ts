import { execFileSync } from "node:child_process";
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const SIZE = "512k";
const PIECE = Buffer.alloc(4096);

/** Mounts a disk in memory that is soon full; only where this process may mount one. */
export class SmallDisk {
  private constructor(private readonly folder: string) {}

  /** Mounts it in place of this folder; returns `null` if that is not permitted here. */
  static mount(folder: string): SmallDisk | null {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE},mode=700`, "tmpfs", folder], { stdio: "ignore" });
    } catch {
      return null;
    }
    const disk = new SmallDisk(folder);
    process.once("exit", disk.#unmount);
    return disk;
  }

  /** Leaves so many blocks of 4 kB. */
  fill(piecesLeft: number): void {
    const file = openSync(this.#filler, "w");
    try {
      for (;;) writeSync(file, PIECE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      ftruncateSync(file, Math.max(0, fstatSync(file).size - piecesLeft * PIECE.length));
    } finally {
      closeSync(file);
    }
  }

  /** Frees the disk again. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  unmount(): void {
    process.off("exit", this.#unmount);
    this.#unmount();
  }

  get #filler(): string {
    return join(this.folder, "filler");
  }

  readonly #unmount = () => {
    execFileSync("umount", ["-l", this.folder], { stdio: "ignore" });
  };
}
