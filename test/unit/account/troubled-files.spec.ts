import assert from "node:assert/strict";
import { checkAccount } from "../../../src/account/doctor/check.js";
import { announcedCodec } from "../../../src/account/announcement-repository.js";
import { accountCodec } from "../../../src/rest/rest-state.js";
import type { FolderLock } from "../../../src/store/folder-lock.js";
import { newProblem, type Problem } from "../../../src/support/errors.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { telematicWants } from "../../helpers/account-in-process.js";
import { testAccount, type TestAccountOptions } from "../../helpers/account.js";
import { GCID, json, OTHER_VIN, tokenAnswer, VIN } from "../../helpers/fakes.js";
import { switchedLock } from "../../helpers/switched-lock.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const MINUTE = 60_000;
const SOC = "vehicle.drivetrain.batteryManagement.header";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const FOLDER = "/account-1";
const DOCUMENTS = ["account", "announced", "events", "learning", "tokens", "vehicles"].map(
  (name) => `${FOLDER}/${name}.json`,
);

const message = (values: Record<string, unknown>, at: number, vin = VIN) => {
  const timestamp = new Date(at).toISOString();
  const data = Object.entries(values).map(([descriptor, value]) => [descriptor, { value, timestamp }]);
  return { vin, entityId: GCID, data: Object.fromEntries(data) as unknown };
};

/** An account that has worked for a while and was stopped. */
async function past(files = new TroubledFiles()) {
  const cars = json(200, [{ vin: VIN, mappingType: "PRIMARY" }]);
  const first = testAccount({ files, script: [cars, json(200, { modelName: "i4 eDrive40", driveTrain: "BEV" })] });
  first.account.retain("node-1");
  await first.account.open(first.login());
  await settle();
  first.broker.accept();
  await first.clock.advance(5000);
  first.broker.publish(VIN, message({ [SOC]: 63, [ODOMETER]: 1000 }, first.clock.now()));
  void first.account.announced.keep("ha", {
    availability: null,
    cars: [
      {
        vin: VIN,
        place: { mode: "device", prefix: "homeassistant", base: "cardata", id: VIN },
        components: { soc: "sensor" },
        topics: [`cardata/${VIN}/soc`],
        subjects: [],
        fixed: [],
        imageType: null,
      },
    ],
  });
  first.account.soc.capacity(VIN, 70);
  await first.account.close();
  assert.deepEqual(documentsIn(files), DOCUMENTS);
  const options: TestAccountOptions = { files, vaultKey: first.vaultKey, clock: first.clock };
  return { files, clock: first.clock, options };
}

/** Names its documents; the courses of levels beside them are lines of text. */
function documentsIn(files: TroubledFiles): string[] {
  return files.names().filter((path) => path.endsWith(".json"));
}

/** The next start of the same account. */
async function next(options: TestAccountOptions) {
  const parts = testAccount({ script: [json(200, [])], ...options });
  parts.account.retain("node-1");
  await parts.account.open();
  await settle();
  return parts;
}

const contents = async (files: TroubledFiles) =>
  Promise.all(DOCUMENTS.map(async (path) => String(await files.content(path))));

