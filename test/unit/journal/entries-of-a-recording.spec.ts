import assert from "node:assert/strict";
import type { ChargeEntry, TripEntry } from "../../../src/journal/entry.js";
import type { SummaryMessage } from "../../../src/replay/journal-lines.js";
import { VIN } from "../../helpers/fakes.js";
import {
  CHARGE,
  chargesIn,
  fix,
  HOME,
  journalOf,
  level,
  line,
  moving,
  plugged,
  standing,
  stream,
  time,
  TRIP,
  tripsIn,
  unplugged,
  wholeJournalOf,
  WORK,
} from "../../helpers/journal.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

function withoutOdometer(one: (typeof TRIP)[number]): (typeof TRIP)[number] {
  const { vin, data } = one["payload"] as { vin: string; data: Record<string, unknown> };
  const kept = Object.entries(data).filter(([name]) => name !== "vehicle.vehicle.travelledDistance");
  return { ...one, payload: { vin, data: Object.fromEntries(kept) } };
}

const STATUS = "vehicle.drivetrain.electricEngine.charging.status";

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("the journal of a recording", () => {
  it("has a charge with its levels, energies, place and course", async () => {
    const [charge, ...more] = await journalOf(CHARGE);
    assert.deepEqual(more, []);
    assert.equal(charge?.kind, "charge");
    assert.equal(charge.id, "charge-20260302T061000Z");
    assert.equal(charge.start, "2026-03-02T07:10:00+01:00");
    assert.equal(charge.end, "2026-03-02T10:31:00+01:00");
    assert.equal(charge.zone, "Europe/Berlin");
    assert.deepEqual(charge.place, { name: "home", ...HOME });
    assert.deepEqual([charge.levelFrom?.value, charge.levelTo?.value], [40, 80]);
    assert.deepEqual([charge.batteryKwh?.value, charge.batteryKwh?.source], [32, "level"]);
    assert.equal(charge.drawnKwh?.source, "car");
    // 230 V · 16 A · 3 for 201 minutes.
    assert.ok(Math.abs(charge.drawnKwh.value - 36.98) < 0.4, String(charge.drawnKwh.value));
    assert.deepEqual([charge.gridKwh, charge.solarKwh], [charge.drawnKwh.value, 0]);
    assert.ok(Math.abs((charge.efficiency ?? 0) - 0.865) < 0.015, String(charge.efficiency));
    assert.deepEqual([charge.method, charge.phases, charge.reason], ["AC", 3, "unplugged"]);
    assert.equal(charge.peakKw?.value, 11.04);
    assert.ok(Math.abs((charge.meanKw?.value ?? 0) - 11.04) < 0.1, String(charge.meanKw?.value));
    assert.deepEqual([charge.odometerKm, charge.maxEnergyKwh], [1000, 80]);
  });

  it("has a curve of at most 120 points, and parts that add up to the drawn energy", async () => {
    const [charge] = chargesIn(await journalOf(CHARGE));
    const { curve, parts } = charge?.detail ?? { curve: [], parts: [] };
    assert.ok(curve.length > 50 && curve.length <= 120, String(curve.length));
    assert.ok(curve.every(([minute = null], index) => index === 0 || Number(minute) >= Number(curve[index - 1]?.[0])));
    assert.equal(parts.length, 15);
    const drawn = sum(parts.map(([, kwh]) => kwh ?? 0));
    assert.ok(Math.abs(drawn - (charge?.drawnKwh?.value ?? 0)) < 0.01, String(drawn));
  });

  it("says that the user's meter told the energy", async () => {
    const metered = Array.from({ length: 202 }, (_, minute) => line(10 + minute, "power", { kw: 10 }));
    const lines = [...CHARGE, ...metered].sort((one, other) => one.at.localeCompare(other.at));
    const [charge] = chargesIn(await journalOf(lines));
    assert.equal(charge?.drawnKwh?.source, "meter");
    assert.ok(Math.abs(charge.drawnKwh.value - 33.5) < 0.35, String(charge.drawnKwh.value));
  });

  it("counts the minutes before a meter tells its first power, and those between the last one and the stop", async () => {
    const isTelling = (one: (typeof CHARGE)[number]) => !JSON.stringify(one).includes("acVoltage");
    const silent = CHARGE.map((one) => (isTelling(one) ? one : pluggedSilently(10, 40)));
    for (const [first, every] of [
      [1, 1],
      [5, 5],
      [8, 8],
    ] as const) {
      const metered = Array.from({ length: 201 }, (_, minute) => minute)
        .filter((minute) => minute >= first && (minute - first) % every === 0)
        .map((minute) => line(10 + minute, "power", { kw: 10 }));
      const lines = [...silent, ...metered].sort((one, other) => one.at.localeCompare(other.at));
      const [charge] = chargesIn(await journalOf(lines));
      assert.equal(charge?.drawnKwh?.source, "meter");
      // 10 kW for 201 minutes.
      assert.ok(Math.abs(charge.drawnKwh.value - 33.5) < 0.1, `${every} ${charge.drawnKwh.value}`);
    }
  });

  it("takes no minutes for those of a meter that begins in the middle of a charge", async () => {
    const isTelling = (one: (typeof CHARGE)[number]) => !JSON.stringify(one).includes("acVoltage");
    const silent = CHARGE.map((one) => (isTelling(one) ? one : pluggedSilently(10, 40)));
    const metered = Array.from({ length: 60 }, (_, minute) => line(151 + minute, "power", { kw: 10 }));
    const lines = [...silent, ...metered].sort((one, other) => one.at.localeCompare(other.at));
    const [charge] = chargesIn(await journalOf(lines));
    assert.equal(charge?.drawnKwh?.source, "estimate");
    assert.ok(Math.abs(charge.drawnKwh.value - 32 / 0.9) < 2, String(charge.drawnKwh.value));
  });

  it("concludes the drawn energy from the levels where nothing tells the power, and says so", async () => {
    const silent = CHARGE.map((one) => {
      const { data } = one["payload"] as { data: Record<string, unknown> };
      const kept = Object.entries(data).filter(([name]) => !/acVoltage|acAmpere|phaseNumber/.test(name));
      return { ...one, payload: { ...(one["payload"] as object), data: Object.fromEntries(kept) } };
    });
    assert.ok(JSON.stringify(silent).includes(STATUS));
    const [charge] = chargesIn(await journalOf(silent));
    assert.equal(charge?.drawnKwh?.source, "estimate");
    assert.ok(Math.abs(charge.drawnKwh.value - 32 / 0.9) < 2, String(charge.drawnKwh.value));
    assert.equal(charge.efficiency, null);
  });

  it("believes the power of a charge, though its car still tells the capacity that its battery had when it was new", async () => {
    // 11.04 kW for 201 minutes are 37 kWh, of which 33 arrive: 50 % of the 66 kWh that are left, not of 80.
    const raised = (soc: number) => (soc > 40 ? 40 + (soc - 40) * 1.25 : soc);
    const aged = CHARGE.map((one) => {
      const text = JSON.stringify(one).replace(
        /(batteryManagement\.header":\{"value":)(\d+)/g,
        (_, name, soc) => String(name) + Math.floor(raised(Number(soc))).toString(),
      );
      return JSON.parse(text) as (typeof CHARGE)[number];
    });
    const [charge] = chargesIn(await journalOf(aged));
    assert.ok((charge?.batteryKwh?.value ?? 0) > 39, String(charge?.batteryKwh?.value));
    assert.equal(charge?.drawnKwh?.source, "car");
    assert.ok(Math.abs(charge.drawnKwh.value - 36.98) < 0.4, String(charge.drawnKwh.value));
  });

  it("has energy that nobody told when the level rose, so that each hour costs what it costs", async () => {
    const silent = CHARGE.map((one) => (JSON.stringify(one).includes("acVoltage") ? pluggedSilently(10, 40) : one));
    const [charge] = chargesIn(await journalOf(silent));
    const parts = charge?.detail.parts ?? [];
    assert.ok(parts.length >= 13, JSON.stringify(parts));
    const mean = (charge?.drawnKwh?.value ?? NaN) / (201 / 15);
    for (const [quarter, kwh] of parts.slice(2, -2))
      assert.ok(Math.abs((kwh ?? 0) / mean - 1) < 0.25, `${String(quarter)} ${String(kwh)} of ${mean}`);
    assert.equal(charge?.peakKw, null);
  });

  it("counts nothing that only the last power tells, of a car that has fallen silent", async () => {
    const isTold = (one: (typeof CHARGE)[number]) => one.at < time(111);
    // Twenty of the hundred minutes' points had come; then nothing, and the word of its end the next morning.
    const asked = Array.from({ length: 118 }, (_, step) => line(112 + 5 * step, "read"));
    const lines = [
      ...CHARGE.filter(isTold),
      ...asked,
      stream(700, { [STATUS]: "NOCHARGING" }),
      level(701, 60),
      line(800, "read"),
    ];
    const [charge] = chargesIn(await journalOf(lines));
    assert.deepEqual([charge?.levelTo?.value, charge?.batteryKwh?.value], [60, 16]);
    assert.equal(charge?.drawnKwh?.source, "estimate");
    assert.ok(Math.abs(charge.drawnKwh.value - 16 / 0.9) < 1, String(charge.drawnKwh.value));
    const late = sum(charge.detail.parts.flatMap(([quarter = 0, kwh]) => ((quarter ?? 0) > 9 ? (kwh ?? 0) : 0)));
    assert.ok(late < 3, JSON.stringify(charge.detail.parts));
  });

  it("believes a meter that tells more than the levels need", async () => {
    const metered = Array.from({ length: 202 }, (_, minute) => line(10 + minute, "power", { kw: 20 }));
    const lines = [...CHARGE, ...metered].sort((one, other) => one.at.localeCompare(other.at));
    const [charge] = chargesIn(await journalOf(lines));
    assert.equal(charge?.drawnKwh?.source, "meter");
    assert.ok(Math.abs(charge.drawnKwh.value - 67) < 0.7, String(charge.drawnKwh.value));
  });

  it("does not believe energy that was counted with one phase before three of them showed", async () => {
    const countless = CHARGE.map((one) => {
      const text = JSON.stringify(one).replace(/,"[\w.]+phaseNumber":\{[^}]*\}/, "");
      return JSON.parse(text) as (typeof CHARGE)[number];
    });
    assert.ok(!JSON.stringify(countless).includes("phaseNumber"));
    const [charge] = chargesIn(await journalOf(countless));
    assert.deepEqual([charge?.phases, charge?.drawnKwh?.source], [3, "estimate"]);
    assert.ok(Math.abs((charge?.drawnKwh?.value ?? 0) - 36) < 2, String(charge?.drawnKwh?.value));
  });

  it("counts no energy twice, and none of a pause", async () => {
    for (const word of ["CHARGINGPAUSED", "CHARGINGENDED", "NOCHARGING"]) {
      const [charge, ...more] = chargesIn(await journalOf(pausedCharge(word)));
      assert.deepEqual([more.length, charge?.pauses], [0, 1], word);
      const { drawnKwh, meanKw } = charge ?? {};
      // 11.04 kW for two times 100 minutes.
      assert.ok(Math.abs((drawnKwh?.value ?? 0) - 36.8) < 0.6, `${word} ${String(drawnKwh?.value)}`);
      assert.ok(Math.abs((meanKw?.value ?? 0) - 11.04) < 0.15, `${word} ${String(meanKw?.value)}`);
    }
  });

  it("concludes the drawn energy as well where only a part of the charge was told, and learns nothing from it", async () => {
    const power = (minute: number, kw: number) =>
      stream(minute, { "vehicle.powertrain.electric.battery.charging.power": kw * 1000 });
    const lines = [
      standing(0, 20),
      stream(10, {
        "vehicle.drivetrain.electricEngine.charging.status": "CHARGINGACTIVE",
        "vehicle.drivetrain.electricEngine.charging.method": "DC_TYP2COMBO",
        "vehicle.drivetrain.batteryManagement.header": 20,
      }),
      ...[power(25, 90), power(32, 80), unplugged(40, 70), level(60, 70)],
    ];
    const [charge] = chargesIn(await journalOf(lines));
    assert.equal(charge?.method, "DC");
    assert.equal(charge.batteryKwh?.value, 40);
    assert.equal(charge.drawnKwh?.source, "estimate");
    assert.ok(charge.drawnKwh.value > 40 && charge.drawnKwh.value < 46, String(charge.drawnKwh.value));
    assert.deepEqual([charge.efficiency, charge.peakKw], [null, { value: 90, source: "car", sigma: null }]);
    assert.ok(Math.abs((charge.meanKw?.value ?? 0) - charge.drawnKwh.value * 2) < 0.1);
  });

  it("has a trip without the odometer where it was not read at the end", async () => {
    const lines = TRIP.map((one) => (one.at === time(70) ? withoutOdometer(one) : one));
    const [trip] = tripsIn(await journalOf(lines));
    assert.equal(trip?.odometerKm, null);
  });

  it("has a trip with its places, figures, purpose and track", async () => {
    const [trip, ...more] = await journalOf(TRIP);
    assert.deepEqual(more, []);
    assert.equal(trip?.kind, "trip");
    assert.equal(trip.start, "2026-03-02T07:10:00+01:00");
    assert.equal(trip.inferred, false);
    assert.deepEqual([trip.from?.name, trip.to?.name], ["home", "work"]);
    assert.deepEqual(trip.purpose, { value: "commute", source: "rule" });
    assert.equal(trip.distanceKm?.value, 60);
    assert.equal(trip.odometerKm, 1060);
    assert.equal(trip.durationMin, 60);
    assert.equal(trip.meanKmh?.value, 60);
    assert.deepEqual([trip.levelFrom?.value, trip.levelTo?.value], [80, 65]);
    assert.equal(trip.energyKwh?.value, 12);
    assert.equal(trip.consumption?.value, 20);
    // The road is longer than the line between the fixes, which tells less than the mean.
    assert.equal(trip.topKmh, null);
    // The road is straight.
    assert.deepEqual(trip.detail.track, [
      [0, 48.1, 11.5],
      [60, 48.2, 11.6],
    ]);
  });

  it("does not know the energy of a trip on which the battery seems to have gained more than a descent gives", async () => {
    const charged = TRIP.map((one) => (one.at === time(0) ? standing(0, 40) : one));
    const [trip] = tripsIn(await journalOf(charged));
    assert.deepEqual([trip?.levelFrom?.value, trip?.levelTo?.value], [40, 65]);
    assert.deepEqual([trip?.energyKwh, trip?.consumption], [null, null]);
    const down = TRIP.map((one) => (one.at === time(0) ? standing(0, 62) : one));
    const [descent] = tripsIn(await journalOf(down));
    assert.equal(descent?.energyKwh?.value, -2.4);
  });

  it("has no charge for a cable of a car that is full, and one in which something may have flowed", async () => {
    const full = [standing(0, 80), stream(10, { [STATUS]: "CHARGINGACTIVE" }), unplugged(10.5, 80), line(100, "read")];
    assert.deepEqual(await journalOf(full), []);
    const begun = [standing(0, 80), plugged(10, 80), unplugged(13, 80), line(100, "read")];
    assert.equal(chargesIn(await journalOf(begun)).length, 1);
  });

  it("supposes no energy of a charge in which the level has fallen", async () => {
    const heated = [standing(0, 60), stream(10, { [STATUS]: "CHARGINGACTIVE" }), unplugged(70, 57), level(90, 57)];
    const [charge] = chargesIn(await journalOf([...heated, line(200, "read")]));
    assert.equal(charge?.levelTo?.value, 57);
    assert.deepEqual([charge.batteryKwh, charge.drawnKwh], [null, null]);
  });

  it("takes a charge with more power than alternating current has for one with direct current", async () => {
    const kw = (minute: number) => stream(minute, { "vehicle.powertrain.electric.battery.charging.power": 90_000 });
    const unnamed = stream(10, { [STATUS]: "CHARGINGACTIVE" });
    const lines = [standing(0, 20), unnamed, ...[11, 13, 15, 17, 19].map(kw), unplugged(20, 38), level(40, 38)];
    const [charge] = chargesIn(await journalOf(lines));
    assert.deepEqual([charge?.method, charge?.phases], ["DC", null]);
  });

  it("has the top speed that two fixes tell", async () => {
    const share = (step: number) => (Math.min(2 * step, step + 19) + 1) / 60;
    const fixes = Array.from({ length: 59 }, (_, step) =>
      fix(11 + step, { latitude: 48.1 + 0.1 * share(step), longitude: 11.5 + 0.1 * share(step) }),
    );
    const [trip] = tripsIn(
      await journalOf([standing(0, 80), moving(10), ...fixes, standing(70, 70, WORK, 1015), line(100, "read")]),
    );
    assert.equal(trip?.topKmh?.source, "track");
    assert.ok(trip.topKmh.value > (trip.meanKmh?.value ?? Infinity), String(trip.topKmh.value));
  });

  it("does not say where a charge was if the car has moved since its last fix", async () => {
    const { data } = standing(70, 65)["payload"] as { data: Record<string, unknown> };
    const kept = Object.entries(data).filter(([name]) => !name.includes("currentLocation"));
    const arrival = { ...standing(70, 65), payload: { vin: "WBY1Z2C30N7A00001", data: Object.fromEntries(kept) } };
    const lines = [standing(0, 80), ...TRIP.slice(1, 2), arrival, plugged(200, 65), level(300, 80), unplugged(310, 81)];
    const [charge] = chargesIn(await journalOf([...lines, level(340, 81)]));
    assert.equal(charge?.place, null);
  });

  it("sums up each car in the end, corrections counted once", async () => {
    const session = {
      startTime: Date.parse(time(9)) / 1000,
      endTime: Date.parse(time(213)) / 1000,
      energyConsumedFromPowerGridKwh: 35,
    };
    const lines = [...CHARGE, line(300, "chargingHistory", { payload: { data: [session] } })];
    const sent = await wholeJournalOf(lines);
    assert.deepEqual(
      sent.map(({ output }) => output),
      [0, 0, 1],
    );
    const { vin, kind, days, months, years, health } = sent[2]?.msg as SummaryMessage;
    assert.deepEqual([vin, kind, health.charges], [VIN, "summary", 1]);
    assert.deepEqual([days[0]?.period, months[0]?.period, years[0]?.period], ["2026-03-02", "2026-03", "2026"]);
    assert.deepEqual([years[0]?.charges, years[0]?.drawnKwh, years[0]?.cost], [1, 35, 10.5]);
  });

  it("has what a recording breaks off after", async () => {
    const [trip, summary] = await wholeJournalOf(TRIP.slice(0, -1));
    assert.deepEqual([(trip?.msg as TripEntry).distanceKm?.value, summary?.output], [60, 1]);
    const [charge] = await wholeJournalOf(CHARGE.slice(0, -1));
    assert.equal((charge?.msg as ChargeEntry).levelTo?.value, 80);
  });

  it("makes the same entries after a restart at any place", async () => {
    const whole = [
      ...CHARGE,
      ...TRIP.slice(1)
        .map((one) => ({ ...one, at: later(one.at, 300) }))
        .map(shifted),
    ];
    const expected = await journalOf(whole);
    assert.deepEqual([chargesIn(expected).length, tripsIn(expected).length], [1, 1]);
    const random = new SeededRandom(SEED, "restart of a journal");
    for (let run = 0; run < runs(8); run++) {
      const place = random.between(1, whole.length - 1);
      const before = whole[place - 1];
      const restart = { at: before?.at ?? time(0), kind: "restart" };
      const found = await journalOf([...whole.slice(0, place), restart, ...whole.slice(place)]);
      assert.deepEqual(found.map(essence), expected.map(essence), String(place));
    }
  });
});

