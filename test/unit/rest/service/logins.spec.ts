import assert from "node:assert/strict";
import { acceptLogin } from "../../../../src/auth/tokens.js";
import { generateVaultKey } from "../../../../src/auth/token-vault.js";
import { HttpFailure, type HttpRequest, type HttpResponse } from "../../../../src/support/http.js";
import { settle } from "../../../../src/support/simulated-clock.js";
import { openingAccounts, telematicWants } from "../../../helpers/account-in-process.js";
import { jwt, OTHER_VIN, START } from "../../../helpers/fakes.js";
import { commuter } from "../../../simulator/cars/everyday.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ODOMETER = "vehicle.vehicle.travelledDistance";
const OTHER_GCID = "11111111-8888-4777-8666-555555555555";

const accountWith = openingAccounts();

function household() {
  const one = accountWith();
  const [vin = ""] = one.bmw.cars.map((car) => car.vin);
  /** A new login, by default of the same customer. */
  const login = (changes: object = {}) => ({
    tokens: acceptLogin({ ...one.bmw.issueTokens(), ...changes }, one.bmw.clientId, one.clock.now()),
    vaultKey: generateVaultKey(),
  });
  return {
    ...one,
    vin,
    login,
    get account() {
      return one.account;
    },
  };
}

/** Keeps the next request for `part` waiting; returns what answers it. */
function holdNext({ bmw }: ReturnType<typeof household>, part: string) {
  const { send } = bmw;
  let answer: (body: unknown) => void = () => undefined;
  const waiting = (request: HttpRequest) =>
    new Promise<HttpResponse>((resolve, reject) => {
      answer = (body) => {
        resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) });
      };
      request.signal?.addEventListener("abort", () => {
        reject(new HttpFailure("aborted", "aborted"));
      });
    });
  const intercepting = (request: HttpRequest) => {
    if (!request.url.includes(part)) return send(request);
    Object.assign(bmw, { send });
    return waiting(request);
  };
  Object.assign(bmw, { send: intercepting });
  return (body: unknown) => {
    answer(body);
  };
}

/** BMW has an error of its own for every request for `part`. */
function failFor({ bmw }: ReturnType<typeof household>, part: string): void {
  const { send } = bmw;
  const failing = async (request: HttpRequest) => {
    if (request.url.includes(part)) bmw.faults.api.status(1, 500, { exveErrorId: "CU-500" });
    return send(request);
  };
  Object.assign(bmw, { send: failing });
}

describe("a login of another BMW customer", () => {
  it("while BMW is asked for the cars of the former one: only those of the new one come", async () => {
    const one = household();
    const answer = holdNext(one, "mappings");
    await one.account.open(one.login());
    await one.clock.advance(MINUTE_MS / 2);
    await one.account.adoptLogin(one.login({ gcid: OTHER_GCID }));
    answer([{ vin: OTHER_VIN, mappingType: "PRIMARY" }]);
    await one.clock.advance(MINUTE_MS);
    const cars = [...one.account.registry.cars];
    assert.deepEqual(
      cars.map(([vin]) => vin),
      one.bmw.cars.map(({ vin }) => vin),
    );
    assert.ok(cars.every(([, { basicData }]) => basicData !== null));
    assert.equal(one.account.status.quota.used, 3);
    assert.deepEqual(one.account.rest.state.discovery.open, { mappings: false, vins: [] });
    assert.equal(one.account.rest.state.discovery.failures, 0);
  });

  it("while a car of the former one is asked: the call is stopped and nothing is kept of it", async () => {
    const one = household();
    await one.begin();
    await one.press("telematicData", { vin: one.vin });
    const answer = holdNext(one, "telematicData");
    const asked = one.press("telematicData", { vin: one.vin });
    await settle();
    const queued = one.press("basicData", { vin: one.vin });
    one.bmw.log.clear();
    await one.account.adoptLogin(one.login({ gcid: OTHER_GCID }));
    answer({ telematicData: {} });
    assert.equal((await asked).error?.code, "rest_aborted");
    assert.equal((await queued).error?.code, "rest_aborted");
    const { ledger, containers, polling } = one.account.rest.state;
    assert.equal(ledger.attempts.length, 3);
    assert.equal(containers.container, null);
    assert.deepEqual(polling.cars, {});
    assert.equal(one.calls().length, 3);
    assert.equal(one.account.status.rest.state, "ok");
  });

  it("after a logout finds nothing of the former one", async () => {
    const one = household();
    await one.begin();
    await one.press("telematicData", { vin: one.vin });
    one.bmw.faults.burnQuota(50);
    await one.press("basicData", { vin: one.vin });
    await one.account.logout();
    await one.account.adoptLogin(one.login({ gcid: OTHER_GCID }));
    assert.equal(one.account.rest.state.containers.container, null);
    assert.equal(one.account.status.quota.blockedUntil, undefined);
  });

  it("after a restart finds nothing of the former one", async () => {
    const one = household();
    await one.begin();
    await one.press("telematicData", { vin: one.vin });
    await one.account.logout();
    await one.restart();
    await one.account.adoptLogin(one.login({ gcid: OTHER_GCID }));
    assert.equal(one.account.rest.state.containers.container, null);
  });
});

