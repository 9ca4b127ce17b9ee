import assert from "node:assert/strict";
import fc from "fast-check";
import { diagnostics } from "../../../src/account/status.js";
import { cockpitModel, FakePage } from "../../helpers/cockpit-model.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { dataOf, hostileMessage, type HostileMessage } from "../../helpers/hostile-messages.js";
import { SOC } from "../../helpers/test-vehicle.js";

/** The stream of a page ends after ten minutes. */
const LONGEST_PAUSE_S = 40;
const HISTORY_WEEK_S = 7 * 24 * 3600;

/** Sends what anybody may send, to a page that looks at the values of a car. */
async function play(messages: readonly HostileMessage[]): Promise<void> {
  const model = cockpitModel();
  const account = await model.add("a1", { vehicles: [{ vin: VIN, driveType: "bev", capacityKwh: 60 }] });
  model.tell(account, VIN, { [SOC]: 50 });
  const [key = ""] = model.snapshot().cars.map((car) => car.key);
  const { page } = model.open(new FakePage(), { key, language: "fr" });
  for (const message of messages) {
    await model.clock.advance((message.after % LONGEST_PAUSE_S) * 1000);
    const now = model.clock.now();
    const data = dataOf(message, now);
    if (message.source === "rest") account.registry.answered(message.vin, data, now);
    else account.registry.receive("bmw", Buffer.from(JSON.stringify({ vin: message.vin, data })), now);
  }
  await model.clock.advance(1000);
  const { page: fresh } = model.open();
  // The time of an estimate is that of the last look.
  const timeless = ({ cars }: FakePage) => cars.map((car) => ({ ...car, level: null, charge: null }));
  assert.deepEqual(timeless(page), timeless(fresh));
  const told = page.written.join("");
  assert.ok(!told.includes(VIN) && !told.includes(OTHER_VIN));
  const { from, to, level } = await model.cockpit.history(key);
  assert.equal(to - from, HISTORY_WEEK_S);
  for (const column of [level.value, level.low, level.high])
    assert.ok(column.every((value) => value !== null && value >= 0 && value <= 100));
  assert.ok(model.cockpit.values(key, "nl").values.every(({ name }) => name !== ""));
  await model.close();
}

describe("what anybody may send to a car", () => {
  it("leaves the page with what a fresh one shows, and without VINs (random)", async () => {
    await fc.assert(fc.asyncProperty(fc.array(hostileMessage, { maxLength: 12 }), play), { numRuns: 25 });
  });

  it("stands in no diagnostics, which are for others", async () => {
    const model = cockpitModel();
    const secret = `Bearer eyJ${"a".repeat(40)}.eyJ${"b".repeat(40)}.${"c".repeat(40)}`;
    const [latitude, longitude] = ["48.137154", "11.576124"];
    const name = `${secret} ${VIN} at ${latitude}, ${longitude}`;
    const account = await model.add("a1", { name, vehicles: [{ vin: VIN, name, alias: "ours" }] });
    const place = "vehicle.cabin.infotainment.navigation.currentLocation";
    model.tell(account, VIN, {
      [`${place}.latitude`]: Number(latitude),
      [`${place}.longitude`]: Number(longitude),
      [`vehicle.${VIN}.x`]: secret,
      "vehicle.strange.text": name,
    });
    await model.clock.advance(60_000);
    const { cars } = model.snapshot();
    assert.deepEqual(cars[0]?.position?.latitude, Number(latitude), "its owner sees where it is");
    const text = JSON.stringify(diagnostics(account));
    for (const one of [VIN, secret, secret.slice("Bearer ".length), latitude, longitude, "strange"])
      assert.ok(!text.includes(one), one);
    assert.ok(text.includes(`…${VIN.slice(-4)}`));
    await model.close();
  });
});
