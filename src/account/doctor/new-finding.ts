import { cleanParams, type ErrorParams, type Problem } from "../../support/errors.js";
import { LEVELS, type Area, type DoctorCode, type Finding, type Level } from "./finding.js";

/** Creates a finding that no error says. */
export function found(area: Area, level: Level, code: DoctorCode, params: ErrorParams = {}): Finding {
  return { area, level, code, params: cleanParams(params) };
}

/** Creates a finding that is said by an error. */
export function trouble(area: Area, level: Level, { code, params, known }: Problem): Finding {
  return { area, level, code, ...(params && { params }), ...(known && { known }) };
}

/** Returns the most urgent level. */
export function worstOf(findings: readonly Pick<Finding, "level">[]): Level {
  const worst = Math.max(0, ...findings.map(({ level }) => LEVELS.indexOf(level)));
  return LEVELS[worst] ?? "red";
}
