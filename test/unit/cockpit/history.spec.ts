import assert from "node:assert/strict";
import type { AccountProperties } from "../../../src/account/settings.js";
import type { JournalEntry } from "../../../src/journal/entry.js";
import type { Unwritten } from "../../../src/journal/journal.js";
import type { LevelPoint } from "../../../src/journal/level-history.js";
import { historyOf, tracksOf, type KeptPast } from "../../../src/cockpit/car-history.js";
import type { CockpitEvent, CockpitHistory } from "../../../src/cockpit/contract.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { cockpitModel } from "../../helpers/cockpit-model.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import { CHARGE, HOME, level, moving, standing, stream, TRIP, tripAndCharge, WORK } from "../../helpers/journal.js";
import { SOC } from "../../helpers/test-vehicle.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KEY = "key";
const CAR: AccountProperties = { vehicles: [{ vin: VIN, driveType: "bev", capacityKwh: 60 }] };

const NOTHING_OPEN: Unwritten = { trip: null, chargingSince: null, entries: [] };

/** What an account keeps, without an account. */
function kept(parts: Partial<KeptPast["levels"] & KeptPast["journal"]["desk"]> = {}): KeptPast {
  const none = async () => [];
  const { between = none, reportedBetween = none, entries = none, unwritten = () => NOTHING_OPEN } = parts;
  return { levels: { between, reportedBetween }, journal: { desk: { entries, unwritten } } };
}

function assertSound({ level: { at: times, ...columns }, reported }: CockpitHistory): void {
  for (const column of Object.values(columns)) assert.equal(column.length, times.length);
  assert.equal(reported.at.length, reported.value.length);
  for (const list of [times, reported.at])
    list.forEach((time, index) => {
      assert.ok(index === 0 || time > (list[index - 1] ?? 0), "times rise, as a chart needs them");
    });
}

/** A cockpit over one account whose car lives by recorded lines; what it shows of the past. */
async function shownLife(files: Files = memoryFiles(), start = Date.parse(TRIP[0]?.at ?? "")) {
  const model = cockpitModel(files, start);
  const account = await model.add("a1", CAR);
  const play = async (lines: readonly RecordedLine[]) => {
    for (const { at, payload } of lines) {
      const wait = Date.parse(at) - model.clock.now();
      if (wait > 0) await model.clock.advance(wait);
      if (payload === undefined) continue;
      account.registry.receive("bmw", Buffer.from(JSON.stringify(payload)), model.clock.now());
      await settle();
    }
  };
  const key = () => model.snapshot().cars.find(({ vinEnd }) => vinEnd === `…${VIN.slice(-4)}`)?.key ?? "";
  const past = async () => {
    const [history, tracks] = [await model.cockpit.history(key()), await model.cockpit.tracks(key())];
    const { reported, charges, trips } = history;
    return { level: history.level, reported, charges, trips, tracks: tracks.trips };
  };
  const events = (name?: CockpitEvent["name"]) =>
    model
      .snapshot()
      .events.filter((event) => name === undefined || event.name === name)
      .map((event) => ({ ...event, number: null, car: null, isOfCar: event.car === key() }));
  return { ...model, account, play, key, past, events };
}

const shifted = (lines: readonly RecordedLine[], ms: number): RecordedLine[] =>
  (JSON.parse(JSON.stringify(lines)) as RecordedLine[]).map((line) => {
    const data = (line["payload"] as { data?: Record<string, { timestamp: string }> } | undefined)?.data ?? {};
    const later = (at: string) => new Date(Date.parse(at) + ms).toISOString();
    for (const value of Object.values(data)) value.timestamp = later(value.timestamp);
    return { ...line, at: later(line.at) };
  });

