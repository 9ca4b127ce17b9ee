import { VehicleRegistry } from "../account/vehicle-registry.js";
import { vehiclesCodec } from "../account/vehicle-registry-codec.js";
import { isoText } from "../messages/iso-text.js";
import { descriptorMessage } from "../messages/descriptor-message.js";
import type { DescriptorMessage, Form } from "../messages/types.js";
import { traccarMessage } from "../messages/traccar-message.js";
import type { ExportedCar } from "../journal/export/export-options.js";
import { memoryFiles } from "../store/atomic-files.js";
import { Store } from "../store/store.js";
import { ReasonCounters } from "../support/reason-counters.js";
import { toCarDataError } from "../support/errors.js";
import { depthWithin } from "../support/json.js";
import { SimulatedClock } from "../support/simulated-clock.js";
import { parseVin } from "../support/vin.js";
import { allDefinitions } from "../vehicle/catalogue.js";
import { parseTimestamp } from "../vehicle/timestamp.js";
import type { Vehicle } from "../vehicle/vehicle.js";
import { CarSettings, concernsEstimate } from "./car-settings.js";
import { HomeAssistantLines } from "./homeassistant-lines.js";
import type { OrderedLine } from "./history-pages.js";
import { journalOf, type ReplayedJournal } from "./journal-arguments.js";
import { JournalLines } from "./journal-lines.js";
import { NodeOutputs } from "./node-outputs.js";
import type { RecordedLine } from "./recording.js";
import { isAnswerKind, RestLines, type AnswerKind } from "./rest-lines.js";
import { SocLines } from "./soc-lines.js";
import { TrackerLines } from "./tracker-lines.js";

const TOPIC_BASE = "cardata";
const NO_TIMERS = { after: () => () => undefined, every: () => () => undefined };
/** Longer than cardata-homeassistant waits for further values [ms]. */
const ANNOUNCED_WITHIN_MS = 10_000;
/** Longer than the end of a trip or a charge waits for further values, or for the end of a pause [ms]. */
const CERTAIN_WITHIN_MS = 61 * 60_000;
/** Name of the tracker, which a recording does not contain. */
const DEVICE = "replay";

/** Kinds of lines about one car that are input of a cardata-predicted-soc node, or of a tracker. */
const OF_CAR = new Set(["power", "command", "speed", "fix", "read"]);

/** Names the nodes as on the command line. */
export type ReplayedNode = "stream" | "telematics" | "predicted-soc" | "traccar" | "homeassistant" | "journal";

/** Holds one message as a node would send it. */
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
  /** End of the replay [ms]. */
  readonly until: number;
  /** Whether all descriptors of the catalogue are announced in the end; default: those of the recording. */
  readonly catalogue?: boolean;
  /** What the user states for the journal; default: nothing. */
  readonly journal?: ReplayedJournal;
}

type SkipReason = "unknown kind" | "missing vin" | "time going backwards" | "unusable time" | "unusable payload";

/** Runs a recording through the same library as the nodes, on a simulated clock. */
export class Replay {
  /** Counts skipped lines by reason. */
  readonly skipped = new ReasonCounters<SkipReason>();
  readonly #clock = new SimulatedClock(0);
  readonly #files = memoryFiles();
  readonly #cars = new CarSettings();
  readonly #rest = new RestLines(this.#clock);
  readonly #soc: SocLines;
  readonly #homeAssistant: HomeAssistantLines;
  readonly #journal: JournalLines;
  #trackers = new TrackerLines();
  readonly #outputs: NodeOutputs;
  #registry: VehicleRegistry;
  #store: Store;

