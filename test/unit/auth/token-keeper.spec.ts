import assert from "node:assert/strict";
import { OAuthClient } from "../../../src/auth/oauth-client.js";
import { TokenKeeper } from "../../../src/auth/token-keeper.js";
import { acceptLogin, type TokenSet } from "../../../src/auth/tokens.js";
import type { Problem } from "../../../src/support/errors.js";
import { SimulatedClock, settle } from "../../../src/support/simulated-clock.js";
import {
  CLIENT_ID,
  evenRandom,
  json,
  jwt,
  networkDown,
  scriptedHttp,
  START,
  timedOut,
  tokenAnswer,
  type Answer,
} from "../../helpers/fakes.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const dead = json(400, { error: "invalid_request", error_description: "The request is missing a required parameter" });

function keeperWith(script: Answer[], save: (tokens: TokenSet) => Promise<unknown> = async () => true) {
  const clock = new SimulatedClock(START);
  const http = scriptedHttp(...script);
  const events: string[] = [];
  const used: TokenSet[] = [];
  const problems: Problem[] = [];
  const keeper = new TokenKeeper({
    oauth: new OAuthClient(http.send, "https://auth.example", new AbortController().signal),
    clock,
    random: evenRandom,
    save: async (tokens) => {
      events.push(`save ${tokens.refreshToken}`);
      await save(tokens);
    },
    onTokens: (tokens) => {
      events.push(`use ${tokens.refreshToken}`);
      used.push(tokens);
    },
    onLoginNeeded: (problem) => problems.push(problem),
    onHealth: () => undefined,
  });
  const tokens = acceptLogin(tokenAnswer(START), CLIENT_ID, START);
  return { clock, http, keeper, tokens, events, used, problems };
}

const renewed = (at: number, changes = {}) => json(200, tokenAnswer(at, changes));

