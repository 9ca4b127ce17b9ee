import type { Account } from "../account/account.js";
import { entryId, spanOf, type JournalEntry, type TripEntry } from "../journal/entry.js";
import type { Unwritten } from "../journal/journal.js";
import type { LevelPoint } from "../journal/level-history.js";
import type { CarKey, CockpitHistory, CockpitSpan, CockpitTrack, CockpitTracks } from "./contract.js";

/** What an account keeps of the past of its cars. */
export interface KeptPast {
  readonly levels: Account["levels"];
  readonly journal: { readonly desk: Pick<Account["journal"]["desk"], "entries" | "unwritten"> };
}

type Kind = JournalEntry["kind"];
type Place = CockpitTrack["points"][number];

const KEPT_MS = 7 * 24 * 3600 * 1000;
/** One for every five minutes of a week: a car that reports nonsense must not fill the page. */
const MOST_REPORTED = 2016;
const MOST_TRACKS = 10;

/** Returns what a car did in the last seven days, as its account keeps it: levels, charges and trips. */
export async function historyOf(past: KeptPast, vin: string, key: CarKey, now: number): Promise<CockpitHistory> {
  const from = now - KEPT_MS;
  const { levels } = past;
  // What began before may reach into the seven days.
  const since = { from: from - KEPT_MS, to: null, details: false };
  const [known, level, reported] = await Promise.all([
    knownOf(past, vin, (desk) => desk.entries(vin, { ...since, kinds: ["trip", "charge"] })),
    levels.between(vin, from, now),
    levels.reportedBetween(vin, from, now),
  ]);
  const points = rising(reported).slice(-MOST_REPORTED);
  return {
    key,
    from: seconds(from),
    to: seconds(now),
    level: levelColumns(rising(level)),
    reported: { at: points.map(({ at }) => seconds(at)), value: points.map((point) => point.level) },
    charges: spansOf("charge", known, from),
    trips: spansOf("trip", known, from),
  };
}

/** Returns the tracks of the last trips of a car, the newest last; a trip without two places has none. */
export async function tracksOf(past: KeptPast, vin: string, key: CarKey): Promise<CockpitTracks> {
  const every = { kinds: ["trip"], from: null, to: null, details: false } as const;
  const { entries, trip } = await knownOf(past, vin, async (desk) => {
    // Most of a file are tracks: only those that are shown are read.
    const [first] = (await desk.entries(vin, every, MOST_TRACKS)).slice(-MOST_TRACKS);
    return first === undefined ? [] : desk.entries(vin, { ...every, from: spanOf(first).from, details: true });
  });
  const over = entries.flatMap((entry) => (entry.kind === "trip" ? trackOf(entry) : []));
  const open = trip === null ? [] : [{ ...openSpan(trip.startedAt), points: placesIn(trip.track) }];
  return { key, trips: [...over, ...open].slice(-MOST_TRACKS).filter(({ points }) => points.length > 1) };
}

/**
 * Returns the entries that a car has, by their start, and what goes on. What is written while the files are read is in
 * both, but counts once; while they cannot be read, what waits for them is shown all the same.
 */
async function knownOf(
  { journal: { desk } }: KeptPast,
  vin: string,
  read: (reader: typeof desk) => Promise<readonly JournalEntry[]>,
): Promise<Unwritten> {
  const { entries: waiting, trip, chargingSince } = desk.unwritten(vin);
  const written = await read(desk).catch(() => []);
  const entries = [...new Map([...waiting, ...written].map((entry) => [entry.id, entry])).values()];
  const isOpen = (kind: Kind, at: number) => !entries.some(({ id }) => id === entryId(kind, at));
  return {
    entries: entries.sort((one, other) => spanOf(one).from - spanOf(other).from),
    trip: trip !== null && isOpen("trip", trip.startedAt) ? trip : null,
    chargingSince: chargingSince !== null && isOpen("charge", chargingSince) ? chargingSince : null,
  };
}

function spansOf(kind: Kind, { entries, trip, chargingSince }: Unwritten, since: number): CockpitSpan[] {
  const spans = entries.filter((entry) => entry.kind === kind).map(spanOf);
  const open = kind === "trip" ? (trip?.startedAt ?? null) : chargingSince;
  return [...spans.filter(({ to }) => to >= since).map(inSeconds), ...(open === null ? [] : [openSpan(open)])];
}

function trackOf(entry: TripEntry): CockpitTrack {
  const { from, to, detail } = entry;
  const ends = [from, to].flatMap((place): Place[] => (place === null ? [] : [[place.latitude, place.longitude]]));
  const points = placesIn(detail.track);
  return { ...inSeconds(spanOf(entry)), points: points.length > 1 ? points : ends };
}

/** @param track minutes, latitude, longitude */
function placesIn(track: readonly (readonly (number | null)[])[]): Place[] {
  return track.flatMap(([, latitude, longitude]): Place[] =>
    typeof latitude === "number" && typeof longitude === "number" ? [[latitude, longitude]] : [],
  );
}

/** Leaves out all but the last of several points at one time, because a chart needs times that rise. */
function rising(points: readonly LevelPoint[]): LevelPoint[] {
  return points.filter(({ at }, index) => at < (points[index + 1]?.at ?? Infinity));
}

function levelColumns(points: readonly LevelPoint[]): CockpitHistory["level"] {
  return {
    at: points.map(({ at }) => seconds(at)),
    value: points.map(({ level }) => level),
    low: points.map(({ low }) => low),
    high: points.map(({ high }) => high),
    powerKw: points.map(({ kw }) => kw),
  };
}

function inSeconds({ from, to }: ReturnType<typeof spanOf>): CockpitSpan {
  return { from: seconds(from), to: seconds(to) };
}

function openSpan(at: number): CockpitSpan {
  return { from: seconds(at), to: null };
}

/** Returns a time [ms] in seconds, as charts want it. */
function seconds(at: number): number {
  return Math.round(at) / 1000;
}
