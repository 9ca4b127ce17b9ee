import assert from "node:assert/strict";
import { fetchChargingHistory } from "../../../src/rest/charging-history.js";
import { CarDataError } from "../../../src/support/errors.js";
import { START, VIN } from "../../helpers/fakes.js";
import { refusal, scriptedRest } from "../../helpers/rest.js";

const DAY_MS = 24 * 3600 * 1000;
const PATH = `/customers/vehicles/${VIN}/chargingHistory`;
const tooLong = refusal("cu_401", 400, "CU-401");
const expired = refusal("cu_125", 400, "CU-125");
const down = new CarDataError("rest_network", { reason: "ECONNRESET" });
const session = (startTime: unknown) => ({ startTime, displayedSoc: 80 });
const page = (starts: unknown[], next_token?: string) => ({ data: starts.map(session), next_token });

function fetchWith(script: unknown[], changes: { from?: number; maxPages?: number } = {}) {
  const { rest, calls, paths } = scriptedRest(...script);
  const request = { vin: VIN, from: START - 30 * DAY_MS, to: START, maxPages: 3, budget: "daily" as const, ...changes };
  return { history: fetchChargingHistory(rest, request), calls, paths };
}

const starts = (sessions: readonly Record<string, unknown>[]) => sessions.map(({ startTime }) => startTime);

describe("charging history", () => {
  it("is asked for by date, to the second, and never repeated by itself", async () => {
    const { history, calls } = fetchWith([page([])], { from: START - 30 * DAY_MS + 999 });
    await history;
    assert.deepEqual(calls, [
      {
        endpoint: "chargingHistory",
        vin: VIN,
        budget: "daily",
        path: `${PATH}?from=2026-01-31T06%3A00%3A00.000Z&to=2026-03-02T06%3A00%3A00.000Z`,
        retry: false,
      },
    ]);
  });

  it("comes as BMW sent it, newest first, each charge once", async () => {
    const { history } = fetchWith([page([100, 300], "t 1"), page([200, 300, "400"])]);
    const { sessions, truncated, pages } = await history;
    assert.deepEqual(sessions, ["400", 300, 200, 100].map(session));
    assert.deepEqual({ truncated, pages }, { truncated: false, pages: 2 });
  });

  it("keeps charges without a start, at the end", async () => {
    const { history } = fetchWith([page([null, 100, "soon", 200])]);
    assert.deepEqual(starts((await history).sessions), [200, 100, null, "soon"]);
  });

  it("names the next page in an encoded form", async () => {
    const { history, paths } = fetchWith([page([1], "a/b&c=d"), page([2])]);
    await history;
    assert.match(paths()[1] ?? "", /&nextToken=a%2Fb%26c%3Dd$/);
  });

  it("ends after the wanted pages and says that there is more", async () => {
    const { history, calls } = fetchWith([page([1], "a"), page([2], "b")], { maxPages: 2 });
    assert.deepEqual(await history, { sessions: [2, 1].map(session), truncated: true, pages: 2 });
    assert.equal(calls.length, 2);
  });

  it("ends at a token that comes again", async () => {
    const { history } = fetchWith([page([1], "a"), page([2], "a")]);
    assert.deepEqual(await history, { sessions: [2, 1].map(session), truncated: true, pages: 2 });
  });

  it("is read once more when the token has expired", async () => {
    const { history, paths } = fetchWith([page([1], "a"), expired, page([1], "b"), page([2])]);
    assert.deepEqual(await history, { sessions: [2, 1].map(session), truncated: false, pages: 2 });
    assert.equal(paths().filter((path) => !path.includes("nextToken")).length, 2);
  });

  it("is what there is when the token expires again", async () => {
    const { history, calls } = fetchWith([page([1], "a"), expired, page([1], "b"), expired]);
    assert.deepEqual(await history, { sessions: [session(1)], truncated: true, pages: 1 });
    assert.equal(calls.length, 4);
  });

  for (const [title, failure] of [
    ["fails", down],
    ["is held back by the quota", new CarDataError("cu_429", { time: "00:00 UTC" })],
    ["cannot be read", "no list"],
  ] as const)
    it(`keeps the first page when the second ${title}`, async () => {
      const { history } = fetchWith([page([1], "a"), failure]);
      assert.deepEqual(await history, { sessions: [session(1)], truncated: true, pages: 1 });
    });

  for (const [title, first, code] of [
    ["fails", down, "rest_network"],
    ["is refused", refusal("cu_104", 403, "CU-104"), "cu_104"],
    ["holds no list", { data: 7 }, "rest_invalid_response"],
  ] as const)
    it(`is an error when the first page ${title}`, async () => {
      await assert.rejects(fetchWith([first]).history, { code });
    });

  it("is asked for the last 30 days when the range is too long for BMW", async () => {
    const { history, paths } = fetchWith([tooLong, page([1])], { from: START - 60 * DAY_MS });
    assert.deepEqual(await history, { sessions: [session(1)], truncated: true, pages: 1 });
    assert.match(paths()[0] ?? "", /from=2026-01-01/);
    assert.match(paths()[1] ?? "", /from=2026-01-31T06%3A00%3A00.000Z&to=2026-03-02/);
  });

  it("is not cut twice, nor when it is short", async () => {
    const long = fetchWith([tooLong, tooLong], { from: START - 60 * DAY_MS });
    await assert.rejects(long.history, { code: "cu_401" });
    const short = fetchWith([tooLong]);
    await assert.rejects(short.history, { code: "cu_401" });
    assert.equal(short.calls.length, 1);
  });
});
