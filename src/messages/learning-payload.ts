import type { LearnedCondition, LearningDecision, LearningReport } from "../soc/estimate.js";
import { isoText } from "./iso-text.js";
import type { DecisionEntry, LearningPayload } from "./types.js";

/** Builds the learning report of a car; a copy, because flows may change what they receive. */
export function learningPayload({ charging, driving, lastDecision }: LearningReport): LearningPayload {
  const { overall, months, brackets, defaultKwhPerKm } = driving;
  return {
    efficiency: charging.conditions.map(efficiencyOf),
    fixedLoss: charging.losses.map((loss) => ({ ...loss })),
    consumption: structuredClone({ defaultKwhPerKm, overall, months, brackets }),
    lastDecision: lastDecision === null ? null : decisionOf(lastDecision),
  };
}

/** Parses the key `phases_volts_amps`; fast charging is one condition, which begins with 0. */
function efficiencyOf(condition: LearnedCondition): LearningPayload["efficiency"][number] {
  const { key, efficiency, samples, deviationPp, trend } = condition;
  const [phases = null, volts = null, amps = null] = key.split("_").map(Number);
  const isDirect = phases === 0;
  const parts = isDirect ? { phases: null, volts: null, amps: null } : { phases, volts, amps };
  return { key, method: isDirect ? "DC" : "AC", ...parts, efficiency, samples, deviationPp, trend };
}

function decisionOf(decision: LearningDecision): DecisionEntry {
  const { at, what, accepted, reason, value, socChange, energyKwh, condition } = decision;
  const text = sentenceOf(decision);
  return { at: isoText(at), what, accepted, reason, text, value, socChange, energyKwh, condition };
}

function sentenceOf({ what, accepted, reason, value }: LearningDecision): string {
  const subject = what === "driving" ? "trip" : "charge";
  if (accepted) return `Learned from the ${subject}${measured(what, value)}.`;
  const why = REASONS[reason];
  return `Not learned from the ${subject}${measured(what, value)}: ${why ?? reason}.`;
}

function measured(what: LearningDecision["what"], value: number | null): string {
  if (value === null) return "";
  return what === "driving"
    ? ` (${(value * 100).toFixed(1)} kWh/100 km)`
    : ` (efficiency ${(value * 100).toFixed(1)} %)`;
}

/** Maps the estimators' codes to texts on why nothing was learned. */
const REASONS: Readonly<Partial<Record<string, string>>> = {
  smallGain: "it gained less than 5 %",
  noEnergy: "no energy was counted",
  belowBounds: "the efficiency is lower than the settings allow, perhaps power or capacity is not right",
  aboveBounds: "the efficiency is higher than 98 %, perhaps power or capacity is not right",
  restored: "Node-RED was restarted meanwhile, so its energy is not certain",
  phasesChanged: "the number of phases became known too late for the energy counted before",
  powerGaps: "the power was unknown for more than a tenth of the time",
  superseded: "the next charge began before the car confirmed the battery level",
  unconfirmed: "the car did not confirm the battery level in time",
  outlier: "the efficiency is too far from the former ones of this condition",
  socUnknown: "the battery level at its start or end is not known",
  odometerUnknown: "the mileage at its start or end is not known",
  capacityUnknown: "the capacity of the battery is not known",
  shortDistance: "it was shorter than 5 km",
  smallDrop: "it used less than 2 % of the battery",
  implausibleRate: "the consumption is not between 10 and 40 kWh/100 km",
};
