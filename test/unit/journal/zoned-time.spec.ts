import assert from "node:assert/strict";
import { compactTime, isZone, localMinute, monthBegin, zonedTime } from "../../../src/journal/zoned-time.js";

const at = (text: string) => Date.parse(text);

describe("a time of a zone", () => {
  it("has the offset of its moment, at the changes to and from summer time", () => {
    const cases = [
      ["2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"],
      ["2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"],
      ["2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"],
      ["2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"],
    ] as const;
    for (const [utc, local] of cases) assert.equal(zonedTime(at(utc), "Europe/Berlin"), local);
  });

  it("is right at midnight, and where an offset is no whole hour or behind UTC", () => {
    assert.equal(zonedTime(at("2026-03-01T23:00:00Z"), "Europe/Berlin"), "2026-03-02T00:00:00+01:00");
    assert.equal(zonedTime(at("2026-03-02T00:00:00Z"), "Asia/Kathmandu"), "2026-03-02T05:45:00+05:45");
    assert.equal(zonedTime(at("2026-03-02T00:00:00Z"), "America/St_Johns"), "2026-03-01T20:30:00-03:30");
    assert.equal(zonedTime(at("2026-03-02T00:00:00Z"), "UTC"), "2026-03-02T00:00:00+00:00");
  });

  it("tells the minute and the day of the week", () => {
    assert.deepEqual(localMinute(at("2026-03-01T23:15:00Z"), "Europe/Berlin"), { minute: 15, day: 1 });
  });

  it("finds the beginning of its month, also where the clocks change on that day", () => {
    const cases = [
      ["2026-11-15T12:00:00Z", "Europe/Berlin", "2026-10-31T23:00:00Z"],
      ["2026-10-31T23:00:00Z", "Europe/Berlin", "2026-10-31T23:00:00Z"],
      ["2026-10-31T22:59:59Z", "Europe/Berlin", "2026-09-30T22:00:00Z"],
      ["2026-11-15T12:00:00Z", "America/New_York", "2026-11-01T04:00:00Z"],
      ["2028-10-15T12:00:00Z", "Australia/Sydney", "2028-09-30T14:00:00Z"],
      ["2029-04-15T12:00:00Z", "Australia/Sydney", "2029-03-31T13:00:00Z"],
    ] as const;
    for (const [time, zone, begin] of cases) assert.equal(monthBegin(at(time), zone), at(begin), `${time} ${zone}`);
  });

  it("knows which zones there are", () => {
    assert.deepEqual(["Europe/Berlin", "UTC", "Mars/Olympus", ""].map(isZone), [true, true, false, false]);
  });

  it("is part of an id in UTC", () => {
    assert.equal(compactTime(at("2026-03-02T06:41:05.999Z")), "20260302T064105Z");
  });
});
