import type { SimulatedCar } from "../cars/car.js";
import type { ServerAnswer } from "../http.js";
import type { ServedPages } from "./pages.js";
import { refused } from "./refused.js";

/** The places at which a car charges by settings of their own; the token is `nextToken` here, unlike in the charging history. */
export function chargingSettings(
  car: SimulatedCar,
  query: URLSearchParams,
  pages: ServedPages,
  gcid: string,
): ServerAnswer {
  const { chargingPlaces = car.design.capacityKwh > 0 ? 1 : 0 } = car.design.services ?? {};
  if (chargingPlaces === 0) return refused("CU-127");
  const places = Array.from({ length: chargingPlaces }, (_, index) => place(car, index, gcid));
  const page = pages.page(places, `settings ${car.vin}`, query.get("nextToken"));
  if (page === null) return refused("CU-125");
  return { status: 200, body: { ...(page.next !== undefined && { nextToken: page.next }), data: page.items } };
}

function place({ vin, design }: SimulatedCar, index: number, gcid: string): object {
  const night = {
    startChargingTimePeriodHour: 22,
    startChargingTimePeriodMinute: 0,
    stopChargingTimePeriodHour: 6,
    stopChargingTimePeriodMinute: 30,
  };
  return {
    id: `setting-${index + 1}`,
    lastUpdated: "2026-01-05T18:00:00Z",
    clusterLocationId: `place-${index + 1}`,
    latitude: Number((design.latitude + index / 100).toFixed(6)),
    longitude: Number(design.longitude.toFixed(6)),
    lastVisit: "2026-02-20T21:15:00Z",
    visits: 40 - index,
    chargingMode: "TIME_SLOT",
    optimizedChargingPreference: "OFF",
    ...night,
    chargingTimeWindows: [night],
    acCurrentLimitFlag: "ACTIVE",
    acCurrentLimit: 16,
    acousticLimit: "UNLIMITED",
    flapLock: "LOCKED",
    chargingPlug: "UNLOCKED_AFTER_CHARGING",
    vehicleIdWithGcid: `${vin}_${gcid}`,
  };
}
