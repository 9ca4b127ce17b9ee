import type { DistanceUnit } from "../support/distances.js";
import { definitionOf } from "../vehicle/catalogue.js";
import { isDistance } from "../vehicle/distance-unit.js";
import { haPartFor, haPartOf, keyOf, type Entity, type HaPart } from "./ha-part.js";
import { nameIn } from "./languages/translate.js";
import { isTime } from "./time-state.js";
import { sentUnit, usualUnit } from "./quantity-unit.js";
import { isUnitOf, traitsOfUnit, unitFor, type NumberTraits } from "./unit-traits.js";
import { isDiagnostic, isOffByDefault } from "./entity-visibility.js";

/** Describes a value without the value itself: everything that determines its entity. */
export interface Subject {
  /** BMW's descriptor, `vehicle.predicted_soc`, `vehicle.magic_soc` or the name of a sourced value. */
  descriptor: string;
  name: string;
  /** Canonical spelling; only numbers have one. `null`: not known yet, or none. */
  unit: string | null;
  type: ValueType;
  /** Words of a value with a list of words that came and are not in the list. */
  words?: readonly string[];
}

type ValueType = "number" | "boolean" | "string";

interface EntityValue {
  readonly descriptor: string;
  readonly name: string;
  readonly unit: string | null;
  readonly payload: unknown;
  /** With an unknown value: the last known one. */
  readonly last?: { readonly value: unknown } | undefined;
}

/** Lists the types of sourced values, which are not in the catalogue. */
const TYPES_OF_SOURCED_VALUES: ReadonlyMap<string, ValueType> = new Map([
  ["soc", "number"],
  ["range", "number"],
  ["fuel", "number"],
  ["odometer", "number"],
  ["plugged", "boolean"],
  ["charging", "boolean"],
  ["locked", "boolean"],
  ["openings", "string"],
  ["secured", "boolean"],
]);

/** Begins the names of values of the journal, which are all numbers. */
const OF_JOURNAL = "journal.";

/** Returns the subject of a value's message. */
export function subjectOf({ descriptor, name, unit, payload, last }: EntityValue): Subject {
  const type = knownTypeOf(descriptor) ?? typeOf(knownValue({ payload, last }), unit);
  return { descriptor, name, unit: type === "number" ? unit : null, type };
}

/** Returns the value, or the last known one while it is unknown. */
function knownValue({ payload, last }: Pick<EntityValue, "payload" | "last">): unknown {
  return payload ?? last?.value ?? null;
}

/** Returns the type by the catalogue, so that an odd value does not change its entity; `null` if unknown. */
function knownTypeOf(descriptor: string): ValueType | null {
  const value = TYPES_OF_SOURCED_VALUES.get(descriptor);
  if (value !== undefined) return value;
  if (descriptor.startsWith(OF_JOURNAL)) return "number";
  const definition = definitionOf(descriptor);
  if (definition === undefined) return null;
  // BMW declares the end of a trip as a number and sends a text.
  if (definition.structured === true || isTime(descriptor)) return "string";
  if (definition.type === null) return definition.unit === null ? null : "number";
  return definition.type === "boolean" || definition.type === "string" ? definition.type : "number";
}

function typeOf(value: unknown, unit: string | null): ValueType {
  const type = typeof value;
  if (type === "number" || type === "boolean") return type;
  return value === null && unit !== null ? "number" : "string";
}

/** Caches what determined the entity of a descriptor last, and the resulting `ha` part. */
interface CachedPart extends Omit<EntityValue, "descriptor" | "payload" | "last"> {
  readonly type: string;
  readonly part: HaPart;
}

/** Caches parts by descriptor: the rules take longer than everything else that builds a message. */
const cache = new Map<string, CachedPart>();
const LARGEST_CACHE = 2000;

/** Returns the unit of the distances of a car. */
export type DistanceUnitOf = (vin: string) => DistanceUnit | undefined;

/**
 * Returns `msg.ha` of a value's message.
 * @param distanceUnit asked for a distance that came without a unit
 */
export function haPartOfValue(vin: string, value: EntityValue, distanceUnit?: DistanceUnitOf): HaPart {
  const { descriptor, name } = value;
  const content = knownValue(value);
  const type = typeof content;
  const isBare = value.unit === null && type === "number" && isDistance(descriptor);
  const reported = isBare ? (distanceUnit?.(vin) ?? null) : value.unit;
  const unit = sentUnit(descriptor, content, reported);
  let known = cache.get(descriptor);
  if (known?.type !== type || known.unit !== unit || known.name !== name) {
    const entity = { ...entityOf(subjectOf({ ...value, unit })), name: nameIn("en", name) };
    known = { type, unit, name, part: haPartOf(vin, entity) };
    if (cache.size < LARGEST_CACHE) cache.set(descriptor, known);
  }
  return haPartFor(vin, known.part);
}

/** Holds the entity of the last subject of a descriptor: to find it takes a hundred patterns. */
const entities = new Map<string, { readonly subject: Subject; readonly entity: Readonly<Entity> }>();

/** Returns the entity of any subject, in the catalogue or not; the same object again for the same subject. */
export function entityOf(subject: Subject): Readonly<Entity> {
  const { descriptor, name, unit, type } = subject;
  const known = entities.get(descriptor);
  if (known?.subject.name === name && known.subject.unit === unit && known.subject.type === type) return known.entity;
  const entity = newEntity(subject);
  if (known !== undefined || entities.size < LARGEST_CACHE)
    entities.set(descriptor, { subject: { descriptor, name, unit, type }, entity });
  return entity;
}

