import type { ErrorCode } from "./error-texts.js";

/**
 * What a flow, or its owner, can do about an error:
 * - `login`: log in again in the CarData account,
 * - `subscribe`: subscribe the client to CarData API in the BMW portal,
 * - `wait`: nothing goes out before `retryAt`,
 * - `retry`: the same request may work later,
 * - `choose-vehicle`: BMW does not answer for this car,
 * - `delete-container`: the BMW account has too many data containers,
 * - `change-input`: correct the message or the settings of the node,
 * - `report`: a mistake of this package, or BMW has changed something,
 * - `none`: there is nothing to do.
 */
export type Action =
  "login" | "subscribe" | "wait" | "retry" | "choose-vehicle" | "delete-container" | "change-input" | "report" | "none";

const CODES: readonly (readonly [Action, readonly ErrorCode[]])[] = [
  ["login", ["not_logged_in", "cu_100", "cu_101", "rest_unauthorised"]],
  ["subscribe", ["scope_api_missing", "scope_stream_missing", "cu_103", "cu_403", "rest_forbidden"]],
  ["wait", ["cu_429", "cu_429_other_client", "quota_share_used", "containers_limit"]],
  [
    "retry",
    [
      "refresh_refused",
      "refresh_unreachable",
      "cu_102",
      "cu_105",
      "cu_121",
      "cu_125",
      "cu_500",
      "cu_503",
      "image_unusable",
      "node_closed",
      "traccar_unreachable",
    ],
  ],
  ["choose-vehicle", ["cu_104", "car_secondary", "vehicle_unknown", "no_readable_car"]],
  ["delete-container", ["cu_124"]],
  [
    "change-input",
    [
      "cu_120",
      "cu_401",
      "cu_402",
      "vin_invalid",
      "container_id_invalid",
      "container_action_unknown",
      "confirm_needed",
      "date_range_invalid",
      "date_range_too_long",
      "pages_invalid",
      "unknown_operation",
      "unknown_command",
      "bad_request",
      "rest_needs_login",
      "no_account",
      "not_deployed",
      "soc_reset_unknown",
      "meter_value_invalid",
      "meter_aux_invalid",
      "capacity_invalid",
      "speed_invalid",
      "soc_vehicle_missing",
      "soc_vehicle_unknown",
      "ha_message_invalid",
      "traccar_url_invalid",
      "traccar_token_missing",
      "traccar_unauthorised",
      "traccar_invalid_response",
      "traccar_device_unknown",
    ],
  ],
  ["report", ["rest_redirect", "rest_too_large", "internal"]],
  ["none", ["cu_126", "cu_127", "rest_aborted"]],
];

const ACTIONS: ReadonlyMap<ErrorCode, Action> = new Map(
  CODES.flatMap(([action, codes]) => codes.map((code) => [code, action] as const)),
);

/** For codes that are not listed above, by what they begin with. */
const GROUPS: ReadonlyMap<string, Action> = new Map([
  ["login", "login"],
  ["refresh", "login"],
  ["vault", "login"],
  ["rest", "retry"],
  ["cu", "report"],
]);

/** What can be done about an error. */
export function actionOf(code: ErrorCode): Action {
  return ACTIONS.get(code) ?? GROUPS.get(code.split("_")[0] ?? "") ?? "none";
}
