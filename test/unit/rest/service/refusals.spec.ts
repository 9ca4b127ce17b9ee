import assert from "node:assert/strict";
import { diagnostics } from "../../../../src/account/status.js";
import { readyAccounts, telematicWants } from "../../../helpers/account-in-process.js";
import { START } from "../../../helpers/fakes.js";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

const ready = readyAccounts();

/** Returns the saved values, to check that none of them has changed. */
function valuesOf({ account }: Awaited<ReturnType<typeof ready>>): unknown {
  return [...account.registry.cars.values()].map(({ vehicle }) => [...vehicle.readings.values()]);
}

describe("a refusal of BMW has its effect:", () => {
  for (const [id, code] of [
    ["CU-100", "cu_100"],
    ["CU-101", "cu_101"],
    ["CU-102", "cu_102"],
  ] as const) {
    it(`${id} renews the token once and repeats the call`, async () => {
      const { press, refuse, refreshes, calls, vin } = await ready();
      refuse(1, 401, id);
      assert.equal((await press("basicData", { vin })).error, null);
      assert.deepEqual([refreshes(), calls().length], [1, 2]);
    });

    it(`${id} that stays is reported, without more renewals`, async () => {
      const { press, refuse, refreshes, calls, vin } = await ready();
      refuse(2, 401, id);
      const { error } = await press("basicData", { vin });
      assert.equal(error?.code, code);
      assert.deepEqual([refreshes(), calls().length], [1, 2]);
    });
  }

  it("401 without a code is taken for the token, too", async () => {
    const { bmw, press, refreshes, vin } = await ready();
    bmw.faults.api.status(1, 401, "");
    assert.equal((await press("basicData", { vin })).error, null);
    assert.equal(refreshes(), 1);
  });

  it("CU-103 ends automatic calls until the right is there, and touches no token", async () => {
    const { account, press, refuse, refreshes, calls, join, clock, vin } = await ready();
    refuse(1, 403, "CU-103");
    const { error } = await press("basicData", { vin });
    assert.match(error?.message ?? "", /subscribe the client to CarData API/);
    assert.equal(refreshes(), 0);
    join("n1", telematicWants("n1", { schedule: "dense" }));
    await clock.advance(DAY_MS);
    assert.equal(calls("telematicData").length, 0);
    assert.equal(account.status.rest.problem?.code, "cu_103");
    assert.equal((await press("basicData", { vin })).error?.code, "cu_103");
    assert.equal(calls().length, 1);
    assert.equal((await press("basicData", { vin, force: true })).error, null);
    await clock.advance(2 * HOUR_MS);
    assert.ok(calls("telematicData").length > 0);
  });

  it("CU-104 marks the car, and the others are asked all the same", async () => {
    const { account, press, bmw, refreshes, vin, other } = await ready();
    bmw.faults.refuseCar(vin);
    const { answers, error } = await press("telematicData", { force: true });
    assert.equal(error?.code, "cu_104");
    assert.match(error.message, new RegExp(`…${vin.slice(-4)}`));
    assert.deepEqual(
      answers.map((answer) => answer.vin),
      [other],
    );
    const car = account.registry.cars.get(vin);
    assert.ok(car);
    assert.equal(account.rest.access(vin, car), "no_permission");
    assert.equal(refreshes(), 0);
  });

  it("CU-104 that is over is forgotten when a person asks by force", async () => {
    const { account, press, bmw, vin } = await ready();
    bmw.faults.refuseCar(vin);
    await press("telematicData", { vin });
    bmw.faults.refuseCar(vin, false);
    assert.equal((await press("telematicData", { vin, force: true })).error, null);
    const car = account.registry.cars.get(vin);
    assert.ok(car);
    assert.equal(account.rest.access(vin, car), "ok");
  });

  for (const [status, id] of [
    [403, "CU-105"],
    [400, "CU-121"],
    [404, ""],
  ] as const)
    it(`${id || status} for the data container makes it anew in the same call`, async () => {
      const { press, refuse, refreshes, calls, vin } = await ready();
      refuse(1, status, id);
      assert.equal((await press("telematicData", { vin })).error, null);
      assert.equal(refreshes(), 0);
      assert.equal(calls("telematicData").length, 2);
    });

  it("CU-120 is reported", async () => {
    const { press, refuse, calls, vin } = await ready();
    refuse(1, 400, "CU-120");
    assert.match((await press("basicData", { vin })).error?.message ?? "", /17 characters, in capitals/);
    assert.equal(calls().length, 1);
  });

  it("CU-122 for a container that is gone already is a success", async () => {
    const { press, refuse } = await ready();
    refuse(1, 208, "CU-122");
    const { answers, error } = await press("containers", {
      containerAction: "delete",
      containerId: "A1b2C3d4E5f6G",
      confirm: true,
    });
    assert.equal(error, null);
    assert.deepEqual(answers[0]?.operation === "containers" && answers[0].payload, {
      action: "delete",
      deleted: ["A1b2C3d4E5f6G"],
      failed: [],
    });
  });

  it("CU-125 reads the list once more from its beginning", async () => {
    const { press, bmw, calls, vin } = await ready();
    const asked = press("chargingHistory", { vin });
    const { answers, error } = await asked;
    assert.equal(error, null);
    const whole = answers[0];
    assert.ok(whole?.operation === "chargingHistory");
    bmw.log.clear();
    bmw.faults.api.answers(
      { status: 200, body: { data: [], next_token: "old" } },
      { status: 400, body: { exveErrorId: "CU-125" } },
    );
    const again = (await press("chargingHistory", { vin })).answers[0];
    assert.ok(again?.operation === "chargingHistory");
    assert.deepEqual(again.payload, whole.payload);
    assert.equal(calls().length, 2 + 3);
  });

  it("CU-126 is remembered: the second time no call is sent, unless by force", async () => {
    const { press, refuse, calls, clock, restart, vin } = await ready();
    refuse(1, 404, "CU-126");
    for (let time = 0; time < 2; time++)
      assert.match((await press("image", { vin })).error?.message ?? "", /no picture/);
    await restart();
    assert.equal((await press("image", { vin })).error?.code, "cu_126");
    assert.equal(calls("image").length, 1);
    await clock.advance(30 * DAY_MS);
    assert.equal((await press("image", { vin })).error, null);
    assert.equal(calls("image").length, 2);
    assert.equal((await press("image", { vin })).error, null);
    assert.equal(calls("image").length, 2);
    await press("image", { vin, force: true });
    assert.equal(calls("image").length, 3);
  });

  it("CU-127 says that there are no locations; with invalid_token it is about the token", async () => {
    const { press, refuse, refreshes, vin } = await ready();
    refuse(1, 404, "CU-127", "No settings");
    assert.match((await press("chargingSettings", { vin })).error?.message ?? "", /no charging locations/);
    assert.equal(refreshes(), 0);
    refuse(1, 403, "CU-127", "invalid_token");
    const { error } = await press("chargingSettings", { vin, force: true });
    assert.equal(error, null);
    assert.equal(refreshes(), 1);
  });

  it("CU-400 is reported and not repeated", async () => {
    const { press, refuse, calls, vin } = await ready();
    refuse(1, 400, "CU-400");
    const { error } = await press("basicData", { vin });
    assert.match(error?.message ?? "", /report this/);
    assert.equal(calls().length, 1);
  });

  it("CU-401 for charging history shortens a range that was forced once, to 30 days", async () => {
    const { press, requests, calls, vin } = await ready();
    const from = START - 80 * DAY_MS;
    assert.equal((await press("chargingHistory", { vin, from, to: START, force: true })).error, null);
    assert.equal(calls()[0]?.error, "CU-401");
    const asked = requests.filter(({ url }) => url.includes("chargingHistory")).map(({ url }) => new URL(url));
    assert.equal(asked[0]?.searchParams.get("from"), new Date(from).toISOString());
    assert.equal(asked[1]?.searchParams.get("from"), new Date(START - 30 * DAY_MS).toISOString());
  });

  it("CU-403 for every new container is not asked for again for a day", async () => {
    const { press, bmw, calls, clock, vin } = await ready();
    bmw.faults.loseContainers();
    bmw.faults.refuseContainers(true);
    const { error } = await press("telematicData", { vin });
    assert.match(error?.message ?? "", /refused to make the data container/);
    const spent = calls().length;
    assert.ok(calls("POST").length <= 3);
    assert.equal((await press("telematicData", { vin })).error?.code, "cu_403");
    assert.equal(calls().length, spent);
    bmw.faults.refuseContainers(false);
    await clock.advance(DAY_MS);
    assert.equal((await press("telematicData", { vin })).error, null);
  });

  it("CU-429 holds every call back, reports who used the quota up, and when it goes on", async () => {
    const { account, press, bmw, calls, vin, events } = await ready();
    bmw.faults.burnQuota(50);
    const { error } = await press("basicData", { vin });
    assert.match(error?.message ?? "", /another program.*continues at 07:0\d UTC.*Live data is not affected/);
    for (const operation of ["vehicles", "image", "containers", "tyreDiagnosis"] as const)
      assert.equal(
        (await press(operation, operation === "vehicles" ? {} : { vin })).error?.code,
        "cu_429_other_client",
      );
    assert.equal(calls().length, 1);
    assert.equal(account.status.quota.remaining, 0);
    assert.ok(account.status.quota.blockedUntil);
    assert.ok(events.some(({ name }) => name === "quotaLow"));
    assert.equal((await press("quota")).error, null);
  });

  it("CU-500 is not repeated within the call", async () => {
    const { press, refuse, calls, vin } = await ready();
    refuse(1, 500, "CU-500");
    assert.match((await press("basicData", { vin })).error?.message ?? "", /internal error/);
    assert.equal(calls().length, 1);
  });

  it("CU-503 is repeated once, then reported", async () => {
    const { press, refuse, calls, vin } = await ready();
    refuse(2, 503, "CU-503");
    assert.match((await press("basicData", { vin })).error?.message ?? "", /down at the moment/);
    assert.equal(calls().length, 2);
  });

  it("403 without a code is reported, and the token stays", async () => {
    const { bmw, press, refreshes, vin } = await ready();
    bmw.faults.api.status(1, 403, "");
    assert.match((await press("basicData", { vin })).error?.message ?? "", /refused access \(403\)/);
    assert.equal(refreshes(), 0);
  });

  it("403 for a daily feature lets that rest for a week, and the diagnostics say so", async () => {
    const { account, refuse, calls, clock, join, vin } = await ready();
    const pollRequests = [{ kind: "tyreDiagnosis", node: "n1", vin, pages: 1 }] as const;
    refuse(1, 403, "CU-104");
    join("n1", { descriptors: null, pollRequests });
    await clock.advance(6 * DAY_MS);
    assert.equal(calls("TyreDiagnosis").length, 1);
    const { cars } = diagnostics(account) as { cars: { resting: { tyreDiagnosis?: string } }[] };
    const end = Date.parse(cars[0]?.resting.tyreDiagnosis ?? "");
    assert.ok(end > clock.now() && end <= clock.now() + 2 * DAY_MS);
    await clock.advance(3 * DAY_MS);
    assert.ok(calls("TyreDiagnosis").length >= 2);
  });

  it("no network is reported after one repetition, and automatic calls wait longer each time", async () => {
    const { bmw, press, calls, clock, join, vin } = await ready();
    bmw.faults.api.down(true);
    assert.match((await press("basicData", { vin })).error?.message ?? "", /cannot be reached/);
    bmw.log.clear();
    bmw.faults.api.down(false);
    bmw.faults.api.drop(1000);
    join("n1", telematicWants("n1", { schedule: "dense", vin }));
    await clock.advance(DAY_MS);
    assert.ok(calls("telematicData").length <= 20, `${calls("telematicData").length} calls`);
    assert.ok(calls("telematicData").length >= 6, `${calls("telematicData").length} calls`);
  });
});

