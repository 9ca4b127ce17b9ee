import { capacityOf } from "../../soc/settings.js";
import type { Codec } from "../../store/document.js";
import { isObject, type JsonObject } from "../../support/json.js";
import { parseVin } from "../../support/vin.js";
import { migrateEstimates } from "./learning-migration.js";

/** Estimates that are kept over a restart, by VIN. */
export type LearningState = Iterable<readonly [vin: string, car: SavedLearning]>;

export interface SavedLearning {
  /** The user's command, kWh. */
  readonly capacityKwh: number | null;
  /** As the car's estimator saved it. */
  readonly estimator: JsonObject;
}

/** `learning.json`; version 1 is migrated. */
export const learningCodec: Codec<LearningState> = {
  version: 2,
  initial: () => [],
  encode: (state) => [...state].map(([vin, car]) => ({ vin, ...car })),
  decode: (data, version) => {
    if (!Array.isArray(data)) throw new Error("not a list of cars");
    return data.filter(isObject).flatMap((saved) => decodeCar(saved, version));
  },
};

function decodeCar(saved: JsonObject, version: number): [string, SavedLearning][] {
  const vin = parseVin(saved["vin"]);
  if (vin === null) return [];
  const { capacityKwh, estimator } = saved;
  const state = isObject(estimator) ? estimator : {};
  return [[vin, { capacityKwh: capacityOf(capacityKwh), estimator: version < 2 ? migrateEstimates(state) : state }]];
}
