import assert from "node:assert/strict";
import { openingAccounts, telematicWants } from "../../../helpers/account-in-process.js";
import { START, VIN } from "../../../helpers/fakes.js";
import { commuter, secondaryCar } from "../../../simulator/cars/everyday.js";

const HOUR_MS = 3600 * 1000;

const accountWith = openingAccounts();

async function logged(options = {}) {
  const one = accountWith(options);
  await one.begin();
  const [vin = ""] = one.bmw.cars.map((car) => car.vin);
  return { ...one, vin };
}

describe("the status of REST", () => {
  for (const [title, operation, changes, code] of [
    ["a car that is not there", "telematicData", { vin: VIN }, "vehicle_unknown"],
    ["a deletion that nobody confirmed", "containers", { containerAction: "deleteOwn" }, "confirm_needed"],
    ["an id that is none", "containers", { containerAction: "delete", confirm: true }, "container_id_invalid"],
    ["a range that is none", "chargingHistory", { from: START, to: START }, "date_range_invalid"],
  ] as const)
    it(`stays as it is after ${title}`, async () => {
      const { press, account } = await logged();
      assert.equal((await press(operation, changes)).error?.code, code);
      assert.equal(account.status.rest.state, "ok");
    });

  it("is not failed because BMW has no picture of a car", async () => {
    const { press, account, bmw, vin } = await logged();
    bmw.faults.api.status(1, 404, { exveErrorId: "CU-126" });
    assert.equal((await press("image", { vin })).error?.code, "cu_126");
    assert.equal(account.status.rest.state, "ok");
  });

  it("is failed while BMW's service is down, until it answers", async () => {
    const { press, account, bmw, vin } = await logged();
    bmw.faults.api.status(2, 503, { exveErrorId: "CU-503" });
    await press("basicData", { vin });
    assert.equal(account.status.rest.problem?.code, "cu_503");
    await press("basicData", { vin });
    assert.equal(account.status.rest.state, "ok");
  });

  it("is failed while the quota is used up, and no longer", async () => {
    const { press, account, bmw, clock, vin } = await logged();
    bmw.faults.burnQuota(50);
    await press("basicData", { vin });
    const { rest, quota } = account.status;
    assert.equal(rest.problem?.code, "cu_429_other_client");
    assert.ok(quota.blockedUntil);
    await clock.advanceTo(Date.parse(quota.blockedUntil) - 1);
    assert.equal(account.status.rest.state, "failed");
    await clock.advance(1);
    assert.equal(account.status.rest.state, "ok");
  });

  it("says so when the login has no right to the API", async () => {
    const { account, press, vin } = await logged({ scopes: ["authenticate_user", "openid", "cardata:streaming:read"] });
    assert.equal(account.status.rest.problem?.code, "scope_api_missing");
    assert.equal((await press("telematicData", { vin })).error?.code, "scope_api_missing");
  });
});

describe("quota low", () => {
  it("is reported once a day, however often BMW refuses", async () => {
    const { bmw, clock, join, events } = await logged();
    join("n1", telematicWants("n1", { schedule: "dense" }));
    bmw.faults.burnQuota(50);
    await clock.advanceTo(Date.parse("2026-03-03T00:00:00Z") - 1);
    assert.equal(events.filter(({ name }) => name === "quotaLow").length, 1);
    await clock.advance(8 * HOUR_MS);
    bmw.faults.burnQuota(50);
    await clock.advance(8 * HOUR_MS);
    assert.equal(events.filter(({ name }) => name === "quotaLow").length, 2);
  });
});

describe("the list of cars", () => {
  it("says of a shared car that cannot be taken in that it cannot be read", async () => {
    const shared = secondaryCar(START);
    const { press, account } = await logged({
      cars: [commuter(START, { days: 0 }), shared],
      properties: { vehicles: [{ vin: shared.vin, ignore: true }] },
    });
    const { answers } = await press("vehicles");
    assert.equal(account.registry.cars.has(shared.vin), false);
    const list = answers[0]?.operation === "vehicles" ? answers[0].payload : [];
    assert.deepEqual(
      list.map(({ access }) => access),
      ["ok", "not_primary"],
    );
  });
});
