import assert from "node:assert/strict";
import type * as RegistryModule from "../../src/account/vehicle-registry.js";
import type * as VehiclesModule from "../../src/account/vehicle-registry-codec.js";
import type * as LearningModule from "../../src/account/soc/learning-codec.js";
import type * as ServiceModule from "../../src/account/soc/soc-service.js";
import { memoryFiles, type Files } from "../../src/store/atomic-files.js";
import type * as StoreModule from "../../src/store/store.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { allDefinitions } from "../../src/vehicle/catalogue.js";
import { built } from "../lib/built.js";
import { commuterLines, DAY_MS } from "../lib/commuter-lines.js";
import { benchMessage, benchVin } from "../lib/messages.js";
import { median, type Result, type Size } from "../lib/result.js";
import { cpuMs } from "../lib/rounds.js";

const { VehicleRegistry } = built("src/account/vehicle-registry.js") as typeof RegistryModule;
const { vehiclesCodec } = built("src/account/vehicle-registry-codec.js") as typeof VehiclesModule;
const { learningCodec } = built("src/account/soc/learning-codec.js") as typeof LearningModule;
const { SocService } = built("src/account/soc/soc-service.js") as typeof ServiceModule;
const { Store } = built("src/store/store.js") as typeof StoreModule;

const SIZES = {
  full: { cars: 20, months: 120, runs: 9 },
  tiny: { cars: 2, months: 2, runs: 1 },
};
const FOLDER = "/start";
const LONGEST_MS = 300;
const MONTH_MS = 30 * DAY_MS;
const START = Date.parse("2016-03-01T00:00:00Z");
const DESCRIPTORS = [...allDefinitions()].slice(0, 300);
const OTHERS = DESCRIPTORS.filter(({ id }) => !/battery|charging|travelledDistance|isMoving|currentLocation/i.test(id));

interface Opened {
  readonly registry: RegistryModule.VehicleRegistry;
  readonly soc: ServiceModule.SocService;
  readonly store: StoreModule.Store;
  readonly clock: SimulatedClock;
}

/** What it costs to read back the cars of an account and all that was learned of them in ten years. */
export async function measure(size: Size): Promise<Result[]> {
  const { cars, months, runs } = SIZES[size];
  const files = await lived(cars, months);
  const now = START + months * MONTH_MS;
  const costs: number[] = [];
  for (let run = 0; run < runs; run++) costs.push(await cpuMs(() => load(files, now, cars)));
  // A start is always the first.
  const [first = NaN] = costs;
  return [
    {
      what: `start, ${cars} cars, ${months / 12} years`,
      measured: `${Math.round(first)} ms; again ${Math.round(median(costs))} ms`,
      budget: `<= ${LONGEST_MS} ms`,
      isMet: first <= LONGEST_MS,
    },
  ];
}

/** The files of an account whose cars have all lived as one that has commuted on a day of each month. */
async function lived(cars: number, months: number): Promise<Files> {
  const files = memoryFiles();
  const { registry, soc, store, clock } = open(files, START);
  const receive = (payload: object, now: number) => {
    clock.runTo(now);
    const message = { ...payload, vin: benchVin(0) };
    registry.receive(`gcid/${benchVin(0)}`, Buffer.from(JSON.stringify(message)), now);
  };
  for (let month = 0; month < months; month++)
    for (const { at, payload } of commuterLines(START + month * MONTH_MS, 1))
      receive(payload as object, Math.max(clock.now(), Date.parse(at)));
  receive(benchMessage(benchVin(0), OTHERS, clock.now(), 0), clock.now());
  registry.close();
  soc.close();
  await store.flush();
  for (const name of ["vehicles", "learning"]) await multiply(files, `${FOLDER}/${name}.json`, cars);
  return files;
}

/** Puts the one car of a file into it once more for each of the others. */
async function multiply(files: Files, path: string, cars: number): Promise<void> {
  const { data, ...file } = JSON.parse(String(await files.read(path))) as { data: [object] };
  const own = JSON.stringify(data[0]);
  const copies = Array.from({ length: cars }, (_, car) => own.replaceAll(benchVin(0), benchVin(car)));
  await files.write(path, JSON.stringify({ ...file, data: copies.map((copy) => JSON.parse(copy) as object) }));
}

async function load(files: Files, now: number, cars: number): Promise<void> {
  const { registry, soc } = open(files, now);
  await registry.load();
  await soc.load();
  assert.equal(registry.cars.size, cars);
  assert.equal(soc.vins.length, cars);
  registry.close();
  soc.close();
}

function open(files: Files, now: number): Opened {
  const clock = new SimulatedClock(now);
  const store = new Store(FOLDER, files, clock, (news) => {
    throw new Error(`The files are in trouble: ${news.kind}`);
  });
  const opened: { soc?: ServiceModule.SocService } = {};
  const registry = new VehicleRegistry({
    document: store.document("vehicles", vehiclesCodec),
    clock,
    descriptionOf: () => ({ driveType: null, batteryKwh: null }),
    claim: () => true,
    ignored: new Set(),
    onUpdate: (update) => opened.soc?.follow(update),
    onFound: () => undefined,
    estimateOf: (vin) => opened.soc?.levelOf(vin) ?? null,
  });
  const soc = new SocService({
    document: store.document("learning", learningCodec),
    clock,
    registry,
    parametersOf: () => ({ capacityKwh: null, kwhPerKm: null }),
    onEstimate: () => undefined,
    onStep: () => undefined,
    onLearned: () => undefined,
  });
  opened.soc = soc;
  return { registry, soc, store, clock };
}
