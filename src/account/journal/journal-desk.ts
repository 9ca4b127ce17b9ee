import { capacityCourse, type BatteryHealth, type CapacityCourse } from "../../journal/battery-health.js";
import { joinedEvidence } from "../../journal/capacity-evidence.js";
import { PURPOSES, type JournalEntry, type Purpose } from "../../journal/entry.js";
import type { ImportCounts } from "../../journal/import-counts.js";
import type { JournalStore, UselessLines } from "../../journal/journal-store.js";
import type { Journal, Unwritten } from "../../journal/journal.js";
import type { JournalSettings } from "../../journal/journal-settings.js";
import { purposeByPlaces } from "../../journal/places.js";
import { sumsOfDays, type JournalSum, type Period } from "../../journal/sums.js";
import { sumsByTariff, type TariffSum } from "../../journal/tariff-sums.js";
import { boundsOf, isWithin, type Moment, type TimeRange } from "../../journal/time-range.js";
import { monthBegin, zonedTime } from "../../journal/zoned-time.js";
import type { Clock } from "../../support/clock.js";
import { CarDataError, reasonOf, systemCodeOf } from "../../support/errors.js";
import type { EventLog } from "../event-log.js";
import type { LevelHistories } from "../level-histories.js";
import type { JournalChange } from "./journal-change.js";

export interface JournalDeskDependencies {
  readonly clock: Pick<Clock, "now">;
  /** What else is kept of a car's past. */
  readonly levels: Pick<LevelHistories, "erase">;
  readonly eventLog: Pick<EventLog, "erase">;
  readonly settings: JournalSettings;
  /** Returns the cars of the account. */
  readonly cars: () => Iterable<string>;
  readonly onChange: (vin: string, change: JournalChange) => void;
  /** Entries of an export were added. */
  readonly onMerge: (vin: string) => void;
  /** Writes what is open at once. */
  readonly onOpen: () => Promise<unknown>;
}

/** Says which entries of a car are wanted. */
export interface EntryQuery extends TimeRange {
  readonly kinds: readonly JournalEntry["kind"][];
  /** Whether with tracks, curves and the course of the energy. */
  readonly details: boolean;
}

/** Says what the user corrects of an entry; what is missing stays, `null` takes it back. */
export interface EntryTag {
  readonly purpose?: Purpose | null;
  readonly note?: string | null;
}

/** Names an entry with its car. */
export interface FoundEntry {
  readonly vin: string;
  readonly entry: JournalEntry;
}

const KINDS = ["trip", "charge"] as const;
const YEAR_MS = 365 * 24 * 3_600_000;

/** Answers what people and flows ask a journal, and corrects it as they say. */
export class JournalDesk {
  constructor(
    private readonly journal: Journal,
    private readonly dependencies: JournalDeskDependencies,
  ) {}

  /** Returns the cars that can be asked for: those of the account, and those that have gone. */
  get vins(): readonly string[] {
    return [...new Set([...this.dependencies.cars(), ...this.journal.vins])];
  }

  /**
   * Returns the entries of a car in the order of their start.
   * @param enough number of entries, the newest, beyond which the older ones may be left out: their files are not read
   * @throws CarDataError `journal_files`
   */
  async entries(vin: string, { kinds, details, ...range }: EntryQuery, enough = Infinity): Promise<JournalEntry[]> {
    const { from, to } = boundsOf(range, this.dependencies.clock.now());
    const step = enough === Infinity ? to - from + 1 : YEAR_MS;
    let found: JournalEntry[] = [];
    for (let end = to; end >= from && found.length <= enough; end -= step) {
      const [begin, part] = [Math.max(from, end - step + 1), details ? "all" : "heads"] as const;
      const begun = await this.#use((store) => store.begunWithin(vin, begin, end, part));
      found = [...begun.filter((entry) => kinds.includes(entry.kind) && isWithin(entry, range)), ...found];
    }
    return found;
  }

  /** Returns what of a car is not on the disk yet: a trip and a charge that go on, and what waits. */
  unwritten(vin: string): Unwritten {
    return this.journal.unwritten(vin);
  }

  /** Returns the sums of a car by period; a time counts as its day. @throws CarDataError `journal_files` */
  async sums(vin: string, period: Period, { from, to }: TimeRange): Promise<JournalSum[]> {
    const { currency, zone } = this.dependencies.settings;
    const dayOf = (moment: Moment | null) =>
      typeof moment === "number" ? zonedTime(moment, zone).slice(0, 10) : moment;
    const [first, last] = [dayOf(from), dayOf(to)];
    const digests = await this.#use((store) => store.digestsUntil(vin, this.dependencies.clock.now()));
    const days = digests.flatMap((digest) => digest.days);
    const isWanted = (day: string) => (first === null || day >= first) && (last === null || day <= last);
    return sumsOfDays(
      period,
      days.filter(({ day }) => isWanted(day)),
      currency,
    );
  }

  /** Returns what a car has drawn at each price of the tariffs. @throws CarDataError `journal_files` */
  async tariffSums(vin: string, range: TimeRange): Promise<TariffSum[]> {
    const entries = await this.entries(vin, { ...range, kinds: ["charge"], details: true });
    const charges = entries.filter((entry) => entry.kind === "charge");
    return sumsByTariff(charges, this.dependencies.settings, (time) => this.journal.priceAt(time));
  }

