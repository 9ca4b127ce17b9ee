import type { CarDesign } from "../cars/car.js";
import type { LoggedCharge } from "../cars/logbook.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_HOUR = 19;
const KM_PER_DAY = 31;

/** Charges of a car that never charges in the simulation: three days of four, always the same for a day. */
export function inventedSessions(design: CarDesign, from: number, to: number): LoggedCharge[] {
  if (design.capacityKwh === 0) return [];
  const first = Math.floor(from / DAY_MS);
  const days = Array.from({ length: Math.max(0, Math.floor(to / DAY_MS) - first + 1) }, (_, index) => first + index);
  return days
    .filter((day) => day % 4 !== 0)
    .map((day) => sessionOf(day, design))
    .filter(({ startedAt, endedAt }) => startedAt >= from && endedAt <= to);
}

/** Each seventh is one in which nothing was taken from the grid. */
function sessionOf(day: number, design: CarDesign): LoggedCharge {
  const startedAt = day * DAY_MS + (FIRST_HOUR + (day % 3)) * HOUR_MS + (day % 60) * 60_000;
  const isEmpty = day % 7 === 0;
  const startSoc = 35 + (day % 25);
  const endSoc = isEmpty ? startSoc : 80;
  const method = day % 5 === 0 && design.dcPeakKw > 0 ? ("DC" as const) : ("AC" as const);
  const stored = ((endSoc - startSoc) / 100) * design.capacityKwh * design.health;
  const gridKwh = stored / (method === "AC" ? design.acEfficiency : design.dcEfficiency);
  const hours = isEmpty ? 0.1 : gridKwh / (method === "AC" ? 11 : design.dcPeakKw * 0.7);
  return {
    startedAt,
    endedAt: startedAt + Math.round(hours * 3600) * 1000,
    startSoc,
    endSoc,
    gridKwh,
    method,
    odometerKm: design.odometerKm - KM_PER_DAY + (day % 1000) * 0.5,
    latitude: design.latitude,
    longitude: design.longitude,
  };
}
