import assert from "node:assert/strict";
import type { Account } from "../../../src/account/account.js";
import { AccountRegistry } from "../../../src/account/account-registry.js";
import { generateVaultKey, TokenVault } from "../../../src/auth/token-vault.js";
import { acceptLogin, type TokenSet } from "../../../src/auth/tokens.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { toCarDataError, type Problem } from "../../../src/support/errors.js";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import { testAccount, type TestAccountOptions } from "../../helpers/account.js";
import { CLIENT_ID, GCID, json, OTHER_VIN, START, tokenAnswer, VIN } from "../../helpers/fakes.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

const OTHER_CLIENT = CLIENT_ID.replace(/^1/, "2");
const OTHER_GCID = GCID.replace(/^9/, "1");
const SOC = "vehicle.drivetrain.batteryManagement.header";
const MINUTE = 60_000;

interface Deployed extends TestAccountOptions {
  /** False: it opens when something else has happened. */
  readonly isAwaited?: boolean;
  /** False: nobody has ever logged in. */
  readonly saved?: boolean;
  readonly clientId?: string;
  readonly gcid?: string;
  readonly name?: string;
}

/** A Node-RED with accounts that have logged in before; each deploy makes them anew from the same files. */
function house() {
  const clock = new SimulatedClock(START);
  const files = memoryFiles();
  const registry = new AccountRegistry(clock);
  const vaultKey = generateVaultKey();
  const vaultOf = (id: string) => new TokenVault(new Store(`/${id}`, files, clock, () => undefined), vaultKey);
  const tokens = (clientId = CLIENT_ID, gcid = GCID) =>
    acceptLogin(tokenAnswer(clock.now(), { gcid }), clientId, clock.now());

  const enter = async (id: string, options: Deployed = {}) => {
    const {
      saved = true,
      isAwaited = true,
      clientId = CLIENT_ID,
      gcid = GCID,
      name = id,
      properties,
      ...rest
    } = options;
    if (saved && (await files.read(`/${id}/tokens.json`)) === null) await vaultOf(id).save(tokens(clientId, gcid));
    const parts = testAccount({
      id,
      clock,
      files,
      ownership: registry.ownership,
      vaultKey,
      credentials: { clientId },
      properties: { name, ...properties },
      ...rest,
    });
    parts.account.retain(`node of ${id}`);
    const opened = registry.enter(parts.account);
    if (isAwaited) await opened;
    return parts;
  };
  const leave = (account: Account) => registry.leave(account, Promise.resolve());
  /** Does as Node-RED at a deploy: stops what goes, then starts what comes. */
  const deploy = async (gone: readonly Account[], come: () => Promise<void> = async () => undefined) => {
    registry.deploying();
    await Promise.all(gone.map(leave));
    await come();
    await registry.deployed();
  };
  return { clock, files, registry, vaultKey, vaultOf, tokens, enter, leave, deploy };
}

const refusalOf = ({ refusal }: Account) => refusal?.code ?? null;

const message = (vin: string, value: unknown, seconds = 0) => ({
  vin,
  entityId: GCID,
  data: { [SOC]: { value, unit: "percent", timestamp: new Date(START + seconds * 1000).toISOString() } },
});

