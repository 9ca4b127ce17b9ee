import type { CockpitSpan, CockpitTrack } from "./contract.js";

/** Returns a time [ms] in seconds, as charts want it. */
export function seconds(at: number): number {
  return Math.round(at) / 1000;
}

interface Span {
  from: number;
  /** `null`: it goes on. */
  to: number | null;
}

const MOST_SPANS = 200;

/** Holds when something went on: charges, or trips. Times in ms. */
export class Spans {
  readonly #spans: Span[] = [];

  begin(at: number): void {
    // Whatever was not told to have ended is over when the next one begins.
    this.end(null, at);
    this.#spans.push({ from: at, to: null });
    if (this.#spans.length > MOST_SPANS) this.#spans.shift();
  }

  /** @param from when it began, if that was not told before */
  end(from: number | null, at: number): void {
    const last = this.#spans.at(-1);
    if (last?.to === null) last.to = Math.max(last.from, at);
    else if (from !== null) this.#spans.push({ from: Math.min(from, at), to: at });
  }

  since(from: number): CockpitSpan[] {
    return this.#spans.filter(({ to }) => to === null || to >= from).map(inSeconds);
  }
}

type Point = readonly [latitude: number, longitude: number];

interface Track extends Span {
  points: Point[];
}

const MOST_TRACKS = 10;
const MOST_POINTS = 400;
/** About a metre: more than a car knows of where it is. */
const DECIMALS = 5;

/** Holds the ways of the last trips. Times in ms. */
export class Tracks {
  readonly #tracks: Track[] = [];

  begin(at: number, from: Point | null): void {
    this.end(at);
    this.#tracks.push({ from: at, to: null, points: [] });
    if (from !== null) this.add(...from);
    if (this.#tracks.length > MOST_TRACKS) this.#tracks.shift();
  }

  /** Adds a place to the trip that goes on. A long way keeps every second one. */
  add(latitude: number, longitude: number): void {
    const track = this.#open;
    if (track === null || !Number.isFinite(latitude) || !Number.isFinite(longitude)) return;
    track.points.push([Number(latitude.toFixed(DECIMALS)), Number(longitude.toFixed(DECIMALS))]);
    if (track.points.length > MOST_POINTS) track.points = track.points.filter((_, index) => index % 2 === 0);
  }

  end(at: number, to: Point | null = null): void {
    const track = this.#open;
    if (track === null) return;
    if (to !== null) this.add(...to);
    track.to = Math.max(track.from, at);
  }

  /** The newest last; a trip without two places has no way. */
  get all(): CockpitTrack[] {
    return this.#tracks
      .filter(({ points }) => points.length > 1)
      .map((track) => ({ ...inSeconds(track), points: [...track.points] }));
  }

  get #open(): Track | null {
    const last = this.#tracks.at(-1);
    return last?.to === null ? last : null;
  }
}

function inSeconds({ from, to }: Span): CockpitSpan {
  return { from: seconds(from), to: to === null ? null : seconds(to) };
}
