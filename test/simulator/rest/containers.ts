import { randomBytes } from "node:crypto";
import type { Clock } from "../../../src/support/clock.js";
import { isObject, parseJson } from "../../../src/support/json.js";
import type { ServerAnswer } from "../http.js";
import { refused } from "./refused.js";

interface ServedContainer {
  readonly containerId: string;
  readonly name: string;
  readonly purpose: string;
  state: "ACTIVE" | "DELETED";
  readonly created: string;
  readonly technicalDescriptors: readonly string[];
  /** Milliseconds. */
  deletedAt: number;
  /** Another program's. */
  readonly isForeign: boolean;
  /** Listed, but every read is refused. */
  isDead: boolean;
}

type Wanted = Pick<ServedContainer, "name" | "purpose" | "technicalDescriptors">;

const MOST_ACTIVE = 10;
const LINGER_MS = 29 * 24 * 3600 * 1000;
const ID_PATTERN = /^[A-Za-z0-9]{13}$/;

/** The account's containers: at most ten active ones, deleted ones stay listed for 29 days. */
export class Containers {
  /** Descriptors that count as unknown or deprecated. */
  rejected: ReadonlySet<string>;
  /** Whether no container may be created. */
  refuses = false;
  #containers: ServedContainer[] = [];

  constructor(
    private readonly clock: Clock,
    rejected: Iterable<string>,
  ) {
    this.rejected = new Set(rejected);
  }

  /** @param id `null` for the whole collection */
  handle(method: string, id: string | null, body: string): ServerAnswer {
    if (id === null) {
      if (method === "GET") return this.#list();
      return method === "POST" ? this.#create(body) : refused("CU-403");
    }
    if (!ID_PATTERN.test(id)) return refused("CU-121");
    const container = this.#find(id);
    if (method === "GET") return container === undefined ? refused("CU-105") : details(container);
    return method === "DELETE" ? this.#delete(container) : refused("CU-403");
  }

  /** The descriptors of a container that may be read, or the refusal. */
  read(id: string): { readonly descriptors: readonly string[] } | { readonly refusal: ServerAnswer } {
    if (!ID_PATTERN.test(id)) return { refusal: refused("CU-121") };
    const container = this.#find(id);
    if (container?.state !== "ACTIVE" || container.isDead) return { refusal: refused("CU-105") };
    return { descriptors: container.technicalDescriptors };
  }

  /** All containers of the account vanish. */
  lose(): void {
    this.#containers = [];
  }

  /** The newest active container that is no other program's can no longer be read, and is listed as `state`. */
  invalidate(state: ServedContainer["state"]): void {
    const own = this.#containers.filter((one) => one.state === "ACTIVE" && !one.isForeign && !one.isDead);
    const container = own.at(-1);
    if (container === undefined) return;
    container.isDead = true;
    if (state === "DELETED") this.#markDeleted(container);
  }

  /** Other programs create containers; returns their ids. */
  addForeign(count: number): string[] {
    const technicalDescriptors = ["vehicle.vehicle.travelledDistance"];
    const names = Array.from({ length: count }, (_, index) => `Other program ${index + 1}`);
    return names.map((name) => this.#add({ name, purpose: "Other data", technicalDescriptors }, true).containerId);
  }

  #list(): ServerAnswer {
    const since = this.clock.now() - LINGER_MS;
    this.#containers = this.#containers.filter(({ state, deletedAt }) => state === "ACTIVE" || deletedAt > since);
    return { status: 200, body: { containers: this.#containers.map(summary) } };
  }

  #create(body: string): ServerAnswer {
    if (this.refuses) return refused("CU-403");
    const wanted = parseWanted(parseJson(body));
    if (wanted === null) return refused("CU-400");
    if (wanted.technicalDescriptors.some((descriptor) => this.rejected.has(descriptor))) return refused("CU-402");
    const active = this.#containers.filter(({ state }) => state === "ACTIVE").length;
    if (active >= MOST_ACTIVE) return refused("CU-124");
    return { ...details(this.#add(wanted, false)), status: 201 };
  }

  #delete(container: ServedContainer | undefined): ServerAnswer {
    if (container === undefined) return { ...refused("CU-105"), status: 404 };
    if (container.state === "DELETED") return refused("CU-122");
    this.#markDeleted(container);
    return { status: 204 };
  }

  #add({ name, purpose, technicalDescriptors }: Wanted, isForeign: boolean): ServedContainer {
    const containerId = randomBytes(7).toString("hex").slice(0, 13).toUpperCase();
    const created = new Date(this.clock.now()).toISOString();
    const described = { containerId, name, purpose, state: "ACTIVE" as const, created, technicalDescriptors };
    const container: ServedContainer = { ...described, deletedAt: 0, isForeign, isDead: false };
    this.#containers.push(container);
    return container;
  }

  #markDeleted(container: ServedContainer): void {
    container.state = "DELETED";
    container.deletedAt = this.clock.now();
  }

  #find(id: string): ServedContainer | undefined {
    return this.#containers.find(({ containerId }) => containerId === id);
  }
}

function summary({ containerId, name, purpose, state, created }: ServedContainer) {
  return { containerId, name, purpose, state, created };
}

function details(container: ServedContainer): ServerAnswer {
  const { technicalDescriptors } = container;
  return { status: 200, body: { ...summary(container), technicalDescriptors } };
}

function parseWanted(body: unknown): Wanted | null {
  if (!isObject(body)) return null;
  const { name, purpose, technicalDescriptors } = body;
  if (typeof name !== "string" || typeof purpose !== "string" || !Array.isArray(technicalDescriptors)) return null;
  const descriptors = technicalDescriptors.filter((one): one is string => typeof one === "string" && one !== "");
  if (descriptors.length === 0 || descriptors.length < technicalDescriptors.length) return null;
  return { name, purpose, technicalDescriptors: [...new Set(descriptors)] };
}
