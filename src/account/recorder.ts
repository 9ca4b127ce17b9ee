import type { RestCall } from "../rest/rest-call.js";
import type { Files } from "../store/atomic-files.js";
import { RecordingWriter, type RecordedFix } from "../store/recording-writer.js";
import type { Clock } from "../support/clock.js";
import { newProblem, reasonOf, type Problem } from "../support/errors.js";
import type { HttpResponse } from "../support/http.js";
import { parseJson } from "../support/json.js";
import { KMH_PER_KNOT } from "../traccar/answers.js";
import type { TrackerPosition } from "../traccar/tracker-types.js";

/** The answers about one car that a recording can hold. */
const ABOUT_CARS = ["telematicData", "basicData", "chargingHistory", "tyreDiagnosis"] as const;

/** Records what arrives over the stream and over REST while the account's option `record` is on. */
export class Recorder {
  readonly #all: RecordingWriter | null;

  /**
   * @param folder of the recordings, private to the account
   * @param isOurs returns whether this process may write there
   */
  constructor(
    record: boolean,
    folder: string,
    files: Files,
    clock: Clock,
    private readonly isOurs: () => boolean,
    report: (problem: Problem) => void,
  ) {
    this.#all = record
      ? new RecordingWriter(folder, files, clock, ({ kind, cause }) => {
          if (kind === "full") report({ code: "recording_full" });
          else report(newProblem("recording_failed", { reason: reasonOf(cause) }));
        })
      : null;
  }

  message(topic: string, payload: Buffer, retained: boolean): void {
    this.#writer?.record({ kind: "stream", topic, payload, ...(retained && { retained: true }) });
  }

  response(call: RestCall, { status, body }: HttpResponse): void {
    if (this.#writer === null) return;
    const text = body.toString("utf8");
    const payload = parseJson(text) ?? text;
    if (status > 299) this.#writer.record({ kind: "error", endpoint: call.endpoint, status, body: payload });
    else this.#answer(call, payload);
  }

  /** Records a poll of the tracker of a car. */
  fix(vin: string, position: TrackerPosition | null): void {
    this.#writer?.record({ kind: "fix", vin, ...(position === null ? { position } : recordedFix(position)) });
  }

  /** Writes as much of the queue as possible, within seconds and before `deadline`. */
  async close(deadline: AbortSignal): Promise<void> {
    await this.#all?.close(deadline);
  }

  get #writer(): RecordingWriter | null {
    return this.isOurs() ? this.#all : null;
  }

  #answer({ endpoint, vin = "", path }: RestCall, payload: unknown): void {
    if (endpoint === "mappings") this.#writer?.record({ kind: endpoint, payload });
    const kind = ABOUT_CARS.find((one) => one === endpoint);
    if (kind === undefined) return;
    // Only all pages together make a charging history of the account.
    const isLaterPage = /[?&]nextToken=/.test(path);
    this.#writer?.record({ kind, vin, ...(isLaterPage && { continued: true }), payload });
  }
}

/** As Traccar sends it. */
function recordedFix({ speedKmh, fixTime, totalMetres, ...place }: TrackerPosition): RecordedFix {
  return {
    speed: Math.round((speedKmh / KMH_PER_KNOT) * 1e4) / 1e4,
    ...(totalMetres !== undefined && { totalDistance: totalMetres }),
    ...(fixTime !== null && { fixTime: new Date(fixTime).toISOString() }),
    position: place,
  };
}
