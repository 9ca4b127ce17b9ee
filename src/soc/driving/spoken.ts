import { finite, isObject, type JsonObject } from "../../support/json.js";

/** A speed that somebody has said at `at`, and for how long it is true; km/h, ms. */
interface Said {
  readonly kmh: number;
  readonly at: number;
  readonly holdsMs: number;
}

/** The newest speed if it was only said: it is true for a while, also of a trip that begins after it. */
export class Spoken {
  #said: Said | null = null;

  /** A speed has come; without `holdsMs` of a tracker, which says itself when it is silent. */
  take(kmh: number | null, at: number, holdsMs: number | undefined): void {
    this.#said = kmh === null || holdsMs === undefined ? null : { kmh, at, holdsMs };
  }

  /** What is true at `now`. */
  kmh(now: number): number | null {
    return this.#said !== null && !this.#isOver(this.#said, now) ? this.#said.kmh : null;
  }

  /** Forgets what is not true any more; returns whether there was anything. */
  expire(now: number): boolean {
    if (this.#said === null || !this.#isOver(this.#said, now)) return false;
    this.#said = null;
    return true;
  }

  save(): JsonObject | null {
    return this.#said && { ...this.#said };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const [kmh, at, holdsMs] = [finite(saved["kmh"]), finite(saved["at"]), finite(saved["holdsMs"])];
    this.#said = kmh === null || at === null || holdsMs === null ? null : { kmh, at, holdsMs };
  }

  /** Of a clock that went back since nothing is known. */
  #isOver({ at, holdsMs }: Said, now: number): boolean {
    return Math.abs(now - at) > holdsMs;
  }
}
