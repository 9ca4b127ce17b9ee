import type { TrackedCar } from "../simulator/traccar-server.js";

/** A car for the simulated Traccar that is as fast as one says. */
export interface SteadyCar extends TrackedCar {
  speedKmh: number;
}

export function steadyCar(vin: string, model: string): SteadyCar {
  const position = { latitude: 48.137, longitude: 11.575, altitude: 520, heading: 70 };
  const car: SteadyCar = { vin, model, speedKmh: 0, truth: () => ({ speedKmh: car.speedKmh, position }) };
  return car;
}
