import assert from "node:assert/strict";
import { parseSocOptions } from "../../../src/account/soc/soc-options.js";
import { pollCandidates } from "../../../src/rest/create-scheduler.js";
import { RefusalRegistry } from "../../../src/rest/refusal-registry.js";
import { ODOMETER, SOC } from "../../helpers/test-vehicle.js";
import { VIN } from "../../helpers/fakes.js";
import { CAPACITY, socBench } from "../../helpers/soc.js";

const FUEL = "vehicle.drivetrain.fuelSystem.level";
const TRIP_LEVEL = "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc";

describe("a car whose kind becomes known later", () => {
  it("loses its estimates at once when BMW says that it burns petrol", () => {
    const bench = socBench();
    bench.service.join("n", parseSocOptions({ magic: true }));
    bench.send({ [SOC]: 48, [CAPACITY]: 24, [ODOMETER]: 1000 });
    assert.ok(bench.service.predicted(VIN) !== null && bench.service.magic(VIN) !== null);
    bench.estimates.length = 0;
    bench.registry.described(VIN, { driveTrain: "CONV", modelName: "X1 sDrive18i" });
    assert.deepEqual(
      [bench.service.predicted(VIN), bench.service.magic(VIN), bench.service.report(VIN)],
      [null, null, null],
    );
    assert.deepEqual([bench.service.vins, bench.estimates], [[], [VIN]]);
  });

  it("gets its estimates at once when BMW says that it is electric", () => {
    const bench = socBench();
    bench.send({ [FUEL]: 62, [TRIP_LEVEL]: 55 });
    bench.send({ "vehicle.powertrain.electric.battery.stateOfCharge.target": 80, [SOC]: 0 });
    assert.equal(bench.service.predicted(VIN), null);
    bench.registry.described(VIN, { driveTrain: "PHEV_OTTO" });
    assert.equal(bench.service.predicted(VIN)?.soc, 0);
    assert.deepEqual(bench.estimates, [VIN]);
  });

  it("is not kept from being asked by a petrol car's values of a battery", () => {
    const bench = socBench();
    bench.send({ [FUEL]: 62, [TRIP_LEVEL]: 55 });
    const refusals = new RefusalRegistry(
      bench.clock,
      bench.registry,
      () => 0,
      () => undefined,
    );
    const candidate = () => pollCandidates(bench.registry, refusals, () => null)[0];
    assert.deepEqual([candidate()?.combustion, candidate()?.socAt], [true, null]);
    bench.send({ [SOC]: 40 });
    assert.deepEqual([candidate()?.combustion, candidate()?.socAt], [false, bench.clock.now()]);
  });
});
