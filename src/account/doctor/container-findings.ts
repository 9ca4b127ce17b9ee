import type { Container } from "../../rest/containers/container-calls.js";
import type { RefusedDescriptors } from "../../rest/containers/container-state.js";
import { lackProblem } from "../../rest/containers/wanted-descriptors.js";
import { newProblem, type Problem } from "../../support/errors.js";
import type { DoctorFacts } from "./facts.js";
import type { Finding } from "./finding.js";
import { found, trouble } from "./new-finding.js";

/** BMW allows no more for all programs together (docs/bmw.md, "Data container"). */
const MOST_CONTAINERS = 10;
/** Limits the names in a text for people. */
const MOST_NAMED = 5;

/** Judges the data container, without which BMW's API gives no values. */
export function containerFindings(facts: DoctorFacts): Finding[] {
  const { source, status, container, call, now } = facts;
  if (source === "broker") return [];
  const active = call.kind === "answered" ? call.containers.filter((one) => one.active) : null;
  const foreign = active === null ? [] : foreignFindings(active);
  const refused = refusalOf(container.refused, now);
  if (refused !== null) return [trouble("container", "red", refused), ...foreign];
  if (!container.isNeeded) return [found("container", "green", "container_not_needed"), ...foreign];
  if (active !== null) return [listedFinding(facts, active), ...foreign];
  if (container.container !== null) return [knownFinding(container.container, "container_known")];
  return status.login.state === "ok"
    ? [found("container", "green", "container_later")]
    : [found("container", "yellow", "after_login")];
}

/** Judges by BMW's list of those that can be read. */
function listedFinding({ container: { container } }: DoctorFacts, active: readonly Container[]): Finding {
  if (container !== null && active.some(({ id }) => id === container.id))
    return knownFinding(container, "container_good");
  if (container !== null) return trouble("container", "yellow", { code: "cu_105" });
  if (active.some(({ own }) => own)) return found("container", "green", "container_found");
  if (active.length < MOST_CONTAINERS) return found("container", "green", "container_later");
  return trouble("container", "red", newProblem("cu_124", { list: namesOf(active, MOST_CONTAINERS) }));
}

function knownFinding(
  { accepted, missing }: NonNullable<DoctorFacts["container"]["container"]>,
  code: "container_good" | "container_known",
): Finding {
  if (missing.length > 0) return trouble("container", "yellow", lackProblem(missing));
  return found("container", "green", code, { count: accepted.length });
}

/** What other programs have made is no fault, but explains requests and values that nobody here asked for. */
function foreignFindings(active: readonly Container[]): Finding[] {
  const foreign = active.filter(({ own }) => !own);
  const params = { names: namesOf(foreign, MOST_NAMED) };
  return foreign.length === 0 ? [] : [found("container", "yellow", "container_foreign", params)];
}

function namesOf(containers: readonly Container[], most: number): string {
  const names = containers.slice(0, most).map(({ id, name }) => (name === "" ? id : `${name} (${id})`));
  return [...names, ...(containers.length > most ? ["…"] : [])].join(", ");
}

/** Returns BMW's refusal to make a container, while that is not asked again; `null` if there is none. */
function refusalOf(refused: RefusedDescriptors | null, now: number): Problem | null {
  if (refused === null || refused.until <= now) return null;
  return newProblem(refused.code, refused.code === "cu_124" ? { list: refused.list } : {});
}
