import assert from "node:assert/strict";
import fc from "fast-check";
import type { Observation } from "../../../src/soc/observations/observation.js";
import type { SocSettings } from "../../../src/soc/settings.js";
import { SETTINGS } from "../../helpers/charging-world.js";
import { BEGIN, WatchedDrive } from "../../helpers/driving-car.js";
import { runs } from "../../helpers/random.js";

const DRIVEN: SocSettings = { ...SETTINGS, magic: true, modelCapacityKwh: 80 };
const wild = fc.oneof(
  fc.double(),
  fc.integer({ min: -10, max: 200 }),
  fc.constantFrom(0, 1e300, -1e300, Infinity, NaN),
);
const level = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 100 }) }, { weight: 1, arbitrary: wild });
const source = fc.constantFrom("header", "displayed", "level", "tripEnd");

/** What may happen to a car, sound or not, with the time since the last. */
const happening = fc.record({
  ms: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 600_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -1e11, max: 1e11 }) },
  ),
  late: fc.integer({ min: -60_000, max: 600_000 }),
  what: fc.oneof(
    fc.record({ kind: fc.constant("soc"), source, soc: level, pushed: fc.boolean() }),
    fc.record({ kind: fc.constant("odometer"), km: fc.oneof(fc.integer({ min: 1000, max: 1200 }), wild) }),
    fc.record({ kind: fc.constant("speed"), kmh: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 200 }), wild) }),
    fc.record({ kind: fc.constant("motion"), moving: fc.boolean() }),
    fc.record({ kind: fc.constant("status"), active: fc.boolean() }),
    fc.record({ kind: fc.constant("capacity"), source: fc.constant("maxEnergy"), kwh: wild }),
    fc.record({ kind: fc.constant("position"), latitude: wild, longitude: wild }),
    fc.record({ kind: fc.constantFrom("begin", "end", "tick", "reset", "reload") }),
    fc.record({ kind: fc.constant("adopt"), soc: wild, sigma: wild }),
  ),
});

type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;
const life = fc.array(happening, { maxLength: 60 });
/** Without what a restart ends on purpose: the way from the last position, and trips of hours. */
const lastingLife = fc.array(
  happening.filter(({ ms, what }) => Math.abs(ms) <= 600_000 && what.kind !== "position"),
  { maxLength: 24 },
);

const levelOf = (soc: number, ms: number, late: number): Happening => ({
  ms,
  late,
  what: { kind: "soc", source: "header", soc, pushed: false },
});
const plain = (kind: "begin" | "end", ms = 0): Happening => ({ ms, late: 0, what: { kind } });
/** Each of these was something else after it was loaded. */
const LOADED_OTHERWISE_ONCE: readonly (readonly Happening[])[] = [
  // The shown value lies more than half a point below what is believed.
  [plain("begin"), levelOf(3, 70_053, 70_053), levelOf(0, 242_193, 312_246)],
  // Both lie below zero.
];

class Life {
  now = BEGIN;
  car = new WatchedDrive(() => DRIVEN);

  meets({ ms, late, what }: Happening): void {
    this.now += ms;
    const at = this.now - late;
    if (what.kind === "begin") this.car.estimator.tripStarted(at, this.now);
    else if (what.kind === "end") this.car.estimator.tripEnded(at, this.now);
    else if (what.kind === "tick") this.car.tick(this.now);
    else if (what.kind === "reset") this.car.estimator.reset();
    else if (what.kind === "reload") this.reload();
    else if (what.kind === "adopt" && "sigma" in what) this.car.estimator.adopt(what.soc, what.sigma, this.now);
    else this.car.take({ ...what, at, now: this.now } as unknown as Observation);
  }

  reload(): void {
    const saved: unknown = JSON.parse(JSON.stringify(this.car.save()));
    this.car = new WatchedDrive(() => DRIVEN);
    this.car.restore(saved);
  }
}

