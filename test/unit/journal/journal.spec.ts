import assert from "node:assert/strict";
import type { JournalEntry } from "../../../src/journal/entry.js";
import { Journal } from "../../../src/journal/journal.js";
import { journalStateCodec } from "../../../src/journal/journal-state.js";
import { JournalStore } from "../../../src/journal/journal-store.js";
import type { SocEstimate } from "../../../src/soc/estimate.js";
import type { VehicleEvent } from "../../../src/vehicle/vehicle-event.js";
import { NO_CHANGES } from "../../../src/vehicle/vehicle-changes.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import { SETTINGS } from "../../helpers/journal.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const HOUR = 3_600_000;

function ended(day: number): VehicleEvent {
  const startedAt = START + day * 24 * HOUR;
  return {
    name: "tripEnded",
    ...{ at: startedAt + HOUR, startedAt, inferred: false, endedAt: startedAt + HOUR },
    ...{ distanceKm: 50, durationMin: 60, socUsed: 10, from: null, to: null },
  };
}

function journalOn(files: TroubledFiles) {
  const told: [string, JournalEntry["id"]][] = [];
  const troubles: unknown[] = [];
  const journal = new Journal({
    store: new JournalStore(files, "/journal"),
    settings: () => SETTINGS,
    viewOf: () => ({ estimate: null, magic: null, position: null, readings: new Map() }),
    onEntry: (_vin, { id }, outcome) => told.push([outcome, id]),
    onTrouble: (cause) => troubles.push(cause),
  });
  const drive = (day: number, vin = VIN) => {
    const events = [ended(day)];
    journal.follow({ ...NO_CHANGES, vin, events }, START + day * 24 * HOUR + HOUR);
  };
  return { journal, told, troubles, drive };
}

/** An estimate of a charge that has drawn so much until a time, of a battery of 80 kWh. */
function charging(grossKwh: number, countedUntil: number): SocEstimate {
  const soc = 20 + grossKwh;
  const figures = { method: "AC", powerKw: 11, powerSource: "meter", phases: 3, phasesSource: "reported" } as const;
  const counted = { energyKwh: grossKwh, grossKwh, countedUntil };
  const rest = { efficiency: 0.9, targetSoc: 80, minutesToTarget: 60, ...counted, startedAt: START };
  return {
    ...{ soc, sigma: 0.5, band90: [soc - 1, soc + 1], mode: "charging", bmw: null, drive: null },
    capacity: { kwh: 80, source: "maxEnergy" },
    charge: { ...figures, ...rest },
  };
}

