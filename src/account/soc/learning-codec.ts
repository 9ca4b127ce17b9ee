import { capacityOf } from "../../soc/settings.js";
import { codecOf } from "../../store/codec.js";
import type { Codec } from "../../store/codec.js";
import { isObject, type JsonObject } from "../../support/json.js";
import { parseVin } from "../../support/vin.js";
import { migrateEstimates } from "./learning-migration.js";

/** The estimates that outlive a restart, by VIN. */
export type LearningState = Iterable<readonly [vin: string, car: SavedLearning]>;

export interface SavedLearning {
  /** Capacity by the user's command [kWh]. */
  readonly capacityKwh: number | null;
  /** State of the car's estimator. */
  readonly estimator: JsonObject;
}

/** `learning.json`; version 1 is migrated. */
export const learningCodec: Codec<LearningState> = codecOf<LearningState>({
  initial: () => [],
  encode: (state) => [...state].map(([vin, car]) => ({ vin, ...car })),
  read: (data) => (Array.isArray(data) ? data.filter(isObject).flatMap(decodeCar) : null),
  migrations: [(data) => (Array.isArray(data) ? data.filter(isObject).map(migrateCar) : data)],
});

function migrateCar(saved: JsonObject): JsonObject {
  return { ...saved, estimator: migrateEstimates(estimatorIn(saved)) };
}

function decodeCar(saved: JsonObject): [string, SavedLearning][] {
  const vin = parseVin(saved["vin"]);
  return vin === null ? [] : [[vin, { capacityKwh: capacityOf(saved["capacityKwh"]), estimator: estimatorIn(saved) }]];
}

function estimatorIn({ estimator }: JsonObject): JsonObject {
  return isObject(estimator) ? estimator : {};
}
