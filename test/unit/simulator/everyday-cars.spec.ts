import assert from "node:assert/strict";
import type { SimulatedCar } from "../../simulator/cars/car.js";
import { commuter, parkedCar, petrolCar, secondaryCar, type CommuterOptions } from "../../simulator/cars/everyday.js";
import type { CarReport } from "../../simulator/cars/profile.js";
import { DAY, HOUR, MIDNIGHT, MINUTE } from "./rest-bench.js";

const SOC = "vehicle.drivetrain.batteryManagement.header";
const LATITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
const MOVING = "vehicle.isMoving";

const of = (reports: readonly CarReport[], descriptor: string) => reports.filter(({ data }) => descriptor in data);
const days = (car: SimulatedCar, count: number) => car.advanceTo(MIDNIGHT + count * DAY);

describe("simulated everyday cars", () => {
  it("commute twice a day and charge at night", () => {
    const car = commuter(MIDNIGHT);
    const reports = days(car, 3);
    const starts = of(reports, MOVING).filter(({ data }) => data[MOVING]?.value === "ASN_isTrue");
    const hours = new Set(starts.map(({ time }) => new Date(time).getUTCHours()));
    assert.deepEqual([...hours], [7, 17]);
    assert.equal(car.logbook.sessions.length, 3);
    for (const { startedAt, method } of car.logbook.sessions)
      assert.deepEqual([new Date(startedAt + MINUTE).getUTCHours(), method], [22, "AC"]);
  });

  const soc = (streamedSoc?: CommuterOptions["streamedSoc"]) =>
    of(days(commuter(MIDNIGHT, streamedSoc ? { streamedSoc } : {}), 1), SOC).length;

  it("stream their position each minute of a drive and their charge level as little as wanted", () => {
    const positions = of(days(commuter(MIDNIGHT), 1), LATITUDE).length;
    assert.ok(positions >= 70, String(positions));
    assert.equal(soc(), 0);
    assert.equal(soc("never"), 0);
    const rarely = soc("rarely");
    assert.ok(rarely >= 3 && rarely < 20, String(rarely));
    assert.ok(soc("often") > 70);
  });

  it("are silent while parked, or repeat their position", () => {
    const night = (options: CommuterOptions) => commuter(MIDNIGHT, options).advanceTo(MIDNIGHT + 6 * HOUR);
    assert.deepEqual(night({}), []);
    const repeated = night({ parkedPositionEveryMs: 15 * MINUTE });
    assert.equal(of(repeated, LATITUDE).length, 24);
  });

  it("keep the hours of the day whenever they begin, and move them if wanted", () => {
    const hoursOf = (car: SimulatedCar) => {
      const moving = of(car.advanceTo(MIDNIGHT + 2 * DAY), MOVING);
      return [...new Set(moving.map(({ time }) => new Date(time).getUTCHours()))];
    };
    assert.deepEqual(hoursOf(commuter(MIDNIGHT + 12 * HOUR, { days: 1 })), [17]);
    assert.deepEqual(hoursOf(commuter(MIDNIGHT, { days: 1, shiftMs: 2 * HOUR })), [9, 19]);
  });

  it("do nothing when parked", () => {
    const car = parkedCar(MIDNIGHT);
    const before = car.truth();
    assert.deepEqual(days(car, 30), []);
    assert.deepEqual(car.truth(), { ...before, time: MIDNIGHT + 30 * DAY });
  });

  it("stream also when they are secondary", () => {
    const car = secondaryCar(MIDNIGHT);
    assert.equal(car.role, "SECONDARY");
    assert.ok(days(car, 1).length > 50);
  });

  it("burn petrol and have no charge level", () => {
    const car = petrolCar(MIDNIGHT);
    const reports = days(car, 2);
    assert.ok(car.truth().fuelL < 45);
    assert.equal(car.truth().soc, 0);
    assert.equal(of(reports, SOC).length, 0);
    assert.equal(of(reports, "vehicle.drivetrain.electricEngine.charging.status").length, 0);
    assert.deepEqual(car.logbook.sessions, []);
  });

  it("report the same however often they are looked at", () => {
    const often = commuter(MIDNIGHT, { streamedSoc: "often", parkedPositionEveryMs: HOUR });
    const rarely = commuter(MIDNIGHT, { streamedSoc: "often", parkedPositionEveryMs: HOUR });
    const seen: CarReport[] = [];
    for (let second = 1; second <= DAY / 1000; second++) seen.push(...often.advanceTo(MIDNIGHT + second * 1000));
    assert.deepEqual(days(rarely, 1), seen);
  });
});