describe("an account whose files cannot be read at its start", () => {
  for (const code of ["EACCES", "EMFILE", "EIO", "EBUSY", "EISDIR", "ENOTDIR"])
    it(`loses nothing, says why, and goes on by itself when they can be (${code})`, async () => {
      const { files, clock, options } = await past();
      const before = await contents(files);
      files.trouble("read", code);
      const { account, log, broker, http, events } = await next(options);
      await clock.advance(10 * MINUTE);
      assert.deepEqual(documentsIn(files), DOCUMENTS, "nothing is moved");
      assert.deepEqual(await contents(files), before, "nothing is overwritten");
      const expected = code === "EACCES" ? "store_no_right" : "store_unreadable";
      assert.equal(account.status.files?.code, expected);
      assert.equal(account.status.login.state, "none");
      assert.equal(account.status.login.problem?.code, expected);
      assert.equal(account.rest.problem?.code, expected);
      assert.equal(log.lines.filter((line) => line.includes(code)).length, 1, log.lines.join("\n"));
      assert.ok(!events.some(({ name }) => name === "loginRequired"), "no login is asked for");

      files.mend();
      await clock.advance(MINUTE);
      assert.equal(account.status.files, undefined);
      assert.equal(account.status.login.state, "ok");
      assert.equal(account.status.login.problem, undefined);
      assert.ok(broker.connections.length > 0, "the stream is opened by itself");
      assert.equal(account.registry.cars.get(VIN)?.vehicle.readings.get(SOC)?.value, 63);
      assert.equal(account.status.quota.used, 2);
      assert.equal(account.announced.of("ha").cars.length, 1);
      assert.equal(account.soc.predicted(VIN)?.capacity?.kwh, 70);
      assert.deepEqual(http.requests, [], "a restart costs no call");
      assert.match(log.lines.join("\n"), /can be read again/);
      await account.close();
    });

  for (const missing of DOCUMENTS)
    it(`goes on with what can be read where ${missing} cannot`, async () => {
      const { files, clock, options } = await past();
      files.trouble("read", "EACCES", new RegExp(missing));
      const { account } = await next(options);
      const name = missing.slice(FOLDER.length + 1, -".json".length);
      assert.equal(account.status.login.state, name === "tokens" ? "none" : "ok");
      assert.equal(account.registry.cars.has(VIN), name !== "vehicles");
      assert.equal(account.status.quota.used, name === "account" ? 0 : 2);
      assert.equal(account.announced.of("ha").cars.length, name === "announced" ? 0 : 1);
      assert.equal(account.soc.predicted(VIN)?.capacity?.kwh === 70, name !== "learning" && name !== "vehicles");
      files.mend();
      await clock.advance(MINUTE);
      assert.equal(account.status.login.state, "ok");
      assert.ok(account.registry.cars.has(VIN));
      assert.equal(account.status.quota.used, 2);
      assert.equal(account.announced.of("ha").cars.length, 1);
      assert.equal(account.soc.predicted(VIN)?.capacity?.kwh, 70);
      await account.close();
    });

  it("joins what was saved with what has come meanwhile, by what is newer", async () => {
    const { files, clock, options } = await past();
    files.trouble("read", "EACCES", /account\.json|vehicles\.json|learning\.json|announced\.json/);
    const script = [json(200, [{ vin: VIN, mappingType: "PRIMARY" }]), json(200, { modelName: "i4" })];
    const { account, broker } = await next({ ...options, script });
    broker.accept();
    const discovering = account.rest.discover();
    await clock.advance(5000);
    await discovering;
    const at = clock.now();
    broker.publish(VIN, message({ [SOC]: 64 }, at));
    broker.publish(OTHER_VIN, message({ [SOC]: 20 }, at, OTHER_VIN));
    void account.announced.keep("other", { availability: "there", cars: [] });
    files.mend();
    await clock.advance(2 * MINUTE);
    await account.close();
    const again = await next(options);
    const values = again.account.registry.cars.get(VIN)?.vehicle.readings;
    assert.equal(values?.get(SOC)?.value, 64);
    assert.equal(values?.get(ODOMETER)?.value, 1000);
    assert.equal(again.account.registry.cars.get(OTHER_VIN)?.vehicle.readings.get(SOC)?.value, 20);
    assert.equal(again.account.status.quota.used, 4, "all calls count");
    assert.equal(again.account.soc.predicted(VIN)?.capacity?.kwh, 70);
    assert.equal(again.account.announced.of("ha").cars.length, 1);
    assert.equal(again.account.announced.of("other").availability, "there");
    await again.account.close();
  });

  it("spends no call by itself while nobody knows what was spent and asked before", async () => {
    const { files, clock, options } = await past();
    files.trouble("read", "EACCES", /account\.json/);
    const { account, http } = await next(options);
    account.rest.join("node", telematicWants("node"));
    await clock.advance(30 * MINUTE);
    const calls = () => http.requests.filter(({ url }) => url.includes("/customers/")).length;
    assert.equal(calls(), 0);
    assert.equal(account.rest.plan("node").next, null);
    files.mend();
    await clock.advance(MINUTE);
    assert.equal(account.status.quota.used - calls(), 2);
    assert.notEqual(account.rest.plan("node").next, null);
    await account.close();
  });

  it("forgets nothing that lies at the broker although the node has announced less meanwhile", async () => {
    const { files, clock, options } = await past();
    files.trouble("read", "EIO", /announced/);
    const { account } = await next(options);
    const place = { mode: "device" as const, prefix: "homeassistant", base: "cardata", id: VIN };
    const car = {
      vin: VIN,
      place,
      components: { range: "sensor" },
      topics: ["b"],
      subjects: [],
      fixed: [],
      imageType: null,
    };
    void account.announced.keep("ha", { availability: null, cars: [car] });
    files.mend();
    await clock.advance(MINUTE);
    void account.announced.keep("ha", { availability: null, cars: [car] });
    const [joined] = account.announced.of("ha").cars;
    assert.deepEqual(joined?.components, { soc: "sensor", range: "sensor" });
    assert.deepEqual(joined.topics, [`cardata/${VIN}/soc`, "b"]);
    await account.close();
    const saved = JSON.parse(String(await files.content(`${FOLDER}/announced.json`))) as { data: unknown };
    assert.deepEqual(
      Object.keys(
        announcedCodec.decode(saved.data, announcedCodec.version).nodes.get("ha")?.cars[0]?.components ?? {},
      ).sort(),
      ["range", "soc"],
    );
  });

  it("keeps a login that was made meanwhile, at once, and does not go back to the old one", async () => {
    const { files, clock, options } = await past();
    files.trouble("read", "EACCES");
    const { account, login, log } = await next(options);
    const fresh = login();
    await account.adoptLogin(fresh);
    await settle();
    assert.ok(!log.lines.some((line) => line.includes("could not be saved")));
    files.mend();
    await clock.advance(10 * MINUTE);
    assert.equal(account.status.login.state, "ok");
    assert.equal(account.status.quota.used, 3, "the ledger of before counts, and the look for cars after the login");
    await account.close();
    const again = await next(options);
    again.broker.accept();
    assert.equal(again.broker.last().target.password, fresh.tokens.idToken);
  });

  it("stays logged out when that was wanted meanwhile", async () => {
    const { files, clock, options } = await past();
    files.trouble("read", "EACCES");
    const { account } = await next(options);
    await account.logout();
    files.mend();
    await clock.advance(10 * MINUTE);
    assert.equal(account.status.login.state, "none");
    await account.close();
    assert.equal((await next(options)).account.status.login.state, "none");
  });

  it("forgets another customer's cars that could be read late only", async () => {
    const { files, clock, options } = await past();
    files.trouble("read", "EACCES", /account\.json|vehicles\.json|learning\.json/);
    files.trouble("read", "EACCES", /tokens/);
    const { account, login } = await next(options);
    await account.adoptLogin(login({ gcid: "88888888-8888-4777-8666-555555555555" }));
    files.mend();
    await clock.advance(10 * MINUTE);
    assert.deepEqual([...account.registry.cars.keys()], []);
    assert.equal(account.status.quota.used, 1);
    await account.close();
    assert.doesNotMatch(String(await files.content(`${FOLDER}/vehicles.json`)), new RegExp(VIN));
  });

  it("is not held up by a disk that does not answer", async () => {
    const { files, clock, options } = await past();
    const go = files.hang("read");
    const parts = testAccount({ script: [json(200, [])], ...options });
    parts.account.retain("node-1");
    const opening = parts.account.open();
    await clock.advance(40_000);
    await opening;
    assert.equal(parts.account.status.files?.params?.["reason"], "ETIMEDOUT");
    go();
    await clock.advance(2 * MINUTE);
    assert.equal(parts.account.status.login.state, "ok");
    await parts.account.close();
  });
});

