import type { SimulatedCar } from "../cars/car.js";
import type { LoggedCharge } from "../cars/logbook.js";
import type { ServerAnswer } from "../http.js";
import { inventedSessions } from "./invented-sessions.js";
import type { ServedPages } from "./pages.js";
import { refused } from "./refused.js";

const LONGEST_RANGE_MS = 59 * 24 * 3600 * 1000;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;

/** The charges that began between `from` and `to`, in no order, ten at a time: what the car did, invented ones if it never charges. */
export function chargingHistory(
  car: SimulatedCar,
  query: URLSearchParams,
  pages: ServedPages,
  now: number,
): ServerAnswer {
  const from = timeOf(query.get("from"));
  const to = timeOf(query.get("to"));
  if (from === null || to === null || to < from || to - from > LONGEST_RANGE_MS) return refused("CU-401");
  const known = car.design.script.some((step) => step.do === "charge")
    ? car.logbook.sessions
    : inventedSessions(car.design, from, Math.min(to, now));
  const sessions = known.filter(({ startedAt }) => startedAt >= from && startedAt <= to).sort(byNothing);
  const page = pages.page(sessions, `history ${car.vin} ${from} ${to}`, query.get("nextToken"));
  if (page === null) return refused("CU-125");
  const { items, next } = page;
  return { status: 200, body: { data: items.map(describe), ...(next !== undefined && { next_token: next }) } };
}

function timeOf(text: string | null): number | null {
  const time = DATE_TIME.test(text ?? "") ? Date.parse(text ?? "") : NaN;
  return Number.isNaN(time) ? null : time;
}

/** An order that is always the same and means nothing. */
function byNothing(one: LoggedCharge, other: LoggedCharge): number {
  const key = ({ startedAt }: LoggedCharge) => ((startedAt / 1000) * 2_654_435_761) % 4_294_967_296;
  return key(one) - key(other);
}

/** BMW's form; times in whole seconds. A charge that took nothing from the grid has no energy and no blocks. */
function describe(session: LoggedCharge): object {
  const startTime = Math.floor(session.startedAt / 1000);
  const endTime = Math.floor(session.endedAt / 1000);
  const hours = (endTime - startTime) / 3600;
  const energy = Number(session.gridKwh.toFixed(2));
  const averagePowerGridKw = Number((energy / Math.max(hours, 1 / 3600)).toFixed(2));
  return {
    startTime,
    endTime,
    totalChargingDurationSec: endTime - startTime,
    displayedStartSoc: Math.floor(session.startSoc),
    displayedSoc: Math.floor(session.endSoc),
    ...(energy > 0 && {
      energyConsumedFromPowerGridKwh: energy,
      chargingBlocks: [{ startTime, endTime, averagePowerGridKw }],
    }),
    isPreconditioningActivated: false,
    mileage: Math.floor(session.odometerKm),
    mileageUnits: "MileageUnits.KM",
    timeZone: "Europe/Berlin",
    chargingCostInformation: { currency: "EUR", calculatedChargingCost: energy * 0.3, calculatedSavings: 0 },
    businessErrors: [],
    ...placeOf(session),
  };
}

function placeOf({ method, latitude, longitude }: LoggedCharge): object {
  const place = { municipality: "Simulated", streetAddress: "Example Street 1", postalCode: "00000" };
  const point = { postalCode: place.postalCode, streetAddress: place.streetAddress, city: place.municipality };
  return {
    chargingLocation: {
      municipality: place.municipality,
      formattedAddress: `${place.streetAddress}, ${place.postalCode} ${place.municipality}`,
      streetAddress: place.streetAddress,
      mapMatchedLatitude: Number(latitude.toFixed(6)),
      mapMatchedLongitude: Number(longitude.toFixed(6)),
    },
    ...(method === "DC" && {
      publicChargingPoint: { potentialChargingPointMatches: [{ ...point, providerName: "Simulated Charging" }] },
    }),
  };
}
