import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { Supply } from "./supply.js";

/** So many readings back count. */
const READINGS = 20;
/** Share of the change between two readings that one may be wrong by in between. */
const MEANWHILE = 0.9;
/** How long power that changes all the time stays what it is. */
const UNSTEADY_MS = 240_000;
const MOST_SD = 0.8;
/** A reading of next to nothing says little about by how much the others differ. */
const LEAST_KW = 0.5;

/** How much the power of a charge changes from one reading to the next: evenly from the grid, wildly from the sun. */
export class Steadiness {
  #last: number | null = null;
  #variance = 0;

  /** One more reading, kW before losses. */
  take(kw: number): void {
    const before = this.#last;
    this.#last = Math.max(LEAST_KW, kw);
    if (before === null) return;
    const change = (this.#last - before) / ((this.#last + before) / 2);
    this.#variance += (change * change - this.#variance) / READINGS;
  }

  /** A charge begins; by how much it differs from the last says nothing. */
  begin(): void {
    this.#last = null;
  }

  /** The supply with as little trust in what it holds as the power has deserved; new if it is from after `before`, ms. */
  trusted(supply: Supply, before: number): Supply {
    if (supply.follows) return supply;
    if (supply.at > before) this.take(supply.kw * (supply.branches[0]?.factor ?? 1));
    const { sd } = this;
    return sd <= supply.heldSd ? supply : { ...supply, heldSd: sd, heldMs: UNSTEADY_MS };
  }

  /** Standard deviation of what the power may be off while a reading is held, as a share. */
  get sd(): number {
    return Math.min(MOST_SD, MEANWHILE * Math.sqrt(this.#variance));
  }

  save(): JsonObject {
    return { last: this.#last, variance: this.#variance };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const [last, variance] = [finite(saved["last"]), finite(saved["variance"])];
    this.#last = last !== null && last >= LEAST_KW ? last : null;
    this.#variance = variance !== null && variance >= 0 && variance <= 4 ? variance : 0;
  }
}
