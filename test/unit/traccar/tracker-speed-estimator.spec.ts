import assert from "node:assert/strict";
import { TrackerSpeedEstimator, type FixWithSpeed } from "../../../src/traccar/tracker-speed-estimator.js";
import type { SpeedUnitVerdict } from "../../../src/traccar/speed-unit-detector.js";
import type { TrackerFix } from "../../../src/traccar/tracker-types.js";
import { randomFrom } from "../../helpers/driving-world.js";
import { runs, SEED } from "../../helpers/random.js";
import { START } from "../../helpers/fakes.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const METRES_PER_DEGREE = 111_195;
/** Simulated for each fault. */
const DRIVES = runs(60);

interface Look {
  /** ms after the start */
  readonly at: number;
  readonly kmh: number;
  /** To the north. */
  readonly metres: number;
  /** `null`: the server does not count. */
  readonly counted?: number | null;
  readonly fixTime?: number | null;
}

function fixOf({ at, kmh, metres, counted = metres, fixTime = at }: Look): TrackerFix {
  const position = {
    speedKmh: kmh,
    latitude: 48 + metres / METRES_PER_DEGREE,
    longitude: 11,
    altitude: null,
    course: null,
    fixTime: fixTime === null ? null : START + fixTime,
    valid: true,
    ...(counted !== null && { totalMetres: 1_000_000 + counted }),
  };
  return { speedKmh: kmh, position, at: START + at };
}

function onTrip(...looks: Look[]): FixWithSpeed[] {
  const estimator = new TrackerSpeedEstimator();
  estimator.setOnTrip(true);
  return looks.map((look) => estimator.add(fixOf(look)));
}

/** Returns the speed that a tracker shows of 1 km/h. */
const FACTORS: Readonly<Record<SpeedUnitVerdict, number>> = {
  right: 1,
  missing: 0,
  "metres-per-second": 1.852 / 3.6,
  "kilometres-per-hour": 1.852,
};

/** Stop and go, second by second, with a look each `every` seconds; what the looks gave. */
function driven(verdict: SpeedUnitVerdict, seed: number, { every = 60, minutes = 40, cruise = 50 } = {}) {
  const random = randomFrom(seed);
  const estimator = new TrackerSpeedEstimator();
  estimator.setOnTrip(true);
  const looks: { paced: FixWithSpeed; verdict: SpeedUnitVerdict | null; kmh: number }[] = [];
  let [metres, kmh, stand] = [0, 0, 0];
  for (let second = 0; second < minutes * 60; second++) {
    if (second % every === 0) {
      const paced = estimator.add(fixOf({ at: second * SECOND, kmh: kmh * FACTORS[verdict], metres }));
      looks.push({ paced, verdict: estimator.verdict, kmh });
    }
    if (stand > 0) stand--;
    else if (random() < 0.012) stand = 15 + Math.floor(45 * random());
    const target = stand > 0 ? 0 : cruise * (0.7 + 0.6 * random());
    kmh = Math.max(0, kmh + Math.max(-7, Math.min(5, (target - kmh) / 3)));
    metres += kmh / 3.6;
  }
  return { pace: estimator, looks, km: metres / 1000 };
}