describe("the last seven days of a car", () => {
  it("hold the shown level with its band and the power of a charge, each time once", async () => {
    const point = (second: number, value: number, kw: number | null = null): LevelPoint => {
      return { at: START + second * SECOND, level: value, low: value - 2, high: value + 2, kw };
    };
    const asked: number[][] = [];
    const between = async (_vin: string, ...times: [number, number]) => {
      asked.push(times);
      return [point(0, 50), point(60, 51, 11), point(60, 52, 11), point(120, 53)];
    };
    const shown = await historyOf(kept({ between }), VIN, KEY, START + HOUR);
    assert.deepEqual(asked, [[START + HOUR - 7 * DAY, START + HOUR]]);
    assert.deepEqual(
      shown.level.at.map((time) => time - START / SECOND),
      [0, 60, 120],
    );
    assert.deepEqual(shown.level.value, [50, 52, 53]);
    assert.deepEqual([shown.level.low[0], shown.level.high[0]], [48, 52]);
    assert.deepEqual(shown.level.powerKw, [null, 11, null]);
    assertSound(shown);
  });

  it("are bounded for a car that reports nonsense", async () => {
    const reportedBetween = async () =>
      Array.from({ length: 9000 }, (_, step): LevelPoint => {
        return { at: START + step * 60 * SECOND, level: step % 100, low: null, high: null, kw: null };
      });
    const shown = await historyOf(kept({ reportedBetween }), VIN, KEY, START + 7 * DAY);
    assert.equal(shown.reported.at.length, 2016);
    assertSound(shown);
  });

  it("hold BMW's own values beside, none of them twice or out of order", async () => {
    const life = await shownLife();
    await life.play([level(1, 50), level(2, 51), level(0, 49), level(2, 51), level(3, 52)]);
    const { reported } = await life.past();
    assert.deepEqual(reported.value, [50, 51, 52]);
    assertSound(await life.cockpit.history(life.key()));
    await life.close();
  });

  it("leave out what is no level", async () => {
    const life = await shownLife();
    await life.play([stream(0, { "vehicle.isMoving": false }), ...[101, -1].map((soc) => level(1, soc))]);
    assert.deepEqual((await life.past()).reported.value, []);
    await life.close();
  });

  it("hold charges and trips, the one that goes on without an end, and no more than seven days", async () => {
    const life = await shownLife();
    await life.play(CHARGE.slice(0, 5));
    const [charge, ...more] = (await life.past()).charges;
    assert.ok(charge?.to === null && more.length === 0);
    await life.play([...CHARGE.slice(5), ...shifted(TRIP, DAY)]);
    const { charges, trips } = await life.past();
    assert.deepEqual([charges.length, trips.length], [1, 1]);
    assert.ok((charges[0]?.to ?? 0) > charge.from && charges[0]?.from === charge.from);
    assert.ok((trips[0]?.to ?? 0) > (trips[0]?.from ?? 0));
    await life.clock.advance(8 * DAY);
    const later = await life.past();
    assert.deepEqual([later.charges, later.trips, later.reported.value], [[], [], []]);
    assert.equal(later.tracks.length, 1, "the way of the last trip");
    await life.close();
  });

  it("hold once what is written while it is read, and what waits for a disk that cannot be read", async () => {
    const [trip, charge] = await tripAndCharge();
    const now = Date.parse(charge.end) + HOUR;
    const waiting = { ...NOTHING_OPEN, trip: { startedAt: Date.parse(trip.start), track: [] }, entries: [charge] };
    const entries = async (): Promise<JournalEntry[]> => [trip, charge];
    const both = await historyOf(kept({ entries, unwritten: () => waiting }), VIN, KEY, now);
    assert.deepEqual([both.trips.length, both.charges.length], [1, 1]);
    assert.notEqual(both.trips[0]?.to, null);
    const unreadable = kept({ entries: async () => Promise.reject(new Error("EIO")), unwritten: () => waiting });
    const rest = await historyOf(unreadable, VIN, KEY, now);
    assert.deepEqual([rest.trips.map(({ to }) => to), rest.charges.length], [[null], 1]);
  });
});

