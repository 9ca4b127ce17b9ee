import type { DescriptorMessage } from "../../src/messages/types.js";
import { Replay } from "../../src/replay/replay.js";
import type { SimulatedCar } from "../../test/simulator/cars/car.js";
import { commuter } from "../../test/simulator/cars/everyday.js";
import type { CarReport } from "../../test/simulator/cars/profile.js";
import { SOC } from "../../test/simulator/cars/stream-data.js";
import type { Scored } from "./regimes.js";

/** Collects of a week the estimates shown while cars charged, and while they drove; with the column `hold`. */
export interface Week {
  readonly charging: Scored[];
  readonly driving: Scored[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START = Date.parse("2026-03-02T00:00:00Z");
/** Days that only warm up. */
const SCORED_FROM = START + DAY_MS;

/** Commuters of the simulator, whose level comes often, or at the ends of trips and charges only. */
export async function playWeek(days: number): Promise<Week> {
  const week: Week = { charging: [], driving: [] };
  for (const streamedSoc of ["often", "rarely"] as const)
    await playCar(commuter(START, { days, streamedSoc }), days, week);
  return week;
}

async function playCar(car: SimulatedCar, days: number, week: Week): Promise<void> {
  const node = new WatchedNode(car);
  await node.say(START, "settings", { magic: true });
  await node.say(START, "basicData", { payload: car.basicData });
  for (let now = START + MINUTE_MS; now <= START + days * DAY_MS; now += MINUTE_MS) {
    for (const report of car.advanceTo(now)) await node.hear(report);
    await node.say(now, "read");
    const { charging, moving } = car.truth();
    if (now < SCORED_FROM) continue;
    if (charging !== null) week.charging.push(node.scored(now, 0));
    else if (moving) week.driving.push(node.scored(now, 1));
  }
}

/** Simulates a node that receives a car's values. */
class WatchedNode {
  /** The last message, by output. */
  readonly #shown = new Map<number, DescriptorMessage>();
  readonly #replay: Replay;
  #hold: unknown = null;

  constructor(private readonly car: SimulatedCar) {
    const nodes = new Set(["predicted-soc"] as const);
    this.#replay = new Replay({ nodes, vehicle: "", form: "each", until: Infinity }, ({ output, msg }) => {
      this.#shown.set(output, msg as DescriptorMessage);
    });
  }

  async say(time: number, kind: string, members: object = {}): Promise<void> {
    await this.#replay.play({ at: new Date(time).toISOString(), kind, vin: this.car.vin, ...members });
  }

  async hear({ time, data }: CarReport): Promise<void> {
    this.#hold = data[SOC]?.value ?? this.#hold;
    const payload = { vin: this.car.vin, timestamp: new Date(time).toISOString(), data };
    await this.say(time, "stream", { payload });
  }

  scored(now: number, output: 0 | 1): Scored {
    const { vin } = this.car;
    const { payload, estimate } = this.#shown.get(output) ?? { payload: null };
    const truth = { at: new Date(now).toISOString(), vin, truth: this.car.truth().soc, scored: true, hold: this.#hold };
    return { truth, shown: { soc: payload as number | null, band90: estimate?.band90 ?? null, minutesToTarget: null } };
  }
}