  constructor(
    private readonly options: ReplayOptions,
    private readonly emit: (message: ReplayedMessage) => void,
  ) {
    this.#outputs = new NodeOutputs(TOPIC_BASE, options, (vin) => this.#registry.cars.get(vin)?.vehicle.distanceUnit);
    this.#soc = this.#createSoc();
    this.#homeAssistant = this.#createHomeAssistant();
    this.#journal = this.#createJournal();
    [this.#registry, this.#store] = this.#createRegistry();
    this.#soc.begin(this.#registry, this.#store);
    this.#journal.begin(this.#registry, this.#store);
    this.#beginHomeAssistant();
  }

  /** Returns the refusals of BMW in the recording, by error code. */
  get refused(): RestLines["refused"] {
    return this.#rest.refused;
  }

  /** Returns the counts of rejected entries, by reason. */
  get rejected(): VehicleRegistry["rejected"] {
    return this.#registry.rejected;
  }

  /**
   * Processes one line; returns false when it lies after the end of the replay.
   * @param followed whether it is a page of a charging history that another one follows, see `inOrder`
   */
  async play(line: RecordedLine, followed = false): Promise<boolean> {
    const at = parseTimestamp(line.at);
    const { until } = this.options;
    if (at !== null && at > until) {
      if (until > this.#clock.now()) this.#clock.runTo(until);
      await this.#journal.written();
      return false;
    }
    if (at === null) this.skipped.add("unusable time");
    else if (at < this.#clock.now()) this.skipped.add("time going backwards");
    else this.#clock.runTo(at);
    await this.#apply({ line, followed });
    await this.#journal.written();
    return true;
  }

  /** Ends the recording: sums up the journal, and announces what the cars have not sent, where that is wanted. */
  async end(): Promise<void> {
    // The end of a charge is not certain before; nothing that a recording has seen to its end shall miss in the journal.
    if (this.options.nodes.has("journal") && this.options.until === Infinity)
      this.#clock.runTo(this.#clock.now() + CERTAIN_WITHIN_MS);
    await this.#journal.written();
    await this.#journal.summarise([...this.#registry.cars.keys()].filter((vin) => this.#wants(vin)));
    if (this.options.catalogue !== true) return;
    const now = this.#clock.now();
    for (const [vin, { vehicle }] of this.#registry.cars)
      if (this.#wants(vin))
        for (const message of unsentMessages(vin, vehicle, now)) this.#homeAssistant.handle(message);
    this.#clock.runTo(now + ANNOUNCED_WITHIN_MS);
  }

  /** Returns what the journal holds of the shown cars until now; the recording does not say how they are called. */
  async journalEntries(): Promise<ExportedCar[]> {
    const { cars } = this.#registry;
    const all = await this.#journal.entriesOf([...cars.keys()].filter((vin) => this.#wants(vin)));
    return all.map((car) => ({ ...car, distanceUnit: cars.get(car.vin)?.vehicle.distanceUnit ?? "km" }));
  }

  async #apply(ordered: OrderedLine): Promise<void> {
    const { line } = ordered;
    if (isAnswerKind(line.kind)) {
      await this.#answer(line.kind, ordered);
      return;
    }
    if (OF_CAR.has(line.kind)) {
      await this.#estimate(line);
      return;
    }
    switch (line.kind) {
      case "stream":
        this.#receive(line);
        return;
      case "error":
        await this.#attempt(() => {
          this.#rest.refuse(line);
        });
        return;
      case "settings":
        this.#change(line);
        return;
      case "restart":
        await this.#restart();
        return;
      case "price":
      case "solar":
        await this.#attempt(() => {
          this.#journal.energy(line);
        });
        return;
      default:
        this.skipped.add("unknown kind");
    }
  }

