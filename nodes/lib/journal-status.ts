import type { Clock } from "../../src/support/clock.js";
import type { Problem } from "../../src/support/errors.js";
import { isoTime } from "../../src/support/iso-time.js";
import type { NodeAPI, NodeStatus } from "./red.js";

/** Numbers of entries of this month. */
export interface JournalCounts {
  readonly trip: number;
  readonly charge: number;
}

/** Reasons of the system that mean that nothing fits on the disk. */
const FULL = new Set(["ENOSPC", "EDQUOT"]);

/**
 * Returns the status of a node that shows the journal. Texts: 20 characters at most.
 * @param counts `null` while they are not known; "failing": they cannot be read
 */
export function journalStatus(
  RED: NodeAPI,
  kinds: "both" | "trips" | "charges",
  problem: Problem | null,
  counts: JournalCounts | "failing" | null,
): NodeStatus {
  const text = (key: string, params: Record<string, string> = {}) => RED._(`cardata-journal.status.${key}`, params);
  if (problem !== null || counts === "failing") {
    const isFull = FULL.has(String(problem?.params?.["reason"]));
    return { fill: "red", shape: "ring", text: text(isFull ? "diskFull" : "filesFailing") };
  }
  if (counts === null) return { fill: "grey", shape: "ring", text: text("reading") };
  const { trip, charge } = counts;
  const shown = { both: trip + charge, trips: trip, charges: charge }[kinds];
  if (shown === 0) return { fill: "grey", shape: "ring", text: text("nothing") };
  return { fill: "green", shape: "dot", text: text(kinds, { trips: String(trip), charges: String(charge) }) };
}

/**
 * Keeps the numbers of this month: they are read anew when something has changed, and when the month has.
 * @param read rejects while the files cannot be read
 * @param onRead called when that has an outcome
 */
export function journalCounts(clock: Pick<Clock, "now">, read: () => Promise<JournalCounts>, onRead: () => void) {
  let known: JournalCounts | "failing" | null = null;
  let hour = "";
  let isClosed = false;
  const look = () => {
    // By the hour: a month begins at one, in whatever zone.
    const now = isoTime(clock.now()).slice(0, "2026-03-02T07".length);
    if (isClosed || hour === now) return;
    hour = now;
    const take = (counts: JournalCounts | "failing") => {
      known = counts;
      if (!isClosed) onRead();
    };
    read().then(take, () => {
      take("failing");
      // The next look tries again.
      hour = "";
    });
  };
  return {
    get known() {
      return known;
    },
    look,
    /** Takes note that the numbers are others by now. */
    changed: () => (hour = ""),
    close: () => (isClosed = true),
  };
}