describe("a request of a person while an account still starts", () => {
  const cars = json(200, [
    { vin: VIN, mappingType: "SECONDARY" },
    { vin: OTHER_VIN, mappingType: "SECONDARY" },
  ]);

  for (const missing of DOCUMENTS)
    it(`loses neither its answer nor what it spent to what is read meanwhile (${missing})`, async () => {
      const { files, clock, options } = await past();
      const go = files.hang("read", new RegExp(missing));
      const { account } = testAccount({ ...options, script: [cars] });
      const opening = account.open();
      await settle();
      const found = account.rest.discover();
      await clock.advance(1000);
      go();
      await Promise.all([opening, found]);
      assert.deepEqual([...account.registry.cars.keys()].sort(), [VIN, OTHER_VIN].sort());
      assert.equal(account.status.quota.used, 3);
      await account.close();
    });

  it("is no reason to tell that nobody has logged in, where it is a check", async () => {
    const { files, clock, options } = await past();
    const go = files.hang("read", /tokens/);
    const { account } = testAccount({ ...options, script: [json(200, { containers: [] })] });
    const opening = account.open();
    await settle();
    const checked = checkAccount(account, () => clock.now());
    go();
    await opening;
    const { findings } = await checked;
    assert.equal(findings.find(({ area }) => area === "login")?.level, "green");
    await account.close();
  });

  it("waits also for the account that has to close before", async () => {
    const { options } = await past();
    const { account } = testAccount({ ...options, script: [cars] });
    const found = account.rest.discover();
    await settle();
    await account.open();
    await found;
    assert.equal(account.status.quota.used, 3);
    await account.close();
  });

  it("ends with the account, and at once where that may not begin at all", async () => {
    const { files, clock, options } = await past();
    const go = files.hang("read");
    const { account } = testAccount(options);
    void account.open();
    const found = assert.rejects(account.rest.discover(), { code: "rest_aborted" });
    const closing = account.close();
    await clock.advance(MINUTE);
    await Promise.all([found, closing]);
    go();
    const refused = testAccount(options);
    refused.account.refuse({ code: "account_twice" });
    await assert.rejects(refused.account.rest.discover(), { code: "account_twice" });
  });
});

