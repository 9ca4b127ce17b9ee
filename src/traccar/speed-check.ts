/** What a tracker does with its speed. */
export type SpeedVerdict =
  | "right"
  /** It sends none: Traccar shows 0. */
  | "missing"
  /** It sends m/s, taken for knots. */
  | "metres-per-second"
  /** It sends km/h, taken for knots. */
  | "kilometres-per-hour";

/** What a stretch was by the speeds at its ends, and by its way; km. */
interface Compared {
  readonly told: number;
  readonly way: number;
}

const NOTHING: Compared = { told: 0, way: 0 };
const MOST_COMPARED = 60;
/** Shorter stretches are taken together: they say more of the traffic than of the tracker. */
const SHORTEST_KM = 0.3;
const LEAST_COMPARED = 6;
const LEAST_KM = 5;
/** By how many times what is told differs from the way. */
const RATIOS: readonly (readonly [ratio: number, verdict: SpeedVerdict])[] = [
  [1, "right"],
  [1.852 / 3.6, "metres-per-second"],
  [1.852, "kilometres-per-hour"],
];
const TOLERANCE = 0.22;
/** Standard errors by which any other ratio is excluded. */
const SURE = 4;

/**
 * Compares the speeds that a tracker tells with the way that it went, over many stretches: at a red light a speed of 0
 * is right although the car has moved before.
 */
export class SpeedCheck {
  readonly #compared: Compared[] = [];
  #open: Compared = NOTHING;
  #verdict: SpeedVerdict | null = null;

  /** `null` while it is not certain. */
  get verdict(): SpeedVerdict | null {
    return this.#verdict;
  }

  /** @param told km by the speeds at both ends @param way km */
  add(told: number, way: number): void {
    const open = { told: this.#open.told + told, way: this.#open.way + way };
    this.#open = open.way < SHORTEST_KM ? open : NOTHING;
    if (open.way < SHORTEST_KM) return;
    this.#compared.push(open);
    if (this.#compared.length > MOST_COMPARED) this.#compared.shift();
    this.#verdict = this.#judge() ?? this.#verdict;
  }

  #judge(): SpeedVerdict | null {
    const count = this.#compared.length;
    const way = sum(this.#compared, (one) => one.way);
    if (count < LEAST_COMPARED || way < LEAST_KM) return null;
    const told = sum(this.#compared, (one) => one.told);
    if (told === 0) return "missing";
    const ratio = told / way;
    const squares = sum(this.#compared, (one) => (one.told - ratio * one.way) ** 2);
    const error = Math.sqrt((squares * count) / (count - 1)) / way;
    const fitting = RATIOS.find(([known]) => Math.abs(ratio / known - 1) <= TOLERANCE);
    const others = RATIOS.filter((one) => one !== fitting);
    const isSure = others.every(([known]) => Math.abs(ratio - known) > SURE * error);
    return fitting !== undefined && isSure ? fitting[1] : null;
  }
}

function sum(list: readonly Compared[], of: (one: Compared) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
