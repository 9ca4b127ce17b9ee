import assert from "node:assert/strict";
import { LoginManager, type LoginProgress } from "../../../src/auth/login-manager.js";
import type { TokenSet } from "../../../src/auth/tokens.js";
import { BMW_ENDPOINTS } from "../../../src/support/endpoints.js";
import { CarDataError, newProblem } from "../../../src/support/errors.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { CLIENT_ID, evenRandom, json, scriptedHttp, START, tokenAnswer, type HttpAnswer } from "../../helpers/fakes.js";

const codes = json(200, {
  device_code: "device-code-1",
  user_code: "ABCD-1234",
  verification_uri_complete: "https://customer.bmwgroup.com/link?user_code=ABCD-1234",
  expires_in: 300,
  interval: 5,
});
const pending = json(403, { error: "authorization_pending" });

function loginManager(...script: HttpAnswer[]) {
  const clock = new SimulatedClock(START);
  const http = scriptedHttp(...script);
  const delivered: { account: string; tokens: TokenSet }[] = [];
  const one = new LoginManager({
    clock,
    random: evenRandom,
    createSend: () => http.send,
    rejection: async () => null,
    deliver: async (account, tokens) => {
      delivered.push({ account, tokens });
    },
  });
  const start = (account = "a1", clientId = CLIENT_ID) => one.start({ account, clientId, endpoints: BMW_ENDPOINTS });
  return { manager: one, clock, http, delivered, start };
}

