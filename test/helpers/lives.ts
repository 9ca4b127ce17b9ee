import fc from "fast-check";
import type { RecordedLine } from "../../src/replay/recording.js";
import { START, VIN } from "./fakes.js";
import { evenly } from "./random.js";

/*
 * Generates random lives of a car: values in any order, plausible or not, late, repeated, unknown, from both sources.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const KM_PER_MILE = 1.609344;
const DEGREES_PER_KM = 1 / 111.195;

export const SOC_DESCRIPTORS = [
  "vehicle.drivetrain.batteryManagement.header",
  "vehicle.powertrain.electric.battery.stateOfCharge.displayed",
  "vehicle.drivetrain.electricEngine.charging.level",
];
const ODOMETER = "vehicle.vehicle.travelledDistance";
const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
const UNKNOWN_WORDS = [null, "INVALID", "-NA-", ""];
const STATUS_WORDS = [
  "CHARGINGACTIVE",
  "CHARGINGACTIVE",
  "CHARGINGACTIVE",
  "CHARGINGENDED",
  "NOCHARGING",
  "CHARGINGPAUSED",
  "INITIALIZATION",
  "CHARGINGERROR",
  "FINISHED_FULLY_CHARGED",
  "SOMETHING_NEW",
];

interface LifeEntry {
  readonly value: number | string | boolean | null;
  readonly unit?: string | null;
  readonly timestamp: string;
}

/** Describes one report of a car, relative to the one before. */
type LifeObservation =
  | { readonly what: "moving"; readonly moving: boolean }
  | { readonly what: "odometer"; readonly km: number; readonly unit: "km" | "mi" | null }
  | { readonly what: "fix"; readonly north: number; readonly east: number }
  | { readonly what: "status"; readonly word: string }
  | { readonly what: "level"; readonly source: number; readonly soc: number }
  | { readonly what: "cable"; readonly word: string }
  | { readonly what: "doors"; readonly word: string }
  | { readonly what: "power"; readonly kw: number }
  | { readonly what: "target"; readonly soc: number }
  | { readonly what: "unknown"; readonly of: string; readonly word: string | null };

interface LifeStep {
  /** Seconds since the step before. */
  readonly after: number;
  readonly source: "stream" | "rest";
  readonly reported: readonly (readonly [told: LifeObservation, age: number])[];
}

/** A life in lines of a recording. */
export interface RandomLife {
  readonly lines: readonly RecordedLine[];
}

const after = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 90 }) },
  { weight: 4, arbitrary: fc.integer({ min: 60, max: 1200 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1200, max: 4 * 3600 }) },
  { weight: 1, arbitrary: fc.integer({ min: 3 * 3600, max: 60 * 3600 }) },
);
/** Seconds between the measurement and the message. */
const age = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }) },
  { weight: 2, arbitrary: fc.integer({ min: 5, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 300, max: 4 * 3600 }) },
  { weight: 1, arbitrary: fc.integer({ min: -900, max: 3 * 24 * 3600 }) },
);
const kilometres = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 2, arbitrary: evenly(0, 3) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: -5, max: 60_000 }) },
);
const metres = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -40, max: 40 }) },
  { weight: 5, arbitrary: fc.integer({ min: -1500, max: 3000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -300_000, max: 300_000 }) },
);
const percent = fc.integer({ min: 0, max: 100 });
const reported: fc.Arbitrary<LifeObservation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant("moving" as const), moving: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant("odometer" as const),
      km: kilometres,
      unit: fc.constantFrom("km", "km", "mi", null),
    }),
  },
  { weight: 6, arbitrary: fc.record({ what: fc.constant("fix" as const), north: metres, east: metres }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant("status" as const), word: fc.constantFrom(...STATUS_WORDS) }) },
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constant("level" as const), source: fc.integer({ min: 0, max: 2 }), soc: percent }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant("cable" as const),
      word: fc.constantFrom("CONNECTED", "CONNECTED", "DISCONNECTED"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("doors" as const),
      word: fc.constantFrom("LOCKED", "UNLOCKED", "SECURED", "SELECTIVELOCKED"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("power" as const), kw: fc.constantFrom(0, 2.3, 7.4, 11, 50, 150) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("target" as const), soc: fc.constantFrom(70, 80, 100) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("unknown" as const),
      of: fc.constantFrom(STATUS, ODOMETER, "vehicle.body.chargingPort.status", "vehicle.isMoving", ...SOC_DESCRIPTORS),
      word: fc.constantFrom(...UNKNOWN_WORDS),
    }),
  },
);
const step: fc.Arbitrary<LifeStep> = fc.record({
  after,
  source: fc.constantFrom("stream", "stream", "stream", "rest"),
  reported: fc.array(fc.tuple(reported, age), { minLength: 1, maxLength: 5 }),
});

