import assert from "node:assert/strict";
import { RestClient } from "../../../src/rest/rest-client.js";
import { onlyOnce, type RestCall } from "../../../src/rest/rest-call.js";
import { QuotaLedger } from "../../../src/rest/quota-ledger.js";
import { CarDataError } from "../../../src/support/errors.js";
import { BMW_ENDPOINTS } from "../../../src/support/endpoints.js";
import { HttpFailure } from "../../../src/support/http.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { json, networkDown, scriptedHttp, START, timedOut, VIN, type HttpAnswer } from "../../helpers/fakes.js";

const refused = (status: number, exveErrorId: string) => json(status, { exveErrorId });
/** A refusal that asks for a pause. */
const pausing = (status: number, exveErrorId: string, seconds: string): HttpAnswer => {
  return { status, body: { exveErrorId }, headers: { "retry-after": seconds } };
};
const call = (path: string, changes: Partial<RestCall> = {}): RestCall => {
  return { path, endpoint: "telematicData", budget: "manual", vin: VIN, ...changes };
};

function client(...script: HttpAnswer[]) {
  const clock = new SimulatedClock(START);
  const http = scriptedHttp(...script);
  const owner = new AbortController();
  const changes = new AbortController();
  const ledger = new QuotaLedger(clock, () => undefined);
  let token = 1;
  let renewable = true;
  const forced: string[] = [];
  const tokens = {
    fresh: async () => `token-${token}`,
    force: async (rejected: string) => {
      forced.push(rejected);
      if (renewable) token++;
      return `token-${token}`;
    },
  };
  const rest = new RestClient(
    {
      send: http.send,
      endpoints: { ...BMW_ENDPOINTS, apiUrl: "https://api" },
      clock,
      reads: owner.signal,
      changes: changes.signal,
    },
    tokens,
    ledger,
  );
  /** Lets the second between two requests pass. */
  const run = async <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => undefined);
    await clock.advance(5000);
    return promise;
  };
  return { clock, http, owner, changes, ledger, forced, rest, run, hopeless: () => (renewable = false) };
}

