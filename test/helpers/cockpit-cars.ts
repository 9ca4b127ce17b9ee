import type {
  CockpitAccount,
  CockpitCar,
  CockpitEvent,
  CockpitHistory,
  CockpitJournal,
  CockpitJournalCharge,
  CockpitLearned,
  CockpitMonth,
  CockpitSnapshot,
  CockpitSum,
  CockpitTracks,
  CockpitTrip,
  CockpitValue,
} from "../../src/cockpit/contract.js";
import { SeededRandom } from "./random.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const iso = (at: number) => new Date(at).toISOString();

/** A parked car that has told next to nothing. */
export function silentCar(changes: Partial<CockpitCar> = {}): CockpitCar {
  return {
    key: "silent",
    account: "account",
    name: "BMW …0033",
    model: "",
    vinEnd: "…0033",
    driveType: null,
    distanceUnit: "km",
    picture: null,
    level: null,
    reported: null,
    target: null,
    range: null,
    fuel: null,
    odometer: null,
    isPlugged: null,
    isCharging: null,
    isLocked: null,
    isDriving: false,
    charge: null,
    lastHeard: null,
    values: 0,
    driverSide: null,
    openings: [],
    tyres: [],
    temperatures: [],
    service: { distance: null, inspection: null },
    position: null,
    journal: 0,
    ...changes,
  };
}

/** Cars with keys `car0`, `car1`, ... that have told nothing. */
export const manyCars = (count: number): CockpitCar[] =>
  Array.from({ length: count }, (_, index) =>
    silentCar({ key: `car${index}`, name: `Car ${index}`, vinEnd: `…${1000 + index}` }),
  );

/** An electric car that charges, with a door open and a tyre low. */
export function chargingCar(now: number, changes: Partial<CockpitCar> = {}): CockpitCar {
  const at = iso(now - MINUTE_MS);
  const opening = (place: CockpitCar["openings"][number]["place"], isOpen: boolean | null) => ({ place, isOpen, at });
  const tyre = (place: CockpitCar["tyres"][number]["place"], pressureKpa: number | null) => ({
    place,
    pressureKpa,
    targetKpa: 260,
    temperature: 14,
    at,
  });
  return silentCar({
    key: "blue",
    name: "Blue i4",
    model: "BMW i4 eDrive40",
    vinEnd: "…0011",
    driveType: "bev",
    level: { value: 58.9, low: 58.4, high: 59.4, source: "estimate", mode: "charging", at: iso(now) },
    reported: { value: 31, at: iso(now - 100 * MINUTE_MS) },
    target: 80,
    range: { value: 252, unit: "km", at },
    odometer: { value: 23_456, unit: "km", at },
    isPlugged: true,
    isCharging: true,
    isLocked: true,
    charge: {
      startedAt: iso(now - 95 * MINUTE_MS),
      method: "AC",
      powerKw: 11,
      minutesToTarget: 68,
      energyKwh: 14.4,
      efficiency: 0.91,
    },
    lastHeard: at,
    values: 212,
    driverSide: "left",
    openings: [
      opening("doorFrontDriver", false),
      opening("doorFrontPassenger", false),
      opening("doorRearDriver", false),
      opening("doorRearPassenger", true),
      opening("windowFrontDriver", false),
      opening("windowFrontPassenger", true),
      opening("windowRearDriver", false),
      opening("windowRearPassenger", null),
      opening("bonnet", false),
      opening("boot", false),
      opening("sunroof", false),
    ],
    tyres: [tyre("frontLeft", 260), tyre("frontRight", 270), tyre("rearLeft", 210), tyre("rearRight", null)],
    temperatures: [{ place: "cabinTarget", value: 21, unit: "°C", at }],
    service: { distance: { value: 8200, unit: "km", at }, inspection: "2027-08-01" },
    position: { latitude: 48.13743, longitude: 11.57549, heading: 90, at },
    ...changes,
  });
}