describe("an account that is refused because of another one", () => {
  const doubles: readonly [string, Deployed, string][] = [
    ["client id", { gcid: OTHER_GCID }, "client_in_use"],
    ["BMW customer", { clientId: OTHER_CLIENT }, "gcid_in_use"],
  ];
  for (const [title, double, code] of doubles) {
    const start = async () => {
      const one = house();
      const first = await one.enter("a", { name: "Home" });
      const second = await one.enter("b", double);
      first.broker.accept();
      return { one, first, second };
    };
    const takesOver = ({ account, broker }: Awaited<ReturnType<typeof start>>["second"]) => {
      assert.equal(refusalOf(account), null);
      assert.equal(account.status.login.state, "ok");
      assert.equal(broker.connections.length, 1);
      broker.accept();
      assert.equal(account.status.stream.state, "live");
    };

    it(`(${title}) says so, and asks nobody for anything`, async () => {
      const { first, second } = await start();
      const { login, rest, stream } = second.account.status;
      assert.deepEqual(login, { state: "refused", problem: { code, params: { other: "Home" } } });
      assert.deepEqual([rest.state, stream.state], ["off", "off"]);
      assert.deepEqual([second.broker.connections.length, second.http.requests.length], [0, 0]);
      await assert.rejects(second.account.ready(), { code });
      assert.equal(first.account.status.stream.state, "live");
    });

    it(`(${title}) takes over when that one is removed`, async () => {
      const { one, first, second } = await start();
      await one.deploy([first.account]);
      takesOver(second);
      await second.account.atWork;
    });

    it(`(${title}) takes over when that one gets another client id and customer, in whatever order they start`, async () => {
      for (const order of ["before", "after"]) {
        const { one, first, second } = await start();
        await one.files.remove("/a/tokens.json");
        let again = second;
        await one.deploy([first.account, second.account], async () => {
          if (order === "before") again = await one.enter("b", double);
          await one.enter("a", { clientId: OTHER_CLIENT.replace(/^2/, "3"), gcid: OTHER_GCID.replace(/^1/, "2") });
          if (order === "after") again = await one.enter("b", double);
        });
        takesOver(again);
      }
    });

    it(`(${title}) takes over when that one logs out, which then waits for its turn`, async () => {
      const { one, first, second } = await start();
      await first.account.logout();
      await settle();
      takesOver(second);
      if (code === "client_in_use") assert.equal(refusalOf(first.account), code);
      await one.deploy([second.account]);
      assert.equal(refusalOf(first.account), null);
      assert.equal(first.account.status.login.state, "none");
    });

    it(`(${title}) stays refused when that one is deployed anew, in whatever order they start`, async () => {
      for (const order of ["before", "after", "alone"]) {
        const { one, first, second } = await start();
        let again = second;
        const gone = order === "alone" ? [first.account] : [first.account, second.account];
        await one.deploy(gone, async () => {
          if (order === "before") again = await one.enter("b", double);
          const { account } = await one.enter("a");
          assert.equal(refusalOf(account), null, order);
          if (order === "after") again = await one.enter("b", double);
        });
        assert.equal(refusalOf(again.account), code, order);
        assert.equal(again.broker.connections.length, 0);
      }
    });

    it(`(${title}) takes over when that one has closed, which may be after the deploy`, async () => {
      const one = house();
      const first = await one.enter("a");
      const release = await holdRefreshOf(first);
      one.registry.deploying();
      const left = one.leave(first.account);
      const late = await one.enter("b", double);
      await one.registry.deployed();
      assert.equal(refusalOf(late.account), code);
      release();
      await left;
      await settle();
      takesOver(late);
    });

    it(`(${title}) keeps its login alive meanwhile`, async () => {
      const { one, second } = await start();
      second.http.script.splice(0, 9, json(200, tokenAnswer(START + 45 * MINUTE, { gcid: double.gcid ?? GCID })));
      await one.clock.advance(46 * MINUTE);
      assert.ok(second.http.requests.every(({ url }) => url.endsWith("/token")));
      assert.equal(second.http.requests.length, 1);
    });
  }

  it("keeps no third one from working", async () => {
    const one = house();
    await one.enter("a", { gcid: OTHER_GCID });
    const second = await one.enter("b");
    const third = await one.enter("c", { clientId: OTHER_CLIENT });
    assert.deepEqual([refusalOf(second.account), refusalOf(third.account)], ["client_in_use", null]);
  });

  it("that has no login itself gives way: an account with a login goes before one without, whichever comes first", async () => {
    for (const ids of [
      ["idle", "at work"],
      ["at work", "idle"],
    ]) {
      const one = house();
      for (const id of ids) await one.enter(id, { saved: id === "at work" });
      assert.deepEqual(
        ["idle", "at work"].map((id) => one.registry.find(id)?.status.login.state),
        ["refused", "ok"],
      );
    }
  });

  it("both of them without a login: either can log in, and then is the one that works", async () => {
    for (const id of ["a", "b"]) {
      const one = house();
      const first = await one.enter("a", { saved: false });
      const second = await one.enter("b", { saved: false });
      assert.deepEqual([refusalOf(first.account), refusalOf(second.account)], [null, "client_in_use"]);
      assert.equal(await one.registry.rejection(id, CLIENT_ID), null);
      await one.registry.deliver(id, { tokens: one.tokens(), vaultKey: one.vaultKey });
      assert.equal(one.registry.find(id)?.status.login.state, "ok");
      assert.deepEqual(
        new Set([refusalOf(first.account), refusalOf(second.account)]),
        new Set(["client_in_use", null]),
      );
    }
  });
});