describe("REST client", () => {
  it("sends the token, the version that BMW asks for, and wants JSON", async () => {
    const { rest, http } = client(json(200, { a: 1 }));
    assert.deepEqual(await rest.json(call("/customers/vehicles/mappings")), { a: 1 });
    const [request] = http.requests;
    assert.equal(request?.url, "https://api/customers/vehicles/mappings");
    assert.deepEqual(request?.headers, {
      Authorization: "Bearer token-1",
      "x-version": "v1",
      Accept: "application/json",
    });
  });

  it("sends one request at a time, a second apart", async () => {
    const { rest, http, clock } = client(json(200, {}));
    const both = Promise.all([rest.json(call("/a")), rest.json(call("/b"))]);
    await clock.advance(999);
    assert.equal(http.requests.length, 1);
    await clock.advance(1);
    await both;
    assert.equal(http.requests.length, 2);
  });

  it("goes on after a failed request", async () => {
    const { rest, run } = client(networkDown, json(200, { a: 1 }));
    await assert.rejects(rest.json(call("/a", { retry: false })), { code: "rest_network" });
    assert.deepEqual(await run(rest.json(call("/b"))), { a: 1 });
  });

  for (const answer of [refused(401, "CU-102"), refused(401, "CU-101"), json(401, {})])
    it(`renews the token by force and repeats once after ${JSON.stringify("body" in answer && answer.body)}`, async () => {
      const { rest, http, forced, ledger, run } = client(answer, json(200, { a: 1 }));
      assert.deepEqual(await run(rest.json(call("/a"))), { a: 1 });
      assert.deepEqual(forced, ["token-1"]);
      assert.equal(http.requests[1]?.headers["Authorization"], "Bearer token-2");
      assert.equal(ledger.quota.used, 2);
    });

  it("renews the token for who may spend one request only, and says that no login is needed", async () => {
    const { rest, http, forced, run } = client(refused(401, "CU-101"));
    await assert.rejects(run(onlyOnce(rest).json(call("/a"))), { code: "cu_102" });
    assert.deepEqual([forced, http.requests.length], [["token-1"], 1]);
    const same = client(refused(401, "CU-101"));
    same.hopeless();
    await assert.rejects(same.run(onlyOnce(same.rest).json(call("/a"))), { code: "cu_101" });
  });

  it("does not repeat with the same token, nor a second time", async () => {
    const same = client(json(401, {}));
    same.hopeless();
    await assert.rejects(same.run(same.rest.json(call("/a"))), { code: "rest_unauthorised" });
    assert.equal(same.http.requests.length, 1);
    const twice = client(json(401, {}));
    await assert.rejects(twice.run(twice.rest.json(call("/a"))), { code: "rest_unauthorised" });
    assert.equal(twice.http.requests.length, 2);
  });

  for (const answer of [refused(403, "CU-103"), refused(403, "CU-104"), json(403, {}), json(500, {})])
    it(`does not touch the token after ${JSON.stringify("body" in answer && answer.body)}`, async () => {
      const { rest, forced, run } = client(answer);
      await assert.rejects(run(rest.json(call("/a"))));
      assert.deepEqual(forced, []);
    });

  it("asks no more once BMW says that the quota is used up, until the pause is over", async () => {
    const { rest, http, forced, clock, run } = client(refused(403, "CU-429"), json(200, { a: 1 }));
    await assert.rejects(rest.json(call("/a")), {
      code: "cu_429_other_client",
      message: /another program.*continues at 07:00 UTC/,
    });
    for (const budget of ["scheduled", "event", "daily", "renewal", "manual"] as const)
      await assert.rejects(run(rest.json(call("/a", { budget }))), { code: "cu_429_other_client" });
    assert.equal(http.requests.length, 1);
    assert.deepEqual(forced, []);
    await clock.advanceTo(Date.parse("2026-03-02T07:00:00Z"));
    assert.deepEqual(await rest.json(call("/a")), { a: 1 });
  });

  it("says when the limit was reached by its own calls, and when it goes on", async () => {
    const { rest, ledger, clock } = client(refused(429, "CU-429"));
    for (let sent = 0; sent < 50; sent++) ledger.count(call("/a"))("ok");
    await assert.rejects(rest.json(call("/a")), {
      code: "cu_429",
      message: /50 BMW requests is used up.*07:00 UTC/,
      cause: {
        httpStatus: 429,
        exveErrorId: "CU-429",
        exveErrorRef: "",
        askedPauseMs: null,
        retryAt: "2026-03-02T07:00:00.000Z",
      },
    });
    assert.equal(clock.now(), START);
  });

  it("obeys Retry-After of a refused quota", async () => {
    const { rest, ledger } = client(pausing(403, "CU-429", "7200"));
    await assert.rejects(rest.json(call("/a")));
    assert.equal(ledger.quota.blockedUntil, START + 7_200_000);
  });

  it("keeps five calls of the day for people", async () => {
    const { rest, http, ledger, run } = client(json(200, {}));
    for (let sent = 0; sent < 45; sent++) ledger.count(call("/a"))("ok");
    await assert.rejects(rest.json(call("/a", { budget: "scheduled" })), {
      code: "quota_share_used",
      message: /share.*00:00 UTC/,
    });
    await run(rest.json(call("/a")));
    assert.equal(http.requests.length, 1);
  });

  for (const [title, answer] of [
    ["the network", new HttpFailure("network", "ECONNRESET")],
    ["a timeout", timedOut],
    ["408", json(408, {})],
    ["502", json(502, {})],
    ["503", refused(503, "CU-503")],
    ["504", { status: 504, text: "<html>" }],
  ] as const)
    it(`sends once more after ${title}, as a counted call`, async () => {
      const { rest, http, ledger, run } = client(answer, json(200, { a: 1 }));
      assert.deepEqual(await run(rest.json(call("/a"))), { a: 1 });
      assert.equal(http.requests.length, 2);
      assert.equal(ledger.quota.used, 2);
      assert.equal(ledger.calls[1]?.outcome, "ok");
    });

  for (const reason of ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED"])
    it(`does not count what cannot have reached BMW (${reason})`, async () => {
      const { rest, http, ledger, run } = client(new HttpFailure("network", reason));
      await assert.rejects(run(rest.json(call("/a"))), { code: "rest_network" });
      assert.equal(http.requests.length, 2);
      assert.equal(ledger.quota.used, 0);
    });

  it("ends what waits for its turn when the login is another one, and goes on with what comes then", async () => {
    const { rest, http, ledger, run } = client(json(200, { a: 1 }));
    await rest.json(call("/a"));
    const waiting = [rest.json(call("/b")), rest.json(call("/c"))];
    rest.abort();
    const next = rest.json(call("/d"));
    const ended = Promise.allSettled([...waiting, next]);
    await run(ended);
    const outcomes = (await ended).map((one) => (one.status === "fulfilled" ? one.value : (one.reason as unknown)));
    assert.deepEqual(outcomes, [new CarDataError("rest_aborted"), new CarDataError("rest_aborted"), { a: 1 }]);
    assert.deepEqual(
      http.requests.map(({ url }) => url),
      ["https://api/a", "https://api/d"],
    );
    assert.equal(ledger.quota.used, 2);
  });

  it("sends once more only", async () => {
    const { rest, http, run } = client(refused(503, "CU-503"));
    await assert.rejects(run(rest.json(call("/a"))), { code: "cu_503" });
    assert.equal(http.requests.length, 2);
  });

  for (const [title, answer, changes] of [
    ["500, which BMW calls permanent", refused(500, "CU-500"), {}],
    ["400", refused(400, "CU-400"), {}],
    ["403", refused(403, "CU-104"), {}],
    ["404", json(404, {}), {}],
    ["anything where the call says so", networkDown, { retry: false }],
    ["503 with a Retry-After beyond a minute", pausing(503, "CU-503", "61"), {}],
  ] as const)
    it(`does not send again after ${title}`, async () => {
      const { rest, http, run } = client(answer);
      await assert.rejects(run(rest.json(call("/a", changes))));
      assert.equal(http.requests.length, 1);
    });

  it("waits as long as a 503 asks for", async () => {
    const answer = pausing(503, "CU-503", "40");
    const { rest, http, clock } = client(answer, json(200, { a: 1 }));
    const asked = rest.json(call("/a"));
    await clock.advance(39_999);
    assert.equal(http.requests.length, 1);
    await clock.advance(1);
    assert.deepEqual(await asked, { a: 1 });
  });

  it("sends a body as JSON, and says so only then", async () => {
    const { rest, http, run } = client(json(201, { containerId: "x" }), { status: 204, text: "" });
    await rest.json(call("/customers/containers", { method: "POST", body: { name: "x" } }));
    assert.equal(await run(rest.json(call("/customers/containers/x", { method: "DELETE" }))), null);
    const [post, gone] = http.requests;
    assert.deepEqual([post?.method, post?.body], ["POST", '{"name":"x"}']);
    assert.equal(post?.headers["Content-Type"], "application/json");
    assert.deepEqual([gone?.method, gone?.body, gone?.headers["Content-Type"]], ["DELETE", undefined, undefined]);
  });

  it("takes bytes of any kind, up to a larger size", async () => {
    const { rest, http } = client({ status: 200, body: Buffer.from([1, 2, 3]), type: "Image/PNG; x=1" });
    assert.deepEqual(await rest.bytes(call("/image")), { bytes: Buffer.from([1, 2, 3]), type: "image/png" });
    assert.equal(http.requests[0]?.headers["Accept"], "*/*");
    assert.equal(http.requests[0]?.maxBytes, 10 * 1024 * 1024);
  });

  for (const [title, answer, code] of [
    ["an answer that is no JSON", { status: 200, text: "<html>" }, "rest_invalid_response"],
    ["nesting without end", { status: 200, text: "[".repeat(70) + "]".repeat(70) }, "rest_invalid_response"],
    ["a redirect", { status: 302, text: "" }, "rest_redirect"],
    ["an answer that is too large", new HttpFailure("too_large", "too large"), "rest_too_large"],
    ["a server that cannot be reached", networkDown, "rest_network"],
  ] as const)
    it(`has a clear error for ${title}`, async () => {
      const { rest, run } = client(answer);
      await assert.rejects(run(rest.json(call("/a"))), { code });
    });

  it("stops with its account, even out of the pause between two requests", async () => {
    const { rest, owner, http, clock } = client(json(200, {}));
    await rest.json(call("/a"));
    const waiting = rest.json(call("/b"));
    await clock.advance(500);
    owner.abort();
    await assert.rejects(waiting, { code: "rest_aborted" });
    assert.equal(http.requests.length, 1);
    assert.equal(clock.nextAt(), null);
  });

  it("reports when a request on its way was stopped", async () => {
    await assert.rejects(client(new HttpFailure("aborted", "aborted")).rest.json(call("/a")), { code: "rest_aborted" });
  });
});
