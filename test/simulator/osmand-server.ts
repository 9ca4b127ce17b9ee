import { WEB_APP } from "./traccar-server.js";
import { serve, type Incoming, type RunningServer, type ServerAnswer } from "./http.js";

/** Describes a position as Traccar keeps it. */
export interface KeptPosition {
  readonly uniqueId: string;
  readonly fixTime: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Everything else that was sent, by Traccar's names. */
  readonly attributes: Readonly<Record<string, number>>;
}

/** Latest time that Traccar takes for seconds, as a number; later ones are milliseconds. */
const MOST_SECONDS = 2 ** 31 - 1;
/** Names of the protocol for which Traccar has others. */
const RENAMED: Readonly<Record<string, string>> = { batt: "batteryLevel", bearing: "course" };

/** The port of Traccar for the OsmAnd protocol: a request for each position, of devices that it knows. */
export class OsmAndServer {
  readonly positions: KeptPosition[] = [];
  /** Unique ids of the devices. */
  readonly devices = new Set<string>();
  /** Whether it is the port of the map instead, which answers to anything with its page. */
  isMap = false;
  #server: RunningServer | null = null;

  static async start(): Promise<OsmAndServer> {
    const one = new OsmAndServer();
    one.#server = await serve("127.0.0.1", 0, (request) => one.#answer(request));
    return one;
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  #answer({ query }: Incoming): ServerAnswer {
    if (this.isMap) return { status: 200, body: WEB_APP, type: "text/html" };
    const { id = "", timestamp, lat, lon, ...others } = Object.fromEntries(query);
    if (!this.devices.has(id)) return { status: 400 };
    const time = Number(timestamp);
    const fixTime = time < MOST_SECONDS ? time * 1000 : time;
    const named = Object.entries(others).map(([name, value]) => [RENAMED[name] ?? name, Number(value)] as const);
    const place = { latitude: Number(lat), longitude: Number(lon) };
    this.positions.push({ uniqueId: id, fixTime, ...place, attributes: Object.fromEntries(named) });
    return { status: 200 };
  }
}
