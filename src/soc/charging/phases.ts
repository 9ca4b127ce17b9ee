import { LINE_TO_LINE_FROM_V, multiplierOf } from "./mains.js";

const WINDOW_PP = 8;
const BELOW_CEILING_PP = 5;
const EFFICIENCY = 0.9;
const [THREE_FROM, THREE_TO] = [2.5, 4.5];
const ONE_TO = 1.5;
const VOTES = 2;

/** What a level of the car says of the charge that runs; kWh since its start. */
interface PhaseHint {
  readonly soc: number;
  readonly netKwh: number;
  readonly grossKwh: number;
  /** Times that energy went uncounted. */
  readonly gaps: number;
  readonly capacityKwh: number;
  readonly volts: number;
  readonly phases: number;
  readonly isAssumed: boolean;
  readonly isReported: boolean;
  /** The target, or 100. */
  readonly ceiling: number;
}

type Window = Pick<PhaseHint, "soc" | "netKwh" | "grossKwh" | "gaps">;

/** Concludes from the energy that arrives how many phases charge, where the car does not tell it. */
export class PhaseInference {
  #window: Window | null = null;
  #votes = 0;

  /** The count that the level shows: 3 after two windows, 1 if a count that was only assumed to be higher is refuted. */
  take(hint: PhaseHint): 1 | 3 | null {
    if (hint.isReported || hint.volts <= 0 || hint.volts >= LINE_TO_LINE_FROM_V) return null;
    if (hint.soc >= hint.ceiling - BELOW_CEILING_PP || hint.grossKwh <= 0) return null;
    const window = this.#window;
    if (window?.gaps !== hint.gaps) return this.#reopen(hint, 0);
    const grossGain = hint.grossKwh - window.grossKwh;
    if (hint.soc - window.soc < WINDOW_PP || grossGain <= 0) return null;
    return this.#conclude(hint, neededMultiplier(hint, window));
  }

  #conclude(hint: PhaseHint, needed: number): 1 | 3 | null {
    if (!hint.isAssumed && needed <= ONE_TO) {
      this.#reopen(hint, 0);
      return 1;
    }
    const isThree = hint.isAssumed && hint.phases <= 1 && needed >= THREE_FROM && needed <= THREE_TO;
    this.#reopen(hint, isThree ? this.#votes + 1 : 0);
    return this.#votes >= VOTES ? 3 : null;
  }

  #reopen({ soc, netKwh, grossKwh, gaps }: PhaseHint, votes: number): null {
    this.#window = { soc, netKwh, grossKwh, gaps };
    this.#votes = votes;
    return null;
  }
}

function neededMultiplier(hint: PhaseHint, window: Window): number {
  const [net, gross] = [hint.netKwh - window.netKwh, hint.grossKwh - window.grossKwh];
  const stored = ((hint.soc - window.soc) / 100) * hint.capacityKwh;
  return (multiplierOf(hint.volts, hint.phases) * (stored / EFFICIENCY + Math.max(gross - net, 0))) / gross;
}
