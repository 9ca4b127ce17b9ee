import type { ErrorCode, ErrorParams, Problem } from "../../support/errors.js";
import { DOCTOR_CODES, type DoctorCode, type Finding } from "./finding.js";

/** Gives the words of a language: editor and runtime have each their own way to them. */
export interface DoctorWords {
  /** Returns a text by its key in the catalogue of the account node. */
  readonly text: (key: string, params?: ErrorParams) => string;
  readonly problem: (problem: Problem) => string;
  /** Formats an ISO time. */
  readonly time: (iso: string) => string;
}

/** Returns what a finding says: what happened, what it means and what to do. */
export function findingText({ code, params = {}, known }: Finding, words: DoctorWords): string {
  if (!isDoctorCode(code)) return words.problem({ code, params, ...(known && { known }) });
  const { time, cluster } = params;
  return words.text(`doctor.text.${code}`, {
    ...params,
    ...(time !== undefined && { time: words.time(String(time)) }),
    ...(cluster !== undefined && { cluster: words.text(`data.cluster.${cluster}`) }),
  });
}

function isDoctorCode(code: DoctorCode | ErrorCode): code is DoctorCode {
  return DOCTOR_CODES.some((one) => one === code);
}
