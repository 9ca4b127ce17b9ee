import { newProblem, type Problem } from "../support/errors.js";
import type { Owner, OwnershipRegistry } from "./ownership-registry.js";
import type { VehicleSettings } from "./settings.js";
import { aliasKeyOf } from "./vehicle-identity.js";

/**
 * Claims the aliases of an account's cars. Topics are made of them, so among all accounts each alias stands for one
 * car: the first claimant has it, whether or not it works, and the other takes over when the first gives it up. During
 * a deploy it is unknown what a closed account gives up: until the deploy is over, its aliases go to whoever asks.
 */
export class AliasClaims implements Owner {
  readonly isInNeed = true;
  #vehicles: readonly VehicleSettings[] = [];
  #isDeployed = false;
  /** Holders that were reported to the user, by alias. */
  readonly #reportedOwners = new Map<string, string>();

  constructor(
    private readonly account: Pick<Owner, "id" | "label">,
    private readonly settings: readonly VehicleSettings[],
    private readonly ownership: OwnershipRegistry,
    private readonly warn: (problem: Problem) => void,
  ) {
    this.#claim();
  }

  get id(): string {
    return this.account.id;
  }

  get label(): string {
    return this.account.label;
  }

  /** Returns the user's settings of the cars, without aliases that another account has. */
  get vehicles(): readonly VehicleSettings[] {
    return this.#vehicles;
  }

  /** Returns whether a car of another account has this alias. */
  isTaken(alias: string): boolean {
    const name = aliasKeyOf(alias);
    return name !== null && this.ownership.other(aliasClaim(name), this.id) !== null;
  }

  /** Reports the aliases that another account has: all accounts of the deploy exist, so this is final. */
  deployed(): void {
    if (this.#isDeployed) return;
    this.#isDeployed = true;
    this.#claim();
  }

  granted(): void {
    this.#claim();
  }

  lost(): void {
    this.#claim();
  }

  /** Closes; the aliases are kept for a successor. */
  leave(): void {
    this.ownership.leave(this);
  }

  #claim(): void {
    this.#vehicles = this.settings.map((vehicle) => (this.#isOwn(vehicle.alias) ? vehicle : { ...vehicle, alias: "" }));
  }

  #isOwn(alias: string): boolean {
    const name = aliasKeyOf(alias);
    const key = name === null ? null : aliasClaim(name);
    const other = key === null ? null : this.ownership.claim(key, this);
    if (key === null || other === null) {
      this.#reportedOwners.delete(alias);
      return true;
    }
    if (!this.#isDeployed) return this.ownership.isKept(key);
    if (this.#reportedOwners.get(alias) !== other) this.warn(newProblem("alias_in_use", { alias, other }));
    this.#reportedOwners.set(alias, other);
    return false;
  }
}

const PREFIX = "alias:";
const aliasClaim = (name: string) => `${PREFIX}${name}`;

/** Returns whether a claim key is about an alias. */
export const isAliasClaim = (key: string) => key.startsWith(PREFIX);
