import assert from "node:assert/strict";
import { matchHistory } from "../../../src/journal/charging-history.js";
import { readSession } from "../../../src/journal/history-session.js";
import type { ChargeEntry } from "../../../src/journal/entry.js";
import type { JsonObject } from "../../../src/support/json.js";
import {
  CHARGE,
  chargesIn,
  journalOf,
  line,
  level,
  plugged,
  SETTINGS,
  standing,
  time,
  unplugged,
  WORK,
} from "../../helpers/journal.js";

const seconds = (minute: number) => Date.parse(time(minute)) / 1000;

/** A session of BMW's history, by minutes. */
function session(from: number, to: number, members: JsonObject = {}): JsonObject {
  return {
    startTime: seconds(from),
    endTime: seconds(to),
    displayedStartSoc: 40,
    displayedSoc: 80,
    energyConsumedFromPowerGridKwh: 35,
    mileage: 1000,
    mileageUnits: "MileageUnits.KM",
    chargingLocation: { mapMatchedLatitude: WORK.latitude, mapMatchedLongitude: WORK.longitude },
    ...members,
  };
}

const history = (minute: number, ...sessions: JsonObject[]) =>
  line(minute, "chargingHistory", { payload: { data: sessions } });

function assertHolds(charge: ChargeEntry | undefined, members: Partial<ChargeEntry>): void {
  assert.deepEqual({ ...charge, ...members }, charge);
}

/** The newest of each id, and how often something was said. */
function kept<Entry extends { id: string }>(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

describe("BMW's charging history in the journal", () => {
  let plain: ChargeEntry;
  before(async () => {
    const [charge] = chargesIn(await journalOf(CHARGE));
    assert.ok(charge !== undefined);
    plain = charge;
  });

  it("corrects the energy of the own charge of the same time, once, and keeps its course", async () => {
    const answers = [300, 400, 500].map((minute) => history(minute, session(9, 213)));
    const charges = chargesIn(await journalOf([...CHARGE, ...answers]));
    assert.equal(charges.length, 2);
    const [own, corrected] = charges;
    assert.equal(corrected?.id, own?.id);
    assert.deepEqual([corrected?.drawnKwh?.value, corrected?.drawnKwh?.source], [35, "chargingHistory"]);
    assert.equal(corrected?.efficiency, 0.914);
    assert.equal(corrected.place?.name, "home");
    assert.deepEqual(corrected.detail.curve, own?.detail.curve);
    assert.equal(corrected.detail.parts.length, own?.detail.parts.length);
    const drawn = corrected.detail.parts.reduce((sum, [, kwh]) => sum + (kwh ?? 0), 0);
    assert.ok(Math.abs(drawn - 35) < 0.001);
  });

  it("does not correct what the user's meter told", async () => {
    const metered = Array.from({ length: 202 }, (_, minute) => line(10 + minute, "power", { kw: 10 }));
    const lines = [...CHARGE, ...metered].sort((one, other) => one.at.localeCompare(other.at));
    assert.equal(chargesIn(await journalOf([...lines, history(300, session(9, 213))])).length, 1);
  });

  it("fills in older charges, once, also after a restart", async () => {
    const older = session(-3000, -2900, { energyConsumedFromPowerGridKwh: 60 });
    const answers = [
      standing(0, 40),
      history(10, older),
      { at: time(20), kind: "restart" },
      history(30, older, session(-3000, -2900)),
      history(40, older),
    ];
    const charges = chargesIn(await journalOf(answers));
    assert.equal(charges.length, 1);
    const [charge] = charges;
    assertHolds(charge, {
      drawnKwh: { value: 60, source: "chargingHistory", sigma: 1.2 },
      gridKwh: 60,
      levelTo: { value: 80, source: "chargingHistory", sigma: 0.29 },
      method: "DC",
      place: { name: "work", ...WORK },
      reason: null,
      odometerKm: 1000,
    });
    assert.equal(charge?.batteryKwh?.value, 32);
  });

  it("leaves a charge to itself that goes on, and takes its words for the one that was filled in meanwhile", async () => {
    const running = [...CHARGE.slice(0, 20), history(104, session(9, 104)), ...CHARGE.slice(20)];
    assert.equal(chargesIn(await journalOf(running)).length, 1);
    const early = [standing(0, 40), history(5, session(10, 213)), ...CHARGE.slice(1)];
    const charges = kept(chargesIn(await journalOf(early)));
    assert.equal(charges.length, 1);
    assert.equal(charges[0]?.reason, "unplugged");
  });

  it("adds up the sessions that BMW made of one charge, and shares a session that was two charges", async () => {
    const halves = [
      session(101, 213, { energyConsumedFromPowerGridKwh: 20 }),
      session(9, 100, { energyConsumedFromPowerGridKwh: 16 }),
    ] as const;
    // The last answer begins within the charge, so that it holds a part of it.
    const answers = [history(300, ...halves), history(400, halves[0])];
    const [, cut, ...more] = chargesIn(await journalOf([...CHARGE, ...answers]));
    assert.deepEqual([cut?.drawnKwh?.value, more], [36, []]);
    const twice = [
      ...[standing(0, 40), plugged(10, 40), level(40, 46), level(70, 52), unplugged(71, 52), level(90, 52)],
      ...[plugged(200, 52), level(230, 58), unplugged(231, 58), level(260, 58)],
      history(300, session(9, 232, { energyConsumedFromPowerGridKwh: 15 })),
    ];
    const charges = kept(chargesIn(await journalOf(twice)));
    const energies = charges.map(({ drawnKwh }) => drawnKwh?.value ?? 0);
    assert.equal(charges.length, 2);
    assert.ok(Math.abs((energies[0] ?? 0) + (energies[1] ?? 0) - 15) < 0.01, String(energies));
    assert.ok(Math.abs((energies[0] ?? 0) - 10) < 0.5, String(energies));
  });

  it("takes the levels of the first and the last session of a charge, in whatever order they come", () => {
    const [first, last] = [session(9, 100, { displayedSoc: 60 }), session(101, 213, { displayedStartSoc: 60 })].map(
      readSession,
    );
    assert.ok(first && last);
    const charge = { ...plain, levelFrom: null, levelTo: null };
    const { corrected } = matchHistory([last, first], [charge], 80, SETTINGS);
    assert.deepEqual([corrected[0]?.levelFrom?.value, corrected[0]?.levelTo?.value], [40, 80]);
  });

  it("fills in nothing of sessions in which nothing was charged or whose times cannot be", async () => {
    const nothing = { energyConsumedFromPowerGridKwh: 0, displayedSoc: 40 };
    const broken = [
      session(-500, -400, nothing),
      session(-400, -500),
      session(-700, -600, { startTime: "soon" }),
      session(-700, -600, { startTime: -5 }),
      session(2000, 2100),
      session(-700, -600, { startTime: 12 }),
      { energyConsumedFromPowerGridKwh: 7 },
    ];
    assert.deepEqual(await journalOf([standing(0, 40), history(10, ...broken)]), []);
  });

  it("counts the distance in kilometres", async () => {
    const miles = session(-500, -400, { mileage: 1000, mileageUnits: "MileageUnits.MI" });
    assert.equal(chargesIn(await journalOf([standing(0, 40), history(10, miles)]))[0]?.odometerKm, 1609.3);
  });
});
