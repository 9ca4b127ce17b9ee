import assert from "node:assert/strict";
import type { OperationRequest } from "../../../../src/rest/operations.js";
import { causeOf } from "../../../../src/messages/error-cause.js";
import { readyAccounts, request, telematicWants } from "../../../helpers/account-in-process.js";
import { START } from "../../../helpers/fakes.js";
import { commuter, secondaryCar } from "../../../simulator/cars/everyday.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const ready = readyAccounts();

const CAR_OPERATIONS = [
  "telematicData",
  "basicData",
  "chargingHistory",
  "tyreDiagnosis",
  "image",
  "chargingSettings",
] as const;

describe("a message that is known to fail costs no call:", () => {
  for (const operation of CAR_OPERATIONS)
    it(`${operation} of a car that BMW refuses, for a week, over restarts, unless forced`, async () => {
      const { press, bmw, calls, clock, restart, vin } = await ready();
      bmw.faults.refuseCar(vin);
      assert.equal((await press("telematicData", { vin })).error?.code, "cu_104");
      assert.equal(calls().length, 1);
      await restart();
      const { error } = await press(operation, { vin });
      assert.equal(error?.code, "cu_104");
      assert.match(error.message, /main user.* on 2026-03-02 06:03 UTC .* from 2026-03-09 06:03 UTC on\..*msg\.force/);
      const { exveErrorId, retryAt, action } = causeOf(error, null);
      assert.deepEqual([exveErrorId, retryAt, action], ["CU-104", "2026-03-09T06:03:00.000Z", "choose-vehicle"]);
      assert.equal(calls().length, 1);
      assert.equal((await press(operation, { vin, force: true })).error?.code, "cu_104");
      assert.equal(calls().length, 2);
      bmw.faults.refuseCar(vin, false);
      await clock.advance(7 * DAY_MS);
      assert.equal((await press(operation, { vin })).error, null);
    });

  it("a car that BMW refuses, for a node that always asks for fresh values: its setting does not insist", async () => {
    const { press, bmw, calls, vin } = await ready();
    bmw.faults.refuseCar(vin);
    await press("telematicData", { vin });
    const { error } = await press("telematicData", { vin, force: true, insist: false });
    assert.deepEqual([error?.code, calls().length], ["cu_104", 1]);
  });

  it("an operation that BMW refuses of a car, while the others are asked", async () => {
    const { press, refuse, calls, restart, vin } = await ready();
    refuse(1, 403, "CU-104");
    assert.equal((await press("tyreDiagnosis", { vin })).error?.code, "cu_104");
    await restart();
    assert.equal((await press("tyreDiagnosis", { vin })).error?.code, "cu_104");
    assert.equal(calls().length, 1);
    assert.equal((await press("basicData", { vin })).error, null);
    assert.equal((await press("tyreDiagnosis", { vin, force: true })).error, null);
    assert.equal((await press("tyreDiagnosis", { vin })).error, null);
  });

  it("a car whose refusal a week ago is over is among those that a message without a car is about", async () => {
    const { press, bmw, clock, vin, other } = await ready();
    bmw.faults.refuseCar(vin);
    await press("telematicData", { force: true });
    bmw.faults.refuseCar(vin, false);
    const asked = async () => (await press("basicData")).answers.map((answer) => answer.vin);
    assert.deepEqual(await asked(), [other]);
    await clock.advance(7 * DAY_MS);
    assert.deepEqual(await asked(), [vin, other]);
  });

  it("a car of which this account is not the main user", async () => {
    const cars = [commuter(START, { days: 0 }), secondaryCar(START)];
    const { press, calls, bmw } = await ready({ cars });
    const vin = bmw.cars[1]?.vin ?? "";
    const { error } = await press("basicData", { vin });
    assert.equal(error?.code, "car_secondary");
    assert.match(error.message, /second user only.*Discover.* on 2026-03-02 06:00 UTC .*msg\.force/);
    assert.equal(causeOf(error, null).action, "choose-vehicle");
    assert.equal(calls().length, 0);
    assert.equal((await press("basicData", { vin, force: true })).error?.code, "cu_104");
    assert.equal(calls().length, 1);
  });

  it("all cars when none can be read, unless forced", async () => {
    const cars = [commuter(START, { days: 0 })];
    const { press, bmw, calls, vin } = await ready({ cars });
    bmw.faults.refuseCar(vin);
    await press("telematicData", { vin });
    bmw.faults.refuseCar(vin, false);
    assert.equal((await press("telematicData")).error?.code, "no_readable_car");
    assert.equal(calls().length, 1);
    assert.equal((await press("telematicData", { force: true })).error, null);
  });

  it("ten data containers of others", async () => {
    const { press, bmw, calls, vin } = await ready();
    bmw.faults.loseContainers();
    bmw.faults.foreignContainers(10);
    assert.equal((await press("telematicData", { vin })).error?.code, "cu_124");
    const spent = calls().length;
    for (const [operation, changes] of [
      ["telematicData", { vin }],
      ["telematicData", {}],
      ["containers", { containerAction: "reset", confirm: true }],
    ] as const) {
      const { error } = await press(operation, { ...changes, force: false });
      assert.equal(error?.code, "cu_124");
      assert.match(
        error.message,
        /10 data containers.*Other program 10.* on 2026-03-02 .* from 2026-03-03 .*msg\.force/,
      );
    }
    assert.equal(calls().length, spent);
    await press("telematicData", { vin, force: true });
    assert.ok(calls().length > spent);
  });

  it("a right that the login lacks, for a week, over restarts", async () => {
    const { press, refuse, calls, restart, clock, vin } = await ready();
    refuse(1, 403, "CU-103");
    await press("basicData", { vin });
    await restart();
    for (const [operation, changes] of [
      ["basicData", { vin }],
      ["vehicles", {}],
      ["containers", {}],
      ["image", { vin }],
    ] as const) {
      const { error } = await press(operation, changes);
      assert.equal(error?.code, "cu_103", operation);
      assert.match(error.message, /on 2026-03-02 06:03 UTC .*msg\.force/);
    }
    assert.equal(calls().length, 1);
    assert.equal((await press("quota")).error, null);
    await clock.advance(7 * DAY_MS);
    assert.equal((await press("vehicles")).error, null);
  });

  it("a range of more than 45 days, however it is said", async () => {
    const { press, calls, vin } = await ready();
    for (const [changes, days] of [
      [{ from: START - 45 * DAY_MS - 1, to: START }, 46],
      [{ from: START - 80 * DAY_MS, to: START }, 80],
      [{ from: START - 300 * DAY_MS, to: START - 200 * DAY_MS }, 100],
      [{ from: START - 50 * DAY_MS }, 51],
    ] as const) {
      const { error } = await press("chargingHistory", { vin, ...changes });
      assert.equal(error?.code, "date_range_too_long");
      assert.match(error.message, new RegExp(`${days} days.*45.*msg\\.force`));
      assert.equal(causeOf(error, null).action, "change-input");
    }
    assert.equal(calls().length, 0);
    assert.equal((await press("chargingHistory", { vin, from: START - 45 * DAY_MS, to: START })).error, null);
    assert.ok(calls().every(({ error }) => error === undefined));
    await press("chargingHistory", { vin, from: START - 80 * DAY_MS, to: START, force: true });
    assert.ok(calls().some(({ error }) => error === "CU-401"));
  });

  it("a range that has not begun; one that has not ended is asked for until now", async () => {
    const { press, calls, requests, clock, vin } = await ready();
    const now = clock.now();
    const future = { from: now + HOUR_MS, to: now + DAY_MS };
    assert.equal((await press("chargingHistory", { vin, ...future })).error?.code, "date_range_invalid");
    assert.equal(calls().length, 0);
    assert.equal((await press("chargingHistory", { vin, from: now - 44 * DAY_MS, to: now + 30 * DAY_MS })).error, null);
    const [asked] = requests.filter(({ url }) => url.includes("chargingHistory")).map(({ url }) => new URL(url));
    assert.ok(Date.parse(asked?.searchParams.get("to") ?? "") <= now + 10 * MINUTE_MS);
  });

  it("charging places that BMW has not, for a day", async () => {
    const { press, refuse, calls, clock, vin } = await ready();
    refuse(1, 404, "CU-127");
    assert.equal((await press("chargingSettings", { vin })).error?.code, "cu_127");
    const { error } = await press("chargingSettings", { vin });
    assert.match(error?.message ?? "", /no charging locations.* on 2026-03-02 .* from 2026-03-03 .*msg\.force/);
    assert.equal(calls().length, 1);
    await clock.advance(DAY_MS);
    assert.equal((await press("chargingSettings", { vin })).error, null);
  });

  it("a picture that BMW has not says since when, until when and what asks all the same", async () => {
    const { press, refuse, calls, vin } = await ready();
    refuse(1, 404, "CU-126");
    await press("image", { vin });
    const { error } = await press("image", { vin });
    assert.match(
      error?.message ?? "",
      /no picture.* on 2026-03-02 06:03 UTC .* from 2026-04-01 06:03 UTC on\..*msg\.force/,
    );
    assert.equal(calls().length, 1);
  });

  it("the quota that BMW calls used up, also by force: its own time counts", async () => {
    const { press, bmw, calls, vin } = await ready();
    bmw.faults.burnQuota(50);
    await press("basicData", { vin });
    for (const force of [false, true]) {
      const { error } = await press("basicData", { vin, force });
      assert.equal(error?.code, "cu_429_other_client");
      assert.match(error.message, /continues at/);
    }
    assert.equal(calls().length, 1);
  });

  it("many messages at once behind the one that is refused", async () => {
    const { account, clock, bmw, calls, vin } = await ready();
    bmw.faults.refuseCar(vin);
    const asked = CAR_OPERATIONS.flatMap((operation) => [
      account.rest.run(request(operation, { vin }), () => undefined),
      account.rest.run(request(operation, { vin, maxPages: 2 }), () => undefined),
    ]);
    const ends = Promise.allSettled(asked);
    await clock.advance(MINUTE_MS);
    assert.ok((await ends).every(({ status }) => status === "rejected"));
    assert.equal(calls().length, 1);
  });

  it("a feature that is fetched daily and that a person knows to be refused", async () => {
    const { press, refuse, calls, clock, join, vin } = await ready();
    refuse(1, 403, "CU-104");
    await press("tyreDiagnosis", { vin });
    join("n1", { descriptors: null, pollRequests: [{ kind: "tyreDiagnosis", node: "n1", vin, pages: 1 }] });
    await clock.advance(6 * DAY_MS);
    assert.equal(calls("TyreDiagnosis").length, 1);
    await clock.advance(9 * DAY_MS);
    assert.ok(calls("TyreDiagnosis").length > 1);
  });
});

