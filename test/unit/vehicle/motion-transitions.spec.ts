import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeMotion } from "../../../src/vehicle/activity-codec.js";
import {
  withTripOver,
  withCharging,
  withFix,
  withLock,
  withOdometer,
  withReport,
} from "../../../src/vehicle/motion-transitions.js";
import { UNKNOWN_MOTION, type MotionState } from "../../../src/vehicle/motion-state.js";
import { isMoving, nextChangeAt, tripOverAt } from "../../../src/vehicle/motion-verdict.js";
import { odometerChange } from "../../../src/vehicle/odometer-change.js";
import { START } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

/** 1e-3 degrees north of latitude 50 are 111.2 m. */
const DEGREES_PER_METRE = 1e-3 / 111.2;

/** A car whose time passes as the account lets it pass: at each moment at which its answer may change. */
class TestCar {
  state: MotionState = UNKNOWN_MOTION;
  #now = START;
  #onTrip = false;

  get moving(): boolean | null {
    return isMoving(this.state, this.#now);
  }

  /** Whether a trip that has begun is not over. */
  get onTrip(): boolean {
    return this.#onTrip;
  }

  /** Seconds after the start. */
  at(seconds: number): this {
    const end = START + seconds * 1000;
    this.#now = end;
    this.#settle();
    return this;
  }

  fix(seconds: number, metres: number, age = 0): this {
    this.at(seconds);
    const place = { latitude: 50 + metres * DEGREES_PER_METRE, longitude: 8 };
    return this.#take(withFix(this.state, { ...place, timestamp: this.#now - age * 1000 }, this.#onTrip, this.#now));
  }

  lock(seconds: number, status: string): this {
    this.at(seconds);
    return this.#take(withLock(this.state, status, this.moving === true, this.#now));
  }

  odometer(seconds: number, km: number): this {
    this.at(seconds);
    const sign = { km, stepKm: Number.isInteger(km) ? 1 : 0.1, shown: km, at: this.#now };
    return this.#take(withOdometer(this.state, sign, odometerChange(this.state, sign, this.#onTrip, this.#now)));
  }

  report(seconds: number, moving: boolean): this {
    this.at(seconds);
    return this.#take(withReport(this.state, { moving, at: this.#now, heardAt: this.#now }));
  }

  charging(seconds: number, charging: boolean): this {
    this.at(seconds);
    return this.#take(withCharging(this.state, charging, this.#now));
  }

  /** Fixes every 10 s, 100 m apart. */
  drive(from: number, to: number): this {
    for (let time = from; time <= to; time += 10) this.fix(time, 10 * (time + 1));
    return this;
  }

  #take(state: MotionState): this {
    this.#onTrip ||= (state.displacedAt ?? 0) > (this.state.displacedAt ?? 0);
    this.state = state;
    this.#settle();
    return this;
  }

  #settle(): void {
    if (!this.#onTrip || tripOverAt(this.state) > this.#now) return;
    this.state = withTripOver(this.state, this.#now);
    this.#onTrip = false;
  }
}

const car = () => new TestCar();
/** A car that drives since 0 and was seen last at 100 s, 1010 m from its place. */
const driving = () => car().fix(0, 0).drive(10, 100);

describe("motion, by GPS", () => {
  it("is not a drift within 35 m", () => {
    const parked = car();
    for (const [time, metres] of [
      [0, 0],
      [30, 20],
      [60, 34],
    ] as const)
      assert.notEqual(parked.fix(time, metres).moving, true);
  });

  it("is not a jump of 60 m", () => {
    assert.equal(car().fix(0, 0).fix(30, 60).moving, false);
  });

  it("is a way of 80 m, which is no trip before another fix goes on from there", () => {
    const leaving = car().fix(0, 0).fix(30, 80);
    assert.deepEqual([leaving.moving, leaving.onTrip], [true, false]);
    assert.deepEqual([leaving.fix(60, 300).moving, leaving.onTrip], [true, true]);
    assert.equal(car().fix(0, 0).fix(30, 80).at(150).moving, false);
  });

  it("is no trip where a car that wakes up is seen off its place, once or twice", () => {
    for (const metres of [100, 250]) {
      const woken = car().fix(0, 0).fix(40_000, metres);
      assert.notEqual(woken.moving, true);
      assert.equal(woken.fix(40_030, metres + 20).onTrip, false);
      assert.equal(woken.fix(40_060, 5).fix(40_090, 0).onTrip, false);
    }
  });

  it("is no trip by fixes of the same second, wherever they are", () => {
    const burst = car().fix(0, 0).fix(600, 90).fix(600.4, 200).fix(601, 320);
    assert.equal(burst.onTrip, false);
  });

  it("goes on through a burst of fixes at one place", () => {
    assert.equal(driving().fix(110, 1010).fix(110.3, 1010).fix(110.6, 1010).moving, true);
  });

  it("ends when fixes have stayed at one place for 90 seconds, within two minutes of the stop", () => {
    const stopped = driving();
    for (const after of [0, 0.3, 0.6, 89]) assert.equal(stopped.fix(200 + after, 2000).moving, true);
    stopped.fix(291, 2000);
    assert.equal(stopped.state.driving, false);
    assert.equal(stopped.at(319).moving, true);
    assert.equal(stopped.at(320).moving, false);
  });

  it("is trusted through a silence of five minutes, and the trip through one of fifteen with a minute for its end", () => {
    assert.equal(driving().at(100 + 299).moving, true);
    const silent = driving().at(100 + 300);
    assert.deepEqual([silent.moving, silent.onTrip], [false, true]);
    assert.equal(driving().at(100 + 959).onTrip, true);
    assert.equal(driving().at(100 + 960).onTrip, false);
  });

  it("does not begin with a fix of hours ago", () => {
    const parked = car().fix(0, 0).fix(4000, 5000, 3600);
    assert.equal(parked.moving, false);
    assert.equal(parked.fix(4010, 5010).moving, false);
  });

  it("begins with two fast legs although the car is still near", () => {
    assert.equal(car().fix(0, 0).fix(10, 30).fix(20, 65).moving, true);
  });

  it("is nothing that the first fix after a start could show", () => {
    assert.equal(car().fix(0, 0).moving, false);
    assert.equal(car().moving, null);
  });
});

describe("motion, and the doors", () => {
  it("goes on when the doors are locked again within 30 seconds", () => {
    const passenger = driving().lock(105, "LOCKED").drive(110, 150);
    assert.equal(passenger.lock(155, "UNLOCKED").at(180).moving, true);
    assert.equal(passenger.lock(184, "LOCKED").at(220).moving, true);
    assert.equal(passenger.onTrip, true);
  });

  it("ends 30 seconds after the doors were opened, and no late fix begins it again", () => {
    const arrived = driving().lock(100, "LOCKED").lock(105, "UNLOCKED");
    assert.equal(arrived.fix(115, 1100).moving, true);
    assert.deepEqual([arrived.fix(145, 1300).moving, arrived.onTrip], [false, false]);
    assert.equal(arrived.at(400).moving, false);
  });

  it("begins again when the car really drives on", () => {
    const arrived = driving().lock(100, "LOCKED").lock(105, "UNLOCKED").at(200);
    assert.equal(arrived.fix(210, 1500).fix(220, 1700).moving, true);
  });

  for (const status of ["SECURED", "UNLOCKED", "ASN_UNLOCKED", "INVALID", "selective-locked"])
    it(`is never kept from beginning by ${status}`, () => {
      const parked = car().fix(0, 0).lock(10, "LOCKED").lock(20, "SECURED").at(40_000).lock(40_000, status);
      for (let leg = 1; leg <= 29; leg++) parked.fix(40_000 + 60 * leg, 333 * leg);
      assert.equal(parked.moving, true);
    });
});

describe("motion, by the odometer", () => {
  it("lasts seven minutes after a step, then nobody knows", () => {
    const old = car().odometer(0, 1000).odometer(60, 1005);
    assert.equal(old.moving, true);
    assert.equal(old.at(60 + 419).moving, true);
    assert.equal(old.at(60 + 420).moving, null);
  });

  it("is no step of the first value, of 0.1 km, or backwards", () => {
    assert.equal(car().odometer(0, 1000).moving, null);
    assert.equal(car().odometer(0, 1000.2).odometer(60, 1000.3).moving, null);
    assert.equal(car().odometer(0, 1000).odometer(60, 900).moving, null);
  });

  it("is no step below what the coarser of two readings can resolve", () => {
    assert.equal(car().odometer(0, 1000).odometer(60, 1000.7).moving, null);
    assert.equal(car().odometer(0, 1000).odometer(60, 1001.2).moving, true);
  });

  it("counts where GPS has gone silent", () => {
    const tunnel = driving().odometer(105, 1000).odometer(300, 1004);
    assert.equal(tunnel.at(500).moving, true);
    assert.deepEqual([tunnel.at(300 + 959).onTrip, tunnel.at(300 + 960).onTrip], [true, false]);
  });

  it("does not revive what GPS has ended", () => {
    const parked = driving().odometer(105, 1000);
    for (const time of [110, 140, 170, 205]) parked.fix(time, 1010);
    assert.equal(parked.at(330).onTrip, false);
    assert.deepEqual([parked.odometer(900, 1003).moving, parked.onTrip], [false, false]);
  });
});

describe("motion, by BMW's own word", () => {
  it("is believed for cars that report nothing else, for hours", () => {
    const old = car().report(0, true);
    assert.equal(old.at(3600).moving, true);
    assert.equal(old.report(3700, false).at(3700 + 120).moving, false);
  });

  it("does not last for ever when the end is never reported", () => {
    assert.equal(
      car()
        .report(0, true)
        .at(3 * 3600).moving,
      false,
    );
  });

  it("is no longer motion when the car says that it stands, and the trip survives a traffic light", () => {
    const waiting = car().report(0, true).report(300, false);
    assert.deepEqual([waiting.moving, waiting.at(330).onTrip], [false, true]);
    assert.equal(waiting.report(360, true).at(500).moving, true);
    assert.equal(waiting.onTrip, true);
  });

  it("is not motion when a car first says that it stands", () => {
    assert.equal(car().report(0, false).moving, false);
  });

  it("yields to GPS that has gone silent since", () => {
    const silent = car().fix(0, 0).report(5, true).drive(10, 100);
    assert.equal(silent.at(100 + 299).moving, true);
    assert.equal(silent.at(100 + 300).moving, false);
    assert.deepEqual([silent.at(100 + 959).onTrip, silent.at(100 + 960).onTrip], [true, false]);
  });

  it("goes on for as long as the odometer rises, where a car reports nothing else", () => {
    const long = car().odometer(0, 1000).report(60, true);
    for (let minute = 30; minute <= 600; minute += 30) long.odometer(60 * minute, 1000 + minute);
    assert.equal(long.onTrip, true);
    assert.deepEqual([long.report(36_060, false).onTrip, long.at(36_060 + 120).onTrip], [true, false]);
  });

  it("yields to GPS that sees the car drive after it was said to stand", () => {
    assert.equal(car().fix(0, 0).report(5, false).drive(200, 220).moving, true);
  });
});

describe("motion, and charging", () => {
  it("ends when a charge begins", () => {
    assert.equal(driving().charging(110, true).moving, false);
  });

  it("does not begin by the odometer or by one fix alone", () => {
    const charging = car().fix(0, 0).odometer(0, 1000).charging(100, true);
    assert.equal(charging.odometer(110, 1020).moving, false);
    assert.equal(charging.odometer(400, 1025).moving, false);
    assert.equal(charging.fix(410, 500).moving, false);
    assert.equal(charging.onTrip, false);
  });

  it("begins when a car drives off although the end of its charge was never reported", () => {
    const forgotten = car().fix(0, 0).charging(100, true).fix(4000, 0).fix(4010, 150);
    assert.equal(forgotten.fix(4020, 300).moving, true);
    assert.equal(forgotten.onTrip, true);
  });
});

describe("the state of motion", () => {
  it("comes back from a file as it was, and as unknown from a damaged one", () => {
    const { state } = driving().lock(100, "LOCKED").report(101, true).odometer(102, 5).charging(103, true);
    assert.deepEqual(decodeMotion(JSON.parse(JSON.stringify(state))), state);
    for (const damaged of [null, 7, "x", [], {}, { anchor: 7, nearby: [1], lastFix: {}, odometer: [] }])
      assert.deepEqual(decodeMotion(damaged), UNKNOWN_MOTION);
  });

  it("answers without changing, and changes at announced moments only (property)", () => {
    const step = fc.record({
      kind: fc.constantFrom("fix", "lock", "odometer", "report", "charging"),
      after: fc.integer({ min: 0, max: 600 }),
      value: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const tested = car();
        let time = 0;
        for (const { kind, after, value } of steps) {
          time += after;
          if (kind === "fix") tested.fix(time, value);
          else if (kind === "lock") tested.lock(time, value % 2 === 0 ? "LOCKED" : "UNLOCKED");
          else if (kind === "odometer") tested.odometer(time, value);
          else tested[kind](time, value % 2 === 0);
          const now = START + time * 1000;
          const next = nextChangeAt(tested.state, now);
          assert.ok(next === null || next > now);
          const until = next ?? now + 24 * 3600_000;
          for (const share of [0, 0.5, 0.999])
            assert.equal(isMoving(tested.state, now + Math.floor((until - now) * share)), tested.moving);
        }
        // However it went, a car that says no more stands some time.
        assert.notEqual(tested.at(time + 4 * 3600).moving, true);
        assert.equal(tested.onTrip, false);
      }),
      { numRuns: runs(500) },
    );
  });
});
