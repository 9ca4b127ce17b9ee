import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DeviceFlow, type LoginState } from "../../../src/auth/device-flow.js";
import { OAuthClient } from "../../../src/auth/oauth-client.js";
import type { TokenSet } from "../../../src/auth/tokens.js";
import { BMW_ENDPOINTS, type Endpoints } from "../../../src/support/endpoints.js";
import type { ErrorCode } from "../../../src/support/errors.js";
import { CarDataError } from "../../../src/support/errors.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import {
  CLIENT_ID,
  evenRandom,
  GCID,
  json,
  networkDown,
  scriptedHttp,
  START,
  timedOut,
  tokenAnswer,
  type HttpAnswer,
} from "../../helpers/fakes.js";

const CODE = {
  device_code: "device-code-1",
  user_code: "ABCD-1234",
  verification_uri: "https://customer.bmwgroup.com/oneid/link",
  verification_uri_complete: "https://customer.bmwgroup.com/oneid/link?user_code=ABCD-1234",
  expires_in: 300,
  interval: 5,
};
const PENDING = json(403, { error: "authorization_pending" });

function login(script: HttpAnswer[], endpoints: Endpoints = BMW_ENDPOINTS, onTokens?: () => Promise<void>) {
  const clock = new SimulatedClock(START);
  const http = scriptedHttp(...script);
  const states: LoginState[] = [];
  const saved: TokenSet[] = [];
  const secrets: string[][] = [];
  const flow = new DeviceFlow(CLIENT_ID, {
    oauth: new OAuthClient(http.send, endpoints.authUrl, new AbortController().signal),
    endpoints,
    clock,
    random: evenRandom,
    onState: (state) => states.push(state),
    onTokens: async (tokens) => {
      saved.push(tokens);
      await onTokens?.();
    },
    onSecrets: (known) => secrets.push([...known]),
  });
  const state = () => states.at(-1)!;
  const codeRequests = () => http.requests.filter(({ url }) => url.endsWith("/device/code"));
  const polls = () => http.requests.filter(({ url }) => url.endsWith("/token"));
  return { clock, http, states, saved, secrets, flow, state, codeRequests, polls };
}