describe("the data of a customer while another one is logged in", () => {
  /** Three days of a car, with what was learned, at BMW customer `gcid`. */
  const learned = async () => {
    const one = accountWith({ cars: [commuter(START, { days: 6, streamedSoc: "often" })] });
    one.join("node", telematicWants("node"));
    await one.begin();
    await one.clock.advance(3 * DAY_MS);
    const vin = one.bmw.cars[0]!.vin;
    return { one, vin, before: facts(one, vin) };
  };
  type Learned = ReturnType<typeof accountWith>;
  /** From now on no car sends anything. */
  const silence = ({ bmw }: Learned) => {
    bmw.faults.api.down(true);
    bmw.stream.faults.unreachable = { code: "stream_network" };
  };
  const facts = ({ account }: Learned, vin: string) => ({
    odometer: account.registry.cars.get(vin)?.vehicle.readings.get(ODOMETER)?.value ?? null,
    learned: account.soc.report(vin),
    owner: account.rest.owner,
  });
  const adopt = (one: Learned, gcid: string) =>
    one.account.adoptLogin({
      tokens: acceptLogin({ ...one.bmw.issueTokens(), gcid }, one.bmw.clientId, one.clock.now()),
      vaultKey: one.vaultKey,
    });
  const aside = async ({ files }: Learned, owner: string) =>
    Promise.all(["account", "vehicles", "learning"].map((name) => files.read(`/a1/${name}.${owner}.json`)));

  it("lies aside, is reported, and comes back with the customer", async () => {
    const { one, vin, before } = await learned();
    silence(one);
    await adopt(one, OTHER_GCID);
    await settle();
    assert.deepEqual([...one.account.registry.cars.keys()], []);
    assert.ok((await aside(one, before.owner)).every((content) => content !== null));
    assert.equal(one.account.status.login.problem?.code, "customer_changed");
    assert.ok(one.log.lines.some((line) => line.startsWith("warn: Another BMW customer")));
    await one.clock.advance(2 * MINUTE_MS);
    for (const name of ["vehicles", "learning"])
      assert.doesNotMatch(String(await one.files.read(`/a1/${name}.json`)), new RegExp(vin));
    await adopt(one, one.bmw.gcid.toUpperCase());
    await settle();
    assert.deepEqual(facts(one, vin), before);
    await one.clock.advance(2 * MINUTE_MS);
    assert.ok((await aside(one, before.owner)).every((content) => content === null));
  });

  it("comes back over restarts too, each to its own", async () => {
    const { one, vin, before } = await learned();
    silence(one);
    await adopt(one, OTHER_GCID);
    await one.restart();
    assert.deepEqual([...one.account.registry.cars.keys()], []);
    await adopt(one, one.bmw.gcid);
    await one.restart();
    await one.clock.advance(MINUTE_MS);
    assert.deepEqual(facts(one, vin), before);
  });

  for (const [title, changes, code] of [
    ["in capitals", (gcid: string) => ({ gcid: gcid.toUpperCase() }), undefined],
    ["not at all", () => ({ gcid: undefined, id_token: jwt({ sub: OTHER_GCID }) }), undefined],
    ["as another one", () => ({ gcid: OTHER_GCID }), "customer_renamed"],
  ] as const)
    it(`is kept when a renewal names the customer ${title}`, async () => {
      const { one, vin, before } = await learned();
      const { send, gcid } = one.bmw;
      const renaming = async (request: HttpRequest) => {
        const response = await send(request);
        if (!request.url.endsWith("/oauth/token")) return response;
        const body = { ...(JSON.parse(response.body.toString()) as object), ...changes(gcid) };
        return { ...response, body: Buffer.from(JSON.stringify(body)) };
      };
      Object.assign(one.bmw, { send: renaming });
      await one.account.refresh();
      await settle();
      const { odometer, learned: known } = facts(one, vin);
      assert.deepEqual([odometer, known], [before.odometer, before.learned]);
      assert.equal(one.account.status.login.problem?.code, code);
      Object.assign(one.bmw, { send });
      silence(one);
      await one.restart();
      await one.clock.advance(MINUTE_MS);
      assert.deepEqual(facts(one, vin).learned, before.learned);
    });
});

describe("a login of the same customer", () => {
  it("after a logout and a restart keeps quota and container", async () => {
    const one = household();
    await one.begin();
    await one.press("telematicData", { vin: one.vin });
    const { container } = one.account.rest.state.containers;
    const { used } = one.account.status.quota;
    await one.account.logout();
    await one.restart();
    await one.account.adoptLogin(one.login());
    assert.notEqual(container, null);
    assert.deepEqual(one.account.rest.state.containers.container, container);
    assert.ok(one.account.status.quota.used >= used);
  });

  it("that comes while the files are still read loses neither of them", async () => {
    const one = household();
    await one.begin();
    await one.press("telematicData", { vin: one.vin });
    const { used } = one.account.status.quota;
    const restarted = one.restart();
    await Promise.resolve();
    while (one.account.status.login.state === "ok") await Promise.resolve();
    await Promise.all([one.account.adoptLogin(one.login()), restarted]);
    await one.clock.advance(MINUTE_MS);
    assert.notEqual(one.account.rest.state.containers.container, null);
    assert.equal(one.account.status.quota.used, used + 3);
  });
});

