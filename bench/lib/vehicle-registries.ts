import type * as RegistryModule from "../../src/account/vehicle-registry.js";
import type * as CodecModule from "../../src/account/vehicle-registry-codec.js";
import type { OwnershipRegistry } from "../../src/account/ownership-registry.js";
import type { Update } from "../../src/account/account-events.js";
import type { Files } from "../../src/store/atomic-files.js";
import type * as StoreModule from "../../src/store/store.js";
import type { Clock } from "../../src/support/clock.js";
import { built } from "./built.js";

const { VehicleRegistry } = built("src/account/vehicle-registry.js") as typeof RegistryModule;
const { vehiclesCodec } = built("src/account/vehicle-registry-codec.js") as typeof CodecModule;
const { Store } = built("src/store/store.js") as typeof StoreModule;

export interface BenchRegistryOptions {
  readonly id: string;
  readonly ownership: OwnershipRegistry;
  readonly files: Files;
  readonly clock: Clock;
  readonly onUpdate: (update: Update) => void;
}

/** Creates the built registry as an account does. */
export function createVehicleRegistry({
  id,
  ownership,
  files,
  clock,
  onUpdate,
}: BenchRegistryOptions): RegistryModule.VehicleRegistry {
  const claimer = { id, label: id, isInNeed: true, granted: () => undefined, lost: () => undefined };
  const store = new Store(`/${id}`, files, clock, (event) => {
    throw new Error(`The files are in trouble: ${event.kind}`);
  });
  return new VehicleRegistry({
    document: store.document("vehicles", vehiclesCodec),
    clock,
    descriptionOf: () => ({ driveType: null, batteryKwh: null }),
    claim: (vin) => ownership.claim(`vin:${vin}`, claimer) === null,
    ignored: new Set(),
    onUpdate,
    onFound: () => undefined,
  });
}
