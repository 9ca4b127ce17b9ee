import assert from "node:assert/strict";
import { modelDefaults } from "../../../src/vehicle/model-defaults.js";

describe("what is assumed of a model", () => {
  const cases: readonly (readonly [model: string, capacityKwh: number | null, kwhPerKm: number])[] = [
    ["i4 eDrive40", 80.7, 0.18],
    ["i4 eDrive35 Gran Coupe", 59.4, 0.17],
    ["i4", 80.7, 0.18],
    ["I4 M50 ", 80.7, 0.21],
    ["i5 xDrive40 Touring", 81.2, 0.18],
    ["iX3 50 xDrive", 109, 0.19],
    ["iX3 M Sport", 74, 0.2],
    ["iX xDrive40", 71, 0.22],
    ["iX2 eDrive20", 64.7, 0.17],
    ["330e xDrive", null, 0.21],
    ["", null, 0.21],
  ];
  for (const [model, capacityKwh, kwhPerKm] of cases)
    it(`is by the longest beginning of its name: "${model}"`, () => {
      assert.deepEqual(modelDefaults(model), { capacityKwh, kwhPerKm });
    });
});
