import type { Problem } from "../support/errors.js";
import { aliasKeyOf } from "./vehicle-id.js";
import type { VehicleSettings } from "./settings.js";

/** The aliases of an account's cars. Topics are made of them, so among all accounts each stands for one car. */
export class Aliases {
  #vehicles: readonly VehicleSettings[] = [];
  /** Of whom the user was told, by alias. */
  readonly #told = new Map<string, string>();

  /** @param claim returns `null`, or which other account has it */
  constructor(
    private readonly settings: readonly VehicleSettings[],
    private readonly claim: (key: string) => string | null,
    private readonly warn: (problem: Problem) => void,
  ) {
    this.claimAgain();
  }

  /** The cars as the user has set them up, without aliases that another account has. */
  get vehicles(): readonly VehicleSettings[] {
    return this.#vehicles;
  }

  /** Takes what another account may have given up. Call it when all accounts are there: one that starts anew keeps its own. */
  claimAgain(): void {
    this.#vehicles = this.settings.map((vehicle) => (this.#isOwn(vehicle.alias) ? vehicle : { ...vehicle, alias: "" }));
  }

  #isOwn(alias: string): boolean {
    const key = aliasKeyOf(alias);
    const other = key === null ? null : this.claim(key);
    if (other === null) {
      this.#told.delete(alias);
      return true;
    }
    if (this.#told.get(alias) !== other) this.warn({ code: "alias_in_use", params: { alias, other } });
    this.#told.set(alias, other);
    return false;
  }
}
