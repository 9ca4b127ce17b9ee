import assert from "node:assert/strict";
import { OAuthClient } from "../../../src/auth/oauth-client.js";
import { TokenManager } from "../../../src/auth/token-manager.js";
import { acceptLogin, type TokenSet } from "../../../src/auth/tokens.js";
import { generateVaultKey, TokenVault } from "../../../src/auth/token-vault.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import type { Problem } from "../../../src/support/errors.js";
import type { HttpSend } from "../../../src/support/http.js";
import { SimulatedClock, settle } from "../../../src/support/simulated-clock.js";
import {
  CLIENT_ID,
  connectTimedOut,
  evenRandom,
  GCID,
  json,
  jwt,
  networkDown,
  scriptedHttp,
  START,
  timedOut,
  tokenAnswer,
  type HttpAnswer,
} from "../../helpers/fakes.js";

const OTHER_GCID = "11111111-8888-4777-8666-555555555555";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const dead = json(400, { error: "invalid_request", error_description: "The request is missing a required parameter" });

function managerWith(script: HttpAnswer[], files: Files = memoryFiles(), send?: HttpSend) {
  const clock = new SimulatedClock(START);
  const http = scriptedHttp(...script);
  const events: string[] = [];
  const used: TokenSet[] = [];
  const problems: Problem[] = [];
  const regained: number[] = [];
  const renamed: number[] = [];
  const vaultKey = generateVaultKey();
  const noted: Files = {
    ...files,
    write: async (path, content) => {
      events.push("save");
      await files.write(path, content);
    },
  };
  const vault = () => new TokenVault(new Store("/a", noted, clock, () => undefined), vaultKey);
  const create = () =>
    new TokenManager(
      { clock, random: evenRandom },
      {
        oauth: new OAuthClient(send ?? http.send, "https://auth.example", new AbortController().signal),
        vault: vault(),
        onTokens: (tokens) => {
          events.push("use");
          used.push(tokens);
        },
        onRenamed: () => renamed.push(clock.now()),
        onRegained: () => regained.push(clock.now()),
        onLoginNeeded: (problem) => problems.push(problem),
        onUnsaved: () => events.push("unsaved"),
        onHealth: () => undefined,
      },
    );
  const manager = create();
  manager.start();
  const tokens = acceptLogin(tokenAnswer(START), CLIENT_ID, START);
  const adopt = (login: TokenSet) => manager.login({ tokens: login, vaultKey });
  /** Another one that begins with what lies on the disk, as after a restart. */
  const restarted = async (saved?: TokenSet) => {
    if (saved !== undefined) await vault().save(saved);
    const again = create();
    await again.load(CLIENT_ID);
    again.start();
    return again;
  };
  return { clock, http, manager, tokens, adopt, restarted, events, used, problems, regained, renamed, files };
}

/** An HTTP that answers when the test says so. */
function heldHttp() {
  const waiting: ((answer: HttpAnswer) => void)[] = [];
  const send: HttpSend = async (request) => {
    const answer = await new Promise<HttpAnswer>((resolve) => waiting.push(resolve));
    return scriptedHttp(answer).send(request);
  };
  return { send, answer: (answer: HttpAnswer) => waiting.shift()?.(answer) };
}

const renewed = (at: number, changes = {}) => json(200, tokenAnswer(at, changes));

/** Simulates a disk of which a write, while it is held, ends only on command. */
function slowDisk() {
  const files = memoryFiles();
  const disk: { held: boolean; finish: () => void } = { held: false, finish: () => undefined };
  const slow: Files = {
    ...files,
    write: async (path, content) => {
      if (disk.held) await new Promise<void>((resolve) => (disk.finish = resolve));
      await files.write(path, content);
    },
  };
  return { files, disk, slow };
}