/** A charge from minute 10 to 240 that pauses from 110 to 140, with the status that says so. */
function pausedCharge(word: string): (typeof CHARGE)[number][] {
  const rising = (from: number, soc: number) =>
    Array.from({ length: 19 }, (_, step) => level(from + 5 * (step + 1), soc + step + 1));
  const pause = stream(110, { "vehicle.drivetrain.electricEngine.charging.status": word });
  return [
    ...[standing(0, 40), plugged(10, 40), ...rising(10, 40), pause],
    ...[plugged(140, 59), ...rising(140, 59), unplugged(240, 78), level(270, 78)],
  ];
}

/** A charge begins of which the car tells no power. */
function pluggedSilently(minute: number, soc: number): (typeof CHARGE)[number] {
  const { data } = plugged(minute, soc)["payload"] as { data: Record<string, { value: unknown }> };
  const kept = Object.entries(data).filter(([name]) => !/acVoltage|acAmpere|phaseNumber/.test(name));
  return stream(minute, Object.fromEntries(kept.map(([name, { value }]) => [name, value])));
}

const later = (at: string, minutes: number) => new Date(Date.parse(at) + minutes * 60_000).toISOString();

/** Moves the times of the values of a message with it. */
function shifted(one: (typeof CHARGE)[number]): (typeof CHARGE)[number] {
  if (one.kind !== "stream") return one;
  const payload = one["payload"] as { data: Record<string, { value: unknown }> };
  const data = Object.entries(payload.data).map(([name, entry]) => [name, { ...entry, timestamp: one.at }]);
  return { ...one, payload: { ...payload, data: Object.fromEntries(data) as object } };
}

/** What a restart must not change: but a heartbeat more or less. */
function essence(entry: Awaited<ReturnType<typeof journalOf>>[number]): unknown {
  if (entry.kind === "trip") return entry;
  const { detail: _detail, drawnKwh, gridKwh: _grid, meanKw: _mean, efficiency: _efficiency, ...rest } = entry;
  return { ...rest, drawn: Math.round(drawnKwh?.value ?? 0) };
}
