import { finite } from "../../support/json.js";
import type { Moments } from "../normal.js";

/** What charges the battery during a step. */
export interface Flow {
  /** Before losses, kW. */
  readonly kw: number;
  /** Load beside the battery, kW. */
  readonly auxKw: number;
  /** How `kw` changes with the state of charge, kW/pp: 0, or below it where power tapers. */
  readonly kwPerSoc: number;
  /** How far `kw` may be off, as a share, and how long it stays so. */
  readonly errorSd: number;
  readonly errorMs: number;
}

const HOUR_MS = 3_600_000;
const FULL = 100;
const LEAST_VARIANCE = 1e-4;
const MOST_VARIANCE = 900;
const LEAST_GAIN_VARIANCE = 1e-6;
const MOST_GAIN_VARIANCE = 0.1;
const GAIN_BOUNDS = [0.3, 1.2] as const;
const ERROR_BOUNDS = [-0.8, 1.5] as const;
/** Gain changes a little during a charge, as share per square root of an hour. */
const GAIN_DRIFT = 0.015;

/** Members of a saved track. */
const SIZE = 9;

/**
 * One explanation of a charge: a normal distribution of the state of charge (`soc`, pp), of the share of the net energy that
 * arrives in the battery (`gain`) and of the error of the power that goes in (`error`, a share), with their covariances.
 */
export class Track {
  constructor(
    public soc: number,
    public gain: number,
    public error = 0,
    public varSoc = 0.1,
    public varGain = 0.001,
    public varError = 0,
    public socGain = 0,
    public socError = 0,
    public gainError = 0,
  ) {}

  clone(): Track {
    return new Track(
      this.soc,
      this.gain,
      this.error,
      this.varSoc,
      this.varGain,
      this.varError,
      this.socGain,
      this.socError,
      this.gainError,
    );
  }

  /** Net energy before losses, in pp per hour. */
  rate({ kw, auxKw }: Flow, capacityKwh: number): number {
    return (Math.max(0, kw * (1 + this.error) - auxKw) * 100) / capacityKwh;
  }

  /** Lets `ms` pass. */
  advance(flow: Flow, ms: number, capacityKwh: number): void {
    const hours = ms / HOUR_MS;
    const rate = this.rate(flow, capacityKwh);
    const pp = rate * hours;
    const perKw = rate > 0 ? (this.gain * hours * 100) / capacityKwh : 0;
    const keeps = Math.exp(-ms / flow.errorMs);
    const taper = Math.min(1.1, Math.max(0.5, 1 + perKw * flow.kwPerSoc * (1 + this.error)));
    this.#propagate(taper, pp, perKw * flow.kw, keeps);
    this.soc = Math.min(FULL, this.soc + this.gain * pp);
    this.error *= keeps;
    this.varError += (1 - keeps * keeps) * flow.errorSd ** 2;
    if (rate > 0) this.varGain += GAIN_DRIFT ** 2 * hours;
    this.#keepSane();
  }

  /** Time passes in which nothing is known to happen; `variance` in pp². */
  rest(variance: number): void {
    this.varSoc += variance;
    this.#keepSane();
  }

  /** Any part of `pp` more has come in than was counted; less, if it is negative. */
  blur(pp: number): void {
    this.soc += pp / 2;
    this.varSoc += pp ** 2 / 12;
    this.#keepSane();
  }

  /** The power is known anew. */
  trustPower(sd: number): void {
    this.error = 0;
    this.varError = sd * sd;
    this.socError = 0;
    this.gainError = 0;
  }

  /** Another way of charging, of which `gain` is known. */
  regain(gain: Moments): void {
    this.gain = gain.mean;
    this.varGain = gain.variance;
    this.socGain = 0;
    this.gainError = 0;
  }

  /** The state of charge is something else than what was believed, and nothing follows from that. */
  replaceSoc({ mean, variance }: Moments): void {
    this.soc = mean;
    this.varSoc = variance;
    this.socGain = 0;
    this.socError = 0;
  }

  /** Learns that the state of charge, seen with `noise` (variance), is `seen`; gain and error follow. */
  learn(seen: Moments, noise: number): void {
    const before = this.varSoc;
    const trust = before / (before + noise);
    const shift = trust * (seen.mean - this.soc);
    const after = Math.max(LEAST_VARIANCE, before + trust * trust * (seen.variance - before - noise));
    this.#follow(shift, after, before);
    this.#keepSane();
  }

  /** Learns that the power is `share` of what was believed; `sd` of that. */
  learnPower(share: number, sd: number): void {
    const scale = 1 + this.error;
    const trust = this.varError / (this.varError + (sd * scale) ** 2);
    this.error += trust * scale * (share - 1);
    this.varError *= 1 - trust;
    this.socError *= 1 - trust;
    this.gainError *= 1 - trust;
    this.#keepSane();
  }

  save(): number[] {
    const { soc, gain, error, varSoc, varGain, varError, socGain, socError, gainError } = this;
    return [soc, gain, error, varSoc, varGain, varError, socGain, socError, gainError];
  }

  /** `null` if that is none. */
  static restored(saved: unknown): Track | null {
    if (!Array.isArray(saved) || saved.length !== SIZE) return null;
    const all = saved.map((one: unknown) => (typeof one === "number" ? finite(one) : null));
    const [soc = NaN, gain = NaN, ...others] = all.map((one) => one ?? NaN);
    const track = new Track(soc, gain, ...others);
    const isSound = all.every((one) => one !== null) && track.varSoc > 0 && track.varGain >= 0 && track.varError >= 0;
    if (!isSound || track.soc < -50 || track.soc > 150) return null;
    track.#keepSane();
    return track;
  }

  #propagate(taper: number, perGain: number, perError: number, keeps: number): void {
    const { varSoc, varGain, varError, socGain, socError, gainError } = this;
    const withSoc = taper * varSoc + perGain * socGain + perError * socError;
    const withGain = taper * socGain + perGain * varGain + perError * gainError;
    const withError = taper * socError + perGain * gainError + perError * varError;
    this.varSoc = taper * withSoc + perGain * withGain + perError * withError;
    this.socGain = withGain;
    this.socError = withError * keeps;
    this.gainError = gainError * keeps;
    this.varError = varError * keeps * keeps;
  }

  #follow(shift: number, after: number, before: number): void {
    const gain = this.socGain / before;
    const error = this.socError / before;
    const change = after - before;
    this.soc += shift;
    this.gain += gain * shift;
    this.error += error * shift;
    this.varGain += gain * gain * change;
    this.varError += error * error * change;
    this.gainError += gain * error * change;
    this.socGain *= after / before;
    this.socError *= after / before;
    this.varSoc = after;
  }

  #keepSane(): void {
    this.gain = within(this.gain, GAIN_BOUNDS);
    this.error = within(this.error, ERROR_BOUNDS);
    const tooWide = Math.sqrt(Math.max(1, this.varSoc / MOST_VARIANCE));
    // Exactly the limit, so that what is sane stays as it is when it is loaded.
    this.varSoc = Math.min(MOST_VARIANCE, Math.max(LEAST_VARIANCE, this.varSoc));
    this.socGain /= tooWide;
    this.socError /= tooWide;
    this.varGain = Math.min(MOST_GAIN_VARIANCE, Math.max(LEAST_GAIN_VARIANCE, this.varGain));
    this.varError = Math.max(0, this.varError);
  }
}

function within(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}
