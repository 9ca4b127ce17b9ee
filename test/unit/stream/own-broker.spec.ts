import assert from "node:assert/strict";
import fc from "fast-check";
import { ReasonCounters } from "../../../src/support/reason-counters.js";
import { decodeMessage, type StreamRejection } from "../../../src/stream/decode-message.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const SOC = "vehicle.drivetrain.batteryManagement.header";
const DOORS = "vehicle.cabin.door.status";
const SERVICES = "vehicle.status.conditionBasedServices";
const TIME = "2026-03-02T06:00:00Z";

function decode(topic: string, payload: unknown) {
  const rejected = new ReasonCounters<StreamRejection>();
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const message = decodeMessage(topic, Buffer.from(text), rejected);
  const values = message?.entries.map(({ descriptor, raw, timestamp }) => [descriptor, raw.value, timestamp] as const);
  return { message, values, rejected: rejected.toJSON() };
}

describe("messages of the user's own broker", () => {
  describe("without a VIN", () => {
    const payload = { data: { [SOC]: { value: 63, timestamp: TIME } } };

    for (const topic of [
      `bmw/${VIN}`,
      `bmw/raw/${VIN.toLowerCase()}`,
      `${VIN}/stream`,
      `home/cars/${VIN}/bmw/raw`,
      VIN,
      // A name that looks like one.
      `smarthgmeterdata1/${VIN}`,
    ])
      it(`are of the car in the topic ${topic.replaceAll(VIN, "<VIN>")}`, () => {
        const { message, values, rejected } = decode(topic, payload);
        assert.equal(message?.vin, VIN);
        assert.deepEqual(values, [[SOC, 63, Date.parse(TIME)]]);
        assert.deepEqual([message.envelope, rejected], [payload, {}]);
      });

    it("are also those where it is null or empty", () => {
      for (const vin of [null, ""]) assert.equal(decode(`bmw/${VIN}`, { vin, ...payload }).message?.vin, VIN);
    });

    it("are of no car where the topic names none, and where the VIN is wrong", () => {
      assert.deepEqual(decode("bmw/raw", payload).rejected, { "vin-malformed": 1 });
      assert.deepEqual(decode(`bmw/${VIN}`, { vin: "…0001", ...payload }).rejected, { "vin-malformed": 1 });
    });

    it("are nothing without data, whatever else they hold", () => {
      for (const other of [{}, { state: "online" }, { data: null }, { data: [] }, { data: 5 }])
        assert.deepEqual(decode(`bmw/${VIN}`, other).rejected, { "data-malformed": 1 }, JSON.stringify(other));
    });
  });

  it("with a VIN are of that car, unless the topic ends with another one", () => {
    const payload = { vin: VIN, data: {} };
    assert.equal(decode("bmw/raw", payload).message?.vin, VIN);
    assert.equal(decode(`smarthgmeterdata1/raw`, payload).message?.vin, VIN);
    assert.deepEqual(decode(`bmw/${OTHER_VIN}`, payload).rejected, { "topic-mismatch": 1 });
  });

  describe("of one topic per value", () => {
    for (const [title, text, value] of [
      ["a number", "63", 63],
      ["a fraction", "63.5", 63.5],
      ["a truth", "true", true],
      ["a text in JSON", '"SECURED"', "SECURED"],
      ["a plain text", "SECURED", "SECURED"],
      ["a text with blanks around it", " SECURED\n", "SECURED"],
      ["nothing known", "null", null],
      ["a value with its time", `{"value":63,"unit":"percent","timestamp":"${TIME}"}`, 63],
      ["a text with its time", `{"value":"63","unit":"percent","timestamp":"${TIME}"}`, "63"],
    ] as const)
      it(`are read as ${title}`, () => {
        const { message, values, rejected } = decode(`bmw/${VIN.toLowerCase()}/${SOC}`, text);
        assert.deepEqual(values, [[SOC, value, text.startsWith("{") ? Date.parse(TIME) : null]]);
        assert.deepEqual([message?.vin, message?.sentAt, rejected], [VIN, null, {}]);
      });

    it("hold the unit, and are emitted as BMW would have sent them", () => {
      const { message } = decode(`a/b/${VIN}/${SOC}`, { value: 63, unit: "percent", timestamp: TIME, qos: 1 });
      const entry = { value: 63, unit: "percent", timestamp: TIME };
      assert.deepEqual(message?.entries[0]?.raw, entry);
      assert.deepEqual(message.envelope, { vin: VIN, data: { [SOC]: entry } });
    });

    it("know times as numbers, in seconds or milliseconds", () => {
      const at = Date.parse(TIME);
      for (const timestamp of [at, at / 1000])
        assert.deepEqual(decode(`bmw/${VIN}/${SOC}`, { value: 63, timestamp }).values, [[SOC, 63, at]]);
      assert.deepEqual(decode(`bmw/${VIN}/${SOC}`, { value: 63, timestamp: 17 }).values, [[SOC, 63, null]]);
    });

    it("may have slashes where BMW has dots", () => {
      const topic = `bmw/${VIN}/${DOORS.replaceAll(".", "/")}`;
      assert.deepEqual(decode(topic, "LOCKED").values, [[DOORS, "LOCKED", null]]);
    });

    it("hold structures where the descriptor has one", () => {
      const list = [{ title: "Oil" }];
      assert.deepEqual(decode(`bmw/${VIN}/${SERVICES}`, list).values, [[SERVICES, list, null]]);
      assert.deepEqual(decode(`bmw/${VIN}/${SOC}`, list).rejected, { "value-not-scalar": 1 });
    });

    it("are no values where the topic says something else", () => {
      for (const [topic, text] of [
        [`bmw/${VIN}/soc`, "63"],
        [`bmw/${VIN}/${SOC}/state`, "63"],
        [`bmw/${VIN}/${SOC}/set`, "63"],
        [`bmw/${SOC}/${VIN}`, "63"],
        [`bmw/${SOC}`, "63"],
        [`bmw/${VIN}`, "63"],
        [`bmw/${VIN}/vehicle`, "63"],
        [`bmw/${VIN}/__proto__`, "63"],
      ] as const) {
        const { message, rejected } = decode(topic, text);
        assert.equal(message, null, topic);
        assert.equal(
          Object.values(rejected).reduce((sum, count) => sum + count, 0),
          1,
          topic,
        );
      }
    });

    it("are no values where a kept one is taken away", () => {
      assert.deepEqual(decode(`bmw/${VIN}/${SOC}`, "").rejected, { "not-json": 1 });
    });

    it("may be whole messages all the same", () => {
      const payload = { vin: VIN, timestamp: TIME, data: { [SOC]: { value: 63, timestamp: TIME } } };
      assert.deepEqual(decode(`bmw/${VIN}/vehicle.raw`, payload).values, [[SOC, 63, Date.parse(TIME)]]);
    });
  });

  it("never make it throw, and are counted (property)", () => {
    const segment = fc.oneof(fc.constantFrom(VIN, VIN.toLowerCase(), SOC, DOORS, "vehicle", "", "raw"), fc.string());
    const topics = fc.array(segment, { maxLength: 5 }).map((segments) => segments.join("/"));
    const payloads = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ value: fc.jsonValue(), unit: fc.jsonValue(), timestamp: fc.jsonValue() }, { requiredKeys: [] })
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(topics, payloads, (topic, payload) => {
        const rejected = new ReasonCounters<StreamRejection>();
        const message = decodeMessage(topic, Buffer.from(payload), rejected);
        assert.equal(message === null, message?.entries === undefined);
        if (message === null || message.entries.length === 0) assert.ok(message !== null || rejected.total === 1);
      }),
      { numRuns: runs(2000) },
    );
  });
});
