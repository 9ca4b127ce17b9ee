import assert from "node:assert/strict";
import { drivingVectors, playedDrive } from "../../helpers/driving-vectors.js";

const VECTORS = drivingVectors();
const EXACT = 1e-6;

/** What is shown is meant to be better than the reference: by how much it differs at most, and why. */
const DEVIATIONS: Readonly<Record<string, readonly [pp: number, reason: string]>> = {
  "D01-odometer-basic": [1, "time costs too, odometer steps are not the way itself, a level lies anywhere in its step"],
  "D03-reanchor-within-half": [1.8, "ten kilometres within a minute are not believed at once"],
  "D04-reanchor-over-half": [1.8, "ten kilometres within a minute are not believed at once"],
  "D05-continuity-after-flap": [3.5, "the level at the end of a trip is news, whoever tells it"],
  "D07-learn-one-long-trip": [1.1, "speed and time count, and what is learned is spread over rates and load"],
  "D09-ema-eight-trips": [3.8, "the level at the end of a trip is news, whoever tells it"],
  "D11-reset-consumption": [2.6, "the level at the end of a trip is news, whoever tells it"],
  "D13-stale-trip-discarded": [6.4, "a car that is not heard goes on for a while, at a speed that nobody knows"],
  "D15-charging-then-driving": [6, "the charge has its own estimate; here only its end is known"],
  "D17-floor-zero-and-no-mileage": [1.8, "kilometres within seconds are not believed at once"],
  "D18-idle-passthrough": [0.5, "a level with decimals is known to a twentieth of a point"],
  "T01-bracket-boundaries": [3.4, "speeds are a way, even if the odometer is silent"],
  "T03-offline-midtrip-and-resume": [0.5, "no step when the tracker goes away or comes back, no kilometre lost"],
  "T05-reanchor-inside-segment": [1.9, "the way since the last level is not forgotten by a new one"],
  "T07-no-traccar-data-at-all": [0.8, "time costs too, not only the way"],
};

/** The reference begins such a trip when it is told to; its wiring never does. */
const WITHOUT_TRIP = new Set(["D14-phev-passthrough"]);

describe("driving vectors: what is learned, and the life of a trip", () => {
  for (const vector of VECTORS)
    it(`${vector.id}: ${vector.title}`, () => {
      const { car, resets, at } = playedDrive(vector);
      const { learnedConsumption, persisted } = vector.final;
      const report = car.report();
      alike(report.overall, learnedConsumption);
      allAlike(report.months, learnedConsumption?.monthly ?? {});
      allAlike(report.brackets, learnedConsumption?.speedBuckets ?? {});
      for (const [own, expected] of resets) assert.equal(own, expected);
      const stored = Object.values(persisted.driving_sessions)[0] ?? null;
      const open = WITHOUT_TRIP.has(vector.id) ? null : stored;
      assert.equal(car.estimate(at)?.mode === "driving", open !== null);
    });
});

describe("driving vectors: what is shown", () => {
  it("names only vectors that there are", () => {
    const ids = new Set(VECTORS.map(({ id }) => id));
    assert.deepEqual(
      [...Object.keys(DEVIATIONS), ...WITHOUT_TRIP].filter((id) => !ids.has(id)),
      [],
    );
  });

  for (const vector of VECTORS) {
    const [most = 0, reason = "agrees"] = DEVIATIONS[vector.id] ?? [];
    it(`${vector.id}: ${reason}`, () => {
      const { apart } = playedDrive(vector);
      if (most === 0) assert.ok(apart <= EXACT, `${String(apart)} pp apart`);
      else assert.equal(Math.round(apart * 10) / 10, most);
    });
  }
});

interface ExpectedDrivingRate {
  readonly kwhPerKm: number;
}

function alike(
  own: (ExpectedDrivingRate & { readonly trips: number }) | null | undefined,
  expected: (ExpectedDrivingRate & { readonly tripCount: number }) | null | undefined,
): void {
  assert.equal(own?.trips, expected?.tripCount);
  assert.ok(Math.abs((own?.kwhPerKm ?? 0) - (expected?.kwhPerKm ?? 0)) <= EXACT);
}

function allAlike(
  own: Readonly<Record<string, ExpectedDrivingRate & { readonly trips: number }>>,
  expected: Readonly<Record<string, ExpectedDrivingRate & { readonly tripCount: number }>>,
): void {
  assert.deepEqual(Object.keys(own).sort(), Object.keys(expected).sort());
  for (const [name, rate] of Object.entries(own)) alike(rate, expected[name]);
}
