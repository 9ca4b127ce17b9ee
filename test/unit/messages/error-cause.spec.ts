import assert from "node:assert/strict";
import fc from "fast-check";
import { causeOf } from "../../../src/messages/error-cause.js";
import type { ErrorCause, Quota } from "../../../src/messages/types.js";
import { CarDataError, type ErrorCode } from "../../../src/support/errors.js";
import { ERROR_TABLE } from "../../../src/support/error-table.js";
import { VIN } from "../../helpers/fakes.js";

const QUOTA: Quota = {
  used: 50,
  remaining: 0,
  limit: 50,
  window: "utc-day",
  resetsAt: "2026-03-03T00:00:00.000Z",
};
const MEMBERS = ["code", "httpStatus", "exveErrorId", "exveErrorRef", "retryAt", "quota", "action"];

describe("the cause that a Catch node gets", () => {
  it("contains BMW's reason, when to go on and what to do", () => {
    const details = { httpStatus: 403, exveErrorId: "CU-429", exveErrorRef: "ref-1", retryAt: QUOTA.resetsAt };
    assert.deepEqual(causeOf(new CarDataError("cu_429", { time: "00:00 UTC" }, details), QUOTA), {
      code: "cu_429",
      httpStatus: 403,
      exveErrorId: "CU-429",
      exveErrorRef: "ref-1",
      retryAt: "2026-03-03T00:00:00.000Z",
      quota: QUOTA,
      action: "wait",
    });
  });

  it("has nulls where nothing is known", () => {
    const details = { httpStatus: 404, exveErrorId: "", exveErrorRef: "" };
    const unknown = { exveErrorId: null, exveErrorRef: null, retryAt: null, quota: null };
    assert.deepEqual(causeOf(new CarDataError("cu_126", { vin: "…0001" }, details), null), {
      ...unknown,
      code: "cu_126",
      httpStatus: 404,
      action: "none",
    });
    assert.deepEqual(causeOf(new CarDataError("vin_invalid"), null), {
      ...unknown,
      code: "vin_invalid",
      httpStatus: null,
      action: "change-input",
    });
  });

  it("lets nothing else through: no headers, tokens or whole answers", () => {
    const cause = Object.assign(new Error("Request failed"), {
      config: { headers: { Authorization: "Bearer secret-token" } },
      response: { status: 500, data: VIN },
      httpStatus: "500 secret-token",
      exveErrorRef: { secret: "secret-token" },
      retryAt: "after secret-token",
    });
    const reported = causeOf(new CarDataError("rest_network", { reason: "ECONNRESET" }, cause), {
      ...QUOTA,
      gcid: "x",
    } as Quota);
    assert.deepEqual(Object.keys(reported).sort(), [...MEMBERS].sort());
    assert.deepEqual(reported.quota, QUOTA);
    assert.doesNotMatch(JSON.stringify(reported), /secret|response|config/);
  });

  it("holds no token even where BMW repeats it", () => {
    const details = {
      httpStatus: 401,
      exveErrorId: "Bearer secret-token",
      exveErrorRef: `of ${VIN}, token=secret-token`,
    };
    const reported = causeOf(new CarDataError("rest_unauthorised", { status: 401 }, details), null);
    assert.doesNotMatch(JSON.stringify(reported), new RegExp(`secret|${VIN}`));
  });

  it("is safe whatever the error was caused by", () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const reported = causeOf(new CarDataError("internal", { reason: "x" }, thrown), null);
        assert.deepEqual(Object.keys(reported).sort(), [...MEMBERS].sort());
        assert.ok(reported.httpStatus === null || Number.isInteger(reported.httpStatus));
      }),
    );
  });
});

describe("what to do about an error", () => {
  const EXPECTED: Partial<Record<ErrorCode, ErrorCause["action"]>> = {
    not_logged_in: "login",
    refresh_rejected: "login",
    vault_unreadable: "login",
    cu_100: "login",
    cu_101: "login",
    rest_unauthorised: "login",
    cu_103: "subscribe",
    cu_403: "subscribe",
    scope_api_missing: "subscribe",
    cu_429: "wait",
    cu_429_other_client: "wait",
    quota_share_used: "wait",
    containers_limit: "wait",
    cu_102: "retry",
    cu_105: "retry",
    cu_121: "retry",
    cu_125: "retry",
    cu_500: "retry",
    cu_503: "retry",
    rest_network: "retry",
    rest_invalid_response: "retry",
    rest_unexpected: "retry",
    refresh_refused: "retry",
    refresh_unreachable: "retry",
    cu_104: "choose-vehicle",
    no_readable_car: "choose-vehicle",
    vehicle_unknown: "choose-vehicle",
    cu_124: "delete-container",
    cu_120: "change-input",
    cu_401: "change-input",
    cu_402: "change-input",
    confirm_needed: "change-input",
    unknown_operation: "change-input",
    rest_needs_login: "change-input",
    cu_400: "report",
    rest_redirect: "report",
    internal: "report",
    cu_126: "none",
    cu_127: "none",
    rest_aborted: "none",
    stream_closed: "none",
  };
  for (const [code, action] of Object.entries(EXPECTED))
    it(`${code}: ${action}`, () => {
      assert.equal(causeOf(new CarDataError(code as ErrorCode), null).action, action);
    });

  it("is something for every refusal of BMW's API, but for missing pictures and places, and the close", () => {
    const idle = Object.keys(ERROR_TABLE).filter(
      (code) => /^(cu|rest)_/.test(code) && causeOf(new CarDataError(code as ErrorCode), null).action === "none",
    );
    assert.deepEqual(idle, ["cu_126", "cu_127", "rest_aborted"]);
  });
});