/** BMW does not answer the refresh that is asked for here before the returned function is called. */
async function holdRefreshOf({ account, http }: ReturnType<typeof testAccount>): Promise<() => void> {
  let release: () => void = () => undefined;
  http.hold = new Promise<void>((resolve) => (release = resolve));
  http.script.splice(0, 9, json(200, tokenAnswer()));
  account.refresh().catch(() => undefined);
  await settle();
  return () => {
    http.hold = null;
    release();
  };
}

describe("a car of another account", () => {
  const brokerSource = { properties: { source: "broker", brokerHost: "localhost" }, saved: false };
  const start = async () => {
    const one = house();
    const former = await one.enter("b", brokerSource);
    former.broker.accept();
    former.broker.publish(VIN, message(VIN, 41));
    former.broker.publish(OTHER_VIN, message(OTHER_VIN, 51));
    await one.deploy([former.account], async () => undefined);
    const owner = await one.enter("a");
    owner.broker.accept();
    owner.broker.publish(VIN, message(VIN, 63, 60));
    const waiting = await one.enter("b", brokerSource);
    waiting.broker.accept();
    return { one, owner, waiting };
  };
  const levels = ({ registry }: Account) =>
    [...registry.cars].map(([vin, { vehicle }]) => [vin, vehicle.readings.get(SOC)?.value]);

  it("stays out, and what is stored of it is not lost meanwhile", async () => {
    const { one, waiting } = await start();
    assert.deepEqual(levels(waiting.account), [[OTHER_VIN, 51]]);
    waiting.broker.publish(VIN, message(VIN, 64, 120));
    assert.equal(waiting.account.registry.rejected.get("vehicle-of-other-account"), 1);
    waiting.broker.publish(OTHER_VIN, message(OTHER_VIN, 52, 120));
    await waiting.account.close();
    assert.match(String(await one.files.read("/b/vehicles.json")), new RegExp(`${VIN}[^}]*`));
  });

  it("appears with all its stored readings when that one is removed", async () => {
    const { one, owner, waiting } = await start();
    const appeared: string[] = [];
    waiting.account.events.on("appeared", (vin) => appeared.push(vin));
    await one.deploy([owner.account]);
    assert.deepEqual(appeared, [VIN]);
    assert.deepEqual(new Map(levels(waiting.account) as [string, unknown][]).get(VIN), 41);
    waiting.broker.publish(VIN, message(VIN, 65, 180));
    assert.equal(waiting.updates.at(-1)?.readings[0]?.value, 65);
  });

  it("appears when that one logs out, and goes back when this one is removed", async () => {
    const { one, owner, waiting } = await start();
    await owner.account.logout();
    await settle();
    assert.deepEqual(new Map(levels(waiting.account) as [string, unknown][]).get(VIN), 41);
    assert.deepEqual(levels(owner.account), []);
    await one.deploy([waiting.account]);
    assert.deepEqual(levels(owner.account), [[VIN, 63]]);
  });

  it("appears when that one ignores it by now", async () => {
    const { one, owner, waiting } = await start();
    await one.deploy([owner.account], async () => {
      await one.enter("a", { properties: { vehicles: [{ vin: VIN, ignore: true }] } });
    });
    assert.deepEqual(new Map(levels(waiting.account) as [string, unknown][]).get(VIN), 41);
  });

  it("that was never asked for before is found when it is free", async () => {
    const one = house();
    const owner = await one.enter("a");
    owner.broker.accept();
    owner.broker.publish(VIN, message(VIN, 63));
    const waiting = await one.enter("b", brokerSource);
    waiting.broker.accept();
    waiting.broker.publish(VIN, message(VIN, 64, 1));
    await one.deploy([owner.account]);
    assert.deepEqual(
      waiting.events.filter(({ name }) => name === "vehicleFound"),
      [{ name: "vehicleFound", vin: VIN }],
    );
  });
});

