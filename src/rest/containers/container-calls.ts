import { isContainerId } from "../../support/bmw-ids.js";
import { CarDataError, toCarDataError } from "../../support/errors.js";
import { nonEmptyText, type JsonObject } from "../../support/json.js";
import { requireObject, listedObjects } from "../answers.js";
import type { Budget, RestApi, RestCall } from "../rest-call.js";
import { refusalDetails } from "../refusal.js";

/**
 * Describes one of the account's data containers: a named set of descriptors, without which BMW gives no telematic
 * data.
 */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  /** `ACTIVE`, or else deleted: deleted containers stay in the list for 29 days. */
  readonly state: string;
  /** ISO time as BMW writes it. */
  readonly created: string | null;
  /** Made by this package. */
  readonly own: boolean;
  readonly active: boolean;
}

/** Own name and purpose: other programs delete containers that bear theirs. */
const OWN_NAME = "Node-RED BMW CarData";
const OWN_PURPOSE = "Node-RED telemetry";
const PATH = "/customers/containers";

/**
 * Validates a container id typed by a person before it becomes part of a URL.
 * @throws CarDataError `container_id_invalid`
 */
export function requireContainerId(id: unknown): string {
  if (!isContainerId(id)) throw new CarDataError("container_id_invalid");
  return id;
}

/** Fetches all containers of the account, including deleted ones and those of other programs. One call. */
export async function fetchContainers(rest: RestApi, budget: Budget): Promise<Container[]> {
  return parseContainers(await rest.json(containerCall(budget)));
}

/** Fetches the descriptors of a container, which the list does not contain. One call. */
export async function fetchContainerDescriptors(rest: RestApi, id: string, budget: Budget): Promise<string[]> {
  return parseContainerDescriptors(await rest.json(containerCall(budget, id)));
}

/**
 * Creates a container of this package and returns its id. One call, never repeated, because a lost answer may have
 * created one as well.
 * @throws CarDataError `cu_124`: there are ten already; `cu_402`, `cu_403`: not with these descriptors
 */
export async function createContainer(rest: RestApi, descriptors: readonly string[], budget: Budget): Promise<string> {
  const body = { name: OWN_NAME, purpose: OWN_PURPOSE, technicalDescriptors: [...descriptors] };
  const answer = await rest.json({ ...containerCall(budget), method: "POST", body, retry: false });
  return parseContainerId(answer);
}

/** Deletes a container; succeeds for one that is gone already. One call. */
export async function deleteContainer(rest: RestApi, id: string, budget: Budget): Promise<void> {
  try {
    await rest.json({ ...containerCall(budget, id), method: "DELETE" });
  } catch (error) {
    if (!isGone(toCarDataError(error))) throw error;
  }
}

/** Parses the list; skips entries without a usable id. */
export function parseContainers(answer: unknown): Container[] {
  return listedObjects(answer, ["containers", "items"]).flatMap(parseContainer);
}

export function parseContainerDescriptors(answer: unknown): string[] {
  const descriptors = requireObject(answer)["technicalDescriptors"];
  if (!Array.isArray(descriptors)) throw new CarDataError("rest_invalid_response");
  return descriptors.filter((descriptor): descriptor is string => nonEmptyText(descriptor) !== null);
}

export function parseContainerId(answer: unknown): string {
  const id = requireObject(answer)["containerId"];
  if (!isContainerId(id)) throw new CarDataError("rest_invalid_response");
  return id;
}

function parseContainer(entry: JsonObject): Container[] {
  const id = entry["containerId"];
  if (!isContainerId(id)) return [];
  const name = nonEmptyText(entry["name"]) ?? "";
  const purpose = nonEmptyText(entry["purpose"]) ?? "";
  const state = nonEmptyText(entry["state"]) ?? "";
  const own = name === OWN_NAME && purpose === OWN_PURPOSE;
  return [{ id, name, purpose, state, created: nonEmptyText(entry["created"]), own, active: state === "ACTIVE" }];
}

function containerCall(budget: Budget, id?: string): RestCall {
  const path = id === undefined ? PATH : `${PATH}/${encodeURIComponent(id)}`;
  return { endpoint: "containers", path, budget };
}

function isGone(error: CarDataError): boolean {
  const { httpStatus, exveErrorId } = refusalDetails(error);
  // Only an accepted request can have an unreadable answer.
  return httpStatus === 404 || exveErrorId === "CU-122" || error.code === "rest_invalid_response";
}
