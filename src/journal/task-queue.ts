import { systemCodeOf } from "../support/errors.js";

export interface TaskQueueDependencies<T> {
  /** Does a task; throws the system's error if the files cannot be used. */
  readonly run: (task: T) => Promise<void>;
  /**
   * Called once when the files cannot be used, so that tasks wait; with `null` once they can again. Also called with each
   * mistake of the program, which has no code of the system: such a task is left out.
   */
  readonly onTrouble: (cause: unknown) => void;
  /** Returns what a task is about: of the same the later ones wait for the earlier ones. */
  readonly subjectOf: (task: T) => string;
  /** Limits what waits while the files cannot be used: more is lost, the oldest first. */
  readonly most: number;
}

/** Does tasks one after the other. What fails by the files, and what is about the same, waits for the next task, or for `retry`. */
export class TaskQueue<T> {
  #waiting: T[] = [];
  #working: Promise<void> | null = null;
  #isTroubled = false;
  #isClosed = false;

  constructor(private readonly dependencies: TaskQueueDependencies<T>) {}

  /** Returns what is not done yet, in its order. */
  get waiting(): readonly T[] {
    return this.#waiting;
  }

  add(task: T): void {
    this.#waiting.push(task);
    this.#waiting.splice(0, this.#waiting.length - this.dependencies.most);
    void this.retry();
  }

  /** Leaves out what waits and does not fit; a task under way has to look whether it still waits. */
  keep(fits: (task: T) => boolean): void {
    this.#waiting = this.#waiting.filter(fits);
  }

  /** Does what waits, as far as possible; never rejects. */
  async retry(): Promise<void> {
    if (this.#waiting.length > 0) this.#working ??= this.#work();
    else this.#endTrouble();
    await this.#working;
  }

  /** Begins no other task; what waits stays. */
  close(): void {
    this.#isClosed = true;
  }

  /** Does what waits in its order. */
  async #work(): Promise<void> {
    const stuck = new Set<string>();
    const next = () => this.#waiting.find((one) => !stuck.has(this.dependencies.subjectOf(one)));
    for (let task = next(); task !== undefined && !this.#isClosed; task = next()) {
      const own = task;
      if (await this.#attempt(own)) this.keep((one) => one !== own);
      else stuck.add(this.dependencies.subjectOf(own));
    }
    if (stuck.size === 0 && !this.#isClosed) this.#endTrouble();
    // Here and not once this is awaited: what is planned in between would wait for the next one.
    this.#working = null;
  }

  /** Returns whether a task needs no other attempt: a mistake of the program would stay one. */
  async #attempt(task: T): Promise<boolean> {
    try {
      await this.dependencies.run(task);
      return true;
    } catch (cause) {
      const isMistake = systemCodeOf(cause) === null;
      if (isMistake || !this.#isTroubled) this.dependencies.onTrouble(cause);
      this.#isTroubled ||= !isMistake;
      return isMistake;
    }
  }

  #endTrouble(): void {
    if (this.#isTroubled) this.dependencies.onTrouble(null);
    this.#isTroubled = false;
  }
}
