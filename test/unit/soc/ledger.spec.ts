import assert from "node:assert/strict";
import type { LearningDecision } from "../../../src/soc/estimate.js";
import type { Observation } from "../../../src/soc/observations/observation.js";
import type { SocSettings } from "../../../src/soc/settings.js";
import { BEGIN, SETTINGS, WatchedLedger } from "../../helpers/charging-world.js";

const MINUTE = 60_000;
const at = (minutes: number) => ({ at: BEGIN + minutes * MINUTE, now: BEGIN + minutes * MINUTE });
const soc = (value: number, minutes: number, source: "header" | "displayed" = "header"): Observation => ({
  kind: "soc",
  source,
  soc: value,
  ...at(minutes),
  pushed: true,
});
const status = (active: boolean, minutes: number): Observation => ({ kind: "status", active, ...at(minutes) });
const capacity: Observation = { kind: "capacity", source: "maxEnergy", kwh: 80, ...at(-60) };
const target: Observation = { kind: "target", soc: 60, ...at(-60) };
const power = (kw: number, minutes: number): Observation => ({ kind: "power", kw, ...at(minutes) });
const phases = (count: number, minutes: number): Observation => ({ kind: "phases", phases: count, ...at(minutes) });
const current = (amps: number, minutes: number): Observation[] => [
  { kind: "volts", volts: 230, ...at(minutes) },
  { kind: "amps", amps, ...at(minutes) },
];

/** The ledger with all that it works with, as the estimator of a car has them. */
class LedgerCar {
  parts = this.fresh();
  readonly decisions: LearningDecision[] = [];

  constructor(readonly settings: Partial<SocSettings> = {}) {
    this.tell(capacity, target);
  }

  fresh() {
    return new WatchedLedger(() => ({ ...SETTINGS, ...this.settings }));
  }

  get ledger() {
    return this.parts.ledger;
  }

  tell(...signals: Observation[]): this {
    for (const signal of signals) this.decisions.push(...this.parts.take(signal));
    return this;
  }

  /** A heartbeat every half minute. */
  wait(from: number, to: number): this {
    for (let minute = from + 0.5; minute <= to; minute += 0.5)
      this.decisions.push(...this.parts.tick(BEGIN + minute * MINUTE));
    return this;
  }

  /** Three phases of 16 A from `from` to `to` minutes, from 40 %, without the end. */
  charge(from: number, to: number): this {
    this.tell(soc(40, from - 1), status(true, from), phases(3, from), ...current(16, from));
    return this.wait(from, to);
  }

  restart(): void {
    const saved: unknown = JSON.parse(JSON.stringify(this.parts.save()));
    this.parts = this.fresh();
    this.parts.restore(saved);
  }

  get conditions() {
    return this.parts.efficiency.report();
  }

  get verdicts(): string[] {
    return this.decisions.map(({ reason }) => reason);
  }
  get learned(): number | null {
    return this.conditions[0]?.efficiency ?? null;
  }
}

/** Minutes of 10.74 kW net that 18 points of 80 kWh take at about 90 %. */
const LONG = 90;

