import assert from "node:assert/strict";
import { DcCurve } from "../../../src/soc/charging/dc-curve.js";
import { Track } from "../../../src/soc/charging/kalman.js";
import { Levels } from "../../../src/soc/charging/levels.js";
import { Memory } from "../../../src/soc/charging/memory.js";
import { Supplies } from "../../../src/soc/charging/supplies.js";
import { Told } from "../../../src/soc/charging/told.js";
import type { SocSignal } from "../../../src/soc/types.js";
import { BEGIN, NO_PRIOR, SETTINGS } from "../../helpers/charging-world.js";

const MINUTE = 60_000;
const told = (...signals: SocSignal[]) => {
  const all = new Told();
  for (const signal of signals) all.take(signal);
  return all;
};
const at = (ms: number) => ({ at: BEGIN + ms, now: BEGIN + ms });
const supply = (...signals: SocSignal[]) =>
  new Supplies(told(...signals), new Memory(NO_PRIOR), () => SETTINGS).current(BEGIN, BEGIN + MINUTE);
const current = (volts: number, amps: number, ms = 0): SocSignal[] => [
  { kind: "volts", volts, ...at(ms) },
  { kind: "amps", amps, ...at(ms) },
];
const phases = (count: number, ms: number): SocSignal => ({ kind: "phases", phases: count, ...at(ms) });

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
    const signals: SocSignal[] = [...current(230, 16), { kind: "meter", kw: 9, auxKw: 0, now: BEGIN }];
    const supplies = new Supplies(told(...signals), new Memory(NO_PRIOR), () => SETTINGS);
    assert.equal(supplies.current(BEGIN, BEGIN + 120_000)?.kw, 9);
    assert.notEqual(supplies.current(BEGIN, BEGIN + 120_001)?.kw, 9);
  });
});

describe("what charges have taught", () => {
  const gain = { mean: 0.8, variance: 0.0001 };
  const branch = { phases: 3, factor: 3, condition: "AC/3/16", weight: 1, gain, isKnown: true };
  const lesson = { branch, share: 1, gain, kw: 11, gained: 30, kappas: [] };
  const gainOf = (memory: Memory) => memory.gain("AC/3/16", "AC", ["AC", 3, 230, 16]);

  it("is the gain to begin with the next time, a little less certain", () => {
    const memory = new Memory(NO_PRIOR);
    assert.deepEqual([gainOf(memory).isKnown, gainOf(memory).gain.mean], [false, 0.9]);
    memory.learn(lesson);
    assert.deepEqual([gainOf(memory).isKnown, gainOf(memory).gain.mean], [true, 0.8]);
    assert.ok(gainOf(memory).gain.variance > 0.0001);
    assert.ok((memory.phases("16")[2] ?? 0) > 0.7);
  });

  it("is forgotten by kind", () => {
    const memory = new Memory(NO_PRIOR);
    memory.learn(lesson);
    memory.curve.add(20, 200);
    memory.forget("DC");
    assert.equal(memory.curve.kw(20), new DcCurve().kw(20));
    assert.ok(gainOf(memory).isKnown);
    memory.forget("AC");
    assert.ok(!gainOf(memory).isKnown);
  });
});

describe("levels of a car", () => {
  const level = (value: number, ms: number, source: "header" | "displayed" = "header") =>
    ({ kind: "soc", source, soc: value, ...at(ms), pushed: true }) as const;

  it("are whole percents until a tenth is seen", () => {
    const levels = new Levels();
    assert.equal(levels.take(level(50, 0, "displayed"), null)?.step, 1);
    assert.equal(levels.take(level(50.4, 1, "displayed"), null)?.step, 0.1);
    assert.equal(levels.take(level(51, 2, "displayed"), null)?.step, 0.1);
  });

  it("come from the header while it is there", () => {
    const levels = new Levels();
    levels.take(level(50, 0), null);
    assert.equal(levels.take(level(48, MINUTE, "displayed"), null), null);
    assert.equal(levels.take(level(48, 90 * MINUTE, "displayed"), null)?.soc, 48);
  });

  it("mark the moment of a step once the car is seen to tell each", () => {
    const levels = new Levels();
    levels.take(level(50, 0), BEGIN);
    const likely = [1, 2, 3, 4, 5, 6].map((step) => levels.take(level(50 + step, step * MINUTE), BEGIN)?.crossing ?? 0);
    assert.ok((likely.at(-1) ?? 0) > 0.8);
    assert.equal(levels.take(level(60, 8 * MINUTE), BEGIN)?.crossing, 0);
  });
});

describe("curve of fast charging", () => {
  it("has the usual shape before anything is known, and tapers", () => {
    const curve = new DcCurve();
    assert.ok(curve.kw(20) > 90 && curve.kw(80) < 50 && curve.slope(70) < 0);
  });

  it("follows readings where there are some, and scales the rest", () => {
    const curve = new DcCurve();
    for (let soc = 10; soc <= 70; soc += 4) for (let times = 0; times < 4; times++) curve.add(soc, 200);
    assert.ok(Math.abs(curve.kw(40) - 200) < 25, String(curve.kw(40)));
    assert.ok(curve.kw(5) > 120);
  });

  it("learns from a stretch of which only the time is known", () => {
    const curve = new DcCurve();
    for (let times = 0; times < 5; times++) curve.addStretch(20, 60, 50);
    const hours = Array.from({ length: 40 }, (_, index) => 1 / curve.kw(20.5 + index)).reduce(
      (sum, one) => sum + one,
      0,
    );
    assert.ok(Math.abs(40 / hours - 50) < 5, String(40 / hours));
  });

  it("is the same after it was saved and loaded", () => {
    const [curve, loaded] = [new DcCurve(), new DcCurve()];
    curve.add(30, 120);
    loaded.restore(JSON.parse(JSON.stringify(curve.save())));
    assert.equal(loaded.kw(33), curve.kw(33));
    loaded.restore({ "3": "x", "-1": [5, 5], "7": [-1, 2], "1e9": [1, 1] });
    assert.equal(loaded.kw(33), new DcCurve().kw(33));
  });
});

describe("track", () => {
  const flow = { kw: 11, auxKw: 1, kwPerSoc: 0, errorSd: 0, errorMs: 1e9 };

  it("gains what arrives of the net energy, and learns the gain from a level seen later", () => {
    const track = new Track(50, 0.9, 0, 0.01, 0.0016, 0);
    track.advance(flow, 3_600_000, 80);
    assert.ok(Math.abs(track.soc - 61.25) < 1e-9);
    track.learn({ mean: 60, variance: 0.01 }, 0);
    assert.ok(track.gain < 0.85 && track.gain > 0.75, String(track.gain));
    assert.ok(track.varGain < 0.0016);
  });

  it("does not charge a battery beyond full", () => {
    const track = new Track(99, 0.9);
    track.advance(flow, 36_000_000, 80);
    assert.equal(track.soc, 100);
  });

  it("loads what it saved, and nothing that is none", () => {
    const track = new Track(50, 0.9, 0.1, 0.2, 0.001, 0.01, 0.001, 0.002, 0.0001);
    assert.deepEqual(Track.restored(track.save()), track);
    const other = (index: number, value: number) => track.save().map((one, at) => (at === index ? value : one));
    for (const saved of [null, [], [1, 2], other(0, NaN), other(3, -1), "x"]) assert.equal(Track.restored(saved), null);
  });
});
