import type { Update } from "../account/account-events.js";
import type { VehicleRegistry } from "../account/vehicle-registry.js";
import { learningCodec } from "../account/soc/learning-codec.js";
import { SocService } from "../account/soc/soc-service.js";
import type { TrackedMove } from "../traccar/tracker-move.js";
import { executeSocRequest, parseSocInput } from "../messages/soc-input.js";
import { SocOutput } from "../messages/soc-output.js";
import type { SocEstimate } from "../soc/estimate.js";
import type { Document } from "../store/document.js";
import type { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import type { EstimatedLevel } from "../vehicle/charge-end.js";
import type { CarSettings } from "./car-settings.js";
import type { RecordedLine } from "./recording.js";

interface SocLinesDependencies {
  readonly clock: Clock;
  readonly cars: CarSettings;
  readonly topicBase: string;
  /** VIN of the only shown car; "" for all. */
  readonly vehicle: string;
  /** Whether anybody uses the estimates, or the charge events that depend on them; otherwise nothing is estimated. */
  readonly isWanted: boolean;
  /** See `SocServiceDependencies`. */
  readonly onStep: (vin: string) => void;
  /** Called with a message of cardata-predicted-soc; outputs count from 0. */
  readonly send: (output: number, message: unknown) => void;
}

const LEARNING_OUTPUT = 2;

/** Estimates during a replay, as a cardata-predicted-soc node for all cars would. */
export class SocLines {
  #service: SocService | null = null;
  #output: SocOutput;
  #leave: (() => void)[] = [];

  constructor(private readonly dependencies: SocLinesDependencies) {
    this.#output = this.#createOutput();
  }

  /** Begins to estimate the registered cars. */
  begin(vehicleRegistry: VehicleRegistry, store: Store): void {
    if (!this.dependencies.isWanted) return;
    this.#output = this.#createOutput();
    this.#service = new SocService({
      document: withoutHurry(store.document("learning", learningCodec)),
      clock: this.dependencies.clock,
      registry: vehicleRegistry,
      parametersOf: (vin) => this.dependencies.cars.socParametersOf(vin),
      onEstimate: (vin) => {
        this.#print(vin, "estimate");
      },
      onStep: this.dependencies.onStep,
      onLearned: (vin) => {
        this.#report(vin);
      },
    });
    this.#leave = [];
    this.#join();
  }

  /** Loads the saved state. */
  async load(): Promise<void> {
    await this.#service?.load();
  }

  /** Passes the present state to the store. */
  close(): void {
    this.#service?.close();
    this.#service = null;
  }

  /** Returns the present estimate of the battery level of a car. */
  levelOf(vin: string): EstimatedLevel | null {
    return this.#service?.levelOf(vin) ?? null;
  }

  /** Returns the present estimates of a car. */
  estimatesOf(vin: string): { readonly estimate: SocEstimate | null; readonly magic: SocEstimate | null } {
    return { estimate: this.#service?.predicted(vin) ?? null, magic: this.#service?.magic(vin) ?? null };
  }

  follow(update: Update): void {
    this.#service?.follow(update);
  }

  /** Handles changed settings of the cars; `deployed`: those of the node too, so that it restarts. */
  changed(deployed: boolean): void {
    if (deployed) this.#output = this.#createOutput();
    this.#join();
    for (const vin of this.#service?.vins ?? []) this.#print(vin, "estimate");
  }

  /** Sends the present estimates, even if unchanged. */
  read(vin: string): void {
    this.#print(vin, "current");
  }

  /** Applies a result of the car's tracker. */
  tracked(vin: string, move: TrackedMove): void {
    this.#service?.tracked(vin, move);
  }

  /**
   * Handles a `power` or `command` line as a message to the node.
   * @throws CarDataError those of `parseSocInput`
   */
  input(vin: string, { kind, command, payload, kw, auxKw }: RecordedLine): void {
    if (this.#service === null) return;
    const message = kind === "power" ? { vin, payload: kw, auxKw } : { vin, command, payload };
    const request = parseSocInput(message, { vehicle: "", vins: this.#service.vins, meterUnit: "kW" });
    if (request.kind === "snapshot") for (const known of request.vins) this.#printAll(known);
    else if (request.kind === "report") this.#report(request.vin);
    else executeSocRequest(this.#service, request);
  }

  #print(vin: string, form: "estimate" | "current"): void {
    const service = this.#service;
    if (service === null) return;
    const messages = this.#output[form](vin, service.predicted(vin), service.magic(vin), this.dependencies.clock.now());
    messages.forEach((message, output) => {
      if (message !== null) this.dependencies.send(output, message);
    });
  }

  #printAll(vin: string): void {
    this.#print(vin, "current");
    this.#report(vin);
  }

  #report(vin: string): void {
    const { vehicle, clock, send } = this.dependencies;
    const report = vehicle === "" || vehicle === vin ? (this.#service?.report(vin) ?? null) : null;
    if (report !== null) send(LEARNING_OUTPUT, this.#output.learning(vin, report, clock.now()));
  }

  /** Adds the new requests before removing the old ones, so that no car is without one in between. */
  #join(): void {
    const service = this.#service;
    if (service === null) return;
    const former = this.#leave;
    this.#leave = [...this.dependencies.cars.socOptions()].map((options) =>
      service.join(nodeFor(options.vehicle), options),
    );
    for (const leave of former) leave();
  }

  #createOutput(): SocOutput {
    const { topicBase, vehicle } = this.dependencies;
    return new SocOutput({ topicBase, vehicle });
  }
}

/**
 * Returns a document that is only written for a restart, rather than at the end of each trip: nothing gets lost in a
 * replay.
 */
function withoutHurry<T>(document: Document<T>): Pick<Document<T>, "load" | "set" | "save" | "belongTo" | "hold"> {
  const set = (value: T) => {
    document.set(value);
  };
  const save = async (value: T) => {
    set(value);
    return true;
  };
  return { load: () => document.load(), set, save, belongTo: () => false, hold: null };
}

/** Returns a node id; the lowest id decides, so that settings of one car precede those of all. */
function nodeFor(vehicle: string): string {
  return vehicle === "" ? "of all" : `of ${vehicle}`;
}
