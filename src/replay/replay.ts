import { Claims } from "../account/claims.js";
import { Garage } from "../account/garage.js";
import { garageCodec } from "../account/garage-codec.js";
import type { Form } from "../messages/types.js";
import { StreamOutput } from "../messages/stream-output.js";
import { parseBasicData, parseMappings } from "../rest/endpoints.js";
import { memoryFiles } from "../store/files.js";
import { Store } from "../store/store.js";
import { Counters } from "../support/counters.js";
import { toCarDataError } from "../support/errors.js";
import { SimulatedClock } from "../support/simulated-clock.js";
import { parseVin } from "../support/vin.js";
import type { RecordedLine } from "./recording.js";

/** One message as a node would send it. */
export interface ReplayedMessage {
  /** Simulated ISO time of sending. */
  readonly at: string;
  readonly node: "cardata-stream";
  /** Counts from 0. */
  readonly output: number;
  readonly msg: unknown;
}

export interface ReplayOptions {
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
  #options: { form: Form; onlyChanges: boolean };
  #output: StreamOutput;
  #garage: Garage;
  #store: Store;
  #updates = 0;

  constructor(
    private readonly options: ReplayOptions,
    private readonly emit: (message: ReplayedMessage) => void,
  ) {
    this.#options = { form: options.form, onlyChanges: false };
    this.#output = this.#createOutput();
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
  #change({ form, onlyChanges }: RecordedLine): void {
    if (form === "each" || form === "update" || form === "raw") this.#options.form = form;
    if (typeof onlyChanges === "boolean") this.#options.onlyChanges = onlyChanges;
    this.#output = this.#createOutput();
  }

  /** Everything is saved, forgotten and loaded again. */
  async #restart(): Promise<void> {
    await this.#store.flush();
    this.#output = this.#createOutput();
    [this.#garage, this.#store] = this.#createGarage(this.#garage.rejected);
    await this.#garage.load();
  }

  #createGarage(rejected?: Garage["rejected"]): [Garage, Store] {
    const claims = new Claims();
    const store = new Store("/", this.#files, this.#clock, () => undefined);
    const garage = new Garage({
      document: store.document("vehicles", garageCodec),
      claim: (vin) => claims.claim(vin, { id: "replay", label: "replay" }) === null,
      ignored: new Set(),
      onUpdate: (update) => {
        for (const message of this.#output.update(update)) this.#send(0, message);
      },
      onFound: (vin) => {
        this.#send(1, this.#output.event({ name: "vehicleFound", vin }, this.#clock.now()));
      },
      ...(rejected && { rejected }),
    });
    return [garage, store];
  }

  #createOutput(): StreamOutput {
    const { vehicle } = this.options;
    const options = { topicBase: "cardata", account: "replay", vehicle, descriptors: [], ...this.#options };
    return new StreamOutput(options, () => String(++this.#updates));
  }

  #send(output: number, msg: unknown): void {
    this.emit({ at: new Date(this.#clock.now()).toISOString(), node: "cardata-stream", output, msg });
  }
}
