import { finite, isObject, type JsonObject } from "../support/json.js";

/**
 * Whether a car sends its state of charge when it has just changed: some do, others send what it is every now and then.
 * It shows in how often a value is sent again unchanged.
 */
export class Crossings {
  #steps = 0;
  #repeats = 0;

  /** How likely the next lower value marks the moment of its change; 0 to 1. */
  get likely(): number {
    return this.#steps / (this.#steps + REPEAT_WEIGHT * this.#repeats + 1);
  }

  stepped(): void {
    this.#count(1, 0);
  }

  repeated(): void {
    this.#count(0, 1);
  }

  save(): JsonObject {
    return { steps: this.#steps, repeats: this.#repeats };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#steps = Math.max(0, finite(saved["steps"]) ?? 0);
    this.#repeats = Math.max(0, finite(saved["repeats"]) ?? 0);
  }

  /** Old counts fade, so that a car may change its ways with an update. */
  #count(steps: number, repeats: number): void {
    const keeps = this.#steps + this.#repeats > MOST_COUNTED ? 0.5 : 1;
    this.#steps = this.#steps * keeps + steps;
    this.#repeats = this.#repeats * keeps + repeats;
  }
}

/** Also a car that sends now and then brings mostly changed values while it drives fast. */
const REPEAT_WEIGHT = 4;
const MOST_COUNTED = 200;
