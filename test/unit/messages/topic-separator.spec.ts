import assert from "node:assert/strict";
import { StreamOutput } from "../../../src/messages/stream-output.js";
import { SocOutput } from "../../../src/messages/soc-output.js";
import { TelematicsOutput } from "../../../src/messages/telematics-output.js";
import type { DescriptorMessage, Quota } from "../../../src/messages/types.js";
import type { SocEstimate } from "../../../src/soc/estimate.js";
import { parseTopic } from "../../../src/stream/value-topic.js";
import { descriptorTopic, TOPIC_SEPARATORS, type TopicSeparator } from "../../../src/support/topic.js";
import { ReasonCounters } from "../../../src/support/reason-counters.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { parseEntries } from "../../../src/vehicle/descriptor-entries.js";
import { Vehicle } from "../../../src/vehicle/vehicle.js";
import { announcing, HEADER, image, PREDICTED, position, predicted, soc, value } from "../../helpers/announcing.js";
import { START, VIN } from "../../helpers/fakes.js";

const TIME = "2026-03-02T06:00:00Z";
const QUOTA: Quota = { used: 1, remaining: 49, limit: 50, window: "utc-day", resetsAt: TIME };
const ESTIMATE: SocEstimate = {
  soc: 63,
  sigma: 0.4,
  band90: [62, 64],
  mode: "idle",
  bmw: { soc: 63, at: START, descriptor: HEADER },
  capacity: { kwh: 80.7, source: "maxEnergy" },
  charge: null,
  drive: null,
};
const IDS = [...allDefinitions()].map(({ id }) => id);
const WRITTEN: Readonly<Record<TopicSeparator, string>> = {
  dots: "vehicle.drivetrain.batteryManagement.header",
  slashes: "vehicle/drivetrain/batteryManagement/header",
  underscores: "vehicle_drivetrain_batteryManagement_header",
};

describe("descriptors in topics", () => {
  for (const topicSeparator of TOPIC_SEPARATORS)
    describe(`with ${topicSeparator}`, () => {
      const topic = `cardata/${VIN}/${WRITTEN[topicSeparator]}`;
      const topicOf = (descriptor: string) => `cardata/${VIN}/${descriptorTopic(descriptor, topicSeparator)}`;

      it("are written so by all nodes, and msg.descriptor keeps its dots", () => {
        const car = new Vehicle(VIN, new ReasonCounters<string>());
        const entries = parseEntries({ [HEADER]: { value: 63, timestamp: TIME } }, new ReasonCounters<string>());
        car.apply({ entries, source: "stream", sentAt: START, receivedAt: START });
        const cars = new Map([[VIN, { vehicle: car, role: "unknown" as const, basicData: null }]]);
        const origin = { topicBase: "cardata", topicSeparator };
        const filter = { account: "a", vehicle: "", descriptors: [], onlyChanges: false, values: false };
        const [message] = new StreamOutput({ ...origin, ...filter, form: "each" }, () => "1").snapshot(cars);
        assert.deepEqual([message?.topic, (message as DescriptorMessage).descriptor], [topic, HEADER]);
        const answer = { operation: "telematicData", vin: VIN, answer: null, accepted: [] } as const;
        const telematics = new TelematicsOutput({ ...origin, form: "each" }, () => "1");
        const current = [...car.readings.values()];
        assert.equal(telematics.answered({ ...answer, current }, QUOTA, null)[0]?.topic, topic);
        const [estimate] = new SocOutput({ ...origin, vehicle: "" }).current(VIN, ESTIMATE, null, START);
        assert.equal(estimate?.topic, topicOf(PREDICTED));
      });

      it("are written so for Home Assistant, in states and in what announces them", async () => {
        const work = announcing({ separator: topicSeparator, attributes: true });
        for (const message of [soc(63), predicted(63), position(), image()]) work.take(message);
        await work.settle();
        assert.equal(work.broker.get(`${topic}/state`), "63");
        const level = work.components()["drivetrain_batteryManagement_header"];
        assert.deepEqual(
          [level?.["state_topic"], level?.["json_attributes_topic"]],
          [`${topic}/attributes`, `${topic}/attributes`],
        );
        assert.ok(work.broker.has(`cardata/${VIN}/location/attributes`));
      });

      it("are read from the user's own broker, each as what it was", () => {
        for (const id of [...IDS, "vehicle.newThing.isOpen"])
          assert.deepEqual(parseTopic(topicOf(id)), { vin: VIN, descriptor: id });
      });

      it("never make cardata-stream and cardata-homeassistant write the same topic", async () => {
        const work = announcing({ separator: topicSeparator, attributes: true });
        for (const id of IDS) work.take(value(id, 1));
        for (const message of [position(), image()]) work.take(message);
        await work.settle();
        const plain = new Set([...IDS.map(topicOf), ...["location", "image", "learning", "traccar"].map(topicOf)]);
        assert.ok(work.sent.length > IDS.length);
        assert.deepEqual(
          work.topics().filter((sent) => plain.has(sent)),
          [],
        );
      });

      it("let a reader of the same prefix take no state of Home Assistant for a value of the car", () => {
        for (const id of IDS)
          for (const end of ["state", "attributes", "open/state"])
            assert.equal(parseTopic(`${topicOf(id)}/${end}`).descriptor, null, `${id}/${end}`);
      });
    });

  it("that are written anew leave nothing at the old topics of Home Assistant", async () => {
    const before = announcing({ attributes: true });
    for (const message of [soc(63), position()]) before.take(message);
    await before.settle();
    const work = announcing({ attributes: true, separator: "slashes", saved: before.kept() });
    for (const [topic, payload] of before.broker) work.broker.set(topic, payload);
    for (const message of [soc(63), position()]) work.take(message);
    await work.settle();
    assert.deepEqual(
      [...work.broker.keys()].filter((topic) => topic.includes("vehicle.")),
      [],
    );
    assert.equal(work.broker.get(`cardata/${VIN}/${WRITTEN.slashes}/state`), "63");
  });
});
