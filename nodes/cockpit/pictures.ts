import type { CarKey, CockpitCar } from "../../src/cockpit/contract.js";
import type { Client } from "./client.js";

/** Names a picture until it changes. */
function idOf(key: CarKey, picture: string): string {
  return `${key} ${picture}`;
}

/** Holds addresses of the pictures that were fetched, which an `img` cannot do by itself: it sends no token. */
export class Pictures {
  /** By what they are of; "" while one is fetched, or if it cannot be had. */
  #addresses: ReadonlyMap<string, string> = new Map();

  /** @param onPicture called when there is one more */
  constructor(
    private readonly client: Pick<Client, "picture">,
    private readonly onPicture: () => void,
  ) {}

  /** Returns the address of a car's picture; "" where there is none. */
  of({ key, picture }: CockpitCar): string {
    return picture === null ? "" : (this.#addresses.get(idOf(key, picture)) ?? "");
  }

  /** Fetches those of these cars that nobody has asked for, one after the other. */
  async fetch(cars: readonly CockpitCar[]): Promise<void> {
    for (const { key, picture } of cars) {
      const id = picture === null ? null : idOf(key, picture);
      if (id === null || this.#addresses.has(id)) continue;
      this.#put(id, "");
      const bytes = await this.client.picture(key).catch(() => null);
      if (bytes === null) continue;
      this.#put(id, URL.createObjectURL(bytes));
      this.onPicture();
    }
  }

  close(): void {
    for (const address of this.#addresses.values()) URL.revokeObjectURL(address);
  }

  #put(id: string, address: string): void {
    this.#addresses = new Map([...this.#addresses, [id, address]]);
  }
}
