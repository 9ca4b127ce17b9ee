import assert from "node:assert/strict";
import fc from "fast-check";
import { devicesOf, positionOf } from "../../../src/traccar/answers.js";

const MUNICH = { latitude: 48.137, longitude: 11.575 };

describe("answers of Traccar", () => {
  it("gives the last position in km/h", () => {
    const first = { ...MUNICH, speed: 10, valid: true };
    const last = {
      ...MUNICH,
      speed: 54,
      altitude: 520.5,
      course: 271,
      valid: true,
      fixTime: "2026-03-02T06:00:00.000+00:00",
    };
    assert.deepEqual(positionOf([first, last]), {
      ...MUNICH,
      speedKmh: 54 * 1.852,
      altitude: 520.5,
      course: 271,
      fixTime: Date.parse("2026-03-02T06:00:00Z"),
      valid: true,
    });
  });

  it("takes a missing speed for 0 and a missing validity for none", () => {
    const position = positionOf([MUNICH]);
    assert.equal(position?.speedKmh, 0);
    assert.equal(position?.valid, false);
    assert.equal(position?.fixTime, null);
  });

  it("does not trust a position with a speed that is none", () => {
    for (const speed of [-1, "fast", true, Infinity, 400])
      assert.equal(positionOf([{ ...MUNICH, speed, valid: true }])?.valid, false);
  });

  it("reads no position from an answer that is none", () => {
    assert.equal(positionOf([]), null);
    for (const answer of [null, {}, "text", [null], [{ speed: 3, valid: true }], [{ ...MUNICH, latitude: 91 }]])
      assert.equal(positionOf(answer), undefined);
  });

  it("leaves out what is no device", () => {
    assert.deepEqual(
      devicesOf([{ id: 3, name: "i4", uniqueId: "864" }, { id: "x", name: "no" }, null, { name: "no" }]),
      [{ id: 3, name: "i4", uniqueId: "864" }],
    );
    assert.equal(devicesOf({ devices: [] }), null);
  });

  it("holds only usable numbers, whatever comes", () => {
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom("1e999", "NaN", "-0", "2026-13-45"));
    const names = ["latitude", "longitude", "speed", "altitude", "course", "fixTime", "deviceTime", "valid"];
    const entry = fc.dictionary(fc.constantFrom(...names), value);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.array(
            fc.oneof(
              entry,
              entry.map((extra) => ({ ...MUNICH, ...extra })),
            ),
          ),
          value,
        ),
        (answer) => {
          const position = positionOf(answer);
          for (const member of Object.values(position ?? {}))
            assert.ok(
              typeof member === "boolean" || member === null || Number.isFinite(member),
              JSON.stringify(position),
            );
          if (position != null) assert.ok(position.speedKmh >= 0 && Math.abs(position.latitude) <= 90);
        },
      ),
    );
  });

  it("holds only usable devices, whatever comes", () => {
    const entry = fc.record({
      id: fc.oneof(fc.integer(), fc.jsonValue()),
      name: fc.jsonValue(),
      uniqueId: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(fc.oneof(entry, fc.jsonValue()))), (answer) => {
        for (const { id, name, uniqueId } of devicesOf(answer) ?? [])
          assert.ok(Number.isSafeInteger(id) && typeof name === "string" && typeof uniqueId === "string");
      }),
    );
  });
});
