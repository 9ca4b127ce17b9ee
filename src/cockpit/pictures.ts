import type { Account } from "../account/account.js";
import type { BinaryContent } from "../rest/rest-call.js";
import { shortHash } from "../support/short-hash.js";
import type { CarKey } from "./contract.js";

/** Tells which cars have a picture, without holding any: they lie in files of their accounts. */
export class Pictures {
  /** By the key of the car, what changes with the picture. */
  readonly #known = new Map<CarKey, string>();

  /** @param onFound called when a car has got a picture, or another one */
  constructor(private readonly onFound: (key: CarKey) => void) {}

  versionOf(key: CarKey): string | null {
    return this.#known.get(key) ?? null;
  }

  /** Looks for the pictures of cars that have none so far, one after the other: the files are slow on some machines. */
  async look({ registry, rest }: Pick<Account, "registry" | "rest">, keyOf: (vin: string) => CarKey): Promise<void> {
    for (const vin of [...registry.cars.keys()]) {
      const key = keyOf(vin);
      const picture = this.#known.has(key) ? null : await rest.keptImage(vin);
      if (picture !== null) this.found(key, picture);
    }
  }

  found(key: CarKey, { bytes }: BinaryContent): void {
    const version = shortHash(bytes.toString("latin1"));
    if (this.#known.get(key) === version) return;
    this.#known.set(key, version);
    this.onFound(key);
  }
}
