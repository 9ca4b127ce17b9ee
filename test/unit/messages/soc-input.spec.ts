import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSocInput, type SocInputContext } from "../../../src/messages/soc-input.js";
import { CarDataError } from "../../../src/support/errors.js";

const VIN = "WBA00000000000001";
const OTHER = "WBA00000000000002";

describe("Input of cardata-predicted-soc", () => {
  const one: SocInputContext = { vehicle: "", vins: [VIN], meterUnit: "kW" };
  const two: SocInputContext = { ...one, vins: [VIN, OTHER] };
  const code = (message: unknown, context = one) => {
    try {
      parseSocInput(message, context);
    } catch (error) {
      return error instanceof CarDataError ? error.code : error;
    }
    return null;
  };

  it("takes a number, also as text, as a reading of the meter", () => {
    assert.deepEqual(parseSocInput({ payload: 7.4 }, one), { kind: "meter", vin: VIN, kw: 7.4, auxKw: 0 });
    assert.deepEqual(parseSocInput({ payload: " 11 ", auxKw: "0.5" }, one), {
      kind: "meter",
      vin: VIN,
      kw: 11,
      auxKw: 0.5,
    });
  });

  it("takes a reading below 0: the car gives power", () => {
    assert.deepEqual(parseSocInput({ payload: -3.2 }, one), { kind: "meter", vin: VIN, kw: -3.2, auxKw: 0 });
  });

  it("reads watts where the node is set to them", () => {
    const watts = { ...one, meterUnit: "W" } as const;
    assert.deepEqual(parseSocInput({ payload: 7400 }, watts), { kind: "meter", vin: VIN, kw: 7.4, auxKw: 0 });
    assert.equal(code({ payload: 400_001 }, watts), "meter_value_invalid");
  });

  for (const payload of [-400.1, 400.1, NaN, Infinity, "7,4", "1e3", "", "INVALID", null, undefined, true, {}, [5]])
    it(`refuses ${JSON.stringify(payload)} (${typeof payload}) as a reading`, () => {
      assert.equal(code({ payload }), "meter_value_invalid");
    });

  for (const auxKw of [-0.1, 20.1, "", "x", true])
    it(`refuses a load of ${String(auxKw)} beside the battery`, () => {
      assert.equal(code({ payload: 7, auxKw }), "meter_aux_invalid");
    });

  it("reads commands", () => {
    assert.deepEqual(parseSocInput({ command: "report" }, one), { kind: "report", vin: VIN });
    assert.deepEqual(parseSocInput({ command: "reset" }, one), { kind: "reset", vin: VIN, what: "all" });
    for (const what of ["ac", "dc", "driving", "all"] as const)
      assert.deepEqual(parseSocInput({ command: "reset", payload: what }, one), { kind: "reset", vin: VIN, what });
    assert.deepEqual(parseSocInput({ command: "capacity", payload: "80.7" }, one), {
      kind: "capacity",
      vin: VIN,
      kwh: 80.7,
    });
    assert.deepEqual(parseSocInput({ command: "speed", payload: 54 }, one), { kind: "speed", vin: VIN, kmh: 54 });
  });

  it("takes a snapshot as one of all cars of the node, or of the named one", () => {
    const snapshot = (message: object, context: SocInputContext) =>
      parseSocInput({ command: "snapshot", ...message }, context);
    assert.deepEqual(snapshot({}, two), { kind: "snapshot", vins: [VIN, OTHER] });
    assert.deepEqual(snapshot({ vin: OTHER }, two), { kind: "snapshot", vins: [OTHER] });
    assert.deepEqual(snapshot({}, { ...two, vehicle: OTHER }), { kind: "snapshot", vins: [OTHER] });
    assert.deepEqual(snapshot({}, { ...one, vins: [] }), { kind: "snapshot", vins: [] });
    assert.equal(code({ command: "snapshot", vin: OTHER }), "soc_vehicle_unknown");
  });

  it("takes capacity 0 for none, and speed null for unknown", () => {
    for (const payload of ["0", -0, "0.0"])
      assert.deepEqual(parseSocInput({ command: "capacity", payload }, one), { kind: "capacity", vin: VIN, kwh: null });
    for (const payload of [1, 300])
      assert.deepEqual(parseSocInput({ command: "capacity", payload }, one), {
        kind: "capacity",
        vin: VIN,
        kwh: payload,
      });
    assert.deepEqual(parseSocInput({ command: "capacity", payload: 0 }, one), {
      kind: "capacity",
      vin: VIN,
      kwh: null,
    });
    assert.deepEqual(parseSocInput({ command: "speed", payload: null }, one), { kind: "speed", vin: VIN, kmh: null });
  });

  it("refuses what commands cannot use", () => {
    assert.equal(code({ command: "explode" }), "unknown_command");
    for (const payload of ["everything", "", " ", "AC", null, 0, {}])
      assert.equal(code({ command: "reset", payload }), "soc_reset_unknown", JSON.stringify(payload));
    for (const payload of [-1, 0.001, 0.5, "0.99", 301, undefined, null, "big", "", NaN, true, [80]])
      assert.equal(code({ command: "capacity", payload }), "capacity_invalid");
    for (const payload of [-1, 401, undefined, "fast"])
      assert.equal(code({ command: "speed", payload }), "speed_invalid");
  });

  it("needs to know which car is meant", () => {
    assert.equal(code({ payload: 7 }, two), "soc_vehicle_missing");
    const meter = { kind: "meter", vin: OTHER, kw: 7, auxKw: 0 };
    assert.deepEqual(parseSocInput({ payload: 7, vin: OTHER.toLowerCase() }, two), meter);
    assert.deepEqual(parseSocInput({ payload: 7 }, { ...two, vehicle: OTHER }), meter);
    assert.equal(code({ payload: 7 }, { ...one, vins: [] }), "soc_no_vehicle");
  });

  it("refuses cars that it does not estimate", () => {
    assert.equal(code({ payload: 7, vin: "WBA" }), "vin_invalid");
    assert.equal(code({ payload: 7, vin: OTHER }), "soc_vehicle_unknown");
    assert.equal(code({ payload: 7, vin: VIN }, { ...two, vehicle: OTHER }), "soc_vehicle_unknown");
    assert.equal(code({ payload: 7 }, { ...one, vehicle: OTHER }), "soc_vehicle_unknown");
  });

  it("never gives a reading out of bounds, whatever comes", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (payload, auxKw, command) => {
        try {
          const request = parseSocInput({ payload, auxKw, command }, one);
          if (request.kind !== "meter") return;
          assert.ok(request.kw >= 0 && request.kw <= 400 && request.auxKw >= 0 && request.auxKw <= 20);
        } catch (error) {
          assert.ok(error instanceof CarDataError && error.code !== "internal", String(error));
        }
      }),
    );
  });
});
