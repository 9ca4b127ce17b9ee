import { spanOf, type ChargeEntry, type JournalEntry } from "./entry.js";

const SURE_OVERLAP_MS = 60_000;

/** Returns for how long two entries went on at the same time [ms]. */
export function overlapOf(one: Span, other: Span): number {
  return Math.max(0, Math.min(one.to, other.to) - Math.max(one.from, other.from));
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Returns whether two spans of the same kind and car are the same event: nobody charges or drives twice at a time. */
export function isSameSpan(one: Span, other: Span): boolean {
  if (one.from === other.from && one.to === other.to) return true;
  const shorter = Math.min(one.to - one.from, other.to - other.from);
  // A moment at the end of an event may be the next one.
  if (shorter === 0) return isInside(one, other);
  return overlapOf(one, other) >= Math.min(SURE_OVERLAP_MS, shorter / 2);
}

/** Returns whether one of two spans lies within the other, without touching its ends. */
function isInside(one: Span, other: Span): boolean {
  const lies = (inner: Span, outer: Span) => inner.from > outer.from && inner.to < outer.to;
  return lies(one, other) || lies(other, one);
}

/** Returns whether nobody has watched a charge: it was filled in from BMW's charging history. */
export function isFilledIn(entry: JournalEntry): boolean {
  return entry.kind === "charge" && entry.reason === null;
}

/**
 * Joins an entry with the one that is known of the same event; returns the known one if the new one says nothing better. A
 * restart after a crash tells an event once more, with less.
 */
export function joinedEntry(known: JournalEntry, entry: JournalEntry): JournalEntry {
  if (known.kind === "charge" && entry.kind === "charge" && isFilledIn(known))
    return { ...completed(entry, known), id: known.id, note: known.note };
  if (known.id === entry.id || !isLonger(entry, known)) return known;
  return { ...withPurpose(entry, known), id: known.id, note: known.note };
}

/** Keeps the purpose that the user has said. */
function withPurpose(entry: JournalEntry, known: JournalEntry): JournalEntry {
  const isSaid = entry.kind === "trip" && known.kind === "trip" && known.purpose?.source === "command";
  return isSaid ? { ...entry, purpose: known.purpose } : entry;
}

/** Fills in what a charge does not know. */
function completed(charge: ChargeEntry, known: ChargeEntry): ChargeEntry {
  const { place, levelFrom, levelTo, odometerKm, provider } = known;
  return {
    ...charge,
    place: charge.place ?? place,
    levelFrom: charge.levelFrom ?? levelFrom,
    levelTo: charge.levelTo ?? levelTo,
    odometerKm: charge.odometerKm ?? odometerKm,
    provider: charge.provider ?? provider,
  };
}

function isLonger(one: JournalEntry, other: JournalEntry): boolean {
  const length = (entry: JournalEntry) => spanOf(entry).to - spanOf(entry).from;
  return length(one) > length(other);
}
