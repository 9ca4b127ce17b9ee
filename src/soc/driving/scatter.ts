import { numberList } from "../../support/json.js";
import { sum } from "../normal-distribution.js";

/** A deviation that was seen, and the variance that it would have without what is learned here. */
export interface Surprise {
  readonly deviation: number;
  readonly variance: number;
  /** Variance that a scatter of 1 adds. */
  readonly perScatter: number;
}

/** A scatter that may be, and how likely it is of a car of which nothing is known. */
export type Candidate = readonly [scatter: number, share: number];

/** What was learned long ago counts less: a car gets another driver. */
const KEEPS = 0.98;
/** Degrees of freedom of a t distribution: what happens once may be a fault, and proves less than a normal one would. */
const FREEDOM = 4;

/** Learns how much something scatters with this car and its driver: which of some scatters explains best what is seen. */
export class Scatter {
  /** Logarithms of the likelihoods. */
  #proofs: number[];
  /** The mean as reckoned from the proofs; `null` until it is asked for. */
  #value: number | null = null;

  constructor(private readonly candidates: readonly Candidate[]) {
    this.#proofs = candidates.map(() => 0);
  }

  /** The mean of what may be. */
  get value(): number {
    return (this.#value ??= this.#mean());
  }

  learn({ deviation, variance, perScatter }: Surprise): void {
    const proofs = this.candidates.map(([scatter], index) => {
      const whole = variance + scatter ** 2 * perScatter;
      const proof = -((FREEDOM + 1) * Math.log1p(deviation ** 2 / (FREEDOM * whole)) + Math.log(whole)) / 2;
      return KEEPS * (this.#proofs[index] ?? 0) + proof;
    });
    this.#take(proofs);
  }

  forget(): void {
    this.#keep(this.candidates.map(() => 0));
  }

  /** Takes over what another one of the same candidates has learned. */
  copy(other: Scatter): void {
    this.#keep(other.#proofs);
  }

  save(): number[] {
    return this.#proofs;
  }

  restore(saved: unknown): void {
    const proofs = numberList(saved);
    if (proofs.length === this.candidates.length) this.#take(proofs);
  }

  /** Sets the likeliest to 0, so that no logarithm grows without end. */
  #take(proofs: readonly number[]): void {
    const most = Math.max(...proofs);
    this.#keep(proofs.map((proof) => proof - most));
  }

  #keep(proofs: number[]): void {
    this.#proofs = proofs;
    this.#value = null;
  }

  #mean(): number {
    const weights = this.candidates.map(([, share], index) => share * Math.exp(this.#proofs[index] ?? 0));
    const whole = sum(weights);
    return this.candidates.reduce((total, [scatter], index) => total + (scatter * (weights[index] ?? 0)) / whole, 0);
  }
}
