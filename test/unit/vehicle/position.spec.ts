import assert from "node:assert/strict";
import fc from "fast-check";
import { PositionAssembler, type Position, type PositionSample } from "../../../src/vehicle/position.js";
import { START } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
type Name = "latitude" | "longitude" | "heading" | "altitude" | "fixStatus";

/** `time` and `arrived` in seconds after the start. */
const sample = (name: Name, value: unknown, time: number | null, arrived = time ?? 0): PositionSample => ({
  descriptor: `${LOCATION}.${name}`,
  value,
  time: time === null ? null : START + time * 1000,
  arrivedAt: START + arrived * 1000,
  source: "stream",
});
const lat = (value: unknown, time: number | null, arrived?: number) => sample("latitude", value, time, arrived);
const lon = (value: unknown, time: number | null, arrived?: number) => sample("longitude", value, time, arrived);

const createPositions = (onOutlier: () => void = () => undefined) => new PositionAssembler(onOutlier);

/** Each argument is one message. */
function fixesOf(...messages: PositionSample[][]): { positions: PositionAssembler; fixes: Position[] } {
  const positions = createPositions();
  const fixes = messages.flatMap((message) => positions.add(message, message[0]?.arrivedAt ?? START));
  return { positions, fixes };
}
const places = (fixes: readonly Position[]) => fixes.map(({ latitude, longitude }) => [latitude, longitude]);