describe("a car that the user ignores", () => {
  it("comes back with its stored readings when the user wants it again", async () => {
    const one = house();
    const ignoring = { properties: { vehicles: [{ vin: VIN, ignore: true }] } };
    let present = await one.enter("a");
    present.broker.accept();
    present.broker.publish(VIN, message(VIN, 63));
    for (const options of [ignoring, ignoring, {}]) {
      await one.deploy([present.account], async () => {
        present = await one.enter("a", options);
      });
      present.broker.accept();
      present.broker.publish(OTHER_VIN, message(OTHER_VIN, 50));
    }
    assert.equal(present.account.registry.cars.get(VIN)?.vehicle.readings.get(SOC)?.value, 63);
  });
});

describe("a login from the editor", () => {
  const login = (one: ReturnType<typeof house>, tokens: TokenSet) => ({ tokens, vaultKey: one.vaultKey });
  const saved = async (one: ReturnType<typeof house>, id: string) => (await one.vaultOf(id).load()).tokens;

  it("fails with the reason where another account has the client id or the customer; nothing is changed", async () => {
    const one = house();
    await one.enter("a", { name: "Home" });
    const second = await one.enter("b", { clientId: OTHER_CLIENT, gcid: OTHER_GCID });
    const before = second.account.status;
    await assert.rejects(one.registry.deliver("b", login(one, one.tokens(OTHER_CLIENT, GCID))), {
      code: "gcid_in_use",
      params: { other: "Home" },
    });
    assert.deepEqual(second.account.status, before);
    assert.equal((await saved(one, "b"))?.gcid, OTHER_GCID);
    assert.deepEqual(await one.registry.rejection("b", CLIENT_ID), {
      code: "client_in_use",
      params: { other: "Home" },
    });
    assert.deepEqual(one.registry.holderOf(CLIENT_ID.toUpperCase()), { id: "a", name: "Home" });
    assert.equal(one.registry.holderOf(""), null);
    assert.equal(await one.registry.rejection("a", CLIENT_ID), null);
  });

  it("for an account that is not deployed yet fails likewise, and works once the other one has gone", async () => {
    const one = house();
    const first = await one.enter("a");
    await assert.rejects(one.registry.deliver("b", login(one, one.tokens(OTHER_CLIENT))), { code: "gcid_in_use" });
    await one.deploy([first.account], async () => {
      await one.enter("b", { clientId: OTHER_CLIENT, saved: false });
    });
    assert.equal(one.registry.find("b")?.status.login.state, "ok");
    assert.equal((await saved(one, "b"))?.clientId, OTHER_CLIENT);
  });

  it("is judged by the accounts that a deploy leaves: asked meanwhile, it waits for the end", async () => {
    const one = house();
    const { account } = await one.enter("a");
    const ask = (clientId = CLIENT_ID) => one.registry.rejection("b", clientId);
    const answers: (Problem | null)[] = [];
    one.registry.deploying();
    await one.leave(account);
    const asked = ask().then((answer) => answers.push(answer));
    await settle();
    assert.deepEqual(answers, []);
    assert.equal(await ask(OTHER_CLIENT), null, "nobody has that");
    await one.registry.deployed();
    await asked;
    assert.deepEqual(answers, [null]);
  });

  it("is refused when the deploy brings the holder back, and waits ten seconds at most", async () => {
    const one = house();
    const { account } = await one.enter("a", { name: "Home" });
    const ask = () => one.registry.rejection("b", CLIENT_ID);
    const refused = { code: "client_in_use", params: { other: "Home" } };
    let asked: Promise<Problem | null> = Promise.resolve(null);
    await one.deploy([account], async () => {
      asked = ask();
      await one.enter("a", { name: "Home" });
    });
    assert.deepEqual(await asked, refused);
    one.registry.deploying();
    asked = ask();
    await settle();
    await one.clock.advance(10_000);
    assert.deepEqual(await asked, refused);
  });

  it("is not refused for an account that is gone and still closes", async () => {
    const one = house();
    const { account } = await one.enter("a");
    let close: () => void = () => undefined;
    const left = one.registry.leave(account, new Promise<void>((resolve) => (close = resolve)));
    assert.equal(await one.registry.rejection("b", CLIENT_ID), null);
    close();
    await left;
  });

  it("with another client id than the deployed one waits for the deploy of that", async () => {
    const one = house();
    const { account } = await one.enter("a");
    const other = one.tokens(OTHER_CLIENT, OTHER_GCID);
    await one.registry.deliver("a", login(one, other));
    assert.equal(account.status.login.state, "ok");
    assert.equal((await saved(one, "a"))?.clientId, CLIENT_ID, "a restart now loses nothing");
    await one.deploy([account], async () => {
      await one.enter("a", { clientId: OTHER_CLIENT });
    });
    assert.equal(one.registry.find("a")?.status.login.state, "ok");
    assert.deepEqual(await saved(one, "a"), other);
  });

  it("that is confirmed while the account closes is saved for its successor", async () => {
    const one = house();
    const { account } = await one.enter("a", { saved: false });
    let confirm: (value: Promise<void>) => void = () => undefined;
    one.registry.deploying();
    const left = one.registry.leave(account, new Promise<void>((resolve) => (confirm = resolve)));
    await settle();
    const tokens = one.tokens();
    confirm(one.registry.deliver("a", login(one, tokens)));
    await left;
    assert.deepEqual(await saved(one, "a"), tokens);
    const { account: successor } = await one.enter("a");
    await one.registry.deployed();
    assert.equal(successor.status.login.state, "ok");
  });

  it("that comes when the account has closed is taken by its successor", async () => {
    const one = house();
    const { account } = await one.enter("a", { saved: false });
    one.registry.deploying();
    await one.leave(account);
    await one.registry.deliver("a", login(one, one.tokens()));
    const { account: successor } = await one.enter("a", { saved: false });
    await one.registry.deployed();
    assert.equal(successor.status.login.state, "ok");
    assert.notEqual(await saved(one, "a"), null);
  });
});

