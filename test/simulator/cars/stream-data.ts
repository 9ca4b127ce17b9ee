import type { CarTruth } from "./car.js";
import { entry, type CarReport } from "./profile.js";

const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";

export const LATITUDE = `${LOCATION}.latitude`;
export const LONGITUDE = `${LOCATION}.longitude`;
export const ODOMETER = "vehicle.vehicle.travelledDistance";

/** The charge level that the car measures. */
export const SOC = "vehicle.drivetrain.batteryManagement.header";

/** Returns the level in whole percents, as the car shows it. */
export const shownSoc = ({ soc }: CarTruth) => Math.floor(soc);

export function position({ time, position: { latitude, longitude, altitude, heading } }: CarTruth): CarReport["data"] {
  return {
    [LATITUDE]: entry(time, Number(latitude.toFixed(6)), "degrees"),
    [LONGITUDE]: entry(time, Number(longitude.toFixed(6)), "degrees"),
    [`${LOCATION}.heading`]: entry(time, Math.round(heading), "degrees"),
    [`${LOCATION}.altitude`]: entry(time, altitude, "m"),
  };
}

export const odometer = (truth: CarTruth): CarReport["data"] => ({
  [ODOMETER]: entry(truth.time, Math.floor(truth.odometerKm), "km"),
});
