import assert from "node:assert/strict";
import { ChargingEfficiency } from "../../../src/soc/charging/charging-efficiency.js";
import { FastChargingCurve } from "../../../src/soc/charging/fast-charging-curve.js";
import { Hypothesis } from "../../../src/soc/charging/hypothesis.js";
import { SupplyModel } from "../../../src/soc/charging/power-supply.js";
import { BatteryObservations } from "../../../src/soc/observations/battery-observations.js";
import type { Observation } from "../../../src/soc/observations/observation.js";
import { BEGIN, SETTINGS } from "../../helpers/charging-world.js";

const MINUTE = 60_000;
const told = (...signals: Observation[]) => {
  const all = new BatteryObservations();
  for (const signal of signals) all.take(signal);
  return all;
};
const at = (ms: number) => ({ at: BEGIN + ms, now: BEGIN + ms });
const supply = (...signals: Observation[]) =>
  new SupplyModel(told(...signals), new ChargingEfficiency(), () => SETTINGS).current(BEGIN, BEGIN + MINUTE);
const current = (volts: number, amps: number, ms = 0): Observation[] => [
  { kind: "volts", volts, ...at(ms) },
  { kind: "amps", amps, ...at(ms) },
];
const phases = (count: number, ms: number): Observation => ({ kind: "phases", phases: count, ...at(ms) });

describe("what charges the battery", () => {
  it("is volts times amps times the phases that the car tells; line to line from 250 V on", () => {
    const kw = (volts: number, amps: number, count: number) => {
      const known = supply(...current(volts, amps), phases(count, 0));
      return (known?.kw ?? 0) * (known?.branches[0]?.factor ?? 0);
    };
    assert.ok(Math.abs(kw(230, 16, 1) - 3.68) < 1e-9);
    assert.ok(Math.abs(kw(230, 16, 2) - 7.36) < 1e-9);
    assert.ok(Math.abs(kw(230, 16, 3) - 11.04) < 1e-9);
    assert.ok(Math.abs(kw(230, 16, 9) - 11.04) < 1e-9);
    assert.ok(Math.abs(kw(400, 16, 3) - 11.0848) < 1e-9);
  });

  it("takes a count from just before the charge at its word, unless it is the one that ends the charge before", () => {
    const counts = (count: number, ms: number) => supply(...current(230, 16), phases(count, ms))?.branches.length;
    assert.equal(counts(3, -9000), 1);
    assert.equal(counts(3, -11_000), 3);
    assert.equal(counts(1, -9000), 3);
    assert.equal(counts(1, 0), 1);
  });

  it("does not take volts and amps of the charge before for those of this one", () => {
    assert.equal(supply(...current(230, 16, -60 * MINUTE)), null);
  });

  it("is the car's own power where the count of phases is open", () => {
    const known = supply(...current(230, 16), { kind: "power", kw: 7.1, ...at(0) });
    assert.deepEqual([known?.kw, known?.branches.length], [7.1, 1]);
  });

  it("is the user's meter while its readings are fresh", () => {
    const signals: Observation[] = [...current(230, 16), { kind: "meter", kw: 9, auxKw: 0, now: BEGIN }];
    const supplies = new SupplyModel(told(...signals), new ChargingEfficiency(), () => SETTINGS);
    assert.equal(supplies.current(BEGIN, BEGIN + 120_000)?.kw, 9);
    assert.notEqual(supplies.current(BEGIN, BEGIN + 120_001)?.kw, 9);
  });
});

describe("what charges have taught", () => {
  const efficiency = { mean: 0.8, variance: 0.0001 };
  const branch = { phases: 3, factor: 3, condition: "3_250_16", weight: 1, efficiency, isKnown: true };
  const charge = { branch, share: 1, efficiency, kw: 11, gained: 30, curveScales: [] };
  const priorOf = (learned: ChargingEfficiency) => learned.prior("3_250_16", "AC", "3_250_16");

  it("is the efficiency to begin with the next time, a little less certain", () => {
    const learned = new ChargingEfficiency();
    assert.deepEqual([priorOf(learned).isKnown, priorOf(learned).efficiency.mean], [false, 0.9]);
    learned.learnFiltered(charge);
    assert.deepEqual([priorOf(learned).isKnown, priorOf(learned).efficiency.mean], [true, 0.8]);
    assert.ok(priorOf(learned).efficiency.variance > 0.0001);
    assert.ok((learned.phases("16")[2] ?? 0) > 0.7);
  });

  it("is forgotten by kind, what users see of it and what the filter goes by together", () => {
    const learned = new ChargingEfficiency();
    learned.learnFiltered(charge);
    learned.learnMeasured("3_250_16", 0.85);
    learned.curve.add(20, 200);
    assert.equal(learned.reset("dc"), false);
    assert.equal(learned.curve.kw(20), new FastChargingCurve().kw(20));
    assert.ok(priorOf(learned).isKnown);
    assert.equal(learned.reset("ac"), true);
    assert.ok(!priorOf(learned).isKnown);
    assert.deepEqual(learned.report(), []);
  });

  it("is what users see of a condition where the filter knows nothing better, else what is usual", () => {
    const learned = new ChargingEfficiency();
    learned.learnMeasured("3_250_16", 0.85);
    assert.deepEqual([priorOf(learned).isKnown, priorOf(learned).efficiency.mean], [true, 0.85]);
    assert.deepEqual([learned.measuredOf("3_250_16"), learned.measuredOf("1_250_16")], [0.85, null]);
    const [ac, dc] = [learned.prior("1_250_10", "AC", "1_250_10"), learned.prior("0_410_0", "DC", "0_410_0")];
    assert.deepEqual([ac.isKnown, ac.efficiency.mean, dc.isKnown, dc.efficiency.mean], [false, 0.9, false, 0.93]);
  });

  it("shows deviation and trend as soon as there are enough values", () => {
    const learned = new ChargingEfficiency();
    const measured = { efficiency: 0.88, samples: 3, history: [0.85, 0.87, 0.9] };
    learned.restore({ conditions: { "3_250_16": { measured } } });
    const [condition] = learned.report();
    assert.equal(condition?.trend, "increasing");
    assert.ok(Math.abs((condition?.deviationPp ?? 0) - 2.0548) < 1e-3);
  });
});

