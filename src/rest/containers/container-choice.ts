import { toCarDataError } from "../../support/errors.js";
import type { Budget, RestApi } from "../rest-call.js";
import { refusalDetails } from "../refusal.js";
import { fetchContainerDescriptors, type Container } from "./container-calls.js";
import { covers, signatureOf } from "./descriptor-sets.js";
import type { ContainerInUse } from "./container-state.js";

/** Holds a container's id and its descriptors. */
export interface ContainerContent {
  readonly id: string;
  readonly descriptors: readonly string[];
}

/** Limits the inspected containers: each costs a call, and more than two would cost more than a new container. */
const MAX_INSPECTIONS = 2;

/** Sorts containers by age, newest first; those without a date come last. */
export function newestFirst(containers: readonly Container[]): Container[] {
  return [...containers].sort((one, other) => madeAt(other) - madeAt(one));
}

/**
 * Inspects containers of ours: two at most, a call each; the remembered one costs none. Stops at one that holds exactly
 * what is wanted.
 * @param own newest first
 */
export async function inspectContainers(
  rest: RestApi,
  own: readonly Container[],
  kept: ContainerInUse | null,
  wanted: readonly string[],
  budget: Budget,
): Promise<ContainerContent[]> {
  const filled: ContainerContent[] = [];
  let looks = 0;
  for (const { id } of own) {
    const remembered = id === kept?.id ? kept.accepted : null;
    if (remembered === null && looks++ >= MAX_INSPECTIONS) continue;
    const descriptors = remembered ?? (await contentOf(rest, id, budget));
    if (descriptors === null) continue;
    filled.push({ id, descriptors });
    if (holdsExactly(descriptors, wanted)) break;
  }
  return filled;
}

/** Returns the container that holds exactly the wanted descriptors, else one that holds more. */
export function bestContainer(filled: readonly ContainerContent[], wanted: readonly string[]): ContainerContent | null {
  const exact = filled.find(({ descriptors }) => holdsExactly(descriptors, wanted));
  return exact ?? filled.find(({ descriptors }) => covers(descriptors, wanted)) ?? null;
}

/** Fetches the content of a container; `null` if BMW refuses, which does not affect the others. */
async function contentOf(rest: RestApi, id: string, budget: Budget): Promise<string[] | null> {
  try {
    return await fetchContainerDescriptors(rest, id, budget);
  } catch (thrown) {
    const error = toCarDataError(thrown);
    const unreadable = ["cu_105", "cu_121", "rest_invalid_response"].includes(error.code);
    if (unreadable || refusalDetails(error).httpStatus === 404) return null;
    throw error;
  }
}

function holdsExactly(descriptors: readonly string[], wanted: readonly string[]): boolean {
  return signatureOf(descriptors) === signatureOf(wanted);
}

function madeAt({ created }: Container): number {
  const time = Date.parse(created ?? "");
  return Number.isNaN(time) ? -Number.MAX_VALUE : time;
}
