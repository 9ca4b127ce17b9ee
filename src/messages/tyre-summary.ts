import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { counted, objectsOf, picked, scalar, type Scalar } from "./summary-parts.js";
import type { Summary } from "./types.js";

const WHEELS = ["frontLeft", "frontRight", "rearLeft", "rearRight"] as const;
const LONGEST_MESSAGE = 255;
const UNITS: ReadonlyMap<unknown, string> = new Map([
  ["KILOMETER", "km"],
  ["MILE", "mi"],
]);
/** Grey: BMW does not know. */
const SOUND_COLOURS: ReadonlySet<unknown> = new Set(["GREEN", "GREY"]);

/** Lists the data of a wheel: our name, BMW's object, and its member if it is not `value`. */
const WHEEL_DATA: readonly (readonly [string, string, string])[] = [
  ["dimension", "dimension", "value"],
  ["season", "season", "season"],
  ["tread", "tread", "treadDesign"],
  ["wear", "tyreWear", "status"],
  ["productionDate", "tyreProductionDate", "value"],
  ["mountingDate", "mountingDate", "mountingDate"],
  ["quality", "qualityStatus", "qualityStatus"],
  ["runFlat", "runFlat", "runFlat"],
];

/**
 * `{text, mounted, unmounted, errors}`: both sets `{label, status, frontLeft, frontRight, rearLeft, rearRight}` or
 * null, a wheel `{wear, dueMileage, dueMileageUnit, season, productionDate, defect, ...}` with BMW's data of it
 * (docs/bmw.md, "Tyres").
 */
export function tyreSummary(payload: unknown): Summary {
  if (!isObject(payload)) return { text: "no data" };
  const { passengerCar } = payload;
  const car = isObject(passengerCar) ? passengerCar : {};
  const errors = objectsOf(payload["errors"]).map(errorOf);
  const mounted = setOf(car["mountedTyres"]);
  return { text: textOf(errors.length, mounted), mounted, unmounted: setOf(car["unmountedTyres"]), errors };
}

type Wheel = Record<string, Scalar>;
type TyreSet = { label: string | null; status: Scalar | null } & Record<(typeof WHEELS)[number], Wheel | null>;

function textOf(errors: number, mounted: TyreSet | null): string {
  if (errors > 0) return counted(errors, "error");
  if (mounted === null) return "no tyre data";
  if (mounted.status !== null) return String(mounted.status);
  const wheels = WHEELS.map((place) => mounted[place]).filter((wheel) => wheel !== null);
  // Cars without a record get an answer of empty objects.
  if (wheels.length === 0) return "no tyre data";
  const defects = wheels.filter((wheel) => "defect" in wheel).length;
  return defects > 0 ? counted(defects, "warning") : "OK";
}

function setOf(tyres: unknown): TyreSet | null {
  if (!isObject(tyres)) return null;
  const status = memberOf(tyres["aggregatedQualityStatus"], "qualityStatus");
  const [frontLeft = null, frontRight = null, rearLeft = null, rearRight = null] = WHEELS.map((place) =>
    wheelOf(tyres[place]),
  );
  return { label: nonEmptyText(tyres["label"]), status, frontLeft, frontRight, rearLeft, rearRight };
}

/** Returns a wheel; `null` if BMW sends nothing about it. */
function wheelOf(tyre: unknown): Wheel | null {
  if (!isObject(tyre)) return null;
  const wheel: Wheel = {};
  for (const [name, object, member] of WHEEL_DATA) {
    const value = memberOf(tyre[object], member);
    if (value !== null) wheel[name] = value;
  }
  Object.assign(wheel, dueOf(tyre["tyreWear"]), defectOf(tyre["tyreDefect"]));
  return Object.keys(wheel).length === 0 ? null : wheel;
}

function memberOf(object: unknown, member: string): Scalar | null {
  return isObject(object) ? (scalar(object["value"]) ?? scalar(object[member])) : null;
}

function dueOf(wear: unknown): Wheel {
  if (!isObject(wear)) return {};
  const dueMileage = finiteNumber(wear["dueMileage"]);
  if (dueMileage === null) return {};
  const known = UNITS.get(wear["unit"]);
  return { dueMileage, ...(known !== undefined && { dueMileageUnit: known }) };
}

/** Returns the defect of a tyre, none for a sound one, which BMW describes in the language of the account. */
function defectOf(state: unknown): Wheel {
  const defect = memberOf(state, "status");
  if (defect === null || !isObject(state)) return {};
  const isSound = state["status"] === "NO_DEFECT" || SOUND_COLOURS.has(state["statusColor"]);
  return isSound ? {} : { defect };
}

/** BMW's document says that the message is an object, without saying more. */
function errorOf(error: JsonObject): Wheel {
  const { message } = error;
  const words = isObject(message) ? JSON.stringify(message) : nonEmptyText(message);
  return { ...picked(error, ["eventId", "type"]), ...(words !== null && { message: words.slice(0, LONGEST_MESSAGE) }) };
}
