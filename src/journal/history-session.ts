import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { clampedNumber, needed, object, or, storedList, then } from "../support/stored-schema.js";
import { isGeoPoint, type GeoPoint } from "../vehicle/geography.js";
import { plausibleOdometer } from "../vehicle/odometer-filter.js";
import { KM_PER_MILE } from "../support/distances.js";
import { levelOf } from "../vehicle/source-priority.js";
import { rounded } from "./entry.js";
import { EnergyCourse, type EnergyPart } from "./energy-course.js";

/** Describes a charge as BMW's charging history does. Times in ms. */
export interface HistorySession {
  readonly from: number;
  readonly to: number;
  /** Drawn from the grid [kWh]; `null`: BMW does not say. */
  readonly drawnKwh: number | null;
  /** Percent. */
  readonly startSoc: number | null;
  readonly endSoc: number | null;
  readonly place: GeoPoint | null;
  readonly odometerKm: number | null;
  readonly provider: string | null;
  /** What it has cost, as the user has told BMW the prices; `null`: BMW does not say. */
  readonly cost: { readonly amount: number; readonly currency: string } | null;
  /** The energy by quarters; nothing where BMW does not say. */
  readonly parts: readonly EnergyPart[];
}

const HOUR_MS = 3_600_000;
const MOST_KWH = 1000;
/** Nobody charges for longer [ms]. */
const LONGEST_MS = 10 * 24 * HOUR_MS;
const MOST_BLOCKS = 1000;

/** Reads seconds since 1970 as milliseconds; earlier than 2010 no electric car charged. */
const seconds = then(clampedNumber(0, 4e9), (value: number) =>
  value * 1000 >= Date.UTC(2010, 0) ? value * 1000 : null,
);

const block = object({
  startTime: needed(seconds),
  endTime: needed(seconds),
  averagePowerGridKw: needed(clampedNumber(0, MOST_KWH)),
});

const degrees = needed(finiteNumber);

const location = then(
  object({ mapMatchedLatitude: degrees, mapMatchedLongitude: degrees }),
  ({ mapMatchedLatitude: latitude, mapMatchedLongitude: longitude }): GeoPoint | null => {
    const isPlace = isGeoPoint({ latitude, longitude }) && (latitude !== 0 || longitude !== 0);
    return isPlace ? { latitude, longitude } : null;
  },
);

const amount = needed(clampedNumber(0, 1e6));

const cost = then(
  object({ calculatedChargingCost: amount, currency: needed(nonEmptyText) }),
  ({ calculatedChargingCost: paid, currency }) => {
    return paid > 0 ? { amount: rounded(paid, 2), currency } : null;
  },
);

const read = object({
  startTime: needed(seconds),
  endTime: needed(seconds),
  energyConsumedFromPowerGridKwh: then(clampedNumber(0, MOST_KWH), (kwh: number) => (kwh > 0 ? kwh : null)),
  displayedStartSoc: levelNumber,
  displayedSoc: levelNumber,
  mileage: plausibleOdometer,
  mileageUnits: or(nonEmptyText, "km"),
  chargingLocation: location,
  publicChargingPoint: provider,
  chargingCostInformation: cost,
  chargingBlocks: storedList(block, MOST_BLOCKS),
});

/** Reads a session; `null` for one without a time that can be. */
export function readSession(session: JsonObject): HistorySession | null {
  const known = read(session);
  if (known === null || known.endTime < known.startTime || known.endTime - known.startTime > LONGEST_MS) return null;
  const { startTime: from, endTime: to, mileage, mileageUnits } = known;
  const isMiles = mileageUnits.toLowerCase().endsWith("mi");
  return {
    from,
    to,
    drawnKwh: known.energyConsumedFromPowerGridKwh,
    startSoc: known.displayedStartSoc,
    endSoc: known.displayedSoc,
    place: known.chargingLocation,
    odometerKm: mileage === null ? null : mileage * (isMiles ? KM_PER_MILE : 1),
    provider: known.publicChargingPoint,
    cost: known.chargingCostInformation,
    parts: partsOf(known.chargingBlocks),
  };
}

function partsOf(blocks: readonly NonNullable<ReturnType<typeof block>>[]): EnergyPart[] {
  const course = new EnergyCourse();
  for (const { startTime, endTime, averagePowerGridKw } of blocks) {
    const hours = Math.min(LONGEST_MS, endTime - startTime) / HOUR_MS;
    course.add(startTime, endTime, averagePowerGridKw * hours, { price: null, solarShare: 0 });
  }
  return course.partsUntil(Infinity);
}

function levelNumber(value: unknown): number | null {
  return levelOf(finiteNumber(value));
}

/** Reads the provider of a public charging point that BMW is sure about. */
function provider(stored: unknown): string | null {
  const matches: unknown = isObject(stored) ? stored["potentialChargingPointMatches"] : null;
  const points: unknown[] = Array.isArray(matches) ? matches : [];
  const [point] = points;
  return points.length === 1 && isObject(point) ? nonEmptyText(point["providerName"]) : null;
}
