import assert from "node:assert/strict";
import type { RecordedLine } from "../../src/replay/recording.js";
import type { ReportedEvent } from "./played-recording.js";

/*
 * Checks the invariants of the events of any car. A broken one names the events around it.
 */

const FASTEST_KMH = 250;
const HOUR_MS = 3_600_000;
const TURNS = [
  ["tripStarted", "tripEnded"],
  ["chargingStarted", "chargingEnded"],
  ["pluggedIn", "unplugged"],
  ["locked", "unlocked"],
] as const;
const STARTS = new Set(["tripStarted", "chargingStarted"]);
const ACTIVITIES = new Set(["tripStarted", "tripEnded", "chargingStarted", "chargingEnded"]);

/** Checks all cars of a recording, each on its own. */
export function checkEvents(events: readonly ReportedEvent[]): void {
  for (const vin of new Set(events.map((event) => event.vin))) checkCar(events.filter((event) => event.vin === vin));
}

function checkCar(events: readonly ReportedEvent[]): void {
  const activities = events.filter(({ name }) => ACTIVITIES.has(name));
  checkOnce(events);
  checkOrder(activities, "trips and charges");
  for (const pair of TURNS) {
    const own = events.filter(({ name }) => (pair as readonly string[]).includes(name));
    checkOrder(own, pair.join(" and "));
    checkTurns(own, ACTIVITIES.has(pair[0]) ? pair[0] : null);
  }
  checkApart(activities);
  for (const event of events) checkFigures(event);
}

function checkOnce(events: readonly ReportedEvent[]): void {
  const seen = new Set<string>();
  for (const { name, payload } of events) {
    const id = `${name} ${JSON.stringify(payload)}`;
    // A trip that was missed may begin and end in one moment, as a car may be locked and unlocked in one.
    assert.ok(!seen.has(id), `told twice: ${id}`);
    seen.add(id);
  }
}

function checkOrder(events: readonly ReportedEvent[], what: string): void {
  for (const [index, event] of events.entries()) {
    const before = events[index - 1];
    if (before === undefined) continue;
    assert.ok(timeOf(event) >= timeOf(before), `${what} out of order: ${around(events, index)}`);
  }
}

/** @param first the event that comes first of all; `null` where a state may be known before */
function checkTurns(events: readonly ReportedEvent[], first: string | null): void {
  if (first !== null && events[0] !== undefined) assert.equal(events[0].name, first);
  for (const [index, { name }] of events.entries())
    assert.notEqual(name, events[index - 1]?.name, `twice in a row: ${around(events, index)}`);
}

/** No trip while charging, no charge on a trip. */
function checkApart(events: readonly ReportedEvent[]): void {
  for (const [index, { name }] of events.entries()) {
    const before = events[index - 1]?.name ?? "";
    if (STARTS.has(name)) assert.ok(!STARTS.has(before), `begins in another: ${around(events, index)}`);
  }
}

function checkFigures({ name, payload }: ReportedEvent): void {
  const reported = JSON.stringify({ name, ...payload });
  for (const value of Object.values(payload))
    if (typeof value === "number") assert.ok(Number.isFinite(value), reported);
  if (name === "tripStarted") assert.equal(payload["inferred"], payload["startedAt"] === null, reported);
  if (name === "tripEnded") checkTrip(payload, reported);
  if (name === "chargingEnded") checkCharge(payload, reported);
}

function checkTrip(payload: ReportedEvent["payload"], reported: string): void {
  const { startedAt, endedAt, distanceKm, durationMin, inferred } = payload;
  assert.equal(inferred, startedAt === null, reported);
  assert.equal(durationMin === null, startedAt === null || endedAt === null, reported);
  assert.ok(distanceKm === null || Number(distanceKm) >= 0, reported);
  // Checks that something is known of an unobserved drive.
  assert.ok(endedAt !== null || (startedAt === null && distanceKm !== null), reported);
  if (startedAt === null || endedAt === null || distanceKm === null) return;
  const ms = timeIn(endedAt) - timeIn(startedAt);
  assert.ok(ms >= 0, reported);
  assert.ok(Number(distanceKm) * HOUR_MS <= FASTEST_KMH * ms, `too fast: ${reported}`);
  assert.ok(Number(distanceKm) * 60 <= FASTEST_KMH * Number(durationMin), `too fast: ${reported}`);
}

function checkCharge(payload: ReportedEvent["payload"], reported: string): void {
  const { soc, from, band90, energyKwh, durationMin, startSoc } = payload;
  assert.equal(soc === null, from === null, reported);
  assert.equal(Array.isArray(band90), from === "estimate", reported);
  assert.ok(energyKwh === null || (Number(energyKwh) >= 0 && startSoc !== null && soc !== null), reported);
  assert.ok(Number(durationMin) >= 0, reported);
}

const LEVELS = new Set([
  "vehicle.drivetrain.batteryManagement.header",
  "vehicle.powertrain.electric.battery.stateOfCharge.displayed",
  "vehicle.drivetrain.electricEngine.charging.level",
]);
const DAY_MS = 24 * HOUR_MS;
const LATE_MS = 2 * 60_000;

/** Checks that every level reported of a charge was measured in it, or before it while the car was parked. One car. */
export function checkEvidence(lines: readonly RecordedLine[], events: readonly ReportedEvent[]): void {
  const levels = lines.flatMap(levelsIn);
  const reported = (soc: unknown, since: number, until: number, what: string) => {
    const has = levels.some((level) => level.soc === soc && level.at >= since && level.at <= until);
    assert.ok(has, `no such level since ${new Date(since).toISOString()}: ${what}`);
  };
  let movedAt = -Infinity;
  for (const event of events) {
    const { name, payload, at } = event;
    const what = JSON.stringify({ name, ...payload });
    const time = timeOf(event);
    if (name === "tripEnded") movedAt = payload["endedAt"] === null ? time : timeIn(payload["endedAt"]);
    const stood = Math.max(time - DAY_MS, movedAt - LATE_MS);
    if (name === "chargingStarted" && payload["soc"] !== null) reported(payload["soc"], stood, time + LATE_MS, what);
    if (name === "tripStarted" && payload["soc"] !== null) reported(payload["soc"], stood, Date.parse(at), what);
    if (name === "chargingEnded" && payload["from"] === "level")
      reported(payload["soc"], timeIn(payload["startedAt"]), Date.parse(at), what);
  }
}

function levelsIn(line: RecordedLine): { readonly soc: number; readonly at: number }[] {
  const { payload } = line as { payload?: { data?: unknown; telematicData?: unknown } };
  const data = (payload?.data ?? payload?.telematicData ?? {}) as Record<string, { value: unknown; timestamp: string }>;
  return Object.entries(data).flatMap(([descriptor, { value, timestamp }]) => {
    const received = Date.parse(line.at);
    const at = Date.parse(timestamp);
    // A clock that is far ahead is wrong.
    const time = at > received + 10 * 60_000 ? received : at;
    return LEVELS.has(descriptor) && value !== null && value !== "" ? [{ soc: Number(value), at: time }] : [];
  });
}

function timeOf({ payload }: ReportedEvent): number {
  return timeIn(payload["timestamp"]);
}

function timeIn(text: unknown): number {
  assert.equal(typeof text, "string");
  return Date.parse(text as string);
}

function around(events: readonly ReportedEvent[], index: number): string {
  return events
    .slice(Math.max(0, index - 2), index + 2)
    .map(({ at, name, payload }) => `${at} ${name} ${JSON.stringify(payload)}`)
    .join("\n");
}
