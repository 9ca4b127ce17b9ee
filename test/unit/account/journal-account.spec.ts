import assert from "node:assert/strict";
import type { JournalChange } from "../../../src/account/journal/journal-change.js";
import { readEntry, SCHEMA, type ChargeEntry, type JournalEntry } from "../../../src/journal/entry.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { newProblem } from "../../../src/support/errors.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { request } from "../../helpers/account-in-process.js";
import { testAccount, type TestAccountOptions } from "../../helpers/account.js";
import { json, START, VIN } from "../../helpers/fakes.js";
import { CHARGE, HOME, level, plugged, standing, TRIP, unplugged } from "../../helpers/journal.js";
import { switchedLock } from "../../helpers/switched-lock.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const MINUTE = 60_000;
const FILE = `/account-1/journal/${VIN}/2026.ndjson`;
const ALL = { kinds: ["trip", "charge"], details: true, from: null, to: null } as const;
const PLACES = [{ name: "home", ...HOME, radius: "150", purpose: "" }];

/** An account that hears recorded messages of a car at their times. */
async function liveAccount(options: TestAccountOptions = {}) {
  const files = (options.files as TroubledFiles | undefined) ?? new TroubledFiles();
  const parts = testAccount({ properties: { places: PLACES }, ...options, files });
  const { account, broker, clock, log } = parts;
  const changes: JournalChange[] = [];
  account.events.on("entry", (_vin, change) => changes.push(change));
  account.retain("node-1");
  await account.open(parts.login());
  await settle();
  broker.accept();
  const play = async (lines: readonly RecordedLine[], retained = false) => {
    for (const { at, payload } of lines) {
      const wait = Date.parse(at) - clock.now();
      if (wait > 0) await clock.advance(wait);
      if (payload === undefined) continue;
      if (retained) broker.last().events.onMessage(`bmw/${VIN}`, Buffer.from(JSON.stringify(payload)), true);
      else broker.publish(VIN, payload);
      await settle();
    }
  };
  const told = () => changes.map(({ outcome, entry }) => `${outcome} ${entry?.kind ?? "all"}`);
  const warned = () => log.lines.filter((line) => line.startsWith("warn") && line.includes("journal"));
  const entries = () => account.journal.desk.entries(VIN, ALL);
  /** What the next start of the same account needs. */
  const { vaultKey, ownership } = parts;
  const again = { ...options, files, clock, vaultKey, ownership, script: [json(200, [])] };
  return { ...parts, files, changes, play, told, warned, entries, again };
}

function chargeIn(changes: readonly JournalChange[]): ChargeEntry {
  const found = changes
    .map(({ entry }) => entry)
    .find((entry) => entry !== null && !("deleted" in entry) && entry.kind === "charge");
  assert.ok(found !== undefined && found !== null && "drawnKwh" in found);
  return found;
}

