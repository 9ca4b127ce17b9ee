import { parkedCar } from "../simulator/cars/everyday.js";
import { SimulatedCar } from "../simulator/cars/car.js";
import { standardCars } from "../simulator/cars/standard.js";
import { trip } from "../simulator/cars/script.js";
import { profileOf } from "../simulator/cars/profile.js";
import { ODOMETER_KM, type CarUnits } from "../helpers/whole-car.js";

export interface Kind {
  readonly vin: string;
  readonly what: string;
  readonly units: CarUnits;
  readonly hasBattery: boolean;
  readonly car: SimulatedCar;
}

const MINUTE_MS = 60_000;
const KINDS = [
  ["BEV", "i4 eDrive40", "BEV", 0],
  ["PHEV", "330e", "PHEV_OTTO", 35],
  ["mild hybrid", "X1 xDrive23i", "MHEV", 45],
  ["diesel", "320d", "CONV", 50],
] as const;

/** Four kinds of cars, with metric units and with those of the US. */
export function fleet(start: number): Kind[] {
  return (["metric", "us"] as const).flatMap((units, system) =>
    KINDS.map(([what, model, driveTrain, fuelL], kind) => {
      const vin = `WBY1Z2C30N7A00${system + 1}0${kind + 1}`;
      const hasBattery = driveTrain === "BEV" || driveTrain.startsWith("PHEV");
      return {
        vin,
        what: `${what}, ${units}`,
        units,
        hasBattery,
        car: silentCar(start, { vin, model, driveTrain, fuelL, odometer: ODOMETER_IN[units] }),
      };
    }),
  );
}

const ODOMETER_IN: Readonly<Record<CarUnits, number>> = { metric: ODOMETER_KM, us: ODOMETER_KM / 1.609344 };

interface Build {
  readonly vin: string;
  readonly model: string;
  readonly driveTrain: string;
  readonly fuelL: number;
  /** As the car shows it, in its own unit. */
  readonly odometer?: number;
}

/** A car that tells nothing by itself. */
export function silentCar(start: number, { vin, model, driveTrain, fuelL, odometer }: Build): SimulatedCar {
  const basicData = { brand: "BMW", modelName: model, driveTrain, series: "X", puStep: "0726" };
  const nothing = () => ({});
  const profile = profileOf({
    drivingEveryMs: null,
    chargingEveryMs: null,
    driving: nothing,
    charging: nothing,
    summary: nothing,
  });
  const design = { ...parkedCar(start).design, odometerKm: odometer ?? ODOMETER_KM };
  return new SimulatedCar({ ...design, vin, model, basicData, fuelL, profile, script: [] }, start);
}

/** Another electric car that tells nothing by itself. */
export function lateCar(start: number): Kind {
  const vin = "WBY1Z2C30N7A00301";
  const car = silentCar(start, { vin, model: "i4 eDrive40", driveTrain: "BEV", fuelL: 0 });
  return { vin, what: "BEV, late units", units: "metric", hasBattery: true, car };
}

/** One more electric car that tells nothing by itself, for the automations of the docs. */
export function automatedCar(start: number): Kind {
  const vin = "WBY1Z2C30N7A00303";
  const car = silentCar(start, { vin, model: "i4 eDrive40", driveTrain: "BEV", fuelL: 0 });
  return { vin, what: "BEV with automations", units: "metric", hasBattery: true, car };
}

/** The electric car of the demo, which set out two hours ago and drives for an hour and a half. */
export function drivingCar(now: number): Kind {
  const start = now - 120 * MINUTE_MS;
  const vin = "WBY1Z2C30N7A00302";
  const [{ design } = parkedCar(start)] = standardCars(start);
  const car = new SimulatedCar({ ...design, vin, script: trip(MINUTE_MS, 90, 60) }, start);
  return { vin, what: "BEV on the road", units: "metric", hasBattery: true, car };
}
