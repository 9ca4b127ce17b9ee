import { VehicleRegistry } from "../../src/account/vehicle-registry.js";
import { vehiclesCodec } from "../../src/account/vehicle-registry-codec.js";
import type { Update } from "../../src/account/account-events.js";
import { memoryFiles, type Files } from "../../src/store/atomic-files.js";
import { Store } from "../../src/store/store.js";
import type { Clock } from "../../src/support/clock.js";

/** A registry for any car, with its files; `flush` of the store writes them. */
export function vehicleRegistryAt(clock: Clock, onUpdate: (update: Update) => void, files: Files = memoryFiles()) {
  const store = new Store("/", files, clock, (events) => {
    throw new Error(JSON.stringify(events));
  });
  const registry = new VehicleRegistry({
    document: store.document("vehicles", vehiclesCodec),
    clock,
    descriptionOf: () => ({ driveType: null, batteryKwh: null }),
    claim: () => true,
    ignored: new Set(),
    onUpdate,
    onFound: () => undefined,
  });
  return { registry, store };
}