describe("a charge that has ended", () => {
  it("is learned at once at the target, within two points", () => {
    const car = new LedgerCar().charge(0, LONG).tell(soc(58, LONG), status(false, LONG + 0.1));
    assert.deepEqual(car.verdicts, ["learned"]);
    assert.ok(Math.abs((car.learned ?? 0) - ((0.18 * 80) / (10.74 * LONG)) * 60) < 1e-9);
    const [decision] = car.decisions;
    assert.deepEqual([decision?.what, decision?.accepted, decision?.condition], ["ac", true, "3_250_16"]);
    assert.ok(Math.abs((decision?.socChange ?? 0) - 18) < 1e-9);
  });

  it("waits for the car's word if it ended elsewhere, and that has to be of after the end", () => {
    const car = new LedgerCar().charge(0, LONG).tell(soc(57, LONG), status(false, LONG + 0.1));
    assert.deepEqual(car.verdicts, []);
    car.tell({ ...soc(57, LONG), now: BEGIN + (LONG + 5) * MINUTE });
    assert.deepEqual(car.verdicts, []);
    car.tell(soc(58, LONG + 6));
    assert.deepEqual(car.verdicts, ["learned"]);
  });

  it("goes by BMW's time of the level, not by when it came: 15 minutes with alternating current", () => {
    const end = LONG + 0.1;
    const late = (minutes: number) =>
      new LedgerCar()
        .charge(0, LONG)
        .tell(status(false, end), { ...soc(58, end + minutes), now: BEGIN + (end + 20) * MINUTE }).verdicts;
    assert.deepEqual(late(15), ["learned"]);
    assert.deepEqual(late(15.1), ["unconfirmed"]);
  });

  it("of a level long ago does not count as ended at the target", () => {
    const car = new LedgerCar()
      .charge(0, LONG - 5)
      .tell(soc(60, LONG - 3))
      .wait(LONG - 3, LONG)
      .tell(status(false, LONG));
    assert.deepEqual(car.verdicts, []);
  });

  it("of direct current has to be confirmed within five minutes", () => {
    const end = (minutes: number) => {
      const car = new LedgerCar().tell({ kind: "method", method: "DC", ...at(-2) }, soc(10, -1), status(true, 0));
      for (const minute of [0, 5, 10, 15, 20, 25, 30]) car.tell(power(80, minute));
      return car.tell(status(false, 30), soc(55, 30 + minutes)).verdicts;
    };
    assert.deepEqual([end(5), end(5.1)], [["learned"], ["unconfirmed"]]);
  });

  it("is given up when nothing confirms it", () => {
    const car = new LedgerCar()
      .charge(0, LONG)
      .tell(status(false, LONG))
      .wait(LONG, LONG + 30);
    assert.deepEqual(car.verdicts, ["unconfirmed"]);
  });

  it("takes the target of the end, not that of the start", () => {
    const car = new LedgerCar().charge(0, LONG).tell({ ...target, soc: 80, ...at(50) });
    car.tell(soc(60, LONG), status(false, LONG + 0.1));
    assert.deepEqual(car.verdicts, []);
  });

  it("is confirmed by the displayed level of a car that has no header", () => {
    const car = new LedgerCar().tell(soc(40, -1, "displayed"), status(true, 0), power(11.04, 0)).wait(0, LONG);
    car.tell(status(false, LONG + 0.1), soc(57.5, LONG + 1, "displayed"));
    assert.deepEqual(car.verdicts, ["learned"]);
    assert.equal(car.conditions[0]?.key, "1_250_16");
    const other = new LedgerCar()
      .charge(0, LONG)
      .tell(soc(50, LONG - 1), status(false, LONG), soc(57, LONG + 1, "displayed"));
    assert.deepEqual(other.verdicts, []);
  });

  it("teaches nothing outside of the bounds, and says which", () => {
    const end = (level: number, least = 0.82) => {
      const car = new LedgerCar({ minEfficiency: least })
        .charge(0, LONG)
        .tell(status(false, LONG), soc(level, LONG + 1));
      return [car.verdicts, car.learned === null] as const;
    };
    assert.deepEqual(end(44.9), [["smallGain"], true]);
    assert.deepEqual(end(56), [["belowBounds"], true]);
    assert.deepEqual(end(56, 0.4), [["learned"], false]);
    assert.deepEqual(end(62.5), [["aboveBounds"], true]);
  });

  it("teaches nothing if its power was unknown for more than a tenth of its time", () => {
    const car = new LedgerCar();
    car.tell({ kind: "method", method: "DC", ...at(-2) }, soc(10, -1), status(true, 0));
    for (const minute of [0, 5, 10, 24, 29, 34]) car.tell(power(80, minute));
    car.tell(status(false, 35), soc(60, 35.5));
    assert.deepEqual(car.verdicts, ["powerGaps"]);
    assert.equal(car.learned, null);
  });

  for (const late of [0.5, 3, 9])
    it(`teaches the same where its power was told ${late} minutes after its start`, () => {
      const car = new LedgerCar().tell(soc(40, -1), status(true, 0), phases(3, 0)).wait(0, late);
      car.tell(...current(16, late)).wait(late, LONG);
      const end = [status(false, LONG), soc(58, LONG + 0.1)];
      car.tell(...end);
      const punctual = new LedgerCar().charge(0, LONG).tell(...end);
      const [learned, expected] = [car, punctual].map(({ decisions }) => decisions.at(-1)?.value ?? 0);
      assert.equal(car.decisions.at(-1)?.reason, "learned");
      assert.ok(Math.abs(learned! - expected!) < 0.006 * expected!, `${learned}, ${expected}`);
    });

  it("teaches nothing if it was interrupted by a restart, but goes on", () => {
    const car = new LedgerCar().charge(0, 50);
    car.restart();
    assert.ok((car.ledger.session?.energyKwh ?? 0) > 8.9);
    car.wait(50, LONG).tell(soc(58, LONG), status(false, LONG + 0.1));
    assert.deepEqual([car.verdicts, car.learned], [["restored"], null]);
  });

  it("that still waited at a restart can be confirmed", () => {
    const car = new LedgerCar().charge(0, LONG).tell(status(false, LONG));
    car.restart();
    assert.deepEqual(car.tell(soc(58, LONG + 5)).verdicts, ["learned"]);
  });

  it("counts no energy after its end, if that becomes known late", () => {
    const car = new LedgerCar().charge(0, LONG + 12);
    car.tell({ ...status(false, LONG), now: BEGIN + (LONG + 12) * MINUTE }, soc(58, LONG + 13));
    assert.ok(Math.abs((car.learned ?? 0) - ((0.18 * 80) / (10.74 * LONG)) * 60) < 1e-6);
  });

  it("is not spoilt by the count of one phase that the car writes at its end", () => {
    const car = new LedgerCar().charge(0, LONG).tell(phases(1, LONG), status(false, LONG + 0.1), soc(58, LONG + 1));
    assert.deepEqual([car.verdicts, car.conditions[0]?.key], [["learned"], "3_250_16"]);
  });

  it("counts nothing that the car draws at its target for its climate and its cells", () => {
    const atTarget = () => new LedgerCar().charge(0, LONG + 10).tell(soc(60, LONG + 10));
    const prompt = atTarget().tell(status(false, LONG + 11)).learned ?? 0;
    const car = atTarget()
      .tell(...current(3, LONG + 11))
      .wait(LONG + 11, LONG + 180);
    assert.ok(Math.abs((car.ledger.session?.energyKwh ?? 0) - (10.74 * (LONG + 10)) / 60) < 0.2);
    car.tell(status(false, LONG + 180), soc(60, LONG + 181));
    assert.ok(Math.abs((car.learned ?? 0) / prompt - 1) < 0.01, String(car.learned));
  });

  it("counts on where the target is raised", () => {
    const car = new LedgerCar()
      .charge(0, LONG)
      .tell(soc(60, LONG))
      .wait(LONG, LONG + 30);
    const before = car.ledger.session?.energyKwh ?? 0;
    car.tell({ ...target, soc: 80, ...at(LONG + 30) }).wait(LONG + 30, LONG + 60);
    assert.ok(Math.abs((car.ledger.session?.energyKwh ?? 0) - before - 10.74 / 2) < 0.1);
  });

  it("is not confirmed by a level of the next charge", () => {
    const car = new LedgerCar().charge(0, LONG).tell(status(false, LONG), status(true, LONG + 1), soc(58, LONG + 4));
    assert.deepEqual(car.verdicts, ["unconfirmed"]);
  });
});

