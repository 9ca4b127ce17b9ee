import { MOST_AUX_KW } from "../soc/settings.js";
import { vehicle } from "./fields.js";
import { schema } from "./schema.js";
import { choice, decimal, flag } from "./setting.js";

const SECONDS_OF_DAY = 24 * 60 * 60;

export const PREDICTED_SOC_SCHEMA = schema("cardata-predicted-soc", {
  vehicle: vehicle(),
  magic: flag(),
  /** Lowest efficiency of a charge that is learned from. */
  minEfficiency: decimal(0.82, { least: 0.4, most: 0.98 }, { hint: "cardata-predicted-soc.invalid.minEfficiency" }),
  meterUnit: choice(["kW", "W"]),
  /** Seconds for which a reading of the meter takes precedence over BMW's power. */
  meterPriority: decimal(
    120,
    { least: 0, most: SECONDS_OF_DAY },
    { hint: "cardata-predicted-soc.invalid.meterPriority" },
  ),
  /** Load beside the battery while charging by BMW's power [kW]. */
  auxKw: decimal(0.3, { least: 0, most: MOST_AUX_KW }, { hint: "cardata-predicted-soc.invalid.auxKw" }),
});
