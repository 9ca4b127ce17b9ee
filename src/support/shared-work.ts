import { ERROR_TABLE } from "./error-table.js";
import { toCarDataError } from "./errors.js";

/** Whether somebody still waits for what is being done. */
export type IsWanted = () => boolean;

export const alwaysWanted: IsWanted = () => true;

interface Running<T> {
  readonly result: Promise<T>;
  readonly askers: IsWanted[];
}

/** Does the same work once for all who ask for it until it has ended. */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /**
   * @param key what is the same
   * @param isWanted whether the one who asks still waits
   * @param work is told whether anybody does
   */
  async join(key: string, isWanted: IsWanted, work: (isWanted: IsWanted) => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running === undefined) return this.#begin(key, isWanted, work);
    running.askers.push(isWanted);
    try {
      return await running.result;
    } catch (error) {
      if (ERROR_TABLE[toCarDataError(error).code].scope === "asker" && isWanted())
        return this.join(key, isWanted, work);
      throw error;
    }
  }

  #begin(key: string, isWanted: IsWanted, work: (isWanted: IsWanted) => Promise<T>): Promise<T> {
    const askers = [isWanted];
    const result = work(() => askers.some((asks) => asks())).finally(() => this.#running.delete(key));
    this.#running.set(key, { result, askers });
    return result;
  }
}
