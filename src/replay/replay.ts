import { Claims } from "../account/claims.js";
import { Garage } from "../account/garage.js";
import { garageCodec } from "../account/garage-codec.js";
import type { Form } from "../messages/types.js";
import { StreamOutput } from "../messages/stream-output.js";
import { TelematicsOutput } from "../messages/telematics-output.js";
import { parseBasicData, parseMappings, parseTelematicData } from "../rest/endpoints.js";
import { memoryFiles } from "../store/files.js";
import { Store } from "../store/store.js";
import { Counters } from "../support/counters.js";
import { toCarDataError } from "../support/errors.js";
import type { JsonObject } from "../support/json.js";
import { SimulatedClock } from "../support/simulated-clock.js";
import { parseVin } from "../support/vin.js";
import { CarSettings } from "./car-settings.js";
import type { RecordedLine } from "./recording.js";

const TOPIC_BASE = "cardata";

/** Nodes by the names that the command line uses. */
export type ReplayedNode = "stream" | "telematics";

/** One message as a node would send it. */
export interface ReplayedMessage {
  /** Simulated ISO time of sending. */
  readonly at: string;
  readonly node: `cardata-${ReplayedNode}`;
  /** Counts from 0. */
  readonly output: number;
  readonly msg: unknown;
}

export interface ReplayOptions {
  readonly nodes: ReadonlySet<ReplayedNode>;
  /** Only this car; "" for all. */
  readonly vehicle: string;
  readonly form: Form;
  /** Milliseconds; lines after it are not replayed. */
  readonly until: number;
}

type Skip = "unknown kind" | "missing vin" | "time going backwards" | "unusable time" | "unusable payload";

/** Runs a recording through the same library as the nodes, on a simulated clock. */
export class Replay {
  /** What was left out, by reason. */
  readonly skipped = new Counters<Skip>();
  readonly #clock = new SimulatedClock(0);
  readonly #files = memoryFiles();
  readonly #cars = new CarSettings();
  #options: { form: Form; onlyChanges: boolean; values: boolean };
  #stream: StreamOutput;
  #telematics: TelematicsOutput;
  #garage: Garage;
  #store: Store;
  #updates = 0;

  constructor(
    private readonly options: ReplayOptions,
    private readonly emit: (message: ReplayedMessage) => void,
  ) {
    this.#options = { form: options.form, onlyChanges: false, values: false };
    [this.#stream, this.#telematics] = this.#createOutputs();
    [this.#garage, this.#store] = this.#createGarage();
  }

  /** Counts by reason of what the library did not take. */
  get rejected(): Garage["rejected"] {
    return this.#garage.rejected;
  }

  /** Processes one line; false when it lies behind the end of the replay. */
  async play(line: RecordedLine): Promise<boolean> {
    const at = Date.parse(line.at);
    if (at > this.options.until) return false;
    if (Number.isNaN(at)) this.skipped.add("unusable time");
    else if (at < this.#clock.now()) this.skipped.add("time going backwards");
    else this.#clock.runTo(at);
    await this.#apply(line);
    return true;
  }

  async #apply(line: RecordedLine): Promise<void> {
    switch (line.kind) {
      case "stream":
        this.#receive(line);
        return;
      case "mappings":
        this.#take(() => {
          for (const { vin, role } of parseMappings(line["payload"])) this.#garage.mapped(vin, role);
        });
        return;
      case "basicData":
        this.#forCar(line, (vin) => {
          this.#garage.described(vin, parseBasicData(line["payload"]));
        });
        return;
      case "telematicData":
        this.#forCar(line, (vin) => {
          this.#answer(vin, parseTelematicData(line["payload"]), line["payload"] as JsonObject);
        });
        return;
      case "settings":
        this.#change(line);
        return;
      case "restart":
        await this.#restart();
        return;
      default:
        this.skipped.add("unknown kind");
    }
  }

  #receive({ topic, payload }: RecordedLine): void {
    const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload ?? null));
    this.#garage.receive(typeof topic === "string" ? topic : "", bytes, this.#clock.now());
  }

  #answer(vin: string, data: JsonObject, answer: JsonObject): void {
    const outcome = this.#garage.answered(vin, data, this.#clock.now());
    if (outcome === null || !this.#wants(vin)) return;
    for (const message of this.#telematics.polled(vin, outcome.readings, answer)) this.#send("telematics", 0, message);
  }

  #wants(vin: string): boolean {
    return this.options.vehicle === "" || this.options.vehicle === vin;
  }

  #forCar(line: RecordedLine, run: (vin: string) => void): void {
    const vin = parseVin(line["vin"]);
    if (vin === null) this.skipped.add("missing vin");
    else
      this.#take(() => {
        run(vin);
      });
  }

  #take(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (toCarDataError(error).code === "internal") throw error;
      this.skipped.add("unusable payload");
    }
  }

  /** Node options take effect as a deploy of the node would make them. */
  #change(line: RecordedLine): void {
    const { form, onlyChanges, values } = line;
    if (form === "each" || form === "update" || form === "raw") this.#options.form = form;
    if (typeof onlyChanges === "boolean") this.#options.onlyChanges = onlyChanges;
    if (typeof values === "boolean") this.#options.values = values;
    if ([form, onlyChanges, values].some((option) => option !== undefined))
      [this.#stream, this.#telematics] = this.#createOutputs();
    this.#cars.change(line);
    this.#garage.describeAgain();
  }

  /** Everything is saved, forgotten and loaded again. */
  async #restart(): Promise<void> {
    await this.#store.flush();
    this.#garage.close();
    [this.#stream, this.#telematics] = this.#createOutputs();
    [this.#garage, this.#store] = this.#createGarage(this.#garage.rejected);
    await this.#garage.load();
  }

  #createGarage(rejected?: Garage["rejected"]): [Garage, Store] {
    const claims = new Claims();
    const store = new Store("/", this.#files, this.#clock, () => undefined);
    const garage = new Garage({
      document: store.document("vehicles", garageCodec),
      clock: this.#clock,
      factsOf: (vin) => this.#cars.factsOf(vin),
      claim: (vin) => claims.claim(vin, { id: "replay", label: "replay" }) === null,
      ignored: new Set(),
      onUpdate: (update) => {
        for (const message of this.#stream.update(update)) this.#send("stream", 0, message);
        for (const message of this.#stream.events(update)) this.#send("stream", 1, message);
      },
      onFound: (vin) => {
        this.#send("stream", 1, this.#stream.event({ name: "vehicleFound", vin }, this.#clock.now()));
      },
      ...(rejected && { rejected }),
    });
    return [garage, store];
  }

  #createOutputs(): [StreamOutput, TelematicsOutput] {
    const { vehicle } = this.options;
    const { form } = this.#options;
    const nextId = () => String(++this.#updates);
    const stream = { topicBase: TOPIC_BASE, account: "replay", vehicle, descriptors: [], ...this.#options };
    return [new StreamOutput(stream, nextId), new TelematicsOutput({ topicBase: TOPIC_BASE, form }, nextId)];
  }

  #send(node: ReplayedNode, output: number, msg: unknown): void {
    if (!this.options.nodes.has(node)) return;
    this.emit({ at: new Date(this.#clock.now()).toISOString(), node: `cardata-${node}`, output, msg });
  }
}
