import assert from "node:assert/strict";
import fc from "fast-check";
import type { Observation } from "../../../src/soc/observations/observation.js";
import { BEGIN, SETTINGS, WatchedLedger } from "../../helpers/charging-world.js";
import { evenly, runs } from "../../helpers/random.js";

const moment = fc.integer({ min: 0, max: 40 * 3600 }).map((seconds) => BEGIN + seconds * 1000);
const odd = fc.constantFrom(NaN, Infinity, -Infinity, -1, 0, 1e9);
const amount = (max: number) => fc.oneof({ weight: 9, arbitrary: evenly(0, max) }, odd);
const signal: fc.Arbitrary<Observation> = fc.record({ at: moment, now: moment }).chain((times) =>
  fc
    .oneof(
      fc.record({ kind: fc.constant("status" as const), active: fc.boolean() }),
      fc.record({ kind: fc.constant("method" as const), method: fc.constantFrom("AC" as const, "DC" as const) }),
      fc.record({
        kind: fc.constant("soc" as const),
        source: fc.constantFrom("header" as const, "displayed" as const, "level" as const, "tripEnd" as const),
        soc: amount(100),
        pushed: fc.boolean(),
      }),
      fc.record({ kind: fc.constant("power" as const), kw: amount(300) }),
      fc.record({ kind: fc.constant("meter" as const), kw: amount(300), auxKw: amount(3) }),
      fc.record({ kind: fc.constant("volts" as const), volts: amount(500) }),
      fc.record({ kind: fc.constant("amps" as const), amps: amount(64) }),
      fc.record({ kind: fc.constant("phases" as const), phases: fc.constantFrom(null, 0, 1, 2, 3, 9, NaN) }),
      fc.record({ kind: fc.constant("target" as const), soc: amount(100) }),
      fc.record({
        kind: fc.constant("capacity" as const),
        source: fc.constantFrom("maxEnergy" as const, "batterySizeMax" as const),
        kwh: amount(120),
      }),
      fc.record({ kind: fc.constant("plugged" as const) }),
    )
    .map((one) => ({ ...times, ...one })),
);
const steps = fc.array(fc.oneof(signal, moment), { maxLength: 120 });
const forward = fc.boolean();

function play(ledger: WatchedLedger, told: readonly (Observation | number)[]): number {
  let decisions = 0;
  for (const one of told) decisions += (typeof one === "number" ? ledger.tick(one) : ledger.take(one)).length;
  return decisions;
}

function wholeCharge(
  ledger: WatchedLedger,
  begin: number,
  { kw, halfHours, efficiency }: { readonly kw: number; readonly halfHours: number; readonly efficiency: number },
): void {
  const times = (minutes: number) => ({ at: begin + minutes * 60_000, now: begin + minutes * 60_000 });
  const level = (soc: number, minutes: number): Observation => ({
    kind: "soc",
    source: "header",
    soc,
    ...times(minutes),
    pushed: true,
  });
  const end = halfHours * 30;
  const gained = Math.min(85, ((((kw - 0.3) * end) / 60) * efficiency * 100) / 60);
  play(ledger, [level(15, 0), { kind: "status", active: true, ...times(1) }]);
  for (let minute = 1; minute <= end; minute += 5) play(ledger, [{ kind: "power", kw, ...times(minute) }]);
  play(ledger, [{ kind: "status", active: false, ...times(end) }, level(15 + gained, end + 1)]);
}

function inOrder(told: readonly (Observation | number)[]): (Observation | number)[] {
  const when = (one: Observation | number) => (typeof one === "number" ? one : one.now);
  return [...told].sort((one, other) => when(one) - when(other));
}

describe("books of charges, whatever a car tells", () => {
  it("never throw, hold only finite numbers, and learn only what is within the bounds", () => {
    fc.assert(
      fc.property(steps, forward, (told, isInOrder) => {
        const ledger = new WatchedLedger(() => SETTINGS);
        play(ledger, isInOrder ? inOrder(told) : told);
        assertFinite(ledger.save());
        assertFinite(ledger.ledger.session);
        for (const { efficiency } of ledger.efficiency.report()) assert.ok(efficiency >= 0.82 && efficiency <= 0.98);
      }),
      { numRuns: runs(300) },
    );
  });

  it("learn from whole charges, with whatever result, only what is within the bounds", () => {
    let learned = 0;
    const charge = fc.record({
      kw: fc.double({ min: 1, max: 22, noNaN: true }),
      halfHours: fc.integer({ min: 1, max: 16 }),
      efficiency: fc.double({ min: 0.6, max: 1.1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(charge, { maxLength: 12 }), (charges) => {
        const ledger = new WatchedLedger(() => SETTINGS);
        ledger.take({ kind: "capacity", source: "maxEnergy", kwh: 60, at: BEGIN, now: BEGIN });
        charges.forEach((one, index) => {
          wholeCharge(ledger, BEGIN + index * 86_400_000, one);
        });
        learned += ledger.efficiency.report().length;
        for (const { efficiency } of ledger.efficiency.report()) assert.ok(efficiency >= 0.82 && efficiency <= 0.98);
      }),
      { numRuns: runs(100) },
    );
    assert.ok(learned > 5);
  });

  it("come back from what was saved as they were, a charge that runs as an interrupted one", () => {
    fc.assert(
      fc.property(steps, (told) => {
        const ledger = new WatchedLedger(() => SETTINGS);
        play(ledger, inOrder(told));
        const saved = JSON.parse(JSON.stringify(ledger.save())) as Record<string, unknown>;
        const other = new WatchedLedger(() => SETTINGS);
        other.restore(saved);
        const books = saved["ledger"] as Record<string, unknown>;
        const session = books["session"] === null ? null : { ...(books["session"] as object), isRestored: true };
        assert.deepEqual(JSON.parse(JSON.stringify(other.ledger.save())), { ...books, session });
        assert.deepEqual(other.efficiency.report(), ledger.efficiency.report());
      }),
      { numRuns: runs(200) },
    );
  });

  it("stay as they are with something saved that cannot be used", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), damaged()), signal, (saved, told) => {
        const ledger = new WatchedLedger(() => SETTINGS);
        ledger.restore(saved);
        play(ledger, [told, BEGIN]);
        assertFinite(ledger.save());
      }),
      { numRuns: runs(300) },
    );
  });
});

/** A store with members that are none. */
function damaged(): fc.Arbitrary<unknown> {
  const member = fc.oneof(fc.anything(), fc.double(), fc.constant({}));
  const names = ["startedAt", "startSoc", "capacityKwh", "phases", "volts", "energy", "phasesSource"];
  const session = fc.dictionary(fc.constantFrom(...names), member);
  const ledger = fc.record({ charging: fc.boolean(), session, pending: member, activeAt: member });
  return fc.record({ observations: member, efficiency: member, ledger, filter: member });
}

function assertFinite(value: unknown): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), String(value));
  else if (typeof value === "object" && value !== null) for (const member of Object.values(value)) assertFinite(member);
}
