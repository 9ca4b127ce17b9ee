import { isObject, type JsonObject } from "../../support/json.js";
import { Crossings } from "../crossings.js";
import { HEADER_KEEPS_MS } from "../limits.js";
import { decodeSocValue, SOC_VALUE_SOURCES, type SocValue } from "../soc-value.js";
import type { Seen } from "./seen.js";

const WHOLE = 1;
const TENTH = 0.1;
const NOISE = 0.08;
/** BMW's forecast of a charge is no measurement. */
const FORECAST_NOISE = 0.6;

/** What the car said last of its state of charge, how finely it tells it, and when it does. */
export class Levels {
  #last: SocValue | null = null;
  readonly #fine = new Set<string>();
  readonly #crossings = new Crossings();

  get last(): SocValue | null {
    return this.#last;
  }

  /**
   * What follows from a value, or `null` if it is none, repeats, or goes behind what is known.
   * @param since when the charge began that runs; `null` without one
   */
  take(signal: SocValue, since: number | null): Seen | null {
    const { soc, source } = signal;
    if (soc < 0 || soc > 100 || this.#isBehind(signal, since)) return null;
    if (!Number.isInteger(soc)) this.#fine.add(source);
    const step = this.#fine.has(source) ? TENTH : WHOLE;
    const crossing = since === null ? 0 : this.#crossing(signal, step);
    this.#last = signal;
    return { soc, step, noise: source === "level" ? FORECAST_NOISE : NOISE, crossing, gained: 0 };
  }

  /** The clock was set back to `now`: nothing was measured later. */
  turnBack(now: number): void {
    if (this.#last !== null && this.#last.at > now) this.#last = { ...this.#last, at: now };
  }

  save(): JsonObject {
    return { last: this.#last, fine: [...this.#fine], crossings: this.#crossings.save() };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#last = decodeSocValue(saved["last"]);
    const fine = Array.isArray(saved["fine"]) ? (saved["fine"] as unknown[]) : [];
    for (const one of fine) if (typeof one === "string") this.#fine.add(one);
    this.#crossings.restore(saved["crossings"]);
  }

  /** A value one step above the last marks the moment of the step where the car is used to tell each. */
  #crossing({ soc, source, pushed, at }: SocValue, step: number): number {
    const last = this.#last;
    if (!pushed || last?.source !== source || source === "level") return 0;
    const steps = Math.round((soc - last.soc) / step);
    if (steps === 1) this.#crossings.stepped();
    else if (at > last.at) this.#crossings.repeated();
    return steps === 1 ? this.#crossings.likely : 0;
  }

  /** Older than what is known, from before the charge, or of a source that counts less. */
  #isBehind({ source, at }: SocValue, since: number | null): boolean {
    const last = this.#last;
    if (source === "level" && since === null) return true;
    if (source === "tripEnd" && last !== null && last.source !== "tripEnd") return true;
    if (since !== null && at < since) return true;
    if (last === null || last.source === "tripEnd") return false;
    if (rank(source) > rank(last.source)) return at < last.at + HEADER_KEEPS_MS;
    return source === last.source && at < last.at;
  }
}

function rank(source: SocValue["source"]): number {
  return SOC_VALUE_SOURCES.indexOf(source);
}
