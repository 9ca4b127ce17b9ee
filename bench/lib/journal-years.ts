import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  entryId,
  figureOf,
  SCHEMA,
  type ChargeEntry,
  type JournalEntry,
  type TripEntry,
} from "../../src/journal/entry.js";
import { journalLine } from "../../src/journal/journal-file.js";
import { zonedTime } from "../../src/journal/zoned-time.js";
import { SeededRandom } from "../../test/helpers/random.js";

/** Says how much a car has done. */
export interface JournalYears {
  readonly first: number;
  readonly years: number;
  /** Entries of a year, a third of them charges. */
  readonly lines: number;
}

const ZONE = "Europe/Berlin";
const MINUTE_MS = 60_000;
const TRACK_POINTS = 40;
const CURVE_POINTS = 120;
const PARTS = 20;
const HOME = { name: "home", latitude: 48.401, longitude: 10.012 };
const WORK = { name: "work", latitude: 48.521, longitude: 10.312 };

/** Writes the journal of a car that has driven and charged for years. */
export async function writeYears(folder: string, vin: string, { first, years, lines }: JournalYears): Promise<void> {
  const random = new SeededRandom(1, vin);
  await mkdir(join(folder, vin), { recursive: true });
  for (let year = first; year < first + years; year++) {
    const [begin, end] = [Date.UTC(year, 0, 1, 6), Date.UTC(year, 11, 31, 6)];
    const entries = Array.from({ length: lines }, (_, index) => {
      const at = begin + Math.floor((index * (end - begin)) / lines / MINUTE_MS) * MINUTE_MS;
      return index % 3 === 2 ? chargeAt(at, random) : tripAt(at, random);
    });
    await appendFile(join(folder, vin, `${year}.ndjson`), entries.map(journalLine).join(""));
  }
}

function headingOf(kind: JournalEntry["kind"], at: number, minutes: number) {
  const end = at + minutes * MINUTE_MS;
  return { schema: SCHEMA, id: entryId(kind, at), start: zonedTime(at, ZONE), end: zonedTime(end, ZONE), zone: ZONE };
}

/** Returns a trip of some 40 km; its line is as long as that of a real one. */
export function tripAt(at: number, random: SeededRandom): TripEntry {
  const km = 10 + random.between(0, 600) / 10;
  const kwh = km * (0.14 + random.fraction() * 0.08);
  return {
    ...headingOf("trip", at, 40),
    kind: "trip",
    inferred: false,
    from: HOME,
    to: WORK,
    distanceKm: figureOf(km, "car", 0.3),
    odometerKm: null,
    note: null,
    durationMin: 40,
    levelFrom: figureOf(80, "level", 0.29),
    levelTo: figureOf(Math.round(80 - kwh / 0.8), "level", 0.29),
    energyKwh: figureOf(kwh, "level", 0.33),
    consumption: figureOf((kwh / km) * 100, "level", 0.8),
    meanKmh: figureOf(km * 1.5, "car"),
    topKmh: figureOf(118, "track"),
    purpose: { value: "commute", source: "rule" },
    detail: {
      track: Array.from({ length: TRACK_POINTS }, (_, point) => [
        point + 0.17,
        Number((HOME.latitude + point * 0.00307 + random.fraction() / 1000).toFixed(5)),
        Number((HOME.longitude + point * 0.00771).toFixed(5)),
      ]),
    },
  };
}

function chargeAt(at: number, random: SeededRandom): ChargeEntry {
  const [from, to] = [random.between(15, 45), random.between(76, 90)];
  const battery = (to - from) * 0.8;
  const drawn = (battery / 0.89) * (0.99 + random.fraction() * 0.02);
  return {
    ...headingOf("charge", at, 300),
    kind: "charge",
    note: null,
    place: HOME,
    levelFrom: figureOf(from, "level", 0.29),
    levelTo: figureOf(to, "level", 0.29),
    batteryKwh: figureOf(battery, "level", 0.33),
    drawnKwh: figureOf(drawn, "meter", drawn * 0.02),
    gridKwh: Number((drawn * 0.7).toFixed(3)),
    solarKwh: Number((drawn * 0.3).toFixed(3)),
    efficiency: 0.89,
    method: "AC",
    phases: 3,
    peakKw: figureOf(11.04, "meter"),
    meanKw: figureOf(10.9, "meter"),
    pauses: 0,
    reason: "target",
    cost: { amount: Number((drawn * 0.21).toFixed(2)), currency: "EUR", source: "tariff" },
    odometerKm: 12_345.6,
    maxEnergyKwh: 80,
    batterySizeMaxKwh: 84,
    provider: null,
    detail: {
      curve: Array.from({ length: CURVE_POINTS }, (_, point) => [point * 2.5, 30 + point * 0.4, 11.04]),
      parts: Array.from({ length: PARTS }, (_, part) => [part, 2.76042, 0.82813]),
    },
  };
}
