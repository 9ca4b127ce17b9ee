import { CarHistory } from "./car-history.js";

/** Bounds the cars of which anything is kept: twice as many as an account may have. */
const MOST_CARS = 1000;

/** Holds the histories of all cars. They outlive a deploy, which makes every account anew. */
export class Histories {
  readonly #accounts = new Map<string, Map<string, CarHistory>>();

  of(account: string, vin: string): CarHistory {
    const cars = this.#accounts.get(account) ?? new Map<string, CarHistory>();
    this.#accounts.set(account, cars);
    const history = cars.get(vin) ?? new CarHistory();
    // The one that has been silent for longest is the first of the map.
    cars.delete(vin);
    cars.set(vin, history);
    const [first] = cars.keys();
    if (cars.size > MOST_CARS && first !== undefined) cars.delete(first);
    return history;
  }

  /** Forgets the cars of accounts that are deployed no more. */
  keepOnly(accounts: ReadonlySet<string>): void {
    for (const id of this.#accounts.keys()) if (!accounts.has(id)) this.#accounts.delete(id);
  }
}
