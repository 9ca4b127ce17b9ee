import { finite, isObject } from "../support/json.js";
import type { SocSignal } from "./types.js";

/** A state of charge that the car told. */
export type SocValue = Extract<SocSignal, { kind: "soc" }>;

/** In the order in which they count. */
export const SOC_VALUE_SOURCES: readonly SocValue["source"][] = ["header", "displayed", "level", "tripEnd"];

/** The value out of what was saved; `null` if it cannot be used. */
export function decodeSocValue(saved: unknown): SocValue | null {
  if (!isObject(saved)) return null;
  const [soc, at, now] = [finite(saved["soc"]), finite(saved["at"]), finite(saved["now"])];
  const source = SOC_VALUE_SOURCES.find((one) => one === saved["source"]);
  if (soc === null || soc < 0 || soc > 100 || at === null || now === null || source === undefined) return null;
  return { kind: "soc", source, soc, at, now, pushed: saved["pushed"] === true };
}
