import assert from "node:assert/strict";
import fc from "fast-check";
import { endOfQuietHours, responsibleRequest } from "../../../src/polling/poll-request.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";
import { daily, DAY, MINUTE, telematicRequest } from "./running-scheduler.js";

describe("responsibility for a car", () => {
  const requests = [
    telematicRequest({ node: "c" }),
    telematicRequest({ node: "b", vin: VIN }),
    telematicRequest({ node: "a", vin: OTHER_VIN }),
    daily("tyreDiagnosis", { node: "0" }),
  ];

  it("lies with the node of the lowest id that wants this car, or all cars", () => {
    assert.equal(responsibleRequest(requests, "telematicData", VIN)?.node, "b");
    assert.equal(responsibleRequest(requests, "telematicData", OTHER_VIN)?.node, "a");
    assert.equal(responsibleRequest([...requests].reverse(), "telematicData", VIN)?.node, "b");
  });

  it("is one for each kind", () => {
    assert.equal(responsibleRequest(requests, "tyreDiagnosis", VIN)?.node, "0");
    assert.equal(responsibleRequest(requests, "chargingHistory", VIN), null);
  });

  it("lies with nobody for a car that nobody wants", () => {
    assert.equal(responsibleRequest([telematicRequest({ vin: OTHER_VIN })], "telematicData", VIN), null);
  });
});

describe("quiet hours", () => {
  const at = (hours: number, minutes = 0, day = 10) => new Date(2026, 5, day, hours, minutes).getTime();
  const NIGHT = { from: 22 * 60, to: 6 * 60 + 30 };
  const NOON = { from: 12 * 60, to: 14 * 60 };

  for (const [title, now, hours, end] of [
    ["in the evening", at(22), NIGHT, at(6, 30, 11)],
    ["after midnight", at(3), NIGHT, at(6, 30)],
    ["in the last minute", at(6, 29), NIGHT, at(6, 30)],
    ["at their end", at(6, 30), NIGHT, null],
    ["at noon", at(12), NOON, at(14)],
    ["before noon", at(11, 59), NOON, null],
    ["after noon", at(14), NOON, null],
    ["without any", at(3), null, null],
    ["with none", at(3), { from: 180, to: 180 }, null],
    ["up to midnight", at(23), { from: 22 * 60, to: 1440 }, at(0, 0, 11)],
  ] as const)
    it(`end as local time says, ${title}`, () => {
      assert.equal(endOfQuietHours(now, hours), end);
    });

  it("do not end in the past in the hour that comes twice", () => {
    const zone = process.env["TZ"];
    process.env["TZ"] = "Europe/Berlin";
    try {
      const second = Date.parse("2026-10-25T01:10:00Z");
      assert.equal(new Date(second).getHours(), 2);
      assert.equal(endOfQuietHours(second, { from: 120, to: 150 }), second + MINUTE);
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });

  it("end within a day and a bit, never in the past (property)", () => {
    const minute = fc.integer({ min: 0, max: 1440 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), minute, minute, (now, from, to) => {
        const end = endOfQuietHours(now, { from, to });
        assert.ok(end === null || (end > now && end <= now + DAY + 120 * MINUTE));
      }),
      { numRuns: runs(2000) },
    );
  });
});
