import assert from "node:assert/strict";
import { iso, measured, ODOMETER, SOC, TestVehicle } from "../../helpers/test-vehicle.js";

const DAY = 24 * 3600;
const OLD = "vehicle.cabin.sunroof.status";
const OTHER = "vehicle.cabin.door.row1.driver.isOpen";

const has = (vehicle: TestVehicle, descriptor: string) => vehicle.vehicle.readings.has(descriptor);
/** Other values on `days` days, the last of them on day `last`. */
const report = (vehicle: TestVehicle, days: number, last: number) => {
  for (let day = last - days + 1; day <= last; day++) vehicle.stream(day * DAY, { [OTHER]: day % 2 === 0 });
  return vehicle;
};

describe("memory of a car", () => {
  it("lets go what the car has not sent for 30 days while it sent others on seven of them", () => {
    const vehicle = new TestVehicle().stream(0, { [OLD]: "CLOSED" });
    assert.ok(!has(report(vehicle, 8, 31), OLD));
    assert.ok(has(vehicle, OTHER));
  });

  it("keeps it where the car hardly sent anything, or was not away long enough", () => {
    assert.ok(has(report(new TestVehicle().stream(0, { [OLD]: "CLOSED" }), 6, 31), OLD));
    assert.ok(has(report(new TestVehicle().stream(0, { [OLD]: "CLOSED" }), 20, 30), OLD));
    assert.ok(has(new TestVehicle().stream(0, { [OLD]: "CLOSED" }).at(400 * DAY), OLD));
  });

  it("counts repeats and nulls as signs of life", () => {
    const repeated = report(new TestVehicle().stream(0, { [OLD]: "CLOSED" }), 5, 20);
    repeated.data(20 * DAY, measured(0, { [OLD]: "CLOSED" }));
    assert.ok(has(report(repeated, 10, 31), OLD));
    const nulls = new TestVehicle().stream(0, { [OLD]: "CLOSED" }).rest(20 * DAY, { [OLD]: null });
    assert.ok(has(report(nulls, 10, 31), OLD));
  });

  it("never forgets charge level, odometer, position and capacity", () => {
    const location = "vehicle.cabin.infotainment.navigation.currentLocation";
    const kept = {
      [SOC]: 50,
      [ODOMETER]: 1000,
      [`${location}.latitude`]: 50,
      [`${location}.longitude`]: 8,
      "vehicle.drivetrain.batteryManagement.maxEnergy": 80,
    };
    const vehicle = report(new TestVehicle().stream(0, { ...kept, [OLD]: "CLOSED" }), 40, 80);
    for (const descriptor of Object.keys(kept)) assert.ok(has(vehicle, descriptor), descriptor);
    assert.ok(!has(vehicle, OLD));
  });

  it("stays bounded however many names a car invents", () => {
    const vehicle = new TestVehicle();
    for (let message = 0; message < 30; message++) {
      const names = Array.from({ length: 100 }, (_, index) => [`vehicle.invented.n${message * 100 + index}`, 1]);
      vehicle.stream(message * 60, Object.fromEntries(names) as Record<string, unknown>);
    }
    assert.equal(vehicle.vehicle.readings.size, 1000);
    const { seenOn } = vehicle.vehicle.save()["memory"] as { seenOn: object };
    assert.equal(Object.keys(seenOn).length, 1000);
  });

  it("goes on counting over restarts", () => {
    const vehicle = report(new TestVehicle().stream(0, { [OLD]: "CLOSED" }), 4, 20).restart();
    assert.ok(has(vehicle, OLD));
    assert.ok(!has(report(vehicle, 5, 31), OLD));
  });

  it("is not emptied by a clock that was a year ahead for a while", () => {
    const vehicle = report(new TestVehicle().stream(0, { [OLD]: "CLOSED" }), 3, 3);
    vehicle.stream(400 * DAY, { [OTHER]: true });
    assert.ok(has(vehicle, OLD));
  });

  it("gives old values back as restored, with BMW's time, and emits no change of them", () => {
    const vehicle = new TestVehicle().stream(0, { [SOC]: 50 }).restart();
    assert.deepEqual(vehicle.vehicle.readings.get(SOC)?.source, "restored");
    assert.equal(vehicle.vehicle.readings.get(SOC)?.timestamp, Date.parse(iso(0)));
    vehicle.outcomes.length = 0;
    vehicle.data(600, measured(0, { [SOC]: 50 })).data(660, measured(-60, { [SOC]: 49 }));
    assert.deepEqual(vehicle.outcomes, []);
    assert.equal(vehicle.stream(700, { [SOC]: 51 }).outcomes[0]?.readings[0]?.source, "stream");
  });
});

describe("check control over REST", () => {
  const MESSAGES = "vehicle.status.checkControlMessages";

  it("has no messages where BMW answers null, and says so once", () => {
    const vehicle = new TestVehicle().rest(0, { [MESSAGES]: JSON.stringify([{ title: "Tyre pressure" }]) });
    assert.equal(vehicle.value(MESSAGES), "1: Tyre pressure");
    const nothing = { [MESSAGES]: { value: null, timestamp: null } };
    vehicle.data(600, nothing, "rest").data(1200, nothing, "rest");
    assert.equal(vehicle.value(MESSAGES), "0");
    assert.deepEqual(vehicle.vehicle.readings.get(MESSAGES)?.data, []);
    assert.equal(vehicle.outcomes.length, 2);
  });

  it("is unknown where the stream says null", () => {
    assert.equal(
      new TestVehicle()
        .stream(0, { [MESSAGES]: "[]" })
        .stream(60, { [MESSAGES]: null })
        .value(MESSAGES),
      null,
    );
  });
});
