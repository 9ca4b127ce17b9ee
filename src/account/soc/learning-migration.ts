import { entriesOf, isObject, numberList, numbersIn, type JsonObject } from "../../support/json.js";

/*
 * Migrates the estimates of a car from version 1 to version 2: one store of observations instead of four, and one store
 * of efficiency instead of two. Skips what cannot be read, as loading does.
 */

const CONDITIONS: Readonly<Record<string, string>> = { "AC/power": "power", "AC/meter": "meter", "DC/0": "0_410_0" };
const FORECAST = "vehicle.drivetrain.electricEngine.charging.level";
const LEVEL_OF: ReadonlyMap<unknown, string> = new Map([
  ["vehicle.drivetrain.batteryManagement.header", "header"],
  ["vehicle.powertrain.electric.battery.stateOfCharge.displayed", "displayed"],
]);

/** Builds the state of a car's estimates of version 2 from one of version 1. */
export function migrateEstimates(saved: JsonObject): JsonObject {
  const [ledger, filter, driving] = [saved["ledger"], saved["filter"], saved["driving"]].map(members);
  if (ledger === undefined || filter === undefined || driving === undefined) return {};
  const { standing, magicStanding, chargingSince, chargeEndedAt, lastDecision, outing } = saved;
  return {
    ...{ standing, magicStanding, chargingSince, chargeEndedAt, lastDecision, state: outing },
    observations: observationsOf(saved, ledger, filter, driving),
    efficiency: efficiencyOf(members(ledger["matrix"]), members(filter["memory"])),
    ledger: ledgerOf(ledger),
    filter: filterOf(filter),
    driving: drivingOf(driving),
  };
}

function observationsOf(saved: JsonObject, ledger: JsonObject, filter: JsonObject, driving: JsonObject): JsonObject {
  const [facts, told, levels] = [members(ledger["facts"]), members(filter["told"]), members(filter["levels"])];
  const [inputs, last] = [members(driving["inputs"]), members(members(saved["told"])["last"])];
  const fine = Array.isArray(levels["fine"]) ? levels["fine"].map((source) => [String(source), 0]) : [];
  const level = newest(inputs["soc"], levels["last"], "now");
  const { descriptor } = last;
  const known = LEVEL_OF.get(descriptor);
  return {
    values: valuesOf(members(facts["known"]), members(told["known"]), inputs),
    level: level["source"] === "level" ? inputs["soc"] : level,
    forecast: descriptor === FORECAST ? { ...last, source: "level", now: last["at"] } : null,
    measured: saved["sources"] ?? (known === undefined ? [] : [known]),
    wholeInARow: { ...Object.fromEntries(fine), ...members(inputs["wholeInARow"]) },
    heardUntil: saved["heard"],
    ...{ method: told["method"], namedMethod: told["method"], meter: told["meter"] },
    ...{ odometer: inputs["odometer"], odometerBefore: inputs["before"], odometerStepKm: inputs["stepKm"] },
  };
}

/** Takes the newer of both for each kind; a capacity without a time counts as the oldest. */
function valuesOf(facts: JsonObject, told: JsonObject, { maxEnergy, sizeMax }: JsonObject): JsonObject {
  const kinds = Object.keys({ ...facts, ...told });
  const untimed = { maxEnergy: { value: maxEnergy, at: 0 }, batterySizeMax: { value: sizeMax, at: 0 } };
  return { ...untimed, ...Object.fromEntries(kinds.map((kind) => [kind, newest(facts[kind], told[kind], "at")])) };
}

function newest(one: unknown, other: unknown, time: string): JsonObject {
  const [first = -Infinity] = numbersIn(one, time) ?? [];
  const [second = -Infinity] = numbersIn(other, time) ?? [];
  return members(second > first ? other : one);
}

function efficiencyOf(matrix: JsonObject, memory: JsonObject): JsonObject {
  const measured = entriesOf(matrix).map(([key, one]) => [key, { measured: one }] as const);
  const conditions = new Map<string, JsonObject>(measured);
  for (const [key, belief] of entriesOf(memory["gains"]))
    conditions.set(conditionOf(key), { ...conditions.get(conditionOf(key)), belief });
  const { curve, phases, powers, kappa } = memory;
  return { conditions: Object.fromEntries(conditions), curve, phases, powers, curveScale: kappa };
}

/** `AC/3/16` was stored for any voltage, nearly always a usual one. */
function conditionOf(key: string): string {
  if (key.startsWith("open/")) return `open/${conditionOf(key.slice("open/".length))}`;
  return CONDITIONS[key] ?? key.replace(/^AC\/(\d)\/(\d+)$/, "$1_250_$2");
}

function ledgerOf({ session, charging, facts, pending }: JsonObject): JsonObject {
  const was = members(session);
  const known = { ...was, begunAt: was["anchoredAt"], startSoc: was["startSoc"] ?? was["anchor"] };
  const activeAt = members(facts)["activeAt"];
  return { session: isObject(session) ? known : null, charging, activeAt, pending };
}

function filterOf(filter: JsonObject): JsonObject {
  const { active, since, endedAt, stoppedAt, startSoc, floor, isForecast, isUnwatched } = filter;
  const { steadiness, stretches, kappas, course } = filter;
  return {
    ...{ active, since, endedAt, stoppedAt, startSoc, floor, isForecast, isUnwatched, steadiness, stretches },
    curveScales: numberList(kappas),
    history: isObject(course) ? historyOf(course) : null,
  };
}

function historyOf({ base, baseAt, notes, now }: JsonObject): JsonObject {
  const { all, kappa, supply, charged } = members(base);
  const hypotheses = (Array.isArray(all) ? all : []).map((one) => {
    const { track, floors, branch, log } = members(one);
    return { state: track, floors, branch, logWeight: log };
  });
  const entries = (Array.isArray(notes) ? notes : []).map((one) => {
    const { kind, at, seen, supply: told, ...others } = members(one);
    return { kind, at, ...others, level: seen, supply: supplyOf(told) };
  });
  const set = { all: hypotheses, curveScale: kappa, supply: supplyOf(supply), charged: supplyOf(charged) };
  return { base: set, baseAt, entries, now };
}

function supplyOf(saved: unknown): JsonObject | null {
  if (!isObject(saved)) return null;
  const { key, branches } = saved;
  const split = (Array.isArray(branches) ? branches : []).map((one) => {
    const { gain, condition, ...others } = members(one);
    return { ...others, efficiency: gain, condition: conditionOf(String(condition)) };
  });
  const now = String(key).replace(/^AC\/\?\//, "open phases/");
  return { ...saved, key: conditionOf(now), branches: split };
}

function drivingOf(driving: JsonObject): JsonObject {
  const { belief, consumption, news: observed, spoken, trip, endedAt, adoptedAt, charging } = driving;
  const { crossings, waiting, stoppedNow } = members(observed);
  const { signal, step } = members(waiting);
  const queue = { reporting: crossings, waiting: isObject(waiting) ? { level: signal, step } : null, stoppedNow };
  return { estimate: belief, statistics: consumption, queue, manualSpeed: spoken, trip, endedAt, adoptedAt, charging };
}

function members(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