describe("a logout across deploys", () => {
  /** An account that waits for its files, and what lets it have them. */
  const waiting = async () => {
    const one = house();
    await one.vaultOf("a").save(one.tokens());
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const files = { ...one.files, read: (path: string) => held.then(() => one.files.read(path)) };
    const { account } = await one.enter("a", { saved: false, isAwaited: false, files });
    await settle();
    return { one, account, release };
  };
  /** Does as a deploy that comes before the account has its files. */
  const leave = async ({ one, account }: Awaited<ReturnType<typeof waiting>>) => {
    one.registry.deploying();
    const left = one.leave(account);
    await one.clock.advance(15_000);
    await left;
  };

  it("that came too late for its account is for the successor, which has no login then", async () => {
    const stage = await waiting();
    const { one, account, release } = stage;
    const loggedOut = one.registry.logout(account);
    await leave(stage);
    release();
    const { account: successor } = await one.enter("a", { saved: false });
    assert.equal(successor.status.login.state, "ok");
    await one.registry.deployed();
    await loggedOut;
    assert.equal(successor.status.login.state, "none");
    assert.equal((await one.vaultOf("a").load()).tokens, null);
  });

  it("is refused when no successor comes", async () => {
    const stage = await waiting();
    const refused = assert.rejects(stage.one.registry.logout(stage.account), { code: "rest_aborted" });
    await leave(stage);
    stage.release();
    await stage.one.registry.deployed();
    await refused;
  });

  it("does not end a login that was made after it while it waited", async () => {
    const { one, account, release } = await waiting();
    const refused = assert.rejects(one.registry.logout(account), { code: "login_superseded" });
    const delivered = one.registry.deliver("a", { tokens: one.tokens(), vaultKey: one.vaultKey });
    release();
    await Promise.all([refused, delivered]);
    assert.equal(account.status.login.state, "ok");
    assert.notEqual((await one.vaultOf("a").load()).tokens, null);
  });
});

