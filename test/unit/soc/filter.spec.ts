import assert from "node:assert/strict";
import fc from "fast-check";
import type { Observation } from "../../../src/soc/observations/observation.js";
import { MOST_AUX_KW, MOST_KW } from "../../../src/soc/settings.js";
import {
  BEGIN,
  charged,
  filterFor,
  HOME,
  chargingMeanError,
  type EstimateSample,
  type ChargingWorld,
} from "../../helpers/charging-world.js";
import { evenly, runs } from "../../helpers/random.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const world = (other: Partial<ChargingWorld>): ChargingWorld => ({ ...HOME, ...other });
/** To the target again and again, from levels that are nowhere near whole percents. */
const NIGHTS = [22, 35.3, 14.7, 51.2, 8.4, 41.9, 30.6, 18.5].map((from) => ({ from }));
const learned = (runs: readonly EstimateSample[][]) => runs.slice(5).flat();
const inBand = (looks: readonly EstimateSample[]) =>
  looks.filter(({ truth, band90: [low, high] }) => truth >= low && truth <= high).length / looks.length;
const soc = (value: number, at: number, more: Partial<Extract<Observation, { kind: "soc" }>> = {}): Observation => ({
  kind: "soc",
  source: "header",
  soc: value,
  at,
  now: at,
  pushed: true,
  ...more,
});
const active = (at: number, on = true): Observation => ({ kind: "status", active: on, at, now: at });

/** At 50 %, with 11 kW since `BEGIN`. */
const START: readonly Observation[] = [
  soc(50, BEGIN - HOUR),
  { kind: "target", soc: 80, at: BEGIN, now: BEGIN },
  { kind: "method", method: "AC", at: BEGIN, now: BEGIN },
  active(BEGIN),
  { kind: "phases", phases: 3, at: BEGIN + 10_000, now: BEGIN + 10_000 },
  { kind: "volts", volts: 230, at: BEGIN + 10_000, now: BEGIN + 10_000 },
  { kind: "amps", amps: 16, at: BEGIN + 10_000, now: BEGIN + 10_000 },
];

function charging(settings: Parameters<typeof filterFor>[0] = {}) {
  const filter = filterFor({ capacityKwh: 80, ...settings });
  for (const signal of START) filter.take(signal);
  return filter;
}

/** As the desk of the estimates does while a car charges. */
const watch = (filter: ReturnType<typeof filterFor>, from: number, to: number) => {
  for (let now = from; now <= to; now += MINUTE) filter.tick(now);
};

const shown = (filter: ReturnType<typeof filterFor>, at: number) => {
  const estimate = filter.estimate(at);
  assert.ok(estimate);
  return estimate;
};

