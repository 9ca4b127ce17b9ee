import type { Method, SocSettings } from "../types.js";
import { LINE_TO_LINE_FROM_V, multiplierOf, usualCurrent } from "./mains.js";
import type { Memory } from "./memory.js";
import { BLIND, OPEN, UNKNOWN, UNKNOWN_FAST, type Branch, type Supply } from "./supply.js";
import type { Alternating, Told } from "./told.js";

/** kW at which cars charge where nothing tells: sockets, one phase, two and three phases. */
const USUAL_POWERS: readonly number[] = [1.8, 2.3, 3.6, 7.2, 11, 22];
const USUAL_WEIGHT = 0.3;
const USUAL_SD = 0.22;
const SEEN_SD = 0.1;
const FOREVER_MS = 30 * 86_400_000;
/** Readings below full power, at the start of a fast charge. */
const RAMP_MS = 90_000;
const FAST_UNKNOWN_SD = 0.4;
const HELD_SD = 0.04;
const HELD_MS = 1_800_000;
const FAST_HELD_SD = 0.26;
const FAST_HELD_MS = 900_000;
/** Where power is only guessed, the gain adds nothing to that. */
const FIXED_GAIN = { mean: 0.9, variance: 0.001 ** 2 };

/** Makes of what was told what may charge the battery. `since` is when the charge began. */
export class Supplies {
  constructor(
    private readonly told: Told,
    private readonly memory: Memory,
    private readonly settings: () => SocSettings,
  ) {}

  /** What is known of the power by now; `null` if nothing is. */
  current(since: number, now: number): Supply | null {
    const isFast = this.told.method === "DC";
    const meter = this.told.metered(now, this.settings());
    // The meter at home stands still while the car charges fast elsewhere.
    if (isFast && (meter === null || meter.kw === 0)) return this.#fast(since);
    if (meter !== null) return this.#direct("meter", meter.kw, meter.auxKw, Math.max(since, meter.now));
    const current = this.told.alternating(since);
    const power = this.told.power(since);
    const usable = current !== null && current.amps > 0;
    if (usable && current.phases !== null) return this.#known(current, current.phases);
    if (power !== null && power.value > 0) return this.#direct("power", power.value, this.settings().auxKw, power.at);
    if (usable) return this.#open(current);
    return current === null ? null : this.#direct("power", 0, this.settings().auxKw, current.at);
  }

  /** Where nothing tells of power: any usual one, and those that this car was charged with before. */
  unknown(since: number): Supply {
    if (this.told.method === "DC") return this.#fastUnknown(since);
    const seen = this.memory.powers;
    const total = seen.reduce((sum, _, index) => sum + index + 1, 0);
    const branches = [
      ...seen.map((kw, index) => blind(kw, ((1 - USUAL_WEIGHT) * (index + 1)) / total)),
      ...USUAL_POWERS.map((kw) => blind(kw, (seen.length > 0 ? USUAL_WEIGHT : 1) / USUAL_POWERS.length)),
    ];
    const sd = seen.length > 0 ? SEEN_SD : USUAL_SD;
    const power = { kw: 1, auxKw: 0, toldSd: sd, heldSd: sd, heldMs: FOREVER_MS };
    return { ...power, at: since, key: UNKNOWN, follows: false, ramps: false, branches };
  }

  #fast(since: number): Supply | null {
    const power = this.told.power(since);
    if (power === null) return null;
    const held = { toldSd: 0.03, heldSd: FAST_HELD_SD, heldMs: FAST_HELD_MS };
    const at = Math.max(since, power.at);
    const ramps = at - since < RAMP_MS;
    return {
      ...held,
      at,
      key: "DC",
      kw: power.value,
      auxKw: this.settings().auxKw,
      follows: true,
      ramps,
      branches: [this.#fastBranch()],
    };
  }

  #fastUnknown(since: number): Supply {
    const held = { toldSd: FAST_UNKNOWN_SD, heldSd: FAST_UNKNOWN_SD, heldMs: FAST_HELD_MS };
    const at = since;
    return {
      ...held,
      at,
      key: UNKNOWN_FAST,
      kw: 0,
      auxKw: this.settings().auxKw,
      follows: true,
      ramps: true,
      branches: [this.#fastBranch()],
    };
  }

  #fastBranch(): Branch {
    return this.#branch("DC/0", "DC", 1, null, 1, [null, null]);
  }

  /** Power as it is told. */
  #direct(source: "meter" | "power", kw: number, auxKw: number, at: number): Supply {
    const branches = [this.#branch(`AC/${source}`, "AC", 1, null, 1, [null, null])];
    return { ...HELD, at, key: `AC/${source}`, kw, auxKw, branches };
  }

  #known(current: Alternating, phases: number): Supply {
    const { volts, amps, at } = current;
    const near = String(usualCurrent(amps));
    const branches = [
      this.#branch(`AC/${phases}/${near}`, "AC", multiplierOf(volts, phases), phases, 1, [volts, amps]),
    ];
    return {
      ...HELD,
      at,
      key: `AC/${phases}/${near}`,
      kw: (volts * amps) / 1000,
      auxKw: this.settings().auxKw,
      branches,
    };
  }

  /** Nobody tells how many phases there are. */
  #open({ volts, amps, at }: Alternating): Supply {
    const near = String(usualCurrent(amps));
    const likely = this.memory.phases(near);
    const counts = volts >= LINE_TO_LINE_FROM_V ? [1, 3] : [1, 2, 3];
    const branches = counts.map((phases) =>
      this.#branch(`AC/${phases}/${near}`, "AC", multiplierOf(volts, phases), phases, likely[phases - 1] ?? 0.01, [
        volts,
        amps,
      ]),
    );
    return { ...HELD, at, key: `AC/?/${near}`, kw: (volts * amps) / 1000, auxKw: this.settings().auxKw, branches };
  }

  #branch(
    condition: string,
    method: Method,
    share: number,
    phases: number | null,
    weight: number,
    [volts, amps]: readonly [number | null, number | null],
  ): Branch {
    const told: [Method, number, number | null, number | null] = [
      method,
      method === "DC" ? 0 : (phases ?? 1),
      volts,
      amps,
    ];
    const shape = { phases, factor: share, weight };
    if (this.told.capacityKwh(this.settings()) !== null)
      return { ...shape, condition, ...this.memory.gain(condition, method, told) };
    return { ...shape, condition: `${OPEN}${condition}`, ...this.memory.openGain(`${OPEN}${condition}`) };
  }
}

const HELD = { toldSd: 0.01, heldSd: HELD_SD, heldMs: HELD_MS, follows: false, ramps: false };

function blind(kw: number, weight: number): Branch {
  return { phases: null, factor: kw, condition: `${BLIND}${kw.toFixed(2)}`, weight, gain: FIXED_GAIN, isKnown: true };
}
