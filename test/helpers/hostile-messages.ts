import fc from "fast-check";
import { allDefinitions } from "../../src/vehicle/catalogue.js";
import { ELECTRIC_RANGE, TOTAL_RANGE } from "../../src/vehicle/source-priority.js";
import { ODOMETER, SOC, STATUS, TARGET } from "./test-vehicle.js";
import { VIN } from "./fakes.js";

const ids = [...allDefinitions()].map(({ id }) => id);
const words = [...allDefinitions()].flatMap(({ on = [], off = [] }) => [...on, ...off]);
/** Descriptors from which more is derived. */
const telling = [
  ...[ODOMETER, SOC, STATUS, TARGET, ELECTRIC_RANGE, TOTAL_RANGE, "vehicle.isMoving", "vehicle.cabin.door.status"],
  "vehicle.drivetrain.batteryManagement.maxEnergy",
  "vehicle.drivetrain.electricEngine.charging.timeRemaining",
];
const descriptor = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...ids) },
  { weight: 3, arbitrary: fc.constantFrom(...telling) },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "vehicle.new.thing", "vehicle..", "") },
  { weight: 1, arbitrary: fc.string() },
);
const value = fc.oneof(
  fc.integer({ min: -1000, max: 500_000 }),
  fc.double(),
  fc.constantFrom(1e308, -1e308, Number.MAX_VALUE, -0, 5e-324),
  fc.boolean(),
  fc.string(),
  fc.constantFrom(
    null,
    "INVALID",
    "-NA-",
    "CHARGINGACTIVE",
    "CHARGINGENDED",
    "CONNECTED",
    "LOCKED",
    "UNLOCKED",
    ...words,
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
/** Seconds around now; stuck clocks, late messages, nonsense. */
const timestamp = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -600, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: -10_000_000, max: 10_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom("yesterday", null, 17) },
);
const unit = fc.oneof(fc.constantFrom("km", "miles", "percent", "W", "kW", null, undefined, ""), fc.string());
/** Generates what BMW, a broken car, or anybody with publish permission may send. */
export const hostileMessage = fc.record({
  /** Seconds since the message before. */
  after: fc.integer({ min: 0, max: 3600 }),
  source: fc.constantFrom("stream", "stream", "rest"),
  vin: fc.constantFrom(VIN, VIN, VIN, "WBA1Z2C30N7A00002", "no vin"),
  data: fc.array(fc.tuple(descriptor, value, timestamp, unit), { maxLength: 8 }),
});
export type HostileMessage = typeof hostileMessage extends fc.Arbitrary<infer T> ? T : never;

/** The entries of the message as they are sent at `now`, ms. */
export function dataOf({ data }: HostileMessage, now: number): Record<string, unknown> {
  const timeOf = (time: unknown) => (typeof time === "number" ? new Date(now + time * 1000).toISOString() : time);
  const entries = data.map(([id, what, time, unitWord]) => [
    id,
    { value: what, timestamp: timeOf(time), unit: unitWord },
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
