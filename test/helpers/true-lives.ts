import type { RecordedLine } from "../../src/replay/recording.js";
import { SimulatedCar, type CarDesign, type CarTruth } from "../simulator/cars/car.js";
import { entry, profileOf, type CarReport } from "../simulator/cars/profile.js";
import { withQuirks, type Quirks } from "../simulator/cars/quirks.js";
import { homeCharge, trip, type ScriptStep } from "../simulator/cars/script.js";
import { standardCars } from "../simulator/cars/standard.js";
import { odometer, position, shownSoc, SOC } from "../simulator/cars/stream-data.js";
import { SeededRandom } from "./random.js";

/*
 * Lives of simulated cars that are driven and charged at random, with habits of telling at random, of which all is known.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BEGIN = Date.parse("2026-03-02T00:00:00Z");
/** By then a car has told all that it tells: what nobody knew is no news. */
const FIRST_WORDS_MS = 12 * HOUR;
const MOVING = "vehicle.isMoving";
const PORT = "vehicle.body.chargingPort.status";

export interface TrueTrip {
  readonly startedAt: number;
  endedAt: number;
  km: number;
}

export interface TrueCharge {
  readonly startedAt: number;
  endedAt: number;
  readonly startSoc: number;
  endSoc: number;
}

export interface TrueLife {
  readonly lines: readonly RecordedLine[];
  readonly trips: readonly TrueTrip[];
  readonly charges: readonly TrueCharge[];
  readonly habits: LifeHabits;
  /** Usable, kWh. */
  readonly capacityKwh: number;
  readonly absences: readonly Absence[];
}

/** A time in which nobody listens, and a broker keeps what the car tells. */
export interface Absence {
  readonly from: number;
  readonly until: number;
}

/** Describes how a car reports. */
export interface LifeHabits {
  readonly tellsMotion: boolean;
  readonly fixEveryMs: number | null;
  readonly odometer: "often" | "ends";
  readonly levels: "often" | "ends";
  readonly tellsCable: boolean;
  readonly quirks: Quirks;
  /** Share of the messages that get lost. */
  readonly lost: number;
  /** The longest delay of a message, ms. */
  readonly latencyMs: number;
}

/**
 * Some days of a car; one whose messages come, and come in time, if it is reliable.
 * @param options `isKept`: now and then nobody listens, and a broker keeps the messages until somebody does
 */
export function trueLife(seed: number, { days = 3, isReliable = true, isKept = false } = {}): TrueLife {
  const numbers = new SeededRandom(seed, "");
  const random = numbers.fraction.bind(numbers);
  const habits = habitsOf(random, isReliable);
  const [standard] = standardCars(BEGIN);
  if (standard === undefined) throw new Error("no car");
  const design: CarDesign = {
    ...standard.design,
    startSoc: 55,
    script: scriptOf(random, days),
    profile: withQuirks(profileFor(habits), habits.quirks),
  };
  const car = new SimulatedCar(design, BEGIN);
  const witness = new LifeWitness();
  const reports: CarReport[] = [firstReport(car)];
  for (let time = BEGIN + SECOND; time <= BEGIN + days * DAY; time += SECOND) {
    reports.push(...car.advanceTo(time));
    witness.look(car.truth());
  }
  const capacityKwh = Math.round(design.capacityKwh * design.health * 10) / 10;
  const { trips, charges } = witness;
  const absences = isKept ? absencesOf(new SeededRandom(seed, "absences"), days) : [];
  const lines = linesOf(car, reports, habits, random).map((line) => keptLine(line, absences));
  return { lines, trips, charges, habits, capacityKwh, absences };
}

function absencesOf(numbers: SeededRandom, days: number): Absence[] {
  const absences: Absence[] = [];
  for (let at = 0; at < days * DAY; at += (1 + numbers.fraction() * 6) * HOUR) {
    const from = BEGIN + FIRST_WORDS_MS + at;
    const until = from + (2 + numbers.fraction() ** 2 * 360) * MINUTE;
    absences.push({ from, until });
    at = until - BEGIN - FIRST_WORDS_MS;
  }
  return absences;
}

/** Returns a line as it arrives: at the end of the absence in which it was told, a moment after the one before. */
function keptLine(line: RecordedLine, absences: readonly Absence[]): RecordedLine {
  const at = Date.parse(line.at);
  const absence = line.kind === "stream" ? absences.find(({ from, until }) => at >= from && at < until) : undefined;
  if (absence === undefined) return line;
  const { from, until } = absence;
  return { ...line, at: new Date(until + ((at - from) / (until - from)) * SECOND).toISOString() };
}

