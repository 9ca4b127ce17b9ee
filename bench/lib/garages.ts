import type * as GarageModule from "../../src/account/garage.js";
import type * as CodecModule from "../../src/account/garage-codec.js";
import type { Claims } from "../../src/account/claims.js";
import type { Update } from "../../src/account/events.js";
import type * as DocumentModule from "../../src/store/document.js";
import type { Files } from "../../src/store/files.js";
import type { Clock } from "../../src/support/clock.js";
import { built } from "./built.js";

const { Garage } = built("src/account/garage.js") as typeof GarageModule;
const { garageCodec } = built("src/account/garage-codec.js") as typeof CodecModule;
const { Document } = built("src/store/document.js") as typeof DocumentModule;

export interface BenchGarageOptions {
  readonly id: string;
  readonly claims: Claims;
  readonly files: Files;
  readonly clock: Clock;
  readonly onUpdate: (update: Update) => void;
}

/** The built garage as an account makes it. */
export function createGarage({ id, claims, files, clock, onUpdate }: BenchGarageOptions): GarageModule.Garage {
  const claimer = { id, label: id, isInNeed: true, granted: () => undefined, lost: () => undefined };
  return new Garage({
    document: new Document("vehicles", `/${id}/vehicles.json`, garageCodec, files, clock, (problem) => {
      throw new Error(`vehicles.json is ${problem.kind}`);
    }),
    clock,
    factsOf: () => ({ driveType: null, batteryKwh: null }),
    claim: (vin) => claims.claim(`vin:${vin}`, claimer) === null,
    ignored: new Set(),
    onUpdate,
    onFound: () => undefined,
  });
}
