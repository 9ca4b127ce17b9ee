import { validTime } from "../support/iso-time.js";
import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { isOutdated } from "./outdated.js";
import type { Reading } from "./reading.js";
import type { VehicleEvent } from "./vehicle-event.js";

type ServiceDue = Extract<VehicleEvent, { name: "serviceDue" }>;
type Kind = ServiceDue["kind"];

/** Holds an item that needs the owner's attention. */
interface DueItem {
  /** Identifies it among all of its car. */
  readonly key: string;
  readonly members: Omit<ServiceDue, "name" | "at" | "kind" | "unit">;
}

const LISTS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["vehicle.status.conditionBasedServices", "service"],
  ["vehicle.status.checkControlMessages", "message"],
]);

/** Lists the descriptors that are looked at. */
export const MESSAGE_LISTS: readonly string[] = [...LISTS.keys()];

const DAY_MS = 24 * 3600 * 1000;
/** BMW's lists have at most 60 messages. */
const MOST_ITEMS = 100;
const LONGEST_TEXT = 255;

/**
 * Tells each of BMW's service appointments and check control messages once, when it becomes due. An item that is missing for less than a
 * day has not gone: answers in which everything is missing come.
 */
export class ServiceMessages {
  /** When an item that was told went [ms], by its key; `null`: it is still there. */
  readonly #told = new Map<string, number | null>();
  /** Kinds of which a list has come. */
  readonly #known = new Set<Kind>();

  /**
   * Takes new readings.
   * @param distanceUnit returns that of the car
   * @param isNews whether they may be told, or are from before
   */
  follow(
    accepted: readonly Reading[],
    distanceUnit: () => ServiceDue["unit"],
    now: number,
    isNews: boolean,
  ): VehicleEvent[] {
    const events: VehicleEvent[] = [];
    for (const reading of accepted) {
      const kind = LISTS.get(reading.descriptor);
      if (kind === undefined || !Array.isArray(reading.data)) continue;
      const { timestamp: at, data } = reading;
      const isFirst = !this.#known.has(kind);
      const added = this.#take(kind, data as unknown[], now);
      if (!isNews || (isFirst && isOutdated(at, now)) || added.length === 0) continue;
      const unit = distanceUnit();
      for (const { members } of added) events.push({ name: "serviceDue", at, kind, ...members, unit });
    }
    return events;
  }

  save(): JsonObject {
    return { known: [...this.#known], told: Object.fromEntries(this.#told) };
  }

  /** Restores what was saved; lists of which nothing was saved are taken from restored readings. */
  restore(saved: unknown, readings: ReadonlyMap<string, Reading>): void {
    const { known, told } = isObject(saved) ? saved : {};
    for (const [descriptor, kind] of LISTS) {
      if (this.#known.has(kind)) continue;
      if (Array.isArray(known) && known.includes(kind)) this.#known.add(kind);
      else this.#adopt(readings.get(descriptor));
    }
    for (const [key, goneAt] of Object.entries(isObject(told) ? told : {}).slice(0, 2 * MOST_ITEMS))
      if (!this.#told.has(key)) this.#told.set(key, validTime(goneAt));
  }

  /** Takes a list from before; a time does not matter, because nothing has gone yet. */
  #adopt(reading: Reading | undefined): void {
    if (reading !== undefined) this.follow([reading], () => null, reading.timestamp, false);
  }

  /** Takes the list of one kind; returns the items that are due anew. */
  #take(kind: Kind, list: readonly unknown[], now: number): DueItem[] {
    this.#known.add(kind);
    const items = list.slice(0, MOST_ITEMS).flatMap((item) => dueItem(kind, item) ?? []);
    const due = new Map(items.map((item) => [item.key, item]));
    for (const [key, goneAt] of this.#told)
      if (goneAt === null && key.startsWith(kind) && !due.has(key)) this.#told.set(key, now);
    const added = [...due.values()].filter(({ key }) => this.#isGone(key, now));
    for (const key of due.keys()) this.#told.set(key, null);
    for (const key of this.#told.keys()) if (this.#isGone(key, now)) this.#told.delete(key);
    return added;
  }

  #isGone(key: string, now: number): boolean {
    const goneAt = this.#told.get(key);
    return goneAt === undefined || (goneAt !== null && now - goneAt >= DAY_MS);
  }
}

/** Returns an item that needs attention; `null` for one that does not, or is none. */
function dueItem(kind: Kind, item: unknown): DueItem | null {
  if (!isObject(item)) return null;
  const status = textOf(item["status"]);
  // A check control message is one because something is wrong; an appointment always stands there.
  const isDue = kind === "message" ? status !== "OK" : status !== null && status !== "OK";
  const [id, title] = [idOf(item["id"]), textOf(item["title"])];
  const name = id ?? title;
  if (!isDue || name === null) return null;
  const remaining = numberOf(item["unitOfLengthRemaining"]);
  const [description, date] = [textOf(item["description"]), textOf(item["date"])];
  return { key: `${kind} ${name}`, members: { id, title, description, status, date, remaining } };
}

function textOf(value: unknown): string | null {
  return nonEmptyText(value)?.slice(0, LONGEST_TEXT) ?? null;
}

function idOf(value: unknown): string | null {
  return typeof value === "number" ? String(value) : textOf(value);
}

function numberOf(value: unknown): number | null {
  const text = nonEmptyText(value);
  return text === null ? finiteNumber(value) : finiteNumber(Number(text));
}