  #receive({ topic, payload, retained }: RecordedLine): void {
    // The decoder handles text of any depth; an object as deep as this could not even be serialised.
    if (!depthWithin(payload)) {
      this.skipped.add("unusable payload");
      return;
    }
    const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload ?? null));
    this.#registry.receive(typeof topic === "string" ? topic : "", bytes, this.#clock.now(), retained === true);
  }

  async #answer(kind: AnswerKind, ordered: OrderedLine): Promise<void> {
    const vin = kind === "mappings" ? null : parseVin(ordered.line["vin"]);
    if (vin === null && kind !== "mappings") {
      this.skipped.add("missing vin");
      return;
    }
    await this.#attempt(async () => {
      const answer = await this.#rest.answer(kind, vin, ordered, this.#registry);
      if (answer?.operation === "chargingHistory") this.#journal.history(answer.vin, answer.payload);
      if (answer === null || !this.#wants(answer.vin)) return;
      for (const message of this.#outputs.telematics.automatic(answer, this.#rest.quota))
        this.#send("telematics", 0, message);
    });
  }

  /** Handles input of a cardata-predicted-soc node, or of a tracker. */
  async #estimate(line: RecordedLine): Promise<void> {
    const vin = parseVin(line["vin"]);
    if (vin === null) this.skipped.add("missing vin");
    else if (line.kind === "read") this.#soc.read(vin);
    else if (line.kind === "speed" || line.kind === "fix") this.#track(vin, line);
    else
      await this.#attempt(() => {
        this.#soc.input(vin, line);
      });
  }

  #track(vin: string, line: RecordedLine): void {
    const now = this.#clock.now();
    const isOnTrip = this.#registry.cars.get(vin)?.vehicle.isOnTrip ?? false;
    const result =
      line.kind === "speed" ? this.#trackers.speed(line, now) : this.#trackers.fix(vin, line, isOnTrip, now);
    if (result === undefined) {
      this.skipped.add("unusable payload");
      return;
    }
    if (this.#wants(vin)) this.#send("traccar", 0, traccarMessage(TOPIC_BASE, vin, result.fix, DEVICE));
    this.#soc.tracked(vin, result.move);
    this.#journal.tracked(vin, result.fix.speedKmh);
  }

  /** Returns whether a line is wanted; one about the account concerns every car. */
  #wants(vin: string | null): boolean {
    return this.options.vehicle === "" || vin === null || this.options.vehicle === vin;
  }

  /** Returns whether values are wanted; both nodes count their messages together. */
  get #wantsValues(): boolean {
    return this.#isAnyShown("stream", "telematics");
  }

  /** Returns whether anybody receives the messages of one of these nodes; Home Assistant receives those of all. */
  #isAnyShown(...nodes: readonly ReplayedNode[]): boolean {
    return [...nodes, "homeassistant" as const].some((node) => this.options.nodes.has(node));
  }

  async #attempt(run: () => void | Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#leaveOut(error);
    }
  }

  /** Counts what the recording causes; rethrows a programming error. */
  #leaveOut(error: unknown): void {
    if (toCarDataError(error).code === "internal") throw error;
    this.skipped.add("unusable payload");
  }

  /** Applies node options as a deploy of the node would. */
  #change(line: RecordedLine): void {
    const vin = parseVin(line["vin"]);
    if (vin === null && (line["vin"] ?? null) !== null) {
      this.skipped.add("missing vin");
      return;
    }
    this.#outputs.change(line);
    this.#cars.change(line, vin);
    this.#registry.describeAgain();
    this.#soc.changed(concernsEstimate(line));
  }

  /** Saves, forgets and loads everything again. */
  async #restart(): Promise<void> {
    this.#soc.close();
    this.#journal.close();
    this.#homeAssistant.close();
    await this.#store.flush();
    this.#registry.close();
    this.#outputs.restart();
    this.#trackers = new TrackerLines();
    [this.#registry, this.#store] = this.#createRegistry(this.#registry.rejected);
    this.#soc.begin(this.#registry, this.#store);
    this.#journal.begin(this.#registry, this.#store);
    await this.#journal.load();
    await this.#registry.load();
    this.#beginHomeAssistant();
    await this.#soc.load();
  }

  #createRegistry(rejected?: VehicleRegistry["rejected"]): [VehicleRegistry, Store] {
    // Nothing is written except for a restart, which requests it.
    const store = new Store("/", this.#files, { ...NO_TIMERS, now: () => this.#clock.now() }, () => undefined);
    const registry = new VehicleRegistry({
      document: store.document("vehicles", vehiclesCodec),
      clock: this.#clock,
      descriptionOf: (vin) => this.#cars.descriptionOf(vin),
      claim: () => true,
      ignored: new Set(),
      onUpdate: (update) => {
        this.#soc.follow(update);
        this.#journal.follow(update);
        if (!this.#wantsValues) return;
        for (const message of this.#outputs.stream.update(update)) this.#send("stream", 0, message);
        for (const message of this.#outputs.stream.events(update)) this.#send("stream", 1, message);
        this.#homeAssistant.follow(update);
      },
      estimateOf: (vin) => this.#soc.levelOf(vin),
      onFound: (vin) => {
        this.#send("stream", 1, this.#outputs.stream.event({ name: "vehicleFound", vin }, this.#clock.now()));
      },
      ...(rejected && { rejected }),
    });
    return [registry, store];
  }

  #createSoc(): SocLines {
    return new SocLines({
      clock: this.#clock,
      cars: this.#cars,
      topicBase: TOPIC_BASE,
      vehicle: this.options.vehicle,
      isWanted: this.#isAnyShown("predicted-soc", "stream", "journal"),
      onStep: (vin) => {
        this.#journal.look(vin);
      },
      send: (output, message) => {
        this.#send("predicted-soc", output, message);
      },
    });
  }

  #createJournal(): JournalLines {
    return new JournalLines({
      clock: this.#clock,
      files: this.#files,
      journal: this.options.journal ?? journalOf({}),
      vehicle: this.options.vehicle,
      isWanted: this.options.nodes.has("journal"),
      estimatesOf: (vin) => this.#soc.estimatesOf(vin),
      send: (output, message) => {
        this.#emit("journal", output, message);
      },
    });
  }

  #createHomeAssistant(): HomeAssistantLines {
    return new HomeAssistantLines({
      clock: this.#clock,
      topicBase: TOPIC_BASE,
      send: (message) => {
        this.#emit("homeassistant", 0, message);
      },
    });
  }

  #beginHomeAssistant(): void {
    if (this.#isAnyShown()) this.#homeAssistant.begin(this.#registry);
  }

  #send(node: ReplayedNode, output: number, msg: unknown): void {
    if (this.options.nodes.has(node)) this.#emit(node, output, msg);
    try {
      this.#homeAssistant.handle(msg);
    } catch (error) {
      this.#leaveOut(error);
    }
  }

  #emit(node: ReplayedNode, output: number, msg: unknown): void {
    this.emit({ at: isoText(this.#clock.now()), node: `cardata-${node}`, output, msg });
  }
}

/** Returns a message of each descriptor of the catalogue that a car has not sent, as unknown. */
function unsentMessages(vin: string, { readings }: Vehicle, timestamp: number): DescriptorMessage[] {
  const unsent = [...allDefinitions()].filter(({ id }) => !readings.has(id));
  return unsent.map(({ id, unit }) =>
    descriptorMessage({ topicBase: TOPIC_BASE }, vin, {
      descriptor: id,
      value: null,
      unit,
      timestamp,
      source: "restored",
    }),
  );
}
