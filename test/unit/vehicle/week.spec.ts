import assert from "node:assert/strict";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import type { VehicleEvent } from "../../../src/vehicle/vehicle-event.js";
import { metresBetween } from "../../../src/vehicle/geography.js";
import type { Position } from "../../../src/vehicle/position.js";
import { vehicleRegistryAt } from "../../helpers/vehicle-registry.js";
import { SimulatedCar, type CarTruth } from "../../simulator/cars/car.js";
import { commute, holiday, type ScriptStep } from "../../simulator/cars/script.js";
import { standardCars } from "../../simulator/cars/standard.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const MIDNIGHT = Date.parse("2026-03-02T00:00:00Z");
const WEEK = 7 * DAY;

interface WeekTrip {
  readonly startedAt: number;
  endedAt: number;
  km: number;
}

/** Five days of work and a weekend away, each car at hours of its own. */
function weekOf(shift: number): ScriptStep[] {
  const days = [0, 1, 2, 3, 4].flatMap((day) => commute(day));
  return [...days, ...holiday(5), ...commute(6)].map((step) => ({ ...step, at: step.at + shift }));
}

/** The true events, second by second; a traffic light ends no trip. */
class WeekWitness {
  readonly trips: WeekTrip[] = [];
  charges = 0;
  #before: CarTruth | null = null;

  look(truth: CarTruth): void {
    const before = this.#before;
    this.#before = truth;
    if (before === null) return;
    if (before.charging === null && truth.charging !== null) this.charges++;
    if (!truth.moving) return;
    const current = this.trips.at(-1);
    const km = truth.odometerKm - before.odometerKm;
    if (current !== undefined && truth.time - current.endedAt < 2 * MINUTE) {
      current.endedAt = truth.time;
      current.km += km;
    } else this.trips.push({ startedAt: truth.time, endedAt: truth.time, km });
  }
}

interface WeekObservation {
  readonly events: VehicleEvent[];
  readonly positions: Position[];
}

/**
 * Three cars for a week through the vehicle registry, with restarts of Node-RED every day at noon and in the middle of
 * drives.
 */
async function simulateWeek() {
  const clock = new SimulatedClock(MIDNIGHT);
  const files = memoryFiles();
  const cars = standardCars(MIDNIGHT).map(
    ({ design }, index) => new SimulatedCar({ ...design, startSoc: 70, script: weekOf(index * 13 * MINUTE) }, MIDNIGHT),
  );
  const seen = new Map(cars.map(({ vin }): [string, WeekObservation] => [vin, { events: [], positions: [] }]));
  const witnesses = new Map(cars.map(({ vin }) => [vin, new WeekWitness()]));
  const open = async () => {
    const { store, registry } = vehicleRegistryAt(
      clock,
      ({ vin, events, positions }) => {
        seen.get(vin)?.events.push(...events);
        seen.get(vin)?.positions.push(...positions);
      },
      files,
    );
    await registry.load();
    return { store, registry };
  };
  let { store, registry } = await open();
  for (let time = SECOND; time <= WEEK; time += SECOND) {
    clock.runTo(MIDNIGHT + time);
    for (const car of cars) {
      for (const { data, time: at } of car.advanceTo(MIDNIGHT + time)) {
        const message = { vin: car.vin, timestamp: new Date(at).toISOString(), data };
        registry.receive(car.vin, Buffer.from(JSON.stringify(message)), clock.now());
      }
      witnesses.get(car.vin)?.look(car.truth());
    }
    // 07:20 is in the middle of a drive of every car.
    if (time % DAY === 12 * 60 * MINUTE || time % DAY === (7 * 60 + 20) * MINUTE) {
      await store.flush();
      registry.close();
      ({ store, registry } = await open());
    }
  }
  registry.close();
  return { cars, seen, witnesses };
}

describe("a week of three cars", () => {
  let week: Awaited<ReturnType<typeof simulateWeek>>;

  before(async () => {
    week = await simulateWeek();
  });

  const of = (model: string) => {
    const car = week.cars.find((one) => one.model.startsWith(model));
    assert.ok(car);
    const seen = week.seen.get(car.vin);
    const witness = week.witnesses.get(car.vin);
    assert.ok(seen && witness);
    const ended = seen.events.flatMap((event) => (event.name === "tripEnded" ? [event] : []));
    return { car, ...seen, witness, ended };
  };

  for (const model of ["i4", "330e", "i3"]) {
    it(`finds every trip of the ${model} once`, () => {
      const { events, ended, witness } = of(model);
      assert.equal(witness.trips.length, 14);
      assert.equal(ended.length, witness.trips.length);
      assert.equal(events.filter(({ name }) => name === "tripStarted").length, witness.trips.length);
    });

    it(`knows when and how far the ${model} drove`, () => {
      const { ended, witness } = of(model);
      for (const [index, trip] of witness.trips.entries()) {
        const found = ended[index];
        assert.ok(found);
        assert.ok(
          Math.abs((found.startedAt ?? 0) - trip.startedAt) <= 3 * MINUTE,
          `start ${(found.startedAt ?? 0) - trip.startedAt}`,
        );
        assert.ok(
          Math.abs((found.endedAt ?? 0) - trip.endedAt) <= 3 * MINUTE,
          `end ${(found.endedAt ?? 0) - trip.endedAt}`,
        );
        // Before its first odometer reading, which comes at the end of a drive, nobody knows.
        if (model === "i3" && index === 0) assert.equal(found.distanceKm, null);
        // The i3 reports whole kilometres, or whole miles, at the ends of a drive and nothing else.
        else
          assert.ok(
            Math.abs((found.distanceKm ?? NaN) - trip.km) <= (model === "i3" ? 2 : 0.5),
            `${found.distanceKm} of ${trip.km}`,
          );
      }
    });

    it(`finds every charge of the ${model} once, with its end`, () => {
      const { events, witness } = of(model);
      const count = (wanted: string) => events.filter(({ name }) => name === wanted).length;
      assert.ok(witness.charges >= 7);
      assert.equal(count("chargingStarted"), witness.charges);
      assert.ok(witness.charges - count("chargingEnded") <= 1);
    });

    it(`emits events of cable and doors of the ${model} in turns`, () => {
      const { events } = of(model);
      for (const [one, other] of [
        ["pluggedIn", "unplugged"],
        ["unlocked", "locked"],
        ["tripStarted", "tripEnded"],
        ["chargingStarted", "chargingEnded"],
      ]) {
        const turns = events.map(({ name }) => name).filter((name) => name === one || name === other);
        assert.ok(turns.length > 2, `${one} and ${other}`);
        for (const [index, name] of turns.entries()) assert.notEqual(name, turns[index - 1]);
      }
    });
  }

  for (const model of ["i4", "330e"])
    it(`shows positions where the ${model} has been, without corners`, () => {
      const { positions, ended, car } = of(model);
      assert.ok(positions.length > 1000);
      for (const [index, { timestamp }] of positions.entries())
        assert.ok(timestamp > (positions[index - 1]?.timestamp ?? 0));
      // A corner point would make the way longer than the odometer.
      const way = positions.slice(1).reduce((sum, fix, index) => sum + metresBetween(positions[index] ?? fix, fix), 0);
      const driven = car.truth().odometerKm - car.design.odometerKm;
      assert.ok(way / 1000 <= driven * 1.005 && way / 1000 > driven * 0.95, `${way / 1000} of ${driven}`);
      for (const { from, to } of ended.slice(1)) assert.ok(from !== null && to !== null);
    });
});
