import type { Entity } from "./ha-part.js";

/** How Home Assistant shows a number. */
export interface NumberTraits {
  readonly deviceClass?: string;
  readonly stateClass?: NonNullable<Entity["state_class"]>;
  /** Digits after the point. */
  readonly precision?: number;
}

const LENGTH = { deviceClass: "distance", stateClass: "measurement", precision: 0 } as const;
const SPEED = { deviceClass: "speed", stateClass: "measurement", precision: 0 } as const;
const TEMPERATURE = { deviceClass: "temperature", stateClass: "measurement", precision: 1 } as const;
const PRESSURE = { deviceClass: "pressure", stateClass: "measurement", precision: 0 } as const;
const POWER = { deviceClass: "power", stateClass: "measurement" } as const;
const VOLUME = { deviceClass: "volume_storage", stateClass: "measurement", precision: 1 } as const;
const DURATION = { deviceClass: "duration", stateClass: "measurement", precision: 0 } as const;
/** The class `energy_distance` would need Home Assistant 2025.3. */
const CONSUMPTION = { stateClass: "measurement", precision: 1 } as const;

/** By our spelling of a unit. A `%` is a battery only where a rule says so. */
const TRAITS: ReadonlyMap<string, NumberTraits> = new Map(
  Object.entries({
    "%": { stateClass: "measurement", precision: 0 },
    km: LENGTH,
    mi: LENGTH,
    m: LENGTH,
    ft: LENGTH,
    "km/h": SPEED,
    mph: SPEED,
    "°C": TEMPERATURE,
    "°F": TEMPERATURE,
    kPa: PRESSURE,
    psi: PRESSURE,
    bar: { ...PRESSURE, precision: 1 },
    // Without more knowledge neither a store nor a counter, so no statistics.
    kWh: { deviceClass: "energy", precision: 1 },
    Wh: { deviceClass: "energy", precision: 0 },
    kW: { ...POWER, precision: 2 },
    W: { ...POWER, precision: 0 },
    A: { deviceClass: "current", stateClass: "measurement", precision: 0 },
    V: { deviceClass: "voltage", stateClass: "measurement", precision: 0 },
    L: VOLUME,
    gal: VOLUME,
    s: DURATION,
    min: DURATION,
    h: DURATION,
    d: DURATION,
    // No units of a duration for Home Assistant.
    weeks: { precision: 0 },
    months: { precision: 0 },
    "kWh/100km": CONSUMPTION,
    "kWh/100mi": CONSUMPTION,
    "mi/kWh": CONSUMPTION,
    "km/kWh": CONSUMPTION,
  }),
);

/** Units of the classes that rules put in place of those above. */
const UNITS_OF_CLASS: Readonly<Record<string, readonly string[]>> = {
  battery: ["%"],
  energy: ["kWh", "Wh"],
  energy_storage: ["kWh", "Wh"],
  volume: ["L", "gal"],
};

/** What the unit tells of a number; nothing for an unknown unit, which Home Assistant takes as it is. */
export function traitsOfUnit(unit: string | null): NumberTraits {
  return (unit === null ? undefined : TRAITS.get(unit)) ?? {};
}

/** Home Assistant refuses an entity whose unit does not belong to its class. */
export function isUnitOf(deviceClass: string, unit: string | null): boolean {
  if (unit === null) return false;
  return UNITS_OF_CLASS[deviceClass]?.includes(unit) ?? TRAITS.get(unit)?.deviceClass === deviceClass;
}

/** Home Assistant's spelling. BMW writes `m` for metres and for minutes. */
export function unitFor(descriptor: string, unit: string | null): string | null {
  if (unit === "days") return "d";
  return unit === "m" && /time|duration|minute/i.test(descriptor) ? "min" : unit;
}
