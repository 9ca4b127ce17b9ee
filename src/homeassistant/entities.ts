import { factsOf } from "../vehicle/catalogue.js";
import { haPartOf, keyOf, uniqueIdOf, type Entity, type HaPart } from "./ha-part.js";
import { isTime } from "./times.js";
import { isUnitOf, traitsOfUnit, unitFor, type NumberTraits } from "./unit-traits.js";
import { isDiagnostic, isOffByDefault } from "./visibility.js";

/** What a value is about, without the value: all that decides what its entity looks like. */
export interface Subject {
  /** As BMW spells it, `vehicle.predicted_soc`, `vehicle.magic_soc` or the name of a value with a source. */
  descriptor: string;
  name: string;
  /** Canonical spelling; only numbers have one. */
  unit: string | null;
  type: ValueType;
}

type ValueType = "number" | "boolean" | "string";

interface ToldValue {
  readonly descriptor: string;
  readonly name: string;
  readonly unit: string | null;
  readonly payload: unknown;
  /** With an unknown value: what was known before. */
  readonly last?: { readonly value: unknown } | undefined;
}

/** Values with a source have no place in the catalogue. */
const TYPES_OF_VALUES: ReadonlyMap<string, ValueType> = new Map([
  ["soc", "number"],
  ["range", "number"],
  ["fuel", "number"],
  ["odometer", "number"],
  ["plugged", "boolean"],
  ["charging", "boolean"],
  ["locked", "boolean"],
]);

/** The subject of a value's message. */
export function subjectOf({ descriptor, name, unit, payload, last }: ToldValue): Subject {
  const type = knownTypeOf(descriptor) ?? typeOf(knownValue({ payload, last }), unit);
  return { descriptor, name, unit: type === "number" ? unit : null, type };
}

/** What was known before, while the value is unknown. */
function knownValue({ payload, last }: Pick<ToldValue, "payload" | "last">): unknown {
  return payload ?? last?.value ?? null;
}

/** By the catalogue, so that an odd value does not turn its entity into another; `null` where it says nothing. */
function knownTypeOf(descriptor: string): ValueType | null {
  const value = TYPES_OF_VALUES.get(descriptor);
  if (value !== undefined) return value;
  const facts = factsOf(descriptor);
  if (facts === undefined) return null;
  // BMW calls the end of a trip a number and sends a text.
  if (facts.structured === true || isTime(descriptor)) return "string";
  if (facts.type === null) return facts.unit === null ? null : "number";
  return facts.type === "boolean" || facts.type === "string" ? facts.type : "number";
}

function typeOf(value: unknown, unit: string | null): ValueType {
  const type = typeof value;
  if (type === "number" || type === "boolean") return type;
  return value === null && unit !== null ? "number" : "string";
}

/** What decides on the entity of a descriptor, as it was last, and the part of any message about it. */
interface Remembered extends Omit<ToldValue, "descriptor" | "payload" | "last"> {
  readonly type: string;
  readonly part: HaPart;
}

/** By descriptor: rules take longer than everything else that makes a message. */
const cache = new Map<string, Remembered>();
const LARGEST_CACHE = 2000;

/** `msg.ha` of a value's message. */
export function haPartOfValue(vin: string, value: ToldValue): HaPart {
  const { descriptor, name, unit } = value;
  const type = typeof knownValue(value);
  let known = cache.get(descriptor);
  if (known?.type !== type || known.unit !== unit || known.name !== name) {
    known = { type, unit, name, part: haPartOf(vin, entityOf(subjectOf(value))) };
    if (cache.size < LARGEST_CACHE) cache.set(descriptor, known);
  }
  // A copy, because flows may change what they get.
  const part = { ...known.part };
  part.unique_id = uniqueIdOf(vin.toLowerCase(), part.key);
  return part;
}

/** The entity of any subject, known or unknown. */
export function entityOf({ descriptor, name, unit, type }: Subject): Entity {
  const { platform, ...kind } = kindOf(descriptor, unit, type);
  const icon = kind.device_class === undefined ? iconOf(descriptor) : undefined;
  return {
    platform,
    key: keyOf(descriptor),
    name,
    ...kind,
    ...(icon !== undefined && { icon }),
    ...(isDiagnostic(descriptor) && { entity_category: "diagnostic" }),
    ...(isOffByDefault(descriptor) && { enabled_by_default: false }),
  };
}

type Kind = Pick<
  Entity,
  "platform" | "device_class" | "unit_of_measurement" | "state_class" | "suggested_display_precision"
>;

function kindOf(descriptor: string, unit: string | null, type: ValueType): Kind {
  switch (type) {
    case "number":
      return numberKind(descriptor, unitFor(descriptor, unit));
    case "boolean": {
      const deviceClass = binaryClassOf(descriptor);
      return { platform: "binary_sensor", ...(deviceClass !== undefined && { device_class: deviceClass }) };
    }
    case "string":
      return { platform: "sensor", ...(isTime(descriptor) && { device_class: "timestamp" }) };
  }
}

