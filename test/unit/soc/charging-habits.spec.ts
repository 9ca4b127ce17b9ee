import assert from "node:assert/strict";
import { ChargeTaper, taperShare } from "../../../src/soc/charging/taper.js";
import type { Observation } from "../../../src/soc/observations/observation.js";
import { BEGIN, charged, chargingMeanError, filterFor, HOME } from "../../helpers/charging-world.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NIGHTS = [22, 35.3, 14.7, 51.2, 8.4, 41.9, 30.6, 18.5].map((from) => ({ from }));
/** What 11 kW on three phases bring to 80 kWh at 90 %. */
const PP_PER_HOUR = ((11.04 - 0.3) * 0.9 * 100) / 80;

type Filter = ReturnType<typeof filterFor>;
const level = (soc: number, at: number): Observation => ({
  kind: "soc",
  source: "header",
  soc,
  at,
  now: at,
  pushed: true,
});
const active = (at: number, on = true): Observation => ({ kind: "status", active: on, at, now: at });
const give = (filter: Filter, now: number, ...observations: Observation[]) => {
  filter.tick(now);
  for (const observation of observations) filter.take(observation);
};
const shown = (filter: Filter, at: number) => {
  const estimate = filter.estimate(at);
  assert.ok(estimate);
  return estimate;
};

/** A charge that tells each step when it is passed; returns when the last was told, and the errors on the way. */
function charge(
  filter: Filter,
  {
    from,
    to,
    at,
    show = Math.floor,
    isTold = true,
    target = 80,
  }: {
    readonly from: number;
    readonly to: number;
    readonly at: number;
    readonly show?: (soc: number) => number;
    readonly isTold?: boolean;
    readonly target?: number | null;
  },
) {
  give(filter, at, { kind: "method", method: "AC", at, now: at }, active(at));
  if (target !== null) give(filter, at, { kind: "target", soc: target, at, now: at });
  if (isTold)
    give(
      filter,
      at + SECOND,
      { kind: "phases", phases: 3, at: at + SECOND, now: at + SECOND },
      { kind: "volts", volts: 230, at: at + SECOND, now: at + SECOND },
      { kind: "amps", amps: 16, at: at + SECOND, now: at + SECOND },
    );
  give(filter, at + SECOND, level(show(from), at));
  const errors: number[] = [];
  let last = show(from);
  let now = at + SECOND;
  for (; from + (PP_PER_HOUR * (now - at)) / HOUR < to; now += 10 * SECOND) {
    const truth = from + (PP_PER_HOUR * (now - at)) / HOUR;
    if (show(truth) !== last) give(filter, now, level((last = show(truth)), now));
    else filter.tick(now);
    errors.push(Math.abs(shown(filter, now).soc - truth));
  }
  return { end: now, error: errors.reduce((sum, one) => sum + one, 0) / errors.length };
}

function ended(filter: Filter, at: number, soc: number): void {
  give(filter, at, active(at, false), level(soc, at));
  filter.tick(at + 20 * MINUTE);
}

/** Charges so often from one level to another. */
function charges(filter: Filter, times: number, about: Omit<Parameters<typeof charge>[1], "at">, day = 0): number {
  let error = 0;
  for (let count = 0; count < times; count++) {
    const at = BEGIN + (day + count) * 24 * HOUR;
    const result = charge(filter, { ...about, at });
    error = result.error;
    ended(filter, result.end, (about.show ?? Math.floor)(about.to));
  }
  return error;
}

describe("habits of cars that charge", () => {
  for (const [name, show] of [
    ["cuts off", Math.floor],
    ["rounds", Math.round],
    ["takes the next", Math.ceil],
  ] as const)
    it(`finds out that a car ${name}`, () => {
      const filter = filterFor({ capacityKwh: 80 });
      const error = charges(filter, 7, { from: 40.3, to: 80, show });
      assert.ok(error < 0.2, String(error));
    });

  it("takes a step that is left out for a lost message of a car that tells each", () => {
    const world = { ...HOME, lost: 0.4, delaySeconds: 0, telemetryMinutes: 20 };
    const error = chargingMeanError(charged({ world, charges: NIGHTS }).slice(4).flat());
    assert.ok(error < 0.2, String(error));
  });

  it("takes the level of a car that is looked at every half an hour for a sample", () => {
    const world = { ...HOME, sampleMinutes: 30 };
    const error = chargingMeanError(charged({ world, charges: NIGHTS }).slice(4).flat());
    assert.ok(error < 0.35, String(error));
  });

  it("tells by the course of the last percents where the power tapers and how the car rounds", () => {
    const taper = new ChargeTaper();
    const took = (from: number, to: number) => {
      let hours = 0;
      for (let soc = from + 0.005; soc < to; soc += 0.01) hours += 0.01 / (10 * taperShare(soc, 3));
      return hours;
    };
    const sums = [0, 0, 0];
    for (let count = 0; count < 4; count++)
      for (let soc = 96; soc < 100; soc++)
        taper
          .take(soc, soc + 1, took(soc, soc + 1), 10)
          .forEach((log, index) => (sums[index] = (sums[index] ?? 0) + log));
    assert.ok(Math.abs(taper.width("floor") - 3) < 0.5, String(taper.width("floor")));
    const [floor = 0, round = 0, ceil = 0] = sums;
    assert.ok(floor > round + 2 && floor > ceil + 2, String(sums));
  });
});

