import assert from "node:assert/strict";
import { vehicleEventMessage } from "../../../src/messages/event-message.js";
import type { VehicleEventMembers } from "../../../src/messages/types.js";
import type { VehicleEvent } from "../../../src/vehicle/vehicle-event.js";
import { START, VIN } from "../../helpers/fakes.js";

const AT = new Date(START).toISOString();
const PLACE = { latitude: 48, longitude: 11, timestamp: START, source: "stream" } as const;
const TOLD_PLACE = { latitude: 48, longitude: 11, timestamp: AT };

/** The promises of the contract for each event. */
const PROMISED: VehicleEventMembers = {
  tripStarted: { startedAt: AT, inferred: false, soc: 60, odometer: 1000, from: TOLD_PLACE },
  tripEnded: {
    ...{ startedAt: AT, inferred: false, endedAt: AT, distanceKm: 12.5, durationMin: 20, socUsed: 3 },
    ...{ from: TOLD_PLACE, to: null },
  },
  chargingStarted: { soc: 40, method: "AC", targetSoc: 80 },
  chargingEnded: {
    ...{ startedAt: AT, startSoc: 40, soc: 79, from: "estimate", band90: [75, 82], energyKwh: 32 },
    ...{ durationMin: 180, reason: "unknown", pauses: 2 },
  },
  chargingInterrupted: { startedAt: AT, soc: 60, targetSoc: 80, cause: "POWERGRID_FAILED" },
  pluggedNotCharging: { pluggedAt: AT, soc: 40, targetSoc: null },
  tyrePressureLow: { wheel: "rearLeft", pressure: 200, target: 250, unit: "kPa" },
  serviceDue: {
    ...{ kind: "service", id: "1", title: "Engine oil", description: "Change it.", status: "PENDING" },
    ...{ date: "2027-07", remaining: 900, unit: "km" },
  },
};

const EVENTS: readonly VehicleEvent[] = [
  { name: "tripStarted", at: START, startedAt: START, inferred: false, soc: 60, odometer: 1000, from: PLACE },
  {
    ...{ name: "tripEnded", at: START, startedAt: START, inferred: false, endedAt: START, distanceKm: 12.5 },
    ...{ durationMin: 20, socUsed: 3, from: PLACE, to: null },
  },
  { name: "chargingStarted", at: START, soc: 40, method: "AC", targetSoc: 80 },
  {
    ...{
      name: "chargingEnded",
      at: START,
      startedAt: START,
      startSoc: 40,
      soc: 79,
      from: "estimate",
      band90: [75, 82],
    },
    ...{ energyKwh: 32, durationMin: 180, reason: "unknown", pauses: 2 },
  },
  {
    ...{ name: "chargingInterrupted", at: START, startedAt: START, soc: 60, targetSoc: 80 },
    cause: "POWERGRID_FAILED",
  },
  { name: "pluggedNotCharging", at: START, pluggedAt: START, soc: 40, targetSoc: null },
  { name: "tyrePressureLow", at: START, wheel: "rearLeft", pressure: 200, target: 250, unit: "kPa" },
  {
    ...{ name: "serviceDue", at: START, kind: "service", id: "1", title: "Engine oil", description: "Change it." },
    ...{ status: "PENDING", date: "2027-07", remaining: 900, unit: "km" },
  },
];

describe("events of a car", () => {
  for (const event of EVENTS)
    it(`${event.name} has the members that the contract promises`, () => {
      const { payload } = vehicleEventMessage("cardata", "home", VIN, event);
      const { account: _account, vin: _vin, event: _event, timestamp, ...members } = payload;
      assert.equal(timestamp, AT);
      assert.deepEqual(members, PROMISED[event.name as keyof VehicleEventMembers]);
    });
});