describe("device login", () => {
  it("asks for a code with a PKCE challenge and all four scopes", async () => {
    const { flow, codeRequests, polls, clock } = login([json(200, CODE), PENDING]);
    await flow.start();
    await clock.advance(5000);
    const { form, headers } = codeRequests()[0]!;
    assert.equal(form["client_id"], CLIENT_ID);
    assert.equal(form["response_type"], "device_code");
    assert.equal(form["scope"], "authenticate_user openid cardata:api:read cardata:streaming:read");
    assert.equal(form["code_challenge_method"], "S256");
    assert.equal(headers["Content-Type"], "application/x-www-form-urlencoded");
    const verifier = polls()[0]!.form["code_verifier"]!;
    assert.match(verifier, /^[A-Za-z0-9._~-]{86}$/);
    assert.equal(form["code_challenge"], createHash("sha256").update(verifier).digest("base64url"));
    assert.equal(polls()[0]!.form["device_code"], "device-code-1");
    assert.equal(polls()[0]!.form["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
  });

  it("shows code, link and end, and polls only after one interval", async () => {
    const { flow, state, polls, clock } = login([json(200, CODE), PENDING]);
    await flow.start();
    assert.deepEqual(state(), {
      kind: "waiting",
      userCode: "ABCD-1234",
      url: CODE.verification_uri_complete,
      expiresAt: START + 300_000,
    });
    await clock.advance(4999);
    assert.equal(polls().length, 0);
    await clock.advance(1);
    assert.equal(polls().length, 1);
  });

  it("is authorised with the tokens once the user has confirmed", async () => {
    const { flow, state, saved, clock, polls } = login([json(200, CODE), PENDING, PENDING, json(200, tokenAnswer())]);
    await flow.start();
    await clock.advance(15_000);
    assert.equal(state().kind, "authorised");
    assert.equal(saved[0]!.gcid, GCID);
    assert.equal(saved[0]!.clientId, CLIENT_ID);
    await clock.advance(600_000);
    assert.equal(polls().length, 3, "nobody polls after the end");
  });

  it("builds the link where BMW sends no complete one", async () => {
    const { verification_uri_complete: _, ...short } = CODE;
    const { flow, state } = login([json(200, short), PENDING]);
    await flow.start();
    const waiting = state();
    assert.equal(
      waiting.kind === "waiting" && waiting.url,
      "https://customer.bmwgroup.com/oneid/link?user_code=ABCD-1234",
    );
  });

  for (const link of [
    "http://customer.bmwgroup.com/x",
    "https://evil.example/x",
    "https://bmwgroup.com.evil.example/",
    "javascript:alert(1)",
  ])
    it(`does not offer ${link} as a link`, async () => {
      const { flow, state } = login([json(200, { ...CODE, verification_uri_complete: link }), PENDING]);
      await flow.start();
      const waiting = state();
      assert.equal(waiting.kind === "waiting" && waiting.url, "");
    });

  it("keeps interval and life within sane bounds", async () => {
    const { flow, state, polls, clock } = login([json(200, { ...CODE, interval: 0, expires_in: 5 }), PENDING]);
    await flow.start();
    const waiting = state();
    assert.equal(waiting.kind === "waiting" && waiting.expiresAt, START + 60_000);
    await clock.advance(4999);
    assert.equal(polls().length, 0, "an interval of 0 is no busy loop");
  });

  it("adds five seconds for good with each slow_down", async () => {
    const slow = json(400, { error: "slow_down" });
    const { flow, polls, clock } = login([json(200, CODE), slow, slow, PENDING]);
    await flow.start();
    await clock.advance(5000);
    await clock.advance(9999);
    assert.equal(polls().length, 1);
    await clock.advance(1);
    assert.equal(polls().length, 2);
    await clock.advance(14_999);
    assert.equal(polls().length, 2);
    await clock.advance(1);
    assert.equal(polls().length, 3);
    await clock.advance(15_000);
    assert.equal(polls().length, 4, "the longer interval stays");
  });

  it("gets over trouble on the network until the code runs out", async () => {
    const { flow, state, clock } = login([
      json(200, CODE),
      networkDown,
      timedOut,
      networkDown,
      json(200, tokenAnswer()),
    ]);
    await flow.start();
    await clock.advance(20_000);
    assert.equal(state().kind, "authorised");
  });

  const outage = json(500, { error: "server_error" });

  it("forgives three server errors in a row", async () => {
    const { flow, state, clock } = login([json(200, CODE), outage, outage, outage, json(200, tokenAnswer())]);
    await flow.start();
    await clock.advance(20_000);
    assert.equal(state().kind, "authorised");
  });

  it("gives up a code at the fourth server error in a row, and counts anew after a pending answer", async () => {
    const script = [
      json(200, CODE),
      outage,
      outage,
      outage,
      PENDING,
      outage,
      outage,
      outage,
      outage,
      json(200, CODE),
      PENDING,
    ];
    const { flow, state, codeRequests, clock } = login(script);
    await flow.start();
    await clock.advance(35_000);
    assert.equal(codeRequests().length, 1);
    await clock.advance(5000);
    assert.equal(codeRequests().length, 2);
    const waiting = state();
    assert.deepEqual(waiting.kind === "waiting" && waiting.notice, {
      code: "login_server_errors",
      params: { count: 4 },
    });
  });

  it("requests exactly one new code when BMW's gateway burnt the old one", async () => {
    const burnt = json(500, {
      fault: {
        faultstring: "Invalid Access Token",
        detail: { errorcode: "keymanagement.service.invalid_access_token" },
      },
    });
    const { flow, state, codeRequests, polls, clock } = login([
      json(200, CODE),
      burnt,
      json(200, { ...CODE, device_code: "device-code-2", user_code: "NEW-CODE" }),
      PENDING,
    ]);
    await flow.start();
    await clock.advance(5000);
    assert.equal(codeRequests().length, 2);
    const waiting = state();
    assert.equal(waiting.kind === "waiting" && waiting.userCode, "NEW-CODE");
    assert.deepEqual(waiting.kind === "waiting" && waiting.notice, { code: "login_gateway_fault" });
    await clock.advance(10_000);
    assert.ok(
      polls()
        .slice(1)
        .every(({ form }) => form["device_code"] === "device-code-2"),
    );
    assert.equal(codeRequests().length, 2);
    assert.notEqual(codeRequests()[0]!.form["code_challenge"], codeRequests()[1]!.form["code_challenge"]);
  });

  const deadCodes: [string, HttpAnswer, ErrorCode][] = [
    ["401 expired_token", json(401, { error: "expired_token" }), "login_expired_token"],
    [
      "403 access_denied",
      json(403, { error: "access_denied", error_description: "The user has declined" }),
      "login_access_denied",
    ],
    ["400 invalid_grant", json(400, { error: "invalid_grant" }), "login_invalid_grant"],
    ["400 invalid_request", json(400, { error: "invalid_request" }), "login_rejected"],
    ["400 invalid_token", json(400, { error: "invalid_token" }), "login_rejected"],
    ["418 without a body", { status: 418, text: "" }, "login_unexpected"],
    ["200 that is no JSON", { status: 200, text: "<html>" }, "login_invalid_response"],
    ["200 that is an array", json(200, []), "login_invalid_response"],
  ];
  for (const [title, answer, code] of deadCodes)
    it(`shows a new code with the reason after ${title}`, async () => {
      const { flow, state, codeRequests, clock } = login([json(200, CODE), answer, json(200, CODE), PENDING]);
      await flow.start();
      await clock.advance(5000);
      const waiting = state();
      assert.equal(waiting.kind, "waiting");
      assert.equal(waiting.kind === "waiting" && waiting.notice?.code, code);
      assert.equal(codeRequests().length, 2);
    });

  it("shows a new code when the old one ran out unseen", async () => {
    const pending = Array.from({ length: 59 }, () => PENDING);
    const { flow, state, codeRequests, clock } = login([json(200, CODE), ...pending, json(200, CODE), PENDING]);
    await flow.start();
    await clock.advance(295_000);
    assert.equal(codeRequests().length, 1);
    await clock.advance(5000);
    assert.equal(codeRequests().length, 2);
    const waiting = state();
    assert.deepEqual(waiting.kind === "waiting" && waiting.notice, { code: "login_timeout" });
  });

  it("stops for good at invalid_client", async () => {
    const { flow, state, codeRequests, clock } = login([json(200, CODE), json(401, { error: "invalid_client" })]);
    await flow.start();
    await clock.advance(600_000);
    assert.deepEqual(state(), { kind: "failed", problem: { code: "login_invalid_client" } });
    assert.equal(codeRequests().length, 1);
  });

  it("asks for at most three new codes by itself", async () => {
    const denied = json(403, { error: "access_denied" });
    const script = [1, 2, 3, 4].flatMap(() => [json(200, CODE), denied]);
    const { flow, state, codeRequests, clock } = login(script);
    await flow.start();
    await clock.advance(3_600_000);
    assert.equal(codeRequests().length, 4);
    assert.deepEqual(state(), { kind: "failed", problem: { code: "login_access_denied" } });
  });

  const refusedRequests: [string, HttpAnswer, ErrorCode][] = [
    ["an unknown client", json(401, { error: "invalid_client" }), "login_invalid_client"],
    ["a malformed request", json(400, { error: "invalid_request", error_description: "scope" }), "login_rejected"],
    ["a server error", { status: 500, text: "oops" }, "login_unexpected"],
    ["an answer without codes", json(200, { user_code: "" }), "login_invalid_response"],
    ["an answer without addresses", json(200, { device_code: "d", user_code: "u" }), "login_invalid_response"],
    ["no network", networkDown, "login_network"],
  ];
  for (const [title, answer, code] of refusedRequests)
    it(`fails with its own sentence at ${title} when asking for a code`, async () => {
      const { flow, state } = login([answer]);
      await flow.start();
      const failed = state();
      assert.equal(failed.kind === "failed" && failed.problem.code, code);
    });

  for (const missing of ["access_token", "id_token", "refresh_token"])
    it(`saves nothing if ${missing} is missing`, async () => {
      const { flow, state, saved, clock } = login([json(200, CODE), json(200, tokenAnswer(START, { [missing]: "" }))]);
      await flow.start();
      await clock.advance(5000);
      assert.deepEqual(state(), { kind: "failed", problem: { code: "login_incomplete", params: { missing } } });
      assert.deepEqual(saved, []);
    });

  it("takes the customer id from the id token where BMW leaves it out", async () => {
    const { flow, saved, clock } = login([json(200, CODE), json(200, tokenAnswer(START, { gcid: undefined }))]);
    await flow.start();
    await clock.advance(5000);
    assert.equal(saved[0]!.gcid, GCID);
  });

  it("fails without any customer id", async () => {
    const answer = tokenAnswer(START, { gcid: "not a uuid", id_token: "opaque" });
    const { flow, state, clock } = login([json(200, CODE), json(200, answer)]);
    await flow.start();
    await clock.advance(5000);
    assert.deepEqual(state(), { kind: "failed", problem: { code: "login_incomplete", params: { missing: "gcid" } } });
  });

  it("reports why a login could not be handed over", async () => {
    const { flow, state, clock } = login([json(200, CODE), json(200, tokenAnswer())], BMW_ENDPOINTS, async () => {
      throw new CarDataError("client_in_use", { other: "Second" });
    });
    await flow.start();
    await clock.advance(5000);
    assert.deepEqual(state(), { kind: "failed", problem: { code: "client_in_use", params: { other: "Second" } } });
  });

  it("sends nothing more after cancel, and ignores what was on its way", async () => {
    const { flow, state, polls, clock, saved } = login([json(200, CODE), json(200, tokenAnswer())]);
    await flow.start();
    flow.cancel();
    await clock.advance(600_000);
    assert.equal(state().kind, "cancelled");
    assert.equal(polls().length, 0);
    assert.deepEqual(saved, []);
  });

  it("names its secrets for redaction while they live", async () => {
    const { flow, secrets, polls, clock } = login([json(200, CODE), PENDING]);
    await flow.start();
    await clock.advance(5000);
    assert.deepEqual(secrets[0], ["device-code-1", "ABCD-1234", polls()[0]!.form["code_verifier"]]);
    flow.cancel();
    assert.deepEqual(secrets.at(-1), []);
  });

  for (const [title, jump] of [
    ["forward to the right time, from 1970", START],
    ["forward by five hours", 5 * 3600_000],
    ["back by a day", -24 * 3600_000],
  ] as const)
    it(`keeps its code when the clock is set ${title} while the user confirms`, async () => {
      const { flow, state, codeRequests, clock } = login([json(200, CODE), PENDING, PENDING, json(200, tokenAnswer())]);
      await flow.start();
      await clock.advance(6000);
      clock.jump(jump);
      await clock.advance(10_000);
      assert.deepEqual([state().kind, codeRequests().length], ["authorised", 1]);
    });

  it("shows a new code when the old one has run out, although the clock was set back", async () => {
    const { flow, codeRequests, clock } = login([json(200, CODE), PENDING]);
    await flow.start();
    clock.jump(-24 * 3600_000);
    await clock.advance(306_000);
    assert.equal(codeRequests().length, 2);
  });

  it("asks BMW nothing while it is suspended, and goes on afterwards", async () => {
    const { flow, state, polls, clock } = login([json(200, CODE), PENDING, json(200, tokenAnswer())]);
    await flow.start();
    await flow.suspend();
    await clock.advance(60_000);
    assert.equal(polls().length, 0);
    flow.resume();
    await clock.advance(10_000);
    assert.deepEqual([state().kind, polls().length], ["authorised", 2]);
  });

  it("is suspended when the answer that was under way has come and its login is stored", async () => {
    let store: () => void = () => undefined;
    const stored = new Promise<void>((resolve) => (store = resolve));
    const { flow, http, saved, clock, state } = login(
      [json(200, CODE), json(200, tokenAnswer())],
      BMW_ENDPOINTS,
      () => stored,
    );
    await flow.start();
    let answer: () => void = () => undefined;
    http.hold = new Promise<void>((resolve) => (answer = resolve));
    await clock.advance(5000);
    let isSuspended = false;
    const suspended = flow.suspend().then(() => (isSuspended = true));
    await clock.advance(1000);
    assert.deepEqual([isSuspended, saved.length], [false, 0]);
    answer();
    await clock.advance(0);
    assert.deepEqual([isSuspended, saved.length], [false, 1]);
    store();
    await suspended;
    assert.equal(state().kind, "authorised");
  });

  it("cannot be cancelled any more once BMW has confirmed it", async () => {
    let store: () => void = () => undefined;
    const stored = new Promise<void>((resolve) => (store = resolve));
    const { flow, states, clock } = login([json(200, CODE), json(200, tokenAnswer())], BMW_ENDPOINTS, () => stored);
    await flow.start();
    await clock.advance(5000);
    assert.equal(flow.cancel(), false);
    store();
    await clock.advance(0);
    assert.deepEqual(
      states.map(({ kind }) => kind),
      ["requesting", "waiting", "exchanging", "authorised"],
    );
    assert.equal(flow.cancel(), true, "it is over");
  });

  it("is of no use, and says so, where BMW grants neither API nor stream", async () => {
    const { flow, state, saved, clock } = login([json(200, CODE), json(200, tokenAnswer(START, { scope: "openid" }))]);
    await flow.start();
    await clock.advance(5000);
    assert.deepEqual(
      [state(), saved.length],
      [{ kind: "failed", problem: { code: "login_without_rights", params: {} } }, 0],
    );
  });
});