describe("a charge of which nothing more is heard", () => {
  it("may have ended, as its band says", () => {
    const filter = filterFor({ capacityKwh: 80 });
    charges(filter, 1, { from: 40.3, to: 80 });
    const { end } = charge(filter, { from: 30.3, to: 50.5, at: BEGIN + 24 * HOUR });
    for (let now = end; now < end + HOUR; now += MINUTE) filter.tick(now);
    const { band90 } = shown(filter, end + HOUR);
    assert.ok(band90[0] <= 50.5 && band90[1] >= 50.5 + PP_PER_HOUR * 0.9, String(band90));
  });

  it("is believed to have ended by a car that ends its charges without a word", () => {
    const filter = filterFor({ capacityKwh: 80 });
    for (const day of [0, 1, 2]) {
      const { end } = charge(filter, { from: 30.3, to: 50.5, at: BEGIN + day * 24 * HOUR });
      for (let now = end; now < end + HOUR; now += MINUTE) filter.tick(now);
      if (day === 2) assert.ok(shown(filter, end + HOUR).soc < 54, String(shown(filter, end + HOUR).soc));
      ended(filter, end + HOUR, 50);
    }
  });

  it("goes on where the car is used to lose its connection", () => {
    const filter = filterFor({ capacityKwh: 80 });
    let error = 0;
    for (const day of [0, 1, 2, 3]) {
      const at = BEGIN + day * 24 * HOUR;
      const { end } = charge(filter, { from: 20.3, to: 30.5, at });
      for (let now = end; now < end + HOUR; now += MINUTE) filter.tick(now);
      error = Math.abs(shown(filter, end + HOUR).soc - 30.5 - PP_PER_HOUR);
      ended(filter, end + HOUR, Math.floor(30.5 + PP_PER_HOUR));
    }
    assert.ok(error < 1.5, String(error));
  });

  it("ends where the charges of a car without a target usually end", () => {
    const filter = filterFor({ capacityKwh: 80 });
    charges(filter, 3, { from: 60.3, to: 80.2, target: null });
    const { end } = charge(filter, { from: 60.3, to: 80.2, at: BEGIN + 5 * 24 * HOUR, target: null });
    for (let now = end; now < end + HOUR; now += MINUTE) filter.tick(now);
    assert.ok(shown(filter, end + HOUR).soc < 81.1, String(shown(filter, end + HOUR).soc));
    assert.ok(shown(filter, end + HOUR).band90[1] <= 81.1);
  });
});

