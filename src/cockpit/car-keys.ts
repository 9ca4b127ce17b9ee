import { createHash } from "node:crypto";
import type { CarKey } from "./contract.js";

/** The car that a key stands for. */
interface KeyedCar {
  readonly account: string;
  readonly vin: string;
}

const LENGTH = 20;
/** Bounds what is remembered; what is forgotten gets the same key again when it is shown. */
const MOST_KEPT = 5000;

/** Gives cars the names by which addresses call them: those end up in logs of proxies, where no VIN may be. */
export class CarKeys {
  readonly #cars = new Map<CarKey, KeyedCar>();
  readonly #keys = new Map<string, CarKey>();

  /** @param secret keeps VINs from being guessed by their keys; made anew with every start */
  constructor(private readonly secret: Buffer) {}

  keyOf(account: string, vin: string): CarKey {
    const name = `${vin} ${account}`;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    if (this.#keys.size >= MOST_KEPT) for (const map of [this.#cars, this.#keys]) map.clear();
    const key = createHash("sha256").update(this.secret).update(name).digest("hex").slice(0, LENGTH);
    this.#keys.set(name, key);
    this.#cars.set(key, { account, vin });
    return key;
  }

  /** `null` for a key of no car that was ever shown. */
  carOf(key: CarKey): KeyedCar | null {
    return this.#cars.get(key) ?? null;
  }
}
