import type { SocService } from "../account/soc/soc-service.js";
import { capacityOf, MOST_AUX_KW, MOST_CAPACITY_KWH, MOST_KMH, MOST_KW } from "../soc/settings.js";
import { CarDataError } from "../support/errors.js";
import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import { parseCommand } from "./command.js";

const COMMANDS = ["snapshot", "report", "reset", "capacity", "speed"] as const;
const RESETTABLE_PARTS = ["ac", "dc", "driving", "all"] as const;
const W_PER_KW = 1000;

/** Describes a request of an input message of cardata-predicted-soc; `kwh` `null`: clears the user's capacity. */
export type SocRequest =
  | { readonly kind: "snapshot"; readonly vins: readonly string[] }
  | { readonly kind: "report"; readonly vin: string }
  | { readonly kind: "reset"; readonly vin: string; readonly what: (typeof RESETTABLE_PARTS)[number] }
  | { readonly kind: "capacity"; readonly vin: string; readonly kwh: number | null }
  | { readonly kind: "speed"; readonly vin: string; readonly kmh: number | null }
  | { readonly kind: "meter"; readonly vin: string; readonly kw: number; readonly auxKw: number };

export interface SocInputContext {
  /** Car of the node; "" for all. */
  readonly vehicle: string;
  /** Cars with an estimate. */
  readonly vins: readonly string[];
  readonly meterUnit: "kW" | "W";
}

/**
 * Parses an input message: `msg.command` with `msg.payload`, else a number as a reading of the user's meter, with
 * `msg.auxKw` [kW].
 * @throws CarDataError `unknown_command`, `soc_reset_unknown`, `capacity_invalid`, `speed_invalid`,
 *   `meter_value_invalid`, `meter_aux_invalid`, `vin_invalid`, `soc_vehicle_missing`, `soc_vehicle_unknown` or
 *   `soc_no_vehicle`
 */
export function parseSocInput(message: unknown, context: SocInputContext): SocRequest {
  const asked = isObject(message) ? message : {};
  const request = contentOf(asked, context.meterUnit);
  if (request.kind === "snapshot") return { ...request, vins: vehiclesOf(asked["vin"], context) };
  return { ...request, vin: vehicleOf(asked["vin"], context) };
}

/** Executes a request; the requesting node itself sends a snapshot or a report. */
export function executeSocRequest(
  service: SocService,
  request: Exclude<SocRequest, { kind: "snapshot" | "report" }>,
): void {
  switch (request.kind) {
    case "reset":
      service.reset(request.vin, request.what);
      break;
    case "capacity":
      service.capacity(request.vin, request.kwh);
      break;
    case "speed":
      service.say(request.vin, request.kmh);
      break;
    case "meter":
      service.meter(request.vin, request.kw, request.auxKw);
  }
}

type WithoutVin<Request> = Request extends SocRequest ? Omit<Request, "vin" | "vins"> : never;

function contentOf(asked: JsonObject, meterUnit: SocInputContext["meterUnit"]): WithoutVin<SocRequest> {
  const { payload } = asked;
  const command = parseCommand(asked, COMMANDS);
  switch (command) {
    case "snapshot":
    case "report":
      return { kind: command };
    case "reset":
      return { kind: "reset", what: resettablePart(payload) };
    case "capacity":
      return { kind: "capacity", kwh: capacityIn(payload) };
    case "speed":
      return { kind: "speed", kmh: payload === null ? null : within(payload, MOST_KMH, "speed_invalid") };
    case null:
      return { kind: "meter", ...meterOf(asked, meterUnit) };
  }
}

/** Parses a capacity [kWh]; 0 restores the car's own. */
function capacityIn(payload: unknown): number | null {
  const kwh = within(payload, MOST_CAPACITY_KWH, "capacity_invalid");
  if (kwh !== 0 && capacityOf(kwh) === null) throw new CarDataError("capacity_invalid");
  return capacityOf(kwh);
}

function resettablePart(payload: unknown) {
  if (payload === undefined) return "all";
  const found = RESETTABLE_PARTS.find((one) => one === payload);
  if (found === undefined) throw new CarDataError("soc_reset_unknown", { known: RESETTABLE_PARTS.join(", ") });
  return found;
}

function meterOf({ payload, auxKw }: JsonObject, unit: SocInputContext["meterUnit"]): { kw: number; auxKw: number } {
  const perKw = unit === "W" ? W_PER_KW : 1;
  return {
    kw: within(payload, MOST_KW * perKw, "meter_value_invalid", -MOST_KW * perKw) / perKw,
    auxKw: auxKw === undefined || auxKw === null ? 0 : within(auxKw, MOST_AUX_KW, "meter_aux_invalid"),
  };
}

type SocInputErrorCode = "capacity_invalid" | "speed_invalid" | "meter_value_invalid" | "meter_aux_invalid";

/**
 * Parses a number from `least` to `most`, also as text.
 * @throws CarDataError `refusal` for anything else
 */
function within(value: unknown, most: number, refusal: SocInputErrorCode, least = 0): number {
  const found = finiteNumber(typeof value === "string" ? value.trim() : value);
  if (found === null || found < least || found > most) throw new CarDataError(refusal);
  // "-0" is 0.
  return found + 0;
}

/** Returns the named car, else all cars of the node. */
function vehiclesOf(asked: unknown, context: SocInputContext): readonly string[] {
  return isNamed(asked) ? [vehicleOf(asked, context)] : ownOf(context);
}

function vehicleOf(asked: unknown, context: SocInputContext): string {
  const own = ownOf(context);
  if (!isNamed(asked)) return onlyOf(own, context.vehicle);
  const vin = parseVin(typeof asked === "string" ? asked.trim() : asked);
  if (vin === null) throw new CarDataError("vin_invalid");
  if (!own.includes(vin)) throw new CarDataError("soc_vehicle_unknown", { vin });
  return vin;
}

function ownOf({ vehicle, vins }: SocInputContext): readonly string[] {
  return vehicle === "" ? vins : vins.filter((vin) => vin === vehicle);
}

function isNamed(asked: unknown): boolean {
  return asked !== undefined && asked !== null && asked !== "";
}

function onlyOf(vins: readonly string[], vehicle: string): string {
  const [vin, ...more] = vins;
  if (more.length > 0) throw new CarDataError("soc_vehicle_missing");
  if (vin !== undefined) return vin;
  throw vehicle === "" ? new CarDataError("soc_no_vehicle") : new CarDataError("soc_vehicle_unknown", { vin: vehicle });
}
