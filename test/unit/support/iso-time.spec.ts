import assert from "node:assert/strict";
import { isoTime } from "../../../src/support/iso-time.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

const LATEST = 8.64e15;

describe("a time as ISO 8601", () => {
  const equalsDate = (time: number) => {
    assert.equal(isoTime(time), new Date(time).toISOString(), `${time}`);
  };

  it("is what Date makes of it, whichever came before", () => {
    const around = (time: number) => [time - 1, time - 0.5, time, time + 0.5, time + 1];
    const edges = [0, -60_000, 1_772_433_660_000, Date.UTC(9999, 11, 31, 23, 59, 59, 999), Date.UTC(-1, 0), 1e12];
    for (const time of [...edges.flatMap(around), LATEST - 1, LATEST, 1 - LATEST, -LATEST]) equalsDate(time);
    const random = new SeededRandom(SEED, "iso-time");
    for (let run = 0; run < runs(2000); run++) {
      const day = Math.floor((random.fraction() - 0.5) * 2 * LATEST);
      for (const time of [day, Math.min(LATEST, day + random.fraction() * 90_000)]) equalsDate(time);
    }
  });

  it("never throws", () => {
    assert.equal(isoTime(NaN), "1970-01-01T00:00:00.000Z");
    assert.equal(isoTime(Infinity), new Date(LATEST).toISOString());
    assert.equal(isoTime(-Infinity), new Date(-LATEST).toISOString());
  });
});
