import assert from "node:assert/strict";
import { accountView } from "../../../src/cockpit/account-view.js";
import { testAccount } from "../../helpers/account.js";
import { readyAccounts, telematicWants } from "../../helpers/account-in-process.js";
import { CLIENT_ID } from "../../helpers/fakes.js";

const keyOf = (vin: string) => `key-${vin.slice(-1)}`;

describe("an account as the cockpit shows it", () => {
  const ready = readyAccounts();

  it("tells stream, login, what was used of the quota by class, the next calls and the container", async () => {
    const { account, clock, vin, join } = await ready();
    join("node", telematicWants("node"));
    await clock.advance(60_000);
    const view = accountView(account, keyOf);
    assert.deepEqual([view.id, view.source, view.login.state, view.stream.state], ["a1", "bmw", "ok", "live"]);
    assert.ok(view.login.loginExpiresAt !== undefined);
    const { classes, used } = view.quota;
    assert.deepEqual(
      classes.map(({ name }) => name),
      ["scheduled", "event", "daily", "renewal", "manual"],
    );
    assert.equal(
      classes.reduce((sum, one) => sum + one.used, 0),
      used,
    );
    assert.ok(used > 0);
    const [next, later] = view.nextPolls;
    assert.ok(next !== undefined && later !== undefined);
    assert.ok(Date.parse(next.at) >= clock.now() && next.at <= later.at);
    assert.deepEqual([next.what, next.why], ["telematicData", ["schedule"]]);
    assert.deepEqual(new Set(view.nextPolls.map(({ car }) => car.slice(0, 4))), new Set(["key-"]));
    assert.ok(view.container.id !== null && (view.container.descriptors ?? 0) > 0 && view.container.isNeeded);
    assert.deepEqual(view.warnings, []);
    assert.ok(!JSON.stringify(view).includes(vin));
  });

  it("says why a call is made after something that the car did", async () => {
    const { account, clock, vin, join } = await ready();
    join("node", telematicWants("node"));
    await clock.advance(60_000);
    account.rest.follow({ ...NOTHING, vin, chargeStoppedAt: clock.now() });
    const [next] = accountView(account, keyOf).nextPolls;
    assert.deepEqual([next?.car, next?.why], [keyOf(vin), ["chargingEnded"]]);
  });

  it("is there without a login, which is no warning", async () => {
    const { account } = testAccount();
    await account.open();
    const view = accountView(account, keyOf);
    assert.deepEqual([view.login.state, view.stream.state, view.nextPolls], ["none", "off", []]);
    assert.deepEqual(view.container, { id: null, descriptors: null, isNeeded: false });
    assert.deepEqual(view.warnings, [], "its login says it");
    await account.close();
  });

  it("is there where it may not work, and names the reason once", async () => {
    const first = testAccount();
    const second = testAccount({ id: "account-2", ownership: first.ownership });
    await first.account.open(first.login());
    await second.account.open();
    const { login, warnings } = accountView(second.account, keyOf);
    assert.equal(login.state, "refused");
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["client_in_use"],
    );
    assert.ok(!JSON.stringify(warnings).includes(CLIENT_ID));
    await first.account.close();
    await second.account.close();
  });
});

const NOTHING = { readings: [], positions: [], events: [], values: [] };
