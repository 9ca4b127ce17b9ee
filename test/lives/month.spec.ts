import assert from "node:assert/strict";
import { PATIENCE_OF_LIVES_MS } from "../helpers/eventually.js";
import { monthOfAccount, type MonthReport } from "../helpers/month.js";

const DAYS = 30;

describe("a month with a refused car, 50 redeploys and two days whose calls another program takes", function () {
  this.timeout(PATIENCE_OF_LIVES_MS);
  let month: MonthReport;

  before(async () => {
    month = await monthOfAccount("dense");
  });

  it("costs at most a call a week for the refused car, and none for the SECONDARY one", () => {
    assert.equal(month.refused.noPermission, 4);
    assert.equal(month.refused.secondary, 0);
  });

  it("gives both readable cars at least eight polls a day", () => {
    for (const polls of month.polls) assert.ok(polls >= 8 * DAYS, `${polls} polls`);
  });

  it("keeps every class within its share of the day, and calls for people", () => {
    assert.ok(month.busiestDay <= 45, `${month.busiestDay} calls on one day`);
    assert.ok((month.calls["event"] ?? 0) <= 14 * DAYS);
    assert.equal(month.calls["manual"], undefined);
  });

  it("asks BMW no more than five times a day while nothing is left", () => {
    assert.ok(month.overQuota >= 2 && month.overQuota <= 10, `${month.overQuota} calls`);
  });

  it("knows the charge level to within two hours most of the time", () => {
    for (const { minutes } of month.freshness) assert.ok(minutes.median <= 120, `${minutes.median} min`);
  });
});

describe("the default schedule, over ten days of it", function () {
  const days = 10;
  this.timeout(PATIENCE_OF_LIVES_MS);
  it("spends fewer calls than the dense one and knows the level nearly as well", async () => {
    const fallback = await monthOfAccount("fallback", { days });
    assert.ok(fallback.total < 15 * days, `${fallback.total} calls`);
    for (const { meanError } of fallback.freshness) assert.ok(meanError < 2, `${meanError} pp`);
  });
});
