import { finite, isObject, text, type JsonObject } from "../../support/json.js";
import { decodeEnded, type EndedCharge } from "./pending.js";
import { conditionOf, DC_KEY, learnedOf, MOST_EFFICIENCY, type Learned, type Matrix } from "./matrix.js";
import { ChargeSession } from "./session.js";

/** What the store of the Home Assistant integration says of the charges of one car. */
interface Legacy {
  readonly session: ChargeSession | null;
  readonly pending: EndedCharge | null;
  readonly isCharging: boolean;
}

const PARTS = ["learned_efficiency", "pending_sessions", "active_sessions", "charging_status"] as const;
const AC_KEY = "1_250_16";
const TWO_PHASE_FACTOR = 1.5;
const LINE_TO_LINE_FROM_V = 410;

/** Whether the object is that store, of version 2 or of the flat version 1. */
export function isLegacy(saved: JsonObject): boolean {
  return PARTS.some((part) => part in saved) || efficiencyOf(saved) !== null;
}

/** Puts what was learned into `matrix`, and gives the charges; of the first car that the store names. */
export function readLegacy(saved: JsonObject, matrix: Matrix): Legacy {
  const isFlat = !PARTS.some((part) => part in saved);
  const efficiency = isFlat ? efficiencyOf(saved) : firstOf(saved["learned_efficiency"]);
  if (isObject(efficiency)) readEfficiency(efficiency, matrix);
  return {
    session: sessionOf(firstOf(saved["active_sessions"])),
    pending: pendingOf(firstOf(saved["pending_sessions"])),
    isCharging: firstOf(saved["charging_status"]) === true,
  };
}

function firstOf(part: unknown): unknown {
  return isObject(part) ? Object.values(part)[0] : undefined;
}

function efficiencyOf(saved: JsonObject): JsonObject | null {
  const efficiency = Object.values(saved)[0];
  const names = ["efficiency_matrix", "ac_efficiency", "dc_efficiency"];
  return isObject(efficiency) && names.some((name) => name in efficiency) ? efficiency : null;
}

function readEfficiency(saved: JsonObject, matrix: Matrix): void {
  const rows = isObject(saved["efficiency_matrix"]) ? saved["efficiency_matrix"] : {};
  const isOld = (finite(saved["phase_multiplier_revision"]) ?? 0) < 1;
  for (const [key, row] of Object.entries(rows)) {
    const learned = isObject(row) ? learnedOf(row["efficiency"], row["sample_count"], row["history"]) : null;
    if (learned !== null) matrix.put(key, isOld ? corrected(key, learned) : learned);
  }
  readScalars(saved, rows, matrix);
}

/** Oldest of all: one value each for AC and DC. */
function readScalars(saved: JsonObject, rows: JsonObject, matrix: Matrix): void {
  const ac = learnedOf(saved["ac_efficiency"], saved["ac_session_count"], [saved["ac_efficiency"]]);
  if (ac !== null && ac.samples > 0 && Object.keys(rows).length === 0) matrix.put(AC_KEY, ac);
  const dc = learnedOf(saved["dc_efficiency"], saved["dc_session_count"], []);
  if (dc !== null && dc.samples > 0 && !(DC_KEY in rows)) matrix.put(DC_KEY, dc);
}

/** Two phases once counted as three. */
function corrected(key: string, { efficiency, samples, history }: Learned): Learned {
  const [phases, volts] = key.split("_").map(Number);
  if (phases !== 2 || volts === undefined || volts >= LINE_TO_LINE_FROM_V) return { efficiency, samples, history };
  const more = (value: number) => Math.min(MOST_EFFICIENCY, value * TWO_PHASE_FACTOR);
  return { efficiency: more(efficiency), samples, history: history.map(more) };
}

function sessionOf(saved: unknown): ChargeSession | null {
  if (!isObject(saved)) return null;
  const startedAt = Date.parse(text(saved["anchor_timestamp"]) ?? "");
  const phases = finite(saved["phases"]) ?? 1;
  return ChargeSession.from({
    startedAt,
    isTrusted: saved["capacity_trusted"] !== false,
    capacityKwh: saved["battery_capacity_kwh"],
    target: saved["target_soc"],
    startSoc: saved["session_start_soc"],
    method: saved["charging_method"],
    phases,
    phasesSource: saved["phases_source"] ?? (phases > 1 ? "reported" : "assumed"),
    volts: saved["last_voltage"],
    amps: saved["last_current"],
    isReported: saved["power_is_reported"],
    isMetered: saved["local_power_seen"],
    anchor: saved["anchor_soc"],
    last: saved["last_predicted_soc"],
    energy: energyOf(saved),
  });
}

function energyOf(saved: JsonObject): JsonObject {
  const updated = finite(saved["last_energy_update"]);
  return {
    segmentKwh: saved["total_energy_kwh"],
    netKwh: saved["session_total_energy_kwh"],
    grossKwh: saved["session_gross_energy_kwh"],
    powerKw: saved["last_power_kw"],
    auxKw: saved["last_aux_kw"] ?? saved["last_aux_power"],
    at: updated === null ? null : updated * 1000,
  };
}

function pendingOf(saved: unknown): EndedCharge | null {
  if (!isObject(saved)) return null;
  const [endedAt, phases] = [finite(saved["end_timestamp"]), finite(saved["phases"])];
  const method = saved["charging_method"] === "DC" ? "DC" : "AC";
  return decodeEnded({
    method,
    endedAt: endedAt === null ? null : endedAt * 1000,
    startSoc: saved["anchor_soc"],
    netKwh: saved["total_energy_kwh"],
    capacityKwh: saved["battery_capacity_kwh"],
    condition: conditionOf(method, phases ?? 1, finite(saved["voltage"]), finite(saved["current"])),
  });
}