/** A petrol car on a trip. */
export function drivingCar(now: number, changes: Partial<CockpitCar> = {}): CockpitCar {
  const at = iso(now - 20_000);
  return silentCar({
    key: "family",
    name: "Family car",
    model: "BMW 320i",
    vinEnd: "…0022",
    driveType: "combustion",
    fuel: { value: 64, unit: "%", at },
    range: { value: 610, unit: "km", at },
    odometer: { value: 87_654, unit: "km", at },
    isLocked: true,
    isDriving: true,
    lastHeard: at,
    values: 96,
    openings: [{ place: "doorFrontDriver", isOpen: false, at }],
    service: { distance: { value: -300, unit: "km", at }, inspection: null },
    position: { latitude: 48.15, longitude: 11.6, heading: null, at },
    ...changes,
  });
}

/** An account in order, with some requests used. */
export function account(now: number, changes: Partial<CockpitAccount> = {}): CockpitAccount {
  return {
    id: "account",
    name: "My BMW",
    source: "bmw",
    login: { state: "ok", tokenExpiresAt: iso(now + HOUR_MS), loginExpiresAt: iso(now + 13 * DAY_MS) },
    stream: { state: "live", since: iso(now - 3 * HOUR_MS), lastMessageAt: iso(now - MINUTE_MS) },
    rest: { state: "ok", lastSuccessAt: iso(now - 40 * MINUTE_MS) },
    quota: {
      used: 17,
      remaining: 33,
      limit: 50,
      window: "utc-day",
      resetsAt: iso(now + 11 * HOUR_MS),
      classes: [
        { name: "scheduled", used: 9 },
        { name: "event", used: 4 },
        { name: "daily", used: 2 },
        { name: "renewal", used: 0 },
        { name: "manual", used: 2 },
      ],
    },
    nextPolls: [
      { car: "blue", at: iso(now + 12 * MINUTE_MS), what: "telematicData", why: ["chargingEnded"] },
      { car: "family", at: iso(now + 2 * HOUR_MS), what: "telematicData", why: ["schedule"] },
      { car: "blue", at: iso(now + 9 * HOUR_MS), what: "tyreDiagnosis", why: ["daily"] },
    ],
    container: { id: "S001", descriptors: 244, isNeeded: true },
    warnings: [],
    ...changes,
  };
}

/** What happened, the newest first. */
export function events(now: number): CockpitEvent[] {
  const event = (number: number, at: number, name: CockpitEvent["name"], more: Partial<CockpitEvent> = {}) => ({
    number,
    at: iso(at),
    account: "account",
    car: "blue",
    name,
    ...{ level: null, distanceKm: null, durationMin: null, energyKwh: null, levelUsed: null, problem: null },
    ...more,
  });
  return [
    event(7, now - 8 * MINUTE_MS, "tripStarted", { car: "family" }),
    event(6, now - 95 * MINUTE_MS, "chargingStarted", { level: 31 }),
    event(5, now - 97 * MINUTE_MS, "pluggedIn"),
    event(4, now - 2 * HOUR_MS, "tripEnded", {
      level: 31,
      distanceKm: 41.3,
      durationMin: 47,
      energyKwh: 7.9,
      levelUsed: 9.8,
    }),
    event(3, now - 3 * HOUR_MS, "connected", { car: null }),
    event(2, now - 26 * HOUR_MS, "chargingEnded", { level: 80, energyKwh: 31.2, durationMin: 181 }),
    event(1, now - 29 * HOUR_MS, "unlocked"),
  ];
}

export function snapshot(now: number, changes: Partial<CockpitSnapshot> = {}): CockpitSnapshot {
  return {
    at: iso(now),
    viewer: { name: "owner", isAnonymous: false },
    accounts: [account(now)],
    cars: [chargingCar(now), drivingCar(now), silentCar()],
    events: events(now),
    ...changes,
  };
}

const STEP = 300;
const CHARGE = 95 * 60;

