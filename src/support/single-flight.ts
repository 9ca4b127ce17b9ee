import { ERROR_TABLE } from "./error-table.js";
import { toCarDataError } from "./errors.js";

/** Returns whether somebody still waits for the work. */
export type IsWanted = () => boolean;

export const alwaysWanted: IsWanted = () => true;

interface RunningCall<T> {
  readonly result: Promise<T>;
  readonly callers: IsWanted[];
}

/** Runs the same work once for all callers until it has ended (single flight). */
export class SingleFlight<T> {
  readonly #running = new Map<string, RunningCall<T>>();

  /**
   * Joins the running work with this key, or begins it.
   * @param key identity of the work
   * @param isWanted returns whether this caller still waits
   * @param work is passed a function that returns whether any caller does
   */
  async run(key: string, isWanted: IsWanted, work: (isWanted: IsWanted) => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running === undefined) return this.#begin(key, isWanted, work);
    running.callers.push(isWanted);
    try {
      return await running.result;
    } catch (error) {
      if (ERROR_TABLE[toCarDataError(error).code].scope === "asker" && isWanted()) return this.run(key, isWanted, work);
      throw error;
    }
  }

  #begin(key: string, isWanted: IsWanted, work: (isWanted: IsWanted) => Promise<T>): Promise<T> {
    const callers = [isWanted];
    const result = work(() => callers.some((asks) => asks())).finally(() => this.#running.delete(key));
    this.#running.set(key, { result, callers });
    return result;
  }
}
