import { pause, type Clock } from "../../support/clock.js";
import { newProblem, type Problem } from "../../support/errors.js";
import { DEFAULT_DESCRIPTORS } from "./descriptor-sets.js";

/** Limits the descriptors in a text for people: there may be hundreds. */
const MOST_NAMED = 5;
/** Waits until all nodes of a deploy have registered [ms]. */
const SETTLE_MS = 10_000;

/** Collects the descriptors that any node wants: the data container ought to hold them. */
export class WantedDescriptors {
  readonly #byNode = new Map<string, readonly string[]>();
  #settledAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Returns the descriptors of all nodes together; empty while no node wants any. */
  get all(): string[] {
    return [...this.#byNode.values()].flat();
  }

  /**
   * Registers the descriptors of a node.
   * @param descriptors empty: the default ones; `null`: none
   */
  set(node: string, descriptors: readonly string[] | null): void {
    this.#settledAt = this.clock.now() + SETTLE_MS;
    if (descriptors === null) this.#byNode.delete(node);
    else this.#byNode.set(node, descriptors.length > 0 ? descriptors : DEFAULT_DESCRIPTORS);
  }

  /** Resolves when no node has come or gone for 10 seconds. */
  async settled(): Promise<void> {
    const { clock, signal } = this;
    const wait = () => this.#settledAt - clock.now();
    while (!signal.aborted && wait() > 0 && wait() <= SETTLE_MS) await pause(clock, wait(), signal);
  }
}

/** Records wanted descriptors that BMW refuses. */
export function lackProblem(missing: readonly string[]): Problem {
  const named = missing.slice(0, MOST_NAMED);
  const more = missing.length > named.length ? ["…"] : [];
  return newProblem("container_reduced", { count: missing.length, missing: [...named, ...more].join(", ") });
}