/** Percentage points that a step of five minutes changes, by the hour and the day before `to`. */
function stepOf(time: number, to: number, chance: SeededRandom): number {
  const hour = (new Date(time * 1000).getUTCHours() + 1) % 24;
  const day = Math.floor((to - time) / 86_400);
  if (hour >= 1 && hour < 4 && day % 2 === 1) return 1.05;
  return hour === 7 || hour === 17 ? -0.75 - chance.fraction() / 3 : 0;
}

/** Seven days of commuting, with a charge every other night and one that goes on. */
export function history(now: number): CockpitHistory {
  const chance = new SeededRandom(21, "history");
  const to = Math.round(now / 1000);
  const [from, chargeFrom] = [to - 7 * 86_400, to - CHARGE];
  const at = Array.from({ length: (to - from) / STEP + 1 }, (_, index) => from + index * STEP);
  let level = 78;
  const points = at.map((time) => {
    const isNow = time >= chargeFrom;
    const step = isNow ? 1 : stepOf(time, to, chance);
    level = isNow ? 31 + ((time - chargeFrom) / CHARGE) * 27.9 : Math.min(80, Math.max(12, level + step));
    const width = isNow ? 0.2 + (time - chargeFrom) / CHARGE / 2 : step < 0 ? 1.8 : 1.1;
    const power = step > 0 && level < 80 ? 10.9 + chance.fraction() / 5 : null;
    return { time, level, width, power, isTold: chance.fraction() < 0.05 };
  });
  const told = points.filter(({ isTold }) => isTold);
  return {
    key: "blue",
    from,
    to,
    level: {
      at,
      value: points.map((point) => point.level),
      low: points.map((point) => point.level - point.width),
      high: points.map((point) => point.level + point.width),
      powerKw: points.map(({ power }) => power),
    },
    reported: { at: told.map(({ time }) => time), value: told.map((point) => Math.round(point.level)) },
    charges: [
      { from: to - 26 * 3600 - 11_000, to: to - 26 * 3600 },
      { from: chargeFrom, to: null },
    ],
    trips: [{ from: to - 2 * 3600 - 47 * 60, to: to - 2 * 3600 }],
  };
}

export function tracks(now: number): CockpitTracks {
  const to = Math.round(now / 1000);
  const line = (bend: number, turn: number) =>
    Array.from({ length: 60 }, (_, index) => {
      const along = index / 59;
      return [
        48.13743 + (1 - along) * 0.05 * turn,
        11.57549 + (1 - along) * 0.09 + Math.sin(along * 7) * bend,
      ] as const;
    });
  return {
    key: "blue",
    trips: [
      { from: to - 90_000, to: to - 87_000, points: line(0.004, -1) },
      { from: to - 10_020, to: to - 7200, points: line(0.007, 1) },
    ],
  };
}

export function learned(now: number): CockpitLearned {
  const rate = (kwhPerKm: number, trips: number) => ({ kwhPerKm, trips });
  const condition = { deviationPp: 1.2, trend: null };
  return {
    key: "blue",
    learned: {
      efficiency: [
        {
          key: "3_230_16",
          method: "AC",
          phases: 3,
          volts: 230,
          amps: 16,
          efficiency: 0.912,
          samples: 14,
          ...condition,
        },
        {
          key: "0_0_0",
          method: "DC",
          phases: null,
          volts: null,
          amps: null,
          efficiency: 0.948,
          samples: 3,
          ...condition,
        },
      ],
      fixedLoss: [],
      consumption: {
        defaultKwhPerKm: 0.19,
        overall: rate(0.181, 64),
        months: { 9: rate(0.162, 20), 10: rate(0.178, 22), 11: rate(0.203, 22) },
        brackets: {
          city: rate(0.152, 21),
          suburban: rate(0.163, 25),
          highway: rate(0.211, 12),
          fast_highway: rate(0.264, 6),
        },
      },
      lastDecision: {
        at: iso(now - 2 * HOUR_MS),
        what: "driving",
        accepted: true,
        reason: "accepted",
        text: "Learned from the trip.",
        value: 0.19,
        socChange: 9.8,
        energyKwh: 7.9,
        condition: null,
      },
    },
  };
}

