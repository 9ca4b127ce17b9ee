import assert from "node:assert/strict";
import { Formats, isDayBefore } from "../../../nodes/cockpit/formats.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe("the formats of the cockpit page", () => {
  it("write times as people of the language do", () => {
    const clocks = ["en-US", "en-GB", "de"].map((language) =>
      new Formats(language).placeClock("2026-03-02T08:52:05+01:00").replace(/\s/, " "),
    );
    assert.deepEqual(clocks, ["8:52 AM", "08:52", "08:52"]);
  });

  it("name the times of an axis by their days while several lie in a month, and by their months from then on", () => {
    const formats = new Formats("en-GB");
    const ticks = (stepMs: number) =>
      [0, 1, 2].map((index) => formats.tick(Date.UTC(2026, 0, 15, 12) + index * stepMs, stepMs));
    assert.deepEqual(ticks(7 * DAY_MS), ["Thu 15 Jan", "Thu 22 Jan", "Thu 29 Jan"]);
    assert.deepEqual(ticks(30 * DAY_MS), ["Jan 2026", "Feb 2026", "Mar 2026"]);
  });

  it("write no negative zero, and what is too large to be read by its power of ten", () => {
    const formats = new Formats("en-GB");
    assert.equal(formats.number(-0.3), "0");
    assert.equal(formats.fixed(-0.04, 1), "0.0");
    assert.equal(formats.number(-0.5), "-1");
    assert.equal(formats.money(-0.001, "EUR"), "€0.00");
    assert.equal(formats.withUnit(1.25e21, "km"), "1.25E21 km");
    assert.equal(formats.fixed(-2e15, 1), "-2E15");
    assert.equal(formats.number(999_999_999), "999,999,999");
  });

  it("name the year of a day that is far away", () => {
    const formats = new Formats("en-GB");
    const now = Date.UTC(2027, 0, 1, 12);
    assert.equal(formats.dayOf(now - DAY_MS, now), "Thu 31 Dec");
    assert.equal(formats.dayOf(now - 400 * DAY_MS, now), "Thu, 27 Nov 2025");
    assert.match(formats.time(now + 400 * DAY_MS, now), /2028/);
  });

  it("tell yesterday by the calendar, also where a day has 25 hours", () => {
    const zone = process.env["TZ"];
    process.env["TZ"] = "Europe/Berlin";
    try {
      const at = new Date(2026, 9, 25, 23, 30).getTime();
      assert.equal(isDayBefore(new Date(2026, 9, 24, 12).getTime(), at), true);
      // More than 24 hours earlier, and the same day.
      assert.equal(isDayBefore(at - 24.4 * HOUR_MS, at), false);
      assert.equal(isDayBefore(new Date(2026, 11, 31, 23).getTime(), new Date(2027, 0, 1, 0, 5).getTime()), true);
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });
});