describe("logins across deploys on a disk that stalls", () => {
  /** Files of which each operation may take up to `most` milliseconds of the clock. */
  function stalling(files: Files, clock: SimulatedClock, random: SeededRandom, most: number): Files {
    const stall = (): Promise<unknown> =>
      random.fraction() < 1 / 3
        ? new Promise<void>((resolve) => void clock.after(random.between(1, most), resolve))
        : Promise.resolve();
    return {
      ...files,
      read: (path) => stall().then(() => files.read(path)),
      write: (path, content) => stall().then(() => files.write(path, content)),
      remove: (path) => stall().then(() => files.remove(path)),
    };
  }

  /** The actions of the user and the deploys; the number of the last login or logout that was confirmed. */
  async function live(seed: number, most: number) {
    const random = new SeededRandom(seed, "logins across deploys");
    const one = house();
    const slow = stalling(one.files, one.clock, random, most);
    const under = new Set<Promise<void>>();
    const trace: string[] = [];
    let [count, confirmed] = [0, 0];
    let confirmedToken: string | null = null;
    const enter = () => one.enter("a", { saved: false, isAwaited: false, files: slow, script: [json(500, {})] });
    const ask = (act: string, run: (number: number) => Promise<string | null>) => {
      const number = ++count;
      trace.push(`${act} ${number}`);
      const asked = run(number)
        .then(
          (token) => {
            trace.push(`confirmed ${number}`);
            if (number > confirmed) [confirmed, confirmedToken] = [number, token];
          },
          (error: unknown) => trace.push(`refused ${number}: ${toCarDataError(error).code}`),
        )
        .finally(() => under.delete(end));
      const end: Promise<void> = asked.then(() => undefined);
      under.add(end);
    };
    let { account } = await enter();
    await one.registry.deployed();
    for (let step = 0; step < 8; step++) {
      const act = random.pick(["log in", "log in", "log out", "deploy", "deploy"]);
      if (act === "log in")
        ask(act, async (number) => {
          const tokens = { ...one.tokens(), refreshToken: `refresh-token-${number}` };
          await one.registry.deliver("a", { tokens, vaultKey: one.vaultKey });
          return tokens.refreshToken;
        });
      else if (act === "log out")
        ask(act, async () => {
          await one.registry.logout(account);
          return null;
        });
      else {
        trace.push(act);
        one.registry.deploying();
        const left = one.registry.leave(account, Promise.all([...under]));
        await one.clock.advance(15_000);
        await left;
        ({ account } = await enter());
        void one.registry.deployed();
      }
      if (random.fraction() < 0.5) await one.clock.advance(random.between(0, 4) * 1000);
      else await settle();
    }
    await one.clock.advance(5 * MINUTE);
    const saved = (await one.vaultOf("a").load()).tokens?.refreshToken ?? null;
    const { state } = account.status.login;
    await Promise.all([account.close(), one.clock.advance(MINUTE)]);
    return { trace, saved, state, confirmedToken, isLast: confirmed === count };
  }

  for (const most of [2000, 6000, 14_000])
    it(`end with the last one that was confirmed, in use and saved (operations of up to ${most} ms)`, async () => {
      for (let seed = SEED; seed < SEED + runs(40); seed++) {
        const { trace, saved, state, confirmedToken, isLast } = await live(seed, most);
        const story = `seed ${seed}: ${trace.join(", ")}`;
        assert.equal(saved, confirmedToken, story);
        assert.equal(state, confirmedToken === null ? "none" : "ok", story);
        // The newest one can be refused by nothing but a deploy.
        assert.ok(isLast || trace.includes("deploy"), story);
      }
    });
});