describe("files of a newer version of the package", () => {
  it("are left alone, and said so", async () => {
    const { files, clock, options } = await past();
    for (const path of DOCUMENTS) {
      const { data } = JSON.parse(String(await files.content(path))) as { data: unknown };
      await files.write(path, JSON.stringify({ version: 99, data }));
    }
    const before = await contents(files);
    const { account, broker, log, login } = await next(options);
    assert.equal(account.status.login.problem?.code, "store_newer");
    await account.adoptLogin(login());
    await settle();
    broker.accept();
    broker.publish(VIN, message({ [SOC]: 50 }, clock.now()));
    void account.announced.keep("ha", { availability: "a", cars: [] });
    await clock.advance(10 * MINUTE);
    assert.equal(account.status.files?.code, "store_newer");
    await account.close();
    assert.deepEqual(documentsIn(files), DOCUMENTS);
    assert.deepEqual(await contents(files), before);
    assert.equal(log.lines.filter((line) => line.includes("newer version")).length, 1);
    assert.ok(log.lines.some((line) => line.includes("could not be saved")));
  });
});

describe("an account on a full disk", () => {
  it("loses no login to a deploy, nor to a kill once there is room again", async () => {
    const { files, clock, options } = await past();
    const renewed = tokenAnswer(clock.now() + 50 * MINUTE);
    const { account } = await next({ ...options, script: [json(200, renewed)] });
    files.trouble("write", "ENOSPC");
    await clock.advance(50 * MINUTE);
    assert.equal(account.status.files?.code, "store_read_only");
    await account.close();

    const deployed = await next(options);
    deployed.broker.accept();
    assert.equal(deployed.broker.last().target.password, renewed.id_token, "the deploy knows the rotated tokens");
    files.mend();
    await clock.advance(MINUTE);
    assert.equal(deployed.account.status.files, undefined);

    // Killed: nothing but the disk is left.
    const rest = new TroubledFiles();
    for (const path of DOCUMENTS) await rest.write(path, (await files.content(path)) ?? "");
    const killed = await next({ ...options, files: rest });
    killed.broker.accept();
    assert.equal(killed.broker.last().target.password, renewed.id_token);
  });

  it("is closed within seconds although nothing answers", async () => {
    const { files, clock, options } = await past();
    const { account, broker } = await next(options);
    broker.accept();
    broker.publish(VIN, message({ [SOC]: 50 }, clock.now()));
    files.hang("write");
    let isClosed = false;
    void account.close().then(() => (isClosed = true));
    await clock.advance(5000);
    assert.ok(isClosed);
  });
});

const IN_USE = newProblem("folder_in_use", { pid: 7, host: "other" });

describe("a folder of which nobody answers whose it is", () => {
  /** A lock that says so when the test lets it. */
  const silentLock = () => {
    let answer: (inUse: Problem | null) => void = () => undefined;
    const word = new Promise<Problem | null>((resolve) => (answer = resolve));
    const lock: FolderLock = { join: () => word, check: () => Promise.resolve(), leave: () => undefined };
    return { lock, answer };
  };
  const start = () => {
    const { lock, answer } = silentLock();
    const broker = { source: "broker", brokerHost: "broker.invalid" };
    const parts = testAccount({ lock, properties: broker, credentials: {} });
    parts.account.retain("node-1");
    void parts.account.open();
    return { ...parts, answer };
  };

  it("does not keep an account from working for ever", async () => {
    const { account, clock, broker } = start();
    await clock.advance(MINUTE);
    assert.ok(broker.connections.length > 0);
    await account.close();
  });

  it("is left alone as soon as it turns out to be another's", async () => {
    const { account, clock, answer } = start();
    await clock.advance(MINUTE);
    answer(IN_USE);
    await settle();
    assert.equal(account.status.files?.code, "folder_in_use");
    await account.close();
  });

  it("is nobody's business any more once the account is closed", async () => {
    const { account, clock, answer, files } = start();
    const closed = account.close();
    await clock.advance(MINUTE);
    await closed;
    answer(null);
    await clock.advance(MINUTE);
    assert.equal(await files.read("/account-1/account.json"), null);
  });
});

