import assert from "node:assert/strict";
import fc from "fast-check";
import { batteryHealth } from "../../../src/journal/battery-health.js";
import { evidenceOf } from "../../../src/journal/capacity-evidence.js";
import { advancedMeter, NEW_METER, readMeter } from "../../../src/journal/energy-meter.js";
import { readEntry, type JournalEntry } from "../../../src/journal/entry.js";
import { JournalValueFeed, type JournalStir } from "../../../src/journal/journal-value-feed.js";
import {
  energyOf,
  journalValues,
  lastEntries,
  type JournalFacts,
  type JournalValue,
} from "../../../src/journal/journal-values.js";
import { sumsBy } from "../../../src/journal/sums.js";
import { START, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const figure = (value: number, source = "car") => ({ value, source, sigma: null });

function entry(kind: "trip" | "charge", day: number, members: object): JournalEntry {
  const date = `2026-03-${String(day).padStart(2, "0")}`;
  const times = { start: `${date}T08:00:00+01:00`, end: `${date}T09:00:00+01:00`, zone: "Europe/Berlin" };
  const id = `${kind}-${date.replaceAll("-", "")}T070000Z`;
  const read = readEntry({ schema: 1, kind, id, ...times, ...members });
  assert.ok(typeof read === "object");
  return read;
}

const charge = (day: number, kwh: number, cost: number | null = null) =>
  entry("charge", day, {
    ...{ drawnKwh: figure(kwh), levelFrom: figure(40, "level"), levelTo: figure(80, "level"), method: "AC" },
    ...{ place: { name: "home", latitude: 48, longitude: 11 } },
    ...(cost !== null && { cost: { amount: cost, currency: "EUR", source: "tariff" } }),
  });
const trip = (day: number, km: number) =>
  entry("trip", day, {
    ...{ distanceKm: figure(km), durationMin: 30, energyKwh: figure(3, "level"), inferred: false },
    ...{ from: { name: "home", latitude: 48, longitude: 11 }, to: { name: null, latitude: 48.2, longitude: 11 } },
  });

function factsOf(entries: readonly JournalEntry[]): JournalFacts {
  const charges = entries.filter((one) => one.kind === "charge");
  const health = batteryHealth(evidenceOf(charges), "Europe/Berlin");
  return { summary: { currency: "EUR", years: sumsBy("year", entries, "EUR"), health }, ...lastEntries(entries) };
}

const valuesOf = (entries: readonly JournalEntry[]) => {
  const facts = factsOf(entries);
  const values = journalValues(facts, energyOf(facts), START);
  return (name: string) => values.find((value) => value.name === `journal.${name}`);
};

describe("values of a journal", () => {
  it("are totals, the last trip and charge, and the capacity", () => {
    const entries = [trip(3, 12.3), charge(4, 20, 6.1), charge(2, 30.5, 9.05), trip(1, 50)];
    const value = valuesOf(entries);
    assert.deepEqual([value("totalEnergyCharged")?.value, value("totalEnergyCharged")?.unit], [50.5, "kWh"]);
    assert.deepEqual([value("totalChargingCost")?.value, value("totalChargingCost")?.unit], [15.15, "EUR"]);
    const { value: km, unit, timestamp, details } = value("lastTrip") ?? {};
    assert.deepEqual([km, unit, timestamp], [12.3, "km", Date.parse("2026-03-03T09:00:00+01:00")]);
    assert.deepEqual(details, {
      ...{ start: "2026-03-03T08:00:00+01:00", end: "2026-03-03T09:00:00+01:00", from: "home", to: null },
      ...{ durationMin: 30, inferred: false, levelFrom: null, levelTo: null, energyKwh: 3, consumption: null },
      purpose: null,
    });
    assert.equal(value("lastCharge")?.value, 20);
    assert.deepEqual(
      ["place", "levelFrom", "levelTo", "cost", "currency", "method"].map(
        (name) => value("lastCharge")?.details?.[name],
      ),
      ["home", 40, 80, 6.1, "EUR", "AC"],
    );
    assert.equal(value("lastChargeCost")?.value, 6.1);
    assert.equal(value("capacity")?.value, null);
  });

  it("are unknown where there is nothing, but for the meter, which begins at nothing", () => {
    const value = valuesOf([]);
    assert.equal(value("totalEnergyCharged")?.value, 0);
    for (const name of ["totalChargingCost", "lastTrip", "lastCharge", "lastChargeCost", "capacity"])
      assert.equal(value(name)?.value, null, name);
  });

  it("tell the capacity with its band", () => {
    const charges = [2, 5, 9, 14].map((day) => charge(day, 35));
    const { value, details } = valuesOf(charges)("capacity") ?? {};
    assert.ok(typeof value === "number" && value > 70 && value < 90, String(value));
    assert.ok(Number(details?.["low"]) < value && Number(details?.["high"]) > value);
    assert.equal(details?.["charges"], 4);
  });

  it("hold no coordinates", () => {
    const facts = factsOf([trip(3, 12.3), charge(4, 20)]);
    assert.doesNotMatch(JSON.stringify(journalValues(facts, 20, START)), /latitude|:48\b/);
  });
});

describe("the meter of all charged energy", () => {
  it("stands still after a correction until the charges have caught up", () => {
    const told = advancedMeter(NEW_METER, 60, false);
    const corrected = advancedMeter(told, 55, false);
    assert.equal(corrected.shownKwh, 60);
    assert.equal(advancedMeter(corrected, 75, false).shownKwh, 75);
  });

  it("counts on after a deletion", () => {
    const deleted = advancedMeter(advancedMeter(NEW_METER, 60, false), 20, true);
    assert.equal(deleted.shownKwh, 60);
    assert.equal(advancedMeter(deleted, 30, false).shownKwh, 70);
    assert.equal(advancedMeter(advancedMeter(deleted, 0, true), 5, false).shownKwh, 65);
  });

  it("never falls, and misses nothing that is charged after a deletion, whatever happens and is restored", () => {
    const step = fc.record({
      kwh: fc.integer({ min: -40, max: 60 }),
      what: fc.constantFrom("charge", "correct", "delete"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        let [meter, sum] = [NEW_METER, 0];
        for (const { kwh, what } of steps) {
          const before = meter.shownKwh;
          const change = what === "charge" ? Math.abs(kwh) : what === "delete" ? -Math.abs(kwh) : kwh;
          sum = Math.max(0, sum + change);
          meter = readMeter(JSON.parse(JSON.stringify(advancedMeter(meter, sum, what === "delete"))));
          assert.ok(meter.shownKwh >= before && meter.shownKwh >= sum);
        }
        const deleted = advancedMeter(meter, sum, true);
        assert.ok(Math.abs(advancedMeter(deleted, sum + 10, false).shownKwh - deleted.shownKwh - 10) < 1e-6);
      }),
      { numRuns: runs(300) },
    );
  });

  it("is a new one where what was saved is none", () => {
    for (const saved of [null, 5, "x", {}, { shownKwh: "much", deletedKwh: NaN }, { shownKwh: -5, deletedKwh: -1 }])
      assert.deepEqual(readMeter(saved), NEW_METER);
  });
});

describe("the feed of the values", () => {
  function feeding(read: () => readonly JournalEntry[]) {
    const told: JournalValue[][] = [];
    const reasons: JournalStir[] = [];
    let saves = 0;
    let isBroken = false;
    const feed = new JournalValueFeed({
      facts: () => (isBroken ? Promise.reject(new Error("disk")) : Promise.resolve(factsOf(read()))),
      now: () => START,
      onValues: (_vin, values, why) => {
        told.push([...values]);
        reasons.push(why);
      },
      onState: () => saves++,
    });
    const names = () => told.splice(0).flatMap((values) => values.map(({ name }) => name.replace("journal.", "")));
    const stir = (why: JournalStir = "entries") => feed.stir(VIN, why);
    return {
      feed,
      told,
      reasons,
      names,
      stir,
      breakDisk: (broken: boolean) => (isBroken = broken),
      saves: () => saves,
    };
  }

  it("tells what has changed, and nothing that was never known", async () => {
    const entries: JournalEntry[] = [];
    const { names, stir, feed } = feeding(() => entries);
    await stir();
    assert.deepEqual(names(), ["totalEnergyCharged"]);
    entries.push(trip(1, 10));
    await stir();
    assert.deepEqual(names(), ["lastTrip"]);
    entries.push(charge(2, 20, 5));
    await stir();
    assert.deepEqual(names(), ["totalEnergyCharged", "totalChargingCost", "lastCharge", "lastChargeCost"]);
    await stir();
    assert.deepEqual(names(), []);
    assert.equal(feed.valuesOf(VIN).length, 5);
    assert.deepEqual(feed.valuesOf("WBY1Z2C30N7A00009"), []);
  });

  it("makes unknown what was deleted, and keeps the meter, also over a restart", async () => {
    let entries: JournalEntry[] = [trip(1, 10), charge(2, 20, 5)];
    const { told, stir, feed } = feeding(() => entries);
    await stir();
    entries = [];
    told.length = 0;
    await stir("deletion");
    assert.deepEqual(
      told.flat().map(({ name, value }) => [name, value]),
      ["totalChargingCost", "lastTrip", "lastCharge", "lastChargeCost"].map((name) => [`journal.${name}`, null]),
    );
    const next = feeding(() => entries);
    next.feed.restore(JSON.parse(JSON.stringify(feed.state)));
    entries = [charge(3, 10)];
    await next.stir();
    assert.equal(next.feed.valuesOf(VIN).find(({ name }) => name.endsWith("EnergyCharged"))?.value, 30);
  });

  it("reads once for all that come together, and does not forget a deletion among them", async () => {
    let entries: JournalEntry[] = [charge(2, 20)];
    const { told, reasons, stir, feed } = feeding(() => entries);
    await stir("start");
    entries = [charge(3, 5)];
    told.length = 0;
    await Promise.all([stir("deletion"), stir(), stir()]);
    assert.equal(told.length, 1);
    assert.deepEqual(reasons, ["start", "deletion"]);
    assert.deepEqual(feed.state[VIN], { shownKwh: 20, deletedKwh: 15 });
  });

  it("tells nothing that was read in part before an entry and in part after it", async () => {
    const { told, reasons, stir } = feeding(() => [charge(2, 20)]);
    // The first one has begun to read when the second comes.
    await Promise.all([stir("start"), Promise.resolve().then(() => stir("entries"))]);
    assert.deepEqual(reasons, ["entries"]);
    assert.equal(told.flat().length, 2);
  });

  it("reads later what cannot be read now", async () => {
    const { names, stir, breakDisk, feed } = feeding(() => [charge(2, 20)]);
    breakDisk(true);
    await stir("deletion");
    assert.deepEqual(names(), []);
    breakDisk(false);
    await feed.stir("WBY1Z2C30N7A00009", "entries");
    assert.ok(names().length > 0);
    assert.equal(feed.valuesOf(VIN).length, 2);
  });

  it("takes what comes at the very end of its work", async () => {
    const entries = [charge(2, 20)];
    const { feed, stir, names } = feeding(() => entries);
    await stir();
    names();
    const [first, second] = [stir(), stir()];
    entries.push(charge(3, 5));
    await Promise.all([first.then(() => stir()), second.then(() => stir())]);
    assert.ok(names().includes("totalEnergyCharged"));
    assert.deepEqual(feed.state[VIN], { shownKwh: 25, deletedKwh: 0 });
  });

  it("does not take what was read of a car that was forgotten meanwhile", async () => {
    const { feed, stir, told } = feeding(() => [charge(2, 20)]);
    const reading = stir();
    feed.forget(VIN);
    await reading;
    const other = stir();
    feed.reset();
    await other;
    assert.deepEqual([feed.state, told], [{}, []]);
    await stir();
    assert.equal(feed.valuesOf(VIN).length, 2);
  });

  it("forgets another owner's cars, and takes no state that is none", async () => {
    const { feed, stir } = feeding(() => [charge(2, 20)]);
    await stir();
    feed.reset();
    assert.deepEqual([feed.state, feed.valuesOf(VIN)], [{}, []]);
    for (const saved of [null, [], "x", { notAVin: {} }]) feed.restore(saved);
    assert.deepEqual(feed.state, {});
  });
});
