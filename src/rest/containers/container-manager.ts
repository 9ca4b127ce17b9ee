import type { Clock } from "../../support/clock.js";
import { ERROR_TABLE } from "../../support/error-table.js";
import { toCarDataError, type CarDataError, type Problem } from "../../support/errors.js";
import { alwaysWanted, SingleFlight, type IsWanted } from "../../support/single-flight.js";
import { onlyOnce, whileWanted, type Budget, type RestApi } from "../rest-call.js";
import { requireContainerId, deleteContainer, fetchContainers, type Container } from "./container-calls.js";
import { bestContainer, inspectContainers, newestFirst, type ContainerContent } from "./container-choice.js";
import { ContainerCreator } from "./container-creator.js";
import { ContainerRegistry } from "./container-registry.js";
import { DEFAULT_DESCRIPTORS } from "./descriptor-sets.js";
import type { ContainerState } from "./container-state.js";

interface ContainerManagerOptions {
  /** Returns whether the catalogue lists a descriptor. */
  readonly isKnown: (descriptor: string) => boolean;
  /** Resolves when the wanted descriptors are settled: after a deploy the nodes register one by one. */
  readonly settled: () => Promise<void>;
  /** Called with the state that has to survive a restart. */
  readonly onState: (state: ContainerState) => void;
  /** Called for a failure that stops nobody: an old container stays, or the one in use could not be renewed. */
  readonly onNotice: (problem: Problem) => void;
  /** Called when BMW refuses some of the wanted descriptors; the container in use holds the rest. */
  readonly onReduced: (missing: readonly string[]) => void;
}

/** Describes the caller that needs a container. */
export interface ContainerRequester {
  /** Whether to ask BMW although it refused recently. */
  readonly force?: boolean;
  /** Returns whether the caller still waits; once nobody does, no further call is sent. */
  readonly isWanted?: IsWanted;
}

/** Sends the calls of a caller. */
interface ContainerCall {
  readonly rest: RestApi;
  readonly budget: Budget;
  readonly force: boolean;
}

/** Holds the ids of deleted containers and of those that BMW did not delete. */
export interface DeletedContainers {
  readonly deleted: string[];
  readonly failed: string[];
}

/** Holds the id of the container in use from now on, and the result for the old ones. */
interface Renewal extends DeletedContainers {
  readonly id: string;
}

/**
 * Keeps the one data container through which all telematic data of the account are read (docs/bmw.md, "Data container"):
 * used as long as it holds what is wanted, found again where it was forgotten, made anew where it is gone.
 */
export class ContainerManager {
  readonly #registry: ContainerRegistry;
  #wanted = DEFAULT_DESCRIPTORS;
  readonly #ensuring = new SingleFlight<string>();
  #queue: Promise<unknown> = Promise.resolve();
  #lastNotice: string | null = null;

  constructor(
    clock: Clock,
    private readonly rest: RestApi,
    private readonly options: ContainerManagerOptions,
  ) {
    this.#registry = new ContainerRegistry(clock, options.onState);
  }

  /** Restores a saved state. */
  restore(state: ContainerState): void {
    this.#registry.restore(state);
  }

  get state(): ContainerState {
    return this.#registry.state;
  }

  /** The descriptors that the container ought to hold. */
  get wanted(): readonly string[] {
    return this.#wanted;
  }

  /**
   * Sets the wanted descriptors.
   * @param descriptors of all nodes together; empty: the default ones
   */
  setWanted(descriptors: readonly string[]): void {
    this.#wanted = descriptors.length > 0 ? [...new Set(descriptors)] : DEFAULT_DESCRIPTORS;
  }

