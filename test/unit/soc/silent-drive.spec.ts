import assert from "node:assert/strict";
import { drivingCar, MINUTE } from "../../helpers/driving-car.js";
import { SEED, SeededRandom } from "../../helpers/random.js";

type Car = ReturnType<typeof drivingCar>;

const CAPACITY_KWH = 80.7;

/** How a car tells its level: each whole percent, of which so many arrive, or a sample each so many half minutes. */
interface Telling {
  readonly arrives?: number;
  readonly each?: number;
  readonly odometer?: boolean;
  readonly tracked?: boolean;
  readonly rounding?: (soc: number) => number;
}

/** Drives with the truth beside: `kwhPerKm` tells the consumption after so many km. Returns the errors of what is shown. */
function driven(
  car: Car,
  from: number,
  km: number,
  kwhPerKm: (km: number) => number,
  telling: Telling,
  random = chance(),
) {
  const { arrives = 0, each = Infinity, odometer = true, tracked = false, rounding = Math.floor } = telling;
  let soc = from;
  const errors: number[] = [];
  for (let [road, step] = [0, 1]; road < km; road += 0.5, step++) {
    const before = rounding(soc);
    soc -= (0.5 * kwhPerKm(road) * 100) / CAPACITY_KWH;
    car.drive({ km: 0.5, kmh: 60, odometer, tracked });
    const isTold = rounding(soc) !== before && random.fraction() < arrives;
    if (isTold || step % each === 0) car.soc(rounding(soc));
    errors.push(car.shown - soc);
  }
  return { soc, errors, error: mean(errors.map(Math.abs)) };
}