describe("requests that are the same and wait at the same time", () => {
  const CASES: readonly [string, Partial<OperationRequest>][] = [
    ...CAR_OPERATIONS.map((operation) => [operation, {}] as [string, object]),
    ["vehicles", {}],
    ["containers", {}],
    ["chargingHistory", { from: START - 10 * DAY_MS, to: START }],
  ];
  for (const [operation, changes] of CASES)
    it(`share the calls of ${operation} ${JSON.stringify(changes)}`, async () => {
      const { account, clock, calls, press, vin } = await ready();
      const asked = { ...changes, ...(CAR_OPERATIONS.some((one) => one === operation) && { vin }) };
      const named = operation as OperationRequest["operation"];
      assert.equal((await press(named, { ...asked, force: true })).error, null);
      const once = calls().length;
      const payloads: unknown[] = [];
      const all = Promise.all(
        Array.from({ length: 5 }, () =>
          account.rest.run(request(named, { ...asked, force: true }), (answer) => payloads.push(answer)),
        ),
      );
      await clock.advance(MINUTE_MS);
      await all;
      assert.equal(payloads.length, 5);
      assert.equal(calls().length, 2 * once);
    });

  it("share the automatic poll of the car", async () => {
    const { account, clock, calls, join, bmw, vin } = await ready();
    join("n1", telematicWants("n1", { schedule: "dense", vin }));
    bmw.faults.api.hang(1);
    const struck = bmw.faults.api.struck();
    let isStruck = false;
    void struck.then(() => (isStruck = true));
    while (!isStruck) await clock.advance(5000);
    const before = calls("telematicData").length;
    const asked = account.rest.run(request("telematicData", { vin }), () => undefined);
    await clock.advance(MINUTE_MS);
    await asked;
    // The poll's own repetition answers both.
    assert.equal(calls("telematicData").length, before + 1);
  });

  it("are two when they are not the same", async () => {
    const { account, clock, calls, vin, other } = await ready();
    const all = Promise.all([
      account.rest.run(request("basicData", { vin }), () => undefined),
      account.rest.run(request("basicData", { vin: other }), () => undefined),
      account.rest.run(request("tyreDiagnosis", { vin }), () => undefined),
    ]);
    await clock.advance(MINUTE_MS);
    await all;
    assert.equal(calls().length, 3);
  });
});
