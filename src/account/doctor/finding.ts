import type { CleanParams, ErrorCode, KnownAnswer } from "../../support/errors.js";

/** Says how urgent a finding is. `yellow`: it mends itself, or may be meant; `red`: something has to be done. */
export const LEVELS = ["green", "yellow", "red"] as const;
export type Level = (typeof LEVELS)[number];

/** Names what is looked at: first the account, from the login to the values, then each car. */
export const AREAS = [
  ...["files", "login", "scopes", "rest", "container", "connection", "subscription", "quota", "journal", "cars"],
  ...["role", "data", "message"],
] as const;
export type Area = (typeof AREAS)[number];

/** Names what no error says: that something works, or why it cannot be told. The texts stand under `doctor.text`. */
export const DOCTOR_CODES = [
  ...["after_login", "after_connection"],
  ...["login_good", "login_not_needed", "scopes_good"],
  ...["rest_answers", "rest_unasked", "rest_no_right"],
  ...["container_good", "container_known", "container_not_needed", "container_found", "container_later"],
  ...["container_foreign"],
  ...["connected", "connecting", "connection_taken", "no_node"],
  ...["subscribed", "silent", "quiet"],
  ...["quota_good", "quota_low"],
  ...["journal_good", "journal_damaged", "journal_newer"],
  ...["no_cars", "no_cars_heard"],
  ...["role_primary", "role_unknown", "not_capable"],
  ...["data_none", "data_little", "cluster_came", "cluster_missing"],
  ...["message_recent", "message_old"],
] as const;
export type DoctorCode = (typeof DOCTOR_CODES)[number];

/** Holds one line of a check. Nothing in it is secret, and no VIN is whole. */
export interface Finding {
  readonly area: Area;
  readonly level: Level;
  /** Name and last characters of the car that it is about; absent if it is about the account. */
  readonly car?: string;
  /** What was found; the text of an error code says what it means and what to do. */
  readonly code: DoctorCode | ErrorCode;
  /** `time` is an ISO time, `cluster` the name of a group of values. */
  readonly params?: CleanParams;
  /** Since when an error is known without having asked again. */
  readonly known?: KnownAnswer;
}