describe("a power that the car told a while ago", () => {
  const power = (at: number, kw = 11.04): Observation => ({ kind: "power", kw, at, now: at });
  const width = ([low, high]: readonly [number, number]) => high - low;

  function begin(filter: Filter, at: number, soc: number): void {
    give(filter, at, level(soc, at - MINUTE), { kind: "method", method: "AC", at, now: at }, active(at), power(at));
  }

  /** Lets every minute pass that is over at `to`; `each` may tell something then. */
  function pass(filter: Filter, from: number, to: number, each: (now: number) => Observation[] = () => []): void {
    for (let now = from + MINUTE; now <= to; now += MINUTE) give(filter, now, ...each(now));
  }

  /** A charge from 45 % of which 11 kW have been told once, of a car that tells something every half an hour else. */
  function toldOnce(): { readonly filter: Filter; readonly at: number } {
    const filter = filterFor({ capacityKwh: 80 });
    const end = 5 * HOUR;
    for (const day of [0, 1, 2, 3]) {
      const at = BEGIN + day * 24 * HOUR;
      begin(filter, at, 20);
      pass(filter, at, at + end - MINUTE, (now) =>
        (now - at) % (HOUR / 2) === 0
          ? [level(Math.floor(20 + (PP_PER_HOUR * (now - at)) / HOUR), now), power(now)]
          : [],
      );
      ended(filter, at + end, Math.floor(20 + (PP_PER_HOUR * end) / HOUR));
    }
    const at = BEGIN + 5 * 24 * HOUR;
    begin(filter, at, 45);
    return { filter, at };
  }

  it("is believed for some minutes, and leaves room after tens of them for one that has changed", () => {
    const { filter, at } = toldOnce();
    let [passed, before] = [0, 0];
    for (const minutes of [10, 25, 40, 60, 120, 240]) {
      pass(filter, at + passed * MINUTE, at + minutes * MINUTE);
      passed = minutes;
      const { band90 } = shown(filter, at + minutes * MINUTE);
      // From the sun it was 1.4 kW most of the time.
      const truth = 45.4 + ((1.4 - 0.3) * 0.9 * 100 * minutes) / 60 / 80;
      assert.ok(width(band90) > before, `${minutes} min: ${String(band90)}`);
      assert.ok(minutes >= 40 ? band90[0] <= truth && band90[1] >= truth : width(band90) < 3, String(band90));
      before = width(band90);
    }
  });

  it("is as good as new with each word of the car", () => {
    const [heard, unheard] = [toldOnce(), toldOnce()];
    const end = heard.at + 120 * MINUTE;
    pass(heard.filter, heard.at, end, (now) => ((now - heard.at) % (25 * MINUTE) === 0 ? [power(now)] : []));
    pass(unheard.filter, unheard.at, end);
    const [fresh, old] = [shown(heard.filter, end), shown(unheard.filter, end)];
    assert.ok(Math.abs(fresh.soc - old.soc) < 0.5, `${fresh.soc} ${old.soc}`);
    assert.ok(width(fresh.band90) < width(old.band90) / 4, `${String(fresh.band90)} ${String(old.band90)}`);
  });

  it("needs no room beside a meter that is read", () => {
    const { filter, at } = toldOnce();
    pass(filter, at, at + 2 * HOUR, (now) => [{ kind: "meter", kw: 1.4, auxKw: 0, now }]);
    const { soc, band90 } = shown(filter, at + 2 * HOUR);
    assert.ok(soc < 49 && width(band90) < 3, `${soc} ${String(band90)}`);
  });

  it("may also be one that flows out no more", () => {
    const { filter, at } = toldOnce();
    give(filter, at + MINUTE, power(at + MINUTE, -5));
    pass(filter, at + MINUTE, at + 2 * HOUR);
    const { soc, band90 } = shown(filter, at + 2 * HOUR);
    assert.ok(soc < 35 && band90[1] >= 45, `${soc} ${String(band90)}`);
  });
});

describe("what is known of a charge", () => {
  it("gives way to a fresh level that is more than a point below", () => {
    const filter = filterFor({ capacityKwh: 80 });
    const { end } = charge(filter, { from: 50.3, to: 63.5, at: BEGIN });
    give(filter, end + MINUTE, level(60, end + MINUTE));
    assert.ok(shown(filter, end + MINUTE).soc < 61.1, String(shown(filter, end + MINUTE).soc));
    give(filter, end + 2 * MINUTE, level(58, end + 2 * MINUTE));
    assert.ok(shown(filter, end + 2 * MINUTE).soc < 59.1, String(shown(filter, end + 2 * MINUTE).soc));
  });

  it("stays over a pause, also where nobody tells the power", () => {
    const filter = filterFor({ capacityKwh: 80 });
    const { end } = charge(filter, { from: 30.3, to: 50.2, at: BEGIN, isTold: false });
    const before = shown(filter, end);
    give(filter, end, active(end, false));
    const resumed = end + 5 * MINUTE;
    give(filter, resumed, active(resumed));
    const after = shown(filter, resumed);
    assert.ok(Math.abs((after.powerKw ?? 0) / (before.powerKw ?? 1) - 1) < 0.1, `${before.powerKw} ${after.powerKw}`);
    assert.ok(Math.abs(after.soc - before.soc) < 0.3);
    const width = ([low, high]: readonly [number, number]) => high - low;
    assert.ok(width(after.band90) > 0.5 * width(before.band90));
  });

  it("tells power and time to the target of one hypothesis", () => {
    const filter = filterFor({ capacityKwh: 80 });
    give(filter, BEGIN - HOUR, level(40, BEGIN - HOUR));
    for (const isTold of [true, false]) {
      const at = BEGIN + (isTold ? 0 : 24) * HOUR;
      const { end } = charge(filter, { from: 40.3, to: 60.2, at, isTold });
      const { powerKw, minutesToTarget, soc } = shown(filter, end);
      const hours = ((80 - soc) * 0.8) / (0.9 * (powerKw ?? 0));
      assert.ok(Math.abs((minutesToTarget ?? 0) / 60 / hours - 1) < 0.1, `${powerKw} kW, ${minutesToTarget} min`);
      ended(filter, end, 60);
    }
  });
});
