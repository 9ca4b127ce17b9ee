import assert from "node:assert/strict";
import { drivingCar, MINUTE } from "../../helpers/driving-car.js";

type DefaultCar = ReturnType<typeof drivingCar>;

/** Points that a trip of 40 km takes without a word of the car. */
function used(car: DefaultCar, km = 1000): number {
  car.parked(80, km);
  car.start();
  car.drive({ km: 40, kmh: 60 });
  const points = 80 - car.shown;
  car.end();
  return points;
}

/** Trips on which the car tells levels of 0.18 kWh/km. */
function taught(car: DefaultCar, trips: number): void {
  for (let trip = 0; trip < trips; trip += 1) {
    car.wait(600 * MINUTE);
    car.parked(80, 2000 + trip * 50);
    car.start();
    for (let soc = 79; soc > 70; soc -= 1) {
      car.drive({ km: 80.7 / 18, kmh: 60 });
      car.soc(soc);
    }
    car.end();
  }
  car.wait(600 * MINUTE);
}

function near(value: number, expected: number, within: number): void {
  assert.ok(
    Math.abs(value - expected) <= within,
    `${String(value)} is not within ${String(within)} of ${String(expected)}`,
  );
}

describe("the default consumption of a car that has taught little", () => {
  const low = used(drivingCar({ modelKwhPerKm: 0.15 }));
  const high = used(drivingCar({ modelKwhPerKm: 0.3 }));

  it("is what the settings say by now, not at the beginning", () => {
    assert.ok(high > low + 4, `${String(low)} ${String(high)}`);
    const car = drivingCar({ modelKwhPerKm: 0.15 });
    car.usually(0.3);
    near(used(car), high, 0.3);
  });

  it("follows the settings also after a restart", () => {
    const car = drivingCar({ modelKwhPerKm: 0.15 });
    car.parked(80, 1000);
    car.reload();
    car.usually(0.3);
    car.reload();
    near(used(car), high, 0.3);
  });

  it("follows them there and back", () => {
    const car = drivingCar({ modelKwhPerKm: 0.15 });
    for (const rate of [0.3, 0.2, 0.15]) {
      car.usually(rate);
      car.wait(MINUTE);
      car.reload();
    }
    near(used(car), low, 1e-6);
  });

  it("is no reason for a jump while the car stands", () => {
    const car = drivingCar({ modelKwhPerKm: 0.15 });
    car.parked(80, 1000);
    car.usually(0.3);
    assert.equal(car.shown, 80);
    assert.equal(car.report().defaultKwhPerKm, 0.3);
  });

  it("leaves what trips have taught", () => {
    const car = drivingCar({ modelKwhPerKm: 0.18 });
    taught(car, 12);
    const control = drivingCar({ modelKwhPerKm: 0.18 });
    taught(control, 12);
    car.usually(0.3);
    near(used(car, 5000), used(control, 5000), 0.1 * (high - low));
  });

  it("is what remains after a reset", () => {
    const car = drivingCar({ modelKwhPerKm: 0.15 });
    taught(car, 3);
    car.usually(0.3);
    car.reset();
    near(used(car, 5000), high, 0.1);
  });
});
