import assert from "node:assert/strict";
import fc from "fast-check";
import { finiteNumber, nonEmptyText } from "../../../src/support/json.js";
import {
  byKey,
  isTrue,
  clampedNumber,
  storedList,
  needed,
  object,
  oneOf,
  or,
  then,
  objectOrDefaults,
  word,
} from "../../../src/support/stored-schema.js";
import { parseVin } from "../../../src/support/vin.js";
import { VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const trip = object({
  from: needed(nonEmptyText),
  km: or(finiteNumber, 0),
  note: nonEmptyText,
  isLong: isTrue,
  kind: or(oneOf(["work", "home"]), "home"),
  stops: storedList(object({ at: needed(finiteNumber) }), 3),
});

describe("readers of stored values", () => {
  it("give an object of what can be used", () => {
    assert.deepEqual(
      trip({ from: "Oslo", km: "12", isLong: 1, kind: "moon", stops: [{ at: 1 }, {}, null, { at: 2 }] }),
      {
        from: "Oslo",
        km: 12,
        note: null,
        isLong: false,
        kind: "home",
        stops: [{ at: 1 }],
      },
    );
  });

  it("give nothing without what is needed", () => {
    for (const stored of [undefined, null, [], "x", {}, { from: "" }, { from: 5 }]) assert.equal(trip(stored), null);
  });

  it("give an object that is always there, and refuse to promise one that is not", () => {
    const clock = objectOrDefaults({ at: finiteNumber, name: word });
    for (const stored of [undefined, null, [], {}]) assert.deepEqual(clock(stored), { at: null, name: "" });
    assert.throws(() => objectOrDefaults({ at: needed(finiteNumber) }), /needed/);
  });

  it("give entries by names that count", () => {
    const cars = byKey(parseVin, clampedNumber(0, 10));
    assert.deepEqual(cars({ [VIN.toLowerCase()]: 12, x: 1, [`${VIN}0`]: 1 }), { [VIN]: 10 });
    assert.deepEqual(cars(["a"]), {});
    assert.equal(then(finiteNumber, (value: number) => (value > 0 ? value : null))(-1), null);
  });

  it("never throw, and make no member of every object (property)", () => {
    const all = objectOrDefaults({
      trip,
      cars: byKey(nonEmptyText, trip),
      numbers: storedList(clampedNumber(-1, 1)),
    });
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (one, other) => {
        assert.equal(Object.getPrototypeOf(all(one)), Object.prototype);
        all({ trip: one, cars: { __proto__: other, x: one }, numbers: [one, other] });
      }),
      { numRuns: runs(2000) },
    );
    assert.equal(
      Object.hasOwn(object({ polluted: word })(JSON.parse('{"__proto__":{"polluted":"x"}}')) ?? {}, "polluted"),
      true,
    );
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});
