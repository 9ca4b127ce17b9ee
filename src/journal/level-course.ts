import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { validTime } from "../support/iso-time.js";
import { EnergyCourse, type EnergyPart } from "./energy-course.js";
import type { OriginSpan } from "./energy-origins.js";

/** Tells where the energy of a span of time [ms] comes from, cut where that changes, at a power [kW]. */
export type OriginsOf = (from: number, to: number, kw: number | null) => readonly OriginSpan[];

/** A level is looked at no more often [ms]: within a moment it jumps when it is corrected, which is no power. */
const STEP_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

/**
 * Collects when the energy of a charge has flowed, by what its level has gained: for charges of which nothing tells the power.
 * Without it all of their energy would lie where something was known, and cost what it cost then.
 */
export class LevelCourse {
  readonly #course = new EnergyCourse();
  /** Highest level so far [%], and until when that is counted [ms]. */
  #reached: number | null = null;
  #at: number | null = null;

  /** @param kwhPerPercent that are drawn */
  look(soc: number, kwhPerPercent: number, origins: OriginsOf, now: number): void {
    const [reached, at] = [this.#reached ?? soc, this.#at ?? now];
    this.#reached = reached;
    this.#at = at;
    if (now - at < STEP_MS) return;
    const kwh = (soc - reached) * kwhPerPercent;
    if (kwh > 0) addOver(this.#course, kwh, origins(at, now, (kwh * HOUR_MS) / (now - at)));
    this.#reached = Math.max(reached, soc);
    this.#at = now;
  }

  /** Nothing flows until now. */
  rest(now: number): void {
    this.#at = now;
  }

  partsUntil(end: number): EnergyPart[] {
    return this.#course.partsUntil(end);
  }

  save(): JsonObject {
    return { course: this.#course.save(), reached: this.#reached, at: this.#at };
  }

  restore(saved: unknown): void {
    const { course, reached, at } = isObject(saved) ? saved : {};
    this.#course.restore(course);
    this.#reached = finiteNumber(reached);
    this.#at = validTime(at);
  }
}

/** Adds energy to a course that was drawn evenly over spans that follow each other. */
export function addOver(course: EnergyCourse, kwh: number, spans: readonly OriginSpan[]): void {
  const ms = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  for (const span of spans) {
    const share = ms > 0 ? (span.to - span.from) / ms : 1 / spans.length;
    course.add(span.from, span.to, kwh * share, span);
  }
}
