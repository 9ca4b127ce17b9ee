import type { Clock } from "../../support/clock.js";
import { toCarDataError, type Problem } from "../../support/errors.js";
import type { Budget, Rest } from "../call.js";
import { bestOf, lookInto, newestFirst, type FilledContainer } from "./choice.js";
import { DEFAULT_DESCRIPTORS } from "./descriptors.js";
import { ContainerMaker } from "./maker.js";
import { ContainerMemory } from "./memory.js";
import type { ContainerState } from "./state.js";
import { checkContainerId, deleteContainer, fetchContainers, type Container } from "./calls.js";

export interface ContainerKeeperDoors {
  readonly rest: Rest;
  readonly clock: Clock;
  /** Whether our catalogue lists a descriptor. */
  readonly isKnown: (descriptor: string) => boolean;
  /** Resolves when what is wanted stands: after a deploy the nodes come one by one. */
  readonly settled: () => Promise<void>;
  /** To be kept over a restart. */
  readonly onState: (state: ContainerState) => void;
  /** Something failed that keeps nobody from going on: an old container stays, or the one in use could not be renewed. */
  readonly onNotice: (problem: Problem) => void;
  /** BMW refuses some of what is wanted; the container in use holds the rest. */
  readonly onReduced: (missing: readonly string[]) => void;
}

/** Ids of containers that were deleted, and of those that BMW did not delete. */
export interface DeletedContainers {
  readonly deleted: string[];
  readonly failed: string[];
}

/** The container in use from now on, and what became of the old ones. */
interface Renewal extends DeletedContainers {
  readonly id: string;
}

/**
 * Keeps the one data container through which all telematic data of the account are read (account-and-api 10): used as
 * long as it holds what is wanted, found again where it was forgotten, made anew where it is gone.
 */
export class ContainerKeeper {
  readonly #memory: ContainerMemory;
  #wanted = DEFAULT_DESCRIPTORS;
  #ensuring: Promise<string> | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #lastNotice: string | null = null;

  constructor(private readonly doors: ContainerKeeperDoors) {
    this.#memory = new ContainerMemory(doors.clock, doors.onState);
  }

  /** Goes on from a saved state. */
  restore(state: ContainerState): void {
    this.#memory.restore(state);
  }

  get state(): ContainerState {
    return this.#memory.state;
  }

  /** What the container ought to hold. */
  get wanted(): readonly string[] {
    return this.#wanted;
  }

  /** @param descriptors of all nodes together; empty: the usual ones */
  setWanted(descriptors: readonly string[]): void {
    this.#wanted = descriptors.length > 0 ? [...new Set(descriptors)] : DEFAULT_DESCRIPTORS;
  }

  /**
   * The id of a container with what is wanted, or as much of it as BMW accepts. No call while the one in use will do;
   * if it is to be renewed only because more is wanted and that fails, it stays in use.
   * @throws CarDataError `containers_limit`; for a day without a call `cu_402`, `cu_403` or, unless a person asks,
   *   `cu_124` (with the list)
   */
  async ensure(budget: Budget): Promise<string> {
    const shared = this.#ensuring;
    if (shared === null) return this.#memory.usable(this.#wanted) ?? this.#ensureOnce(budget);
    try {
      return await shared;
    } catch (error) {
      // That was the share of another kind of call.
      if (toCarDataError(error).code !== "quota_share_used") throw error;
      return this.#ensureOnce(budget);
    }
  }

  /**
   * BMW does not know the container `id` (CU-105, CU-121 or 404): the id of another one; the same if that was tried
   * within a day, as it is not to blame then.
   * @throws as `ensure` does
   */
  replace(id: string, budget: Budget): Promise<string> {
    this.#memory.doubt(id);
    return this.ensure(budget);
  }

  /** All containers of the account. One call. */
  list(): Promise<Container[]> {
    return this.#inTurn(() => fetchContainers(this.doors.rest, "manual"));
  }

  /** One call. @throws CarDataError `container_id_invalid` */
  async delete(id: string): Promise<void> {
    checkContainerId(id);
    await this.#inTurn(() => this.#delete(id, "manual"));
  }

  /** Deletes what this package made. One call, and one more for each. */
  deleteOwn(): Promise<DeletedContainers> {
    return this.#inTurn(async () => this.#deleteAll(ownOf(await fetchContainers(this.doors.rest, "manual")), "manual"));
  }