function habitsOf(random: () => number, isReliable: boolean): LifeHabits {
  const one = <T>(...of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const maybe = <T extends object>(share: number, quirk: T): T | object => (random() < share ? quirk : {});
  const fixEveryMs = one(null, 10 * SECOND, MINUTE, 150 * SECOND);
  return {
    // A car that reports neither cannot be followed.
    tellsMotion: fixEveryMs === null || random() < 0.5,
    fixEveryMs,
    odometer: one("often", "ends"),
    levels: one("often", "ends"),
    tellsCable: random() < 0.7,
    quirks: {
      ...maybe(0.4, { silentChargeMs: one(20 * SECOND, MINUTE, 8 * MINUTE) }),
      ...maybe(0.3, { forgetsEndEvery: one(1, 2, 3) }),
      ...maybe(0.4, { tunnel: { at: 5, km: one(4, 9), every: 40 } }),
      ...maybe(0.3, { outlierEveryMs: one(3, 7) * HOUR }),
      ...maybe(0.3, { mixesUnits: true }),
    },
    lost: isReliable ? 0 : one(0, 0.05, 0.2),
    latencyMs: isReliable ? one(3 * SECOND, 8 * SECOND) : one(40 * SECOND, 3 * MINUTE, 20 * MINUTE),
  };
}

/** Drives with stops on the way, charges with pauses, nights. */
function scriptOf(random: () => number, days: number): ScriptStep[] {
  const steps: ScriptStep[] = [];
  let at = (1 + random() * 5) * HOUR;
  while (at < (days - 0.4) * DAY) {
    const minutes = 4 + random() * 60;
    steps.push({ at: at - 4 * MINUTE, do: "unplug" }, ...trip(at, minutes, 30 + random() * 100));
    at += minutes * MINUTE + 5 * MINUTE;
    if (random() < 0.6) {
      const plugged = at + random() * HOUR;
      const begins = plugged + 30 * SECOND + (random() < 0.5 ? 0 : random() * 2 * HOUR);
      steps.push({ at: plugged, do: "plug" });
      const charge = { ...homeCharge, target: random() < 0.5 ? 80 : 100 };
      let time = begins;
      for (let pauses = random() < 0.3 ? 1 + Math.floor(random() * 5) : 0; ; pauses--) {
        steps.push({ at: time, do: "charge", charge });
        time += (20 + random() * 120) * MINUTE;
        if (pauses <= 0) break;
        steps.push({ at: time, do: "stopCharge" });
        time += (2 + random() * 40) * MINUTE;
      }
      if (random() < 0.5) steps.push({ at: time, do: "stopCharge" });
      at = Math.max(at, time) + random() * HOUR;
    }
    at += (0.4 + random() * 10) * HOUR;
  }
  return steps.sort((one, other) => one.at - other.at);
}

function profileFor({ tellsMotion, fixEveryMs, odometer: kilometres, levels, tellsCable }: LifeHabits) {
  const soc = (truth: CarTruth): CarReport["data"] => ({ [SOC]: entry(truth.time, shownSoc(truth), "percent") });
  const often = 5 * MINUTE;
  const profile = profileOf({
    drivingEveryMs: fixEveryMs ?? often,
    chargingEveryMs: often,
    driving: (truth) => ({
      ...(fixEveryMs === null ? {} : position(truth)),
      ...(kilometres === "often" ? odometer(truth) : {}),
      ...(levels === "often" ? soc(truth) : {}),
    }),
    charging: (truth) => ({
      ...(levels === "often" ? soc(truth) : {}),
      "vehicle.powertrain.electric.battery.charging.power": entry(truth.time, truth.charging?.powerKw ?? 0, "kW"),
    }),
    summary: (truth) => ({ ...(fixEveryMs === null ? {} : position(truth)), ...odometer(truth), ...soc(truth) }),
  });
  const without = [...(tellsMotion ? [] : [MOVING]), ...(tellsCable ? [] : [PORT])];
  return {
    ...profile,
    report: (before: CarTruth, now: CarTruth) =>
      profile.report(before, now).map(({ time, data }) => ({
        time,
        data: Object.fromEntries(Object.entries(data).filter(([descriptor]) => !without.includes(descriptor))),
      })),
  };
}

function firstReport(car: SimulatedCar): CarReport {
  const truth = car.truth();
  const { time } = truth;
  const capacity = { "vehicle.drivetrain.batteryManagement.maxEnergy": entry(time, car.battery.usableKwh, "kWh") };
  return { time, data: { ...odometer(truth), [SOC]: entry(time, shownSoc(truth), "percent"), ...capacity } };
}

function linesOf(
  car: SimulatedCar,
  reports: readonly CarReport[],
  { lost, latencyMs }: LifeHabits,
  random: () => number,
): RecordedLine[] {
  const lines = reports.flatMap(({ time, data }, index): RecordedLine[] => {
    if (Object.keys(data).length === 0 || (index > 0 && random() < lost)) return [];
    const at = new Date(time + 1000 + random() * latencyMs).toISOString();
    return [{ at, kind: "stream", payload: { vin: car.vin, timestamp: at, data } }];
  });
  lines.sort((one, other) => (one.at < other.at ? -1 : 1));
  const end = new Date(car.truth().time + 3 * HOUR).toISOString();
  const settings = { at: new Date(BEGIN).toISOString(), kind: "settings", driveType: "bev" };
  return [settings, ...lines, { at: end, kind: "read", vin: car.vin }];
}

/** Records what really happened; traffic lights and pauses of an hour are no ends. */
class LifeWitness {
  readonly trips: TrueTrip[] = [];
  readonly charges: TrueCharge[] = [];
  #before: CarTruth | null = null;

  look(truth: CarTruth): void {
    const before = this.#before;
    this.#before = truth;
    if (before === null) return;
    if (truth.moving) this.#drive(before, truth);
    if (truth.charging !== null) this.#charge(before, truth);
  }

  #drive(before: CarTruth, { time, odometerKm }: CarTruth): void {
    const current = this.trips.at(-1);
    const km = odometerKm - before.odometerKm;
    if (current !== undefined && time - current.endedAt < 2 * MINUTE) {
      current.endedAt = time;
      current.km += km;
    } else this.trips.push({ startedAt: time, endedAt: time, km });
  }

  #charge(before: CarTruth, { time, soc }: CarTruth): void {
    const current = this.charges.at(-1);
    const hasDriven = (this.trips.at(-1)?.endedAt ?? 0) > (current?.endedAt ?? 0);
    if (current !== undefined && !hasDriven && time - current.endedAt <= HOUR) {
      current.endedAt = time;
      current.endSoc = soc;
    } else this.charges.push({ startedAt: time, endedAt: time, startSoc: before.soc, endSoc: soc });
  }
}
