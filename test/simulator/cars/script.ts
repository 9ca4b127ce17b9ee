import type { SimulatedCharge } from "./car.js";

/** Describes one event of a car, `at` after its start [ms]. */
export type ScriptStep = { readonly at: number } & (
  | { readonly do: "drive"; readonly speedKmh: number }
  /** `turn`: the next drive leads back where the last ones came from. */
  | { readonly do: "park" | "turn" | "plug" | "unplug" | "stopCharge" | "failCharge" }
  | { readonly do: "charge"; readonly charge: SimulatedCharge }
  | { readonly do: "lock"; readonly locked: boolean }
  | { readonly do: "door"; readonly open: boolean }
  /** The rear left tyre has this pressure [kPa]. */
  | { readonly do: "tyre"; readonly kPa: number }
  /** BMW's word for the change of the engine oil. */
  | { readonly do: "service"; readonly status: "OK" | "PENDING" | "OVERDUE" }
);

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const homeCharge: SimulatedCharge = { method: "AC", powerKw: 11, phases: 3, target: 80 };
export const fastCharge: SimulatedCharge = { method: "DC", powerKw: 180, phases: 0, target: 80 };

/** Open, get in or out, close; ends locked or not. Takes 20 seconds. */
export function useDoor(at: number, locked: boolean): ScriptStep[] {
  return [
    { at, do: "lock", locked: false },
    { at: at + 2 * SECOND, do: "door", open: true },
    { at: at + 10 * SECOND, do: "door", open: false },
    { at: at + 20 * SECOND, do: "lock", locked },
  ];
}

/** A drive with traffic lights and a stretch of faster road; arrives locked. */
export function trip(at: number, minutes: number, speedKmh: number): ScriptStep[] {
  const end = at + minutes * MINUTE;
  const steps: ScriptStep[] = [...useDoor(at - 30 * SECOND, true), { at, do: "drive", speedKmh: speedKmh * 0.6 }];
  for (let light = at + 4 * MINUTE; light < end - 2 * MINUTE; light += 7 * MINUTE)
    steps.push({ at: light, do: "park" }, { at: light + 30 * SECOND, do: "drive", speedKmh });
  return [...steps, { at: end, do: "park" }, ...useDoor(end + MINUTE, true)];
}

/** Scripts a commute with charging at home at night. */
export function commute(day: number): ScriptStep[] {
  const start = day * DAY;
  return [
    { at: start + 7 * HOUR - 2 * MINUTE, do: "unplug" },
    ...trip(start + 7 * HOUR, 35, 60),
    ...trip(start + 17 * HOUR, 40, 55),
    { at: start + 18 * HOUR, do: "plug" },
    { at: start + 22 * HOUR, do: "charge", charge: homeCharge },
  ];
}

/** A long drive with a stop at a fast charger. */
export function holiday(day: number): ScriptStep[] {
  const start = day * DAY;
  return [
    { at: start + 8 * HOUR - 2 * MINUTE, do: "unplug" },
    ...trip(start + 8 * HOUR, 100, 120),
    { at: start + 9 * HOUR + 50 * MINUTE, do: "charge", charge: fastCharge },
    { at: start + 10 * HOUR + 30 * MINUTE, do: "unplug" },
    ...trip(start + 10 * HOUR + 35 * MINUTE, 90, 120),
  ];
}
