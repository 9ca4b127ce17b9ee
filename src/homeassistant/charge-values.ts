import type { InputValue } from "./car-input.js";

const CHARGING = "vehicle.drivetrain.electricEngine.charging";

/** What is so while nothing charges, where BMW leaves the values of the last charge for days. */
const IDLE: ReadonlyMap<string, InputValue["payload"]> = new Map<string, InputValue["payload"]>([
  ["vehicle.powertrain.electric.battery.charging.power", 0],
  [`${CHARGING}.acAmpere`, 0],
  [`${CHARGING}.acVoltage`, null],
  [`${CHARGING}.timeRemaining`, null],
  [`${CHARGING}.timeToFullyCharged`, null],
]);
/** Tolerates a value that came so long before the word that the car charges [ms]. */
const AHEAD_MS = 2 * 60_000;

/** Returns what an owner should see of a value. */
export function shownPayload({ descriptor, payload }: InputValue, isCharging: boolean | null): InputValue["payload"] {
  const idle = isCharging === false ? IDLE.get(descriptor) : undefined;
  return idle === undefined ? payload : idle;
}

/** Keeps the values of one car that are true only while it charges, so that they can be shown anew when that changes. */
export class ChargeValues {
  readonly #values = new Map<string, InputValue>();
  #isCharging: boolean | null = null;

  keep(values: readonly InputValue[]): void {
    for (const value of values) if (IDLE.has(value.descriptor)) this.#values.set(value.descriptor, value);
  }

  /**
   * Returns the values that have to be shown anew.
   * @param now time [ms]
   */
  changedBy(isCharging: boolean | null, now: number): InputValue[] {
    if (isCharging === this.#isCharging) return [];
    this.#isCharging = isCharging;
    const all = [...this.#values.values()];
    return isCharging === false ? all : all.filter(({ timestamp }) => timestamp >= now - AHEAD_MS);
  }
}