describe("a charge that runs", () => {
  it("is what the car tells of it", () => {
    const { session } = new LedgerCar().charge(0, 10).ledger;
    const { method, powerKw, powerSource, phases: count, phasesSource, startSoc, volts, amps } = session ?? {};
    assert.deepEqual(
      {
        method,
        powerKw: Math.round((powerKw ?? 0) * 1e6) / 1e6,
        powerSource,
        count,
        phasesSource,
        startSoc,
        volts,
        amps,
      },
      {
        ...{ method: "AC", powerKw: 11.04, powerSource: "acProduct", count: 3, phasesSource: "reported", startSoc: 40 },
        ...{ volts: 230, amps: 16 },
      },
    );
    assert.ok(Math.abs((session?.energyKwh ?? 0) - 10.74 / 6) < 1e-9);
  });

  it("believes a count of phases from ten seconds before its start, but not one of one phase", () => {
    const source = (count: number, seconds: number) =>
      new LedgerCar().tell(soc(40, -1), phases(count, -seconds / 60), status(true, 0)).ledger.session?.phasesSource;
    assert.deepEqual([source(3, 10), source(3, 11), source(1, 10)], ["reported", "carried", "assumed"]);
  });

  it("begins at the fraction that was reckoned, while the car says about the same", () => {
    const start = (level: number) => {
      const car = new LedgerCar().charge(0, 10).tell(status(false, 10), soc(level, 12), status(true, 20));
      return car.ledger.session?.startSoc ?? 0;
    };
    assert.ok(Math.abs(start(42) - 42.01375) < 0.3 && !Number.isInteger(start(42)), String(start(42)));
    assert.equal(start(41), 41);
  });

  it("begins late if level or capacity come late", () => {
    const car = new LedgerCar().tell(status(true, 0));
    assert.equal(car.ledger.session, null);
    assert.equal(car.tell(soc(40, 2)).ledger.session?.startSoc, 40);
  });

  it("of a car that tells only its power goes by that, also when it falls to nothing", () => {
    const car = new LedgerCar().tell(soc(40, -1), status(true, 0), power(7.2, 0)).wait(0, 10);
    assert.equal(car.ledger.session?.powerKw, 7.2);
    assert.equal(car.ledger.session?.powerSource, "bmw");
    const before = car.tell(power(0, 10)).ledger.session?.energyKwh;
    assert.equal(car.wait(10, 60).ledger.session?.energyKwh, before);
  });

  it("stands still without a current", () => {
    const car = new LedgerCar().charge(0, 10).tell(...current(0, 10));
    const before = car.ledger.session?.energyKwh;
    assert.equal(car.wait(10, 60).ledger.session?.energyKwh, before);
  });

  it("in many short stretches teaches nothing wrong, and says little", () => {
    const car = new LedgerCar().tell(soc(40, -1));
    for (let minute = 0; minute < 120; minute += 3) {
      car.tell(status(true, minute), phases(3, minute), ...current(16, minute)).wait(minute, minute + 2.5);
      car.tell(status(false, minute + 2.5), soc(40 + Math.floor(minute / 6), minute + 2.6));
    }
    assert.deepEqual([car.verdicts, car.learned], [[], null]);
  });

  it("survives a flicker of the status just after its end", () => {
    const car = new LedgerCar()
      .charge(0, LONG)
      .tell(status(false, LONG), status(true, LONG + 1), status(false, LONG + 1.2));
    const late = { ...soc(58, LONG + 0.5), now: BEGIN + (LONG + 3) * MINUTE } as Observation;
    assert.deepEqual(car.tell(late).verdicts, ["learned"]);
  });
});

