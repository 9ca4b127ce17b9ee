import { join } from "node:path";
import type { Cancel, Clock } from "../support/clock.js";
import { textWithoutCustomerId, withoutCustomerId } from "../support/customer-id.js";
import { isObject, parseJson } from "../support/json.js";
import { withTimeLimit } from "../support/time-limit.js";
import { parseVin } from "../support/vin.js";
import type { Files } from "./atomic-files.js";

/** Describes one received item, as the account passes it. */
export type RecordedArrival =
  /** MQTT message: bytes as received, topic with or without the customer id. */
  | { readonly kind: "stream"; readonly topic: string; readonly payload: Buffer; readonly retained?: true }
  /** BMW's answer for one car; `continued`: a page after the first. */
  | { readonly kind: VehicleAnswerKind; readonly vin: string; readonly continued?: true; readonly payload: unknown }
  | { readonly kind: "mappings"; readonly payload: unknown }
  /** Poll of a tracker, in Traccar's units; `position` `null`: it sent none. */
  | ({ readonly kind: "fix"; readonly vin: string } & RecordedFix)
  /** Refused request. `endpoint` names path or operation, `body` is BMW's answer. */
  | { readonly kind: "error"; readonly endpoint: string; readonly status: number; readonly body: unknown };

export interface RecordedFix {
  /** Speed [kn]. */
  readonly speed?: number;
  /** Distance [m]. */
  readonly totalDistance?: number;
  /** ISO time. */
  readonly fixTime?: string;
  readonly position: {
    readonly latitude: number;
    readonly longitude: number;
    readonly altitude: number | null;
    readonly course: number | null;
    readonly valid: boolean;
  } | null;
}

type VehicleAnswerKind = "telematicData" | "basicData" | "chargingHistory" | "tyreDiagnosis";

/** Describes why nothing is recorded at the moment; reported once until it is over. */
export interface RecordingProblem {
  /** `unwritable`: retried automatically. `full`: today's file has its maximum size, recording continues tomorrow. */
  readonly kind: "unwritable" | "full";
  readonly cause?: unknown;
}

const FLUSH_AFTER_MS = 2000;
/** Maximum pause while the disk is full [ms]. */
const LONGEST_PAUSE_MS = 60_000;
const CLOSE_LIMIT_MS = 3000;
const FLUSH_FROM_BYTES = 64 * 1024;
const LARGEST_FILE_BYTES = 200_000_000;
/** Limits what is kept while the disk is full [bytes]; more is lost. */
const MOST_WAITING_BYTES = 1024 * 1024;
const UUID = /[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/gi;

/**
 * Writes received items to `<folder>/<UTC date>.ndjson`, one line each, without the customer id (GCID). Never throws to
 * its owner and never makes it wait.
 */
export class RecordingWriter {
  /** Lines by day, removed once written. */
  #waiting = new Map<string, string>();
  #waitingBytes = 0;
  /** File that was written last. */
  #written = { day: "", bytes: 0 };
  #fullDay = "";
  /** Number of failed attempts since the last success. */
  #failures = 0;
  #closed = false;
  #writing: Promise<void> | null = null;
  #timer: Cancel | null = null;

  constructor(
    private readonly folder: string,
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly report: (problem: RecordingProblem) => void,
  ) {}

  /** Records one item with the present time. */
  record(arrival: RecordedArrival): void {
    const at = new Date(this.clock.now()).toISOString();
    const day = at.slice(0, 10);
    if (this.#closed || day === this.#fullDay) return;
    const line = lineOf(at, arrival);
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + bytes > MOST_WAITING_BYTES) return;
    this.#waiting.set(day, (this.#waiting.get(day) ?? "") + line);
    this.#waitingBytes += bytes;
    this.#plan();
    // A full disk is retried by the timer only.
    if (this.#waitingBytes >= FLUSH_FROM_BYTES && this.#failures === 0) void this.flush();
  }

  /** Writes what waits; never rejects. */
  async flush(): Promise<void> {
    this.#timer?.();
    this.#timer = null;
    while (this.#writing !== null) await this.#writing;
    if (this.#waiting.size === 0) return;
    const days = this.#waiting;
    this.#waiting = new Map();
    this.#waitingBytes = 0;
    this.#writing = this.#write(days).finally(() => (this.#writing = null));
    await this.#writing;
  }

  /** Writes what waits, as far as possible within seconds and before `deadline`, and accepts no more; never rejects. */
  async close(deadline?: AbortSignal): Promise<void> {
    this.#closed = true;
    await withTimeLimit(this.clock, CLOSE_LIMIT_MS, this.flush(), deadline).catch(() => undefined);
    this.#timer?.();
  }

  #plan(): void {
    const pause = Math.min(LONGEST_PAUSE_MS, FLUSH_AFTER_MS * 2 ** Math.max(0, this.#failures - 1));
    this.#timer ??= this.clock.after(pause, () => void this.flush());
  }

  async #write(days: ReadonlyMap<string, string>): Promise<void> {
    for (const [day, lines] of days) {
      try {
        await this.#append(day, lines);
        this.#failures = 0;
      } catch (cause) {
        this.#keep(day, lines);
        if (this.#failures++ === 0) this.report({ kind: "unwritable", cause });
        if (!this.#closed) this.#plan();
      }
    }
  }

  async #append(day: string, lines: string): Promise<void> {
    const path = join(this.folder, `${day}.ndjson`);
    // An earlier run may have written today's file; appending nothing returns its size.
    const size = this.#written.day === day ? this.#written.bytes : await this.files.append(path, "");
    if (size + Buffer.byteLength(lines) <= LARGEST_FILE_BYTES) {
      this.#written = { day, bytes: await this.files.append(path, lines) };
      return;
    }
    if (this.#fullDay !== day) this.report({ kind: "full" });
    this.#fullDay = day;
  }

  /** Queues lines that could not be written before those that came meanwhile. */
  #keep(day: string, lines: string): void {
    this.#waiting.set(day, lines + (this.#waiting.get(day) ?? ""));
    this.#waitingBytes += Buffer.byteLength(lines);
  }
}

/**
 * Returns a value as one line of NDJSON. Escapes two characters that JSON leaves alone and that end a line for some
 * readers, including Node.js.
 */
export function toNdjsonLine(value: unknown): string {
  return `${JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}

function lineOf(at: string, arrival: RecordedArrival): string {
  return arrival.kind === "stream" ? messageLine(at, arrival) : toNdjsonLine({ at, ...withoutCustomerId(arrival) });
}

function messageLine(
  at: string,
  { kind, topic, payload, retained }: Extract<RecordedArrival, { kind: "stream" }>,
): string {
  // The part before is the customer id or the user's own naming; decoding uses only the rest.
  const place = placeOf(topic).replace(UUID, "");
  const line = toNdjsonLine({
    at,
    kind,
    ...(place !== "" && { topic: place }),
    ...(retained && { retained }),
    payload: payloadOf(payload.toString("utf8")),
  });
  const customers = topic.match(UUID) ?? [];
  return customers.reduce((text, customer) => text.replaceAll(customer, ""), line);
}

/** Returns a topic from its last VIN on, else its last part. */
function placeOf(topic: string): string {
  const parts = topic.split("/");
  const last = parts.reduce((found, part, index) => (parseVin(part) === null ? found : index), -1);
  return parts.slice(last).join("/");
}

/** Returns the parsed object of a JSON text, so that recordings can be read and searched; else the text. */
function payloadOf(text: string): unknown {
  const payload = parseJson(text);
  return isObject(payload) ? withoutCustomerId(payload) : textWithoutCustomerId(text).replace(UUID, "");
}
