import { PREDICTED_SOC_SCHEMA } from "../../settings/predicted-soc-schema.js";
import { readSettings } from "../../settings/schema.js";

/** Options of a cardata-predicted-soc node. */
export interface SocOptions {
  /** VIN or alias; "" for all cars. A mistyped one is kept and matches no car. */
  readonly vehicle: string;
  /** Whether the driving estimate is wanted. */
  readonly magic: boolean;
  /** Lowest efficiency of a charge that is learned from. */
  readonly minEfficiency: number;
  readonly meterPriorityMs: number;
  /** Load beside the battery while charging by BMW's power [kW]. */
  readonly auxKw: number;
}

const SECOND_MS = 1000;

/** Parses the options of a flow file, with defaults for what is missing or invalid. */
export function parseSocOptions(properties: Readonly<Record<string, unknown>>): SocOptions {
  const { vehicle, magic, minEfficiency, meterPriority, auxKw } = readSettings(PREDICTED_SOC_SCHEMA, properties);
  return { vehicle, magic, minEfficiency, meterPriorityMs: meterPriority * SECOND_MS, auxKw };
}

export const DEFAULT_SOC_OPTIONS: SocOptions = parseSocOptions({});

/** Returns whether two nodes have the same options for a car. */
function sameOptions(one: SocOptions, other: SocOptions): boolean {
  return (["magic", "minEfficiency", "meterPriorityMs", "auxKw"] as const).every((name) => one[name] === other[name]);
}

/**
 * Holds the options of all nodes, and decides which node's options apply to a car: of those that name it, the one with
 * the lowest id.
 */
export class NodeOptions {
  readonly #options = new Map<string, SocOptions>();

  /** Registers the options of a node; returns a function that removes them. */
  join(node: string, options: SocOptions): () => void {
    this.#options.set(node, options);
    return () => {
      // The node may have registered again with other options.
      if (this.#options.get(node) === options) this.#options.delete(node);
    };
  }

  optionsOf(vin: string): SocOptions {
    const decider = this.#deciderOf(vin);
    return (decider === null ? undefined : this.#options.get(decider)) ?? DEFAULT_SOC_OPTIONS;
  }

  /** Returns whether other options than this node's apply to one of its cars. */
  differs(node: string): boolean {
    const own = this.#options.get(node);
    if (own === undefined) return false;
    // Options for "" apply to every car that no node names.
    const cars =
      own.vehicle === "" ? ["", ...[...this.#options.values()].map(({ vehicle }) => vehicle)] : [own.vehicle];
    return cars.some((car) => !sameOptions(this.optionsOf(car), own));
  }

  #deciderOf(vin: string): string | null {
    let decider: string | null = null;
    for (const [node, { vehicle }] of this.#options)
      if ((vehicle === "" || vehicle === vin) && (decider === null || node < decider)) decider = node;
    return decider;
  }
}
