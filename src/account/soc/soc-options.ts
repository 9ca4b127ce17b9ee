import { PREDICTED_SOC_SCHEMA } from "../../settings/predicted-soc-schema.js";
import { readSettings } from "../../settings/schema.js";

/** What a cardata-predicted-soc node wants. */
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

const SECOND_MS = 1000;

/** Options out of what a flow file holds, with defaults for what is missing or makes no sense. */
export function parseSocOptions(properties: Readonly<Record<string, unknown>>): SocOptions {
  const { vehicle, magic, minEfficiency, meterPriority, auxKw } = readSettings(PREDICTED_SOC_SCHEMA, properties);
  return { vehicle, magic, minEfficiency, meterPriorityMs: meterPriority * SECOND_MS, auxKw };
}

export const DEFAULT_SOC_OPTIONS: SocOptions = parseSocOptions({});

/** Whether two nodes want the same of a car. */
export function sameOptions(one: SocOptions, other: SocOptions): boolean {
  return (["magic", "minEfficiency", "meterPriorityMs", "auxKw"] as const).every((name) => one[name] === other[name]);
}
