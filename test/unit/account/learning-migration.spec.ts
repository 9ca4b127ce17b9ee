import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { learningCodec } from "../../../src/account/soc/learning-codec.js";
import type { LearningReport, SocEstimate } from "../../../src/soc/estimate.js";
import type { SocSettings } from "../../../src/soc/settings.js";
import { SocEstimator } from "../../../src/soc/soc-estimator.js";
import { finiteNumber, isObject, numberList, type JsonObject } from "../../../src/support/json.js";
import type { ReadingValue } from "../../../src/vehicle/reading.js";
import { VIN } from "../../helpers/fakes.js";
import { SETTINGS } from "../../helpers/charging-world.js";
import { readingOf, tripAt } from "../../helpers/soc-life.js";

/** The estimates at a moment. */
interface Outcome {
  readonly at: number;
  readonly predicted: SocEstimate | null;
  readonly magic: SocEstimate | null;
  readonly open: boolean;
  readonly busy: boolean;
  readonly report: LearningReport;
}

/** The input of a moment: readings, the end of a trip, or nothing but that time passes. */
interface Step {
  readonly at: number;
  readonly values?: Readonly<Record<string, ReadingValue>>;
  readonly event?: "start" | "end";
  readonly from?: number;
  readonly tick?: true;
}

/** A store that version 1 has written, and what version 1 made of it: loaded, after a while, and after more has happened. */
interface Stored {
  readonly settings: SocSettings;
  readonly saved: JsonObject;
  readonly loaded: Outcome;
  readonly waitMinutes: number;
  readonly waited: Outcome;
  readonly later: readonly Step[];
  readonly finished: Outcome;
  readonly decisions: readonly { readonly what: string; readonly accepted: boolean; readonly reason: string }[];
}

const FOLDER = "test/fixtures/soc-stores";
const MINUTE = 60_000;
/** Shown figures may differ by so much, pp, kW or kWh. */
const NEAR = 0.05;
/**
 * Follows from the filter by now, where it followed from a line of levels beside it; the time to the target knows that
 * the last percents take longer; losses that no power changes, and the energy before all losses, were not told.
 */
const OTHERWISE = new Set([
  "consumptionKwhPerKm",
  "energyKwh",
  "sigma",
  "band90",
  "socChange",
  "minutesToTarget",
  "losses",
  "grossKwh",
  "countedUntil",
]);

describe("the learning of version 1", () => {
  for (const name of readdirSync(FOLDER)) {
    const stored = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Stored;

    it(`goes on as if nothing had been: ${name}`, () => {
      const car = new SocEstimator(() => stored.settings);
      const document = [{ vin: VIN, capacityKwh: null, estimator: stored.saved }];
      const [[, learning] = []] = [...learningCodec.decode(document, 1)];
      car.restore(learning?.estimator);
      assertLike(car, stored.loaded);
      for (let minute = 1; minute <= stored.waitMinutes; minute++) car.tick(stored.loaded.at + minute * MINUTE);
      assertLike(car, stored.waited);
      for (const step of stored.later) play(car, step);
      assertLike(car, stored.finished);
      const said = car.decisions().map(({ what, accepted, reason }) => ({ what, accepted, reason }));
      assert.deepEqual(
        said,
        stored.decisions.map(({ what, accepted, reason }) => ({ what, accepted, reason })),
      );
    });
  }

  it("may hold anything: what cannot be used is left out", () => {
    for (const estimator of [
      {},
      { version: 1, ledger: 7 },
      { ledger: { matrix: [] }, filter: { course: {} }, driving: 0 },
    ]) {
      const [[, learning] = []] = [...learningCodec.decode([{ vin: VIN, capacityKwh: null, estimator }], 1)];
      const car = new SocEstimator(() => ({ ...SETTINGS, magic: true }));
      car.restore(learning?.estimator);
      assert.deepEqual([car.predicted(0), car.report().charging.conditions], [null, []]);
    }
  });
});

function play(car: SocEstimator, { at, values, event, from, tick }: Step): void {
  if (values !== undefined)
    car.take(
      Object.entries(values).map(([descriptor, value]) => readingOf(descriptor, value, at)),
      [],
      at,
    );
  if (event === "end") car.take([], [tripAt(from ?? at).ended(at)], at);
  if (tick === true) car.tick(at);
}

function assertLike(car: SocEstimator, { at, ...expected }: Outcome): void {
  const { open, busy } = car;
  assertNear({ predicted: car.predicted(at), magic: car.magic(at), open, busy, report: car.report() }, expected, "");
}

function assertNear(actual: unknown, expected: unknown, name: string): void {
  if (typeof actual === "number" && typeof expected === "number")
    assert.ok(Math.abs(actual - expected) <= NEAR, `${name}: ${actual} instead of ${expected}`);
  else if (isObject(actual) && isObject(expected)) assertMembersNear(actual, expected, name);
  else if (Array.isArray(actual) && Array.isArray(expected)) {
    assert.equal(actual.length, expected.length, name);
    for (const [index, one] of actual.entries()) assertNear(one, expected[index], `${name}.${index}`);
  } else assert.deepEqual(actual, expected, name);
}

function assertMembersNear(actual: JsonObject, expected: JsonObject, name: string): void {
  for (const member of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    if (member === "soc" && "band90" in expected) assertWithin(actual[member], expected["band90"], name);
    else if (!OTHERWISE.has(member)) assertNear(actual[member], expected[member], `${name}.${member}`);
  }
}

/** The level may be anywhere that version 1 held for likely: by now it is known better. */
function assertWithin(actual: unknown, band: unknown, name: string): void {
  const [level, [low = NaN, high = NaN]] = [finiteNumber(actual) ?? NaN, numberList(band)];
  assert.ok(low - NEAR <= level && level <= high + NEAR, `${name}: ${String(level)} outside ${low} .. ${high}`);
}