/** Anything in any order. */
export const lives = (most: number): fc.Arbitrary<RandomLife> =>
  fc.array(step, { minLength: 1, maxLength: most, size: "max" }).map((steps) => ({ lines: linesOf(steps) }));

/** The odometer and the position continue from the former values. */
class LifeWriter {
  #km = 12_000;
  #north = 0;
  #east = 0;

  tell(one: LifeObservation, timestamp: string): Record<string, LifeEntry> {
    switch (one.what) {
      case "moving":
        return { "vehicle.isMoving": { value: one.moving, timestamp } };
      case "odometer":
        return { [ODOMETER]: this.#odometer(one.km, one.unit, timestamp) };
      case "fix":
        return this.#fix(one.north, one.east, timestamp);
      case "status":
        return { [STATUS]: { value: one.word, timestamp } };
      case "level":
        return { [SOC_DESCRIPTORS[one.source] ?? ""]: { value: one.soc, unit: "%", timestamp } };
      case "cable":
        return { "vehicle.body.chargingPort.status": { value: one.word, timestamp } };
      case "doors":
        return { "vehicle.cabin.door.status": { value: one.word, timestamp } };
      case "power":
        return { "vehicle.powertrain.electric.battery.charging.power": { value: one.kw, unit: "kW", timestamp } };
      case "target":
        return { "vehicle.powertrain.electric.battery.stateOfCharge.target": { value: one.soc, unit: "%", timestamp } };
      case "unknown":
        return { [one.of]: { value: one.word, timestamp } };
    }
  }

  #odometer(km: number, unit: "km" | "mi" | null, timestamp: string): LifeEntry {
    this.#km = Math.max(0, this.#km + km);
    // A wild number is sent once and not continued.
    if (km < 0 || km > 1000) this.#km -= km;
    const shown = Math.max(0, this.#km + (km < 0 || km > 1000 ? km : 0));
    const value = unit === "mi" ? shown / KM_PER_MILE : shown;
    return { value: Number.isInteger(km) ? Math.floor(value) : Math.round(value * 10) / 10, unit, timestamp };
  }

  #fix(north: number, east: number, timestamp: string): Record<string, LifeEntry> {
    const isWild = Math.abs(north) > 3000 || Math.abs(east) > 3000;
    const [y, x] = [this.#north + north / 1000, this.#east + east / 1000];
    if (!isWild) [this.#north, this.#east] = [y, x];
    return {
      [`${LOCATION}.latitude`]: { value: Number((48 + y * DEGREES_PER_KM).toFixed(6)), timestamp },
      [`${LOCATION}.longitude`]: { value: Number((11 + x * DEGREES_PER_KM).toFixed(6)), timestamp },
    };
  }
}

function linesOf(steps: readonly LifeStep[]): RecordedLine[] {
  const teller = new LifeWriter();
  let now = START;
  const capacity = {
    "vehicle.drivetrain.batteryManagement.maxEnergy": { value: 80, unit: "kWh", timestamp: iso(now) },
  };
  const lines: RecordedLine[] = [lineOf("stream", now, capacity)];
  for (const { after: seconds, source, reported: all } of steps) {
    now += seconds * SECOND;
    const data = Object.assign({}, ...all.map(([one, old]) => teller.tell(one, iso(now - old * SECOND)))) as Record<
      string,
      LifeEntry
    >;
    lines.push(lineOf(source, now, data));
  }
  // Everything that waits is emitted by then.
  lines.push({ at: iso(now + 5 * HOUR), kind: "read", vin: VIN });
  return lines;
}

function lineOf(source: LifeStep["source"], now: number, data: Record<string, LifeEntry>): RecordedLine {
  if (source === "stream") return { at: iso(now), kind: "stream", payload: { vin: VIN, timestamp: iso(now), data } };
  const telematicData = Object.fromEntries(
    Object.entries(data).map(([descriptor, { value, timestamp }]) => [
      descriptor,
      { value: value === null ? null : String(value), unit: null, timestamp },
    ]),
  );
  return { at: iso(now), kind: "telematicData", vin: VIN, payload: { telematicData } };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
