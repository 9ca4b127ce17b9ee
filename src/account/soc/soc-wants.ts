import { DEFAULT_SOC_OPTIONS, sameOptions, type SocOptions } from "./soc-options.js";

/** Which node decides how a car is estimated: of those that want it, the one with the lowest id. */
export class SocWants {
  readonly #wants = new Map<string, SocOptions>();

  /** A node begins to want something; returns what ends that. */
  join(node: string, options: SocOptions): () => void {
    this.#wants.set(node, options);
    return () => {
      // The node may have joined again with other options.
      if (this.#wants.get(node) === options) this.#wants.delete(node);
    };
  }

  optionsOf(vin: string): SocOptions {
    const decider = this.#deciderOf(vin);
    return (decider === null ? undefined : this.#wants.get(decider)) ?? DEFAULT_SOC_OPTIONS;
  }

  /** Whether another node decides for some car of this one, and decides otherwise. */
  differs(node: string): boolean {
    const own = this.#wants.get(node);
    if (own === undefined) return false;
    // Options for "" hold for every car that no node names.
    const cars = own.vehicle === "" ? ["", ...[...this.#wants.values()].map(({ vehicle }) => vehicle)] : [own.vehicle];
    return cars.some((car) => !sameOptions(this.optionsOf(car), own));
  }

  #deciderOf(vin: string): string | null {
    let decider: string | null = null;
    for (const [node, { vehicle }] of this.#wants)
      if ((vehicle === "" || vehicle === vin) && (decider === null || node < decider)) decider = node;
    return decider;
  }
}