describe("charging filter", () => {
  describe("in a simulated world", () => {
    it("learns whether a car cuts off or rounds, from charges that end at their target", () => {
      for (const floors of [true, false]) {
        const looks = learned(charged({ world: world({ floors }), charges: NIGHTS }));
        assert.ok(chargingMeanError(looks) < 0.1, `${floors}: ${chargingMeanError(looks)}`);
      }
    });

    it("is not led astray by amps that are told too high and a wrong capacity", () => {
      const looks = learned(charged({ world: world({ overstated: 0.06, toldCapacityKwh: 78 }), charges: NIGHTS }));
      assert.ok(chargingMeanError(looks) < 0.1, String(chargingMeanError(looks)));
    });

    it("takes tenths of a percent at their word", () => {
      const looks = charged({ world: world({ step: 0.1, source: "displayed" }), charges: NIGHTS }).flat();
      assert.ok(chargingMeanError(looks) < 0.1, String(chargingMeanError(looks)));
    });

    for (const [phases, kw] of [
      [1, 3.68],
      [2, 7.36],
      [3, 11],
    ] as const)
      it(`finds out that ${phases} of three phases charge when nobody tells`, () => {
        const runs = charged({
          world: world({ telemetry: "amps", phases: () => phases, kw: () => kw }),
          charges: NIGHTS,
        });
        for (const looks of runs) assert.equal(looks.at(-1)?.phases, phases);
        assert.ok(chargingMeanError(learned(runs)) < 0.15, String(chargingMeanError(learned(runs))));
      });

    it("needs no telemetry of the power, also at powers that it has not met before", () => {
      for (const kw of [2.2, 5.5, 11]) {
        const looks = learned(charged({ world: world({ telemetry: "none", kw: () => kw }), charges: NIGHTS }));
        assert.ok(chargingMeanError(looks) < 0.15, `${kw} kW: ${chargingMeanError(looks)}`);
      }
    });

    it("follows the user's meter before the car's own power", () => {
      const looks = learned(charged({ world: world({ telemetry: "meter", telemetryMinutes: 1 }), charges: NIGHTS }));
      assert.ok(chargingMeanError(looks) < 0.1, String(chargingMeanError(looks)));
    });

    it("puts up with lost and late messages", () => {
      const looks = charged({ world: world({ lost: 0.3, delaySeconds: 400 }), charges: NIGHTS }).flat();
      assert.ok(chargingMeanError(looks) < 0.4, String(chargingMeanError(looks)));
    });

    it("stays right over many short charges, whose parts of a percent add up", () => {
      const gained = (((11 - 0.3) * 0.9) / 80) * (100 / 15);
      const charges = Array.from({ length: 70 }, (_, index) => ({ from: 20 + index * gained, minutes: 4 }));
      const looks = charged({ world: HOME, charges, pauseMinutes: 6 }).flat();
      assert.ok(Math.max(...looks.map((sample) => Math.abs(sample.soc - sample.truth))) < 1);
      assert.ok(inBand(looks) > 0.85);
    });

    it("learns a curve of fast charging that is not the usual one", () => {
      const curves = [(level: number) => (level < 75 ? 145 : 145 - (level - 75) * 4), () => 48];
      for (const kw of curves) {
        const sparse = { telemetryMinutes: 12, sampleMinutes: 15, efficiency: 0.95 };
        const fast = world({ method: "DC", telemetry: "power", kw, ...sparse });
        const looks = learned(charged({ world: fast, charges: [...NIGHTS, ...NIGHTS] }));
        assert.ok(chargingMeanError(looks) < 2, String(chargingMeanError(looks)));
        assert.ok(inBand(looks) > 0.85, String(inBand(looks)));
      }
    });

    it("tells honestly how far it may be off where nothing tells of a fast charge but rare levels", () => {
      const fast = world({ method: "DC", telemetry: "none", sampleMinutes: 10, kw: () => 110, efficiency: 0.95 });
      assert.ok(inBand(learned(charged({ world: fast, charges: NIGHTS }))) > 0.85);
    });
  });

  it("counts what flows from the start, with the load beside the battery left out", () => {
    const filter = charging({ auxKw: 1.04 });
    const hour = shown(filter, BEGIN + HOUR).soc - shown(filter, BEGIN + 1000).soc;
    assert.ok(Math.abs(hour - (10 * 0.9 * 100) / 80) < 0.2, String(hour));
  });

  it("never falls while an electric car charges, but lets a hybrid correct its level", () => {
    const [bev, phev] = [charging({ driveType: "bev" }), charging({ driveType: "phev" })];
    const at = BEGIN + HOUR;
    for (const filter of [bev, phev]) watch(filter, BEGIN, at);
    const before = shown(bev, at).soc;
    for (const filter of [bev, phev]) filter.take(soc(Math.floor(before), at, { pushed: false }));
    assert.ok(shown(bev, at).soc >= before - 1e-9);
    // More than a point is no question of rounding.
    for (const filter of [bev, phev]) filter.take(soc(55, at + 1, { now: at + 1, pushed: false }));
    for (const filter of [bev, phev]) assert.ok(shown(filter, at + 1).soc < 57);
  });

  it("lets a value of the car that is higher win", () => {
    const filter = charging();
    filter.take(soc(70, BEGIN + MINUTE, { pushed: false }));
    assert.ok(shown(filter, BEGIN + MINUTE).soc >= 69.5);
  });

  it("does not go beyond the target, unless the car does", () => {
    const filter = charging();
    assert.equal(shown(filter, BEGIN + 10 * HOUR).soc, 80);
    filter.take(soc(82, BEGIN + 10 * HOUR));
    assert.ok(shown(filter, BEGIN + 10 * HOUR).soc > 80);
  });

  it("takes nothing that flows at the target for charged, and learns nothing of it", () => {
    const end = BEGIN + 4 * HOUR;
    const filter = charging();
    for (let at = BEGIN + MINUTE, level = 50; at < end; at += MINUTE) {
      filter.tick(at);
      const told = 50 + Math.floor((((at - BEGIN) / HOUR) * 10.74 * 0.9 * 100) / 80);
      if (told > level && level < 80) filter.take(soc((level = told), at));
    }
    const prompt = shown(filter, BEGIN + 2.6 * HOUR).efficiency ?? 0;
    filter.take({ kind: "amps", amps: 5, at: end, now: end });
    watch(filter, end, end + 8 * HOUR);
    filter.take(active(end + 8 * HOUR, false));
    const left = shown(filter, end + 8 * HOUR);
    assert.ok(Math.abs(left.soc - 80) < 0.3, String(left.soc));
    const again = end + 9 * HOUR;
    for (const signal of START.slice(3)) filter.take({ ...signal, at: again, now: again } as Observation);
    const later = shown(filter, again).efficiency ?? 0;
    assert.ok(Math.abs(later - prompt) < 0.01, `${prompt} ${later}`);
  });

  it("follows a target that is changed during the charge", () => {
    const filter = charging();
    const at = BEGIN + MINUTE;
    filter.take({ kind: "target", soc: 60, at, now: at });
    assert.equal(shown(filter, BEGIN + 10 * HOUR).soc, 60);
  });

  it("says how long it takes to the target", () => {
    const minutes = shown(charging(), BEGIN + MINUTE).minutesToTarget;
    assert.ok(minutes !== null && Math.abs(minutes - 140) < 15, String(minutes));
  });

  it("leaves out a level from before the charge", () => {
    const filter = charging();
    filter.tick(BEGIN + HOUR);
    const before = shown(filter, BEGIN + HOUR);
    filter.take(soc(90, BEGIN - MINUTE, { now: BEGIN + HOUR }));
    assert.deepEqual(shown(filter, BEGIN + HOUR), before);
  });

  it("is not stopped by a clock that runs ahead", () => {
    const filter = charging();
    filter.take({ kind: "amps", amps: 16, at: BEGIN + 1000 * HOUR, now: BEGIN + MINUTE });
    filter.take({ kind: "amps", amps: 8, at: BEGIN + 2 * MINUTE, now: BEGIN + 2 * MINUTE });
    assert.ok(Math.abs((shown(filter, BEGIN + 3 * MINUTE).powerKw ?? 0) - 5.52) < 0.1);
  });

  it("puts a late value where it belongs", () => {
    const [inTime, late] = [charging(), charging()];
    const at = BEGIN + 20 * MINUTE;
    for (const filter of [inTime, late]) watch(filter, BEGIN, at);
    inTime.take(soc(54, at));
    inTime.tick(at + 5 * MINUTE);
    late.tick(at + 5 * MINUTE);
    late.take(soc(54, at, { now: at + 5 * MINUTE }));
    const [one, other] = [inTime, late].map((filter) => shown(filter, at + 6 * MINUTE));
    assert.ok(Math.abs((one?.sigma ?? 0) - (other?.sigma ?? 1)) < 0.05);
    assert.ok(Math.abs((one?.soc ?? 0) - (other?.soc ?? 99)) < 0.3);
  });

  it("believes the car's own forecast a little where nothing tells of power", () => {
    const blind = (minutes: number) => {
      const filter = filterFor({ capacityKwh: 80 });
      const at = BEGIN + MINUTE;
      for (const signal of [soc(50, BEGIN - HOUR), active(BEGIN)]) filter.take(signal);
      filter.take({ kind: "minutesLeft", minutes, at, now: at });
      return shown(filter, BEGIN + HOUR).soc;
    };
    assert.ok(blind(230) > blind(1200) + 5);
  });

  it("shows the same whether or not anybody looked meanwhile", () => {
    const [watched, alone] = [charging(), charging()];
    for (let minute = 1; minute < 120; minute++) watched.tick(BEGIN + minute * MINUTE);
    const [one, other] = [watched, alone].map((filter) => shown(filter, BEGIN + 2 * HOUR));
    assert.ok(Math.abs((one?.soc ?? 0) - (other?.soc ?? 99)) < 0.01);
    assert.ok(Math.abs((one?.sigma ?? 0) - (other?.sigma ?? 99)) < 0.01);
  });

  it("goes on after the charge with what it had, and grows less certain", () => {
    const filter = charging();
    const end = BEGIN + 30 * MINUTE;
    watch(filter, BEGIN, end);
    filter.take(active(end, false));
    const after = shown(filter, end);
    assert.ok(Math.abs(after.soc - 56) < 1, String(after.soc));
    assert.equal(after.powerKw, null);
    const later = shown(filter, end + 24 * HOUR);
    assert.equal(later.soc, after.soc);
    assert.ok(later.sigma > after.sigma + 0.3);
  });

  it("begins anew where the first level of a charge shows that the car has driven since the one before", () => {
    const filter = charging();
    filter.tick(BEGIN + 5 * MINUTE);
    filter.take(soc(31, BEGIN + 5 * MINUTE));
    const { soc: level } = shown(filter, BEGIN + 5 * MINUTE);
    assert.ok(level >= 30.5 && level <= 32, String(level));
  });

  it("keeps after a charge what it had, while the car's values are older or agree", () => {
    const filter = charging();
    watch(filter, BEGIN, BEGIN + 28 * MINUTE);
    filter.take(soc(55, BEGIN + 28 * MINUTE));
    filter.take(active(BEGIN + 30 * MINUTE, false));
    const { soc: level } = shown(filter, BEGIN + 30 * MINUTE);
    filter.take(soc(50, BEGIN - MINUTE, { now: BEGIN + 40 * MINUTE }));
    filter.take(soc(54, BEGIN + 20 * MINUTE, { now: BEGIN + 40 * MINUTE }));
    assert.equal(shown(filter, BEGIN + 40 * MINUTE).soc, level);
    filter.take(soc(Math.round(level), BEGIN + 45 * MINUTE));
    assert.ok(Math.abs(shown(filter, BEGIN + 45 * MINUTE).soc - level) < 0.25);
    filter.take(soc(58, BEGIN + 50 * MINUTE));
    assert.ok(shown(filter, BEGIN + 50 * MINUTE).soc >= 57.5);
  });

  it("adopts a lower level once the car has driven", () => {
    const filter = charging();
    filter.take(active(BEGIN + 30 * MINUTE, false));
    filter.take(soc(41, BEGIN + 5 * HOUR));
    const { soc: level } = shown(filter, BEGIN + 5 * HOUR);
    assert.ok(level >= 40.5 && level <= 42, String(level));
  });

  it("knows nothing before the first level, and begins with it in the middle of a charge", () => {
    const filter = filterFor({ capacityKwh: 80 });
    filter.take(active(BEGIN));
    assert.equal(filter.estimate(BEGIN), null);
    filter.take(soc(33, BEGIN + MINUTE));
    assert.ok(filter.active);
    assert.ok(shown(filter, BEGIN + HOUR).soc > 33.5);
  });

  it("goes on after a restart in the middle of a charge as if nothing had been", () => {
    const filter = charging();
    filter.take(soc(54, BEGIN + 20 * MINUTE));
    const loaded = filterFor({ capacityKwh: 80 });
    loaded.restore(JSON.parse(JSON.stringify(filter.save())));
    for (const one of [filter, loaded]) one.take(soc(57, BEGIN + 40 * MINUTE));
    const [was, is] = [filter, loaded].map((one) => shown(one, BEGIN + HOUR));
    assert.ok(Math.abs((was?.soc ?? 0) - (is?.soc ?? 99)) < 1e-6);
    assert.ok(Math.abs((was?.sigma ?? 0) - (is?.sigma ?? 99)) < 1e-6);
  });

  it("changes nothing by being asked", () => {
    const filter = charging();
    const before = JSON.stringify(filter.save());
    const first = filter.estimate(BEGIN + 3 * HOUR);
    filter.estimate(BEGIN + 9 * HOUR);
    assert.deepEqual(filter.estimate(BEGIN + 3 * HOUR), first);
    assert.equal(JSON.stringify(filter.save()), before);
  });

  it("begins with the efficiency that users see", () => {
    const hour = (value: number) => {
      const filter = filterFor({ capacityKwh: 80 });
      for (let charge = 0; charge < 4; charge++) filter.learned.learnMeasured("3_250_16", value);
      for (const signal of START) filter.take(signal);
      return shown(filter, BEGIN + HOUR).soc;
    };
    assert.ok(Math.abs(hour(0.95) - hour(0.85) - ((10.74 * 100) / 80) * 0.1) < 0.05);
  });

  describe("whatever comes in", () => {
    const odd = fc.oneof(
      fc.constantFrom(0, -1, 100, 101, 1e9, -1e9, NaN, Infinity, -Infinity, 1e308, 5e-324),
      evenly(0, 100),
    );
    const time = fc.oneof(
      fc.integer({ min: -60, max: 3000 }).map((minutes) => BEGIN + minutes * MINUTE),
      fc.constantFrom(0, NaN, Infinity, -1, 4e12),
    );
    // The estimator lets no other power of a meter through.
    const metered = odd.filter((kw) => Math.abs(kw) <= MOST_KW);
    const beside = fc.oneof(fc.constantFrom(0, 5e-324, MOST_AUX_KW), evenly(0, MOST_AUX_KW));
    const flag = fc.boolean();
    const source = fc.constantFrom("header" as const, "displayed" as const, "level" as const, "tripEnd" as const);
    const method = fc.constantFrom("AC" as const, "DC" as const);
    const signal: fc.Arbitrary<Observation> = fc.oneof(
      fc.record({ kind: fc.constant("soc" as const), source, soc: odd, at: time, now: time, pushed: flag }),
      fc.record({ kind: fc.constant("status" as const), active: flag, at: time, now: time }),
      fc.record({ kind: fc.constant("method" as const), method, at: time, now: time }),
      fc.record({ kind: fc.constant("power" as const), kw: odd, at: time, now: time }),
      fc.record({ kind: fc.constant("meter" as const), kw: metered, auxKw: beside, now: time }),
      fc.record({ kind: fc.constant("volts" as const), volts: odd, at: time, now: time }),
      fc.record({ kind: fc.constant("amps" as const), amps: odd, at: time, now: time }),
      fc.record({ kind: fc.constant("phases" as const), phases: fc.option(odd), at: time, now: time }),
      fc.record({ kind: fc.constant("target" as const), soc: odd, at: time, now: time }),
      fc.record({ kind: fc.constant("minutesLeft" as const), minutes: odd, at: time, now: time }),
      fc.record({
        kind: fc.constant("capacity" as const),
        source: fc.constant("maxEnergy" as const),
        kwh: odd,
        at: time,
        now: time,
      }),
    );
    const isSound = (filter: ReturnType<typeof filterFor>, at: number) => {
      const estimate = filter.estimate(at);
      if (estimate === null) return;
      const { soc: level, sigma, band90, powerKw, efficiency, minutesToTarget } = estimate;
      const all = [level, sigma, ...band90, powerKw ?? 0, efficiency ?? 0, minutesToTarget ?? 0];
      assert.ok(all.every(Number.isFinite), JSON.stringify(estimate));
      assert.ok(level >= 0 && level <= 100 && band90[0] >= 0 && band90[1] <= 100);
      assert.ok(band90[0] <= level && level <= band90[1] && sigma >= 0);
    };

    it("shows numbers of 0 to 100 within their band, and saves what it can load", () => {
      fc.assert(
        fc.property(fc.array(signal, { maxLength: 60 }), (signals) => {
          const filter = filterFor();
          for (const one of signals) {
            filter.take(one);
            isSound(filter, one.now);
          }
          const saved = JSON.stringify(filter.save());
          assert.ok(!saved.includes("null,null"));
          const loaded = filterFor();
          loaded.restore(JSON.parse(saved));
          isSound(loaded, BEGIN + HOUR);
        }),
        { numRuns: runs(500) },
      );
    });

    it("never falls while an electric car charges, unless the car says that it is more than a point lower", () => {
      const ordinary = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 9 })));
      fc.assert(
        fc.property(ordinary, (levels) => {
          const filter = charging();
          filter.take(soc(50, BEGIN + 30_000));
          let at = BEGIN + MINUTE;
          let highest = 0;
          for (const [level, minutes] of levels) {
            at += minutes * MINUTE;
            highest = Math.max(highest, shown(filter, at).soc);
            filter.take(soc(level, at));
            if (level < highest - 1) highest = shown(filter, at).soc;
            assert.ok(shown(filter, at).soc >= highest - 1e-9);
          }
        }),
      );
    });

    it("loads anything without harm", () => {
      const saved = charging().save();
      fc.assert(
        fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(saved)), (value, member) => {
          for (const one of [value, { ...saved, [member]: value }]) {
            const filter = filterFor();
            filter.restore(one);
            filter.take(soc(50, BEGIN + 2 * HOUR));
            isSound(filter, BEGIN + 3 * HOUR);
          }
        }),
      );
    });
  });
});