describe("token keeper", () => {
  it("refreshes after 45 minutes, and again 45 minutes later", async () => {
    const { clock, http, keeper, tokens } = keeperWith([
      renewed(START + 45 * MINUTE),
      renewed(START + 90 * MINUTE),
      dead,
    ]);
    keeper.adopt(tokens);
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
    let finish: () => void = () => undefined;
    const { clock, keeper, tokens, events } = keeperWith(
      [renewed(START + 45 * MINUTE)],
      () => new Promise<void>((resolve) => (finish = resolve)),
    );
    keeper.adopt(tokens);
    events.length = 0;
    await clock.advance(45 * MINUTE);
    assert.equal(events.length, 1);
    assert.match(events[0]!, /^save/);
    assert.equal(keeper.tokens?.refreshToken, tokens.refreshToken, "a kill now would lose nothing that is in use");
    finish();
    await settle();
    assert.match(events[1]!, /^use/);
  });

  it("serves 20 callers with one request when the token has expired", async () => {
    const { clock, http, keeper, tokens } = keeperWith([renewed(START + 2 * HOUR)]);
    clock.jump(2 * HOUR);
    keeper.resume(tokens);
    const all = await Promise.all(Array.from({ length: 20 }, () => keeper.fresh()));
    assert.equal(http.requests.length, 1);
    assert.equal(new Set(all.map(({ accessToken }) => accessToken)).size, 1);
  });

  it("asks for nothing once it is closed", async () => {
    const { clock, http, keeper, tokens } = keeperWith([dead]);
    keeper.adopt(tokens);
    keeper.close();
    await clock.advance(2 * HOUR);
    assert.equal(http.requests.length, 0);
  });

  it("costs no call at a restart while the token is good for more than five minutes", async () => {
    const { clock, http, keeper, tokens } = keeperWith([renewed(START + 56 * MINUTE)]);
    clock.jump(50 * MINUTE);
    keeper.resume(tokens);
    await keeper.fresh();
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
    const { clock, keeper, tokens } = keeperWith([partial]);
    keeper.adopt(tokens);
    await clock.advance(45 * MINUTE);
    assert.equal(keeper.tokens?.refreshToken, tokens.refreshToken);
    assert.deepEqual(keeper.tokens?.scopes, tokens.scopes);
    assert.equal(keeper.tokens?.gcid, tokens.gcid);
    assert.notEqual(keeper.tokens?.accessToken, tokens.accessToken);
  });

  it("stores nothing from an answer without tokens, and tries again", async () => {
    const { clock, keeper, tokens, events, problems } = keeperWith([
      json(200, { access_token: "only" }),
      renewed(START + 46 * MINUTE),
    ]);
    keeper.adopt(tokens);
    events.length = 0;
    await clock.advance(45 * MINUTE);
    assert.deepEqual(events, []);
    await clock.advance(30_000);
    assert.equal(events.length, 2);
    assert.deepEqual(problems, []);
  });

  const transient: [string, Answer][] = [
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
      const { clock, keeper, tokens, problems, http } = keeperWith([answer]);
      keeper.adopt(tokens);
      await clock.advance(6 * HOUR);
      assert.deepEqual(problems, []);
      assert.equal(keeper.health.state, "ok");
      assert.equal(keeper.health.problem?.code, "refresh_unreachable");
      assert.ok(http.requests.length > 20 && http.requests.length < 40, `${http.requests.length} tries in 6 hours`);
    });

  it("recovers by itself after six hours without name resolution", async () => {
    const { clock, http, keeper, tokens, problems } = keeperWith([networkDown]);
    keeper.adopt(tokens);
    await clock.advance(6 * HOUR);
    await assert.rejects(keeper.fresh(), { code: "refresh_unreachable" });
    http.script.length = 0;
    http.script.push(renewed(clock.now()));
    await clock.advance(20 * MINUTE);
    assert.equal((await keeper.fresh()).expiresAt > clock.now(), true);
    assert.deepEqual(problems, []);
    assert.equal(keeper.health.problem, null);
  });

  it("goes on with a token that is still valid while BMW cannot be reached", async () => {
    const { clock, keeper, tokens } = keeperWith([networkDown]);
    keeper.adopt(tokens);
    await clock.advance(57 * MINUTE);
    assert.equal((await keeper.fresh()).accessToken, tokens.accessToken);
  });

  const permanent: [string, Answer][] = [
    ["400 invalid_request", dead],
    ["400 invalid_grant", json(400, { error: "invalid_grant" })],
    ["400 invalid_token", json(400, { error: "invalid_token" })],
    ["401", json(401, {})],
    ["403 as JSON", json(403, { error: "access_denied" })],
  ];
  for (const [title, answer] of permanent)
    it(`asks for a login after ${title}, once, and only when it was confirmed`, async () => {
      const { clock, http, keeper, tokens, problems } = keeperWith([answer]);
      keeper.adopt(tokens);
      await clock.advance(45 * MINUTE);
      assert.deepEqual(problems, [], "one hiccup is forgiven");
      await clock.advance(MINUTE);
      assert.deepEqual(problems, [{ code: "refresh_rejected" }]);
      await clock.advance(24 * HOUR);
      assert.equal(http.requests.length, 2);
      assert.equal(problems.length, 1);
      await assert.rejects(keeper.fresh(), { code: "refresh_rejected" });
    });

  it("takes a refusal after a lost answer as final: the token was rotated", async () => {
    const { clock, keeper, tokens, problems, http } = keeperWith([timedOut, dead]);
    keeper.adopt(tokens);
    await clock.advance(45 * MINUTE + 30_000);
    assert.equal(http.requests.length, 2);
    assert.equal(http.requests[1]!.form["refresh_token"], tokens.refreshToken, "tried once more with the same token");
    assert.deepEqual(problems, [{ code: "refresh_rejected" }]);
  });

  it("does not call BMW with a login older than 14 days", async () => {
    const { clock, http, keeper, tokens, problems } = keeperWith([dead]);
    clock.jump(15 * 24 * HOUR);
    keeper.resume(tokens);
    await clock.advance(HOUR);
    assert.equal(http.requests.length, 0);
    assert.deepEqual(problems, [{ code: "refresh_token_too_old" }]);
  });

  it("refreshes by force although the clock calls the token valid", async () => {
    const { keeper, tokens, http } = keeperWith([renewed(START)]);
    keeper.adopt(tokens);
    const after = await keeper.force({ rejected: tokens.idToken });
    assert.equal(http.requests.length, 1);
    assert.notEqual(after.idToken, tokens.idToken);
  });

  it("forces at most once a minute, and not for a token that is no longer in use", async () => {
    const { clock, keeper, tokens, http } = keeperWith([renewed(START), renewed(START), renewed(START)]);
    keeper.adopt(tokens);
    const first = await keeper.force({ rejected: tokens.idToken });
    assert.equal(await keeper.force({ rejected: tokens.idToken }), first, "another token is in use by now");
    assert.equal(await keeper.force({ rejected: first.idToken }), first, "too soon");
    assert.equal(http.requests.length, 1);
    await clock.advance(MINUTE);
    await keeper.force({ rejected: first.idToken });
    assert.equal(http.requests.length, 2);
    await keeper.force({ byUser: true });
    assert.equal(http.requests.length, 3, "the user's button works at any time");
  });

  it("tells why a forced refresh failed", async () => {
    const { keeper, tokens } = keeperWith([networkDown]);
    keeper.adopt(tokens);
    await assert.rejects(keeper.force({ byUser: true }), { code: "refresh_unreachable" });
  });

  it("lets a new login end the episode", async () => {
    const { clock, keeper, tokens, problems } = keeperWith([dead, dead, renewed(START + 2 * HOUR), dead]);
    keeper.adopt(tokens);
    await clock.advance(HOUR);
    assert.equal(keeper.health.state, "needed");
    const again = acceptLogin(tokenAnswer(clock.now()), CLIENT_ID, clock.now());
    keeper.adopt(again);
    assert.equal(keeper.health.state, "ok");
    assert.equal((await keeper.fresh()).accessToken, again.accessToken);
    assert.equal(problems.length, 1);
  });

  it("does not take the answer to a refresh of a login that was replaced meanwhile", async () => {
    const { keeper, tokens } = keeperWith([renewed(START)]);
    keeper.adopt(tokens);
    const forced = keeper.force({ byUser: true });
    const again = acceptLogin(tokenAnswer(START), CLIENT_ID, START);
    keeper.adopt(again);
    await forced;
    assert.equal(keeper.tokens, again);
  });

  it("does not refresh more often when the clock is set back or forward a day", async () => {
    for (const day of [-24 * HOUR, 24 * HOUR]) {
      const { clock, http, keeper, tokens } = keeperWith([
        renewed(START + day + 45 * MINUTE),
        renewed(START + day + 90 * MINUTE),
      ]);
      keeper.adopt(tokens);
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
      const { clock, http, keeper } = keeperWith([]);
      http.script.push(renewed(START - ahead, changes));
      keeper.adopt(acceptLogin(tokenAnswer(START - ahead, changes), CLIENT_ID, START));
      await clock.advance(10 * MINUTE);
      assert.ok(http.requests.length <= 14, String(http.requests.length));
    });

  it("asks nobody without a login", async () => {
    const { keeper, http } = keeperWith([dead]);
    await assert.rejects(keeper.fresh(), { code: "not_logged_in" });
    await assert.rejects(keeper.force({ byUser: true }), { code: "not_logged_in" });
    assert.equal(http.requests.length, 0);
    assert.deepEqual(keeper.health, { state: "none", problem: null });
  });
});
