import { cleanText } from "../../support/clean-text.js";
import { ERROR_TABLE } from "../../support/error-table.js";
import { CarDataError } from "../../support/errors.js";
import type { Budget, RestApi } from "../rest-call.js";
import { createContainer, deleteContainer, type Container } from "./container-calls.js";
import type { ContainerContent } from "./container-choice.js";
import type { ContainerRegistry } from "./container-registry.js";
import { covers, smallerSets } from "./descriptor-sets.js";

const MAX_POSTS = 3;
const LONGEST_NAME = 40;

/**
 * Creates one container: with a smaller set if BMW refuses the wanted one, and in place of an old one of this package
 * if necessary.
 */
export class ContainerCreator {
  #posts = 0;
  #deleted: readonly string[] = [];

  /**
   * @param memory records creations and deletions
   * @param isKnown whether our catalogue lists a descriptor
   * @param listed all containers of the account
   * @param own those of ours that can be read, newest first
   */
  constructor(
    private readonly rest: RestApi,
    private readonly memory: Pick<ContainerRegistry, "made" | "deleted">,
    private readonly isKnown: (descriptor: string) => boolean,
    private readonly listed: readonly Container[],
    private readonly own: readonly Container[],
    private readonly budget: Budget,
  ) {}

  /** Returns the ids of the containers deleted to make room: one at most. */
  get deleted(): readonly string[] {
    return this.#deleted;
  }

  /**
   * Creates the container with at most three POSTs and one DELETE. Returns one of `existing` in place of a container
   * that would hold no more.
   * @throws CarDataError `cu_402`, `cu_403`: BMW refuses every set; `cu_124`, with the list of existing ones
   */
  async create(wanted: readonly string[], existing: readonly ContainerContent[]): Promise<ContainerContent> {
    try {
      return await this.#post(wanted);
    } catch (error) {
      return this.#makeSmaller(smallerSets(wanted, this.isKnown), existing, setRefusal(error));
    }
  }

  async #makeSmaller(
    [descriptors, ...smaller]: readonly (readonly string[])[],
    existing: readonly ContainerContent[],
    refusal: CarDataError,
  ): Promise<ContainerContent> {
    if (descriptors === undefined) throw refusal;
    const equal = existing.find((one) => !this.#deleted.includes(one.id) && covers(one.descriptors, descriptors));
    if (equal !== undefined) return equal;
    // The last POST is kept for the set with the best prospects.
    const isLast = this.#posts === MAX_POSTS - 1;
    if (isLast && smaller.length > 0) return this.#makeSmaller(smaller, existing, refusal);
    if (this.#posts >= MAX_POSTS) throw refusal;
    try {
      return await this.#post(descriptors);
    } catch (error) {
      return this.#makeSmaller(smaller, existing, setRefusal(error));
    }
  }

  async #post(descriptors: readonly string[]): Promise<ContainerContent> {
    this.#posts++;
    try {
      const id = await createContainer(this.rest, descriptors, this.budget);
      this.memory.made();
      return { id, descriptors };
    } catch (error) {
      if (!(error instanceof CarDataError)) throw error;
      if (ERROR_TABLE[error.code].outcome === "unclear") this.memory.made();
      if (error.code !== "cu_124") throw error;
      await this.#makeRoom(error);
      return this.#post(descriptors);
    }
  }

  /** Deletes an old container of this package: BMW allows ten. Never touches those of other programs. */
  async #makeRoom(refusal: CarDataError): Promise<void> {
    const oldest = this.own.at(-1);
    if (oldest === undefined || this.#deleted.length > 0 || this.#posts >= MAX_POSTS)
      throw new CarDataError("cu_124", { list: this.#describe() }, refusal.cause);
    await deleteContainer(this.rest, oldest.id, this.budget);
    this.#deleted = [oldest.id];
    this.memory.deleted(oldest.id);
  }

  /** `id "name" (2026-01-02), ...` */
  #describe(): string {
    const active = this.listed.filter((container) => container.active);
    return (active.length > 0 ? active : this.listed)
      .map(({ id, name, created }) => `${id} "${cleanText(name, LONGEST_NAME)}" (${dayOf(created)})`)
      .join(", ");
  }
}

function dayOf(created: string | null): string {
  return /^\d{4}-\d{2}-\d{2}/.exec(created ?? "")?.[0] ?? "?";
}

/** Returns the refusal of a set of descriptors; throws any other failure. */
function setRefusal(error: unknown): CarDataError {
  if (error instanceof CarDataError && (error.code === "cu_402" || error.code === "cu_403")) return error;
  throw error;
}