describe("the journal of an account", () => {
  it("has a trip and a charge once they are over, and finds them again after a restart", async () => {
    const first = await liveAccount();
    await first.play(TRIP);
    const later = CHARGE.map((line) => ({ ...shifted(line, 200) }));
    await first.play(later);
    assert.deepEqual(first.told(), ["new trip", "new charge"]);
    const before = await first.entries();
    await first.account.close();
    const second = await liveAccount(first.again);
    assert.deepEqual(await second.entries(), before);
    assert.deepEqual(second.told(), []);
    await second.account.close();
  });

  it("reads no files of older years once there are enough entries", async () => {
    const { account, files, clock } = await liveAccount();
    const year = (number: number): JournalEntry => {
      const start = `${number}-02-03T08:00:00+01:00`;
      const id = `trip-${number}0203T070000Z`;
      const entry = readEntry({ schema: SCHEMA, kind: "trip", id, start, end: start, zone: "Europe/Berlin" });
      assert.ok(typeof entry === "object");
      return entry;
    };
    await account.journal.desk.merge(VIN, [2019, 2023, 2024, 2025, 2026].map(year));
    const idsOf = (found: readonly JournalEntry[]) => found.map(({ start }) => Number(start.slice(0, 4)));
    assert.deepEqual(idsOf(await account.journal.desk.entries(VIN, ALL)), [2019, 2023, 2024, 2025, 2026]);
    await clock.advance(MINUTE);
    files.calls.length = 0;
    const newest = await account.journal.desk.entries(VIN, ALL, 2);
    assert.deepEqual(idsOf(newest).slice(-2), [2025, 2026]);
    assert.ok(!files.calls.some((call) => call.includes("2019") || call.includes("2023")), files.calls.join());
    assert.deepEqual(idsOf(await account.journal.desk.entries(VIN, ALL, 4)), [2019, 2023, 2024, 2025, 2026]);
    await account.close();
  });

  it("goes on with a charge over a restart in its middle: one entry, whole", async () => {
    const whole = await liveAccount();
    await whole.play(CHARGE);
    await whole.account.close();
    const first = await liveAccount();
    await first.play(CHARGE.slice(0, 20));
    await first.account.close();
    const second = await liveAccount(first.again);
    await second.play(CHARGE.slice(20));
    assert.deepEqual(second.told(), ["new charge"]);
    const [one, other] = [chargeIn(second.changes), chargeIn(whole.changes)];
    assert.deepEqual([one.id, one.start, one.levelFrom], [other.id, other.start, other.levelFrom]);
    assert.ok(Math.abs((one.drawnKwh?.value ?? 0) / (other.drawnKwh?.value ?? 1) - 1) < 0.03);
    assert.equal(one.place?.name, "home");
    assert.equal((await second.entries()).length, 1);
    await second.account.close();
  });

  it("is not begun by values that a broker has kept", async () => {
    const properties = { source: "broker", brokerHost: "broker.local", places: PLACES };
    const { play, told, entries, account } = await liveAccount({ properties });
    await play([standing(0, 40), plugged(1, 40), unplugged(60, 70), ...TRIP], true);
    assert.deepEqual(told(), []);
    assert.deepEqual(await entries(), []);
    await account.close();
  });

  it("is kept by a reader at the user's own broker as well, on its own", async () => {
    const properties = { source: "broker", brokerHost: "broker.local", places: PLACES };
    const { play, told, account } = await liveAccount({ properties });
    await play(CHARGE);
    assert.deepEqual(told(), ["new charge"]);
    await account.close();
  });

  it("takes what BMW's charging history tells, whoever has asked for it", async () => {
    const seconds = (minute: number) => (START + minute * MINUTE) / 1000;
    const session = { startTime: seconds(-600), endTime: seconds(-500), energyConsumedFromPowerGridKwh: 12.5 };
    const page = json(200, { data: [{ ...session, displayedStartSoc: 30, displayedSoc: 45 }], next_token: null });
    const cars = [json(200, [{ vin: VIN, mappingType: "PRIMARY" }]), json(200, { driveTrain: "BEV" })];
    const { account, clock, told, entries } = await liveAccount({ script: [...cars, page] });
    await clock.advance(MINUTE);
    await account.rest.run(request("chargingHistory", { vin: VIN }), () => undefined);
    await settle();
    assert.deepEqual(told(), ["new charge"]);
    assert.equal(((await entries())[0] as ChargeEntry).drawnKwh?.value, 12.5);
    await account.close();
  });

  it("waits while the disk is full: says so once, and goes on by itself when there is room", async () => {
    const { files, play, told, warned, account, clock, entries } = await liveAccount();
    files.trouble("append", "ENOSPC");
    await play([...CHARGE, ...TRIP.map((line) => shifted(line, 300))]);
    assert.equal(account.journal.problem?.code, "journal_files");
    assert.deepEqual([told(), warned().length], [[], 1]);
    assert.ok(warned()[0]?.includes("ENOSPC"));
    files.mend();
    await clock.advance(MINUTE);
    assert.equal(account.journal.problem, null);
    assert.deepEqual(told(), ["new charge", "new trip"]);
    assert.equal((await entries()).length, 2);
    await account.close();
  });

  it("keeps what could not be written over a restart, and has it once", async () => {
    const first = await liveAccount();
    first.files.trouble("append", "ENOSPC");
    await first.play(CHARGE);
    await first.account.close();
    first.files.mend();
    for (const told of [["new charge"], []]) {
      const next = await liveAccount(first.again);
      assert.deepEqual(next.told(), told);
      assert.equal((await next.entries()).length, 1);
      await next.account.close();
    }
  });

  it("joins a charge with its beginning when that could be read only late", async () => {
    const first = await liveAccount();
    await first.play(CHARGE.slice(0, 20));
    await first.account.close();
    first.files.trouble("read", "EIO", /journal\.json/);
    const second = await liveAccount(first.again);
    await second.play(CHARGE.slice(20, 30));
    second.files.mend();
    await second.play(CHARGE.slice(30));
    assert.deepEqual(second.told(), ["new charge"]);
    const charge = chargeIn(second.changes);
    assert.equal(charge.levelFrom?.value, 40);
    assert.ok(charge.detail.curve.length > 20, String(charge.detail.curve.length));
    await second.account.close();
  });

  it("says why a file cannot be read, and asks it again", async () => {
    const { files, play, account, entries, clock } = await liveAccount();
    await play(CHARGE);
    // What was read for the values of the journal would be known still, also by its digest.
    await settle();
    account.journal.folderFree();
    for (const operation of ["read", "stamp"] as const) files.trouble(operation, "EIO", /ndjson/);
    await assert.rejects(entries(), { code: "journal_files" });
    await assert.rejects(account.journal.desk.health(VIN), { code: "journal_files" });
    files.mend();
    await clock.advance(MINUTE);
    assert.equal((await entries()).length, 1);
    await account.close();
  });

  it("touches no file while another process works with the folder, and then reads what that has left", async () => {
    const { lock, turn } = switchedLock(null);
    const { files, play, account, told, warned, clock, entries } = await liveAccount({ lock });
    await play(CHARGE);
    const [entry] = await entries();
    turn(newProblem("folder_in_use", { pid: 7, host: "other" }));
    await settle();
    files.calls.length = 0;
    // What is on its way when the folder is lost.
    const drive = TRIP.map((line) => shifted(line, 400));
    for (const { payload } of drive)
      account.registry.receive(`x/${VIN}`, Buffer.from(JSON.stringify(payload ?? {})), clock.now());
    await clock.advance(60 * MINUTE);
    await assert.rejects(entries(), { code: "journal_files" });
    assert.deepEqual(files.calls, []);
    assert.deepEqual(warned(), []);
    // The other one has corrected an entry, and has heard another one.
    const [start, end] = ["2026-03-02T01:00:00+01:00", "2026-03-02T01:30:00+01:00"];
    const others = [
      { ...entry, note: "by the other" },
      { ...entry, id: "charge-20260302T000000Z", start, end },
    ];
    await files.append(FILE, others.map((one) => `${JSON.stringify(one)}\n`).join(""));
    turn(null);
    await clock.advance(MINUTE);
    assert.deepEqual(
      (await entries()).map(({ kind, note }) => [kind, note]),
      [
        ["charge", null],
        ["charge", "by the other"],
        ["trip", null],
      ],
    );
    assert.deepEqual(told(), ["new charge", "new trip"]);
    await account.close();
  });

  it("knows prices and the sun by message over a restart, for as long as they hold", async () => {
    const first = await liveAccount();
    await first.play(CHARGE.slice(0, 2));
    first.account.journal.price([{ from: START, price: 0.25 }]);
    first.account.journal.solar({ share: 1 });
    await first.account.close();
    const second = await liveAccount(first.again);
    await second.play(CHARGE.slice(2));
    const { cost, drawnKwh, solarKwh, gridKwh } = chargeIn(second.changes);
    // Half an hour of 200 minutes came from the sun: then its message no longer holds.
    assert.ok(Math.abs((solarKwh ?? 0) / (drawnKwh?.value ?? 1) - 30 / 200) < 0.03, String(solarKwh));
    assert.deepEqual([cost?.source, cost?.amount], ["price", Math.round((gridKwh ?? 0) * 25) / 100]);
    await second.account.close();
  });

  it("shows another customer nothing, and the former one everything again", async () => {
    const { account, play, login, clock, changes, told } = await liveAccount();
    await play(CHARGE);
    assert.deepEqual(account.journal.desk.vins, [VIN]);
    const OTHER = "88888888-8888-4777-8666-555555555555";
    await account.adoptLogin(login({ gcid: OTHER }));
    await clock.advance(MINUTE);
    assert.deepEqual(account.journal.desk.vins, []);
    await account.adoptLogin(login());
    await clock.advance(MINUTE);
    assert.deepEqual(account.journal.desk.vins, [VIN]);
    assert.deepEqual([told(), changes.length], [["new charge"], 1]);
    await account.close();
  });
});

