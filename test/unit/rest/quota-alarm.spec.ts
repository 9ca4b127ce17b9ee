import assert from "node:assert/strict";
import { quotaAlarm } from "../../../src/rest/rest-state-file.js";
import type { QuotaSnapshot } from "../../../src/rest/quota-ledger.js";

const NOW = Date.parse("2026-03-02T06:00:00Z");
const MIDNIGHT = Date.parse("2026-03-03T00:00:00Z");
const HOUR_MS = 3600 * 1000;

const quota = (remaining: number, resetsAt = MIDNIGHT): QuotaSnapshot => ({
  used: 50 - remaining,
  remaining,
  limit: 50,
  window: "utc-day",
  resetsAt,
  blockedUntil: null,
});

describe("the alarm for a quota that runs low", () => {
  it("is given from ten calls on, once in a window", () => {
    assert.equal(quotaAlarm(quota(11), 0, NOW), null);
    assert.equal(quotaAlarm(quota(10), 0, NOW), MIDNIGHT);
    assert.equal(quotaAlarm(quota(9), MIDNIGHT, NOW), null);
    assert.equal(quotaAlarm(quota(9), MIDNIGHT, MIDNIGHT + 1), MIDNIGHT + 24 * HOUR_MS);
  });

  it("is not given again after a pause that is shorter than the day", () => {
    assert.equal(quotaAlarm(quota(0, NOW + HOUR_MS), 0, NOW), MIDNIGHT);
  });

  it("is given although it was noted as given by a clock in the year 2099", () => {
    assert.equal(quotaAlarm(quota(10), Date.parse("2099-01-02T00:00:00Z"), NOW), MIDNIGHT);
  });
});
