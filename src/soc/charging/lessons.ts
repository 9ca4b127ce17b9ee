import type { JsonObject } from "../../support/json.js";
import type { LearningDecision } from "../estimate.js";
import { MOST_EFFICIENCY, Matrix } from "./matrix.js";
import { confirmation, decodeEnded, encodeEnded, isOver, judge, type EndedCharge, type Verdict } from "./pending.js";

/** Of the capacity. */
const LEAST_SHARE = 0.02;

/** A level that the car told, BMW's time of it, and when it came. */
interface Level {
  readonly soc: number;
  readonly at: number;
  readonly now: number;
}

/** What charges that have ended teach: the learned matrix, and the one that waits for a level that confirms it. */
export class Lessons {
  readonly matrix = new Matrix();
  #pending: EndedCharge | null = null;

  /** `least` gives the lowest efficiency that is learned. */
  constructor(private readonly least: () => number) {}

  /** The next charge has begun: what the car says of it is nothing about the one that waits. */
  next(at: number): void {
    if (this.#pending?.nextAt === null) this.#pending = { ...this.#pending, nextAt: at };
  }

  /** A charge has ended; it replaces one that still waits, unless it is only a flicker of the status. */
  take(ended: EndedCharge, now: number): LearningDecision[] {
    if (this.#pending !== null && isWorthAWord(this.#pending) && !isWorthAWord(ended)) return [];
    const dropped = this.#drop("superseded", now);
    this.#pending = ended;
    return dropped;
  }

  /** A charge has ended that cannot teach anything. */
  refuse(ended: EndedCharge, reason: string, soc: number, now: number): LearningDecision[] {
    const gained = ended.startSoc === null ? null : soc - ended.startSoc;
    return [...this.#drop("superseded", now), decisionOf(ended, { isGood: false, reason, value: null, gained }, now)];
  }

  /** The car tells a level: it may confirm the charge that waits. */
  confirm({ soc, at, now }: Level, target: number | null): LearningDecision[] {
    const ended = this.#pending;
    if (ended === null) return [];
    const answer = confirmation(ended, soc, at, target);
    if (answer === "late") return this.#drop("unconfirmed", now);
    if (answer === "no") return [];
    this.#pending = null;
    const decision = this.#learn(ended, soc, now);
    return isWorthAWord(ended) ? [decision] : [];
  }

  /** Time passes. */
  expire(now: number): LearningDecision[] {
    return this.#pending !== null && isOver(this.#pending, now) ? this.#drop("unconfirmed", now) : [];
  }

  /** Forgets what charges have taught, also the one that waits; returns whether anything was learned. */
  reset(what: "ac" | "dc" | "all"): boolean {
    if (this.#pending !== null && (what === "all" || what === kindOf(this.#pending))) this.#pending = null;
    return this.matrix.reset(what);
  }

  save(): JsonObject {
    return { matrix: this.matrix.save(), pending: encodeEnded(this.#pending) };
  }

  restore(saved: JsonObject): void {
    this.matrix.restore(saved["matrix"]);
    this.adopt(decodeEnded(saved["pending"]));
  }

  /** Adds what was learned before to what was learned here. */
  learnFrom(saved: JsonObject): void {
    this.matrix.restore(saved["matrix"]);
    this.#pending ??= decodeEnded(saved["pending"]);
  }

  /** Waits for what confirms this charge. */
  adopt(ended: EndedCharge | null): void {
    this.#pending = ended;
  }

  #drop(reason: string, now: number): LearningDecision[] {
    const ended = this.#pending;
    this.#pending = null;
    if (ended === null || !isWorthAWord(ended)) return [];
    return [decisionOf(ended, { isGood: false, reason, value: null, gained: null }, now)];
  }

  #learn(ended: EndedCharge, soc: number, now: number): LearningDecision {
    const verdict = judge(ended, soc, this.least(), MOST_EFFICIENCY);
    const isLearned = verdict.isGood && verdict.value !== null && this.matrix.learn(ended.condition, verdict.value);
    const isOutlier = verdict.isGood && !isLearned;
    return decisionOf(ended, isOutlier ? { ...verdict, isGood: false, reason: "outlier" } : verdict, now);
  }
}

/** So little energy teaches nothing, as everybody expects. */
function isWorthAWord({ netKwh, capacityKwh }: EndedCharge): boolean {
  return netKwh >= LEAST_SHARE * capacityKwh;
}

function kindOf({ method }: EndedCharge): "ac" | "dc" {
  return method === "DC" ? "dc" : "ac";
}

function decisionOf(ended: EndedCharge, verdict: Verdict, at: number): LearningDecision {
  const { isGood: accepted, reason, value, gained: socChange } = verdict;
  return {
    at,
    what: kindOf(ended),
    accepted,
    reason,
    value,
    socChange,
    energyKwh: ended.netKwh,
    condition: ended.condition,
  };
}
