import type { SocEstimate } from "../soc/estimate.js";
import type { Position } from "../vehicle/position.js";
import { kilometres, ODOMETER, plausibleOdometer } from "../vehicle/odometer-filter.js";
import type { Reading } from "../vehicle/reading.js";
import { CAPACITIES } from "../vehicle/reading-store.js";

/** Shows what is known of a car at the moment. */
export interface CarView {
  /** "Predicted SOC". */
  readonly estimate: SocEstimate | null;
  /** "Magic SOC", which estimates while the car drives as well; `null` where that is not wanted. */
  readonly magic: SocEstimate | null;
  readonly position: Position | null;
  readonly readings: ReadonlyMap<string, Reading>;
}

/** Returns the odometer [km]; `null` if unknown, or if it was last read before a time [ms]. */
export function odometerKmOf({ readings }: CarView, since = -Infinity): number | null {
  const reading = readings.get(ODOMETER);
  return reading === undefined || reading.timestamp < since ? null : plausibleOdometer(kilometres(reading));
}

/** Returns the capacities that the car tells [kWh]. */
export function capacitiesOf({ readings }: CarView): {
  readonly maxEnergyKwh: number | null;
  readonly batterySizeMaxKwh: number | null;
} {
  const [maxEnergyKwh = null, batterySizeMaxKwh = null] = CAPACITIES.map((descriptor) => {
    const value = readings.get(descriptor)?.value;
    return typeof value === "number" && value > 0 ? value : null;
  });
  return { maxEnergyKwh, batterySizeMaxKwh };
}
