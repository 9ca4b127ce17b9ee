import { finite, isObject, type JsonObject } from "../../support/json.js";

import { LONGEST_UNWATCHED_MS } from "../limits.js";

/** A longer silence counts no more than this. */
export const LONGEST_GAP_S = LONGEST_UNWATCHED_MS / 1000;
const MS = 1000;
const S_PER_HOUR = 3600;

interface Counters {
  readonly segmentKwh: number;
  readonly netKwh: number;
  readonly grossKwh: number;
  readonly powerKw: number;
  readonly auxKw: number;
  readonly at: number | null;
  readonly coveredMs: number;
  readonly gaps: number;
  readonly firstAt: number | null;
}

const NOTHING: Counters = {
  segmentKwh: 0,
  netKwh: 0,
  grossKwh: 0,
  powerKw: 0,
  auxKw: 0,
  at: null,
  coveredMs: 0,
  gaps: 0,
  firstAt: null,
};

/**
 * Energy of one charge out of readings of its power, by the trapezoid between them. `net` is without the load beside the
 * battery, `segment` the net energy since the line was anchored last. kW, kWh, ms.
 */
export class Energy {
  #now: Counters = NOTHING;
  /** As it was before the last reading: values of the same moment are one reading. */
  #before: Counters | null = null;

  get segmentKwh(): number {
    return this.#now.segmentKwh;
  }
  get netKwh(): number {
    return this.#now.netKwh;
  }
  get grossKwh(): number {
    return this.#now.grossKwh;
  }
  get powerKw(): number {
    return this.#now.powerKw;
  }
  get auxKw(): number {
    return this.#now.auxKw;
  }
  /** Of the last reading. */
  get at(): number | null {
    return this.#now.at;
  }
  /** Time that lies between readings that are close enough. */
  get coveredMs(): number {
    return this.#now.coveredMs;
  }
  /** Of the first reading. */
  get firstAt(): number | null {
    return this.#now.firstAt;
  }
  /** Times that energy went uncounted. */
  get gaps(): number {
    return this.#now.gaps;
  }

  /** A measured power. */
  read(kw: number, auxKw: number, at: number): void {
    const isSame = this.#before !== null && this.#now.at === at;
    if (isSame && this.#before !== null) this.#now = this.#before;
    this.#before = this.#now;
    this.#integrate(kw, auxKw, at, true);
  }

  /** The last power, or another that is only reckoned, goes on until `at`; `isMeasured` if the car or a meter told it. */
  goOn(kw: number, at: number, isMeasured: boolean): void {
    this.#before = null;
    this.#integrate(kw, this.#now.auxKw, at, isMeasured);
  }

  /** The level was told anew: what has flowed until then counts, and another segment begins. */
  cut(at: number, isMeasured: boolean): void {
    if (this.#now.powerKw > 0) this.goOn(this.#now.powerKw, at, isMeasured);
    this.restart(at);
  }

  /** Another segment begins, what has flowed since the last reading is lost. */
  restart(at: number): void {
    this.#before = null;
    this.#now = { ...this.#now, segmentKwh: 0, at };
  }

  /** Reckoned from steps of the level, where nothing tells the power. */
  suppose(kw: number): void {
    this.#now = { ...this.#now, powerKw: kw };
  }

  /** Net energy of the segment if the power stays until `at`. */
  segmentUntil(at: number): number {
    const { segmentKwh, powerKw, auxKw, at: since } = this.#now;
    if (since === null || powerKw <= 0 || at <= since) return segmentKwh;
    return segmentKwh + Math.max(powerKw - auxKw, 0) * hours(at - since);
  }

  /** Net energy until `end`, if that became known late. */
  netUntil(end: number): number {
    const { at, powerKw, auxKw, netKwh } = this.#now;
    if (at === null || at <= end) return netKwh;
    return Math.max(0, netKwh - (Math.max(powerKw - auxKw, 0) * (at - end)) / MS / S_PER_HOUR);
  }

  /** The clock was set back to `now`: what has flowed since the last reading is lost. */
  turnBack(now: number): void {
    this.#before = null;
    this.#now = { ...this.#now, at: now, gaps: this.#now.gaps + 1 };
  }

  save(): JsonObject {
    return { ...this.#now };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const amount = (name: string) => Math.max(0, finite(saved[name]) ?? 0);
    this.#now = {
      segmentKwh: amount("segmentKwh"),
      netKwh: amount("netKwh"),
      grossKwh: amount("grossKwh"),
      powerKw: amount("powerKw"),
      auxKw: amount("auxKw"),
      at: finite(saved["at"]),
      coveredMs: amount("coveredMs"),
      gaps: amount("gaps"),
      firstAt: finite(saved["firstAt"]),
    };
    this.#before = null;
  }

  #integrate(kw: number, auxKw: number, at: number, isMeasured: boolean): void {
    const { at: since, powerKw, firstAt } = this.#now;
    const gap = since === null ? 0 : at - since;
    const isGap = gap < 0 || gap > LONGEST_GAP_S * MS;
    const h = gap > 0 && kw > 0 ? hours(gap) : 0;
    const average = (powerKw + kw) / 2;
    const net = Math.max(average - auxKw, 0) * h;
    this.#now = {
      segmentKwh: this.#now.segmentKwh + net,
      netKwh: this.#now.netKwh + net,
      grossKwh: this.#now.grossKwh + average * h,
      powerKw: kw,
      auxKw,
      at,
      coveredMs: this.#now.coveredMs + (isGap || !isMeasured || firstAt === null ? 0 : gap),
      gaps: this.#now.gaps + (isGap ? 1 : 0),
      firstAt: firstAt ?? (isMeasured ? at : null),
    };
  }
}

function hours(ms: number): number {
  return Math.min(ms / MS, LONGEST_GAP_S) / S_PER_HOUR;
}