describe("a login without the right to the API (CU-103)", () => {
  it("is not asked for its cars again and again", async () => {
    const one = household();
    one.bmw.faults.api.status(1000, 403, { exveErrorId: "CU-103" });
    one.join("n1", telematicWants("n1", { schedule: "dense" }));
    await one.begin();
    await one.clock.advance(3 * DAY_MS);
    assert.equal(one.calls().length, 1);
    assert.equal(one.account.status.rest.problem?.code, "cu_103");
  });

  it("is asked for them as soon as BMW answers", async () => {
    const one = household();
    one.bmw.faults.api.status(1, 403, { exveErrorId: "CU-103" });
    await one.begin();
    assert.equal((await one.press("containers")).error?.code, "cu_103");
    assert.equal((await one.press("containers", { force: true })).error, null);
    await one.clock.advance(2 * HOUR_MS);
    assert.equal(one.account.registry.cars.size, 2);
  });
});

describe("a login that is lost", () => {
  it("costs no call and no warning until there is a new one, which goes on where it was", async () => {
    const one = household();
    one.bmw.faults.api.status(1, 500, "");
    await one.begin();
    assert.equal(one.account.registry.cars.size, 0);
    await one.account.logout();
    one.log.lines.length = 0;
    one.bmw.log.clear();
    await one.clock.advance(DAY_MS);
    assert.equal(one.calls().length, 0);
    assert.deepEqual(
      one.log.lines.filter((line) => line.startsWith("warn")),
      [],
    );
    await one.account.adoptLogin(one.login());
    await one.clock.advance(MINUTE_MS);
    assert.equal(one.account.registry.cars.size, 2);
  });
});

describe("Discover", () => {
  it("pressed twice costs its calls once", async () => {
    const one = household();
    await one.begin();
    one.bmw.log.clear();
    const both = Promise.all([one.account.rest.discover(), one.account.rest.discover()]);
    await one.clock.advance(MINUTE_MS);
    await both;
    await one.clock.advance(HOUR_MS);
    assert.equal(one.calls().length, 3);
  });

  it("pressed again in the middle costs its calls once", async () => {
    const one = household();
    await one.begin();
    one.bmw.log.clear();
    const first = one.account.rest.discover();
    await one.clock.advance(1500);
    const second = one.account.rest.discover();
    await one.clock.advance(HOUR_MS);
    await Promise.all([first, second]);
    assert.equal(one.calls().length, 3);
  });

  it("stopped by a restart goes on with what was left, without waiting longer each time", async () => {
    const one = household();
    await one.begin();
    one.bmw.log.clear();
    one.account.rest.discover().catch(() => undefined);
    await one.clock.advance(1500);
    assert.equal(one.calls().length, 2);
    await one.restart();
    await one.clock.advance(MINUTE_MS);
    assert.equal(one.calls().length, 3);
    assert.equal(one.account.rest.state.discovery.failures, 0);
  });

  for (const [title, jump] of [
    ["ahead", 10 * DAY_MS],
    ["behind", -10 * DAY_MS],
  ] as const)
    it(`that failed is tried again although the clock was days ${title}`, async () => {
      const one = household();
      one.clock.jump(jump);
      one.bmw.faults.api.status(1, 500, "");
      await one.begin();
      assert.equal(one.account.registry.cars.size, 0);
      one.clock.jump(-jump);
      await one.clock.advance(2 * HOUR_MS);
      assert.equal(one.account.registry.cars.size, 2);
    });

  it("is renewed within a day although the clock was days ahead", async () => {
    const one = household();
    one.clock.jump(10 * DAY_MS);
    await one.begin();
    one.join("n1", telematicWants("n1"));
    one.clock.jump(-10 * DAY_MS);
    one.bmw.log.clear();
    await one.clock.advance(DAY_MS + HOUR_MS);
    assert.ok(one.calls("mappings").length >= 1);
    assert.ok(one.calls("mappings").length <= 2);
  });

  it("asks again for a car for which BMW had an error, a few times only", async () => {
    const one = household();
    await one.begin();
    one.bmw.log.clear();
    failFor(one, `${one.vin}/basicData`);
    const asked = one.account.rest.discover();
    asked.catch(() => undefined);
    await one.clock.advance(MINUTE_MS);
    await assert.rejects(asked, { code: "cu_500" });
    assert.equal(one.calls().length, 3);
    await one.clock.advance(10 * MINUTE_MS);
    assert.equal(one.calls().length, 4);
    await one.clock.advance(5 * DAY_MS);
    assert.ok(one.calls().length <= 9, `${one.calls().length} calls`);
    assert.deepEqual(one.account.rest.state.discovery.open.vins, []);
  });
});
