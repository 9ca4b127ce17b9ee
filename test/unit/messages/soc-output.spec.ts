import assert from "node:assert/strict";
import { SocOutput } from "../../../src/messages/soc-output.js";
import type { ChargeFigures, LearningReport, SocEstimate } from "../../../src/soc/estimate.js";

const VIN = "WBA00000000000001";
const AT = Date.parse("2026-03-02T06:41:05Z");
const LATER = AT + 30_000;
const HEADER = "vehicle.drivetrain.batteryManagement.header";

/** Whether `actual` has these members, whatever else it has. */
function assertHolds(actual: object | null | undefined, members: object): void {
  assert.deepEqual({ ...actual, ...members }, actual);
}

describe("Output of cardata-predicted-soc", () => {
  const estimate = (soc: number, more: Partial<SocEstimate> = {}): SocEstimate => ({
    soc,
    sigma: 0.4,
    band90: [soc - 0.66, soc + 0.66],
    mode: "idle",
    bmw: { soc: 58, at: AT - 1000, descriptor: HEADER },
    capacity: { kwh: 80.7, source: "maxEnergy" },
    charge: null,
    drive: null,
    ...more,
  });
  const charge: ChargeFigures = {
    method: "AC",
    powerKw: 11.04,
    powerSource: "acProduct",
    phases: 3,
    phasesSource: "reported",
    efficiency: 0.9,
    targetSoc: 80,
    minutesToTarget: 107.2,
    energyKwh: 1.25,
    grossKwh: 1.3,
    countedUntil: AT,
    startedAt: AT,
  };
  const output = (vehicle = "") => new SocOutput({ topicBase: "cardata", vehicle });

  it("sends a value with all that a value has, and how it came about", () => {
    const [predicted, magic] = output().estimate(VIN, estimate(58.2549), null, AT);
    assert.equal(magic, null);
    assert.deepEqual(predicted, {
      payload: 58.3,
      topic: `cardata/${VIN}/vehicle.predicted_soc`,
      vin: VIN,
      descriptor: "vehicle.predicted_soc",
      name: "Predicted SOC",
      unit: "%",
      timestamp: "2026-03-02T06:41:05.000Z",
      source: "estimate",
      known: true,
      ha: {
        platform: "sensor",
        key: "predicted_soc",
        unique_id: `bmw_cardata_${VIN.toLowerCase()}_predicted_soc`,
        name: "Predicted SOC",
        device_class: "battery",
        unit_of_measurement: "%",
        state_class: "measurement",
        suggested_display_precision: 1,
      },
      estimate: {
        mode: "idle",
        sigma: 0.4,
        band90: [58.2549 - 0.66, 58.2549 + 0.66],
        bmwSoc: 58,
        bmwSocTimestamp: "2026-03-02T06:41:04.000Z",
        bmwSocDescriptor: HEADER,
        capacityKwh: 80.7,
        capacitySource: "maxEnergy",
      },
    });
  });

  it("adds the figures of a charge", () => {
    const [predicted] = output().estimate(VIN, estimate(60, { mode: "charging", charge }), null, AT);
    // A message shows the net energy only.
    const { startedAt, grossKwh: _gross, countedUntil: _until, ...figures } = charge;
    assert.equal(startedAt, AT);
    assertHolds(predicted?.estimate, { ...figures, startedAt: "2026-03-02T06:41:05.000Z" });
  });

  it("always reports driving on the second output, by the names that users know", () => {
    const buckets = { city: { kwhPerKm: 0.16049, trips: 3 } };
    const drive = { consumptionKwhPerKm: 0.18, tripKm: 4.2, speedBracket: "city", speedKmh: 30.535, buckets } as const;
    const [, driving] = output().estimate(VIN, estimate(60), estimate(59.9, { mode: "driving", drive }), AT);
    assert.equal(driving?.descriptor, "vehicle.magic_soc");
    assert.equal(driving.name, "Magic SOC");
    assertHolds(driving.estimate, {
      consumptionKwhPerKm: 0.18,
      tripKm: 4.2,
      speed_bracket: "city",
      traccar_speed_kmh: 30.5,
      speed_bucket_consumption: { city: { kwh_per_km: 0.16, trip_count: 3 } },
    });
    const [, parked] = output().estimate(VIN, estimate(60), estimate(60), AT);
    assertHolds(parked?.estimate, {
      consumptionKwhPerKm: null,
      tripKm: null,
      speed_bracket: null,
      traccar_speed_kmh: null,
      speed_bucket_consumption: {},
    });
  });

  it("is silent until the shown value, the mode or the target changes", () => {
    const node = output();
    const shows = (one: SocEstimate) => node.estimate(VIN, one, null, AT)[0] !== null;
    assert.ok(shows(estimate(58.21)));
    assert.ok(!shows(estimate(58.24, { sigma: 2 })));
    assert.ok(shows(estimate(58.26)));
    assert.ok(shows(estimate(58.26, { mode: "charging", charge })));
    assert.ok(!shows(estimate(58.26, { mode: "charging", charge: { ...charge, powerKw: 7 } })));
    assert.ok(shows(estimate(58.26, { mode: "charging", charge: { ...charge, targetSoc: 90 } })));
  });

  it("says once that a shown value is unknown by now", () => {
    const node = output();
    assert.deepEqual(node.estimate(VIN, null, null, AT), [null, null]);
    node.estimate(VIN, estimate(58.2), estimate(57.9), AT);
    const [predicted, magic] = node.estimate(VIN, null, null, LATER);
    const last = { value: 58.2, timestamp: "2026-03-02T06:41:05.000Z" };
    assert.deepEqual(
      { payload: predicted?.payload, last: predicted?.last, estimate: predicted?.estimate },
      { payload: null, last, estimate: undefined },
    );
    assert.deepEqual({ payload: magic?.payload, value: magic?.last?.value }, { payload: null, value: 57.9 });
    assert.deepEqual(node.estimate(VIN, null, null, LATER), [null, null]);
    assert.ok(node.estimate(VIN, estimate(58.2), null, LATER)[0]);
  });

  it("does not call Magic SOC unknown when nobody wants it any more", () => {
    const node = output();
    node.estimate(VIN, estimate(58.2), estimate(58.2), AT);
    assert.deepEqual(node.estimate(VIN, estimate(58.2), null, LATER), [null, null]);
    assert.deepEqual(node.estimate(VIN, null, null, LATER)[1], null);
  });

  it("repeats the present values where it is asked for, and counts them as sent", () => {
    const node = output();
    for (const at of [AT, LATER]) assert.equal(node.current(VIN, estimate(58.2), null, at)[0]?.payload, 58.2);
    assert.equal(node.estimate(VIN, estimate(58.2), null, LATER)[0], null);
  });

  it("repeats what has become unknown as well, because a broker may still keep what it was", () => {
    const node = output();
    assert.deepEqual(node.vins, []);
    node.estimate(VIN, estimate(58.2), null, AT);
    node.estimate(VIN, null, null, LATER);
    assert.deepEqual(node.vins, [VIN]);
    for (let time = 0; time < 2; time++) {
      const [predicted, magic] = node.current(VIN, null, null, LATER);
      assert.deepEqual([predicted?.payload, predicted?.last?.value, magic], [null, 58.2, null]);
    }
    assert.deepEqual(node.estimate(VIN, null, null, LATER), [null, null]);
    assert.equal(node.estimate(VIN, estimate(58.2), null, LATER)[0]?.payload, 58.2);
  });

  it("shows only the chosen car, and each car by itself", () => {
    assert.deepEqual(output("WBA00000000000002").current(VIN, estimate(50), estimate(50), AT), [null, null]);
    const node = output();
    node.estimate(VIN, estimate(50), null, AT);
    assert.ok(node.estimate("WBA00000000000002", estimate(50), null, AT)[0]);
  });
});