describe("position", () => {
  it("is one fix per message with both axes, without corner points", () => {
    const { fixes } = fixesOf(
      [lat(50.101, 0), lon(8.101, 0)],
      [lon(8.102, 10), lat(50.102, 10)],
      [lat(50.103, 20), lon(8.103, 20)],
    );
    assert.deepEqual(places(fixes), [
      [50.101, 8.101],
      [50.102, 8.102],
      [50.103, 8.103],
    ]);
    assert.deepEqual(
      fixes.map(({ timestamp }) => timestamp),
      [START, START + 10_000, START + 20_000],
    );
  });

  it("joins axes of equal BMW time from two messages", () => {
    assert.deepEqual(places(fixesOf([lat(50.1, 0, 1)], [lon(8.1, 0, 2)]).fixes), [[50.1, 8.1]]);
  });

  it("joins axes that come minutes apart", () => {
    assert.deepEqual(places(fixesOf([lat(50.1, 0, 1)], [lat(50.2, 60, 61)], [lon(8.1, 0, 200)]).fixes), [[50.1, 8.1]]);
  });

  it("never joins axes of different times", () => {
    const { fixes, positions } = fixesOf([lat(50.1, 0)], [lon(8.1, 5)], [lat(50.2, 10)], [lon(8.2, 20)]);
    assert.deepEqual(fixes, []);
    assert.deepEqual(positions.tick(START + 60_000), []);
    assert.deepEqual(places(positions.add([lon(8.3, 10, 61)], START + 61_000)), [[50.2, 8.3]]);
  });

  it("joins axes of neighbouring seconds at once in one message, else only when no better partner came", () => {
    assert.deepEqual(places(fixesOf([lat(50.1, 0), lon(8.1, 1)]).fixes), [[50.1, 8.1]]);
    const { fixes, positions } = fixesOf([lat(50.1, 0)], [lon(8.1, 1)]);
    assert.deepEqual(fixes, []);
    assert.equal(positions.dueAt, START + 6000);
    assert.deepEqual(places(positions.tick(START + 6000)), [[50.1, 8.1]]);
    const better = fixesOf([lat(50.1, 0)], [lon(8.1, 1)], [lat(50.2, 1, 2)]);
    assert.deepEqual(places(better.fixes), [[50.2, 8.1]]);
  });

  it("goes by arrival only where a time is missing", () => {
    assert.deepEqual(places(fixesOf([lat(50.1, null, 0)], [lon(8.1, 20)]).fixes), [[50.1, 8.1]]);
    assert.deepEqual(fixesOf([lat(50.1, null, 0)], [lon(8.1, 40)]).fixes, []);
  });

  describe("of axes without a time", () => {
    it("is of the newest ones, where the partner of an older one was lost", () => {
      const messages = [[lat(50.1, null, 0)], [lat(50.2, null, 10)], [lon(8.2, null, 11)]];
      assert.deepEqual(places(fixesOf(...messages).fixes), [[50.2, 8.2]]);
      const turned = [[lon(8.1, null, 0)], [lon(8.2, null, 10)], [lat(50.2, null, 11)]];
      assert.deepEqual(places(fixesOf(...turned).fixes), [[50.2, 8.2]]);
    });

    it("never goes back to one that was left behind", () => {
      const { fixes } = fixesOf(
        [lat(50.1, null, 0)],
        [lat(50.2, null, 10)],
        [lon(8.2, null, 11)],
        [lon(8.203, null, 20)],
        [lat(50.203, null, 21)],
      );
      assert.deepEqual(places(fixes), [
        [50.2, 8.2],
        [50.203, 8.203],
      ]);
    });

    it("is that of a moving car, whichever axes get lost (property)", () => {
      const lost = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 3, maxLength: 30 });
      fc.assert(
        fc.property(lost, fc.boolean(), (pairs, latitudeFirst) => {
          const messages = pairs.flatMap(([hasLatitude, hasLongitude], index) => {
            const at = index * 40;
            const axes = [
              ...(hasLatitude ? [lat(50 + index, null, at)] : []),
              ...(hasLongitude ? [lon(8 + index, null, at + 1)] : []),
            ];
            return (latitudeFirst ? axes : axes.reverse()).map((axis) => [axis]);
          });
          for (const [latitude = 0, longitude = 0] of places(fixesOf(...messages).fixes))
            assert.equal(latitude - 50, longitude - 8);
        }),
        { numRuns: runs(300) },
      );
    });
  });

  it("carries heading and altitude of the same fix", () => {
    const { fixes } = fixesOf(
      [lat(50.1, 0), lon(8.1, 0), sample("heading", 271, 0), sample("altitude", 520.5, 1)],
      [lat(50.101, 10), lon(8.101, 10)],
    );
    assert.deepEqual(
      fixes.map(({ heading, altitude }) => [heading, altitude]),
      [
        [271, 520.5],
        [undefined, undefined],
      ],
    );
  });

  it("ignores repeats and fixes older than the last one", () => {
    const { fixes } = fixesOf(
      [lat(50.2, 10), lon(8.2, 10)],
      [lat(50.1, 0, 11), lon(8.1, 0, 11)],
      [lat(50.2, 10, 12), lon(8.2, 10, 12)],
    );
    assert.deepEqual(places(fixes), [[50.2, 8.2]]);
  });

  it("ignores 0/0 and places that are none, but not the equator", () => {
    for (const [latitude, longitude] of [
      [0, 0],
      [91, 8],
      [50, -181],
      ["INVALID", 8],
      [null, 8],
      [true, 8],
    ])
      assert.deepEqual(fixesOf([lat(latitude, 0), lon(longitude, 0)]).fixes, []);
    assert.deepEqual(places(fixesOf([lat(0, 0), lon(8, 0)]).fixes), [[0, 8]]);
    assert.deepEqual(places(fixesOf([lat("50.1", 0), lon("8.1", 0)]).fixes), [[50.1, 8.1]]);
  });

  it("skips what the receiver itself calls no fix", () => {
    const noFix = fixesOf([lat(50.1, 0), lon(8.1, 0), sample("fixStatus", "NO_FIX", 0)]);
    assert.deepEqual(noFix.fixes, []);
    const good = fixesOf([lat(50.1, 0), lon(8.1, 0), sample("fixStatus", "GPS_FIX_3D", 0)]);
    assert.equal(good.fixes.length, 1);
  });

  describe("that no car can have reached", () => {
    const far = [lat(51.9, 600), lon(8.1, 600)];
    const home = (time: number) => [lat(50.1, time), lon(8.1, time)];

    it("is dropped, and counted, when the next fix does not confirm it", () => {
      let outliers = 0;
      const positions = createPositions(() => outliers++);
      const take = (message: PositionSample[]) => positions.add(message, message[0]?.arrivedAt ?? START);
      assert.deepEqual(places(take(home(0))), [[50.1, 8.1]]);
      assert.deepEqual([take(far), positions.last?.latitude, outliers], [[], 50.1, 0]);
      assert.deepEqual(places(take(home(612))), [[50.1, 8.1]]);
      assert.equal(outliers, 1);
      // Another one elsewhere confirms nothing.
      take([lat(40, 700), lon(8.1, 700)]);
      take([lat(30, 710), lon(8.1, 710)]);
      assert.deepEqual([places(take(home(720))), outliers], [[[50.1, 8.1]], 3]);
    });

    it("is believed, with its time, when the next one agrees", () => {
      const { fixes } = fixesOf(home(0), far, [lat(51.901, 660), lon(8.1, 660)], [lat(51.902, 700), lon(8.1, 700)]);
      assert.deepEqual(
        fixes.map(({ latitude, timestamp }) => [latitude, (timestamp - START) / 1000]),
        [
          [50.1, 0],
          [51.9, 600],
          [51.901, 660],
          [51.902, 700],
        ],
      );
    });

    it("is believed where a car could go in hours of silence, if nothing contradicts it for a while", () => {
      const later = [lat(51.9, 7200), lon(8.1, 7200)];
      const { fixes, positions } = fixesOf(home(0), later);
      assert.equal(fixes.length, 1);
      assert.equal(positions.dueAt, START + 7_290_000);
      assert.deepEqual(places(positions.tick(START + 7_290_000)), [[51.9, 8.1]]);
      assert.equal(fixesOf(home(0), later, [lat(51.905, 7230), lon(8.1, 7230)]).fixes.length, 3);
      // Back where it was, 12 seconds later.
      const contradicted = fixesOf(home(0), later, home(7212), home(7500));
      assert.deepEqual(
        contradicted.fixes.map(({ timestamp }) => (timestamp - START) / 1000),
        [0, 7212, 7500],
      );
      assert.deepEqual(contradicted.positions.tick(START + 8_000_000), []);
    });

    it("is no short step, and none of a car that reports its position all the time", () => {
      assert.equal(fixesOf(home(0), [lat(50.105, 7200), lon(8.1, 7200)]).fixes.length, 2);
      assert.equal(fixesOf(home(0), [lat(50.15, 240), lon(8.1, 240)]).fixes.length, 2);
    });

    it("is waited for over a restart, and so are axes without their partners", () => {
      const { positions } = fixesOf(home(0), far);
      const again = (saved: PositionAssembler) => {
        const later = createPositions();
        later.restore(JSON.parse(JSON.stringify(saved.save())));
        return later;
      };
      const half = again(positions);
      assert.deepEqual(half.add([lat(51.901, 660)], START + 660_000), []);
      assert.deepEqual(places(again(half).add([lon(8.1, 660, 662)], START + 662_000)), [
        [51.9, 8.1],
        [51.901, 8.1],
      ]);
    });
  });

  it("remembers the last one over a restart", () => {
    const { positions } = fixesOf([lat(50.1, 0), lon(8.1, 0)]);
    const later = createPositions();
    later.restore(JSON.parse(JSON.stringify(positions.save())));
    assert.deepEqual(later.last, { ...positions.last, source: "restored" });
    assert.deepEqual(later.add([lat(50.1, 0, 5), lon(8.1, 0, 5)], START + 5000), []);
    for (const damaged of [null, 7, {}, { last: { latitude: "x" }, waiting: [{}, 7], doubted: 1 }]) {
      const empty = createPositions();
      empty.restore(damaged);
      assert.equal(empty.last, null);
    }
  });

  it("never joins times more than a second apart, comes in order, and forgets (property)", () => {
    const axis = fc.record({ name: fc.constantFrom("latitude", "longitude"), time: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(fc.array(fc.array(axis, { maxLength: 4 }), { maxLength: 60 }), (messages) => {
        const positions = createPositions();
        let now = START;
        let last = -Infinity;
        for (const message of messages) {
          now += 1000;
          // The value contains the time at which it was measured.
          const samples = message.map(({ name, time }) =>
            sample(name as Name, 1 + time / 1000, time, (now - START) / 1000),
          );
          for (const fix of [...positions.add(samples, now), ...positions.tick(now)]) {
            assert.ok(Math.abs(fix.latitude - fix.longitude) < 0.0011);
            assert.ok(fix.timestamp > last);
            last = fix.timestamp;
          }
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
