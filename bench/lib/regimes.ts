import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { DescriptorMessage } from "../../src/messages/types.js";
import { median } from "./result.js";
import { openRecording, readRecording } from "../../src/replay/recording.js";
import { Replay, type ReplayedMessage } from "../../src/replay/replay.js";

/** A line of a truth file: the true level in percent, and the levels shown by others at that moment, by column. */
interface RegimeTruth {
  readonly at: string;
  readonly vin: string;
  readonly truth: number;
  readonly scored: boolean;
  /** Until the charge reaches its target, where that is known. */
  readonly minutesToTarget?: number | null;
  readonly [column: string]: unknown;
}

/** The estimate shown at one moment; `null` while there was none. */
interface ShownEstimate {
  readonly soc: number | null;
  readonly band90: readonly [low: number, high: number] | null;
  readonly minutesToTarget: number | null;
}

/** A moment that counts: truth and shown value. */
export interface Scored {
  readonly truth: RegimeTruth;
  readonly shown: ShownEstimate;
}

/** The accuracy of a column [percentage points]. */
export interface Accuracy {
  readonly mae: number;
  readonly bias: number;
  readonly p95: number;
  readonly most: number;
}

const NOTHING = { soc: null, band90: null, minutesToTarget: null } as const;
/** Shorter times to the target are not compared, and the error is a share of no less [min]. */
const [LEAST_MINUTES, LEAST_WHOLE] = [5, 10];

/**
 * Replays a recording and compares what the node shows with the truth, at each moment that counts.
 * @param output 0 for Predicted SOC, 1 for Magic SOC
 */
export async function playRegime(recording: string, truthFile: string, output: 0 | 1): Promise<Scored[]> {
  const last = new Map<string, ShownEstimate>();
  const take = ({ output: sentOn, msg }: ReplayedMessage) => {
    if (sentOn !== output) return;
    const { vin, payload, estimate } = msg as DescriptorMessage;
    const { band90 = null, minutesToTarget = null } = estimate ?? {};
    last.set(vin, { soc: payload as number | null, band90, minutesToTarget });
  };
  const scored: Scored[] = [];
  const options = { nodes: new Set(["predicted-soc"] as const), vehicle: "", form: "each", until: Infinity } as const;
  const replay = new Replay(options, take);
  const truths = (await truthsOf(truthFile)).values();
  for await (const line of readRecording(openRecording(recording))) {
    await replay.play(line);
    if (line.kind !== "read") continue;
    const truth: RegimeTruth | undefined = truths.next().value;
    if (truth?.at !== line.at || truth.vin !== line["vin"])
      throw new Error(`${truthFile} does not belong to ${recording}`);
    if (truth.scored) scored.push({ truth, shown: last.get(truth.vin) ?? NOTHING });
  }
  return scored;
}

/** A missing value counts as if 0 % had been shown. */
export function accuracyOf(scored: readonly Scored[]): Accuracy {
  return errorsOf(scored.map(({ shown, truth }) => (shown.soc ?? 0) - truth.truth));
}

/** Accuracy of the levels that somebody else showed. */
export function accuracyOfColumn(scored: readonly Scored[], column: string): Accuracy {
  return errorsOf(scored.map(({ truth }) => Number(truth[column]) - truth.truth));
}

/** Share of the truth inside the 90 % band. */
export function coverageOf(scored: readonly Scored[]): number {
  const bands = scored.flatMap(({ shown: { band90 }, truth }) => (band90 === null ? [] : [{ band90, truth }]));
  const inside = bands.filter(({ band90: [low, high], truth }) => truth.truth >= low && truth.truth <= high);
  return inside.length / bands.length;
}

/** Error of the time to the target in the median, as a share of the true one; `null` where none was shown. */
export function timeErrorOf(scored: readonly Scored[]): number | null {
  const errors = scored.flatMap(({ shown: { minutesToTarget: shown }, truth: { minutesToTarget: left } }) => {
    if (shown === null || typeof left !== "number" || left <= LEAST_MINUTES) return [];
    return [Math.abs(shown - left) / Math.max(left, LEAST_WHOLE)];
  });
  return errors.length === 0 ? null : median(errors);
}

function errorsOf(errors: readonly number[]): Accuracy {
  const sizes = errors.map(Math.abs).sort((one, other) => one - other);
  return { mae: mean(sizes), bias: mean(errors), p95: quantile(sizes, 0.95), most: sizes.at(-1) ?? NaN };
}

/** Interpolates between the two nearest of sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function truthsOf(file: string): Promise<RegimeTruth[]> {
  const truths: RegimeTruth[] = [];
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) }))
    truths.push(JSON.parse(line) as RegimeTruth);
  return truths;
}
