import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { DcCurve } from "./dc-curve.js";
import type { Flow, Track } from "./kalman.js";
import type { Mixture } from "./mixture.js";
import { FULL_FROM, type Seen } from "./seen.js";
import { restoredSupply, STOPPED, UNKNOWN, UNKNOWN_FAST, type Supply } from "./supply.js";

/** What happened at a moment of BMW's time. */
export type Note =
  | { readonly kind: "supply"; readonly at: number; readonly supply: Supply }
  | { readonly kind: "soc"; readonly at: number; readonly seen: Seen }
  /** The car expects so many pp more at so many per hour. */
  | { readonly kind: "forecast"; readonly at: number; readonly ppPerHour: number }
  | { readonly kind: "end"; readonly at: number; readonly target: number };

/** The world around the notes. */
export interface Circumstances {
  readonly curve: DcCurve;
  readonly capacityKwh: number;
  /** Of this car's fast charges before; `null` without any. */
  readonly usualKappa: number | null;
}

/** A point of the curve of fast charging that was measured at full power. */
export type OnPoint = (soc: number, kw: number) => void;

const STEP_MS = 300_000;
const CURVE_STEP_MS = 20_000;
/** Nobody knows what a car does that does not charge, pp² per hour. */
const REST_VARIANCE = 0.2 ** 2;
/** How often a car compares its level with what it told last. */
const LOOKS_EVERY_MS = 15_000;
const HOUR_MS = 3_600_000;
/** Power that changes evenly between two readings may be off by so much. */
const BETWEEN_SD = 0.03;
/** Of what it may be off where no next reading is known. */
const BETWEEN_SHARE = 0.6;
const BETWEEN_CURVE_SD = 0.06;
const BETWEEN_MS = 300_000;
const FULL_SD = 0.35;
const FULL_MS = 600_000;
const KAPPA_BOUNDS = [0.02, 5] as const;
const LONGEST_CHANGE_MS = 900_000;
const RISES_TO = 0.9;
const RISING_SHARE = 0.6;
const RAMPING_SD = 0.45;

/** Plays the notes, in order of their time, on what was known at `from`. Returns the time of the last one. */
export function play(
  mixture: Mixture,
  from: number,
  notes: readonly Note[],
  world: Circumstances,
  onPoint: OnPoint = () => undefined,
): number {
  let at = from;
  const first = notes.find(({ kind }) => kind === "supply");
  // What is told a few seconds after the start has flown since the start.
  if (mixture.supply === null && first?.kind === "supply") begin(mixture, first.supply, world);
  let next = nextSupply(mixture, notes, 0, at, world);
  notes.forEach((note, index) => {
    advance(mixture, at, note.at, world, next);
    at = Math.max(at, note.at);
    if (note.kind === "soc") observe(mixture, note, world, next);
    else if (note.kind === "end") mixture.end(note.target, perLook(mixture, note.at, world, next));
    else if (note.kind === "forecast") mixture.expect(note.ppPerHour, world.capacityKwh);
    else {
      take(mixture, note.supply, world, onPoint);
      next = nextSupply(mixture, notes, index + 1, at, world);
    }
  });
  return at;
}

/** Where the power goes to: the next reading, with the share of the curve that it will turn out to be. */
interface Ahead {
  readonly supply: Supply;
  readonly kappa: number;
}

/** Lets time pass in steps. */
export function advance(
  mixture: Mixture,
  from: number,
  to: number,
  world: Circumstances,
  ahead: Ahead | null = null,
): void {
  const { supply } = mixture;
  if (supply === null || supply.key === STOPPED) {
    const variance = (Math.max(0, to - from) / HOUR_MS) * REST_VARIANCE;
    for (const { track } of mixture.all) track.rest(variance);
    return;
  }
  const step = Math.max(supply.follows ? CURVE_STEP_MS : STEP_MS, (to - from) / 500);
  for (let at = from; at < to;) {
    const ms = Math.min(step, to - at);
    for (const one of mixture.all) {
      const factor = mixture.branchOf(one)?.factor ?? 1;
      one.track.advance(flow(mixture, supply, one.track, factor, at + ms / 2, world, ahead), ms, world.capacityKwh);
    }
    at += ms;
  }
}