/** An object of any kind may be basic data or a diagnosis without tyres, and members of lists that are no objects are dropped. */
const MAKES_SENSE: ReadonlySet<string> = new Set([
  "basicData: wrong types",
  "tyreDiagnosis: wrong types",
  "vehicles: a list of nonsense",
  "chargingHistory: a list of nonsense",
]);

describe("an answer of BMW that makes no sense", () => {
  const nested = "[".repeat(100) + "]".repeat(100);
  for (const operation of ["telematicData", "basicData", "chargingHistory", "tyreDiagnosis", "vehicles"] as const)
    for (const [title, body] of [
      ["no JSON", "<html>"],
      ["cut JSON", '{"telematicData":{"vehicle'],
      ["a number", "7"],
      ["null", "null"],
      ["nothing at all", ""],
      ["a list of nonsense", "[[],7]"],
      ["nesting without end", nested],
      ["wrong types", '{"telematicData":7,"data":"x","passengerCar":3}'],
    ] as const) {
      if (MAKES_SENSE.has(`${operation}: ${title}`)) continue;
      it(`(${title}) is a clear error of ${operation} and changes nothing`, async () => {
        const one = await ready();
        const before = valuesOf(one);
        const cars = [...one.account.registry.cars.keys()];
        one.bmw.faults.api.status(1, 200, body, "application/json");
        const { answers, error } = await one.press(operation, operation === "vehicles" ? {} : { vin: one.vin });
        assert.equal(error?.code, "rest_invalid_response");
        assert.match(error.message, /cannot be read. Nothing was changed/);
        assert.deepEqual(answers, []);
        assert.deepEqual(valuesOf(one), before);
        assert.deepEqual([...one.account.registry.cars.keys()], cars);
      });
    }

  it("has no picture in it: nothing is kept of it", async () => {
    const { press, bmw, calls, vin } = await ready();
    bmw.faults.api.status(1, 200, "<html>".repeat(50), "image/png");
    assert.equal((await press("image", { vin })).error?.code, "image_unusable");
    assert.equal((await press("image", { vin })).error, null);
    assert.equal(calls("image").length, 2);
  });

  it("is larger than allowed and dropped", async () => {
    const { press, bmw, vin } = await ready();
    bmw.faults.api.status(1, 200, `{"a":"${"x".repeat(3_000_000)}"}`, "application/json");
    assert.equal((await press("basicData", { vin })).error?.code, "rest_too_large");
  });
});
