import type { JournalSettings } from "../../../src/journal/journal-settings.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { SeededRandom } from "../random.js";
import { DAY, HOUR, MINUTE, round, YearCar, type Spot, type TrueCharge, type YearCarDesign } from "./year-car.js";

/*
 * A household with three cars that drive to work, elsewhere at weekends, and far away now and then; that charge at home, at
 * work and on the way; with tariffs by the clock, prices by message, and the sun.
 */

export const HOME: Spot = { name: "home", latitude: 48.401, longitude: 10.012 };
export const WORK: Spot = { name: "work", latitude: 48.561, longitude: 10.212 };
const LAKE: Spot = { name: null, latitude: 48.101, longitude: 9.712 };
const STATION: Spot = { name: null, latitude: 47.601, longitude: 11.512 };
const MOUNTAINS: Spot = { name: null, latitude: 46.901, longitude: 12.512 };

const [CHEAP, USUAL, OF_SUN, ELSEWHERE] = [0.243, 0.341, 0.081, 0.59];
const [CHEAP_FROM, CHEAP_TO] = [22, 6];

export const SETTINGS: JournalSettings = {
  zone: "Europe/Berlin",
  places: [
    { ...HOME, name: "home", radius: 150, purpose: null },
    { ...WORK, name: "work", radius: 150, purpose: "commute" },
  ],
  tariffs: [
    {
      place: "home",
      price: USUAL,
      windows: [{ from: CHEAP_FROM * 60, to: CHEAP_TO * 60, days: new Set([0, 1, 2, 3, 4, 5, 6]), price: CHEAP }],
      solarPrice: OF_SUN,
    },
    { place: "work", price: "message", windows: [], solarPrice: OF_SUN },
    { place: null, price: ELSEWHERE, windows: [], solarPrice: ELSEWHERE },
  ],
  currency: "EUR",
};

const DESIGNS: readonly Omit<YearCarDesign, "loss">[] = [
  {
    ...{ vin: "WBY1Z2C30N7A00021", capacityKwh: 80, tells: "first", telemetry: "amps" },
    ...{ kwhPerKm: 0.19, amps: 16, phases: 3 },
  },
  {
    ...{ vin: "WBY1Z2C30N7A00022", capacityKwh: 64.7, tells: "present", telemetry: "meter" },
    ...{ kwhPerKm: 0.17, amps: 16, phases: 3 },
  },
  {
    ...{ vin: "WBY1Z2C30N7A00023", capacityKwh: 38, tells: "first", telemetry: "none" },
    ...{ kwhPerKm: 0.15, amps: 16, phases: 1 },
  },
];

/** Lives for some days with three cars, of which the truth is known. */
export class Household {
  readonly cars: readonly YearCar[];
  readonly #random: SeededRandom;
  /** Charges of which BMW's history is still to be asked, by car. */
  readonly #asked = new Map<YearCar, number>();

  /** @param losses of the cars in a year, 0 to 0.12 */
  constructor(
    seed: number,
    readonly begin: number,
    losses: readonly number[],
  ) {
    this.#random = new SeededRandom(seed, "household");
    this.cars = DESIGNS.map((design, index) => {
      const random = new SeededRandom(seed, design.vin);
      return new YearCar({ ...design, loss: losses[index] ?? 0 }, random, begin, HOME);
    });
  }

  /** Lives for a day; returns what was told until its end, in order. */
  day(number: number): RecordedLine[] {
    const midnight = this.begin + number * DAY;
    for (const car of this.cars) this.#live(car, midnight);
    const lines = this.cars.flatMap((car) => car.linesUntil(midnight + DAY));
    for (let hour = 0; hour < 24; hour++) lines.push(...this.#energy(midnight + hour * HOUR));
    return lines.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  }

  /** The price and the sun of an hour. */
  #energy(at: number): RecordedLine[] {
    const time = new Date(at).toISOString();
    const lines: RecordedLine[] = [{ at: time, kind: "price", price: priceAt(at) }];
    for (let minute = 0; minute < 60; minute += 15)
      lines.push({ at: new Date(at + minute * MINUTE).toISOString(), kind: "solar", kw: sunAt(at) });
    return lines;
  }