describe("a deploy while BMW has not answered a refresh", () => {
  const start = async () => {
    const one = house();
    const parts = await one.enter("a");
    const old = (await one.vaultOf("a").load()).tokens;
    return { one, parts, old, release: await holdRefreshOf(parts) };
  };

  it("waits for the answer and saves it; the successor uses the new token", async () => {
    const { one, parts, old, release } = await start();
    one.registry.deploying();
    const left = one.leave(parts.account);
    await one.clock.advance(9000);
    release();
    await left;
    const { account, http } = await one.enter("a", { script: [json(200, tokenAnswer())] });
    await one.registry.deployed();
    await account.refresh();
    const sent = http.requests.find(({ url }) => url.endsWith("/token"))?.form["refresh_token"];
    assert.ok(sent !== undefined && sent !== old?.refreshToken);
    assert.equal(account.status.login.state, "ok");
  });

  it("gives up after ten seconds", async () => {
    const { one, parts, old } = await start();
    const left = one.leave(parts.account);
    await one.clock.advance(10_000);
    await left;
    assert.deepEqual((await one.vaultOf("a").load()).tokens, old);
    assert.equal(one.clock.nextAt(), null);
  });

  it("lets a successor that starts too early wait before it reads", async () => {
    const { one, parts, release } = await start();
    one.registry.deploying();
    const left = one.leave(parts.account);
    const { account, http } = await one.enter("a", { isAwaited: false, script: [json(200, tokenAnswer())] });
    void one.registry.deployed();
    await one.clock.advance(1000);
    assert.equal(account.status.login.state, "none");
    release();
    await left;
    await one.registry.deployed();
    await account.atWork;
    const renewed = (await one.vaultOf("a").load()).tokens;
    await account.refresh();
    const sent = http.requests.find(({ url }) => url.endsWith("/token"))?.form["refresh_token"];
    assert.equal(sent, renewed?.refreshToken);
  });
});

describe("an account that lies in a subflow which is used twice", () => {
  it("works once; the other one takes over when the first is removed", async () => {
    const one = house();
    const first = await one.enter("a");
    const second = await one.enter("a");
    assert.deepEqual(second.account.status.login, { state: "refused", problem: { code: "account_twice" } });
    await assert.rejects(second.account.ready(), { code: "account_twice" });
    assert.equal(one.registry.find("a"), first.account);
    await one.deploy([first.account]);
    assert.deepEqual([refusalOf(second.account), second.account.status.login.state], [null, "ok"]);
    assert.equal(one.registry.find("a"), second.account);
  });

  it("is the same after a deploy of both", async () => {
    const one = house();
    const gone = [await one.enter("a"), await one.enter("a")];
    await one.deploy(
      gone.map(({ account }) => account),
      async () => {
        await one.enter("a");
        await one.enter("a");
      },
    );
    assert.equal(one.registry.find("a")?.status.login.state, "ok");
  });
});
