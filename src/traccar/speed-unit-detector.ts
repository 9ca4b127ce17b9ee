/** Names how a tracker reports its speed. */
export type SpeedUnitVerdict =
  | "right"
  /** It sends none: Traccar shows 0. */
  | "missing"
  /** It sends m/s, taken for knots. */
  | "metres-per-second"
  /** It sends km/h, taken for knots. */
  | "kilometres-per-hour";

/** Holds the length of a leg by the speeds at its ends (`bySpeed`), and by its positions (`way`) [km]. */
interface ComparedDistance {
  readonly bySpeed: number;
  readonly way: number;
}

const NOTHING: ComparedDistance = { bySpeed: 0, way: 0 };
const MOST_COMPARED = 60;
/** Minimum length [km]; shorter legs are combined, because they depend on the traffic more than on the tracker. */
const SHORTEST_KM = 0.3;
const LEAST_COMPARED = 6;
const LEAST_KM = 5;
/** Lists the expected ratios of reported to real distance. */
const RATIOS: readonly (readonly [ratio: number, verdict: SpeedUnitVerdict])[] = [
  [1, "right"],
  [1.852 / 3.6, "metres-per-second"],
  [1.852, "kilometres-per-hour"],
];
const TOLERANCE = 0.22;
/** Number of standard errors by which any other ratio has to be excluded. */
const SURE = 4;

/**
 * Detects the unit of a tracker's speed by comparing it with the driven distance over many legs: at a red light a speed
 * of 0 is right although the car moved before.
 */
export class SpeedUnitDetector {
  readonly #compared: ComparedDistance[] = [];
  #open: ComparedDistance = NOTHING;
  #verdict: SpeedUnitVerdict | null = null;

  /** Returns the verdict; `null` while it is not certain. */
  get verdict(): SpeedUnitVerdict | null {
    return this.#verdict;
  }

  /**
   * Adds a leg.
   * @param bySpeed distance by the speeds at both ends [km]
   * @param way distance by its positions [km]
   */
  add(bySpeed: number, way: number): void {
    const open = { bySpeed: this.#open.bySpeed + bySpeed, way: this.#open.way + way };
    this.#open = open.way < SHORTEST_KM ? open : NOTHING;
    if (open.way < SHORTEST_KM) return;
    this.#compared.push(open);
    if (this.#compared.length > MOST_COMPARED) this.#compared.shift();
    this.#verdict = this.#decide() ?? this.#verdict;
  }

  #decide(): SpeedUnitVerdict | null {
    const count = this.#compared.length;
    const way = sum(this.#compared, (one) => one.way);
    if (count < LEAST_COMPARED || way < LEAST_KM) return null;
    const bySpeed = sum(this.#compared, (one) => one.bySpeed);
    if (bySpeed === 0) return "missing";
    const ratio = bySpeed / way;
    const squares = sum(this.#compared, (one) => (one.bySpeed - ratio * one.way) ** 2);
    const error = Math.sqrt((squares * count) / (count - 1)) / way;
    const fitting = RATIOS.find(([known]) => Math.abs(ratio / known - 1) <= TOLERANCE);
    const others = RATIOS.filter((one) => one !== fitting);
    const isSure = others.every(([known]) => Math.abs(ratio - known) > SURE * error);
    return fitting !== undefined && isSure ? fitting[1] : null;
  }
}

function sum(list: readonly ComparedDistance[], of: (one: ComparedDistance) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
