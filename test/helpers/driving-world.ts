import { SETTINGS } from "./charging-world.js";
import { BEGIN, MINUTE, WatchedDrive } from "./driving-car.js";

/** A car as it truly is, and where it drives. */
export interface DrivingWorld {
  readonly capacityKwh: number;
  /** Reported capacity as a share of the true one. */
  readonly toldCapacity: number;
  readonly auxKw: number;
  /** kWh/km at 50 km/h; grows with the square of the speed. */
  readonly kwhPerKm: number;
  /** Speeds that a trip wanders between, km/h. */
  readonly kmh: readonly [low: number, high: number];
  readonly km: number;
  readonly modelKwhPerKm: number;
  readonly tracked: boolean;
  /** Whole percents are reported as they are reached; otherwise only at both ends. */
  readonly pushed: boolean;
}

export const MIXED: DrivingWorld = {
  capacityKwh: 80,
  toldCapacity: 1,
  auxKw: 0.6,
  kwhPerKm: 0.14,
  kmh: [20, 110],
  km: 35,
  modelKwhPerKm: 0.18,
  tracked: true,
  pushed: true,
};

interface DriveSample {
  readonly truth: number;
  readonly soc: number;
  readonly inBand: boolean;
}

/** Drives trips, each from a different level, and looks once a minute from the sixth on. */
export function driven(world: DrivingWorld, seed: number, trips = 16): DriveSample[] {
  const random = randomFrom(seed);
  const settings = { ...SETTINGS, magic: true, modelKwhPerKm: world.modelKwhPerKm };
  const car = new WatchedDrive(() => settings);
  const looks: DriveSample[] = [];
  let [now, road] = [BEGIN, 1000 + random()];
  for (let trip = 0; trip < trips; trip++) {
    const outing = drive(car, world, random, { now, road, soc: 60 + 30 * random() });
    if (trip >= 5) looks.push(...outing.looks);
    [now, road] = [outing.now + 8 * 60 * MINUTE, outing.road];
  }
  return looks;
}

export function drivingMeanError(looks: readonly DriveSample[]): number {
  return looks.reduce((sum, { soc, truth }) => sum + Math.abs(soc - truth), 0) / looks.length;
}

export function covered(looks: readonly DriveSample[]): number {
  return looks.filter(({ inBand }) => inBand).length / looks.length;
}

/** Holds position and level of the car at a moment. */
interface RoadPoint {
  readonly now: number;
  readonly road: number;
  readonly soc: number;
}

function drive(car: WatchedDrive, world: DrivingWorld, random: () => number, from: RoadPoint) {
  let { now, road, soc } = from;
  const report = () => {
    car.take({ kind: "soc", source: "header", soc: Math.floor(soc), at: now, now, pushed: true });
  };
  const odometer = () => {
    car.take({ kind: "odometer", km: Math.floor(road), at: now, now });
  };
  car.take({ kind: "capacity", source: "maxEnergy", kwh: world.capacityKwh * world.toldCapacity, at: now, now });
  report();
  odometer();
  car.estimator.tripStarted(now, now);
  const looks: DriveSample[] = [];
  const [low, high] = world.kmh;
  const cruise = low + (high - low) * random();
  for (let [minute, kmh] = [0, cruise]; road < from.road + world.km; minute++) {
    kmh = Math.min(high, Math.max(low, kmh + (cruise - kmh) / 4 + (random() - 0.5) * 30));
    const before = { road, soc };
    road += kmh / 60;
    soc -= (100 / world.capacityKwh) * ((world.kwhPerKm * (0.7 + 0.3 * (kmh / 50) ** 2) * kmh + world.auxKw) / 60);
    now += MINUTE;
    if (world.tracked) car.take({ kind: "speed", kmh, now });
    if (Math.floor(road) > Math.floor(before.road)) odometer();
    if (world.pushed && Math.floor(soc) < Math.floor(before.soc)) report();
    const shown = car.estimator.estimate(now);
    if (shown !== null)
      looks.push({ truth: soc, soc: shown.soc, inBand: soc >= shown.band90[0] && soc <= shown.band90[1] });
  }
  report();
  car.estimator.tripEnded(now, now);
  return { now, road, looks };
}

export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
