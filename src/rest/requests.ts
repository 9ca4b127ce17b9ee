import { withoutCustomerId } from "../support/customer-id.js";
import { CarDataError, toCarDataError } from "../support/errors.js";
import { isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { maskVin, parseVin } from "../support/vin.js";
import { nextTokenOf, requireObject, listedObjects } from "./answers.js";
import type { Budget, BinaryContent, RestEndpoint, RestApi, RestCall } from "./rest-call.js";
import { readPages, type Page } from "./paging.js";
import { refusalDetails } from "./refusal.js";

/** The role of the BMW account for a car: only the main user's login may read it. */
export type MappingRole = "primary" | "secondary";

export interface Mapping {
  readonly vin: string;
  readonly role: MappingRole;
  /** Time since which the car belongs to the account, as BMW writes it. */
  readonly mappedSince: string | null;
}

/** Holds one page of a car's charging history, in BMW's order. */
interface ChargingHistoryPage {
  readonly sessions: JsonObject[];
  /** `null` on the last page. */
  readonly nextToken: string | null;
}

/** Maps an endpoint to the last part of its path. */
const RESOURCES = {
  basicData: "basicData",
  telematicData: "telematicData",
  chargingHistory: "chargingHistory",
  tyreDiagnosis: "smartMaintenanceTyreDiagnosis",
  image: "image",
  chargingSettings: "locationBasedChargingSettings",
} as const satisfies Partial<Record<RestEndpoint, string>>;

const MAPPING_WRAPPERS = ["mappings", "vehicles"];

/** Builds a GET about one car. */
export function carCall(
  endpoint: keyof typeof RESOURCES,
  vin: string,
  budget: Budget,
  query: Readonly<Record<string, string>> = {},
): RestCall {
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const path = `/customers/vehicles/${encodeURIComponent(vin)}/${RESOURCES[endpoint]}`;
  return { endpoint, vin, budget, path: [path, ...(parameters.length > 0 ? [parameters.join("&")] : [])].join("?") };
}

/** Fetches the cars of the BMW account. One call. */
export async function fetchMappings(rest: RestApi, budget: Budget): Promise<Mapping[]> {
  return parseMappings(await rest.json({ endpoint: "mappings", path: "/customers/vehicles/mappings", budget }));
}

/** Fetches BMW's constant data of a car: model, drive train, equipment. One call. */
export async function fetchBasicData(rest: RestApi, vin: string, budget: Budget): Promise<JsonObject> {
  return parseBasicData(await rest.json(carCall("basicData", vin, budget)));
}

/**
 * Fetches the values of a car that the container lists: BMW's raw answer, for `parseTelematicData`. One call.
 * @throws CarDataError `cu_105`, `cu_121` or a 404 when the container no longer exists
 */
export async function fetchTelematicData(
  rest: RestApi,
  vin: string,
  containerId: string,
  budget: Budget,
): Promise<JsonObject> {
  const answer = await rest.json(carCall("telematicData", vin, budget, { containerId }));
  parseTelematicData(answer);
  return requireObject(answer);
}

/** Fetches BMW's tyre diagnosis. One call, never repeated. */
export async function fetchTyreDiagnosis(rest: RestApi, vin: string, budget: Budget): Promise<JsonObject> {
  return parseTyreDiagnosis(await rest.json({ ...carCall("tyreDiagnosis", vin, budget), retry: false }));
}

/**
 * Fetches an image of the car; `type` is detected from the bytes. One call.
 * @throws CarDataError `cu_126` if BMW has none, `image_unusable`
 */
export async function fetchImage(rest: RestApi, vin: string, budget: Budget): Promise<BinaryContent> {
  const { bytes } = await rest.bytes(carCall("image", vin, budget)).catch((error: unknown) => {
    throw noImage(vin, toCarDataError(error));
  });
  const type = imageType(bytes);
  if (type === null) throw new CarDataError("image_unusable", { vin: maskVin(vin) });
  return { bytes, type };
}

/**
 * Fetches the stored charging locations of the car, without the customer's id. One call per page, at most 10.
 * @throws CarDataError `cu_127` if there are none; the failure of any page, because a part would pass for all
 */
export async function fetchChargingSettings(
  rest: RestApi,
  vin: string,
  budget: Budget,
): Promise<readonly JsonObject[]> {
  const { items, failure } = await readPages(async (token) => {
    const query = token === null ? {} : { nextToken: token };
    return parseChargingSettings(await rest.json(carCall("chargingSettings", vin, budget, query)));
  });
  if (failure !== null) throw failure;
  return items;
}

/**
 * Parses mappings in any observed shape: a bare array (live), a single object (BMW's document), or one in a wrapper.
 * Skips entries without a VIN; a missing type means primary.
 */
export function parseMappings(answer: unknown): Mapping[] {
  const byVin = new Map<string, Mapping>();
  for (const entry of mappingsIn(answer)) {
    const vin = parseVin(nonEmptyText(entry["vin"])?.trim());
    if (vin === null || byVin.has(vin)) continue;
    const type = nonEmptyText(entry["mappingType"]) ?? "PRIMARY";
    const role = type.toUpperCase() === "PRIMARY" ? "primary" : "secondary";
    byVin.set(vin, { vin, role, mappedSince: nonEmptyText(entry["mappedSince"]) });
  }
  return [...byVin.values()];
}

export function parseBasicData(answer: unknown): JsonObject {
  return requireObject(answer);
}

/** Parses the values of a car by descriptor; accepts the older member name as well. */
export function parseTelematicData(answer: unknown): JsonObject {
  const { telematicData, data } = requireObject(answer);
  return requireObject(telematicData ?? data);
}

/** Parses one page of charges; `startTime` and `endTime` are epoch seconds. */
export function parseChargingHistory(answer: unknown): ChargingHistoryPage {
  return { sessions: listedObjects(answer, ["data"]), nextToken: nextTokenOf(answer) };
}

export function parseTyreDiagnosis(answer: unknown): JsonObject {
  return requireObject(answer);
}

export function parseChargingSettings(answer: unknown): Page {
  const items = listedObjects(answer, ["data"]).map(withoutCustomerId);
  return { items, nextToken: nextTokenOf(answer) };
}

function mappingsIn(answer: unknown): JsonObject[] {
  const alone = isObject(answer) && "vin" in answer && !MAPPING_WRAPPERS.some((name) => Array.isArray(answer[name]));
  return alone ? [answer] : listedObjects(answer, MAPPING_WRAPPERS);
}

/** Maps a failure to `cu_126`: BMW answers 404 for a missing image, with or without its own code. */
function noImage(vin: string, error: CarDataError): CarDataError {
  if (refusalDetails(error).httpStatus !== 404) return error;
  return new CarDataError("cu_126", { vin: maskVin(vin) }, error.cause);
}

/** Rejects smaller images [bytes]. */
const SMALLEST_IMAGE_BYTES = 100;

/** Lists the signatures of the image types that BMW may send. */
const SIGNATURES: readonly (readonly [type: string, magic: Buffer])[] = [
  ["image/png", Buffer.from("89504e470d0a1a0a", "hex")],
  ["image/jpeg", Buffer.from("ffd8ff", "hex")],
];

/** Detects the media type of a picture by its bytes, `null` if they are none: BMW's header cannot be relied on. */
export function imageType(bytes: Buffer): string | null {
  if (bytes.length < SMALLEST_IMAGE_BYTES) return null;
  const found = SIGNATURES.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic));
  return found?.[0] ?? null;
}