  /**
   * Returns the id of a container with the wanted descriptors, or as many as BMW accepts. Sends no call while the one
   * in use suffices; keeps it if it is renewed only for more descriptors and that fails.
   * @throws CarDataError `containers_limit`; for a day without a call, unless forced, `cu_402`, `cu_403` or `cu_124`
   *   (with the list); `node_closed`
   */
  async ensure(budget: Budget, { force = false, isWanted = alwaysWanted }: ContainerRequester = {}): Promise<string> {
    return this.#ensuring.run(String(force), isWanted, async (wanted) => {
      const call = this.#callFor(budget, force, wanted);
      return this.#registry.usable(this.#wanted) ?? this.#ensureInTurn(call);
    });
  }

  /**
   * Replaces the container `id`, which BMW does not know (CU-105, CU-121 or 404); returns the same id if that was tried
   * within a day, because then it is not the cause.
   * @throws as `ensure` does
   */
  replace(id: string, budget: Budget, requester: ContainerRequester = {}): Promise<string> {
    this.#registry.markUnreadable(id);
    return this.ensure(budget, requester);
  }

  /** Lists all containers of the account. One call. */
  list(isWanted = alwaysWanted): Promise<Container[]> {
    return this.#inTurn(() => fetchContainers(whileWanted(this.rest, isWanted), "manual"));
  }

  /** Lists them likewise, by one call at most, whatever comes of it. */
  listOnce(): Promise<Container[]> {
    return this.#inTurn(() => fetchContainers(onlyOnce(this.rest), "manual"));
  }

  /**
   * Deletes a container. One call.
   * @throws CarDataError `container_id_invalid`
   */
  async delete(id: string, isWanted = alwaysWanted): Promise<void> {
    requireContainerId(id);
    await this.#inTurn(() => this.#delete(id, this.#callFor("manual", false, isWanted)));
  }

  /** Deletes the containers of this package. One call, and one more for each. */
  deleteOwn(isWanted = alwaysWanted): Promise<DeletedContainers> {
    const call = this.#callFor("manual", false, isWanted);
    return this.#inTurn(async () => this.#deleteAll(ownOf(await fetchContainers(call.rest, call.budget)), call));
  }

  /**
   * Creates a new container, then deletes the old ones of this package.
   * @throws as `ensure` does
   */
  async reset({ force = false, isWanted = alwaysWanted }: ContainerRequester = {}): Promise<Renewal> {
    await this.options.settled();
    return this.#inTurn(async () => this.#renew(this.#callFor("manual", force, isWanted), true));
  }

  /** Resolves when no call is running. */
  async settled(): Promise<void> {
    const last = this.#queue;
    await last;
    if (this.#queue !== last) await this.settled();
  }

  #callFor(budget: Budget, force: boolean, isWanted: IsWanted): ContainerCall {
    return { rest: whileWanted(this.rest, isWanted), budget, force };
  }

  async #ensureInTurn(call: ContainerCall): Promise<string> {
    await this.options.settled();
    return this.#inTurn(async () => this.#registry.usable(this.#wanted) ?? this.#renewOrKeep(call));
  }

  /** Runs one action at a time: two that list, create and delete at once would undo each other's work. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(act);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #renewOrKeep(call: ContainerCall): Promise<string> {
    try {
      return (await this.#renew(call, false)).id;
    } catch (thrown) {
      const error = toCarDataError(thrown);
      const { container } = this.#registry.state;
      if (container === null || isOver(error) || error.code === "internal") throw error;
      this.#notice(error.problem);
      return container.id;
    }
  }

  /**
   * Renews the container.
   * @param anew whether to create a new one in any case
   */
  async #renew(call: ContainerCall, anew: boolean): Promise<Renewal> {
    const { rest, budget, force } = call;
    const registry = this.#registry;
    const wanted = this.#wanted;
    if (!force) registry.checkRefused(wanted);
    registry.checkLimit();
    const listed = await fetchContainers(rest, budget);
    const own = newestFirst(ownOf(listed));
    registry.forgetUnless((id) => own.some((container) => container.id === id));
    const candidates = registry.withoutUnreadable(own);
    const filled = anew ? [] : await inspectContainers(rest, candidates, registry.state.container, wanted, budget);
    const fitting = bestContainer(filled, wanted);
    if (fitting !== null) return this.#use(fitting, wanted);
    const creator = new ContainerCreator(rest, registry, this.options.isKnown, listed, own, budget);
    const made = await this.#make(creator, wanted, filled);
    const renewal = this.#use(made, wanted);
    if (filled.includes(made)) return renewal;
    const superseded = own.filter(({ id }) => !creator.deleted.includes(id));
    const { deleted, failed } = await this.#deleteAll(superseded, call);
    return { ...renewal, deleted: [...creator.deleted, ...deleted], failed };
  }

  async #make(
    creator: ContainerCreator,
    wanted: readonly string[],
    filled: ContainerContent[],
  ): Promise<ContainerContent> {
    try {
      return await creator.create(wanted, filled);
    } catch (thrown) {
      const error = toCarDataError(thrown);
      this.#registry.refused(error, wanted);
      throw error;
    }
  }

  #use(container: ContainerContent, wanted: readonly string[]): Renewal {
    const missing = this.#registry.use(container, wanted);
    this.#lastNotice = null;
    if (missing.length > 0) this.options.onReduced(missing);
    return { id: container.id, deleted: [], failed: [] };
  }

  /** Deletes one after the other; a container that BMW does not delete stays until the next time. */
  async #deleteAll(containers: readonly Container[], call: ContainerCall): Promise<DeletedContainers> {
    const deleted: string[] = [];
    const failed: string[] = [];
    for (const { id } of containers)
      try {
        await this.#delete(id, call);
        deleted.push(id);
      } catch (thrown) {
        const error = toCarDataError(thrown);
        if (isOver(error)) throw error;
        failed.push(id);
        this.#notice(error.problem);
      }
    return { deleted, failed };
  }

  async #delete(id: string, { rest, budget }: ContainerCall): Promise<void> {
    await deleteContainer(rest, id, budget);
    this.#registry.deleted(id);
  }

  /** Reports a problem once, even if it comes at every poll. */
  #notice(problem: Problem): void {
    if (problem.code === this.#lastNotice) return;
    this.#lastNotice = problem.code;
    this.options.onNotice(problem);
  }
}

function ownOf(containers: readonly Container[]): Container[] {
  return containers.filter(({ own, active }) => own && active);
}

/** Returns whether the account or the caller is gone, so that there is nobody to continue for. */
function isOver({ code }: CarDataError): boolean {
  return ERROR_TABLE[code].outcome === "abandoned";
}
