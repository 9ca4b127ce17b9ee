import assert from "node:assert/strict";
import { RestClient } from "../../../src/rest/client.js";
import { QuotaLedger } from "../../../src/rest/quota-ledger.js";
import { HttpFailure } from "../../../src/support/http.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { json, networkDown, scriptedHttp, START, VIN, type Answer } from "../../helpers/fakes.js";

const refused = (status: number, exveErrorId: string) => json(status, { exveErrorId });

function client(...script: Answer[]) {
  const clock = new SimulatedClock(START);
  const http = scriptedHttp(...script);
  const owner = new AbortController();
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
  const rest = new RestClient({ send: http.send, apiUrl: "https://api", tokens, ledger, clock, signal: owner.signal });
  /** Lets the second between two requests pass. */
  const run = async <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => undefined);
    await clock.advance(5000);
    return promise;
  };
  return { clock, http, owner, ledger, forced, rest, run, hopeless: () => (renewable = false) };
}

describe("REST client", () => {
  it("sends the token, the version that BMW asks for, and wants JSON", async () => {
    const { rest, http } = client(json(200, { a: 1 }));
    assert.deepEqual(await rest.getJson("/customers/vehicles/mappings"), { a: 1 });
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
    const both = Promise.all([rest.getJson("/a"), rest.getJson("/b")]);
    await clock.advance(999);
    assert.equal(http.requests.length, 1);
    await clock.advance(1);
    await both;
    assert.equal(http.requests.length, 2);
  });

  it("goes on after a failed request", async () => {
    const { rest, run } = client(networkDown, json(200, { a: 1 }));
    await assert.rejects(rest.getJson("/a"), { code: "rest_network" });
    assert.deepEqual(await run(rest.getJson("/b")), { a: 1 });
  });

  for (const answer of [refused(401, "CU-102"), refused(401, "CU-101"), json(401, {})])
    it(`renews the token by force and repeats once after ${JSON.stringify("body" in answer && answer.body)}`, async () => {
      const { rest, http, forced, ledger, run } = client(answer, json(200, { a: 1 }));
      assert.deepEqual(await run(rest.getJson("/a")), { a: 1 });
      assert.deepEqual(forced, ["token-1"]);
      assert.equal(http.requests[1]?.headers["Authorization"], "Bearer token-2");
      assert.equal(ledger.quota.used, 2);
    });

  it("does not repeat with the same token, nor a second time", async () => {
    const same = client(json(401, {}));
    same.hopeless();
    await assert.rejects(same.run(same.rest.getJson("/a")), { code: "rest_unauthorised" });
    assert.equal(same.http.requests.length, 1);
    const twice = client(json(401, {}));
    await assert.rejects(twice.run(twice.rest.getJson("/a")), { code: "rest_unauthorised" });
    assert.equal(twice.http.requests.length, 2);
  });

  for (const answer of [refused(403, "CU-103"), refused(403, "CU-104"), json(403, {}), json(500, {})])
    it(`does not touch the token after ${JSON.stringify("body" in answer && answer.body)}`, async () => {
      const { rest, forced, run } = client(answer);
      await assert.rejects(run(rest.getJson("/a", VIN)));
      assert.deepEqual(forced, []);
    });

  it("asks no more once BMW says that the quota is used up, until midnight UTC", async () => {
    const { rest, http, forced, clock, run } = client(refused(403, "CU-429"), json(200, { a: 1 }));
    await assert.rejects(rest.getJson("/a"), { code: "cu_429" });
    await assert.rejects(run(rest.getJson("/a")), { code: "cu_429" });
    assert.equal(http.requests.length, 1);
    assert.deepEqual(forced, []);
    await clock.advanceTo(Date.parse("2026-03-03T00:00:00Z"));
    assert.deepEqual(await rest.getJson("/a"), { a: 1 });
  });

  for (const [title, answer, code] of [
    ["an answer that is no JSON", { status: 200, text: "<html>" }, "rest_invalid_response"],
    ["nesting without end", { status: 200, text: "[".repeat(70) + "]".repeat(70) }, "rest_invalid_response"],
    ["a redirect", { status: 302, text: "" }, "rest_redirect"],
    ["an answer that is too large", new HttpFailure("too_large", "too large"), "rest_too_large"],
    ["a server that cannot be reached", networkDown, "rest_network"],
  ] as const)
    it(`has a clear error for ${title}`, async () => {
      await assert.rejects(client(answer).rest.getJson("/a"), { code });
    });

  it("stops with its account, even out of the pause between two requests", async () => {
    const { rest, owner, http, clock } = client(json(200, {}));
    await rest.getJson("/a");
    const waiting = rest.getJson("/b");
    await clock.advance(500);
    owner.abort();
    await assert.rejects(waiting, { code: "rest_aborted" });
    assert.equal(http.requests.length, 1);
    assert.equal(clock.nextAt(), null);
  });

  it("tells when a request on its way was stopped", async () => {
    await assert.rejects(client(new HttpFailure("aborted", "aborted")).rest.getJson("/a"), { code: "rest_aborted" });
  });
});