describe("the ways of the last trips", () => {
  it("begin and end where the trip did", async () => {
    const life = await shownLife();
    await life.play(TRIP.slice(0, 30));
    const [open] = (await life.past()).tracks;
    assert.equal(open?.to, null);
    assert.deepEqual(open.points[0], [HOME.latitude, HOME.longitude]);
    await life.play(TRIP.slice(30));
    const [whole, ...more] = (await life.past()).tracks;
    assert.equal(more.length, 0);
    assert.deepEqual(
      [whole?.points[0], whole?.points.at(-1)],
      [HOME, WORK].map(({ latitude, longitude }) => [latitude, longitude]),
    );
    await life.close();
  });

  it("are ten, the newest last", async () => {
    const life = await shownLife();
    for (let day = 0; day < 12; day++) await life.play(shifted(TRIP, day * DAY));
    const { trips, tracks } = await life.past();
    assert.equal(tracks.length, 10);
    assert.equal(tracks.at(-1)?.from, trips.at(-1)?.from);
    await life.close();
  });

  it("are lines from end to end where nothing was heard between, and none where a place is missing", async () => {
    const [trip] = await tripAndCharge();
    const bare = { ...trip, detail: { track: [] } };
    const placeless = { ...bare, id: "trip-20260303T061000Z", from: null };
    const { trips } = await tracksOf(kept({ entries: async () => [bare, placeless] }), VIN, KEY);
    assert.deepEqual(
      trips.map(({ points }) => points),
      [[trip.from, trip.to].map((place) => [place?.latitude, place?.longitude])],
    );
  });

  it("hold no place outside of a trip", async () => {
    const life = await shownLife();
    await life.play([standing(0, 40), standing(1, 40, WORK)]);
    assert.deepEqual((await life.past()).tracks, []);
    await life.close();
  });
});

/** Leaves out the levels that were shown since. */
function untilNow(
  { level: levels, ...past }: Awaited<ReturnType<Awaited<ReturnType<typeof shownLife>>["past"]>>,
  count: number,
) {
  const columns = Object.entries(levels).map(([name, column]) => [name, column.slice(0, count)] as const);
  return { level: Object.fromEntries(columns), ...past };
}

