import { MOST_AUX_KW } from "../../soc/settings.js";
import { finite, text } from "../../support/json.js";
import { parseVin } from "../../support/vin.js";

/** Options of a cardata-predicted-soc node. */
export interface SocOptions {
  /** "" for all cars; a mistyped one stays as it is and is no car. */
  readonly vehicle: string;
  /** Whether the driving estimate is wanted. */
  readonly magic: boolean;
  /** Lowest efficiency of a charge that is learned from. */
  readonly minEfficiency: number;
  readonly meterPriorityMs: number;
  /** Load beside the battery while charging by BMW's power, kW. */
  readonly auxKw: number;
}

/** The stored properties of a node; anything may be missing in older flows. */
type Properties = Readonly<Record<string, unknown>>;

const SECOND_MS = 1000;
const DAY_SECONDS = 24 * 60 * 60;
const LEAST_EFFICIENCY = 0.4;
const MOST_EFFICIENCY = 0.98;

export const DEFAULT_SOC_OPTIONS: SocOptions = {
  vehicle: "",
  magic: false,
  minEfficiency: 0.82,
  meterPriorityMs: 120 * SECOND_MS,
  auxKw: 0.3,
};

/** Options out of what a flow file holds, with defaults for what is missing or makes no sense. */
export function parseSocOptions(properties: Properties): SocOptions {
  const { minEfficiency, meterPriorityMs, auxKw } = DEFAULT_SOC_OPTIONS;
  const typed = text(properties["vehicle"])?.trim() ?? "";
  const priority = number(properties["meterPriority"], 0, DAY_SECONDS);
  return {
    vehicle: parseVin(typed) ?? typed,
    magic: properties["magic"] === true,
    minEfficiency: number(properties["minEfficiency"], LEAST_EFFICIENCY, MOST_EFFICIENCY) ?? minEfficiency,
    meterPriorityMs: priority === null ? meterPriorityMs : priority * SECOND_MS,
    auxKw: number(properties["auxKw"], 0, MOST_AUX_KW) ?? auxKw,
  };
}

/** Whether two nodes want the same of a car. */
function sameOptions(one: SocOptions, other: SocOptions): boolean {
  return (["magic", "minEfficiency", "meterPriorityMs", "auxKw"] as const).every((name) => one[name] === other[name]);
}

/** Holds the options of all nodes, and tells which node decides how a car is estimated: of those that want it, the one with the lowest id. */
export class NodeOptions {
  readonly #options = new Map<string, SocOptions>();

  /** A node begins to want estimates; returns what ends that. */
  join(node: string, options: SocOptions): () => void {
    this.#options.set(node, options);
    return () => {
      // The node may have joined again with other options.
      if (this.#options.get(node) === options) this.#options.delete(node);
    };
  }

  optionsOf(vin: string): SocOptions {
    const decider = this.#deciderOf(vin);
    return (decider === null ? undefined : this.#options.get(decider)) ?? DEFAULT_SOC_OPTIONS;
  }

  /** Whether another node decides for some car of this one, and decides otherwise. */
  differs(node: string): boolean {
    const own = this.#options.get(node);
    if (own === undefined) return false;
    // Options for "" hold for every car that no node names.
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

/** A number from `least` to `most`, also from text, else `null`. */
function number(value: unknown, least: number, most: number): number | null {
  const found = finite(typeof value === "string" ? value.trim().replace(",", ".") : value);
  return found !== null && found >= least && found <= most ? found : null;
}
