import assert from "node:assert/strict";
import { PATIENCE_OF_LIVES_MS } from "../helpers/eventually.js";
import { checkEvents, checkEvidence } from "../helpers/invariants.js";
import { PlayedRecording, type ReportedEvent } from "../helpers/played-recording.js";
import { runs, SEED } from "../helpers/random.js";
import { trueLife, type LifeHabits, type TrueCharge, type TrueLife, type TrueTrip } from "../helpers/true-lives.js";

/*
 * Simulated cars with the habits and faults of real ones: the reported trips and charges against the truth.
 */

const FIRST_SEED = 1000 * SEED;
const LIVES = runs(20);
const MONTHS = runs(1);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const ASSUMED_MPS = 8;
/** A shorter way that only the odometer tells late may be its last digit. */
const LEAST_TOLD_KM = 4;
const LONGEST_UNSEEN_MS = 15 * MINUTE;
const HOUR = 60 * MINUTE;

type Members = ReportedEvent["payload"];

/** One of the two is unknown, or both are about alike. */
function about(what: string, reported: unknown, truth: number, within: number): void {
  if (reported !== null)
    assert.ok(Math.abs(Number(reported) - truth) <= within, `${what}: ${Number(reported)}, truly ${truth}`);
}

function timeOf(text: unknown): number | null {
  return text === null ? null : Date.parse(text as string);
}

function checkTrip(reported: Members, trip: TrueTrip, { fixEveryMs, odometer, quirks }: LifeHabits): void {
  // The kilometres come whole, and with a car that mixes its units those of two readings are off by a mile besides.
  const rounding = quirks.mixesUnits === true ? 3.3 : 1.5;
  const byTrack = fixEveryMs === null ? 0 : 0.05 * trip.km;
  about("km", reported["distanceKm"], trip.km, rounding + byTrack);
  const between = 2 * MINUTE + (fixEveryMs ?? 0) + (odometer === "often" ? 5 * MINUTE : 0);
  // Who begins in a tunnel is first seen behind it; nobody knows how fast the way through was.
  const unseen = ((quirks.tunnel?.km ?? 0) * 1000 * SECOND) / ASSUMED_MPS;
  about("start", timeOf(reported["startedAt"]), trip.startedAt, between + Math.min(unseen, LONGEST_UNSEEN_MS));
  about("end", timeOf(reported["endedAt"]), trip.endedAt, between);
}

function checkCharge(reported: Members, charge: TrueCharge, capacityKwh: number): void {
  const { soc, from, band90, energyKwh, startSoc } = reported;
  about("start", startSoc, charge.startSoc, 2);
  if (from === "level") about("level", soc, charge.endSoc, 2.5);
  if (Array.isArray(band90)) {
    const [low, high] = band90 as [number, number];
    assert.ok(charge.endSoc >= low - 3 && charge.endSoc <= high + 3, `${String(band90)}, truly ${charge.endSoc}`);
  }
  about("energy", energyKwh, ((charge.endSoc - charge.startSoc) * capacityKwh) / 100, 0.035 * capacityKwh);
}

/**
 * The charges of which the end is to be reported: pauses of an hour wait, and a missing end comes with the next trip.
 */
function concluded({ charges, trips, lines, habits }: TrueLife): readonly TrueCharge[] {
  const last = charges.at(-1);
  const end = Date.parse(lines.at(-1)?.at ?? "");
  const isOpen =
    last !== undefined &&
    (trips.at(-1)?.startedAt ?? 0) < last.startedAt &&
    (habits.quirks.forgetsEndEvery !== undefined || end - last.endedAt < 2 * HOUR);
  return isOpen ? charges.slice(0, -1) : charges;
}

async function checkLife(life: TrueLife): Promise<void> {
  const played = await PlayedRecording.lines(life.lines);
  checkEvents(played.events);
  checkEvidence(life.lines, played.events);
  const trips = played.of("tripEnded");
  assert.equal(trips.length, life.trips.length);
  for (const [index, trip] of life.trips.entries()) checkTrip(trips[index] ?? {}, trip, life.habits);
  const charges = played.of("chargingEnded");
  // Where no cable shows that a charge pauses, it ends, and where its end is forgotten it may continue later.
  if (!life.habits.tellsCable) return;
  for (const charge of concluded(life)) {
    const reported = charges.find(
      ({ startedAt }) => Math.abs((timeOf(startedAt) ?? 0) - charge.startedAt) < 2 * MINUTE,
    );
    assert.ok(reported !== undefined, `nothing is told of the charge at ${new Date(charge.startedAt).toISOString()}`);
    checkCharge(reported, charge, life.capacityKwh);
  }
  // Where an end is forgotten, a true one may be reported in two parts.
  for (const { startedAt } of charges) {
    const at = timeOf(startedAt) ?? NaN;
    const isTrue = life.charges.some((charge) => at > charge.startedAt - 2 * MINUTE && at <= charge.endedAt);
    assert.ok(isTrue, `no charge began at ${String(startedAt)}`);
  }
}

/** A trip and all about it was told late: nobody knows where it would have ended in between. */
function isToldLate({ startedAt, endedAt }: TrueTrip, absences: TrueLife["absences"]): boolean {
  return absences.some(({ from, until }) => from < startedAt - MINUTE && until > endedAt + 3 * MINUTE);
}

/** Returns the number of trips that were told late. */
async function checkKeptLife(seed: number): Promise<number> {
  const life = trueLife(seed, { isKept: true });
  const played = await PlayedRecording.lines(life.lines);
  checkEvents(played.events);
  const trips = played.of("tripEnded");
  const late = life.trips.filter((trip) => isToldLate(trip, life.absences));
  for (const trip of late) {
    const reported = trips.filter(({ timestamp }) => {
      const at = timeOf(timestamp) ?? NaN;
      return at >= trip.startedAt - MINUTE && at <= trip.endedAt + 2 * MINUTE;
    });
    const when = new Date(trip.startedAt).toISOString();
    if (trip.km < LEAST_TOLD_KM) assert.ok(reported.length <= 1, `${seed}: ${reported.length} trips at ${when}`);
    else assert.equal(reported.length, 1, `${seed}: trips at ${when}`);
    for (const one of reported) checkTrip(one, trip, life.habits);
  }
  return late.length;
}

describe(`simulated cars and the truth (seeds from ${FIRST_SEED})`, function () {
  this.timeout(PATIENCE_OF_LIVES_MS);
  for (let seed = FIRST_SEED; seed < FIRST_SEED + LIVES; seed++) {
    const life = trueLife(seed);
    it(`agree: ${seed}, ${JSON.stringify(life.habits)}`, () => checkLife(life));
  }

  it("agree over a month", async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + MONTHS; seed++) await checkLife(trueLife(seed, { days: 30 }));
  });

  it("agree where nobody listened for a while, and a broker tells all of it at once", async () => {
    let told = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + LIVES; seed++) told += await checkKeptLife(seed);
    assert.ok(told > LIVES, `only ${told} trips were told late`);
  });

  it("keep every rule also where messages get lost and come minutes late", async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + LIVES / 2; seed++) {
      const { lines } = trueLife(seed, { isReliable: false });
      const { events } = await PlayedRecording.lines(lines);
      checkEvents(events);
      checkEvidence(lines, events);
    }
  });
});
