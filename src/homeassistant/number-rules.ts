import type { NumberTraits } from "./unit-traits.js";

/** What is known of a number beyond its unit. */
export interface NumberRule extends NumberTraits {
  /** The number alone: its unit is none for Home Assistant. */
  readonly isBare?: true;
}

const STORE = { deviceClass: "energy_storage", stateClass: "measurement", precision: 1 } as const;
const COUNTER = { stateClass: "total_increasing", precision: 0 } as const;
const MILEAGE = { ...COUNTER, deviceClass: "distance" } as const;
const COUNT = { stateClass: "measurement", precision: 0, isBare: true } as const;

/** The first that matches counts; what it does not name is as the unit says. */
const RULES: readonly (readonly [RegExp, NumberRule])[] = [
  [/^vehicle\.predicted_soc$/, { deviceClass: "battery", precision: 1 }],
  [/^vehicle\.magic_soc$/, { precision: 1 }],
  [/\.batteryManagement\.header$/, { deviceClass: "battery" }],
  [/\.batteryManagement\.(maxEnergy|batterySizeMax)$|\.hvsMaxEnergyAbsolute$/, STORE],
  [/\.smeEnergyDeltaFullyCharged$|^vehicle\.manual_battery_capacity$/, STORE],
  [/\.consumptionOverLifeTime\..*\.gridEnergy$/, { ...COUNTER, deviceClass: "energy" }],
  [/\.consumptionOverLifeTime\..*\.fuel$/, { ...COUNTER, deviceClass: "volume" }],
  [/\.consumptionOverLifeTime\..*\.referenceDistance/, MILEAGE],
  [/\.travell?edDistance$|^odometer$/, MILEAGE],
  [/\.electricalSystem\.battery\.voltage$/, { precision: 1 }],
  [/\.energyConsumptionComfort$/, { precision: 2 }],
  [/\.currentLocation\.heading$/, { stateClass: "measurement", precision: 0 }],
  [/\.(latitude|longitude)$/, { precision: 6 }],
  [/\.starsAverage$/, { stateClass: "measurement", precision: 1, isBare: true }],
  // Fields of a clock, no durations.
  [/\.timers\..*\.(hour|minute)$/, { isBare: true }],
  [/\.numberOfSatellites$|\.pointsOfInterests\.|\.conditionBasedServicesCount$/, COUNT],
];

export function numberRuleOf(descriptor: string): NumberRule {
  return RULES.find(([pattern]) => pattern.test(descriptor))?.[1] ?? {};
}