  /** Makes a new container and then deletes the old ones of this package. @throws as `ensure` does */
  async reset(): Promise<Renewal> {
    await this.doors.settled();
    return this.#inTurn(() => this.#renew("manual", true));
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    const last = this.#queue;
    await last;
    if (this.#queue !== last) await this.settled();
  }

  #ensureOnce(budget: Budget): Promise<string> {
    this.#ensuring ??= this.#ensureInTurn(budget).finally(() => (this.#ensuring = null));
    return this.#ensuring;
  }

  async #ensureInTurn(budget: Budget): Promise<string> {
    await this.doors.settled();
    return this.#inTurn(async () => this.#memory.usable(this.#wanted) ?? this.#renewOrKeep(budget));
  }

  /** One thing at a time: two that list, make and delete at once would undo each other's work. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(act);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #renewOrKeep(budget: Budget): Promise<string> {
    try {
      this.#memory.checkRefused(this.#wanted, budget);
      return (await this.#renew(budget, false)).id;
    } catch (thrown) {
      const error = toCarDataError(thrown);
      const { container } = this.#memory.state;
      if (container === null || error.code === "rest_aborted" || error.code === "internal") throw error;
      this.#notice(error.problem);
      return container.id;
    }
  }

  /** @param anew makes a new one in any case */
  async #renew(budget: Budget, anew: boolean): Promise<Renewal> {
    const memory = this.#memory;
    memory.checkLimit();
    const wanted = this.#wanted;
    const listed = await fetchContainers(this.doors.rest, budget);
    const own = newestFirst(ownOf(listed));
    memory.forgetUnless((id) => own.some((container) => container.id === id));
    const candidates = memory.withoutDoubted(own);
    const filled = anew ? [] : await lookInto(this.doors.rest, candidates, memory.state.container, wanted, budget);
    const fitting = bestOf(filled, wanted);
    if (fitting !== null) return this.#use(fitting, wanted);
    const maker = this.#createMaker(listed, own, budget);
    const made = await this.#make(maker, wanted, filled);
    const renewal = this.#use(made, wanted);
    if (filled.includes(made)) return renewal;
    const superseded = own.filter(({ id }) => !maker.deleted.includes(id));
    const { deleted, failed } = await this.#deleteAll(superseded, budget);
    return { ...renewal, deleted: [...maker.deleted, ...deleted], failed };
  }

  async #make(maker: ContainerMaker, wanted: readonly string[], filled: FilledContainer[]): Promise<FilledContainer> {
    try {
      return await maker.make(wanted, filled);
    } catch (thrown) {
      const error = toCarDataError(thrown);
      this.#memory.refused(error, wanted);
      throw error;
    }
  }

  #createMaker(listed: readonly Container[], own: readonly Container[], budget: Budget): ContainerMaker {
    const { rest, isKnown } = this.doors;
    const onMade = () => {
      this.#memory.made();
    };
    const onDeleted = (deleted: string) => {
      this.#memory.deleted(deleted);
    };
    return new ContainerMaker({ rest, isKnown, onMade, onDeleted }, listed, own, budget);
  }

  #use(container: FilledContainer, wanted: readonly string[]): Renewal {
    const missing = this.#memory.use(container, wanted);
    this.#lastNotice = null;
    if (missing.length > 0) this.doors.onReduced(missing);
    return { id: container.id, deleted: [], failed: [] };
  }

  /** What BMW does not delete stays until the next time. */
  async #deleteAll(containers: readonly Container[], budget: Budget): Promise<DeletedContainers> {
    const deleted: string[] = [];
    const failed: string[] = [];
    for (const { id } of containers)
      try {
        await this.#delete(id, budget);
        deleted.push(id);
      } catch (error) {
        failed.push(id);
        this.#notice(toCarDataError(error).problem);
      }
    return { deleted, failed };
  }

  async #delete(id: string, budget: Budget): Promise<void> {
    await deleteContainer(this.doors.rest, id, budget);
    this.#memory.deleted(id);
  }

  /** What goes wrong at every poll is told once. */
  #notice(problem: Problem): void {
    if (problem.code === this.#lastNotice) return;
    this.#lastNotice = problem.code;
    this.doors.onNotice(problem);
  }
}

function ownOf(containers: readonly Container[]): Container[] {
  return containers.filter(({ own, active }) => own && active);
}