describe("the past of an account's cars", () => {
  const lived = [...TRIP, ...shifted(CHARGE, 4 * HOUR)];
  const open = shifted([moving(0), ...TRIP.slice(2, 30)], 12 * HOUR);

  for (const how of ["an orderly close", "a kill"] as const)
    it(`is the same before and after ${how} of Node-RED, and nothing of it is told as new`, async () => {
      const files = memoryFiles();
      const first = await shownLife(files);
      await first.play([...lived, ...open]);
      // Documents are saved once a minute.
      await first.clock.advance(2 * MINUTE);
      const [past, events] = [await first.past(), first.events()];
      assert.deepEqual([past.charges.length, past.trips.map(({ to }) => to === null)], [1, [false, true]]);
      assert.ok(past.tracks.length === 2 && past.level.at.length > 0 && past.reported.at.length > 0);
      const names = ["tripStarted", "tripEnded", "chargingStarted", "chargingEnded"] as const;
      for (const name of names)
        assert.ok(
          events.some((event) => event.name === name && event.isOfCar),
          name,
        );
      if (how === "an orderly close") await first.close();
      // Who is killed writes nothing more: the clock of the first one stands still.
      const second = await shownLife(files, first.clock.now());
      const told: string[] = [];
      second.account.events.on("logged", ({ name }) => told.push(name));
      const { page } = second.open();
      const again = await second.past();
      assert.deepEqual(untilNow(again, past.level.at.length), past);
      assert.deepEqual(second.events(), events);
      await second.clock.advance(MINUTE);
      const changes = page.changes.flat().filter(({ kind }) => kind === "event");
      assert.deepEqual([told, changes], [[], []]);
      await second.close();
    });

  it("goes on after a restart as if there had been none", async () => {
    const whole = await shownLife();
    await whole.play([...lived, ...open]);
    const files = memoryFiles();
    const first = await shownLife(files);
    await first.play(lived);
    await first.close();
    const second = await shownLife(files, first.clock.now());
    await second.play(open);
    const [one, other] = [await second.past(), await whole.past()];
    assert.deepEqual([one.charges, one.trips, one.tracks], [other.charges, other.trips, other.tracks]);
    assert.deepEqual(second.events(), whole.events());
    await whole.close();
    await second.close();
  });

  it("is told to pages that are open while it is read, and comes back with an account that was gone", async () => {
    const files = memoryFiles();
    const life = await shownLife(files);
    await life.play(lived);
    const before = { past: await life.past(), events: life.events() };
    await life.remove(life.account);
    assert.deepEqual(life.snapshot().events, []);
    const { page } = life.open();
    await life.add("a1", CAR);
    assert.deepEqual(page.snapshots.at(-1)?.events.length, before.events.length);
    await life.clock.advance(SECOND);
    const past = untilNow(await life.past(), before.past.level.at.length);
    assert.deepEqual({ past, events: life.events() }, before);
    await life.close();
  });

  it("holds each event once, although a car tells it again after a crash", async () => {
    const files = memoryFiles();
    const first = await shownLife(files);
    await first.play(lived);
    await first.clock.advance(2 * MINUTE);
    const before = first.events();
    // The car's own state was never saved.
    await files.remove("/a1/vehicles.json");
    const second = await shownLife(files, Date.parse(lived[0]?.at ?? ""));
    await second.play(lived);
    assert.deepEqual(second.events(), before);
    await second.close();
  });

  it("is gone from page and disk once the journal of the car is deleted; that of others is not", async () => {
    const files = memoryFiles();
    const life = await shownLife(files);
    life.tell(life.account, OTHER_VIN, { [SOC]: 50, "vehicle.body.chargingPort.status": "DISCONNECTED" });
    await life.clock.advance(MINUTE);
    life.tell(life.account, OTHER_VIN, { "vehicle.body.chargingPort.status": "CONNECTED" });
    await life.play([...lived, ...open]);
    const { page } = life.open();
    await life.account.journal.desk.erase(VIN);
    // What is shown from now on is new.
    const erasedAt = life.clock.now() / SECOND;
    const goneOf = async (one: typeof life) => {
      const { level: levels, ...gone } = await one.past();
      assert.ok(levels.at.every((at) => at >= erasedAt));
      return [gone.charges, gone.trips, gone.tracks, gone.reported.value];
    };
    assert.deepEqual(await goneOf(life), [[], [], [], []]);
    assert.deepEqual(
      life.events().filter(({ isOfCar }) => isOfCar),
      [],
    );
    assert.ok(life.events("pluggedIn").length === 1, "of the other car");
    assert.deepEqual(page.snapshots.at(-1)?.events, life.snapshot().events);
    const saved = String(await files.read("/a1/events.json"));
    assert.ok(saved.includes(OTHER_VIN) && !saved.includes(VIN));
    await life.close();
    const again = await shownLife(files, life.clock.now());
    assert.deepEqual(await goneOf(again), [[], [], [], []]);
    assert.deepEqual(
      again.events().filter(({ isOfCar }) => isOfCar),
      [],
    );
    await again.close();
  });

  it("loses with a deleted entry what happened in it, and nothing else", async () => {
    const life = await shownLife();
    await life.play(lived);
    const [trip] = await life.account.journal.desk.entries(VIN, {
      kinds: ["trip"],
      details: false,
      from: null,
      to: null,
    });
    await life.account.journal.desk.remove([VIN], trip?.id ?? "");
    const { trips, tracks, charges } = await life.past();
    assert.deepEqual([trips, tracks, charges.length], [[], [], 1]);
    const names = life.events().map(({ name }) => name);
    assert.ok(!names.includes("tripStarted") && !names.includes("tripEnded") && names.includes("chargingEnded"));
    await life.close();
  });
});