describe("the journal of a car that its owner deletes", () => {
  it("leaves nothing on the disk, neither of what goes on, and BMW's history does not bring it back", async () => {
    const { account, files, play, told, clock, entries } = await liveAccount();
    await play([...CHARGE, plugged(300, 70), level(305, 71)]);
    await clock.advance(2 * MINUTE);
    await account.journal.desk.erase(VIN);
    assert.equal(await files.content(FILE), null);
    assert.deepEqual(await account.levels.between(VIN, 0, clock.now()), []);
    const saved = JSON.parse(String(await files.content("/account-1/journal.json"))) as { data: { cars: object } };
    assert.deepEqual(saved.data.cars, {});
    await play([unplugged(320, 73), level(340, 73)]);
    const seconds = (minute: number) => (START + minute * MINUTE) / 1000;
    account.journal.history(VIN, [
      { startTime: seconds(10), endTime: seconds(211), energyConsumedFromPowerGridKwh: 36 },
    ]);
    await settle();
    assert.deepEqual(told(), ["new charge", "deleted all"]);
    assert.deepEqual(await entries(), []);
    await play([plugged(400, 70), ...[1, 2, 3, 4].map((step) => level(400 + step * 5, 70 + step)), unplugged(421, 75)]);
    assert.deepEqual(told(), ["new charge", "deleted all", "new charge"]);
    await account.close();
  });

  it("does not get back an entry that was deleted by itself when BMW tells it again", async () => {
    const { account, play, entries, changes } = await liveAccount();
    await play(CHARGE);
    const { id } = chargeIn(changes);
    await account.journal.desk.remove([VIN], id);
    const seconds = (minute: number) => (START + minute * MINUTE) / 1000;
    account.journal.history(VIN, [
      { startTime: seconds(10), endTime: seconds(211), energyConsumedFromPowerGridKwh: 36 },
    ]);
    await settle();
    assert.deepEqual(await entries(), [] as JournalEntry[]);
    await account.close();
  });
});

function shifted(line: RecordedLine, minutes: number): RecordedLine {
  const move = (text: string) => new Date(Date.parse(text) + minutes * MINUTE).toISOString();
  const moved = JSON.stringify(line).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, move);
  return JSON.parse(moved) as RecordedLine;
}