describe("driving estimate, whatever happens", () => {
  it("is a percentage within its own band, and never not a number", () => {
    fc.assert(
      fc.property(life, (events) => {
        const life = new Life();
        for (const event of events) {
          life.meets(event);
          sound(life.car, life.now);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("is the same after it was stored and loaded, and so is what is stored", () => {
    fc.assert(
      fc.property(life, (events) => {
        const life = new Life();
        for (const event of events) life.meets(event);
        const [before, saved] = [life.car.estimator.estimate(life.now), stored(life.car)];
        life.reload();
        const after = life.car.estimator.estimate(life.now);
        // A trip older than four hours is looked at once, when it is loaded.
        if (before?.mode !== "driving" || after?.mode === "driving") assert.deepEqual(after, before);
        assert.deepEqual(stored(life.car), saved);
      }),
      { numRuns: runs(200), examples: LOADED_OTHERWISE_ONCE.map((events) => [events]) },
    );
  });

  it("goes on as if it had never been stored", () => {
    fc.assert(
      fc.property(lastingLife, (events) => {
        const [stays, loaded] = [new Life(), new Life()];
        for (const event of events) {
          stays.meets(event);
          loaded.meets(event);
          loaded.reload();
          assert.deepEqual(loaded.car.estimator.estimate(loaded.now), stays.car.estimator.estimate(stays.now));
        }
        assert.deepEqual(stored(loaded.car), stored(stays.car));
      }),
      { numRuns: runs(100), examples: LOADED_OTHERWISE_ONCE.map((events) => [events]) },
    );
  });

  it("does not change by being read", () => {
    fc.assert(
      fc.property(life, fc.integer({ min: 0, max: 1e8 }), (events, ahead) => {
        const [asked, left] = [new Life(), new Life()];
        for (const event of events) {
          asked.meets(event);
          left.meets(event);
          asked.car.estimator.estimate(asked.now + ahead);
        }
        assert.deepEqual(asked.car.estimator.estimate(asked.now), left.car.estimator.estimate(left.now));
      }),
      { numRuns: runs(100) },
    );
  });

  it("takes any JSON for a stored state without harm", () => {
    const saved = new WatchedDrive(() => DRIVEN).estimator.save();
    const broken = fc.record(Object.fromEntries(Object.keys(saved).map((name) => [name, fc.jsonValue()])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), broken), life, (stored, events) => {
        const life = new Life();
        life.car.restore({ observations: stored, driving: stored });
        sound(life.car, life.now);
        for (const event of events) life.meets(event);
        sound(life.car, life.now);
      }),
      { numRuns: runs(200) },
    );
  });

  it("takes a state of which one number is another for what it may be", () => {
    const life = new Life();
    for (const what of [
      { kind: "soc", source: "header", soc: 80, pushed: true },
      { kind: "odometer", km: 1000 },
      { kind: "begin" },
      { kind: "speed", kmh: 60 },
      { kind: "odometer", km: 1001 },
    ])
      life.meets({ ms: 30_000, late: 0, what } as Happening);
    const text = JSON.stringify(life.car.save());
    const numbers = [...text.matchAll(/-?\d+(\.\d+)?(e[+-]?\d+)?/g)];
    fc.assert(
      fc.property(fc.nat(numbers.length - 1), fc.double({ noNaN: true, noDefaultInfinity: true }), (index, value) => {
        const [old, start] = [numbers[index]?.[0] ?? "", numbers[index]?.index ?? 0];
        const car = new WatchedDrive(() => DRIVEN);
        if (/[[:,]$/.test(text.slice(0, start)))
          car.restore(JSON.parse(text.slice(0, start) + String(value) + text.slice(start + old.length)));
        sound(car, life.now);
        car.tick(life.now + 60_000);
        sound(car, life.now + 60_000);
      }),
      { numRuns: runs(500) },
    );
  });
});

function stored(car: WatchedDrive): unknown {
  return JSON.parse(JSON.stringify(car.save()));
}

function sound(car: WatchedDrive, now: number): void {
  const estimate = car.estimator.estimate(now);
  if (estimate === null) return;
  const { soc, sigma, band90, consumptionKwhPerKm, tripKm } = estimate;
  const [low, high] = band90;
  assert.ok(0 <= low && low <= soc && soc <= high && high <= 100, JSON.stringify(estimate));
  assert.ok(sigma >= 0 && sigma < 100 && consumptionKwhPerKm > 0 && consumptionKwhPerKm < 2, JSON.stringify(estimate));
  assert.ok(tripKm === null || (tripKm >= 0 && Number.isFinite(tripKm)), JSON.stringify(estimate));
}
