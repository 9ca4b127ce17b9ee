import { finite, isObject, type JsonObject } from "../../support/json.js";
import { BRACKETS, bracketOf, type Bracket } from "./brackets.js";

/** Kilometres of one trip by speed bracket: a stretch goes from where a bracket was entered to where it was left. */
export class Segments {
  readonly #km = new Map<Bracket, number>();
  #open: { readonly bracket: Bracket; readonly fromKm: number } | null = null;

  /** The bracket of the newest speed; `null` while the tracker is silent. */
  get bracket(): Bracket | null {
    return this.#open?.bracket ?? null;
  }

  /** A speed in km/h, or `null` where the tracker is silent; `km` the newest odometer. */
  speed(kmh: number | null, km: number): void {
    const bracket = kmh === null ? null : bracketOf(kmh);
    if (bracket === this.bracket) return;
    this.close(km);
    this.#open = bracket === null ? null : { bracket, fromKm: km };
  }

  /** Ends the present stretch at that odometer. */
  close(km: number): void {
    if (this.#open === null) return;
    const { bracket, fromKm } = this.#open;
    if (km > fromKm) this.#km.set(bracket, (this.#km.get(bracket) ?? 0) + km - fromKm);
    this.#open = null;
  }

  /** With most kilometres, the first of equals; `null` without any. */
  get dominant(): Bracket | null {
    let best: Bracket | null = null;
    for (const [bracket, km] of this.#km) if (best === null || km > (this.#km.get(best) ?? 0)) best = bracket;
    return best;
  }

  save(): JsonObject {
    return { km: [...this.#km], open: this.#open };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    for (const pair of Array.isArray(saved["km"]) ? (saved["km"] as unknown[]) : []) {
      const [bracket, km] = Array.isArray(pair) ? [bracketNamed(pair[0]), finite(pair[1])] : [null, null];
      if (bracket !== null && km !== null && km > 0) this.#km.set(bracket, km);
    }
    const open = isObject(saved["open"]) ? saved["open"] : {};
    const bracket = bracketNamed(open["bracket"]);
    const fromKm = finite(open["fromKm"]);
    this.#open = bracket !== null && fromKm !== null ? { bracket, fromKm } : null;
  }
}

function bracketNamed(name: unknown): Bracket | null {
  return BRACKETS.find((one) => one === name) ?? null;
}
