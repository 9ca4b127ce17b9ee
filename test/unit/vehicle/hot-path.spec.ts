import assert from "node:assert/strict";
import fc from "fast-check";
import { remembered } from "../../../src/support/remembered.js";
import { FIXED_ENTITIES } from "../../../src/homeassistant/fixed-entities.js";
import { haPartFor, haPartOf } from "../../../src/homeassistant/ha-part.js";
import { observationsOf } from "../../../src/soc/observations/observation-reader.js";
import { sortedByTime, type ActivityObservation } from "../../../src/vehicle/activity-observation.js";
import { bestLevel, type MeasuredLevel } from "../../../src/vehicle/measured-level.js";
import { UNKNOWN_MOTION, withChanges } from "../../../src/vehicle/motion-state.js";
import type { Reading, ReadingValue } from "../../../src/vehicle/reading.js";
import { parseTimestamp } from "../../../src/vehicle/timestamp.js";
import { VehicleEventTracker } from "../../../src/vehicle/vehicle-event-tracker.js";
import { START, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const MINUTE = 60_000;

/** What each message passes is written for speed: it has to do the same as the plain way. */
describe("what each message passes", () => {
  it("reads BMW's times as Date.parse does, valid or not", () => {
    const part = (most: number, digits = 2) =>
      fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(digits, "0"));
    const date = fc.tuple(part(2100, 4), part(13), part(32)).map((parts) => parts.join("-"));
    const time = fc.tuple(part(25), part(61), part(61)).map((parts) => parts.join(":"));
    const thousandths = fc.oneof(
      fc.constant(""),
      part(999, 3).map((digits) => `.${digits}`),
    );
    const text = fc.tuple(date, time, thousandths).map(([day, clock, rest]) => `${day}T${clock}${rest}Z`);
    fc.assert(
      fc.property(text, (one) => {
        const plain = Date.parse(one);
        assert.equal(parseTimestamp(one), Number.isNaN(plain) ? null : plain);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("sorts observations as a stable sort by time and kind does", () => {
    const kind = fc.constantFrom("power", "report", "charging");
    const observations = fc.array(fc.record({ kind, at: fc.integer({ min: 0, max: 5 }) }), { maxLength: 12 });
    const order = ["charging", "power", "report"];
    fc.assert(
      fc.property(observations, (drawn) => {
        const given = drawn.map((one, index) => observationOf(one.kind, one.at, index));
        const plain = [...given].sort(
          (one, other) => one.at - other.at || order.indexOf(one.kind) - order.indexOf(other.kind),
        );
        assert.deepEqual(sortedByTime([...given]), plain);
      }),
      { numRuns: runs(500) },
    );
  });

  it("reads observations of the battery as a stable sort by their ranks does", () => {
    const kinds = ["capacity", "target", "plugged", "status", "power", "soc", "odometer", "motion"];
    const descriptors: Readonly<Record<string, ReadingValue>> = {
      "vehicle.drivetrain.batteryManagement.header": 50,
      "vehicle.drivetrain.batteryManagement.maxEnergy": 80,
      "vehicle.drivetrain.electricEngine.charging.status": "CHARGINGACTIVE",
      "vehicle.powertrain.electric.battery.charging.power": 11,
      "vehicle.powertrain.electric.battery.stateOfCharge.target": 90,
      "vehicle.body.chargingPort.status": "CONNECTED",
      "vehicle.vehicle.travelledDistance": 1000,
      "vehicle.isMoving": false,
      "vehicle.cabin.door.status": "LOCKED",
    };
    const drawn = fc.shuffledSubarray(Object.keys(descriptors));
    fc.assert(
      fc.property(drawn, (names) => {
        const readings = names.map((descriptor): Reading => {
          return { descriptor, value: descriptors[descriptor] ?? null, unit: null, timestamp: START, source: "stream" };
        });
        const rank = ({ kind }: { readonly kind: string }) => Math.min(kinds.indexOf(kind), kinds.indexOf("odometer"));
        const one = readings.flatMap((reading) => observationsOf([reading], START));
        assert.deepEqual(
          observationsOf(readings, START),
          one.sort((a, b) => rank(a) - rank(b)),
        );
      }),
      { numRuns: runs(200) },
    );
  });

  it("makes the same entity of a car's position as of any other", () => {
    const { location } = FIXED_ENTITIES;
    assert.equal(JSON.stringify(haPartFor(VIN, location)), JSON.stringify(haPartOf(VIN, location)));
  });

  it("finds the newest level, or one of a better source that is about as new", () => {
    const level = (soc: number, minute: number, source: number): MeasuredLevel => ({
      soc,
      at: START + minute * MINUTE,
      source,
    });
    const levels = [level(50, 0, 0), level(52, 4, 2), level(53, 6, 1), level(40, 9, 3)];
    assert.equal(bestLevel(levels, () => true)?.soc, 53);
    assert.equal(bestLevel(levels, ({ source }) => source !== 3)?.soc, 53);
    assert.equal(bestLevel(levels, ({ at }) => at <= START + 4 * MINUTE)?.soc, 50);
    assert.equal(
      bestLevel(levels, () => false),
      null,
    );
  });

  it("copies each member of a motion state", () => {
    assert.deepEqual(withChanges(UNKNOWN_MOTION, {}), UNKNOWN_MOTION);
    assert.deepEqual(withChanges(UNKNOWN_MOTION, { driving: true }), { ...UNKNOWN_MOTION, driving: true });
    assert.equal(UNKNOWN_MOTION.driving, false);
  });

  it("saves the activity of a car as it was then, and starts every car from nothing", () => {
    const context = { cable: null, target: null, method: null, capacityKwh: null, estimate: () => null };
    const tracker = new VehicleEventTracker(() => context);
    const before = tracker.save();
    tracker.process([{ kind: "report", moving: true, at: START }], START);
    assert.equal(before.motion.reported, null);
    assert.equal(tracker.save().motion.reported?.moving, true);
    assert.equal(new VehicleEventTracker(() => context).save().motion.reported, null);
  });

  it("finds the result of a word once, and of any number of words", () => {
    const asked: string[] = [];
    const length = remembered((text) => {
      asked.push(text);
      return text.length > 0 ? text.length : null;
    });
    assert.deepEqual([length("open"), length("open"), length(""), length("")], [4, 4, null, null]);
    assert.deepEqual(asked, ["open", ""]);
    for (let count = 0; count < 2000; count++) assert.equal(length(`word ${count}`), `word ${count}`.length);
  });
});

function observationOf(kind: string, at: number, index: number): ActivityObservation {
  if (kind === "report") return { kind, moving: index % 2 === 0, at };
  return kind === "charging" ? { kind, phase: index % 2 === 0 ? "active" : "over", at } : { kind: "power", at };
}
