import { types } from "node:util";
import {
  CONTAINER_ACTIONS,
  OPERATIONS,
  type ContainerAction,
  type Operation,
  type OperationRequest,
} from "../rest/operations.js";
import { requireContainerId } from "../rest/containers/container-calls.js";
import { TELEMATICS_SCHEMA } from "../settings/telematics-schema.js";
import { settingValue } from "../settings/setting.js";
import { cleanText } from "../support/clean-text.js";
import { CarDataError } from "../support/errors.js";
import { momentOf } from "../support/iso-time.js";
import { isObject, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";

const LONGEST_SHOWN = 50;
const { operation, maxPages, containerAction } = TELEMATICS_SCHEMA.settings;

/** Default options of operations that do not use them. */
const UNUSED = {
  from: null,
  to: null,
  maxPages: maxPages.defaultValue,
  containerAction: "list",
  containerId: null,
  confirm: false,
} as const;

/**
 * Parses the request in an input message: `msg.operation`, `vin`, `force` (which also insists), for charging history
 * `from`, `to` (ISO date or time, a Date, or milliseconds; a date alone is its beginning in UTC) and `maxPages`, for
 * containers `containerAction`, `containerId` and `confirm`. Missing, null or "" members are as in `defaults`. Ignores
 * options of other operations, because messages carry properties of other nodes.
 * @throws CarDataError `unknown_operation`, `vin_invalid`, `date_range_invalid`, `pages_invalid`,
 *   `container_id_invalid`, `container_action_unknown` or `bad_request`
 */
export function parseRequest(message: unknown, defaults: OperationRequest): OperationRequest {
  const asked = isObject(message) ? message : {};
  const operation = parseOperation(asked["operation"]) ?? defaults.operation;
  return {
    operation,
    vin: parseVehicle(asked["vin"]) ?? defaults.vin,
    force: parseForce(asked["force"]) ?? defaults.force,
    insist: asked["force"] === true,
    ...UNUSED,
    ...(operation === "chargingHistory" && parsePeriod(asked, defaults)),
    ...(operation === "containers" && parseContainerOptions(asked, defaults)),
  };
}

/**
 * Parses the request in the stored properties of a node (`operation`, `vehicle`, `from`, `to`, `maxPages`, `force`,
 * `containerAction`, `containerId`). Never throws; an invalid member throws when it is read, so that it does no harm
 * while another operation, or the message, does not need it.
 */
export function requestDefaults(properties: Readonly<Record<string, unknown>>): OperationRequest {
  return {
    operation: settingValue(operation, properties["operation"]),
    get vin() {
      return parseVehicle(properties["vehicle"]);
    },
    get from() {
      return parseTime(properties["from"]);
    },
    get to() {
      return parseTime(properties["to"]);
    },
    get maxPages() {
      return parsePages(properties["maxPages"]) ?? maxPages.defaultValue;
    },
    force: properties["force"] === true,
    insist: false,
    containerAction: settingValue(containerAction, properties["containerAction"]),
    get containerId() {
      return parseContainerId(properties["containerId"]);
    },
    confirm: false,
  };
}

function parsePeriod(asked: JsonObject, defaults: OperationRequest) {
  // In a value of cardata-stream, `from` is the descriptor that it was taken from.
  const askedFrom = "descriptor" in asked ? null : asked["from"];
  const from = parseTime(askedFrom) ?? defaults.from;
  const to = parseTime(asked["to"]) ?? defaults.to;
  if (from !== null && to !== null && from >= to) throw new CarDataError("date_range_invalid");
  return { from, to, maxPages: parsePages(asked["maxPages"]) ?? defaults.maxPages };
}

function parseContainerOptions(asked: JsonObject, defaults: OperationRequest) {
  const { confirm } = asked;
  return {
    containerAction: parseAction(asked["containerAction"]) ?? defaults.containerAction,
    containerId: parseContainerId(asked["containerId"]) ?? defaults.containerId,
    // Anything but true is no confirmation; the refusal of the operation explains it.
    confirm: isGiven(confirm) ? confirm === true : defaults.confirm,
  };
}

function parseOperation(value: unknown): Operation | null {
  if (!isGiven(value)) return null;
  const found = OPERATIONS.find((name) => name === value);
  if (found !== undefined) return found;
  const shown = typeof value === "string" ? cleanText(value, LONGEST_SHOWN) : typeof value;
  throw new CarDataError("unknown_operation", { operation: shown, known: OPERATIONS.join(", ") });
}

function parseVehicle(value: unknown): string | null {
  if (!isGiven(value)) return null;
  const vin = parseVin(trimmed(value));
  if (vin === null) throw new CarDataError("vin_invalid");
  return vin;
}

function parseTime(value: unknown): number | null {
  if (!isGiven(value)) return null;
  // Dates of function nodes come from another realm, where `instanceof` fails.
  const time = momentOf(types.isDate(value) ? value.getTime() : trimmed(value));
  if (time === null) throw new CarDataError("date_range_invalid");
  return time;
}

function parsePages(value: unknown): number | null {
  if (!isGiven(value)) return null;
  const pages = maxPages.read(value);
  if (pages === undefined) throw new CarDataError("pages_invalid");
  return pages;
}

function parseAction(value: unknown): ContainerAction | null {
  if (!isGiven(value)) return null;
  const found = CONTAINER_ACTIONS.find((name) => name === value);
  if (found === undefined) throw new CarDataError("container_action_unknown", { known: CONTAINER_ACTIONS.join(", ") });
  return found;
}

function parseContainerId(value: unknown): string | null {
  return isGiven(value) ? requireContainerId(trimmed(value)) : null;
}

function parseForce(value: unknown): boolean | null {
  if (!isGiven(value)) return null;
  if (typeof value !== "boolean") throw new CarDataError("bad_request");
  return value;
}

function trimmed(value: unknown): unknown {
  return typeof value === "string" ? value.trim() : value;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && trimmed(value) !== "";
}
