import assert from "node:assert/strict";
import { Steps } from "../../../src/journal/steps.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

describe("a value that changes now and then", () => {
  it("is what was set last for a time, in whatever order it was set", () => {
    const random = new SeededRandom(SEED, "steps");
    for (let run = 0; run < runs(100); run++) {
      const steps = new Steps<number>(1000);
      const truth = new Map<number, number>();
      for (let step = 0; step < 30; step++) {
        const [from, value] = [random.between(0, 50), step];
        steps.set(from, value);
        truth.set(from, value);
      }
      const times = [...truth.keys()].sort((one, other) => one - other);
      for (let at = -1; at <= 51; at++) {
        const last = times.filter((time) => time <= at).at(-1);
        assert.equal(steps.at(at)?.value ?? null, last === undefined ? null : truth.get(last));
      }
      assert.deepEqual(
        steps.changesWithin(10, 40),
        times.filter((time) => time > 10 && time < 40),
      );
    }
  });

  it("forgets the oldest when there are too many", () => {
    const steps = new Steps<string>(2);
    for (const from of [1, 3, 2]) steps.set(from, `from ${from}`);
    assert.deepEqual([steps.at(1), steps.at(2)?.value, steps.at(9)?.value], [null, "from 2", "from 3"]);
  });
});
