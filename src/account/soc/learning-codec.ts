import { capacityOf } from "../../soc/limits.js";
import type { Codec } from "../../store/document.js";
import { isObject, type JsonObject } from "../../support/json.js";
import { parseVin } from "../../support/vin.js";

/** What is kept of the estimates over a restart, by VIN. */
export type LearningState = Iterable<readonly [vin: string, car: SavedLearning]>;

export interface SavedLearning {
  /** The user's command, kWh. */
  readonly capacityKwh: number | null;
  /** As the car's estimator saved it. */
  readonly estimator: JsonObject;
}

/** `learning.json` */
export const learningCodec: Codec<LearningState> = {
  version: 1,
  initial: () => [],
  encode: (state) => [...state].map(([vin, car]) => ({ vin, ...car })),
  decode: (data) => {
    if (!Array.isArray(data)) throw new Error("not a list of cars");
    return data.filter(isObject).flatMap(decodeCar);
  },
};

function decodeCar(saved: JsonObject): [string, SavedLearning][] {
  const vin = parseVin(saved["vin"]);
  if (vin === null) return [];
  const { capacityKwh, estimator } = saved;
  return [[vin, { capacityKwh: capacityOf(capacityKwh), estimator: isObject(estimator) ? estimator : {} }]];
}
