import type { Entity } from "./ha-part.js";

/** Describes how Home Assistant shows a number. */
export interface NumberTraits {
  readonly deviceClass?: string;
  readonly stateClass?: NonNullable<Entity["state_class"]>;
  /** Decimal places. */
  readonly precision?: number;
}

const LENGTH = { deviceClass: "distance", stateClass: "measurement", precision: 0 } as const;
const SPEED = { deviceClass: "speed", stateClass: "measurement", precision: 0 } as const;
const TEMPERATURE = { deviceClass: "temperature", stateClass: "measurement", precision: 1 } as const;
const PRESSURE = { deviceClass: "pressure", stateClass: "measurement", precision: 0 } as const;
const POWER = { deviceClass: "power", stateClass: "measurement" } as const;
const VOLUME = { deviceClass: "volume_storage", stateClass: "measurement", precision: 1 } as const;
const DURATION = { deviceClass: "duration", stateClass: "measurement", precision: 0 } as const;
/** Without the class `energy_distance`, which would need Home Assistant 2025.3. */
const CONSUMPTION = { stateClass: "measurement", precision: 1 } as const;

/** Maps canonical units to traits. A `%` is a battery only where a rule says so. */
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
    // Could be a store or a counter, so no statistics.
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
    // Not duration units of Home Assistant.
    weeks: { precision: 0 },
    months: { precision: 0 },
    "kWh/100km": CONSUMPTION,
    "kWh/100mi": CONSUMPTION,
    "mi/kWh": CONSUMPTION,
    "km/kWh": CONSUMPTION,
  }),
);

/** Lists the units of the classes that rules use instead of those above. */
const UNITS_OF_CLASS: Readonly<Record<string, readonly string[]>> = {
  battery: ["%"],
  energy: ["kWh", "Wh"],
  energy_storage: ["kWh", "Wh"],
  volume: ["L", "gal"],
};

/** Matches the code of a currency. */
const CURRENCY = /^[A-Z]{3}$/;

/** Returns the traits of a unit; none for an unknown one, which Home Assistant accepts unchanged. */
export function traitsOfUnit(unit: string | null): NumberTraits {
  return (unit === null ? undefined : TRAITS.get(unit)) ?? {};
}

/** Returns whether a unit belongs to a class; otherwise Home Assistant refuses the entity. */
export function isUnitOf(deviceClass: string, unit: string | null): boolean {
  if (unit === null) return false;
  if (deviceClass === "monetary") return CURRENCY.test(unit);
  return UNITS_OF_CLASS[deviceClass]?.includes(unit) ?? TRAITS.get(unit)?.deviceClass === deviceClass;
}

/** Returns Home Assistant's spelling of a unit. BMW writes `m` for metres and for minutes. */
export function unitFor(descriptor: string, unit: string | null): string | null {
  if (unit === "days") return "d";
  return unit === "m" && /time|duration|minute/i.test(descriptor) ? "min" : unit;
}