describe("levels of a car", () => {
  const level = (value: number, ms: number, source: "header" | "displayed" | "level" = "header") =>
    ({ kind: "soc", source, soc: value, ...at(ms), pushed: true }) as const;

  it("are whole percents until a tenth is seen", () => {
    const levels = new BatteryObservations();
    const stepOf = (value: number, ms: number) => {
      levels.take(level(value, ms, "displayed"));
      return levels.stepOf("displayed");
    };
    assert.deepEqual([stepOf(50, 0), stepOf(50.4, 1), stepOf(51, 2)], [1, 0.1, 0.1]);
  });

  it("come from the header while it is there", () => {
    const levels = new BatteryObservations();
    levels.take(level(50, 0));
    assert.equal(levels.take(level(48, MINUTE, "displayed")), null);
    levels.take(level(48, 90 * MINUTE, "displayed"));
    assert.equal(levels.level?.soc, 48);
  });

  it("are no forecasts of BMW's, which are told all the same", () => {
    const levels = new BatteryObservations();
    levels.note([
      { descriptor: "vehicle.drivetrain.batteryManagement.header", value: 50, unit: "%", timestamp: 0, source: "rest" },
    ]);
    levels.take(level(50, 0));
    levels.take(level(52, MINUTE, "level"));
    assert.deepEqual([levels.level?.soc, levels.reported?.soc], [50, 52]);
  });

  it("of a car whose clock is ahead were measured when they came", () => {
    const levels = new BatteryObservations();
    levels.take({ ...level(50, 0), at: BEGIN + 60 * MINUTE });
    assert.equal(levels.level?.at, BEGIN);
  });
});

describe("curve of fast charging", () => {
  it("has the usual shape before anything is known, and tapers", () => {
    const curve = new FastChargingCurve();
    assert.ok(curve.kw(20) > 90 && curve.kw(80) < 50 && curve.slope(70) < 0);
  });

  it("follows readings where there are some, and scales the rest", () => {
    const curve = new FastChargingCurve();
    for (let soc = 10; soc <= 70; soc += 4) for (let times = 0; times < 4; times++) curve.add(soc, 200);
    assert.ok(Math.abs(curve.kw(40) - 200) < 25, String(curve.kw(40)));
    assert.ok(curve.kw(5) > 120);
  });

  it("learns from a stretch of which only the time is known", () => {
    const curve = new FastChargingCurve();
    for (let times = 0; times < 5; times++) curve.addStretch(20, 60, 50);
    const hours = Array.from({ length: 40 }, (_, index) => 1 / curve.kw(20.5 + index)).reduce(
      (sum, one) => sum + one,
      0,
    );
    assert.ok(Math.abs(40 / hours - 50) < 5, String(40 / hours));
  });

  it("is the same after it was saved and loaded", () => {
    const [curve, loaded] = [new FastChargingCurve(), new FastChargingCurve()];
    curve.add(30, 120);
    loaded.restore(JSON.parse(JSON.stringify(curve.save())));
    assert.equal(loaded.kw(33), curve.kw(33));
    loaded.restore({ "3": "x", "-1": [5, 5], "7": [-1, 2], "1e9": [1, 1] });
    assert.equal(loaded.kw(33), new FastChargingCurve().kw(33));
  });
});

describe("hypothesis", () => {
  const flow = { kw: 11, auxKw: 1, kwPerSoc: 0, errorSd: 0, errorMs: 1e9 };

  it("gains what arrives of the net energy, and learns the efficiency from a level seen later", () => {
    const hypothesis = new Hypothesis(50, 0.9, 0, 0.01, 0.0016, 0);
    hypothesis.advance(flow, 3_600_000, 80);
    assert.ok(Math.abs(hypothesis.soc - 61.25) < 1e-9);
    hypothesis.learn({ mean: 60, variance: 0.01 }, 0);
    assert.ok(hypothesis.efficiency < 0.85 && hypothesis.efficiency > 0.75, String(hypothesis.efficiency));
    assert.ok(hypothesis.varEfficiency < 0.0016);
  });

  it("does not charge a battery beyond full", () => {
    const hypothesis = new Hypothesis(99, 0.9);
    hypothesis.advance(flow, 36_000_000, 80);
    assert.equal(hypothesis.soc, 100);
  });

  it("loads what it saved, and nothing that is none", () => {
    const hypothesis = new Hypothesis(50, 0.9, 0.1, 0.2, 0.001, 0.01, 0.001, 0.002, 0.0001);
    assert.deepEqual(Hypothesis.restored(hypothesis.save(), 1), hypothesis);
    const other = (index: number, value: number) => ({
      ...hypothesis.save(),
      state: (hypothesis.save()["state"] as number[]).map((one, at) => (at === index ? value : one)),
    });
    for (const saved of [null, [], { state: [1, 2] }, other(0, NaN), other(3, -1), "x"])
      assert.equal(Hypothesis.restored(saved, 1), null);
  });
});