function numberKind(descriptor: string, told: string | null): Kind {
  const rule = numberRuleOf(descriptor);
  const unit = rule.isBare === true ? null : told;
  const { deviceClass, stateClass, precision } = { ...traitsOfUnit(unit), ...rule };
  // What a rule says of the statistics is meant for the class that the rule expects.
  const isExpected = rule.stateClass === undefined || rule.deviceClass === deviceClass;
  const fits = deviceClass === undefined || (isExpected && isUnitOf(deviceClass, unit));
  return {
    platform: "sensor",
    ...(deviceClass !== undefined && fits && { device_class: deviceClass }),
    ...(unit !== null && { unit_of_measurement: unit }),
    ...(stateClass !== undefined && fits && { state_class: stateClass }),
    ...(precision !== undefined && { suggested_display_precision: precision }),
  };
}

/** Classes of what is on or off. `lock` is on while it is unlocked; every other class is on as its name says. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/\.cabin\.door\..*\.isOpen$/, "door"],
  [/\.body\.(trunk|hood)\.(.*\.)?isOpen$|\.flap\.isOpen$/, "opening"],
  [/\.isPlugged$|^plugged$/, "plug"],
  [/\.body\.(flap|trunk)\.isLocked$|^locked$/, "lock"],
  [/^vehicle\.isMoving$/, "moving"],
  [/^charging$/, "battery_charging"],
];

/** `undefined`: simply on or off. */
function binaryClassOf(descriptor: string): string | undefined {
  return CLASSES.find(([pattern]) => pattern.test(descriptor))?.[1];
}

/** Where neither class nor unit gives one; the first that matches counts. */
const ICONS: readonly (readonly [RegExp, string])[] = [
  [/\.stateOfHealth\./, "mdi:battery-heart-variant"],
  [/\.electricalSystem\.battery\.|\.battery48V\./, "mdi:car-battery"],
  [/\.stateOfCharge\.target/, "mdi:battery-charging-high"],
  [/_soc$|^soc$|\.stateOfCharge\.|\.hvSoc$|\.charging\.level$/, "mdi:battery"],
  [/\.fuelSystem\.level$|^fuel$/, "mdi:gas-station"],
  [/Consumption$|\.recuperationTotal$/, "mdi:lightning-bolt"],
  [/\.starsAverage$/, "mdi:star"],
  [/\.fractionDrive/, "mdi:leaf"],
  [/\.door\.(lock\.)?status$/, "mdi:car-door-lock"],
  [/\.cabin\.door\./, "mdi:car-door"],
  [/\.cabin\.window\.|\.cabin\.sunroof\./, "mdi:car-windshield-outline"],
  [/\.convertible\./, "mdi:car-convertible"],
  [/\.seat\..*\.heating$/, "mdi:car-seat-heater"],
  [/\.seat\..*\.cooling$/, "mdi:car-seat-cooler"],
  [/\.steeringWheel\./, "mdi:steering"],
  [/\.climate\.timers\.|\.departureTime\.|\.channel\.ngtp\.|\.arrivalTime$|\.timeSetting$/, "mdi:clock-outline"],
  [/\.isExteriorMirrorHeatingActive$/, "mdi:car-side"],
  [/\.rearDefrostActive$/, "mdi:car-defrost-rear"],
  [/\.statusAirPurification$/, "mdi:air-filter"],
  [/\.hvac\.|\.preConditioning\./, "mdi:fan"],
  [/\.battery\.preconditioning\./, "mdi:heat-wave"],
  [/\.lights\./, "mdi:car-light-high"],
  [/\.currentLocation\.latitude$/, "mdi:latitude"],
  [/\.currentLocation\.longitude$/, "mdi:longitude"],
  [/\.currentLocation\.heading$/, "mdi:compass-outline"],
  [/\.fixStatus$|\.numberOfSatellites$/, "mdi:satellite-variant"],
  [/\.navigation\.|^vehicle\.learningNavigation$/, "mdi:navigation-variant-outline"],
  [/\.isMobilePhoneConnected$/, "mdi:cellphone-link"],
  [/\.engine\.is/, "mdi:engine"],
  [/\.antiTheftAlarmSystem\./, "mdi:shield-car"],
  [/\.deepSleepModeActive$/, "mdi:sleep"],
  [/\.tire\./, "mdi:tire"],
  [/\.checkControlMessages$|\.diagnosticTroubleCodes\.|\.defect\./, "mdi:car-wrench"],
  [/\.status\.(conditionBased|service)|\.teleservice\.|vicePartner$/, "mdi:wrench-clock"],
  [/\.chargingPort\.|\.connectorStatus$/, "mdi:ev-plug-type2"],
  [/\.charging(Duration)?\.|\.biDirectionalCharging\./, "mdi:ev-station"],
];

function iconOf(descriptor: string): string | undefined {
  return ICONS.find(([pattern]) => pattern.test(descriptor))?.[1];
}

/** What is known of a number beyond its unit. */
interface NumberRule extends NumberTraits {
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

function numberRuleOf(descriptor: string): NumberRule {
  return RULES.find(([pattern]) => pattern.test(descriptor))?.[1] ?? {};
}
