import assert from "node:assert/strict";
import { WholeCars } from "../../../src/mqtt-out/whole-cars.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";

describe("whole cars for a broker to keep", () => {
  function begin() {
    const clock = new SimulatedClock(START);
    const sent: [vins: readonly string[], at: number][] = [];
    const cars = new WholeCars(clock, (vins) => sent.push([vins, clock.now() - START]));
    return { clock, sent, cars };
  }

  it("are sent within a minute of a change, once a minute at most, all of that minute together", async () => {
    const { clock, sent, cars } = begin();
    cars.changed(VIN);
    await clock.advance(30_000);
    cars.changed(VIN);
    cars.changed(OTHER_VIN);
    await clock.advance(60_000);
    cars.changed(VIN);
    await clock.advance(3_600_000);
    assert.deepEqual(sent, [
      [[VIN, OTHER_VIN], 60_000],
      [[VIN], 150_000],
    ]);
  });

  it("are sent no more after the close", async () => {
    const { clock, sent, cars } = begin();
    cars.changed(VIN);
    cars.close();
    await clock.advance(3_600_000);
    assert.deepEqual(sent, []);
  });
});
