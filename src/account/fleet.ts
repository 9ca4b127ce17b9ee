import type { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import { newProblem } from "../support/errors.js";
import type { HttpSend } from "../support/http.js";
import type { TrackerPosition } from "../traccar/types.js";
import type { Update } from "./events.js";
import { VehicleRegistry } from "./vehicle-registry.js";
import { vehiclesCodec } from "./vehicle-registry-codec.js";
import { socFactsOf, userFactsOf, type AccountSettings } from "./settings.js";
import { learningCodec } from "./soc/learning-codec.js";
import { SocDesk } from "./soc/soc-desk.js";
import { TrackerManager } from "../traccar/tracker-manager.js";
import type { AccountLogger } from "./account-logger.js";

export interface CarsDoors {
  readonly settings: AccountSettings;
  readonly store: Store;
  readonly clock: Clock;
  readonly send: HttpSend;
  readonly signal: AbortSignal;
  readonly voice: AccountLogger;
  /** Claims a car for this account; false if another account has it. */
  readonly claim: (vin: string) => boolean;
  /** A car gave something; estimates and trackers have heard it already. */
  readonly onUpdate: (update: Update) => void;
  /** What a look at the tracker of a car found; `null`: nothing. */
  readonly onLook: (vin: string, position: TrackerPosition | null) => void;
}

/** The cars of an account: what they have told, their estimates and their trackers. */
export class Fleet {
  readonly registry: VehicleRegistry;
  readonly soc: SocDesk;
  readonly trackers: TrackerManager;

  constructor(private readonly doors: CarsDoors) {
    this.registry = this.#createGarage();
    this.soc = this.#createSoc();
    this.trackers = new TrackerManager({
      clock: doors.clock,
      signal: doors.signal,
      send: doors.send,
      moving: (vin) => this.registry.cars.get(vin)?.vehicle.underWay ?? false,
      onMove: (vin, move) => {
        this.soc.tracked(vin, move);
      },
      onLook: doors.onLook,
      onProblem: (problem) => {
        doors.voice.warn(problem);
      },
    });
  }

  async load(): Promise<void> {
    await this.registry.load();
    await this.soc.load();
  }

  /** Lets cars appear that have become this account's, with what was saved of them; all of them, or one. */
  wake(vin?: string): void {
    const { soc } = this;
    const { voice } = this.doors;
    for (const appeared of vin === undefined ? this.registry.wakeAll() : this.registry.wake(vin)) {
      soc.wake(appeared);
      voice.guarded(() => voice.events.emit("appeared", appeared));
    }
  }

  /** Lets cars go that are another account's now; what is known of them is kept. All of them, or one. */
  rest(vin?: string): void {
    for (const resting of vin === undefined ? [...this.registry.cars.keys()] : [vin]) {
      this.registry.rest(resting);
      this.soc.rest(resting);
    }
  }

  /** Forgets all cars: another BMW account has logged in. */
  clear(): void {
    this.registry.clear();
    this.soc.clear();
  }

  close(): void {
    this.registry.close();
    this.trackers.close();
    this.soc.close();
  }

  #createGarage(): VehicleRegistry {
    const { settings, store, clock, voice, claim, onUpdate } = this.doors;
    return new VehicleRegistry({
      document: store.document("vehicles", vehiclesCodec),
      clock,
      factsOf: (vin) => userFactsOf(settings, vin),
      claim,
      ignored: new Set(settings.vehicles.filter(({ ignore }) => ignore).map(({ vin }) => vin)),
      onUpdate: (update) => {
        voice.guarded(() => {
          this.soc.follow(update);
        });
        voice.guarded(() => {
          this.trackers.follow(update);
        });
        onUpdate(update);
        voice.guarded(() => voice.events.emit("update", update));
      },
      estimateOf: (vin) => this.soc.levelOf(vin),
      onLate: () => {
        this.wake();
      },
      onFound: (vin) => {
        voice.tell({ name: "vehicleFound", vin }, clock.now());
      },
      onDoubt: (vin, { told, known, unit }) => {
        voice.warn(newProblem("odometer_refused", { vin, told, known, unit: unit ?? "" }));
      },
      onFull: (most) => {
        voice.warn(newProblem("too_many_vehicles", { most }));
      },
    });
  }

  #createSoc(): SocDesk {
    const { settings, store, clock, voice } = this.doors;
    return new SocDesk({
      document: store.document("learning", learningCodec),
      clock,
      garage: this.registry,
      factsOf: (vin) => socFactsOf(settings, vin),
      onEstimate: (vin) => {
        voice.guarded(() => voice.events.emit("estimate", vin));
      },
      onLearned: (vin) => {
        voice.guarded(() => voice.events.emit("learned", vin));
      },
    });
  }
}
