import assert from "node:assert/strict";
import { Formats } from "../../../nodes/cockpit/formats.js";

const DAY_MS = 86_400_000;

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
});