  #live(car: YearCar, midnight: number): void {
    const random = this.#random;
    const weekday = new Date(midnight).getUTCDay();
    const morning = midnight + 5 * HOUR + random.between(30, 120) * MINUTE;
    if (random.between(1, 25) === 1) this.#travel(car, morning);
    else if (weekday >= 1 && weekday <= 5) this.#work(car, morning, midnight);
    else if (random.between(1, 3) > 1) this.#visit(car, morning + 3 * HOUR);
    const next = midnight + DAY + 5 * HOUR;
    if (car.spot === HOME && car.soc < random.between(35, 60))
      car.charge(Math.max(car.now, morning) + random.between(2, 240) * MINUTE, "AC", random.pick([80, 80, 90]), next);
    this.#ask(car, midnight);
  }

  #work(car: YearCar, at: number, midnight: number): void {
    const random = this.#random;
    car.drive(at, WORK, 27 + random.between(0, 30) / 10, 60);
    const back = midnight + 14 * HOUR + random.between(0, 150) * MINUTE;
    if (car.soc < 50 && random.between(1, 2) === 1) car.charge(car.now + 5 * MINUTE, "AC", 80, back - 10 * MINUTE);
    car.drive(back, HOME, 27 + random.between(0, 30) / 10, 55);
  }

  #visit(car: YearCar, at: number): void {
    car.drive(at, LAKE, 41.3, 70);
    car.drive(car.now + this.#random.between(30, 300) * MINUTE, HOME, 42.1, 70);
  }

  #travel(car: YearCar, at: number): void {
    if (car.soc < 55) {
      this.#visit(car, at);
      return;
    }
    const km = 0.4 * (car.capacityAt(at) / car.design.kwhPerKm);
    for (const way of [
      [STATION, MOUNTAINS],
      [STATION, HOME],
    ] as const) {
      car.drive(Math.max(at, car.now + HOUR), way[0], km, 105);
      car.charge(car.now + 5 * MINUTE, "DC", 80, car.now + 2 * HOUR);
      car.drive(car.now + 5 * MINUTE, way[1], km, 105);
    }
  }

  /** The car without telemetry is asked for its charges every four weeks. */
  #ask(car: YearCar, midnight: number): void {
    const since = this.#asked.get(car) ?? this.begin;
    if (car.design.telemetry !== "none" || midnight - since < 28 * DAY) return;
    const at = Math.max(car.now, midnight + DAY - HOUR) + 2 * HOUR;
    const sessions = car.charges.filter(({ end }) => end >= since - DAY && end < at - 2 * HOUR);
    car.tell(at, "chargingHistory", { payload: { data: sessions.map(sessionOf) } });
    this.#asked.set(car, midnight);
  }
}

function sessionOf(charge: TrueCharge): object {
  const { start, end, drawnKwh, socFrom, socTo, spot, km } = charge;
  return {
    startTime: Math.round(start / 1000),
    endTime: Math.round(end / 1000),
    energyConsumedFromPowerGridKwh: round(drawnKwh, 2),
    displayedStartSoc: Math.floor(socFrom + 1e-6),
    displayedSoc: Math.floor(socTo + 1e-6),
    mileage: Math.floor(km),
    mileageUnits: "km",
    chargingLocation: { mapMatchedLatitude: spot.latitude, mapMatchedLongitude: spot.longitude },
  };
}

/** The price by message of an hour: it changes by the hour, and may be below 0. */
export function priceAt(at: number): number {
  const hour = Math.floor(at / HOUR);
  return round(0.2 + 0.25 * Math.sin(hour * 0.9) * Math.cos(hour * 0.013), 4);
}

/** What the sun gives in an hour [kW]. */
export function sunAt(at: number): number {
  const hour = new Date(at).getUTCHours();
  return round(Math.max(0, 7 * Math.sin(((hour - 5) * Math.PI) / 14)), 2);
}

/** The price of a kWh from the grid at a place, reckoned without the program's own clock. */
export function gridPriceAt(spot: Spot, at: number): number {
  if (spot.name === "work") return priceAt(at);
  if (spot.name === null) return ELSEWHERE;
  const hour = (new Date(at).getUTCHours() + (isSummer(at) ? 2 : 1)) % 24;
  return hour >= CHEAP_FROM || hour < CHEAP_TO ? CHEAP : USUAL;
}

export function solarPriceAt(spot: Spot): number {
  return spot.name === null ? ELSEWHERE : OF_SUN;
}

/** Summer time goes from the last Sunday of March to the last of October, at one o'clock UTC. */
function isSummer(at: number): boolean {
  const year = new Date(at).getUTCFullYear();
  const lastSunday = (month: number) => {
    const last = new Date(Date.UTC(year, month + 1, 0, 1));
    return last.getTime() - last.getUTCDay() * DAY;
  };
  return at >= lastSunday(2) && at < lastSunday(9);
}
