import assert from "node:assert/strict";
import { ReasonCounters } from "../../../src/support/reason-counters.js";
import { parseEntries } from "../../../src/vehicle/descriptor-entries.js";
import { Vehicle, type EntryBatch } from "../../../src/vehicle/vehicle.js";
import { DOORS, measured, SOC, STATUS } from "../../helpers/test-vehicle.js";
import { START, VIN } from "../../helpers/fakes.js";

const MOVING = "vehicle.isMoving";
const HOUR_S = 3600;

/** A car, and something that it sends `seconds` after the start. */
function car() {
  const rejected = new ReasonCounters<string>();
  const vehicle = new Vehicle(VIN, rejected);
  const send = (
    seconds: number,
    values: Readonly<Record<string, unknown>>,
    source: EntryBatch["source"],
    now = seconds,
  ) => {
    const entries = parseEntries(measured(seconds, values), rejected);
    return vehicle.apply({ entries, source, receivedAt: START + now * 1000, sentAt: null });
  };
  return { vehicle, send };
}

describe("a car whose file can be read late only", () => {
  const before = car();
  before.send(0, { [MOVING]: true, [STATUS]: "NOCHARGING" }, "stream");
  before.send(60, { [DOORS]: "LOCKED" }, "stream");
  const readings = [...before.vehicle.readings.values()];
  const state = before.vehicle.save();

  it("goes on with its trip if nothing but kept messages has come meanwhile", () => {
    const { vehicle, send } = car();
    send(30, { [SOC]: 63 }, "restored", 90);
    vehicle.restore(readings, state);
    assert.equal(vehicle.isOnTrip, true);
    assert.equal(vehicle.readings.get(SOC)?.value, 63);
    // A retained message counts now, because something is known.
    const { events } = send(80, { [DOORS]: "UNLOCKED" }, "restored", 100);
    assert.deepEqual(
      events.map(({ name }) => name),
      ["unlocked"],
    );
  });

  it("goes on with its trip if an old message has come meanwhile, which nobody calls kept", () => {
    const { vehicle, send } = car();
    send(30, { [SOC]: 63 }, "stream", HOUR_S);
    vehicle.restore(readings, state);
    assert.equal(vehicle.isOnTrip, true);
  });

  it("keeps to what it has reported meanwhile", () => {
    const { vehicle, send } = car();
    send(90, { [MOVING]: false }, "stream");
    vehicle.restore(readings, state);
    assert.equal(vehicle.isOnTrip, false);
  });

  it("knows from what was saved how it is driven", () => {
    const petrol = car();
    petrol.send(0, { "vehicle.drivetrain.fuelSystem.remainingFuel": 30 }, "stream");
    const { vehicle, send } = car();
    send(90, { "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc": 12 }, "stream");
    assert.equal(vehicle.driveType, "bev");
    vehicle.restore([], petrol.vehicle.save());
    assert.equal(vehicle.driveType, "combustion");
    assert.deepEqual(vehicle.values, []);
  });
});