describe("the pace of a tracker", () => {
  it("is its own speed where no trip is on its way, however far it drifts", () => {
    const estimator = new TrackerSpeedEstimator();
    for (let minute = 0; minute <= 120; minute++) {
      const { fix, leg, isOfMoment } = estimator.add(fixOf({ at: minute * MINUTE, kmh: 0, metres: minute * 17 }));
      assert.deepEqual([fix.speedKmh, leg, isOfMoment], [0, null, true]);
    }
    assert.equal(estimator.verdict, null);
  });

  it("is that of the way between two looks while the tracker shows 0", () => {
    const [first, second] = onTrip({ at: 0, kmh: 0, metres: 0 }, { at: MINUTE, kmh: 0, metres: 900, counted: 1000 });
    assert.deepEqual([first?.fix.speedKmh, first?.leg], [0, null]);
    assert.ok(Math.abs((second?.fix.speedKmh ?? 0) - 60) < 1e-9);
    assert.equal(second?.isOfMoment, false);
    const { km, since, at, isCounted } = second.leg ?? {};
    assert.deepEqual([km, since, at, isCounted], [1, START, START + MINUTE, true]);
  });

  it("goes by the times of the fixes, not of the looks", () => {
    const [, second] = onTrip(
      { at: 0, kmh: 0, metres: 0, fixTime: -20 * SECOND },
      { at: MINUTE, kmh: 0, metres: 1000, fixTime: 20 * SECOND },
    );
    assert.ok(Math.abs((second?.fix.speedKmh ?? 0) - 90) < 1e-9);
  });

  it("does without times and without a counter", () => {
    const [, second] = onTrip(
      { at: 0, kmh: 0, metres: 0, counted: null, fixTime: null },
      { at: MINUTE, kmh: 0, metres: 1000, counted: null, fixTime: null },
    );
    assert.ok(Math.abs((second?.fix.speedKmh ?? 0) - 60) < 0.1);
    assert.equal(second?.leg?.isCounted, false);
  });

  it("takes the straight line where the counter stands", () => {
    const [, second] = onTrip(
      { at: 0, kmh: 0, metres: 0, counted: 5 },
      { at: MINUTE, kmh: 0, metres: 1000, counted: 5 },
    );
    assert.equal(second?.leg?.isCounted, false);
    assert.ok(Math.abs((second.fix.speedKmh ?? 0) - 60) < 0.1);
  });

  it("stays what it was while the tracker sends nothing new", () => {
    const [, second, third] = onTrip(
      { at: 0, kmh: 0, metres: 0 },
      { at: MINUTE, kmh: 0, metres: 1000 },
      { at: 2 * MINUTE, kmh: 0, metres: 1000, fixTime: MINUTE },
    );
    assert.equal(third?.fix.speedKmh, second?.fix.speedKmh);
    assert.deepEqual([third?.leg, third?.fix.at], [null, START + 2 * MINUTE]);
  });

  for (const [title, look] of [
    ["a counter that began anew", { at: MINUTE, kmh: 0, metres: 1000, counted: -500 }],
    ["more than 250 km/h", { at: MINUTE, kmh: 0, metres: 4300 }],
    ["a gap of more than ten minutes", { at: 11 * MINUTE, kmh: 0, metres: 9000 }],
  ] as const)
    it(`is what the tracker says over ${title}, and that of the way again after it`, () => {
      const next = { at: look.at + MINUTE, kmh: 0, metres: look.metres + 500 };
      const [, odd, after] = onTrip({ at: 0, kmh: 0, metres: 0 }, look, {
        ...next,
        counted: ("counted" in look ? look.counted : look.metres) + 500,
      });
      assert.deepEqual([odd?.leg, odd?.fix.speedKmh], [null, 0]);
      assert.ok(Math.abs((after?.fix.speedKmh ?? 0) - 30) < 1e-9);
    });

  it("is 0 while a phone drifts in a car that stands", () => {
    const looks = Array.from({ length: 15 }, (_, minute) => ({
      at: minute * MINUTE,
      kmh: 0,
      metres: 10 * Math.sin(minute),
      counted: minute * 17,
    }));
    for (const { fix, leg } of onTrip(...looks).slice(1)) assert.deepEqual([fix.speedKmh, leg?.km], [0, 0]);
  });

  it("forgets where it was between two trips", () => {
    const estimator = new TrackerSpeedEstimator();
    estimator.setOnTrip(true);
    estimator.add(fixOf({ at: 0, kmh: 0, metres: 0 }));
    estimator.setOnTrip(false);
    estimator.setOnTrip(true);
    assert.equal(estimator.add(fixOf({ at: MINUTE, kmh: 0, metres: 1000 })).leg, null);
  });

  it("is unknown while the tracker is silent", () => {
    const estimator = new TrackerSpeedEstimator();
    estimator.setOnTrip(true);
    estimator.add(fixOf({ at: 0, kmh: 0, metres: 0 }));
    const silent = { speedKmh: null, position: fixOf({ at: 0, kmh: 0, metres: 0 }).position, at: START + MINUTE };
    assert.deepEqual(estimator.add(silent).fix, silent);
    const { leg } = estimator.add(fixOf({ at: 2 * MINUTE, kmh: 0, metres: 1500 }));
    assert.equal(leg?.km, 1.5);
  });

  describe("that is the tracker's own", () => {
    it("is believed to be 0 at a red light", () => {
      const { looks, pace: estimator } = driven("right", 1, { minutes: 90 });
      assert.equal(estimator.verdict, "right");
      const sure = looks.filter(({ verdict }) => verdict === "right");
      assert.ok(sure.filter(({ kmh }) => kmh < 1).length > 5);
      for (const { paced, kmh } of sure) assert.deepEqual([paced.fix.speedKmh, paced.isOfMoment], [kmh, true]);
    });

    for (const verdict of Object.keys(FACTORS) as SpeedUnitVerdict[])
      for (const every of [10, 60])
        it(`is found out to be ${verdict}, and nothing else, by looks every ${every} s`, () => {
          let late = 0;
          for (let drive = 1; drive <= DRIVES; drive++) {
            const seed = 1000 * (SEED - 1) + drive;
            const { looks } = driven(verdict, seed, { every, minutes: 120, cruise: 36 + ((drive - 1) % 60) });
            for (const look of looks) assert.ok([verdict, null].includes(look.verdict), `${seed}: ${look.verdict}`);
            if (looks.at(-1)?.verdict !== verdict) late++;
          }
          assert.ok(late <= DRIVES / 20, `${late} of ${DRIVES} not after two hours`);
        });

    it("is not taken for missing because a traffic jam stands", () => {
      const looks = Array.from({ length: 60 }, (_, minute) => ({ at: minute * MINUTE, kmh: 0, metres: minute * 40 }));
      const estimator = new TrackerSpeedEstimator();
      estimator.setOnTrip(true);
      for (const look of looks) estimator.add(fixOf(look));
      assert.equal(estimator.verdict, null);
    });

    it("is noticed when it is mended", () => {
      const estimator = new TrackerSpeedEstimator();
      estimator.setOnTrip(true);
      let metres = 0;
      for (let minute = 0; minute < 120; minute++) {
        estimator.add(fixOf({ at: minute * MINUTE, kmh: minute < 40 ? 0 : 60, metres }));
        metres += 1000;
        if (minute === 30) assert.equal(estimator.verdict, "missing");
      }
      assert.equal(estimator.verdict, "right");
    });
  });
});