describe("Message of what was learned", () => {
  const driving: LearningReport["driving"] = {
    overall: { kwhPerKm: 0.19, trips: 2 },
    months: { "3": { kwhPerKm: 0.2, trips: 1 } },
    brackets: { city: { kwhPerKm: 0.16, trips: 1 } },
    defaultKwhPerKm: 0.18,
    lastTrip: null,
  };
  const known = { efficiency: 0.91, samples: 4, deviationPp: 1.2, trend: "stable" } as const;
  const decision = { value: null, socChange: null, energyKwh: null, condition: null, at: AT } as const;
  const learning = (report: Partial<LearningReport>) =>
    new SocOutput({ topicBase: "my/cars", vehicle: "" }).learning(
      VIN,
      { charging: { conditions: [], losses: [] }, driving, lastDecision: null, ...report },
      AT,
    );

  it("names the conditions of charges and gives the consumption", () => {
    const conditions = [
      { key: "3_250_16", ...known },
      { key: "0_410_0", ...known },
    ];
    const losses = [{ source: "meter", lossKw: 0.31, efficiency: 0.92, samples: 9 }] as const;
    assert.deepEqual(learning({ charging: { conditions, losses } }), {
      payload: {
        fixedLoss: losses,
        efficiency: [
          { key: "3_250_16", method: "AC", phases: 3, volts: 250, amps: 16, ...known },
          { key: "0_410_0", method: "DC", phases: null, volts: null, amps: null, ...known },
        ],
        consumption: {
          defaultKwhPerKm: 0.18,
          overall: { kwhPerKm: 0.19, trips: 2 },
          months: { "3": { kwhPerKm: 0.2, trips: 1 } },
          brackets: { city: { kwhPerKm: 0.16, trips: 1 } },
        },
        lastDecision: null,
      },
      topic: `my/cars/${VIN}/learning`,
      vin: VIN,
      timestamp: "2026-03-02T06:41:05.000Z",
      ha: {
        platform: "sensor",
        key: "learning",
        unique_id: `bmw_cardata_${VIN.toLowerCase()}_learning`,
        name: "Learning",
        icon: "mdi:school-outline",
        entity_category: "diagnostic",
      },
    });
  });

  it("says in a sentence why a charge was not learned from", () => {
    const message = learning({
      lastDecision: { ...decision, what: "ac", accepted: false, reason: "belowBounds", value: 0.7 },
    });
    assertHolds(message.payload.lastDecision, {
      at: "2026-03-02T06:41:05.000Z",
      reason: "belowBounds",
      text: "Not learned from the charge (efficiency 70.0 %): the efficiency is lower than the settings allow, perhaps power or capacity is not right.",
    });
  });

  it("says in a sentence what a trip taught", () => {
    const message = learning({
      lastDecision: { ...decision, what: "driving", accepted: true, reason: "learned", value: 0.1921 },
    });
    assert.equal(message.payload.lastDecision?.text, "Learned from the trip (19.2 kWh/100 km).");
  });

  it("gives flows a copy", () => {
    const { consumption } = learning({}).payload;
    if (consumption.overall) consumption.overall.trips = 99;
    assert.equal(driving.overall?.trips, 2);
  });
});
