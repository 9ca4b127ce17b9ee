import assert from "node:assert/strict";
import { allDefinitions, type DescriptorDefinition } from "../../../src/vehicle/catalogue.js";
import { VIN } from "../../helpers/fakes.js";
import {
  announcing,
  image,
  learning,
  operation,
  position,
  predicted,
  traccar,
  value,
  type AnnouncingOptions,
} from "../../helpers/announcing.js";
import { HA_CONSTANTS } from "../../helpers/ha-constants.js";
import { lateConsumer } from "../../helpers/late-consumer.js";

const TIME = "2026-03-02T05:59:00.000Z";

/** A value as the car could report it. */
function sample({ id, name, type, unit, structured }: DescriptorDefinition, known: boolean) {
  const isNumber = type === null ? unit !== null : type !== "boolean" && type !== "string";
  const payload = structured === true ? "2: one, other" : type === "boolean" ? true : isNumber ? 12.5 : "SOME_WORD";
  return value(id, known ? payload : null, { name, unit });
}

/** Everything that a car may ever report. */
async function everything(options: AnnouncingOptions, known = true) {
  const work = announcing(options);
  work.announcer.setStreamConnected(true);
  for (const definition of allDefinitions()) work.take(sample(definition, known));
  for (const [name, payload] of Object.entries({ soc: 63, range: 200, fuel: 30, odometer: 1000 }))
    work.take(
      value(name, payload, { name: `Told ${name}`, unit: name === "soc" ? "%" : name === "fuel" ? "L" : "km" }),
    );
  for (const name of ["plugged", "charging", "locked"]) work.take(value(name, true, { name: `Told ${name}` }));
  work.take(predicted(63.4));
  work.take(predicted(61, { descriptor: "vehicle.magic_soc", name: "Magic SOC" }));
  for (const message of [
    position(),
    traccar(),
    learning(),
    image(),
    operation("chargingHistory", { text: "2 charges", count: 2 }, []),
    operation("tyreDiagnosis", { text: "OK", mounted: null }),
  ])
    work.take(message);
  await work.settle();
  return work;
}

describe("a Home Assistant that receives only the retained messages of the broker", () => {
  for (const mode of ["device", "entities"] as const)
    for (const [what, options] of [
      ["as it is set up", {}],
      ["with buttons and availability, without attributes", { buttons: true, availability: true, attributes: false }],
    ] as const)
      it(`accepts the whole catalogue in the mode ${mode} ${what}`, async () => {
        const { broker } = await everything({ mode, ...options });
        const seen = lateConsumer(broker);
        assert.deepEqual(seen.findings, []);
        assert.ok(seen.entities.size > 320, String(seen.entities.size));
      });

  it("accepts a car of which nothing is known by now", async () => {
    const { broker } = await everything({}, false);
    assert.deepEqual(lateConsumer(broker).findings, []);
  });

  it("accepts a car that is called like its entities", async () => {
    for (const name of ["Battery", "Tracker", "C", "Door", "汽车"]) {
      const cars = {
        [VIN]: {
          id: "Anna",
          name,
          manufacturer: "BMW",
          model: null,
          serialNumber: null,
          softwareVersion: null,
          driveType: null,
        },
      };
      const { broker } = await everything({ cars });
      assert.deepEqual(lateConsumer(broker).findings, []);
    }
  });

  it("gets no attribute that it drops", async () => {
    const work = announcing();
    const names = [...HA_CONSTANTS.blockedJsonAttributes, ...HA_CONSTANTS.blockedSensorJsonAttributes];
    const dropped = Object.fromEntries(names.map((name) => [name, "x"]));
    work.take(operation("tyreDiagnosis", { text: "OK", count: 4, ...dropped }));
    await work.settle();
    assert.deepEqual(lateConsumer(work.broker).findings, []);
    assert.match(String(work.broker.get(`cardata/${VIN}/tyreDiagnosis/attributes`)), /"count":4/);
  });

  it("would find what is wrong", async () => {
    const { broker } = announcing();
    broker.set(`cardata/${VIN}/orphan/state`, TIME);
    assert.equal(lateConsumer(broker).findings.length, 1);
    const work = await everything({});
    work.broker.delete(`cardata/${VIN}/location/attributes`);
    work.broker.set(`cardata/${VIN}/soc/state`, "much");
    assert.equal(lateConsumer(work.broker).findings.length, 2);
  });
});
