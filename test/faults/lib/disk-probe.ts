import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const EVERY_MS = 100;
const REMEMBERED = 50;

/** Measures how long a durable write takes at the moment: far more on a busy machine or a slow disk than usual. */
export class DiskProbe {
  readonly #took: number[] = [];
  #stopped = false;

  /** Writes to a file of its own in `folder`, again and again. */
  constructor(private readonly folder: string) {
    void this.#measure();
  }

  /** The longest recent write [ms]. */
  get slowestMs(): number {
    return Math.max(0, ...this.#took);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #measure(): Promise<void> {
    while (!this.#stopped) {
      const start = performance.now();
      // A folder that is gone at the end of the test is no trouble.
      await this.#write().catch(() => undefined);
      this.#took.push(performance.now() - start);
      if (this.#took.length > REMEMBERED) this.#took.shift();
      await pause(EVERY_MS);
    }
  }

  async #write(): Promise<void> {
    const path = join(this.folder, "probe");
    const file = await open(`${path}.new`, "w");
    await file.writeFile("x".repeat(4096));
    await file.sync();
    await file.close();
    await rename(`${path}.new`, path);
  }
}
