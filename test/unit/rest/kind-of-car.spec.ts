import assert from "node:assert/strict";
import { parseSocOptions } from "../../../src/account/soc/soc-options.js";
import { carFacts } from "../../../src/rest/create-scheduler.js";
import { RefusalRegistry } from "../../../src/rest/refusal-registry.js";
import { ODOMETER, SOC } from "../../helpers/test-vehicle.js";
import { VIN } from "../../helpers/fakes.js";
import { CAPACITY, socBench } from "../../helpers/soc.js";

const FUEL = "vehicle.drivetrain.fuelSystem.level";
const TRIP_LEVEL = "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc";

describe("a car whose kind becomes known later", () => {
  it("loses its estimates at once when BMW says that it burns petrol", () => {
    const bench = socBench();
    bench.desk.join("n", parseSocOptions({ magic: true }));
    bench.tell({ [SOC]: 48, [CAPACITY]: 24, [ODOMETER]: 1000 });
    assert.ok(bench.desk.predicted(VIN) !== null && bench.desk.magic(VIN) !== null);
    bench.estimates.length = 0;
    bench.garage.described(VIN, { driveTrain: "CONV", modelName: "X1 sDrive18i" });
    assert.deepEqual([bench.desk.predicted(VIN), bench.desk.magic(VIN), bench.desk.report(VIN)], [null, null, null]);
    assert.deepEqual([bench.desk.vins, bench.estimates], [[], [VIN]]);
  });

  it("gets its estimates at once when BMW says that it is electric", () => {
    const bench = socBench();
    bench.tell({ [FUEL]: 62, [TRIP_LEVEL]: 55 });
    bench.tell({ "vehicle.powertrain.electric.battery.stateOfCharge.target": 80, [SOC]: 0 });
    assert.equal(bench.desk.predicted(VIN), null);
    bench.garage.described(VIN, { driveTrain: "PHEV_OTTO" });
    assert.equal(bench.desk.predicted(VIN)?.soc, 0);
    assert.deepEqual(bench.estimates, [VIN]);
  });

  it("is not kept from being asked by a petrol car's values of a battery", () => {
    const bench = socBench();
    bench.tell({ [FUEL]: 62, [TRIP_LEVEL]: 55 });
    const refusals = new RefusalRegistry(
      bench.clock,
      bench.garage,
      () => 0,
      () => undefined,
    );
    const facts = () => carFacts(bench.garage, refusals, () => null)[0];
    assert.deepEqual([facts()?.combustion, facts()?.socAt], [true, null]);
    bench.tell({ [SOC]: 40 });
    assert.deepEqual([facts()?.combustion, facts()?.socAt], [false, bench.clock.now()]);
  });
});
