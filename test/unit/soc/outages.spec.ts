import assert from "node:assert/strict";
import type { Observation } from "../../../src/soc/observations/observation.js";
import { BEGIN, filterFor } from "../../helpers/charging-world.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Filter = ReturnType<typeof filterFor>;

/** What the car and the clock do; the car's time is the true one, the program's may be wrong. */
class OutageCharge {
  filter: Filter = filterFor({ capacityKwh: 80 });

  constructor(now = BEGIN) {
    this.level(50, now - MINUTE);
    this.give({ kind: "target", soc: 80, at: now, now }, { kind: "method", method: "AC", at: now, now });
    this.give({ kind: "status", active: true, at: now, now });
    this.power(16, now);
  }

  give(...signals: readonly Observation[]): void {
    for (const signal of signals) this.filter.take(signal);
  }

  level(soc: number, at: number, now = at): void {
    this.give({ kind: "soc", source: "header", soc, at, now, pushed: true });
  }

  power(amps: number, at: number, now = at): void {
    this.give({ kind: "phases", phases: 3, at, now }, { kind: "volts", volts: 230, at, now });
    this.give({ kind: "amps", amps, at, now });
  }

  /** The program looks at its clock every half a minute. */
  pass(from: number, to: number): void {
    for (let now = from; now <= to; now += 30_000) this.filter.tick(now);
  }

  restart(): void {
    const saved: unknown = JSON.parse(JSON.stringify(this.filter.save()));
    this.filter = filterFor({ capacityKwh: 80 });
    this.filter.restore(saved);
  }

  shown(at: number) {
    const estimate = this.filter.estimate(at);
    assert.ok(estimate);
    return estimate;
  }
}

/** With 11 kW, less 0.3 beside the battery. */
const PP_PER_HOUR = (10.74 * 0.9 * 100) / 80;

describe("a charge that nobody watches for a while", () => {
  for (const hours of [1, 10])
    for (const how of ["a restart", "a process that slept"])
      it(`counts ten minutes of ${hours} h, after ${how}`, () => {
        const charge = new OutageCharge();
        const before = BEGIN + 20 * MINUTE;
        charge.pass(BEGIN, before);
        const known = charge.shown(before).soc;
        if (how === "a restart") charge.restart();
        const after = before + hours * HOUR;
        charge.filter.tick(after);
        const { soc, band90 } = charge.shown(after);
        assert.ok(Math.abs(soc - known - PP_PER_HOUR / 6) < 0.2, `${known} to ${soc}`);
        // It may have stood still, and it may have charged all the time.
        assert.ok(band90[1] > Math.min(78, known + PP_PER_HOUR * hours * 0.8), String(band90));
      });

  for (const hours of [1, 10])
    it(`takes the car's word after ${hours} h, be it lower or higher`, () => {
      for (const told of [51, 54, 62, 78]) {
        const charge = new OutageCharge();
        const before = BEGIN + 20 * MINUTE;
        charge.pass(BEGIN, before);
        charge.restart();
        const after = before + hours * HOUR;
        charge.filter.tick(after);
        charge.level(told, after + MINUTE);
        const { soc } = charge.shown(after + MINUTE);
        assert.ok(soc > told - 1 && soc < told + 2, `${told}: ${soc}`);
        charge.power(16, after + 2 * MINUTE);
        charge.pass(after + 2 * MINUTE, after + 12 * MINUTE);
        const later = charge.shown(after + 12 * MINUTE).soc;
        assert.ok(later > soc, "goes on from there");
      }
    });

  it("never falls otherwise by what may be rounding", () => {
    const charge = new OutageCharge();
    charge.pass(BEGIN, BEGIN + HOUR);
    const known = charge.shown(BEGIN + HOUR).soc;
    charge.level(Math.floor(known), BEGIN + HOUR);
    assert.ok(charge.shown(BEGIN + HOUR).soc >= known - 1e-9);
  });
});

describe("a clock that jumps during a charge", () => {
  for (const hours of [-5, -1, -1 / 30, 5]) {
    const now = BEGIN + 20 * MINUTE;
    const jumped = now + hours * HOUR;
    const after = () => {
      const charge = new OutageCharge();
      charge.pass(BEGIN, now);
      const { soc } = charge.shown(now);
      charge.filter.tick(jumped);
      return { charge, soc };
    };

    it(`goes on after ${hours} h`, () => {
      const { charge, soc } = after();
      charge.power(16, jumped + MINUTE);
      charge.pass(jumped, jumped + 30 * MINUTE);
      const later = charge.shown(jumped + 30 * MINUTE).soc;
      const most = (hours > 0 ? 40 : 30) / 60;
      assert.ok(later - soc > PP_PER_HOUR * 0.4 && later - soc < PP_PER_HOUR * (most + 0.05), `${soc} to ${later}`);
    });

    it(`takes a level that is told after ${hours} h`, () => {
      for (const told of [51, 57, 60]) {
        const { charge } = after();
        charge.level(told, jumped + MINUTE);
        const { soc } = charge.shown(jumped + MINUTE);
        assert.ok(soc > told - 1 && soc < told + 2, `${told}: ${soc}`);
      }
    });

    it(`ends after ${hours} h`, () => {
      const { charge } = after();
      charge.give({ kind: "status", active: false, at: jumped + MINUTE, now: jumped + MINUTE });
      const end = charge.shown(jumped + MINUTE).soc;
      charge.pass(jumped + MINUTE, jumped + HOUR);
      assert.ok(Math.abs(charge.shown(jumped + HOUR).soc - end) < 0.01);
    });
  }

  it("is right again once a clock that was ahead is set back", () => {
    const wrong = 5 * HOUR;
    const charge = new OutageCharge();
    charge.pass(BEGIN, BEGIN + 10 * MINUTE);
    charge.filter.tick(BEGIN + wrong);
    charge.pass(BEGIN + wrong, BEGIN + wrong + 10 * MINUTE);
    const now = BEGIN + 20 * MINUTE;
    charge.filter.tick(now);
    charge.power(16, now);
    charge.level(54, now + MINUTE);
    charge.pass(now + MINUTE, now + 31 * MINUTE);
    const { soc } = charge.shown(now + 31 * MINUTE);
    assert.ok(soc > 54 + PP_PER_HOUR * 0.4 && soc < 55.5 + PP_PER_HOUR * 0.55, String(soc));
  });
});

describe("the user's meter", () => {
  const metered = (charge: OutageCharge, kw: number, now: number) => {
    charge.give({ kind: "meter", kw, auxKw: 0.3, now });
  };

  it("counts no longer than its time after the clock was set back", () => {
    const charge = new OutageCharge();
    metered(charge, 3.6, BEGIN + MINUTE);
    charge.filter.tick(BEGIN - 2 * HOUR);
    charge.power(16, BEGIN - 2 * HOUR + 5 * MINUTE);
    const { powerKw } = charge.shown(BEGIN - 2 * HOUR + 5 * MINUTE);
    assert.ok((powerKw ?? 0) > 10, String(powerKw));
  });

  it("counts with direct current too, unless it stands still at home meanwhile", () => {
    for (const [kw, expected] of [
      [20, 20],
      [0, 50],
    ] as const) {
      const charge = new OutageCharge();
      const now = BEGIN + MINUTE;
      charge.give({ kind: "method", method: "DC", at: now, now }, { kind: "power", kw: 50, at: now, now });
      metered(charge, kw, now + 1000);
      const { powerKw } = charge.shown(now + 1000);
      assert.ok(Math.abs((powerKw ?? 0) - expected) < 3, `${kw}: ${powerKw}`);
    }
  });
});
