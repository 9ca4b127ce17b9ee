import assert from "node:assert/strict";
import fc from "fast-check";
import { DeviceFlow, type LoginState } from "../../../src/auth/device-flow.js";
import { OAuthClient } from "../../../src/auth/oauth-client.js";
import { TokenManager } from "../../../src/auth/token-manager.js";
import { generateVaultKey, TokenVault } from "../../../src/auth/token-vault.js";
import { acceptLogin, type TokenSet } from "../../../src/auth/tokens.js";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { BMW_ENDPOINTS } from "../../../src/support/endpoints.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import {
  CLIENT_ID,
  evenRandom,
  json,
  networkDown,
  scriptedHttp,
  START,
  timedOut,
  tokenAnswer,
  type HttpAnswer,
} from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

/** Answers as BMW, its gateway, a proxy or a bad day may give them. */
const member = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean(), fc.object({ maxDepth: 1 }));
const body = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.record(
    {
      access_token: member,
      refresh_token: member,
      id_token: member,
      gcid: member,
      scope: member,
      expires_in: fc.oneof(member, fc.integer({ min: -10, max: 7200 })),
      device_code: member,
      user_code: member,
      verification_uri: member,
      verification_uri_complete: member,
      interval: fc.oneof(member, fc.integer({ min: 0, max: 3 })),
      error: fc.oneof(member, fc.constantFrom("authorization_pending", "slow_down", "expired_token", "invalid_grant")),
      error_description: member,
      fault: fc.oneof(member, fc.record({ detail: member })),
    },
    { requiredKeys: [] },
  ),
);
const answer: fc.Arbitrary<HttpAnswer> = fc.oneof(
  fc.constantFrom(networkDown, timedOut),
  fc.record({ status: fc.constantFrom(200, 200, 302, 400, 401, 403, 408, 429, 500, 503), body }),
  fc.record({ status: fc.integer({ min: 100, max: 599 }), text: fc.string() }),
);

const client = (script: HttpAnswer[]) => {
  const http = scriptedHttp(...script);
  return { http, oauth: new OAuthClient(http.send, "https://auth", new AbortController().signal) };
};

describe("answers of BMW's login server, whatever they hold", () => {
  it("end a device login in a known state, without a busy loop (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 8 }), async (script) => {
        const clock = new SimulatedClock(START);
        const { http, oauth } = client([...script]);
        const states: LoginState[] = [];
        const flow = new DeviceFlow(CLIENT_ID, {
          oauth,
          endpoints: BMW_ENDPOINTS,
          clock,
          random: evenRandom,
          onState: (state) => states.push(state),
          onTokens: async () => undefined,
          onSecrets: () => undefined,
        });
        await flow.start();
        await clock.advance(60_000);
        // A code lives a minute at least and is polled every five seconds at most; four codes at most follow each other.
        assert.ok(http.requests.length <= 1 + 12 + 4);
        flow.cancel();
        await clock.advance(3600_000);
        const last = states.at(-1)?.kind ?? "";
        assert.ok(["authorised", "failed", "cancelled"].includes(last), last);
      }),
      { numRuns: runs(150) },
    );
  });

  it("neither lose a login that works nor cause a storm of refreshes (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 6 }), async (script) => {
        const clock = new SimulatedClock(START);
        const { http, oauth } = client([...script, json(200, tokenAnswer())]);
        const used: TokenSet[] = [];
        const vaultKey = generateVaultKey();
        const manager = new TokenManager(
          { clock, random: evenRandom },
          {
            oauth,
            vault: new TokenVault(new Store("/a", memoryFiles(), clock, () => undefined), vaultKey),
            onTokens: (tokens) => used.push(tokens),
            onRenamed: () => undefined,
            onRegained: () => undefined,
            onLoginNeeded: () => undefined,
            onUnsaved: () => undefined,
            onHealth: () => undefined,
          },
        );
        manager.start();
        await manager.login({ tokens: acceptLogin(tokenAnswer(), CLIENT_ID, START), vaultKey });
        await clock.advance(3600_000);
        // 30, 60, 120, 300, 600 s and so on: a quarter of an hour holds five attempts, and a short-lived token some more.
        assert.ok(http.requests.length <= 70, String(http.requests.length));
        for (const { accessToken, idToken, refreshToken, expiresAt, gcid } of used) {
          assert.ok(accessToken !== "" && idToken !== "" && refreshToken !== "" && gcid !== "");
          assert.ok(Number.isFinite(expiresAt));
        }
        await manager.close();
      }),
      { numRuns: runs(150) },
    );
  });
});
