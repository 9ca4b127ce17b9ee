import assert from "node:assert/strict";
import { checkAccount, planOf } from "../../../src/account/doctor/check.js";
import { OwnershipRegistry } from "../../../src/account/ownership-registry.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { testAccount } from "../../helpers/account.js";
import { readyAccounts } from "../../helpers/account-in-process.js";
import { GCID, json, OTHER_VIN, VIN } from "../../helpers/fakes.js";

const accountWith = readyAccounts();
const DOORS = "vehicle.cabin.door.row1.driver.isOpen";

type Ready = Awaited<ReturnType<typeof accountWith>>;

/** Checks while the time goes on, and counts what that has cost. */
async function check(one: Pick<Ready, "account" | "clock" | "calls">) {
  const before = one.calls().length;
  const checked = checkAccount(one.account, () => one.clock.now());
  await one.clock.advance(3 * 60_000);
  const { level, findings } = await checked;
  const codes = findings.filter((finding) => finding.level !== "green").map(({ code }) => code);
  return { level, findings, codes, cost: one.calls().length - before };
}

describe("a check", () => {
  it("costs one request, which it says before, and names what BMW has", async () => {
    const one = await accountWith();
    assert.deepEqual(planOf(one.account).cost, 1);
    const { findings, cost } = await check(one);
    assert.equal(cost, 1);
    const rest = findings.filter(({ area }) => area === "rest" || area === "quota").map(({ code }) => code);
    assert.deepEqual(rest, ["rest_answers", "quota_good"]);
    for (const vin of [one.vin, one.other]) assert.ok(!JSON.stringify(findings).includes(vin));
  });

  for (const [status, id, code] of [
    [503, "CU-503", "cu_503"],
    [401, "CU-102", "cu_102"],
  ] as const)
    it(`asks no second time after ${status}, which an ordinary request would`, async () => {
      const one = await accountWith();
      one.refuse(2, status, id);
      const { codes, cost } = await check(one);
      assert.equal(cost, 1);
      assert.ok(codes.includes(code), codes.join());
    });

  it("asks nothing when no request is left, and says so before and after", async () => {
    const one = await accountWith();
    one.bmw.faults.burnQuota(50);
    assert.equal((await one.press("vehicles")).error?.code, "cu_429_other_client");
    assert.deepEqual([planOf(one.account).cost, planOf(one.account).spared], [0, "noQuota"]);
    const { codes, cost } = await check(one);
    assert.equal(cost, 0);
    assert.deepEqual(
      codes.filter((code) => /unasked|429/.test(code)),
      ["rest_unasked", "cu_429_other_client"],
    );
  });

  it("asks nothing again that BMW has said before: that this login may not", async () => {
    const one = await accountWith();
    one.refuse(1, 403, "CU-103");
    await one.press("vehicles");
    const { codes, cost } = await check(one);
    assert.deepEqual([cost, codes.filter((code) => code === "cu_103").length], [0, 1]);
  });

  it("notices that a data container is gone", async () => {
    const one = await accountWith();
    one.join("reader", { descriptors: [], pollRequests: [] });
    assert.equal((await check(one)).findings.find(({ area }) => area === "container")?.code, "container_good");
    const { containers } = one.account.rest.state;
    assert.ok(containers.container);
    const deleted = await one.press("containers", {
      containerAction: "delete",
      containerId: containers.container.id,
      confirm: true,
    });
    assert.equal(deleted.error, null);
    assert.equal((await check(one)).findings.find(({ area }) => area === "container")?.code, "container_later");
  });
});

describe("a check of an account by itself", () => {
  const findingsOf = async ({ account, clock }: Pick<ReturnType<typeof testAccount>, "account" | "clock">) => {
    const checked = checkAccount(account, () => clock.now());
    // Between two requests lies a second.
    await clock.advance(5000);
    return (await checked).findings;
  };
  const codesOf = async (parts: Parameters<typeof findingsOf>[0]) => {
    const findings = await findingsOf(parts);
    return findings.filter(({ level }) => level !== "green").map(({ code }) => code);
  };

  it("asks nobody, be it before the first login or because another account has the client id", async () => {
    const ownership = new OwnershipRegistry();
    const first = testAccount({ id: "first", ownership, properties: { name: "Home" } });
    const second = testAccount({ id: "second", ownership });
    await first.account.open(first.login());
    await second.account.open();
    await settle();
    const before = first.http.requests.length;
    const codes = await codesOf(second);
    assert.equal(codes[0], "client_in_use");
    assert.deepEqual(planOf(second.account), { cost: 0, spared: "noLogin", quota: second.account.status.quota });
    assert.deepEqual([first.http.requests.length - before, second.http.requests.length], [0, 0]);
    const fresh = testAccount();
    await fresh.account.open();
    assert.equal((await codesOf(fresh))[0], "not_logged_in");
    assert.equal(fresh.http.requests.length, 0);
  });

  it("judges the cars by what has come from them", async () => {
    const mappings = [
      { vin: VIN, mappingType: "PRIMARY" },
      { vin: OTHER_VIN, mappingType: "SECONDARY" },
    ];
    const parts = testAccount({ script: [json(200, mappings), json(200, {})], properties: { clusters: ["doors"] } });
    parts.account.retain("node-1");
    await parts.account.open(parts.login());
    await settle();
    parts.broker.accept();
    await parts.clock.advance(5000);
    const time = new Date(parts.clock.now()).toISOString();
    parts.broker.publish(VIN, { vin: VIN, entityId: GCID, data: { [DOORS]: { value: true, timestamp: time } } });
    const findings = await findingsOf(parts);
    const ofCars = findings.filter(({ car }) => car !== undefined);
    assert.deepEqual(
      ofCars.map(({ car, area, code }) => `${car ?? ""} ${area} ${code}`),
      [
        ...["role role_primary", "data data_little", "data cluster_came", "message message_recent"].map(
          (line) => `…0001 ${line}`,
        ),
        ...["role car_secondary", "data data_none"].map((line) => `…0002 ${line}`),
      ],
    );
  });

  it("judges an account on the user's own broker without a word to BMW", async () => {
    const parts = testAccount({ properties: { source: "broker", brokerHost: "lan" }, credentials: {} });
    parts.account.retain("node-1");
    await parts.account.open();
    await settle();
    parts.broker.accept();
    assert.deepEqual(await codesOf(parts), ["broker_silent", "no_cars_heard"]);
    assert.deepEqual(planOf(parts.account).spared, "broker");
    assert.equal(parts.http.requests.length, 0);
  });

  it("says that an account without a node has no stream", async () => {
    const parts = testAccount();
    await parts.account.open(parts.login());
    await settle();
    assert.ok((await codesOf(parts)).includes("no_node"));
  });
});
