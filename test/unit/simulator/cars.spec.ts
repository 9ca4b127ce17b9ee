import assert from "node:assert/strict";
import { START } from "../../helpers/fakes.js";
import { SimulatedCar, type CarDesign, type CarTruth } from "../../simulator/cars/car.js";
import type { CarReport } from "../../simulator/cars/profile.js";
import { commute, holiday, trip, type ScriptStep } from "../../simulator/cars/script.js";
import { standardCars } from "../../simulator/cars/standard.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIDNIGHT = Date.parse("2026-03-02T00:00:00Z");

const design = (changes: Partial<CarDesign> = {}): CarDesign => {
  const [rich] = standardCars(START);
  assert.ok(rich);
  return { ...rich.design, startSoc: 70, ...changes };
};

const carWith = (script: readonly ScriptStep[]) => new SimulatedCar(design({ script }), MIDNIGHT);

/** The truth every minute of a while. */
function watch(car: SimulatedCar, ms: number): { truths: CarTruth[]; reports: CarReport[] } {
  const truths = [car.truth()];
  const reports: CarReport[] = [];
  for (let at = MINUTE; at <= ms; at += MINUTE) {
    reports.push(...car.advanceTo(MIDNIGHT + at));
    truths.push(car.truth());
  }
  return { truths, reports };
}

const metres = (one: CarTruth["position"], other: CarTruth["position"]) => {
  const north = (other.latitude - one.latitude) * 111_195;
  const east = (other.longitude - one.longitude) * 111_195 * Math.cos((one.latitude * Math.PI) / 180);
  return Math.hypot(north, east);
};

describe("simulated car", () => {
  it("drives to work and back and charges at night", () => {
    const car = carWith(commute(0));
    const { truths } = watch(car, DAY);
    const at = (hour: number): CarTruth => {
      const truth = truths[hour * 60];
      assert.ok(truth);
      return truth;
    };
    const driven = at(24).odometerKm - at(0).odometerKm;
    assert.ok(driven > 40 && driven < 80, String(driven));
    assert.ok(at(12).soc < at(0).soc);
    assert.ok(at(24).soc > at(21).soc);
    assert.equal(at(12).moving, false);
    assert.equal(at(12).locked, true);
  });

  it("keeps energy: what is in the battery is what was there, plus what got in, minus what was driven", () => {
    const car = carWith(commute(0));
    const before = car.battery.energyKwh;
    watch(car, DAY);
    const { gridKwh, odometerKm } = car.truth();
    const { consumptionKwhPerKm, acEfficiency, auxiliaryKw } = car.design;
    const driven = (odometerKm - car.design.odometerKm) * consumptionKwhPerKm;
    const gained = car.battery.energyKwh - before + driven;
    // The rest was lost in the charger or used while charging.
    assert.ok(gained <= gridKwh * acEfficiency + 0.01, `${gained} of ${gridKwh}`);
    assert.ok(gained >= gridKwh * acEfficiency - auxiliaryKw * 3, `${gained} of ${gridKwh}`);
  });

  it("moves as far on the map as on the odometer", () => {
    const car = carWith([{ at: 0, do: "drive", speedKmh: 60 }]);
    const { truths } = watch(car, 20 * MINUTE);
    const onMap = truths.slice(1).reduce((sum, { position }, index) => {
      const former = truths[index];
      return sum + (former ? metres(former.position, position) : 0);
    }, 0);
    const driven = 1000 * ((truths.at(-1)?.odometerKm ?? 0) - (truths[0]?.odometerKm ?? 0));
    assert.ok(driven > 15_000);
    // Bends between two looks are cut short.
    assert.ok(onMap > 0.9 * driven && onMap <= 1.001 * driven, `${onMap} of ${driven}`);
  });

  it("comes back where it came from after it has turned", () => {
    const way = (at: number) => trip(at, 40, 70);
    const car = carWith([...way(HOUR), { at: 2 * HOUR, do: "turn" }, ...way(3 * HOUR)]);
    const { position: home } = car.truth();
    car.advanceTo(MIDNIGHT + 2 * HOUR);
    assert.ok(metres(home, car.truth().position) > 30_000);
    car.advanceTo(MIDNIGHT + 4 * HOUR);
    assert.ok(metres(home, car.truth().position) < 50);
  });

  it("charges fast at first and slowly towards the target on a holiday's fast charger", () => {
    const { truths } = watch(carWith(holiday(0)), 14 * HOUR);
    const powers = truths.flatMap(({ charging }) => (charging?.method === "DC" ? [charging.powerKw] : []));
    assert.ok(powers.length >= 10);
    assert.ok((powers[0] ?? 0) > 1.3 * (powers.at(-1) ?? 0), powers.join(" "));
  });

  it("does not depend on how often it is looked at", () => {
    const often = carWith(commute(0));
    const rarely = carWith(commute(0));
    watch(often, DAY);
    rarely.advanceTo(MIDNIGHT + DAY);
    assert.deepEqual(rarely.truth(), often.truth());
  });

  it("reports nothing but what is true, in whole percents and kilometres", () => {
    const car = carWith(commute(0));
    let previous = car.truth();
    for (let at = MINUTE; at <= DAY; at += MINUTE) {
      const reports = car.advanceTo(MIDNIGHT + at);
      const now = car.truth();
      for (const { data } of reports) {
        const soc = data["vehicle.drivetrain.batteryManagement.header"]?.value;
        if (typeof soc !== "number") continue;
        const [low = 0, high = 0] = [previous.soc, now.soc].sort((a, b) => a - b);
        assert.ok(Number.isInteger(soc) && soc >= Math.floor(low) && soc <= high, `${soc} of ${low} to ${high}`);
      }
      previous = now;
    }
  });

  it("of the old kind says nothing while it drives", () => {
    const cars = standardCars(MIDNIGHT);
    const old = cars.find(({ model }) => model.startsWith("i3"));
    assert.ok(old);
    const car = new SimulatedCar({ ...old.design, script: [{ at: 0, do: "drive", speedKmh: 50 }] }, MIDNIGHT);
    const onTheWay = car.advanceTo(MIDNIGHT + 30 * MINUTE).filter(({ time }) => time > MIDNIGHT + MINUTE);
    assert.deepEqual(onTheWay, []);
  });
});
