import type { Update } from "../account/events.js";
import type { VehicleRegistry } from "../account/vehicle-registry.js";
import { learningCodec } from "../account/soc/learning-codec.js";
import { SocDesk } from "../account/soc/soc-desk.js";
import type { TrackedMove } from "../traccar/tracker-move.js";
import { obey, parseSocInput } from "../messages/soc-input.js";
import { SocOutput } from "../messages/soc-output.js";
import type { Document } from "../store/document.js";
import type { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import type { ChargeEstimate } from "../vehicle/charge-end.js";
import type { CarSettings } from "./car-settings.js";
import type { RecordedLine } from "./recording.js";

interface SocLinesDoors {
  readonly clock: Clock;
  readonly cars: CarSettings;
  readonly topicBase: string;
  /** Only this car is shown; "" for all. */
  readonly vehicle: string;
  /** Whether anybody looks at the estimates, or at what is told of a charge by them; else nothing is estimated. */
  readonly isWanted: boolean;
  /** A message of cardata-predicted-soc; outputs count from 0. */
  readonly send: (output: number, message: unknown) => void;
}

const LEARNING_OUTPUT = 2;

/** The estimates of a replay, as a cardata-predicted-soc node for all cars shows them. */
export class SocLines {
  #desk: SocDesk | null = null;
  #output: SocOutput;
  #leave: (() => void)[] = [];

  constructor(private readonly doors: SocLinesDoors) {
    this.#output = this.#createOutput();
  }

  /** Begins to estimate the cars of a garage. */
  begin(garage: VehicleRegistry, store: Store): void {
    if (!this.doors.isWanted) return;
    this.#output = this.#createOutput();
    this.#desk = new SocDesk({
      document: unhurried(store.document("learning", learningCodec)),
      clock: this.doors.clock,
      garage,
      factsOf: (vin) => this.doors.cars.socFactsOf(vin),
      onEstimate: (vin) => {
        this.#tell(vin, "estimate");
      },
      onLearned: (vin) => {
        this.#report(vin);
      },
    });
    this.#leave = [];
    this.#join();
  }

  /** Goes on with what was saved. */
  async load(): Promise<void> {
    await this.#desk?.load();
  }

  /** Hands the present state to the store. */
  close(): void {
    this.#desk?.close();
    this.#desk = null;
  }

  /** What is known of the battery of a car by now. */
  levelOf(vin: string): ChargeEstimate | null {
    return this.#desk?.levelOf(vin) ?? null;
  }

  follow(update: Update): void {
    this.#desk?.follow(update);
  }

  /** Settings of the cars have changed; `deployed`: those of the node too, so that it starts again. */
  changed(deployed: boolean): void {
    if (deployed) this.#output = this.#createOutput();
    this.#join();
    for (const vin of this.#desk?.vins ?? []) this.#tell(vin, "estimate");
  }

  /** Shows the present estimates, even if they were shown before. */
  read(vin: string): void {
    this.#tell(vin, "current");
  }

  /** The car's tracker tells something. */
  tracked(vin: string, move: TrackedMove): void {
    this.#desk?.tracked(vin, move);
  }

  /**
   * A `power` or `command` line, as a message to the node.
   * @throws CarDataError what `parseSocInput` says
   */
  input(vin: string, { kind, command, payload, kw, auxKw }: RecordedLine): void {
    if (this.#desk === null) return;
    const message = kind === "power" ? { vin, payload: kw, auxKw } : { vin, command, payload };
    const request = parseSocInput(message, { vehicle: "", vins: this.#desk.vins, meterUnit: "kW" });
    if (request.kind === "report") this.#report(request.vin);
    else obey(this.#desk, request);
  }

  #tell(vin: string, form: "estimate" | "current"): void {
    const desk = this.#desk;
    if (desk === null) return;
    const messages = this.#output[form](vin, desk.predicted(vin), desk.magic(vin), this.doors.clock.now());
    messages.forEach((message, output) => {
      if (message !== null) this.doors.send(output, message);
    });
  }

  #report(vin: string): void {
    const { vehicle, clock, send } = this.doors;
    const report = vehicle === "" || vehicle === vin ? (this.#desk?.report(vin) ?? null) : null;
    if (report !== null) send(LEARNING_OUTPUT, this.#output.learning(vin, report, clock.now()));
  }

  /** The new wishes before the old ones go, so that no car is without in between. */
  #join(): void {
    const desk = this.#desk;
    if (desk === null) return;
    const former = this.#leave;
    this.#leave = [...this.doors.cars.socOptions()].map((options) => desk.join(nodeFor(options.vehicle), options));
    for (const leave of former) leave();
  }

  #createOutput(): SocOutput {
    const { topicBase, vehicle } = this.doors;
    return new SocOutput({ topicBase, vehicle });
  }
}

/** In a replay nothing gets lost: the state is written for a restart alone, rather than at the end of each trip. */
function unhurried<T>(document: Document<T>): Pick<Document<T>, "load" | "set" | "save" | "belongTo" | "hold"> {
  const set = (value: T) => {
    document.set(value);
  };
  const save = async (value: T) => {
    set(value);
    return true;
  };
  return { load: () => document.load(), set, save, belongTo: () => false, hold: null };
}

/** The node with the lowest id decides: what is said of one car goes before what is said of all. */
function nodeFor(vehicle: string): string {
  return vehicle === "" ? "of all" : `of ${vehicle}`;
}
