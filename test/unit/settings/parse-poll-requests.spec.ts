import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePollRequests, wantedDescriptors } from "../../../src/settings/parse-poll-requests.js";
import { parseQuietHours } from "../../../src/settings/telematics-schema.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";

const MINUTE_MS = 60_000;

describe("requests of a telematics node", () => {
  const USUAL = {
    kind: "telematicData",
    node: "n1",
    vin: null,
    schedule: "fallback",
    minIntervalMs: 0,
    quietHours: null,
    tripEndPoll: true,
    cooldownMs: 10 * MINUTE_MS,
  };
  const automatic = (properties: object = {}) => parsePollRequests("n1", { automatic: true, ...properties })[0];

  it("are none unless something is ticked", () => {
    for (const operation of [undefined, "telematicData", "chargingHistory", "tyreDiagnosis", "image", "quota", "x"])
      for (const ticked of [undefined, false, "true", 1])
        assert.deepEqual(
          parsePollRequests("n1", { operation, automatic: ticked, daily: ticked }),
          [],
          String(operation),
        );
  });

  it("are the usual ones for all cars if only `automatic` is stored", () => {
    assert.deepEqual(parsePollRequests("n1", { automatic: true }), [USUAL]);
  });

  it("are about the chosen car, and about none if that is mistyped", () => {
    assert.deepEqual(automatic({ vehicle: ` ${VIN.toLowerCase()} ` }), { ...USUAL, vin: VIN });
    for (const vehicle of ["WBY123", "${VIN}", `${VIN} ${OTHER_VIN}`]) assert.equal(automatic({ vehicle }), undefined);
    for (const vehicle of ["", "  ", null, 5]) assert.deepEqual(automatic({ vehicle }), USUAL);
  });

  it("take what is set, as number or as text", () => {
    const set = { schedule: "dense", quietHours: "22:00-06:30", tripEndPoll: false };
    for (const numbers of [
      { minInterval: 90, cooldownMinutes: 20 },
      { minInterval: "90", cooldownMinutes: " 20 " },
    ])
      assert.deepEqual(automatic({ ...set, ...numbers }), {
        ...USUAL,
        schedule: "dense",
        minIntervalMs: 90 * MINUTE_MS,
        quietHours: { from: 22 * 60, to: 6 * 60 + 30 },
        tripEndPoll: false,
        cooldownMs: 20 * MINUTE_MS,
      });
  });

  it("take the usual where the stored number is unusable", () => {
    for (const wrong of [-1, 0.5, "1e3", "ten", NaN, 100_000, true])
      assert.deepEqual(automatic({ minInterval: wrong, cooldownMinutes: wrong }), USUAL, String(wrong));
    assert.deepEqual(automatic({ cooldownMinutes: 0 }), USUAL);
  });

  it("are a daily fetch only for the two operations that have one", () => {
    const daily = (operation: string, more: object = {}) =>
      parsePollRequests("n1", { operation, daily: true, ...more });
    assert.deepEqual(daily("chargingHistory"), [{ kind: "chargingHistory", node: "n1", vin: null, pages: 3 }]);
    assert.deepEqual(daily("chargingHistory", { maxPages: "5", vehicle: VIN }), [
      { kind: "chargingHistory", node: "n1", vin: VIN, pages: 5 },
    ]);
    assert.deepEqual(daily("chargingHistory", { maxPages: 11 }), daily("chargingHistory"));
    assert.deepEqual(daily("tyreDiagnosis", { maxPages: 5 }), [
      { kind: "tyreDiagnosis", node: "n1", vin: null, pages: 1 },
    ]);
    for (const operation of ["telematicData", "image", "quota"]) assert.deepEqual(daily(operation), []);
  });

  it("never throw, whatever is stored", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(USUAL), "operation", "daily"), fc.anything()),
        (stored) => {
          assert.ok(parsePollRequests("n1", { ...stored, automatic: true }).length <= 1);
        },
      ),
    );
  });
});

describe("quiet hours", () => {
  it("are two times of the day, over midnight too", () => {
    const minutes = (from: number, to: number) => ({ from, to });
    assert.deepEqual(parseQuietHours("22:00-06:00"), minutes(1320, 360));
    assert.deepEqual(parseQuietHours(" 1:30 – 5.45 "), minutes(90, 345));
    assert.deepEqual(parseQuietHours("22-6"), minutes(1320, 360));
    assert.deepEqual(parseQuietHours("20:00-24:00"), minutes(1200, 0));
  });

  it("are none if they are anything else", () => {
    for (const wrong of [
      "",
      "22:00",
      "22:00-",
      "22:60-06:00",
      "25:00-06:00",
      "24:30-06:00",
      "1-2-3",
      "a-b",
      "08:00-08:00",
    ])
      assert.equal(parseQuietHours(wrong), null, wrong);
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const hours = parseQuietHours(value);
        assert.ok(hours === null || (hours.from >= 0 && hours.from < 1440 && hours.to >= 0 && hours.to < 1440));
      }),
    );
  });
});

describe("wanted descriptors", () => {
  it("are names that BMW can know, each once", () => {
    const soc = "vehicle.drivetrain.batteryManagement.header";
    assert.deepEqual(wantedDescriptors([soc, ` ${soc} `, "vehicle.cabin.*", "is moving", "", 5, null]), [soc]);
    for (const nothing of [undefined, null, "vehicle.isMoving", {}]) assert.deepEqual(wantedDescriptors(nothing), []);
  });
});
