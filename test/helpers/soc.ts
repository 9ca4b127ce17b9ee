import { VehicleRegistry } from "../../src/account/vehicle-registry.js";
import { vehiclesCodec } from "../../src/account/vehicle-registry-codec.js";
import { learningCodec } from "../../src/account/soc/learning-codec.js";
import { SocService, type SocParameters } from "../../src/account/soc/soc-service.js";
import { memoryFiles, type Files } from "../../src/store/atomic-files.js";
import { Store } from "../../src/store/store.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import type { DriveType } from "../../src/vehicle/drive-type.js";
import { SOC, STATUS, TARGET } from "./test-vehicle.js";
import { START, VIN } from "./fakes.js";

export const CHARGING = "vehicle.drivetrain.electricEngine.charging";
export const CAPACITY = "vehicle.drivetrain.batteryManagement.maxEnergy";

/** A charge with 11 kW on three phases, with every value reported at once. */
export function chargeFrom(soc: number): Readonly<Record<string, unknown>> {
  return {
    [SOC]: soc,
    [CAPACITY]: 80,
    [TARGET]: 80,
    [`${CHARGING}.method`]: "AC_TYPE2PLUG",
    [STATUS]: "CHARGINGACTIVE",
    [`${CHARGING}.phaseNumber`]: "3-PHASES",
    [`${CHARGING}.acVoltage`]: 230,
    [`${CHARGING}.acAmpere`]: 16,
  };
}

export interface SocBenchOptions {
  readonly clock?: SimulatedClock;
  readonly files?: Files;
  readonly parameters?: SocParameters;
  readonly driveType?: DriveType | null;
}

/** Cars, their vehicle registry and the service of their estimates, over files that may be those of a former run. */
export function socBench(options: SocBenchOptions = {}) {
  const { clock = new SimulatedClock(START), files = memoryFiles(), parameters, driveType = null } = options;
  const store = new Store("/", files, clock, () => undefined);
  const estimates: string[] = [];
  const learned: string[] = [];
  const registry: VehicleRegistry = new VehicleRegistry({
    document: store.document("vehicles", vehiclesCodec),
    clock,
    descriptionOf: () => ({ driveType, batteryKwh: parameters?.capacityKwh ?? null }),
    claim: () => true,
    ignored: new Set(),
    onUpdate: (update) => {
      service.follow(update);
    },
    onFound: () => undefined,
  });
  const service: SocService = new SocService({
    document: store.document("learning", learningCodec),
    clock,
    registry,
    parametersOf: () => parameters ?? { capacityKwh: null, kwhPerKm: null },
    onEstimate: (vin) => estimates.push(vin),
    onStep: () => undefined,
    onLearned: (vin) => learned.push(vin),
  });
  return {
    clock,
    files,
    store,
    registry,
    service,
    estimates,
    learned,
    load: async () => {
      await registry.load();
      await service.load();
    },
    /** Sends one message with values, or entries as BMW sends them; measured now unless stated otherwise. */
    send: (data: Readonly<Record<string, unknown>>, vin = VIN) => {
      const now = clock.now();
      const timestamp = new Date(now).toISOString();
      const entries = Object.entries(data).map(([descriptor, entry]) => [
        descriptor,
        typeof entry === "object" && entry !== null ? { timestamp, ...entry } : { value: entry, timestamp },
      ]);
      const payload = { vin, entityId: "x", topic: vin, timestamp, data: Object.fromEntries(entries) as unknown };
      registry.receive(`gcid/${vin}`, Buffer.from(JSON.stringify(payload)), now);
    },
    /** Ends as a stopped Node-RED does. */
    stop: async () => {
      registry.close();
      service.close();
      await store.flush();
    },
  };
}