describe("a second Node-RED on one folder", () => {
  it("refuses with its reason, touches nothing, and takes over when the first is gone", async () => {
    const { files, clock, options } = await past();
    const { lock, turn } = switchedLock(IN_USE);
    const before = await contents(files);
    files.calls.length = 0;
    const { account, broker, log, login } = await next({ ...options, lock });
    await clock.advance(10 * MINUTE);
    assert.equal(account.status.login.problem?.code, "folder_in_use");
    assert.equal(account.status.files?.code, "folder_in_use");
    assert.equal(broker.connections.length, 0);
    await assert.rejects(account.adoptLogin(login()), { code: "folder_in_use" });
    await assert.rejects(account.logout(), { code: "folder_in_use" });
    assert.deepEqual(files.calls, []);
    assert.deepEqual(await contents(files), before);
    assert.equal(log.lines.filter((line) => line.includes("Another Node-RED")).length, 1);

    turn(null);
    await clock.advance(1000);
    assert.equal(account.status.login.state, "ok");
    assert.equal(account.status.files, undefined);
    assert.equal(broker.connections.length, 1);
    assert.equal(account.registry.cars.get(VIN)?.vehicle.readings.get(SOC)?.value, 63);
    assert.match(log.lines.join("\n"), /this one takes over/);
    await account.close();
  });

  it("keeps a login that was made before its account until the folder is its own", async () => {
    const { files, options } = await past();
    const { lock, turn } = switchedLock(IN_USE);
    const { account, clock, broker, login } = testAccount({ ...options, lock });
    account.retain("node-1");
    const made = login();
    await account.open(made);
    await settle();
    assert.equal(account.status.login.problem?.code, "folder_in_use");
    assert.equal(account.isLoaded, false, "without it the login would be its successor's");
    files.calls.length = 0;
    turn(null);
    await clock.advance(1000);
    assert.equal(account.status.login.state, "ok");
    assert.equal(account.isLoaded, true);
    assert.equal(broker.last().target.password, made.tokens.idToken);
    await account.close();

    const after = await next(options);
    assert.equal(after.broker.last().target.password, made.tokens.idToken, "and it is saved");
    await after.account.close();
  });

  it("that lost the folder while it was suspended stops at once, and goes on with what the other has left", async () => {
    const { files, clock, options } = await past();
    const { lock, turn, users } = switchedLock(null);
    const { account, broker } = await next({ ...options, lock });
    broker.accept();
    broker.publish(VIN, message({ [SOC]: 64 }, clock.now()));
    turn(IN_USE);
    await settle();
    assert.equal(account.status.login.problem?.code, "folder_in_use");
    assert.equal(account.status.stream.state, "off");
    files.calls.length = 0;
    await clock.advance(60 * MINUTE);
    assert.deepEqual(files.calls, []);

    const other = await next(options);
    const fresh = other.login();
    await other.account.adoptLogin(fresh);
    await other.account.close();
    turn(null);
    await clock.advance(1000);
    assert.equal(account.status.login.state, "ok");
    assert.equal(broker.last().target.password, fresh.tokens.idToken);
    assert.equal(account.registry.cars.get(VIN)?.vehicle.readings.get(SOC)?.value, 64);
    await account.close();
    assert.equal(users.size, 0, "the lock is left");
  });

  it("does not write what was waiting for the disk when it lost the folder", async () => {
    const { files, clock, options } = await past();
    const { lock, turn } = switchedLock(null);
    const { account } = await next({ ...options, lock });
    files.trouble("write", "ENOSPC");
    account.soc.capacity(VIN, 50);
    await settle();
    turn(IN_USE);
    files.mend();
    files.calls.length = 0;
    await clock.advance(10 * MINUTE);
    assert.deepEqual(files.calls, []);
    await account.close();
    assert.deepEqual(files.calls, []);
  });
});

describe("the state of an account", () => {
  it("is the same when it is joined with itself", async () => {
    const { files, clock, options } = await past();
    files.trouble("read", "EIO", /account\.json/);
    const { account } = await next(options);
    files.mend();
    await clock.advance(2 * MINUTE);
    await account.close();
    const text = String(await files.content(`${FOLDER}/account.json`));
    const { data } = JSON.parse(text) as { data: unknown };
    assert.equal(accountCodec.decode(data, 1).ledger.attempts.length, 2);
  });
});
