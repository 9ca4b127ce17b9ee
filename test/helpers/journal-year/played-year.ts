import type { ChargeEntry, JournalEntry, TripEntry } from "../../../src/journal/entry.js";
import { journalLine } from "../../../src/journal/journal-file.js";
import type { JournalMessage, SummaryMessage } from "../../../src/replay/journal-lines.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { Replay } from "../../../src/replay/replay.js";
import type { SeededRandom } from "../random.js";
import { Household, SETTINGS } from "./household.js";

/** Says how long a household lives, and how often the program starts anew meanwhile. */
export interface YearPlan {
  readonly seed: number;
  readonly begin: number;
  readonly days: number;
  readonly losses: readonly number[];
  /** At places that this chance picks. */
  readonly restarts?: { readonly count: number; readonly random: SeededRandom };
}

/** Holds what the journal has made of a life, and what it truly was. */
export interface PlayedYear {
  readonly household: Household;
  readonly summaries: ReadonlyMap<string, SummaryMessage>;
  /** Lines of the files of the journal, by car, in the order in which they were written. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** The last form of each entry, by car. */
  readonly entries: ReadonlyMap<string, readonly JournalEntry[]>;
  readonly messages: number;
}

/** Plays the life of a household through the whole program. */
export async function playYear({ seed, begin, days, losses, restarts }: YearPlan): Promise<PlayedYear> {
  const household = new Household(seed, begin, losses);
  const life = Array.from({ length: days }, (_, day) => household.day(day)).flat();
  const lines = restarts === undefined ? life : withRestarts(life, restarts);
  const summaries = new Map<string, SummaryMessage>();
  const files = new Map<string, string[]>();
  const entries = new Map<string, Map<string, JournalEntry>>();
  const take = ({ vin, ...entry }: JournalMessage) => {
    files.set(vin, [...(files.get(vin) ?? []), journalLine(entry)]);
    entries.set(vin, (entries.get(vin) ?? new Map<string, JournalEntry>()).set(entry.id, entry));
  };
  const options = { nodes: new Set(["journal" as const]), vehicle: "", form: "each" as const, until: Infinity };
  const replay = new Replay({ ...options, journal: { settings: SETTINGS, prices: [] } }, ({ output, msg }) => {
    if (output === 0) take(msg as JournalMessage);
    else summaries.set((msg as SummaryMessage).vin, msg as SummaryMessage);
  });
  for (const line of lines) await replay.play(line);
  await replay.end();
  const last = [...entries].map(([vin, own]) => [vin, [...own.values()]] as const);
  return { household, summaries, files, entries: new Map(last), messages: life.length };
}

function withRestarts(lines: readonly RecordedLine[], { count, random }: NonNullable<YearPlan["restarts"]>) {
  const places = new Set(Array.from({ length: count }, () => random.between(0, lines.length - 1)));
  return lines.flatMap((line, index) => (places.has(index) ? [line, { at: line.at, kind: "restart" }] : [line]));
}

export const tripsOf = (entries: readonly JournalEntry[]): TripEntry[] =>
  entries.filter((entry): entry is TripEntry => entry.kind === "trip").sort(byStart);

export const chargesOf = (entries: readonly JournalEntry[]): ChargeEntry[] =>
  entries.filter((entry): entry is ChargeEntry => entry.kind === "charge").sort(byStart);

function byStart(one: JournalEntry, other: JournalEntry): number {
  return Date.parse(one.start) - Date.parse(other.start);
}