/** A step is noticed only when the car looks the next time: by then more has come in. */
function observe(
  mixture: Mixture,
  note: Extract<Note, { kind: "soc" }>,
  world: Circumstances,
  ahead: Ahead | null,
): void {
  const { seen } = note;
  if (seen.crossing === 0) mixture.observe(seen);
  else mixture.observe({ ...seen, unnoticed: Math.min(seen.step, perLook(mixture, note.at, world, ahead)) });
}

/** What comes in between two looks of the car at its level, pp. */
function perLook(mixture: Mixture, at: number, world: Circumstances, ahead: Ahead | null): number {
  const { supply, likeliest: top } = mixture;
  if (supply === null || supply.key === STOPPED || top === null) return 0;
  const now = flow(mixture, supply, top.track, mixture.branchOf(top)?.factor ?? 1, at, world, ahead);
  return (top.track.gain * top.track.rate(now, world.capacityKwh) * LOOKS_EVERY_MS) / HOUR_MS;
}

/** kW that flow into one explanation at a moment. */
export function flow(
  mixture: Mixture,
  supply: Supply,
  track: Track,
  factor: number,
  at: number,
  { curve }: Circumstances,
  ahead: Ahead | null,
): Flow {
  const share = ahead === null ? 0 : between(supply.at, ahead.supply.at, at);
  const error = { errorSd: supply.heldSd, errorMs: supply.heldMs };
  if (supply.follows) {
    const kappa = mixture.kappa + (ahead === null ? 0 : share * (ahead.kappa - mixture.kappa));
    const { errorSd, errorMs } = ahead === null ? error : { errorSd: BETWEEN_CURVE_SD, errorMs: BETWEEN_MS };
    const [kw, kwPerSoc] = [kappa * curve.kw(track.soc), kappa * curve.slope(track.soc)];
    return { kw, auxKw: supply.auxKw, kwPerSoc, errorSd, errorMs };
  }
  const kw = (supply.kw + (ahead === null ? 0 : share * (ahead.supply.kw - supply.kw))) * factor;
  const told =
    ahead === null ? error : { errorSd: Math.max(BETWEEN_SD, supply.heldSd * BETWEEN_SHARE), errorMs: BETWEEN_MS };
  const { errorSd, errorMs } = track.soc > FULL_FROM ? { errorSd: FULL_SD, errorMs: FULL_MS } : told;
  return { kw, auxKw: supply.auxKw, kwPerSoc: 0, errorSd, errorMs };
}

function between(from: number, to: number, at: number): number {
  return to <= from ? 1 : Math.min(1, Math.max(0, (at - from) / (to - from)));
}

function begin(mixture: Mixture, supply: Supply, world: Circumstances): void {
  mixture.kappa = world.usualKappa ?? 1;
  take(mixture, supply, world, () => undefined);
}

function take(mixture: Mixture, supply: Supply, world: Circumstances, onPoint: OnPoint): void {
  const before = mixture.supply;
  const was = mixture.likeliest;
  const kw = before === null || was === null ? 0 : before.kw * (mixture.branchOf(was)?.factor ?? 1);
  mixture.adopt(supply);
  if (before !== null && isChange(before, supply)) blur(mixture, before, kw, world);
  if (!supply.follows || supply.key === UNKNOWN_FAST) return;
  const soc = mixture.soc.mean;
  mixture.kappa = kappaOf(supply, soc, world);
  if (supply.ramps) for (const { track } of mixture.all) track.trustPower(RAMPING_SD);
  if (!isRising(supply, soc, world)) onPoint(soc, supply.kw);
}

/** The same charge goes on in another way, since some moment between the two. */
function isChange(before: Supply, { key, follows }: Supply): boolean {
  return before.key !== key && !follows && !before.follows && before.branches.length === 1;
}