/** Values of a car as it may tell them, among them texts that would be HTML. */
export function values(now: number, count: number): CockpitValue[] {
  const known: CockpitValue[] = [
    {
      descriptor: "vehicle.drivetrain.batteryManagement.header",
      name: "State of charge",
      value: 31,
      unit: "%",
      source: "stream",
      at: iso(now - 100 * MINUTE_MS),
    },
    {
      descriptor: "vehicle.cabin.door.row1.driver.isOpen",
      name: "Driver's door open",
      value: false,
      unit: null,
      source: "stream",
      at: iso(now - MINUTE_MS),
    },
    {
      descriptor: "vehicle.cabin.window.row2.passenger.status",
      name: "Rear window, passenger's side",
      value: null,
      unit: null,
      source: "rest",
      at: iso(now - 3 * DAY_MS),
    },
    {
      descriptor: "vehicle.cabin.infotainment.hostile",
      name: "<b>Hostile</b> name",
      value: "<img src=x onerror=alert(1)>",
      unit: null,
      source: "stream",
      at: iso(now - HOUR_MS),
    },
  ];
  const more = Array.from({ length: Math.max(0, count - known.length) }, (_, index): CockpitValue => ({
    descriptor: `vehicle.status.value${index}`,
    name: `Value ${String(index).padStart(3, "0")}`,
    value: index * 1.5,
    unit: "km",
    source: "stream",
    at: iso(now - index * MINUTE_MS),
  }));
  return [...known, ...more];
}

const HOME = { name: "Home", latitude: 48.13743, longitude: 11.57549 };
const WORK = { name: "Work", latitude: 48.2, longitude: 11.6 };
const NOWHERE = { name: null, latitude: 47.42, longitude: 10.98 };
const MONTH_LENGTH = "2026-03".length;
const figure = (value: number, source: "car" | "meter" | "level" | "estimate" = "car") => ({
  value,
  source,
  sigma: null,
});

/** The month so many before that of a time. */
export const monthBefore = (now: number, count: number) => {
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - count, 1)).toISOString().slice(0, MONTH_LENGTH);
};

/** Sums the trips and charges that are shown of a month. */
export function monthSum(period: string, changes: Partial<CockpitSum> = {}): CockpitSum {
  return {
    period,
    trips: 3,
    distanceKm: 162.4,
    distanceByPurpose: { commute: 83 },
    drivingMin: 94,
    usedKwh: 31,
    consumption: 19.1,
    charges: 3,
    batteryKwh: 78.4,
    drawnKwh: 86.2,
    gridKwh: 73.8,
    solarKwh: 12.4,
    directKwh: 0,
    cost: 18.42,
    chargesWithoutCost: 1,
    ...changes,
  };
}

export function trip(month: string, day: string, changes: Partial<CockpitTrip> = {}): CockpitTrip {
  return {
    schema: 1,
    kind: "trip",
    id: `trip-${month.replace("-", "")}${day}T064105Z`,
    start: `${month}-${day}T07:41:05+01:00`,
    end: `${month}-${day}T08:28:00+01:00`,
    zone: "Europe/Berlin",
    note: null,
    inferred: false,
    from: HOME,
    to: WORK,
    distanceKm: figure(41.3),
    odometerKm: 23_456,
    durationMin: 47,
    levelFrom: figure(80),
    levelTo: figure(70),
    energyKwh: figure(7.9),
    consumption: figure(19.1),
    meanKmh: figure(52.7),
    topKmh: figure(121),
    purpose: { value: "commute", source: "rule" },
    ...changes,
  };
}

