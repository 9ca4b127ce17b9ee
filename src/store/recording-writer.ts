import { join } from "node:path";
import type { Cancel, Clock } from "../support/clock.js";
import { textWithoutCustomer, withoutCustomer } from "../support/customer-id.js";
import { isObject, parseJson } from "../support/json.js";
import { limited } from "../support/time-limit.js";
import { parseVin } from "../support/vin.js";
import type { Files } from "./files.js";

/** One thing that arrived, as the account hands it over. */
export type Arrival =
  /** An MQTT message: the bytes as they came, the topic with or without the customer id. */
  | { readonly kind: "stream"; readonly topic: string; readonly payload: Buffer; readonly retained?: true }
  /** BMW's answer for one car; `continued`: a later page than the first. */
  | { readonly kind: VehicleKind; readonly vin: string; readonly continued?: true; readonly payload: unknown }
  | { readonly kind: "mappings"; readonly payload: unknown }
  /** A look at a tracker, in Traccar's units; `position` `null`: it told none. */
  | ({ readonly kind: "fix"; readonly vin: string } & RecordedFix)
  /** A refused request. `endpoint` names path or operation, `body` is what BMW said. */
  | { readonly kind: "error"; readonly endpoint: string; readonly status: number; readonly body: unknown };

export interface RecordedFix {
  /** Knots. */
  readonly speed?: number;
  /** Metres. */
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

type VehicleKind = "telematicData" | "basicData" | "chargingHistory" | "tyreDiagnosis";

/** Why nothing is recorded at the moment; each is reported once until it is over. */
export interface RecordingProblem {
  /** `unwritable`: tried again by itself. `full`: the file of today has its full size, tomorrow's goes on. */
  readonly kind: "unwritable" | "full";
  readonly cause?: unknown;
}

const FLUSH_AFTER_MS = 2000;
/** While the disk is full. */
const LONGEST_PAUSE_MS = 60_000;
const CLOSE_LIMIT_MS = 3000;
const FLUSH_FROM_BYTES = 64 * 1024;
const LARGEST_FILE_BYTES = 200_000_000;
/** As much is kept while the disk is full; what comes then is lost. */
const MOST_WAITING_BYTES = 1024 * 1024;
const UUID = /[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/gi;

/**
 * Writes what arrives to `<folder>/<UTC date>.ndjson`, one line each, without the customer id (GCID).
 * Never throws into its owner and never makes it wait.
 */
export class RecordingWriter {
  /** Lines by day; a day goes when it is written. */
  #waiting = new Map<string, string>();
  #waitingBytes = 0;
  /** The file that was written last. */
  #written = { day: "", bytes: 0 };
  #fullDay = "";
  /** Attempts that failed since the last one that worked. */
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

  /** Takes note of one arrival, now. */
  record(arrival: Arrival): void {
    const at = new Date(this.clock.now()).toISOString();
    const day = at.slice(0, 10);
    if (this.#closed || day === this.#fullDay) return;
    const line = lineOf(at, arrival);
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + bytes > MOST_WAITING_BYTES) return;
    this.#waiting.set(day, (this.#waiting.get(day) ?? "") + line);
    this.#waitingBytes += bytes;
    this.#plan();
    // A disk that is full is asked again by the timer only.
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

  /** Writes what waits, as far as that is possible within seconds and before `deadline`, and takes no more; never rejects. */
  async close(deadline?: AbortSignal): Promise<void> {
    this.#closed = true;
    await limited(this.clock, CLOSE_LIMIT_MS, this.flush(), deadline).catch(() => undefined);
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
    // An earlier run may have written this day's file; nothing added tells its size.
    const size = this.#written.day === day ? this.#written.bytes : await this.files.append(path, "");
    if (size + Buffer.byteLength(lines) <= LARGEST_FILE_BYTES) {
      this.#written = { day, bytes: await this.files.append(path, lines) };
      return;
    }
    if (this.#fullDay !== day) this.report({ kind: "full" });
    this.#fullDay = day;
  }

  /** Lines that could not be written wait again, before what came meanwhile. */
  #keep(day: string, lines: string): void {
    this.#waiting.set(day, lines + (this.#waiting.get(day) ?? ""));
    this.#waitingBytes += Buffer.byteLength(lines);
  }
}

/** A value as one line of NDJSON. Two characters that JSON leaves alone end a line for some readers, Node.js among them. */
export function toLine(value: unknown): string {
  return `${JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}

function lineOf(at: string, arrival: Arrival): string {
  return arrival.kind === "stream" ? messageLine(at, arrival) : toLine({ at, ...withoutCustomer(arrival) });
}

function messageLine(at: string, { kind, topic, payload, retained }: Extract<Arrival, { kind: "stream" }>): string {
  // What stands before is the customer id, or what the user calls things; decoding looks at the rest only.
  const place = placeOf(topic).replace(UUID, "");
  const line = toLine({
    at,
    kind,
    ...(place !== "" && { topic: place }),
    ...(retained && { retained }),
    payload: payloadOf(payload.toString("utf8")),
  });
  const customers = topic.match(UUID) ?? [];
  return customers.reduce((text, customer) => text.replaceAll(customer, ""), line);
}

/** A topic from its last VIN on, else its last part. */
function placeOf(topic: string): string {
  const parts = topic.split("/");
  const last = parts.reduce((found, part, index) => (parseVin(part) === null ? found : index), -1);
  return parts.slice(last).join("/");
}

/** An object where the text is one, so that recordings can be read and searched; else the text. */
function payloadOf(text: string): unknown {
  const payload = parseJson(text);
  return isObject(payload) ? withoutCustomer(payload) : textWithoutCustomer(text).replace(UUID, "");
}