function blur(mixture: Mixture, { at: from }: Supply, kwBefore: number, { capacityKwh }: Circumstances): void {
  const { supply } = mixture;
  if (supply === null || supply.key === STOPPED) return;
  const hours = Math.min(LONGEST_CHANGE_MS, Math.max(0, supply.at - from)) / HOUR_MS;
  for (const one of mixture.all) {
    const kw = supply.kw * (mixture.branchOf(one)?.factor ?? 1) - kwBefore;
    one.track.blur((one.track.gain * kw * hours * 100) / capacityKwh);
  }
}

function kappaOf(supply: Supply, soc: number, world: Circumstances): number {
  const [low, high] = KAPPA_BOUNDS;
  const { curve, usualKappa } = world;
  const kappa = Math.min(high, Math.max(low, supply.kw / Math.max(1, curve.kw(soc))));
  return isRising(supply, soc, world) ? Math.max(kappa, RISES_TO * (usualKappa ?? RISES_TO)) : kappa;
}

/** The power has not been reached yet: at the start, and far below what the car takes. */
function isRising({ kw, ramps }: Supply, soc: number, { curve, usualKappa }: Circumstances): boolean {
  return ramps && kw < RISING_SHARE * (usualKappa ?? 1) * curve.kw(soc);
}

/** The next reading of the same kind, and what share of the curve it will be: found by playing on until then, twice. */
function nextSupply(
  mixture: Mixture,
  notes: readonly Note[],
  index: number,
  from: number,
  world: Circumstances,
): Ahead | null {
  const { supply } = mixture;
  const found = notes.findIndex(({ kind }, at) => at >= index && kind === "supply");
  const note = notes[found];
  if (supply === null || note?.kind !== "supply" || note.supply.key !== supply.key || supply.key.startsWith(UNKNOWN))
    return null;
  if (!supply.follows) return { supply: note.supply, kappa: 1 };
  let ahead: Ahead | null = null;
  for (let round = 0; round < 2; round++) {
    const trial = mixture.clone();
    playSoc(trial, from, notes.slice(index, found), note.at, world, ahead);
    ahead = { supply: note.supply, kappa: kappaOf(note.supply, trial.soc.mean, world) };
  }
  return ahead;
}

/** Plays notes among which nothing tells of power. */
function playSoc(
  mixture: Mixture,
  from: number,
  notes: readonly Note[],
  to: number,
  world: Circumstances,
  ahead: Ahead | null,
): void {
  let at = from;
  for (const note of notes) {
    advance(mixture, at, note.at, world, ahead);
    at = Math.max(at, note.at);
    if (note.kind === "soc") observe(mixture, note, world, ahead);
  }
  advance(mixture, at, to, world, ahead);
}

export function restoredNote(saved: unknown): Note | null {
  if (!isObject(saved)) return null;
  const at = finite(saved["at"]);
  return at === null ? null : restoredOf(saved, at);
}

function restoredOf(saved: JsonObject, at: number): Note | null {
  const { kind } = saved;
  if (kind === "supply") {
    const supply = restoredSupply(saved["supply"]);
    return supply && { kind, at, supply };
  }
  if (kind === "soc") {
    const seen = restoredSeen(saved["seen"]);
    return seen && { kind, at, seen };
  }
  const number = finite(saved[kind === "end" ? "target" : "ppPerHour"]);
  if (number === null || number <= 0) return null;
  if (kind === "end") return { kind, at, target: number };
  return kind === "forecast" ? { kind, at, ppPerHour: number } : null;
}

function restoredSeen(saved: unknown): Seen | null {
  if (!isObject(saved)) return null;
  const [soc, step, noise] = [finite(saved["soc"]), finite(saved["step"]), finite(saved["noise"])];
  const [crossing, gained] = [finite(saved["crossing"]), finite(saved["gained"])];
  if (soc === null || step === null || noise === null || crossing === null || gained === null) return null;
  return step > 0 && noise >= 0 && crossing >= 0 && crossing <= 1 && gained >= 0
    ? { soc, step, noise, crossing, gained }
    : null;
}