function newEntity({ descriptor, name, unit, type }: Subject): Entity {
  const { platform, ...kind } = traitsOf(descriptor, unit, type);
  const icon = kind.device_class === undefined ? iconOf(descriptor, kind.unit_of_measurement) : undefined;
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

type EntityTraits = Pick<
  Entity,
  "platform" | "device_class" | "unit_of_measurement" | "state_class" | "suggested_display_precision"
>;

function traitsOf(descriptor: string, unit: string | null, type: ValueType): EntityTraits {
  switch (type) {
    case "number":
      return numberTraits(descriptor, unitFor(descriptor, unit ?? usualUnit(descriptor)));
    case "boolean": {
      const deviceClass = binaryClassOf(descriptor);
      return { platform: "binary_sensor", ...(deviceClass !== undefined && { device_class: deviceClass }) };
    }
    case "string":
      return { platform: "sensor", ...(isTime(descriptor) && { device_class: "timestamp" }) };
  }
}

function numberTraits(descriptor: string, reportedUnit: string | null): EntityTraits {
  const rule = numberRuleOf(descriptor);
  const unit = rule.isBare === true ? null : reportedUnit;
  const { deviceClass, stateClass, precision } = { ...traitsOfUnit(unit), ...rule };
  // The statistics of a rule apply to the class that the rule expects.
  const isExpected = rule.stateClass === undefined || rule.deviceClass === deviceClass;
  const fits = deviceClass === undefined ? isAngleOf(stateClass, unit) : isExpected && isUnitOf(deviceClass, unit);
  return {
    platform: "sensor",
    ...(deviceClass !== undefined && fits && { device_class: deviceClass }),
    ...(unit !== null && { unit_of_measurement: unit }),
    ...(stateClass !== undefined && fits && { state_class: stateClass }),
    ...(precision !== undefined && { suggested_display_precision: precision }),
  };
}

/** Returns whether a unit is one of angles where the statistics are those of angles. */
function isAngleOf(stateClass: NumberTraits["stateClass"], unit: string | null): boolean {
  return stateClass !== "measurement_angle" || unit === "°";
}

/**
 * Maps descriptors to classes of binary sensors. `lock` is on while it is unlocked, `safety` while it is unsafe;
 * every other class is on as its name says.
 */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/\.cabin\.door\..*\.isOpen$/, "door"],
  [/\.body\.(trunk|hood)\.(.*\.)?isOpen$|\.flap\.isOpen$/, "opening"],
  [/\.isPlugged$|^plugged$/, "plug"],
  [/\.body\.(flap|trunk)\.isLocked$|^locked$/, "lock"],
  [/^vehicle\.isMoving$/, "moving"],
  [/^charging$/, "battery_charging"],
  [/^secured$/, "safety"],
];

/** Returns the class of a binary sensor; `undefined`: plainly on or off. */
function binaryClassOf(descriptor: string): string | undefined {
  return CLASSES.find(([pattern]) => pattern.test(descriptor))?.[1];
}

/** Maps descriptors without an icon by class or unit; the first match counts. */
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
  [/\.cabin\.door\.|^openings$/, "mdi:car-door"],
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
  [/\.displayUnit\.|\.distanceUnit$/, "mdi:ruler"],
  [/\.obfcm\./, "mdi:file-send-outline"],
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

/** Returns an icon in place of the eye that Home Assistant shows else. */
function iconOf(descriptor: string, unit: string | undefined): string | undefined {
  const own = ICONS.find(([pattern]) => pattern.test(descriptor))?.[1];
  return own ?? (unit === "%" ? "mdi:percent-outline" : undefined);
}

/** Describes a number beyond its unit. */
interface NumberRule extends NumberTraits {
  /** Whether the number has no unit in Home Assistant. */
  readonly isBare?: true;
}

const STORE = { deviceClass: "energy_storage", stateClass: "measurement", precision: 1 } as const;
const COUNTER = { stateClass: "total_increasing", precision: 0 } as const;
const MILEAGE = { ...COUNTER, deviceClass: "distance" } as const;
const COUNT = { stateClass: "measurement", precision: 0, isBare: true } as const;

/** Lists the rules; the first match counts, and the unit determines what it does not name. */
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
  [/^journal\.totalEnergyCharged$/, { deviceClass: "energy", stateClass: "total_increasing", precision: 1 }],
  [/^journal\.totalChargingCost$/, { deviceClass: "monetary", stateClass: "total", precision: 2 }],
  [/^journal\.lastChargeCost$/, { deviceClass: "monetary", precision: 2 }],
  [/^journal\.lastTrip$/, { deviceClass: "distance", precision: 1 }],
  [/^journal\.capacity$/, STORE],
  [/\.electricalSystem\.battery\.voltage$/, { precision: 1 }],
  [/\.energyConsumptionComfort$/, { precision: 2 }],
  [/\.currentLocation\.heading$/, { stateClass: "measurement_angle", precision: 0 }],
  [/\.(latitude|longitude)$/, { precision: 6 }],
  [/\.starsAverage$/, { stateClass: "measurement", precision: 1, isBare: true }],
  // Clock fields, not durations.
  [/\.timers\..*\.(hour|minute)$/, { isBare: true }],
  [/\.numberOfSatellites$|\.pointsOfInterests\.|\.conditionBasedServicesCount$/, COUNT],
];

function numberRuleOf(descriptor: string): NumberRule {
  return RULES.find(([pattern]) => pattern.test(descriptor))?.[1] ?? {};
}
