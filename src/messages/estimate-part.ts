import type { ChargeFigures, DriveFigures, SocEstimate } from "../soc/estimate.js";
import { BRACKETS } from "../soc/driving/driven-trip.js";
import { isoText } from "./iso-text.js";
import type { ChargePart, DrivePart, EstimatePart } from "./types.js";

/** Builds `estimate` of a message of "Predicted SOC". */
export function estimatePart({ mode, sigma, band90, bmw, capacity, charge }: SocEstimate): EstimatePart {
  const part: EstimatePart = {
    mode,
    sigma,
    band90: [band90[0], band90[1]],
    bmwSoc: bmw?.soc ?? null,
    bmwSocTimestamp: bmw === null ? null : isoText(bmw.at),
    bmwSocDescriptor: bmw?.descriptor ?? null,
    capacityKwh: capacity?.kwh ?? null,
    capacitySource: capacity?.source ?? null,
  };
  return charge === null ? part : Object.assign(part, chargePart(charge));
}

/** Builds the further members of "Magic SOC", which exist without a trip too. */
export function drivePart(drive: DriveFigures | null): DrivePart {
  return {
    consumptionKwhPerKm: drive?.consumptionKwhPerKm ?? null,
    tripKm: drive?.tripKm ?? null,
    speed_bracket: drive?.speedBracket ?? null,
    traccar_speed_kmh: oneDecimal(drive?.speedKmh ?? null),
    speed_bucket_consumption: bucketsOf(drive?.buckets ?? {}),
  };
}

/** Rounds to one decimal, as speeds and levels are shown. */
export function oneDecimal<Value extends number | null>(value: Value): Value {
  // No "-0", which would look different from 0.
  return (value === null ? null : Math.round(value * 10) / 10 + 0) as Value;
}

function chargePart(charge: ChargeFigures): ChargePart {
  const { method, powerKw, powerSource, phases, phasesSource } = charge;
  const { efficiency, targetSoc, minutesToTarget, energyKwh, startedAt } = charge;
  return {
    method,
    powerKw,
    powerSource,
    phases,
    phasesSource,
    efficiency,
    targetSoc,
    minutesToTarget,
    energyKwh,
    startedAt: isoText(startedAt),
  };
}

function bucketsOf(buckets: DriveFigures["buckets"]): DrivePart["speed_bucket_consumption"] {
  const entries = BRACKETS.flatMap((bracket) => {
    const rate = buckets[bracket];
    if (rate === undefined) return [];
    return [[bracket, { kwh_per_km: Math.round(rate.kwhPerKm * 1000) / 1000, trip_count: rate.trips }] as const];
  });
  return Object.fromEntries(entries);
}
