import assert from "node:assert/strict";
import catalogue from "../../../resources/catalogue.json";
import { CLUSTERS, clustersOf } from "../../../src/vehicle/descriptor-clusters.js";

describe("clusters of descriptors", () => {
  const streamable = catalogue.filter((entry) => entry.streamable).map(({ id }) => id);

  it("hold every value that the stream can bring", () => {
    assert.deepEqual(
      streamable.filter((id) => clustersOf(id).length === 0),
      [],
    );
  });

  it("are each only a part of all", () => {
    for (const cluster of CLUSTERS) {
      const count = streamable.filter((id) => clustersOf(id).includes(cluster)).length;
      assert.ok(count >= 10 && count < streamable.length / 2, `${cluster}: ${count}`);
    }
  });

  it("put what people look for where they look for it", () => {
    assert.deepEqual(clustersOf("vehicle.drivetrain.batteryManagement.header"), ["charging"]);
    assert.deepEqual(clustersOf("vehicle.cabin.window.row1.driver.status"), ["doors"]);
    assert.deepEqual(clustersOf("vehicle.cabin.infotainment.navigation.currentLocation.latitude"), ["trips"]);
    assert.deepEqual(clustersOf("vehicle.chassis.axle.row1.wheel.left.tire.pressure"), ["service"]);
    assert.deepEqual(clustersOf("vehicle.vehicle.preConditioning.activity"), ["climate"]);
    assert.deepEqual(clustersOf("vehicle.vehicle.travelledDistance"), ["trips", "service"]);
  });

  it("begin with whole parts of an id", () => {
    assert.deepEqual(clustersOf("vehicle.cabin.doorbell.isRinging"), []);
    assert.deepEqual(clustersOf("vehicle.cabin.door"), ["doors"]);
  });
});
