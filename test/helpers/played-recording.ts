import { orderedLines } from "../../src/replay/history-pages.js";
import { openRecording, readRecording, type RecordedLine } from "../../src/replay/recording.js";
import { Replay, type ReplayedMessage, type ReplayedNode } from "../../src/replay/replay.js";

const NODES: ReadonlySet<ReplayedNode> = new Set(["stream", "telematics", "predicted-soc", "traccar"]);

/** An event of a car, as cardata-stream sends it. */
export interface ReportedEvent {
  /** ISO time of sending. */
  readonly at: string;
  readonly vin: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Plays a recording and collects what the nodes send, as `cardata-replay` prints it. */
export class PlayedRecording {
  readonly sent: ReplayedMessage[] = [];
  readonly replay: Replay;

  constructor(nodes = NODES) {
    this.replay = new Replay({ nodes, vehicle: "", form: "each", until: Infinity }, (message) =>
      this.sent.push(message),
    );
  }

  static async lines(lines: readonly RecordedLine[]): Promise<PlayedRecording> {
    const played = new PlayedRecording();
    for (const line of lines) await played.replay.play(line);
    return played;
  }

  /** A file in the format of `cardata-record`. */
  static async file(path: string): Promise<PlayedRecording> {
    const played = new PlayedRecording();
    const recording = readRecording(openRecording(path));
    for await (const { line, followed } of orderedLines(recording)) await played.replay.play(line, followed);
    return played;
  }

  /** Events of cars, in the order of sending; that a car was found is left out. */
  get events(): ReportedEvent[] {
    return this.sent.flatMap(({ at, msg }): ReportedEvent[] => {
      const { event, payload } = msg as { event?: string; payload: Record<string, unknown> };
      if (event === undefined || event === "vehicleFound") return [];
      const { vin, account: _account, event: _event, ...members } = payload;
      return [{ at, vin: String(vin), name: event, payload: members }];
    });
  }

  /** Events of one name, by their members. */
  of(name: string): ReportedEvent["payload"][] {
    return this.events.flatMap((event) => (event.name === name ? [event.payload] : []));
  }

  /** Payloads of what was sent of a descriptor. */
  values(descriptor: string): unknown[] {
    return this.sent.flatMap(({ msg }) => {
      const { descriptor: sent, payload } = msg as { descriptor?: string; payload: unknown };
      return sent === descriptor ? [payload] : [];
    });
  }
}