describe("a loss that no power changes", () => {
  const SIZE = 80;
  /** Charges of 20 points by a meter that tells `offset` kW too much, of which 92 % arrive. */
  const charged = (powers: readonly number[], offset: number) => {
    const car = new LedgerCar({ minEfficiency: 0.4 });
    let minute = 0;
    for (const kw of powers) {
      const minutes = Math.round(((0.2 * SIZE) / (kw * 0.92)) * 60);
      car.tell(soc(40, minute - 1), status(true, minute));
      for (let passed = 0; passed <= minutes; passed++)
        car.tell({ kind: "meter", kw: kw + offset, auxKw: 0, now: BEGIN + (minute + passed) * MINUTE });
      minute += minutes;
      car.tell(soc(60, minute), status(false, minute + 0.1)).wait(minute, minute + 30);
      minute += 600;
    }
    return car;
  };
  const MIXED = [2, 11, 3.5, 7, 2, 11, 5, 2.5];

  it("is told from the efficiency by charges of different powers", () => {
    const [loss, ...others] = charged(MIXED, 0.4).parts.efficiency.losses.report();
    assert.deepEqual([loss?.source, loss?.samples, others], ["meter", MIXED.length, []]);
    assert.ok(Math.abs((loss?.lossKw ?? 0) - 0.4) < 0.06, JSON.stringify(loss));
    assert.ok(Math.abs((loss?.efficiency ?? 0) - 0.92) < 0.012, JSON.stringify(loss));
  });

  it("may be negative: a meter that tells too little", () => {
    const [loss] = charged(MIXED, -0.3).parts.efficiency.losses.report();
    assert.ok(Math.abs((loss?.lossKw ?? 0) + 0.3) < 0.06, JSON.stringify(loss));
  });

  it("is not told from charges of one power, which tell both together only", () => {
    assert.deepEqual(charged(Array<number>(12).fill(7), 0.4).parts.efficiency.losses.report(), []);
  });

  it("outlives a restart, and is forgotten with what charges of alternating current taught", () => {
    const car = charged(MIXED, 0.4);
    const before = car.parts.efficiency.losses.report();
    car.restart();
    assert.deepEqual(car.parts.efficiency.losses.report(), before);
    car.parts.efficiency.losses.restore({
      meter: { energy: 1, hours: 1, both: -9, storedByEnergy: 0, storedByHours: 0, samples: 99 },
      car: "x",
    });
    assert.deepEqual(car.parts.efficiency.losses.report(), before);
    car.parts.efficiency.reset("ac");
    assert.deepEqual(car.parts.efficiency.losses.report(), []);
  });
});