describe("the journal on a disk", () => {
  it("has a charge once and whole, however the clock of the computer jumps meanwhile", async () => {
    const jumps = [0, 24 * HOUR, -24 * HOUR, 365 * 24 * HOUR, 10 * 60_000];
    for (const jump of jumps) {
      const entries: JournalEntry[] = [];
      let estimate = charging(0, START);
      const journal = new Journal({
        store: new JournalStore(new TroubledFiles(), "/journal"),
        settings: () => SETTINGS,
        viewOf: () => ({ estimate, magic: null, position: null, readings: new Map() }),
        onEntry: (_vin, entry) => entries.push(entry),
        onTrouble: assert.ifError,
      });
      const take = (event: VehicleEvent, now: number) => {
        journal.follow({ ...NO_CHANGES, vin: VIN, events: [event] }, now);
      };
      take({ name: "chargingStarted", at: START, soc: 20, method: "AC", targetSoc: 80 }, START);
      for (let minute = 1; minute <= 240; minute++) {
        const now = START + minute * 60_000 + (minute >= 100 && minute < 160 ? jump : 0);
        estimate = charging((minute * 11) / 60, now);
        journal.look(VIN, now);
      }
      const at = START + 4 * HOUR;
      const levels = { startSoc: 20, soc: 69.5, from: "level", band90: null, energyKwh: 39.6 } as const;
      const end = { at, startedAt: START, durationMin: 240, reason: "stopped", pauses: 0, ...levels } as const;
      take({ name: "chargingEnded", ...end }, at);
      take({ name: "chargingEnded", ...end }, at);
      await journal.retry();
      const [charge, ...more] = entries;
      assert.ok(charge?.kind === "charge" && more.length === 0, String(jump));
      assert.ok(Math.abs((charge.drawnKwh?.value ?? 0) / 44 - 1) < 0.03, `${jump} ${String(charge.drawnKwh?.value)}`);
    }
  });

  it("has the energy of a charge once, whenever it was looked at between the readings of a meter", async () => {
    const kwhOf = async (looks: readonly number[]) => {
      let [estimate, kwh]: [SocEstimate, number] = [{ ...charging(0, START), charge: null }, NaN];
      const journal = new Journal({
        store: new JournalStore(new TroubledFiles(), "/journal"),
        settings: () => SETTINGS,
        viewOf: () => ({ estimate, magic: null, position: null, readings: new Map() }),
        onEntry: (_vin, entry) => (kwh = entry.kind === "charge" ? (entry.drawnKwh?.value ?? NaN) : NaN),
        onTrouble: assert.ifError,
      });
      const take = (event: VehicleEvent, now: number) => {
        const chargeStoppedAt = event.name === "chargingEnded" ? event.at : null;
        journal.follow({ ...NO_CHANGES, vin: VIN, events: [event], chargeStoppedAt }, now);
      };
      take({ name: "chargingStarted", at: START, soc: 20, method: "AC", targetSoc: 80 }, START);
      for (const second of looks) {
        // The meter tells its power every minute.
        const minute = Math.floor(second / 60);
        estimate = charging(((minute - 1) * 11) / 60, START + minute * 60_000);
        journal.look(VIN, START + second * 1000);
      }
      const at = START + 30 * 60_000;
      const levels = { startSoc: 20, soc: 26, from: "level", band90: null, energyKwh: 4.8 } as const;
      take(
        { name: "chargingEnded", at, startedAt: START, durationMin: 30, reason: "stopped", pauses: 0, ...levels },
        at,
      );
      await journal.retry();
      return kwh;
    };
    const every = (seconds: number, from: number) =>
      Array.from({ length: Math.floor((1790 - from) / seconds) }, (_, count) => from + count * seconds);
    assert.equal(await kwhOf(every(30, 60)), 5.5);
    assert.equal(await kwhOf(every(37, 85)), 5.5);
    assert.equal(await kwhOf([119, 601, 1100, 1739]), 5.5);
  });

  it("waits while the disk is full, says so once, and loses nothing", async () => {
    const files = new TroubledFiles();
    const { journal, told, troubles, drive } = journalOn(files);
    files.trouble("append", "ENOSPC");
    for (const day of [0, 1, 2]) drive(day);
    await journal.retry();
    assert.deepEqual([told.length, troubles.length], [0, 1]);
    files.mend();
    drive(3);
    await journal.retry();
    assert.deepEqual(
      told.map(([outcome, id]) => [outcome, id.slice(0, 13)]),
      [2, 3, 4, 5].map((day) => ["new", `trip-2026030${day}`]),
    );
    files.trouble("append", "ENOSPC");
    drive(4);
    await journal.retry();
    assert.deepEqual(
      troubles.map((cause) => cause === null),
      [false, true, false],
    );
  });

  it("writes what can be written while the file of one car cannot, and says that this one still waits", async () => {
    const files = new TroubledFiles();
    const { journal, told, troubles, drive } = journalOn(files);
    files.trouble("append", "EACCES", new RegExp(VIN));
    drive(0);
    drive(1, OTHER_VIN);
    await journal.retry();
    drive(2);
    drive(3, OTHER_VIN);
    await journal.retry();
    assert.deepEqual([told.length, troubles.length], [2, 1]);
    files.mend();
    await journal.retry();
    assert.deepEqual([told.length, troubles.at(-1)], [4, null]);
  });

  it("keeps what waits over a restart", async () => {
    const files = new TroubledFiles();
    const first = journalOn(files);
    files.trouble("read", "EIO");
    first.drive(0);
    await first.journal.retry();
    const saved: unknown = JSON.parse(JSON.stringify(journalStateCodec.encode(first.journal.state)));
    files.mend();
    const second = journalOn(files);
    second.journal.restore(journalStateCodec.decode(saved, 1));
    await second.journal.retry();
    assert.equal(second.told.length, 1);
    second.drive(0);
    await second.journal.retry();
    assert.equal(second.told.length, 1);
  });

  it("starts with nothing from a state that is damaged", async () => {
    const { journal, drive, told } = journalOn(new TroubledFiles());
    const damaged = { cars: { [VIN]: { charge: 7, trip: { startedAt: "x" } } }, waiting: [1, { vin: VIN, entry: {} }] };
    journal.restore({ toJson: () => damaged });
    drive(0);
    await journal.retry();
    assert.equal(told.length, 1);
  });
});
