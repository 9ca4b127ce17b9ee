import { timeIn } from "../../support/iso-time.js";
import { byKey, type Read } from "../../support/stored.js";
import { parseVin } from "../../support/vin.js";
import type { Car } from "../garage.js";

/** Whether BMW lets this account read a car over REST, and why not (account-and-api 11.3). */
export type Access = "ok" | "not_primary" | "no_permission" | "not_telematics_capable";

/** When BMW refused which car, by VIN, in milliseconds. */
export type Refusals = Readonly<Record<string, number>>;

/** Keeps what BMW refuses: a car that it does not let us read must not cost the others their calls. */
export class AccessBook {
  #refusedAt = new Map<string, number>();

  constructor(private readonly onChange: () => void) {}

  restore(refusals: Refusals): void {
    this.#refusedAt = new Map(Object.entries(refusals));
  }

  get state(): Refusals {
    return Object.fromEntries(this.#refusedAt);
  }

  refusedAt(vin: string): number | null {
    return this.#refusedAt.get(vin) ?? null;
  }

  of(vin: string, { role, basicData }: Pick<Car, "role" | "basicData">): Access {
    if (role === "secondary") return "not_primary";
    if (basicData?.["isTelematicsCapable"] === false) return "not_telematics_capable";
    return this.#refusedAt.has(vin) ? "no_permission" : "ok";
  }

  refuse(vin: string, at: number): void {
    this.#refusedAt.set(vin, at);
    this.onChange();
  }

  allow(vin: string): void {
    if (this.#refusedAt.delete(vin)) this.onChange();
  }
}

/** Tolerant. */
export const decodeRefusals: Read<Refusals> = byKey(parseVin, timeIn);
