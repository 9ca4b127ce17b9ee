import assert from "node:assert/strict";
import type { DriveType } from "../../../src/vehicle/drive-type.js";
import { announcing, HEADER, identity, learning, ODOMETER, predicted, soc, value } from "../../helpers/announcing.js";
import { VIN } from "../../helpers/fakes.js";

const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
const TRIP_LEVEL = "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc";
const FUEL = "vehicle.drivetrain.fuelSystem.remainingFuel";
const TWELVE_VOLTS = "vehicle.electricalSystem.battery.stateOfCharge";

const plain = (name: string, payload: unknown, unit: string | null) => value(name, payload, { unit });
/** Everything that cars of any kind may report. */
const everything = [
  soc(0),
  predicted(0),
  plain("soc", 0, "%"),
  plain("plugged", false, null),
  plain("fuel", 0, "L"),
  value(TARGET, 100, { unit: "%" }),
  value(TRIP_LEVEL, 0, { unit: "%" }),
  value(FUEL, 0, { unit: "L" }),
  value(TWELVE_VOLTS, 80, { unit: "%" }),
  value(ODOMETER, 1000, { unit: "km" }),
  learning(),
];
const keys = (descriptors: readonly string[]) =>
  descriptors.map((one) => one.replace(/^vehicle\./, "").replace(/\./g, "_"));
const ELECTRIC = [...keys([HEADER, TARGET, TRIP_LEVEL]), "predicted_soc", "soc", "plugged", "learning"];
const OF_FUEL = [...keys([FUEL]), "fuel"];
const OF_ANY = keys([TWELVE_VOLTS, ODOMETER]);

describe("the entities of a car", () => {
  const withKind = (driveType: DriveType | null, more: object = {}) =>
    announcing({ cars: { [VIN]: identity(VIN, { driveType }) }, buttons: true, ...more });

  for (const [driveType, shown, hidden] of [
    ["combustion", OF_FUEL, ELECTRIC],
    ["bev", ELECTRIC, OF_FUEL],
    ["phev", [...ELECTRIC, ...OF_FUEL], []],
    [null, [...ELECTRIC, ...OF_FUEL], []],
  ] as const)
    for (const mode of ["device", "entities"] as const)
      it(`are those that a car of the kind ${String(driveType)} can have (${mode})`, async () => {
        const { take, settle, broker } = withKind(driveType, { mode });
        for (const message of everything) assert.equal(take(message), null);
        await settle();
        const configs = [...broker]
          .filter(([topic]) => topic.endsWith("/config"))
          .map(([topic, text]) => topic + String(text));
        const has = (key: string) => configs.some((text) => text.includes(`bmw_cardata_${VIN.toLowerCase()}_${key}"`));
        for (const key of [...shown, ...OF_ANY]) assert.ok(has(key), `${key} is missing`);
        for (const key of hidden) assert.ok(!has(key), `${key} is there`);
        for (const key of hidden)
          assert.equal(
            [...broker.keys()].some((topic) => topic.includes(`/${key}/state`)),
            false,
            key,
          );
      });

  it("offer no button for learning to a petrol car", async () => {
    const { take, settle, components } = withKind("combustion");
    take(value(ODOMETER, 1000, { unit: "km" }));
    await settle();
    assert.deepEqual(
      Object.keys(components()).filter((key) => key.startsWith("reset") || key === "refresh"),
      ["refresh"],
    );
  });

  for (const mode of ["device", "entities"] as const)
    it(`are taken back when the car turns out to be of another kind (${mode})`, async () => {
      const { announcer, take, settle, broker, cars, sent } = withKind(null, { mode });
      for (const message of everything) take(message);
      await settle();
      assert.equal(broker.has(`cardata/${VIN}/soc/state`), true);
      sent.length = 0;

      cars.set(VIN, identity(VIN, { driveType: "combustion" }));
      announcer.refresh(VIN);
      const left = [...broker].map(([topic, payload]) => `${topic} ${String(payload)}`);
      for (const key of ELECTRIC) {
        const unique = `"bmw_cardata_${VIN.toLowerCase()}_${key}"`;
        assert.ok(!left.some((text) => text.includes(unique)), `${key} is still there`);
        assert.ok(
          sent.some(({ topic, payload }) => (mode === "entities" ? topic : String(payload)).includes(key)),
          key,
        );
      }
      assert.equal(broker.has(`cardata/${VIN}/soc/state`), false);
      sent.length = 0;
      announcer.refresh(VIN);
      await settle();
      assert.deepEqual(sent, []);

      // The user knows better.
      cars.set(VIN, identity(VIN, { driveType: "phev" }));
      take(soc(40));
      await settle();
      assert.equal(broker.get(`cardata/${VIN}/${HEADER}/state`), "40");
      assert.ok([...broker.values()].some((payload) => String(payload).includes(`_${ELECTRIC[0]}"`)));
    });

  it("are taken back by the message that says that a value is none", async () => {
    const { take, settle, broker, cars } = withKind("bev");
    take(plain("soc", 12, "%"));
    take(value(ODOMETER, 1000, { unit: "km" }));
    await settle();
    cars.set(VIN, identity(VIN, { driveType: "combustion" }));
    take({ ...plain("soc", null, "%"), last: { value: 12 } });
    assert.equal(broker.has(`cardata/${VIN}/soc/state`), false);
    assert.equal(broker.has(`cardata/${VIN}/${ODOMETER}/state`), true);
  });

  it("that were announced wrongly before the start are taken back at the start", async () => {
    const first = withKind(null);
    for (const message of everything) first.take(message);
    await first.settle();
    const saved = first.kept();
    const again = withKind("combustion", { saved });
    await again.settle();
    for (const key of ELECTRIC) assert.ok(!Object.hasOwn(again.components(), key), key);
    assert.ok(again.sent.some(({ topic, payload }) => topic === `cardata/${VIN}/soc/state` && payload.length === 0));
  });
});