describe("login manager", () => {
  it("shows the code, and hands the login over once it was confirmed", async () => {
    const { manager: one, clock, delivered, start } = loginManager(codes, pending, json(200, tokenAnswer()));
    const begun = await start();
    assert.equal(begun.state, "waiting");
    assert.equal(begun.userCode, "ABCD-1234");
    assert.equal(begun.expiresAt, new Date(START + 300_000).toISOString());
    await clock.advance(5000);
    assert.equal(one.progress(begun.session).state, "waiting");
    await clock.advance(5000);
    const { state, scopes, loginAt } = one.progress(begun.session);
    assert.equal(state, "authorised");
    assert.deepEqual(scopes?.missing, []);
    assert.equal(loginAt, new Date(START + 10_000).toISOString());
    assert.deepEqual(
      delivered.map(({ account }) => account),
      ["a1"],
    );
  });

  it("shows which rights BMW did not grant", async () => {
    const {
      manager: one,
      clock,
      start,
    } = loginManager(codes, json(200, tokenAnswer(START, { scope: "openid cardata:api:read" })));
    const { session } = await start();
    await clock.advance(5000);
    assert.deepEqual(one.progress(session).scopes?.missing, ["authenticate_user", "cardata:streaming:read"]);
  });

  for (const [typed, code] of [
    ["", "client_id_missing"],
    ["  ", "client_id_missing"],
    ["12345", "invalid_client_id"],
    [`${CLIENT_ID}0`, "invalid_client_id"],
    [CLIENT_ID.replaceAll("-", ""), "invalid_client_id"],
  ] as const)
    it(`refuses the client id "${typed}" before anything is sent`, async () => {
      const { start, http } = loginManager(codes);
      await assert.rejects(start("a1", typed), { code });
      assert.equal(http.requests.length, 0);
    });

  it("sends the client id as it was typed, without blanks around it", async () => {
    const { start, http } = loginManager(codes);
    await start("a1", ` ${CLIENT_ID.toUpperCase()} `);
    assert.equal(http.requests[0]?.form["client_id"], CLIENT_ID.toUpperCase());
  });

  it("runs one login per account: a new one ends the old one", async () => {
    const { manager: one, clock, http, start } = loginManager(codes, codes, pending);
    const first = await start();
    const second = await start();
    assert.equal(one.progress(first.session).state, "cancelled");
    await clock.advance(5000);
    assert.equal(http.requests.length, 3);
    assert.equal(one.progress(second.session).state, "waiting");
  });

  it("asks BMW nothing more after cancel", async () => {
    const { manager: one, clock, http, start } = loginManager(codes, pending);
    const { session } = await start();
    assert.equal(one.cancel(session).state, "cancelled");
    await clock.advance(60_000);
    assert.equal(http.requests.length, 1);
  });

  it("goes on when nobody watches any more", async () => {
    const { clock, delivered, start } = loginManager(codes, pending, pending, json(200, tokenAnswer()));
    await start();
    await clock.advance(15_000);
    assert.equal(delivered.length, 1);
  });

  it("does not know sessions that it did not start", () => {
    const { manager: one } = loginManager();
    for (const act of [() => one.progress("x"), () => one.cancel("x")])
      assert.throws(act, { code: "login_session_unknown" });
  });

  it("refuses more logins than a house has accounts, until some are over", async () => {
    const { manager: one, start } = loginManager(codes);
    const begun: LoginProgress[] = [];
    for (let account = 0; account < 20; account++) begun.push(await start(`a${account}`));
    await assert.rejects(start("a20"), { code: "login_busy" });
    one.cancel(begun[0]?.session ?? "");
    assert.equal((await start("a20")).state, "waiting");
  });

  it("reports why a login could not be kept", async () => {
    const clock = new SimulatedClock(START);
    const http = scriptedHttp(codes, json(200, tokenAnswer()));
    const one = new LoginManager({
      clock,
      random: evenRandom,
      createSend: () => http.send,
      rejection: async () => null,
      deliver: async () => {
        throw new CarDataError("login_not_saved", { reason: "EROFS" });
      },
    });
    const { session } = await one.start({ account: "a1", clientId: CLIENT_ID, endpoints: BMW_ENDPOINTS });
    await clock.advance(5000);
    assert.deepEqual(one.progress(session).error, { code: "login_not_saved", params: { reason: "EROFS" } });
  });

  it("never shows device code, verifier or tokens", async () => {
    const {
      manager: one,
      clock,
      http,
      start,
    } = loginManager(
      codes,
      json(400, { error: "invalid_request", error_description: "device_code device-code-1 is bad" }),
      codes,
      json(200, tokenAnswer()),
    );
    const views: LoginProgress[] = [await start()];
    const session = views[0]?.session ?? "";
    for (let poll = 0; poll < 3; poll++) {
      await clock.advance(5000);
      views.push(one.progress(session));
    }
    const shown = JSON.stringify(views);
    const verifier = http.requests[1]?.form["code_verifier"] ?? "";
    assert.ok(verifier.length >= 43);
    for (const secret of ["device-code-1", verifier, "access-token", "refresh-token"])
      assert.ok(!shown.includes(secret), secret);
  });

  it("refuses a client id that is of no use to the account before anything is sent; a login that runs goes on", async () => {
    const clock = new SimulatedClock(START);
    const http = scriptedHttp(codes, pending);
    let inUse = false;
    const one = new LoginManager({
      clock,
      random: evenRandom,
      createSend: () => http.send,
      rejection: async (account, clientId) =>
        inUse && account === "a1" && clientId === CLIENT_ID ? newProblem("client_in_use", { other: "Home" }) : null,
      deliver: async () => undefined,
    });
    const start = () => one.start({ account: "a1", clientId: CLIENT_ID, endpoints: BMW_ENDPOINTS });
    const { session } = await start();
    inUse = true;
    await assert.rejects(start(), { code: "client_in_use", params: { other: "Home" } });
    assert.equal(http.requests.length, 1);
    assert.equal(one.progress(session).state, "waiting");
  });

  it("asks nothing more for an account that closes, until it goes on with all", async () => {
    const { manager: one, clock, http, start } = loginManager(codes, codes, pending);
    await start("a1");
    await start("a2");
    await one.suspend("a1");
    await clock.advance(5000);
    assert.equal(http.requests.length, 3, "that of the other account goes on");
    one.resume();
    await clock.advance(5000);
    assert.equal(http.requests.length, 5);
  });

  it("hands a login over before an account that closes learns that nothing is under way", async () => {
    const { manager: one, clock, http, delivered, start } = loginManager(codes, json(200, tokenAnswer()));
    const { session } = await start();
    let answer: () => void = () => undefined;
    http.hold = new Promise<void>((resolve) => (answer = resolve));
    await clock.advance(5000);
    const suspended = one.suspend("a1");
    answer();
    await suspended;
    assert.equal(delivered.length, 1);
    assert.equal(one.progress(session).state, "authorised");
  });
});