function chance(name = "silent drive"): SeededRandom {
  return new SeededRandom(SEED, name);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One trip in a plain, from a level that is told at both ends. */
function trip(
  car: Car,
  from: number,
  km: number,
  kwhPerKm: (km: number) => number,
  telling: Telling,
  random?: SeededRandom,
) {
  car.wait(60 * MINUTE);
  car.soc((telling.rounding ?? Math.floor)(from));
  car.odometer();
  car.start();
  const outcome = driven(car, from, km, kwhPerKm, telling, random);
  car.wait(1);
  car.end();
  car.soc((telling.rounding ?? Math.floor)(outcome.soc));
  return outcome;
}

const flat = () => 0.2;
/** Uphill first, then down without using anything. */
const mountain = (km: number) => (km < 15 ? 0.42 : -0.02);

/** A car that is known for some trips. */
function known(telling: Telling, trips = 6): Car {
  const car = drivingCar();
  car.parked(80, 1000);
  const random = chance();
  for (let count = 0; count < trips; count++) trip(car, 80 - 0.13 * count, 30, flat, telling, random);
  return car;
}

describe("the silence of a car that drives", () => {
  it("says that the level has not fallen, where the car tells each percent", () => {
    const car = known({ arrives: 0.9 });
    const { errors } = trip(car, 80.5, 30, mountain, { arrives: 0.9 });
    const last = errors.at(-1) ?? NaN;
    assert.ok(Math.abs(last) < 2, last.toFixed(2));
  });

  it("says nothing where the car tells samples, or never a level on the way", () => {
    for (const telling of [{ each: 30 }, {}]) {
      const car = known(telling);
      const { errors } = trip(car, 80.5, 14, flat, {});
      const last = errors.at(-1) ?? NaN;
      assert.ok(Math.abs(last) < 1.2, `${JSON.stringify(telling)}: ${last.toFixed(2)}`);
    }
  });

  it("counts only while the car is heard: out of reach it drives on by what it uses", () => {
    const [steps, samples] = [{ arrives: 0.9 }, { each: 30 }].map((telling) => {
      const { errors } = trip(known(telling), 80.5, 30, flat, { odometer: false });
      return [14, 30].map((km) => errors[2 * km - 1] ?? NaN);
    });
    const [after14 = NaN, after30 = NaN] = steps ?? [];
    assert.ok(Math.abs(after14) < 1.5, after14.toFixed(2));
    // After a quarter of an hour without a word any car probably stands.
    assert.ok(Math.abs(after30 - (samples?.[1] ?? NaN)) < 1, after30.toFixed(2));
  });

  it("is none of the car where only the user's tracker is heard", () => {
    const { errors } = trip(known({ arrives: 0.9 }), 80.5, 30, flat, { odometer: false, tracked: true });
    const last = errors.at(-1) ?? NaN;
    assert.ok(Math.abs(last) < 2.5, last.toFixed(2));
  });

  it("says little of the time after which the car was heard again", () => {
    const car = known({ arrives: 0.9 });
    car.wait(60 * MINUTE);
    car.soc(80);
    car.odometer();
    car.start();
    const { soc } = driven(car, 80.5, 25, flat, { odometer: false });
    car.odometer();
    assert.ok(Math.abs(car.shown - soc) < 2, `${car.shown.toFixed(2)} instead of ${soc.toFixed(2)}`);
  });

  it("outlives a restart", () => {
    const car = known({ arrives: 0.9 });
    car.wait(60 * MINUTE);
    car.soc(80);
    car.start();
    driven(car, 80.5, 20, mountain, { arrives: 1 });
    const before = car.shown;
    car.reload();
    assert.equal(car.shown, before);
  });
});

describe("how a car tells its level", () => {
  it("is found although every fourth message is lost, and where samples are told", () => {
    const errorOf = (telling: Telling) => mean(
      Array.from({ length: 4 }, (_, index) => {
        const car = known(telling, 4);
        return trip(car, 79.3, 40, flat, telling, chance(String(index))).error;
      }),
    ); // oxfmt-ignore
    assert.ok(errorOf({ arrives: 0.75 }) < 0.35, errorOf({ arrives: 0.75 }).toFixed(2));
    assert.ok(errorOf({ each: 12 }) < 0.5, errorOf({ each: 12 }).toFixed(2));
  });
});

describe("how a car rounds its level", () => {
  it("is half of what charges have shown", () => {
    for (const [rounding, offset] of [
      [Math.floor, 0],
      [Math.round, 0.5],
      [Math.ceil, 1],
    ] as const) {
      // oxfmt-ignore
      const car = known({ arrives: 1, rounding });
      car.adopt(80.3, { mean: offset, variance: 0 });
      const { errors } = trip(car, 80.3, 30, flat, { arrives: 1, rounding });
      const bias = mean(errors.slice(10));
      // Charges may be wrong: the other half is what holds of any car, 0.275.
      assert.ok(Math.abs(bias - (offset - 0.275) / 2) < 0.15, `${rounding.name}: ${bias.toFixed(2)}`);
    }
  });
});

describe("what scatters with a car and its driver", () => {
  it("makes the band wide in mountains and narrow in a plain", () => {
    const width = (kwhPerKm: (km: number) => number) => {
      const car = drivingCar();
      car.parked(80, 1000);
      for (let count = 0; count < 6; count++) trip(car, 80, 30, kwhPerKm, { each: 10 });
      trip(car, 80, 20, kwhPerKm, {});
      car.soc(60);
      car.start();
      car.drive({ km: 15, kmh: 60 });
      const [low, high] = car.estimate()?.band90 ?? [NaN, NaN];
      return high - low;
    };
    assert.ok(width(mountain) > 1.5 * width(flat), `${width(mountain).toFixed(1)} ${width(flat).toFixed(1)}`);
  });

  it("lets a trailer be found within one trip", () => {
    const car = known({ each: 15 });
    const { errors } = trip(car, 80, 60, () => 0.3, { each: 15 });
    // From the third sample on.
    const later = mean(errors.slice(60).map(Math.abs));
    assert.ok(later < 0.7, later.toFixed(2));
  });
});

describe("a car on a ferry", () => {
  it("keeps its level while its odometer stands and it says that it does not move", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    car.moves(false);
    car.drive({ km: 20, kmh: 30, odometer: false, positions: true });
    // The load of a car that stands with everything on, no more.
    assert.ok(car.shown > 79, String(car.shown));
    assert.ok((car.estimate()?.tripKm ?? 9) < 1.5, String(car.estimate()?.tripKm));
  });

  it("keeps it also where its places alone have begun the trip", () => {
    const car = drivingCar();
    car.moves(false);
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 20, kmh: 30, odometer: false, positions: true });
    assert.ok(car.shown > 79, String(car.shown));
  });

  it("drives on when its odometer does", () => {
    const car = drivingCar();
    car.moves(false);
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 20, kmh: 60 });
    assert.ok(Math.abs(car.shown - 75.5) < 1.5, String(car.shown));
  });
});