  /** Returns how the battery of a car ages. @throws CarDataError `journal_files` */
  async health(vin: string): Promise<BatteryHealth> {
    return (await onDisk(this.journal.summary(vin, this.dependencies.clock.now()))).health;
  }

  /** Counts the lines of the files of the account's cars that are of no use. @throws CarDataError `journal_files` */
  async uselessLines(): Promise<UselessLines> {
    const { clock, cars } = this.dependencies;
    const counts = { damaged: 0, newer: 0 };
    for (const vin of cars()) {
      const { damaged, newer } = await this.#use((store) => store.uselessUntil(vin, clock.now()));
      counts.damaged += damaged;
      counts.newer += newer;
    }
    return counts;
  }

  /** Returns the course of the capacity of a battery. @throws CarDataError `journal_files` */
  async capacityCourse(vin: string): Promise<CapacityCourse> {
    const digests = await this.#use((store) => store.digestsUntil(vin, this.dependencies.clock.now()));
    return capacityCourse(joinedEvidence(digests.map(({ evidence }) => evidence)));
  }

  /** Counts the trips and charges of cars in this month. @throws CarDataError `journal_files` */
  async countsOfMonth(vins: readonly string[]): Promise<Record<JournalEntry["kind"], number>> {
    const { clock, settings } = this.dependencies;
    const [now, counts] = [clock.now(), { trip: 0, charge: 0 }];
    for (const vin of vins) {
      const own = await this.#use((store) => store.countWithin(vin, monthBegin(now, settings.zone), now));
      for (const kind of KINDS) counts[kind] += own[kind];
    }
    return counts;
  }

  /**
   * Corrects an entry of one of these cars by the user's word.
   * @throws CarDataError `journal_files`, `entry_unknown`, `purpose_invalid` for a charge
   */
  async tag(vins: readonly string[], id: string, tag: EntryTag): Promise<FoundEntry> {
    return this.#use(async (store) => {
      const { vin, entry } = await this.#find(store, vins, id);
      const tagged = this.#tagged(entry, tag);
      const isChanged = JSON.stringify(tagged) !== JSON.stringify(entry);
      // What a newer version has written is not for this one to correct.
      if (!isChanged || (await store.correct(vin, tagged)).outcome !== "corrected") return { vin, entry };
      this.dependencies.onChange(vin, { outcome: "corrected", entry: tagged });
      return { vin, entry: tagged };
    });
  }

  /** Deletes an entry of one of these cars. @throws CarDataError `journal_files`, `entry_unknown` */
  async remove(vins: readonly string[], id: string): Promise<FoundEntry> {
    return this.#use(async (store) => {
      const found = await this.#find(store, vins, id);
      const entry = await store.remove(found.vin, id);
      if (entry === null) return found;
      await this.dependencies.eventLog.erase(found.vin, entry);
      this.dependencies.onChange(found.vin, { outcome: "deleted", entry });
      return found;
    });
  }

  /** Deletes the whole journal of a car, its levels, and what happened to it. @throws CarDataError `journal_files` */
  async erase(vin: string): Promise<void> {
    const { clock, levels, eventLog } = this.dependencies;
    await onDisk(this.journal.erase(vin, clock.now()));
    await onDisk(levels.erase(vin));
    await eventLog.erase(vin, null);
    await this.dependencies.onOpen();
    this.dependencies.onChange(vin, { outcome: "deleted", entry: null });
  }

  /** Adds the entries of an export of a car; what is known stays as it is. @throws CarDataError `journal_files` */
  async merge(vin: string, entries: readonly JournalEntry[]): Promise<ImportCounts> {
    const counts = await this.#use((store) => store.merge(vin, entries));
    this.journal.know(vin);
    this.dependencies.onMerge(vin);
    await this.dependencies.onOpen();
    return counts;
  }

  async #find(store: JournalStore, vins: readonly string[], id: string): Promise<FoundEntry> {
    const found: FoundEntry[] = [];
    for (const vin of vins) {
      const entry = await store.find(vin, id);
      if (entry !== null) found.push({ vin, entry });
    }
    const [first, ...more] = found;
    if (first === undefined) throw new CarDataError("entry_unknown", { id });
    if (more.length > 0) throw new CarDataError("journal_vehicle_missing");
    return first;
  }

  #tagged(entry: JournalEntry, { purpose, note }: EntryTag): JournalEntry {
    const noted = note === undefined ? entry : { ...entry, note };
    if (purpose === undefined) return noted;
    if (noted.kind !== "trip") throw new CarDataError("purpose_invalid", { known: PURPOSES.join(", ") });
    if (purpose !== null) return { ...noted, purpose: { value: purpose, source: "command" } };
    const byRule = purposeByPlaces(noted.from, noted.to, this.dependencies.settings.places);
    return { ...noted, purpose: byRule === null ? null : { value: byRule, source: "rule" } };
  }

  #use<T>(act: (store: JournalStore) => Promise<T>): Promise<T> {
    return onDisk(this.journal.inTurn(act));
  }
}

/** Waits for what uses the disk. @throws CarDataError `journal_files` in place of the system's error */
async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof CarDataError || systemCodeOf(cause) === null) throw cause;
    throw new CarDataError("journal_files", { reason: reasonOf(cause) }, cause);
  }
}
