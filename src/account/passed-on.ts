import { imageType } from "../rest/requests.js";
import type { BinaryContent } from "../rest/rest-call.js";
import { parseTopic } from "../stream/value-topic.js";
import { newProblem, type Problem } from "../support/errors.js";
import { momentOf } from "../support/iso-time.js";
import { isObject, nonEmptyText, type JsonObject } from "../support/json.js";

/** Connects what is passed on with the account that reads it. */
export interface PassedOnListener {
  /** Returns whether a car is this account's, or has become it. */
  readonly owns: (vin: string) => boolean;
  readonly onPicture: (vin: string, picture: BinaryContent) => void;
  /** Whether the owner has its stream, or why not (`null`: it has); called when that has changed. */
  readonly onOwner: (problem: Problem | null) => void;
}

interface ToldEvent {
  /** [ms] */
  readonly at: number;
  readonly problem: Problem | null;
}

/** Largest picture that is taken [bytes]: BMW's have a third of it. */
const LARGEST_PICTURE_BYTES = 1024 * 1024;
const EVENT_TOPIC = /(?:^|\/)account\/event\/(connected|disconnected|loginRequired|offline)$/;
/** Topics of events, also those of cars, which follow from the values here as well. */
const ANY_EVENT_TOPIC = /(?:^|\/)(?:account|[A-HJ-NPR-Z0-9]{17})\/event\/[A-Za-z]+$/;

/**
 * Takes what the Node-RED that owns the login passes on by a broker besides the cars' values: their pictures, and whether
 * it has its stream.
 */
export class PassedOn {
  /** The newest event of each name. */
  readonly #told = new Map<string, ToldEvent>();
  #isOffline = false;

  constructor(private readonly listener: PassedOnListener) {}

  /** Returns why the owner has no stream of BMW; `null` if it has, or has told nothing. */
  get problem(): Problem | null {
    if (this.#isOffline) return { code: "owner_offline" };
    const connectedAt = this.#told.get("connected")?.at ?? -Infinity;
    // A stream that needs a login is lost as well, and said to be so a minute later.
    const events = ["loginRequired", "disconnected"].map((name) => this.#told.get(name));
    return events.find((event) => event !== undefined && event.at > connectedAt)?.problem ?? null;
  }

  /** Returns whether a message was about something else than values. */
  take(topic: string, payload: Buffer, receivedAt: number): boolean {
    const [, event] = EVENT_TOPIC.exec(topic) ?? [];
    if (event !== undefined) this.#watchOwner(event, payload, receivedAt);
    return ANY_EVENT_TOPIC.test(topic) || this.#takePicture(topic, payload);
  }

  #takePicture(topic: string, bytes: Buffer): boolean {
    const type = topic.endsWith("/image") ? imageType(bytes) : null;
    // All values of the cars come here as well: only a picture's topic is looked into.
    const vin = type === null ? null : parseTopic(topic).vin;
    if (type === null || vin === null) return false;
    const isTaken = bytes.length <= LARGEST_PICTURE_BYTES && this.listener.owns(vin);
    if (isTaken) this.listener.onPicture(vin, { bytes, type });
    return true;
  }

  #watchOwner(event: string, payload: Buffer, receivedAt: number): void {
    const former = this.problem;
    // The will of the owner's connection, which the next connection takes back by an empty message.
    if (event === "offline") this.#isOffline = payload.length > 0;
    else this.#takeEvent(event, payload, receivedAt);
    if (this.problem?.code !== former?.code) this.listener.onOwner(this.problem);
  }

  /** Each event may be kept at the broker under a topic of its own, and those may come in any order. */
  #takeEvent(event: string, payload: Buffer, receivedAt: number): void {
    const told = objectIn(payload);
    // One that is deleted at the broker says nothing.
    if (told === null) return;
    // A time that lies ahead, by a wrong clock, would outlast all that follow.
    const at = Math.min(momentOf(told["timestamp"]) ?? receivedAt, receivedAt);
    const former = this.#told.get(event);
    if (former === undefined || at >= former.at) this.#told.set(event, { at, problem: problemOf(event, told) });
  }
}

function problemOf(event: string, { text }: JsonObject): Problem | null {
  const reason = nonEmptyText(text) ?? "";
  switch (event) {
    case "disconnected":
      return newProblem("owner_disconnected", { reason });
    case "loginRequired":
      return newProblem("owner_needs_login", { reason });
    default:
      return null;
  }
}

function objectIn(payload: Buffer): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(payload.toString("utf8"));
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