export function charge(month: string, day: string, changes: Partial<CockpitJournalCharge> = {}): CockpitJournalCharge {
  return {
    schema: 1,
    kind: "charge",
    id: `charge-${month.replace("-", "")}${day}T190000Z`,
    start: `${month}-${day}T20:00:00+01:00`,
    end: `${month}-${day}T23:01:00+01:00`,
    zone: "Europe/Berlin",
    note: null,
    place: HOME,
    levelFrom: figure(31),
    levelTo: figure(80),
    batteryKwh: figure(39.2, "level"),
    drawnKwh: figure(43.1, "meter"),
    gridKwh: 30.7,
    solarKwh: 12.4,
    efficiency: 0.91,
    method: "AC",
    phases: 3,
    peakKw: figure(11.1),
    meanKw: figure(10.9),
    pauses: 0,
    reason: "target",
    cost: { amount: 9.21, currency: "EUR", source: "tariff" },
    odometerKm: 23_400,
    maxEnergyKwh: 78.8,
    batterySizeMaxKwh: 83.9,
    provider: null,
    ...changes,
  };
}

/** A month with what is known, what is not, and what is long. */
export function month(name: string): CockpitMonth {
  const unknown = { distanceKm: null, durationMin: null, consumption: null, energyKwh: null, purpose: null };
  const lake = { from: WORK, to: NOWHERE, note: "To the lake, with the family and two bicycles on the roof" };
  const silent = { batteryKwh: null, drawnKwh: null, solarKwh: null, meanKw: null, peakKw: null, cost: null };
  return {
    key: "blue",
    month: name,
    sum: monthSum(name),
    trips: [
      trip(name, "17", { ...lake, purpose: { value: "private", source: "command" }, distanceKm: figure(121.1) }),
      trip(name, "09"),
      trip(name, "02", { ...unknown, inferred: true, from: null, end: `${name}-03T00:10:00+01:00` }),
    ],
    charges: [
      charge(name, "18"),
      charge(name, "10", { place: NOWHERE, provider: "A charging company with quite a long name", solarKwh: 0 }),
      charge(name, "03", { ...silent, place: null, levelFrom: null }),
    ],
    isCut: false,
  };
}

/** A journal of two years, the battery of which has lost a little. */
export function journal(now: number, changes: Partial<CockpitJournal> = {}): CockpitJournal {
  const chance = new SeededRandom(22, "journal");
  const months = Array.from({ length: 24 }, (_, index) => monthBefore(now, 23 - index)).filter(
    (_, index) => index !== 18,
  );
  const days = Array.from({ length: 120 }, (_, index) => now - (119 - index) * 6 * DAY_MS);
  const capacityAt = (index: number) => 79.5 - (index / 119) * 2.4;
  const charges = days.map((at, index) => ({ at, kwh: capacityAt(index) + (chance.fraction() - 0.5) * 3 }));
  const estimates = Array.from({ length: 25 }, (_, step) => {
    const value = capacityAt((step * 119) / 24);
    return {
      at: Math.round((days[0] ?? 0) + ((now - (days[0] ?? 0)) * step) / 24),
      value,
      band90: [value - 0.6, value + 0.6] as const,
    };
  });
  return {
    key: "blue",
    now: monthBefore(now, 0),
    currency: "EUR",
    problem: null,
    months,
    year: months
      .slice(-11)
      .map((name, index) =>
        name === monthBefore(now, 0)
          ? monthSum(name)
          : monthSum(name, { drawnKwh: 96 - index * 3, solarKwh: index * 2, cost: 21 - ((index * 5) % 9) }),
      ),
    health: {
      capacityKwh: { value: 77.1, band90: [76.5, 77.7] },
      firstKwh: 79.5,
      firstAt: `${monthBefore(now, 23)}-10T20:00:00+01:00`,
      lastAt: `${monthBefore(now, 0)}-18T20:00:00+01:00`,
      lossPercent: { value: 3, band90: [2.2, 3.8] },
      charges: 120,
      maxEnergyKwh: 78.8,
      batterySizeMaxKwh: 83.9,
    },
    capacity: { charges, estimates },
    ...changes,
  };
}
