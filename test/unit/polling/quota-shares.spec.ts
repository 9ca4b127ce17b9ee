import assert from "node:assert/strict";
import fc from "fast-check";
import { pollingLoad, pollIntervalMs, quotaShares } from "../../../src/polling/quota-shares.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { car, daily, telematicRequest } from "./running-scheduler.js";

describe("interval of dense polls", () => {
  for (const [cars, ...seconds] of [
    [1, 3600, 3756, 3927],
    [2, 7200, 7854, 8640],
    [3, 10_800, 12_342, 14_400],
    [4, 14_400, 17_280, 21_600],
    [5, 18_000, 22_736, 30_857],
    [10, 36_000, 61_714, 86_400],
  ] as const)
    it(`is ${seconds.join(", ")} s for ${cars} cars with 0, 1 and 2 daily features`, () => {
      assert.deepEqual(
        [0, 1, 2].map((features) => pollIntervalMs(cars, cars * features)),
        seconds.map((one) => one * 1000),
      );
    });

  it("is a day from 24 cars on", () => {
    assert.equal(pollIntervalMs(24, 0), 86_400_000);
    assert.equal(pollIntervalMs(31, 0), 86_400_000);
  });

  it("is longer than a day where all classes together would not fit into the quota", () => {
    assert.equal(pollIntervalMs(24, 24), Math.floor((86_400 * 24) / 15) * 1000);
    assert.equal(pollIntervalMs(40, 0), Math.floor((86_400 * 40) / 31) * 1000);
  });

  it("is that of one car when there is none", () => {
    assert.equal(pollIntervalMs(0, 0), 3_600_000);
  });
});

describe("shares of the day's quota", () => {
  it("are 24 for scheduled polls less the daily features, and 14 for events", () => {
    assert.deepEqual(quotaShares(1, 0), { scheduled: 24, event: 14, daily: 0 });
    assert.deepEqual(quotaShares(2, 4), { scheduled: 20, event: 14, daily: 4 });
    assert.deepEqual(quotaShares(10, 20), { scheduled: 10, event: 14, daily: 20 });
  });

  it("are nothing for polls that nobody wants", () => {
    assert.deepEqual(quotaShares(0, 3), { scheduled: 0, event: 0, daily: 3 });
    assert.deepEqual(quotaShares(0, 300), { scheduled: 0, event: 0, daily: 45 });
  });

  it("leave people 5 calls, and every class something of what it needs (property)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 2000 }), (cars, extras) => {
        const { scheduled, event, daily: features } = quotaShares(cars, extras);
        assert.ok(scheduled + event + features <= 45);
        assert.ok(Math.min(scheduled, event) >= Math.min(1, cars) && features >= Math.min(1, extras));
        assert.ok(features <= extras && event <= 14 && scheduled <= Math.max(24, cars));
      }),
    );
  });
});

describe("what the requests cost", () => {
  const other = (changes = {}) => car({ vin: OTHER_VIN, ...changes });

  it("counts the cars that somebody wants polled, and the pages of daily features", () => {
    const requests = [telematicRequest({ vin: VIN }), daily("chargingHistory", { pages: 3 }), daily("tyreDiagnosis")];
    assert.deepEqual(pollingLoad(requests, [car(), other()]), { cars: 1, extras: 8 });
  });

  it("leaves out cars without data while another one has some", () => {
    assert.deepEqual(pollingLoad([telematicRequest()], [car(), other({ real: false })]), { cars: 1, extras: 0 });
    assert.deepEqual(pollingLoad([telematicRequest()], [car({ real: false }), other({ real: false })]), {
      cars: 2,
      extras: 0,
    });
  });

  it("leaves out cars that are never polled, not those that BMW refuses for now", () => {
    assert.deepEqual(pollingLoad([telematicRequest()], [car(), other({ access: "never" })]), { cars: 1, extras: 0 });
    assert.deepEqual(pollingLoad([telematicRequest()], [car(), other({ access: "weekly" })]), { cars: 2, extras: 0 });
  });

  it("leaves out features that a car has not got or that BMW refuses", () => {
    const requests = [daily("chargingHistory"), daily("tyreDiagnosis")];
    const cars = [car({ combustion: true }), other({ access: "weekly" })];
    assert.deepEqual(pollingLoad(requests, cars), { cars: 0, extras: 1 });
  });

  it("is nothing without a request", () => {
    assert.deepEqual(pollingLoad([], [car()]), { cars: 0, extras: 0 });
  });
});
