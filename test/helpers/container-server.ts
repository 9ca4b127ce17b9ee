import type { RestApi, RestCall } from "../../src/rest/rest-call.js";
import type { CarDataError } from "../../src/support/errors.js";
import type { Clock } from "../../src/support/clock.js";
import { refusal } from "./rest.js";

interface StoredContainer {
  containerId: string;
  name: string;
  purpose: string;
  state: string;
  created: string;
  technicalDescriptors: string[];
}

export const OWN = { name: "Node-RED BMW CarData", purpose: "Node-RED telemetry" };
const MOST_ACTIVE = 10;
/** The answer to a call that is to fail. */
type ContainerFault = (call: RestCall) => CarDataError | undefined;
const noFault: ContainerFault = () => undefined;

/** BMW's container resource in memory, with switches for what may go wrong. */
export function containerServer(clock: Clock) {
  const containers: StoredContainer[] = [];
  const calls: RestCall[] = [];
  const faults = {
    /** Descriptors that BMW does not know. */
    unknown: new Set<string>(),
    /** The largest set that is not refused with CU-403. */
    largest: Infinity,
    /** Thrown instead of an answer, as long as it returns something. */
    fail: noFault,
    /** Fails like `fail`, but after BMW has executed the request. */
    failAfter: noFault,
  };
  let made = 0;

  const add = (descriptors: readonly string[], changes: Partial<StoredContainer> = {}): string => {
    const containerId = `C${String(++made).padStart(12, "0")}`;
    const created = new Date(clock.now() + made).toISOString();
    const technicalDescriptors = [...descriptors];
    containers.push({ containerId, ...OWN, state: "ACTIVE", created, technicalDescriptors, ...changes });
    return containerId;
  };
  const active = () => containers.filter(({ state }) => state === "ACTIVE");

  const create = ({ name, purpose, technicalDescriptors }: StoredContainer) => {
    if (technicalDescriptors.some((descriptor) => faults.unknown.has(descriptor)))
      throw refusal("cu_402", 400, "CU-402");
    if (technicalDescriptors.length > faults.largest) throw refusal("cu_403", 403, "CU-403");
    if (active().length >= MOST_ACTIVE) throw refusal("cu_124", 403, "CU-124");
    return { containerId: add(technicalDescriptors, { name, purpose }) };
  };
  const remove = (id: string) => {
    const container = containers.find(({ containerId }) => containerId === id);
    if (container === undefined) throw refusal("rest_unexpected", 404);
    container.state = "DELETED";
    return null;
  };
  const answer = (call: RestCall): unknown => {
    const id = call.path.split("/")[3];
    if (call.method === "POST") return create(call.body as StoredContainer);
    if (id === undefined) return { containers: containers.map(listed) };
    if (call.method === "DELETE") return remove(id);
    return containers.find(({ containerId }) => containerId === id) ?? refusalOfUnknown();
  };
  const rest: RestApi = {
    json: async (call) => {
      calls.push(call);
      const failure = faults.fail(call);
      if (failure !== undefined) throw failure;
      const value = answer(call);
      const late = faults.failAfter(call);
      if (late !== undefined) throw late;
      return value;
    },
    bytes: () => Promise.reject(new Error("containers have no bytes")),
  };

  return {
    rest,
    faults,
    containers,
    calls,
    add,
    /** Ids of what can be read. */
    active: () => active().map(({ containerId }) => containerId),
    held: (id: string) => containers.find(({ containerId }) => containerId === id)?.technicalDescriptors,
    addForeign: (count: number) =>
      Array.from({ length: count }, () => add(["x"], { name: "Other", purpose: "Other data" })),
    /** `LIST`, `LOOK <id>`, `POST <number of descriptors>`, `DELETE <id>`; forgets them. */
    spent: () => calls.splice(0).map(nameOf),
  };
}

/** The list does not say what a container holds. */
function listed({ containerId, name, purpose, state, created }: StoredContainer) {
  return { containerId, name, purpose, state, created };
}

function nameOf({ method = "GET", path, body }: RestCall): string {
  const id = path.split("/")[3];
  if (method === "POST") return `POST ${(body as StoredContainer).technicalDescriptors.length}`;
  if (method === "DELETE") return `DELETE ${id}`;
  return id === undefined ? "LIST" : `LOOK ${id}`;
}

function refusalOfUnknown(): never {
  throw refusal("cu_105", 403, "CU-105");
}
