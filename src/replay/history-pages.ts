import { nextTokenOf } from "../rest/answers.js";
import { parseTimestamp } from "../vehicle/timestamp.js";
import type { RecordedLine } from "./recording.js";

/** Holds a line, and whether it is a page of a charging history that another page follows. */
export interface OrderedLine {
  readonly line: RecordedLine;
  readonly followed: boolean;
}

/**
 * Maximum time between two pages [ms]: a page is requested right after the one before; includes slow answers and one
 * repetition.
 */
const NEXT_PAGE_WITHIN_MS = 2 * 60_000;

interface PendingLine {
  readonly line: RecordedLine;
  followed: boolean;
}

/**
 * Looks ahead from each page of a charging history with a next token, because the account sends the charges of all
 * pages together once the last page has come.
 */
export async function* orderedLines(lines: AsyncIterable<RecordedLine>): AsyncGenerator<OrderedLine> {
  const waiting: PendingLine[] = [];
  for await (const line of lines) {
    if (isContinued(line)) markFormer(waiting, line);
    waiting.push({ line, followed: false });
    yield* waiting.splice(0, decided(waiting, timeOf(line)));
  }
  yield* waiting;
}

/** Returns whether a line is a page of a charging history after the first. */
export function isContinued({ continued }: RecordedLine): boolean {
  return continued === true;
}

function markFormer(waiting: readonly PendingLine[], later: RecordedLine): void {
  const former = [...waiting].reverse().find(({ line }) => line["vin"] === later["vin"] && isOpen(line, timeOf(later)));
  if (former !== undefined) former.followed = true;
}

/** Returns how many of the lines need not wait any longer. */
function decided(waiting: readonly PendingLine[], now: number): number {
  const first = waiting.findIndex(({ line, followed }) => !followed && isOpen(line, now));
  return first < 0 ? waiting.length : first;
}

/** Returns whether the next page of a charging history may still come at `now` [ms]. */
function isOpen(line: RecordedLine, now: number): boolean {
  const { kind, payload } = line;
  return kind === "chargingHistory" && nextTokenOf(payload) !== null && now <= timeOf(line) + NEXT_PAGE_WITHIN_MS;
}

function timeOf({ at }: RecordedLine): number {
  return parseTimestamp(at) ?? NaN;
}
