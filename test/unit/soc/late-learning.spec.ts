import assert from "node:assert/strict";
import { SocEstimator } from "../../../src/soc/soc-estimator.js";
import type { SocSettings } from "../../../src/soc/settings.js";

const SETTINGS: SocSettings = {
  magic: true,
  minEfficiency: 0.82,
  auxKw: 0.3,
  meterPriorityMs: 120_000,
  driveType: "bev",
  capacityKwh: 80,
  modelCapacityKwh: 80,
  modelKwhPerKm: 0.18,
};

const row = (efficiency: number, samples: number) => ({ efficiency, samples, history: [efficiency] });
const rate = (kwhPerKm: number, trips: number) => ({ kwhPerKm, trips });

/** An estimator that has learned that. */
function learned(measured: Readonly<Record<string, object>>, statistics: object) {
  const estimator = new SocEstimator(() => SETTINGS);
  const conditions = Object.fromEntries(Object.entries(measured).map(([key, one]) => [key, { measured: one }]));
  estimator.restore({ efficiency: { conditions }, driving: { statistics } });
  return estimator;
}

describe("learning that could be read late only", () => {
  const early = { "3_250_16": row(0.91, 40), "1_250_16": row(0.88, 3) };
  const late = { "3_250_16": row(0.85, 2), "0_410_0": row(0.94, 5) };

  it("are joined with those learned meanwhile: of each condition what more charges and trips stand behind", () => {
    const saved = learned(early, { overall: rate(0.2, 300), months: { 1: rate(0.22, 30) } }).save();
    const estimator = learned(late, { overall: rate(0.15, 4), months: { 1: rate(0.16, 40), 2: rate(0.17, 1) } });
    estimator.learnFrom(JSON.parse(JSON.stringify(saved)));
    const { charging, driving } = estimator.report();
    const samples = Object.fromEntries(charging.conditions.map(({ key, samples }) => [key, samples]));
    assert.deepEqual(samples, { "3_250_16": 40, "1_250_16": 3, "0_410_0": 5 });
    assert.deepEqual(driving.overall, rate(0.2, 300));
    assert.deepEqual(driving.months, { 1: rate(0.16, 40), 2: rate(0.17, 1) });
  });

  it("leave what goes on as it is", () => {
    const saved = learned(early, {}).save();
    const estimator = new SocEstimator(() => SETTINGS);
    const now = Date.parse("2026-03-02T06:00:00Z");
    const reading = { descriptor: "vehicle.drivetrain.batteryManagement.header", unit: "%", source: "stream" as const };
    estimator.take([{ ...reading, value: 47, timestamp: now }], [], now);
    const before = estimator.predicted(now);
    estimator.learnFrom(saved);
    assert.equal(before?.soc, 47);
    assert.deepEqual(estimator.predicted(now), before);
  });

  it("may be anything: what cannot be used is left out", () => {
    const estimator = learned(late, {});
    for (const saved of [null, 7, {}, { efficiency: 7, ledger: [], driving: "x" }]) estimator.learnFrom(saved);
    assert.equal(estimator.report().charging.conditions.length, 2);
  });
});
