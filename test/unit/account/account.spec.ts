import assert from "node:assert/strict";
import { descriptorSummaries, diagnostics, vehicleSummaries } from "../../../src/account/status.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { testAccount, type TestAccountOptions } from "../../helpers/account.js";
import { CLIENT_ID, GCID, json, networkDown, OTHER_VIN, START, tokenAnswer, VIN } from "../../helpers/fakes.js";

const MINUTE = 60_000;
const SOC = "vehicle.drivetrain.batteryManagement.header";
const LATITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
const message = (vin: string, value: unknown, seconds = 0) => ({
  vin,
  entityId: GCID,
  data: { [SOC]: { value, unit: "percent", timestamp: new Date(START + seconds * 1000).toISOString() } },
});

async function liveAccount(options: TestAccountOptions = {}) {
  const parts = testAccount(options);
  parts.account.retain("node-1");
  await parts.account.open(parts.login());
  await settle();
  parts.broker.accept();
  await parts.clock.advance(5000);
  return parts;
}

describe("account", () => {
  it("brings stream messages of its cars to its nodes", async () => {
    const { broker, updates, account, events } = await liveAccount();
    broker.publish(VIN, message(VIN, 63));
    assert.equal(updates[0]?.vin, VIN);
    assert.equal(updates[0]?.readings[0]?.value, 63);
    assert.deepEqual(
      events.map(({ name }) => name),
      ["connected", "vehicleFound"],
    );
    assert.equal(account.status.stream.state, "live");
    assert.equal(broker.last().target.username, GCID);
    assert.equal(broker.last().target.minVersion, "TLSv1.3");
  });

  it("asks BMW for the cars after a login: one call and one more per car that may be read", async () => {
    const script = [
      json(200, [
        { vin: VIN, mappingType: "PRIMARY" },
        { vin: OTHER_VIN, mappingType: "SECONDARY" },
      ]),
      json(200, { brand: "BMW", modelName: "i4 eDrive40", driveTrain: "BEV" }),
    ];
    const { http, account } = await liveAccount({ script });
    assert.deepEqual(
      http.requests.map(({ url }) => new URL(url).pathname),
      ["/customers/vehicles/mappings", `/customers/vehicles/${VIN}/basicData`],
    );
    assert.deepEqual(http.requests[0]!.headers["x-version"], "v1");
    assert.deepEqual(vehicleSummaries(account), [
      { vin: VIN, name: "BMW i4 eDrive40", model: "BMW i4 eDrive40", role: "primary", access: "ok", limited: true },
      { vin: OTHER_VIN, name: "", model: "", role: "secondary", access: "not_primary", limited: true },
    ]);
    assert.equal(account.status.quota.used, 2);
  });

  it("costs no call at a restart, and knows cars, values and quota again", async () => {
    const script = [json(200, [{ vin: VIN }]), json(200, { modelName: "i4" })];
    const first = await liveAccount({ script });
    first.broker.publish(VIN, message(VIN, 63));
    await first.account.close();
    const again = testAccount({
      clock: first.clock,
      files: first.files,
      vaultKey: first.vaultKey,
      ownership: first.ownership,
      script: [],
    });
    again.account.retain("node-1");
    await again.account.open();
    await settle();
    again.broker.accept();
    assert.deepEqual(again.http.requests, []);
    assert.equal(again.account.status.stream.state, "live");
    assert.equal(again.account.status.quota.used, 2);
    assert.equal(again.account.registry.cars.get(VIN)?.vehicle.readings.get(SOC)?.source, "restored");
    assert.deepEqual(vehicleSummaries(again.account)[0]?.name, "BMW i4");
    again.broker.publish(VIN, message(VIN, 63));
    assert.deepEqual(again.updates[0]?.readings, [], "a repeat after a restart is no news");
    assert.deepEqual(
      again.events.map(({ name }) => name),
      ["connected"],
      "the car is not found anew",
    );
  });

  it("opens the stream with its first node and closes it with the last removed one", async () => {
    const { account, broker, clock } = testAccount();
    await account.open(testAccount().login());
    assert.equal(broker.connections.length, 0);
    account.retain("a");
    account.retain("b");
    await settle();
    broker.accept();
    account.release("a", true);
    await clock.advance(MINUTE);
    assert.equal(account.status.stream.state, "live");
    account.release("b", true);
    await clock.advance(0);
    assert.equal(account.status.stream.state, "off");
  });

  it("keeps the stream over a redeploy of its only node", async () => {
    const { account, broker, clock } = await liveAccount();
    account.release("node-1", false);
    await clock.advance(500);
    account.retain("node-1");
    await clock.advance(MINUTE);
    assert.equal(broker.connections.length, 1);
    assert.equal(account.status.stream.state, "live");
  });

  it("moves the stream over when the tokens were renewed", async () => {
    const script = [json(200, []), json(200, tokenAnswer(START + 45 * MINUTE))];
    const { clock, broker, account, events } = await liveAccount({ script });
    await clock.advance(45 * MINUTE);
    broker.accept();
    assert.equal(broker.connections.length, 2);
    assert.equal(broker.mostOpen(), 1);
    assert.equal(account.status.stream.state, "quiet", "a renewal does not make quiet cars talkative");
    assert.deepEqual(
      events.map(({ name }) => name),
      ["connected"],
    );
  });

  it("refreshes once by force when the broker refuses a valid token, then backs off", async () => {
    const parts = testAccount({ script: [json(200, []), json(200, tokenAnswer(START)), networkDown] });
    parts.account.retain("node-1");
    await parts.account.open(parts.login());
    await parts.clock.advance(2000);
    parts.broker.refuse(5);
    await parts.clock.advance(0);
    assert.equal(parts.broker.connections.length, 2);
    assert.notEqual(parts.broker.connections[0]?.target.password, parts.broker.last().target.password);
    parts.broker.refuse(5);
    await parts.clock.advance(0);
    assert.equal(parts.account.status.stream.problem?.code, "stream_unauthorised");
    assert.equal(parts.http.requests.filter(({ url }) => url.endsWith("/token")).length, 1);
  });

  it("says disconnected only after a minute, and connected again once", async () => {
    const { clock, broker, events, account } = await liveAccount();
    await clock.advance(2 * MINUTE);
    broker.cut();
    await clock.advance(59_999);
    assert.equal(events.length, 1);
    await clock.advance(1);
    assert.deepEqual(events[1], {
      name: "disconnected",
      reason: "stream_timeout",
      problem: { code: "stream_timeout" },
    });
    while (account.status.stream.state === "waiting") await clock.advance(1000);
    broker.accept();
    await clock.advance(0);
    assert.deepEqual(
      events.map(({ name }) => name),
      ["connected", "disconnected", "connected"],
    );
  });

  it("says nothing of a short interruption", async () => {
    const { clock, broker, events } = await liveAccount();
    broker.cut();
    await clock.advance(2000);
    broker.accept();
    await clock.advance(10 * MINUTE);
    assert.deepEqual(
      events.map(({ name }) => name),
      ["connected"],
    );
  });

  it("distinguishes a quiet car from a dead stream", async () => {
    const { clock, broker, account } = await liveAccount();
    broker.publish(VIN, message(VIN, 63));
    await clock.advance(29 * MINUTE);
    assert.equal(account.status.stream.state, "live");
    await clock.advance(2 * MINUTE);
    assert.equal(account.status.stream.state, "quiet");
    broker.publish(VIN, message(VIN, 64, 1));
    assert.equal(account.status.stream.state, "live");
  });

  it("asks for a login once when BMW no longer accepts the saved one, and keeps the values", async () => {
    const dead = json(400, { error: "invalid_request" });
    const { clock, broker, account, events, log } = await liveAccount({ script: [json(200, []), dead] });
    broker.publish(VIN, message(VIN, 63));
    await clock.advance(3 * 60 * MINUTE);
    assert.deepEqual(
      events.map(({ name }) => name),
      ["connected", "vehicleFound", "loginRequired", "disconnected"],
    );
    assert.equal(account.status.login.state, "needed");
    assert.equal(account.status.stream.problem?.code, "refresh_rejected");
    assert.equal(log.lines.filter((line) => line.startsWith("error")).length, 1);
    assert.equal(account.registry.cars.size, 1);
  });

  it("connects without a deploy when the user has logged in again", async () => {
    const { clock, account, broker, login } = await liveAccount({ script: [json(200, []), json(401, {})] });
    await clock.advance(2 * 60 * MINUTE);
    assert.equal(account.status.login.state, "needed");
    await account.adoptLogin(login());
    await settle();
    broker.accept();
    assert.equal(account.status.login.state, "ok");
    assert.equal(account.status.stream.state, "live");
  });

  it("forgets cars and quota of the former owner when another BMW account logs in", async () => {
    const { account, broker, login } = await liveAccount();
    broker.publish(VIN, message(VIN, 63));
    await account.adoptLogin(login({ gcid: "12345678-1234-4234-8234-123456789abc" }));
    assert.equal(account.registry.cars.size, 0);
    assert.equal(account.status.quota.used, 0);
  });

  it("asks for a login when the key of the vault is lost", async () => {
    const first = await liveAccount();
    await first.account.close();
    const again = testAccount({ clock: first.clock, files: first.files, ownership: first.ownership });
    again.account.retain("node-1");
    await again.account.open();
    assert.equal(again.account.status.login.state, "needed");
    assert.equal(again.account.status.login.problem?.code, "vault_key_missing");
    assert.deepEqual(
      again.events.map(({ name }) => name),
      ["loginRequired"],
    );
    assert.equal(again.broker.connections.length, 0);
    await again.account.close();
    const back = testAccount({ clock: first.clock, files: first.files, vaultKey: first.vaultKey });
    back.account.retain("node-1");
    await back.account.open();
    assert.equal(back.account.status.login.state, "ok", "the key is back");
  });

  it("goes on by itself when a saved login that can be opened is put back", async () => {
    const first = await liveAccount();
    await first.account.close();
    const path = "/account-1/tokens.json";
    const intact = String(await first.files.read(path));
    await first.files.write(path, intact.replace(/"key":"\w+"/, '"key":"another"'));
    const again = testAccount({ clock: first.clock, files: first.files, vaultKey: first.vaultKey });
    again.account.retain("node-1");
    await again.account.open();
    assert.equal(again.account.status.login.problem?.code, "vault_key_missing");
    await first.files.write(path, intact);
    await again.clock.advance(2000);
    assert.equal(again.account.status.login.state, "ok");
    assert.equal(again.broker.connections.filter(({ open }) => open).length, 1);
    assert.ok(again.log.lines.some((line) => line.includes("in use again")));
  });

  it("does not use the login of another client id", async () => {
    const first = await liveAccount();
    await first.account.close();
    const other = { clientId: CLIENT_ID.replace(/^1/, "2") };
    const again = testAccount({ clock: first.clock, files: first.files, vaultKey: first.vaultKey, credentials: other });
    again.account.retain("node-1");
    await again.account.open();
    await settle();
    assert.equal(again.account.status.login.state, "none");
    assert.equal(again.account.status.stream.problem?.code, "not_logged_in");
  });

  it("refuses to be the second account with the same client id", async () => {
    const first = await liveAccount({ properties: { name: "Home" } });
    const second = testAccount({ id: "account-2", ownership: first.ownership, files: first.files });
    second.account.retain("node-2");
    await second.account.open();
    assert.deepEqual(second.account.status.login.problem, { code: "client_in_use", params: { other: "Home" } });
    assert.equal(second.broker.connections.length, 0);
    assert.throws(
      () => {
        second.account.reconnect();
      },
      { code: "client_in_use" },
    );
  });

  it("refuses a second stream of the same BMW login", async () => {
    const first = await liveAccount({ properties: { name: "Home" } });
    const second = testAccount({
      id: "account-2",
      ownership: first.ownership,
      credentials: { clientId: CLIENT_ID.replace(/^1/, "2") },
    });
    second.account.retain("node-2");
    await second.account.open(second.login());
    await settle();
    assert.equal(second.account.status.stream.problem?.code, "gcid_in_use");
    assert.equal(second.broker.connections.length, 0);
  });

  it("leaves a car to the account that has it", async () => {
    const first = await liveAccount();
    first.broker.publish(VIN, message(VIN, 63));
    const second = testAccount({
      id: "account-2",
      ownership: first.ownership,
      properties: { source: "broker", brokerHost: "localhost" },
    });
    second.account.retain("node-2");
    await second.account.open();
    await settle();
    second.broker.accept();
    second.broker.publish(VIN, message(VIN, 64, 1));
    assert.deepEqual(second.updates, []);
    assert.equal(second.account.registry.rejected.get("vehicle-of-other-account"), 1);
  });

  it("takes nothing of ignored cars", async () => {
    const { broker, updates, account } = await liveAccount({ properties: { vehicles: [{ vin: VIN, ignore: true }] } });
    broker.publish(VIN, message(VIN, 63));
    assert.deepEqual(updates, []);
    assert.equal(account.registry.rejected.get("vehicle-ignored"), 1);
  });

  it("goes without a stream where the login has no right to it", async () => {
    const parts = testAccount();
    parts.account.retain("node-1");
    await parts.account.open(parts.login({ scope: "authenticate_user openid cardata:api:read" }));
    await settle();
    assert.equal(parts.account.status.stream.state, "no-right");
    assert.equal(parts.account.status.stream.problem?.code, "scope_stream_missing");
    assert.deepEqual(parts.account.status.login.scopes?.missing, ["cardata:streaming:read"]);
  });

  it("works on the user's own broker without any login; retained messages are no sign of life", async () => {
    const properties = { source: "broker", brokerHost: "broker.local", brokerPrefix: "cars", brokerTls: "tls" };
    const parts = testAccount({ properties, credentials: { brokerUser: "me", brokerPassword: "secret" } });
    parts.account.retain("node-1");
    await parts.account.open();
    await settle();
    const { target } = parts.broker.last();
    assert.equal(target.url, "mqtts://broker.local:1883");
    assert.equal(target.topic, "cars/#");
    assert.equal(target.username, "me");
    parts.broker.accept();
    const silence = { code: "broker_silent", params: { topic: "cars/#" } };
    assert.deepEqual(parts.account.status.stream.problem, silence);
    parts.broker.publish(VIN, message(VIN, 63), true);
    assert.equal(parts.updates.length, 1);
    const { problem, lastMessageAt } = parts.account.status.stream;
    assert.deepEqual([problem, lastMessageAt], [undefined, undefined]);
    assert.equal(parts.account.status.login.state, "not-needed");
  });

  it("takes what the user's own broker delivers as retained for a sign of life once the kept messages are through", async () => {
    const parts = testAccount({ properties: { source: "broker", brokerHost: "broker.local" } });
    parts.account.retain("node-1");
    await parts.account.open();
    await settle();
    parts.broker.accept();
    await parts.clock.advance(5000);
    parts.broker.publish(VIN, message(VIN, 63), true);
    assert.equal(parts.account.status.stream.lastMessageAt, undefined);
    await parts.clock.advance(60 * 60_000);
    assert.equal(parts.account.status.stream.state, "quiet");
    parts.broker.publish(VIN, message(VIN, 64), true);
    const { state, lastMessageAt } = parts.account.status.stream;
    assert.deepEqual([state, lastMessageAt], ["live", new Date(parts.clock.now()).toISOString()]);
  });

  it("works in memory when nothing can be written, and warns", async () => {
    const full = Object.assign(new Error("read-only"), { code: "EROFS" });
    const files = {
      read: async () => null,
      stamp: async () => null,
      write: () => Promise.reject(full),
      append: () => Promise.reject(full),
      rename: async () => undefined,
      remove: async () => undefined,
    };
    const { account, broker, updates, log } = await liveAccount({ files });
    broker.publish(VIN, message(VIN, 63));
    assert.equal(updates.length, 1);
    assert.equal(account.status.login.state, "ok");
    assert.ok(log.lines.some((line) => line.startsWith("warn") && line.includes("EROFS")));
  });

  it("reports quota low once", async () => {
    const { account, events, http, clock } = await liveAccount();
    for (let call = 1; call < 45; call++) {
      const answered = account.rest.discover();
      await clock.advance(1000);
      await answered;
    }
    assert.equal(http.requests.length, 45);
    assert.deepEqual(
      events.filter(({ name }) => name === "quotaLow"),
      [{ name: "quotaLow", remaining: 10, resetsAt: Date.parse("2026-03-03T00:00:00Z") }],
    );
  });

  it("survives listeners that throw, and tells the others all the same", async () => {
    const { account, broker, log, updates } = await liveAccount();
    account.events.prependListener("update", () => {
      throw new Error("a flow's fault");
    });
    broker.publish(VIN, message(VIN, 63));
    broker.publish(VIN, message(VIN, 64, 1));
    assert.equal(updates.length, 2);
    assert.equal(log.lines.filter((line) => line.startsWith("error")).length, 2);
  });

  it("counts what it does not take and goes on", async () => {
    const { account, broker, updates } = await liveAccount();
    for (const garbage of ["", "[]", "null", "{", `{"vin":"${OTHER_VIN}","data":{}}`, "x".repeat(300_000)])
      broker.publish(VIN, garbage);
    broker.publish(VIN, message(VIN, 63));
    assert.equal(updates.length, 1);
    assert.deepEqual(account.registry.rejected.toJSON(), {
      "not-json": 2,
      "not-object": 2,
      "topic-mismatch": 1,
      "too-large": 1,
    });
  });

  it("closes quickly, saves, and does nothing afterwards", async () => {
    const { account, clock, broker, http, files, updates } = await liveAccount();
    broker.publish(VIN, message(VIN, 63));
    const calls = http.requests.length;
    await account.close();
    await clock.advance(24 * 60 * MINUTE);
    assert.equal(http.requests.length, calls);
    assert.equal(broker.connections.length, 1);
    assert.equal(broker.last().open, false);
    assert.equal(updates.length, 1);
    assert.ok((await files.read("/account-1/vehicles.json"))?.includes(SOC));
  });

  it("logs out: tokens gone, stream closed, login needed", async () => {
    const { account, files } = await liveAccount();
    await account.logout();
    assert.equal(await files.read("/account-1/tokens.json"), null);
    assert.equal(account.status.login.state, "none");
    assert.equal(account.status.stream.state, "off");
  });

  it("shows descriptors that were seen, and diagnostics without secrets", async () => {
    const { account, broker, login } = await liveAccount({ properties: { debug: true } });
    broker.publish(VIN, message(VIN, 63));
    broker.publish(VIN, { vin: VIN, data: { [LATITUDE]: { value: 48.137154 } } });
    assert.deepEqual(
      descriptorSummaries(account).map(({ id }) => id),
      [SOC, LATITUDE],
    );
    const [level, place] = descriptorSummaries(account);
    assert.deepEqual([level?.value, level?.unit, level?.car], [63, "%", undefined]);
    assert.equal(place !== undefined && "value" in place, false, "a place is nobody's business");
    const text = JSON.stringify(diagnostics(account));
    for (const secret of [VIN, GCID, "48.137", login().tokens.refreshToken]) assert.ok(!text.includes(secret), secret);
  });

  it("writes no secret into its log, even in debug", async () => {
    const parts = await liveAccount({
      properties: { debug: true },
      script: [json(200, [{ vin: VIN }]), json(500, { exveErrorId: "CU-500", exveErrorMsg: `no ${VIN}` })],
    });
    parts.broker.publish(VIN, { vin: VIN, data: { [LATITUDE]: { value: 48.137154 } } });
    parts.broker.cut();
    await parts.clock.advance(2 * 60 * MINUTE);
    const text = parts.log.lines.join("\n");
    assert.ok(parts.log.lines.length > 5);
    for (const secret of [VIN, GCID, CLIENT_ID, "48.137", "access-token", "refresh-token", "eyJ"])
      assert.ok(!text.includes(secret), secret);
  });
});
