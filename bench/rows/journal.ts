import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as JournalModule from "../../src/journal/journal.js";
import type * as JournalStoreModule from "../../src/journal/journal-store.js";
import type * as FilesModule from "../../src/store/atomic-files.js";
import { SeededRandom } from "../../test/helpers/random.js";
import { built } from "../lib/built.js";
import { tripAt, writeYears, type JournalYears } from "../lib/journal-years.js";
import { benchVin } from "../lib/messages.js";
import type { Result, Size } from "../lib/result.js";
import { collectGarbage, cpuMs } from "../lib/rounds.js";

const { Journal } = built("src/journal/journal.js") as typeof JournalModule;
const { JournalStore } = built("src/journal/journal-store.js") as typeof JournalStoreModule;
const { diskFiles } = built("src/store/atomic-files.js") as typeof FilesModule;

const CARS = { full: 3, tiny: 1 };
const YEARS: Readonly<Record<Size, JournalYears>> = {
  full: { first: 2016, years: 10, lines: 2000 },
  tiny: { first: 2024, years: 2, lines: 30 },
};
const LONGEST_MS = 200;
const LONGEST_CAR_MS = 50;
const MOST_MB = 30;
/** The last evening of the last year: it has all of its lines, and is not over. */
const NOW = Date.UTC(2025, 11, 31, 20);
const DAY_MS = 24 * 3_600_000;
const SETTINGS = { zone: "Europe/Berlin", places: [], tariffs: [], currency: "EUR" };

/** Measures what it costs to begin with the journals of cars that have driven for years. */
export async function measure(size: Size): Promise<Result[]> {
  const folder = await mkdtemp(join(tmpdir(), "cardata-bench-journal-"));
  try {
    const vins = Array.from({ length: CARS[size] }, (_, car) => benchVin(car));
    for (const vin of vins) await writeYears(folder, vin, YEARS[size]);
    return [
      ...(await loadOf(folder, vins, size)),
      ...(await useOf(folder, vins[0] ?? "", size)),
      await sizesOf(folder),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function loadOf(folder: string, vins: readonly string[], size: Size): Promise<Result[]> {
  const { years } = YEARS[size];
  const anew = await cpuMs(() => loadAll(folder, vins, size));
  const before = await usedMb();
  const store = new JournalStore(diskFiles, folder);
  const ms = await cpuMs(() => loadAll(folder, vins, size, store));
  const mb = (await usedMb()) - before;
  const journal = journalOf(store);
  const sums = await cpuMs(async () => {
    for (const vin of vins) assert.equal((await journal.summary(vin, NOW)).years.length, years);
  });
  return [
    {
      what: `journal, ${vins.length} cars, ${years} years`,
      measured: `${ms.toFixed(0)} ms, ${mb.toFixed(1)} MB; without kept digests ${anew.toFixed(0)} ms`,
      budget: `<= ${LONGEST_MS} ms, <= ${MOST_MB} MB`,
      isMet: ms <= LONGEST_MS && mb <= MOST_MB,
    },
    { what: "their sums and health", measured: `${sums.toFixed(0)} ms`, budget: "", isMet: true },
  ];
}

async function loadAll(
  folder: string,
  vins: readonly string[],
  size: Size,
  store = new JournalStore(diskFiles, folder),
): Promise<void> {
  for (const vin of vins) assert.equal((await store.digestsUntil(vin, NOW)).length, YEARS[size].years);
}

function journalOf(store: JournalStoreModule.JournalStore): JournalModule.Journal {
  return new Journal({
    store,
    settings: () => SETTINGS,
    viewOf: () => null,
    onEntry: () => undefined,
    onTrouble: (cause) => {
      throw cause;
    },
  });
}

/** Measures one car: its beginning, a month of entries with details, and a trip more. */
async function useOf(folder: string, vin: string, size: Size): Promise<Result[]> {
  const start = await cpuMs(() => loadAll(folder, [vin], size));
  const store = new JournalStore(diskFiles, folder);
  const month = () => cpuMs(() => store.between(vin, NOW - 61 * DAY_MS, NOW - 30 * DAY_MS));
  const [first, again] = [await month(), await month()];
  const trip = tripAt(NOW, new SeededRandom(1, "one more"));
  const add = await cpuMs(() => store.add(vin, trip, (entry) => entry));
  return [
    {
      what: "one car of them",
      measured: `${start.toFixed(0)} ms`,
      budget: `<= ${LONGEST_CAR_MS} ms`,
      isMet: start <= LONGEST_CAR_MS,
    },
    {
      what: "a month of a car with details",
      measured: `${first.toFixed(0)} ms, again ${again.toFixed(0)} ms; a trip more ${add.toFixed(1)} ms`,
      budget: "",
      isMet: true,
    },
  ];
}

async function sizesOf(folder: string): Promise<Result> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(folder, { recursive: true })) {
    const kind = name.slice(name.indexOf(".") + 1);
    if (name.includes(".")) sizes.set(kind, (sizes.get(kind) ?? 0) + (await stat(join(folder, name))).size);
  }
  const mb = (kind: string) => ((sizes.get(kind) ?? 0) / 1e6).toFixed(2);
  return {
    what: "their files",
    measured: `${mb("ndjson")} MB of entries, ${mb("digest.json")} MB of digests`,
    budget: "",
    isMet: sizes.has("digest.json"),
  };
}

/** Twice: what a promise has held is garbage only once it is done. */
async function usedMb(): Promise<number> {
  collectGarbage();
  await new Promise(setImmediate);
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}
