import type { Clock } from "../../support/clock.js";
import { CarDataError } from "../../support/errors.js";
import { utcTime } from "../../support/utc-time.js";
import { rememberedRefusal } from "../remembered-refusal.js";
import { retryAt } from "../quota-refusal.js";
import type { Container } from "./container-calls.js";
import type { ContainerContent } from "./container-choice.js";
import { signatureOf } from "./descriptor-sets.js";
import { NO_CONTAINER, refusedCode, type ContainerState, type ContainerInUse } from "./container-state.js";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const RETRY_REDUCED_MS = 7 * DAY_MS;
const REFUSED_FOR_MS = DAY_MS;

/** Remembers the account's containers and decides what follows from that; makes no calls. */
export class ContainerRegistry {
  #state = NO_CONTAINER;
  /** Container that can no longer be read, although BMW lists it. */
  #unreadable: ContainerInUse | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly onState: (state: ContainerState) => void,
  ) {}

  /** Goes on from a saved state. */
  restore(state: ContainerState): void {
    this.#state = state;
    this.#unreadable = null;
  }

  get state(): ContainerState {
    return this.#state;
  }

  /** Returns the container in use, unless another one would be better. */
  usable(wanted: readonly string[]): string | null {
    const { container } = this.#state;
    if (container === null) return null;
    const { id, accepted, missing, triedAt } = container;
    const refused = new Set(missing);
    const asked = new Set([...accepted, ...missing]);
    // A descriptor that is no longer wanted does no harm; a new container would cost three calls.
    if (!wanted.every((descriptor) => asked.has(descriptor))) return null;
    const isReduced = wanted.some((descriptor) => refused.has(descriptor));
    return isReduced && Math.abs(this.clock.now() - triedAt) >= RETRY_REDUCED_MS ? null : id;
  }

  /** Starts using a container; returns the descriptors that it lacks. */
  use({ id, descriptors }: ContainerContent, wanted: readonly string[]): string[] {
    const held = new Set(descriptors);
    const missing = wanted.filter((descriptor) => !held.has(descriptor));
    this.#change({ container: { id, accepted: [...held], missing, triedAt: this.clock.now() }, refused: null });
    return missing;
  }

  /** Forgets the container in use if it no longer exists. */
  forgetUnless(isThere: (id: string) => boolean): void {
    const { container } = this.#state;
    if (container !== null && !isThere(container.id)) this.#change({ container: null });
  }

  /** Records a deletion: the container is no longer in use, and there is room for another one. */
  deleted(id: string): void {
    this.forgetUnless((kept) => kept !== id);
    if (this.#state.refused?.code === "cu_124") this.#change({ refused: null });
  }

  /** Records that BMW refuses to read the container in use. */
  markUnreadable(id: string): void {
    const { container } = this.#state;
    if (container?.id !== id) return;
    this.#unreadable = container;
    this.#change({ container: null });
  }

  /**
   * Returns `own` without the unreadable one. Gives up a listed container at most once a day; if that does not help, it
   * was not the cause.
   */
  withoutUnreadable(own: readonly Container[]): readonly Container[] {
    const doubted = this.#unreadable;
    this.#unreadable = null;
    const now = this.clock.now();
    if (doubted === null || !own.some(({ id }) => id === doubted.id)) return own;
    if (Math.abs(now - this.#state.doubtedAt) < DAY_MS) {
      this.#change({ container: doubted });
      return own;
    }
    this.#change({ doubtedAt: now });
    return own.filter(({ id }) => id !== doubted.id);
  }

  made(): void {
    const now = this.clock.now();
    this.#change({ creations: [...countingCreations(this.#state.creations, now), now] });
  }

  /**
   * Checks the limit of creations.
   * @throws CarDataError `containers_limit`
   */
  checkLimit(): void {
    checkCreations(this.#state.creations, this.clock.now());
  }

  /** Records that BMW refused every set, or has no room. */
  refused({ code, params }: CarDataError, wanted: readonly string[]): void {
    const refused = refusedCode(code);
    if (refused === null) return;
    const until = this.clock.now() + REFUSED_FOR_MS;
    this.#change({
      refused: { code: refused, until, wanted: signatureOf(wanted), list: String(params["list"] ?? "") },
    });
  }

  /**
   * Throws a refusal of the last day without asking again, unless other descriptors are wanted.
   * @throws CarDataError `cu_402`, `cu_403`, `cu_124`
   */
  checkRefused(wanted: readonly string[]): void {
    const { refused } = this.#state;
    if (refused === null || (refused.code === "cu_402" && refused.wanted !== signatureOf(wanted))) return;
    const { code, until, list } = refused;
    const wait = until - this.clock.now();
    // A refusal that lasts longer than a day comes from a wrong clock.
    if (wait > 0 && wait <= REFUSED_FOR_MS)
      throw rememberedRefusal(code, code === "cu_124" ? { list } : {}, until - REFUSED_FOR_MS, until);
  }

  #change(changes: Partial<ContainerState>): void {
    this.#state = { ...this.#state, ...changes };
    this.onState(this.#state);
  }
}

/** Limits how many containers are made in a time: a mistake, or a program that deletes ours, must not eat the quota. */
const LIMITS = [
  { most: 3, within: HOUR_MS },
  { most: 10, within: DAY_MS },
] as const;

/**
 * Returns the part of `creations` [ms, oldest first] that still counts. Times ahead of `now` come from a wrong clock.
 */
function countingCreations(creations: readonly number[], now: number): number[] {
  return creations.filter((time) => time > now - DAY_MS && time <= now);
}

/**
 * Checks that one more container may be created at `now`.
 * @throws CarDataError `containers_limit`
 */
function checkCreations(creations: readonly number[], now: number): void {
  for (const { most, within } of LIMITS) {
    const recent = countingCreations(creations, now).filter((time) => time > now - within);
    const decisive = recent.at(-most);
    if (decisive !== undefined) throw limitReached(recent.length, decisive + within);
  }
}

function limitReached(count: number, until: number): CarDataError {
  return new CarDataError("containers_limit", { count, time: utcTime(until) }, retryAt(until));
}