describe("token manager", () => {
  it("refreshes after 45 minutes, and again 45 minutes later", async () => {
    const { clock, http, adopt, tokens } = managerWith([
      renewed(START + 45 * MINUTE),
      renewed(START + 90 * MINUTE),
      dead,
    ]);
    await adopt(tokens);
    await clock.advance(45 * MINUTE - 1);
    assert.equal(http.requests.length, 0);
    await clock.advance(1);
    assert.equal(http.requests.length, 1);
    assert.deepEqual(http.requests[0]!.form, {
      grant_type: "refresh_token",
      refresh_token: tokens.refreshToken,
      client_id: CLIENT_ID,
    });
    await clock.advance(45 * MINUTE);
    assert.equal(http.requests.length, 2);
    assert.notEqual(http.requests[1]!.form["refresh_token"], tokens.refreshToken, "the rotated token is used");
  });

  it("makes the rotated token durable before anything uses it", async () => {
    const { disk, slow } = slowDisk();
    const { clock, manager, adopt, tokens, events } = managerWith([renewed(START + 45 * MINUTE)], slow);
    await adopt(tokens);
    events.length = 0;
    disk.held = true;
    await clock.advance(45 * MINUTE);
    assert.deepEqual(events, ["save"]);
    assert.equal(manager.tokens, tokens, "a kill now would lose nothing that is in use");
    disk.finish();
    await settle();
    assert.deepEqual(events, ["save", "use"]);
  });

  it("serves 20 callers with one request when the token has expired", async () => {
    const { clock, http, restarted, tokens } = managerWith([renewed(START + 2 * HOUR)]);
    clock.jump(2 * HOUR);
    const manager = await restarted(tokens);
    const all = await Promise.all(Array.from({ length: 20 }, () => manager.fresh()));
    assert.equal(http.requests.length, 1);
    assert.equal(new Set(all.map(({ accessToken }) => accessToken)).size, 1);
  });

  it("asks for nothing once it is closed", async () => {
    const { clock, http, manager, adopt, tokens } = managerWith([dead]);
    await adopt(tokens);
    await manager.close();
    await clock.advance(2 * HOUR);
    assert.equal(http.requests.length, 0);
  });

  it("costs no call at a restart while the token is good for more than five minutes", async () => {
    const { clock, http, restarted, tokens } = managerWith([renewed(START + 56 * MINUTE)]);
    clock.jump(50 * MINUTE);
    const manager = await restarted(tokens);
    await manager.fresh();
    await clock.advance(4 * MINUTE);
    assert.equal(http.requests.length, 0);
    await clock.advance(2 * MINUTE);
    assert.equal(http.requests.length, 1);
  });

  it("keeps what a partial answer leaves out", async () => {
    const partial = renewed(START, {
      refresh_token: undefined,
      scope: undefined,
      gcid: undefined,
      expires_in: undefined,
    });
    const { clock, manager, adopt, tokens } = managerWith([partial]);
    await adopt(tokens);
    await clock.advance(45 * MINUTE);
    assert.equal(manager.tokens?.refreshToken, tokens.refreshToken);
    assert.deepEqual(manager.tokens?.scopes, tokens.scopes);
    assert.equal(manager.tokens?.gcid, tokens.gcid);
    assert.notEqual(manager.tokens?.accessToken, tokens.accessToken);
  });

  for (const [title, changes] of [
    ["in other letters", { gcid: GCID.toUpperCase() }],
    ["only as the subject of the id token", { gcid: undefined, id_token: jwt({ sub: OTHER_GCID }) }],
  ] as const)
    it(`stays with its customer when a renewal names one ${title}`, async () => {
      const { clock, manager, adopt, tokens, renamed } = managerWith([renewed(START + HOUR, changes)]);
      await adopt(tokens);
      await clock.advance(46 * MINUTE);
      assert.notEqual(manager.tokens, tokens);
      assert.deepEqual([manager.tokens?.gcid, renamed], [GCID, []]);
    });

  for (const changes of [{ gcid: OTHER_GCID }, { gcid: undefined, id_token: jwt({ gcid: OTHER_GCID, sub: GCID }) }])
    it(`says so when a renewal really names another customer (${Object.keys(changes).join()})`, async () => {
      const { clock, manager, adopt, tokens, renamed } = managerWith([renewed(START + HOUR, changes)]);
      await adopt(tokens);
      await clock.advance(46 * MINUTE);
      assert.equal(manager.tokens?.gcid, OTHER_GCID);
      assert.equal(renamed.length, 1);
    });

  it("stores nothing from an answer without tokens, and tries again", async () => {
    const { clock, adopt, tokens, events, problems } = managerWith([
      json(200, { access_token: "only" }),
      renewed(START + 46 * MINUTE),
    ]);
    await adopt(tokens);
    events.length = 0;
    await clock.advance(45 * MINUTE);
    assert.deepEqual(events, []);
    await clock.advance(30_000);
    assert.equal(events.length, 2);
    assert.deepEqual(problems, []);
  });

  const transient: [string, HttpAnswer][] = [
    ["no network", networkDown],
    ["a timeout", timedOut],
    ["500", json(500, { error: "server_error" })],
    ["408", json(408, {})],
    ["429", json(429, {})],
    ["200 with HTML", { status: 200, text: "<html>", type: "text/html" }],
    ["a gateway's 403 page", { status: 403, text: "<html>Forbidden</html>", type: "text/html" }],
  ];
  for (const [title, answer] of transient)
    it(`never asks for a login because of ${title}`, async () => {
      const { clock, manager, adopt, tokens, problems, http } = managerWith([answer]);
      await adopt(tokens);
      await clock.advance(6 * HOUR);
      assert.deepEqual(problems, []);
      assert.equal(manager.health.state, "ok");
      assert.equal(manager.health.problem?.code, "refresh_unreachable");
      assert.ok(http.requests.length > 20 && http.requests.length < 40, `${http.requests.length} tries in 6 hours`);
    });

  it("recovers by itself after six hours without name resolution", async () => {
    const { clock, http, manager, adopt, tokens, problems } = managerWith([networkDown]);
    await adopt(tokens);
    await clock.advance(6 * HOUR);
    await assert.rejects(manager.fresh(), { code: "refresh_unreachable" });
    http.script.length = 0;
    http.script.push(renewed(clock.now()));
    await clock.advance(20 * MINUTE);
    assert.equal((await manager.fresh()).expiresAt > clock.now(), true);
    assert.deepEqual(problems, []);
    assert.equal(manager.health.problem, null);
  });

  it("goes on with a token that is still valid while BMW cannot be reached", async () => {
    const { clock, manager, adopt, tokens } = managerWith([networkDown]);
    await adopt(tokens);
    await clock.advance(57 * MINUTE);
    assert.equal((await manager.fresh()).accessToken, tokens.accessToken);
  });

  const permanent: [string, HttpAnswer, number[]][] = [
    ["400 invalid_request", dead, [1]],
    ["400 invalid_grant", json(400, { error: "invalid_grant" }), [1]],
    ["400 invalid_token", json(400, { error: "invalid_token" }), [1]],
    ["401", json(401, {}), [1, 2, 5]],
    ["403 as JSON", json(403, { error: "access_denied" }), [1, 2, 5]],
  ];
  for (const [title, answer, pauses] of permanent)
    it(`asks for a login after ${title}, once, and only when it was confirmed`, async () => {
      const { clock, http, manager, adopt, tokens, problems } = managerWith([answer]);
      await adopt(tokens);
      await clock.advance(45 * MINUTE);
      for (const pause of pauses) {
        assert.deepEqual(problems, [], "one hiccup is forgiven");
        assert.equal(manager.health.problem?.code, "refresh_refused");
        await clock.advance(pause * MINUTE);
      }
      assert.deepEqual(problems, [{ code: "refresh_rejected" }]);
      assert.equal(http.requests.length, pauses.length + 1);
      await assert.rejects(manager.fresh(), { code: "refresh_rejected" });
      await clock.advance(40 * DAY);
      assert.equal(http.requests.length, pauses.length + 31, "tried again, rarely and not for ever");
      assert.equal(problems.length, 1);
    });

  it("takes BMW's refusal of the token after a lost answer as final: the token was rotated", async () => {
    const { clock, adopt, tokens, problems, http } = managerWith([timedOut, dead]);
    await adopt(tokens);
    await clock.advance(45 * MINUTE + 30_000);
    assert.equal(http.requests.length, 2);
    assert.equal(http.requests[1]!.form["refresh_token"], tokens.refreshToken, "tried once more with the same token");
    assert.deepEqual(problems, [{ code: "refresh_rejected" }]);
  });

  const forbidden: [string, HttpAnswer[]][] = [
    ["401 after a lost answer", [timedOut, json(401, {})]],
    ["403 after a lost answer", [timedOut, json(403, { message: "Forbidden" })]],
    ["401 with the page of a captive portal", [{ status: 401, text: "<html>Log in", type: "text/html" }]],
    ["400 after a connection that did not come about", [connectTimedOut, dead]],
    ["400 after a name that was not resolved", [networkDown, dead]],
    ["400 after an answer that was lost before another came", [timedOut, json(503, {}), dead]],
    [
      "a minute of 401 between other trouble",
      [json(401, {}), json(401, {}), json(503, {}), json(401, {}), json(401, {})],
    ],
  ];
  for (const [title, answers] of forbidden)
    it(`does not ask for a login because of a single ${title}`, async () => {
      const { clock, manager, adopt, tokens, problems, http } = managerWith(answers);
      await adopt(tokens);
      http.script.push(renewed(START + HOUR));
      await clock.advance(HOUR);
      assert.deepEqual(problems, []);
      assert.notEqual(manager.tokens, tokens);
      assert.deepEqual(manager.health, { state: "ok", problem: null });
    });

  it("does not count as confirmed what somebody else asks a moment after a refusal", async () => {
    const { clock, manager, adopt, tokens, problems, http } = managerWith([dead, renewed(START + HOUR)]);
    await adopt(tokens);
    await clock.advance(45 * MINUTE);
    await assert.rejects(manager.force({ rejected: tokens.accessToken }), { code: "refresh_refused" });
    assert.equal(http.requests.length, 1);
    await clock.advance(MINUTE);
    assert.deepEqual([problems, manager.health], [[], { state: "ok", problem: null }]);
  });

  it("tells all who are refused before that is confirmed the same, so that nobody is sent to log in again", async () => {
    const { manager, adopt, tokens, http } = managerWith([dead]);
    await adopt(tokens);
    const forced = () => manager.force({ rejected: tokens.accessToken });
    for (const ask of [forced, forced]) await assert.rejects(ask(), { code: "refresh_refused" });
    assert.equal(http.requests.length, 1);
  });

  it("recovers by itself when BMW takes a login again that it had refused", async () => {
    const { clock, http, manager, adopt, tokens, problems, regained } = managerWith([
      json(403, { message: "Forbidden" }),
    ]);
    await adopt(tokens);
    await clock.advance(2 * HOUR);
    assert.equal(manager.health.state, "needed");
    http.script.length = 0;
    http.script.push(networkDown, renewed(clock.now() + 4 * HOUR));
    await clock.advance(8 * HOUR);
    assert.deepEqual(manager.health, { state: "ok", problem: null });
    assert.equal((await manager.fresh()).accessToken, manager.tokens?.accessToken);
    assert.deepEqual([problems.length, regained.length], [1, 1]);
  });

  it("tries no refused login again once there is another, or none", async () => {
    for (const act of ["login", "logout"] as const) {
      const { clock, http, manager, adopt, tokens } = managerWith([dead]);
      await adopt(tokens);
      await clock.advance(50 * MINUTE);
      assert.equal(manager.health.state, "needed");
      await (act === "logout"
        ? manager.logout()
        : adopt(acceptLogin(tokenAnswer(clock.now()), CLIENT_ID, clock.now())));
      const asked = http.requests.length;
      await clock.advance(act === "logout" ? DAY : 30 * MINUTE);
      assert.equal(http.requests.length, asked, act);
    }
  });

  it("asks BMW about a login that is older than 14 days by the clock, and believes only BMW", async () => {
    const { clock, http, restarted, tokens, problems } = managerWith([dead]);
    clock.jump(15 * DAY);
    await restarted(tokens);
    await clock.advance(HOUR);
    assert.equal(http.requests.length, 2);
    assert.deepEqual(problems, [{ code: "refresh_token_too_old" }]);
  });

  for (const [title, jump] of [
    ["in the year 2099", Date.parse("2099-01-01T00:00:00Z") - START],
    ["a month ahead", 30 * DAY],
    ["in 1970", 1000 - START],
    ["at the last shutdown, five hours behind", -5 * HOUR],
  ] as const) {
    it(`keeps the login at a start with the clock ${title}, and renews it at once`, async () => {
      const { clock, http, restarted, tokens, problems } = managerWith([]);
      clock.jump(jump);
      http.script.push(renewed(START + 5 * HOUR));
      const manager = await restarted(tokens);
      await clock.advance(1000);
      assert.equal(http.requests.length, 1);
      assert.deepEqual(problems, []);
      assert.notEqual(manager.tokens?.refreshToken, tokens.refreshToken);
      // The time server sets the clock right.
      clock.jump(-jump);
      await clock.advance(12 * HOUR);
      assert.deepEqual(problems, []);
      assert.ok(http.requests.length >= 16 && http.requests.length <= 19, String(http.requests.length));
    });

    it(`goes on renewing every 45 minutes after tokens came with the clock ${title}`, async () => {
      const { clock, http, restarted, tokens, problems } = managerWith([]);
      clock.jump(jump);
      http.script.push(renewed(START));
      await restarted(tokens);
      await clock.advance(1000);
      clock.jump(-jump);
      const saved = http.requests.length;
      // Node-RED starts again, with the right clock.
      const again = await restarted();
      await clock.advance(6 * HOUR);
      assert.deepEqual(problems, []);
      assert.ok(http.requests.length - saved >= 7, String(http.requests.length));
      await again.close();
    });
  }

  it("refreshes by force although the clock calls the token valid", async () => {
    const { manager, adopt, tokens, http } = managerWith([renewed(START)]);
    await adopt(tokens);
    const after = await manager.force({ rejected: tokens.idToken });
    assert.equal(http.requests.length, 1);
    assert.notEqual(after.idToken, tokens.idToken);
  });

  it("forces at most once a minute, and not for a token that is no longer in use", async () => {
    const { clock, manager, adopt, tokens, http } = managerWith([renewed(START), renewed(START), renewed(START)]);
    await adopt(tokens);
    const first = await manager.force({ rejected: tokens.idToken });
    assert.equal(await manager.force({ rejected: tokens.idToken }), first, "another token is in use by now");
    assert.equal(await manager.force({ rejected: first.idToken }), first, "too soon");
    assert.equal(http.requests.length, 1);
    await clock.advance(MINUTE);
    await manager.force({ rejected: first.idToken });
    assert.equal(http.requests.length, 2);
    await manager.force({ byUser: true });
    assert.equal(http.requests.length, 3, "the user's button works at any time");
  });

  it("reports why a forced refresh failed", async () => {
    const { manager, adopt, tokens } = managerWith([networkDown]);
    await adopt(tokens);
    await assert.rejects(manager.force({ byUser: true }), { code: "refresh_unreachable" });
  });

  it("lets a new login end the episode", async () => {
    const { clock, manager, adopt, tokens, problems } = managerWith([dead, dead, renewed(START + 2 * HOUR), dead]);
    await adopt(tokens);
    await clock.advance(HOUR);
    assert.equal(manager.health.state, "needed");
    const again = acceptLogin(tokenAnswer(clock.now()), CLIENT_ID, clock.now());
    await adopt(again);
    assert.equal(manager.health.state, "ok");
    assert.equal((await manager.fresh()).accessToken, again.accessToken);
    assert.equal(problems.length, 1);
  });

  it("does not take the answer to a refresh of a login that was replaced meanwhile", async () => {
    const { manager, adopt, tokens } = managerWith([renewed(START)]);
    await adopt(tokens);
    const forced = manager.force({ byUser: true });
    const again = acceptLogin(tokenAnswer(START), CLIENT_ID, START);
    const adopted = adopt(again);
    await Promise.all([forced, adopted]);
    assert.equal(manager.tokens, again);
  });

  it("does not let the refused refresh of a former login speak for the new one", async () => {
    const held = heldHttp();
    const { clock, manager, adopt, tokens, problems } = managerWith([], memoryFiles(), held.send);
    await adopt(tokens);
    for (let time = 0; time < 2; time++) {
      const forced = manager.force({ byUser: true });
      await adopt(acceptLogin(tokenAnswer(START), CLIENT_ID, START));
      held.answer(dead);
      await forced;
      await clock.advance(2 * MINUTE);
    }
    assert.deepEqual([problems, manager.health], [[], { state: "ok", problem: null }]);
  });

  it("is not resurrected by a refresh that is answered after the logout", async () => {
    const held = heldHttp();
    const { manager, adopt, tokens, files, events, restarted } = managerWith([], memoryFiles(), held.send);
    await adopt(tokens);
    const forced = manager.force({ byUser: true });
    await settle();
    events.length = 0;
    await manager.logout();
    held.answer(renewed(START));
    await assert.rejects(forced, { code: "not_logged_in" });
    await settle();
    assert.deepEqual([manager.tokens, await files.read("/a/tokens.json"), events], [null, null, []]);
    assert.equal((await restarted()).tokens, null);
  });

  it("stays logged out after a logout during the slow save of a login", async () => {
    const { files, disk, slow } = slowDisk();
    disk.held = true;
    const { manager, adopt, tokens } = managerWith([], slow);
    const adopted = adopt(tokens);
    await settle();
    const loggedOut = manager.logout();
    disk.finish();
    await loggedOut;
    await assert.rejects(adopted, { code: "login_superseded" });
    assert.deepEqual([manager.tokens, await files.read("/a/tokens.json")], [null, null]);
  });

  it("asks BMW nothing with tokens that a login on its way to the disk replaces", async () => {
    const { disk, slow } = slowDisk();
    const { http, manager, adopt, tokens, problems } = managerWith([renewed(START), dead], slow);
    await adopt(tokens);
    disk.held = true;
    // Rotated, and not yet saved when the user logs in again.
    const rotating = manager.force({ byUser: true });
    await settle();
    const again = acceptLogin(tokenAnswer(START), CLIENT_ID, START);
    const adopted = adopt(again);
    const forced = manager.force({ byUser: true });
    disk.finish();
    await settle();
    disk.finish();
    await Promise.all([rotating, adopted]);
    assert.equal(await forced, again);
    assert.deepEqual([http.requests.length, problems, manager.health.problem], [1, [], null]);
  });

  it("waits at close for the answer to a refresh, and saves it", async () => {
    const held = heldHttp();
    const { manager, adopt, tokens, restarted, events } = managerWith([], memoryFiles(), held.send);
    await adopt(tokens);
    const forced = manager.force({ byUser: true });
    await settle();
    let isClosed = false;
    events.length = 0;
    const closed = manager.close().then(() => (isClosed = true));
    await settle();
    assert.equal(isClosed, false);
    held.answer(renewed(START));
    await Promise.all([closed, forced]);
    assert.deepEqual(events, ["save"], "nobody is told any more");
    const again = await restarted();
    assert.notEqual(again.tokens?.refreshToken, tokens.refreshToken);
    assert.equal(again.tokens?.refreshToken, manager.tokens?.refreshToken);
  });

  it("begins no refresh once it is closed", async () => {
    const { clock, http, manager, adopt, tokens } = managerWith([dead]);
    await adopt(tokens);
    await manager.close();
    clock.jump(2 * HOUR);
    await assert.rejects(manager.fresh(), { code: "rest_aborted" });
    await assert.rejects(manager.force({ byUser: true }), { code: "rest_aborted" });
    assert.equal(http.requests.length, 0);
  });

  it("takes no life of years from an id token because the clock is behind", async () => {
    const clock = 1000;
    const idToken = jwt({ sub: GCID, iat: START / 1000, exp: START / 1000 + 3600 });
    for (const id_token of [idToken, jwt({ sub: GCID, exp: START / 1000 + 3600 })]) {
      const accepted = acceptLogin(tokenAnswer(START, { expires_in: null, id_token }), CLIENT_ID, clock);
      assert.equal(accepted.expiresAt, clock + HOUR);
    }
  });

  it("does not refresh more often when the clock is set back or forward a day", async () => {
    for (const day of [-24 * HOUR, 24 * HOUR]) {
      const { clock, http, adopt, tokens } = managerWith([
        renewed(START + day + 45 * MINUTE),
        renewed(START + day + 90 * MINUTE),
      ]);
      await adopt(tokens);
      clock.jump(day);
      await clock.advance(46 * MINUTE);
      assert.equal(http.requests.length, 1);
    }
  });

  for (const [title, ahead, changes] of [
    ["this machine's clock is two hours ahead of BMW's", 2 * HOUR, {}],
    ["BMW says that a token lives for a second", 0, { expires_in: 1 }],
    ["BMW sends an id token that has ended, and no life", 0, { id_token: jwt({ exp: 1 }), expires_in: null }],
  ] as const)
    it(`does not refresh without pause when ${title}`, async () => {
      const { clock, http, adopt } = managerWith([]);
      http.script.push(renewed(START - ahead, changes));
      await adopt(acceptLogin(tokenAnswer(START - ahead, changes), CLIENT_ID, START));
      await clock.advance(10 * MINUTE);
      assert.ok(http.requests.length <= 14, String(http.requests.length));
    });

  it("asks nobody without a login", async () => {
    const { manager, http } = managerWith([dead]);
    await assert.rejects(manager.fresh(), { code: "not_logged_in" });
    await assert.rejects(manager.force({ byUser: true }), { code: "not_logged_in" });
    assert.equal(http.requests.length, 0);
    assert.deepEqual(manager.health, { state: "none", problem: null });
  });
});
