import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlainAnswer, TelematicAnswer } from "../../../src/rest/operations.js";
import { TelematicsOutput } from "../../../src/messages/telematics-output.js";
import type {
  DescriptorMessage,
  Form,
  OperationMessage,
  Quota,
  RawMessage,
  UpdateMessage,
} from "../../../src/messages/types.js";
import type { Reading } from "../../../src/vehicle/reading.js";
import { GCID, START, VIN } from "../../helpers/fakes.js";

const SOC = "vehicle.drivetrain.batteryManagement.header";
const RANGE = "vehicle.drivetrain.electricEngine.remainingElectricRange";
const QUOTA: Quota = {
  used: 23,
  remaining: 27,
  limit: 50,
  window: "utc-day",
  resetsAt: "2026-03-03T00:00:00.000Z",
};

const soc: Reading = {
  descriptor: SOC,
  value: 63,
  unit: "%",
  timestamp: START,
  source: "rest",
  raw: { value: "63", unit: "percent", timestamp: "2026-03-02T06:00:00Z" },
};
const range: Reading = { descriptor: RANGE, value: 240, unit: "km", timestamp: START + 60_000, source: "stream" };

/** BMW answered both; the stream knew better about the range. */
const telematic: TelematicAnswer = {
  operation: "telematicData",
  vin: VIN,
  answer: { telematicData: { [SOC]: { value: "63" }, [RANGE]: { value: "235" } }, entityId: GCID },
  accepted: [soc],
  current: [soc, range],
};
const spared: TelematicAnswer = { ...telematic, answer: null, accepted: [], current: [soc, range] };
const BASIC_DATA = { operation: "basicData", vin: VIN, payload: { modelName: "i4 eDrive40", brand: "BMW" } } as const;
const plain = (changes: object): PlainAnswer => ({ ...BASIC_DATA, ...changes });

function nodeWith(form: Form = "each") {
  let ids = 0;
  return new TelematicsOutput({ topicBase: "cardata", form }, () => `id-${++ids}`);
}

const asked = { _msgid: "abc", topic: "button", payload: "press", customer: 7 };

describe("cardata-telematics on a poll of its own", () => {
  it("sends what was accepted, as value messages with the quota", () => {
    assert.deepEqual(nodeWith().automatic(telematic, QUOTA), [
      {
        payload: 63,
        topic: `cardata/${VIN}/${SOC}`,
        vin: VIN,
        descriptor: SOC,
        name: "Battery level",
        unit: "%",
        timestamp: "2026-03-02T06:00:00.000Z",
        source: "rest",
        known: true,
        raw: { value: "63", unit: "percent", timestamp: "2026-03-02T06:00:00Z" },
        ha: {
          platform: "sensor",
          key: "drivetrain_batteryManagement_header",
          unique_id: `bmw_cardata_${VIN.toLowerCase()}_drivetrain_batteryManagement_header`,
          name: "Battery level",
          device_class: "battery",
          unit_of_measurement: "%",
          state_class: "measurement",
          suggested_display_precision: 0,
        },
        fresh: true,
        parts: { id: "id-1", index: 0, count: 1, type: "object", key: SOC },
        quota: QUOTA,
      },
    ]);
  });

  it("leaves out what was derived from the answer", () => {
    const derived: Reading = {
      descriptor: "vehicle.isMoving",
      value: false,
      unit: null,
      timestamp: START,
      source: "derived",
    };
    const messages = nodeWith().automatic({ ...telematic, accepted: [derived] }, QUOTA);
    assert.deepEqual(messages, []);
  });

  it("sends an update, or BMW's object without the customer id", () => {
    const [update] = nodeWith("update").automatic(telematic, QUOTA) as UpdateMessage[];
    assert.equal(update?.topic, `cardata/${VIN}`);
    assert.deepEqual(update.payload, { [SOC]: 63 });
    assert.deepEqual(update.quota, QUOTA);
    const [raw] = nodeWith("raw").automatic(telematic, QUOTA);
    const { telematicData } = telematic.answer ?? {};
    assert.deepEqual(raw, { topic: `cardata/${VIN}`, vin: VIN, payload: { telematicData }, quota: QUOTA });
  });

  it("sends BMW's object however deep it is, and no customer id from inside it", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = { deep };
    const answer = { telematicData: {}, cars: [{ vehicleIdWithGcid: `${VIN}_${GCID}`, GCID, kept: 1 }], deep };
    const [raw] = nodeWith("raw").automatic({ ...telematic, answer }, QUOTA) as RawMessage[];
    assert.deepEqual(raw?.payload["cars"], [{ kept: 1 }]);
    assert.match(JSON.stringify(raw), /too deep/);
  });

  it("sends nothing when nothing was accepted", () => {
    const nothing = { ...telematic, accepted: [] };
    assert.deepEqual(nodeWith().automatic(nothing, QUOTA), []);
    assert.deepEqual(nodeWith("update").automatic(nothing, QUOTA), []);
  });

  it("sends the daily charging history as one message", () => {
    const answer = plain({ operation: "chargingHistory", payload: [{ startTime: 1_772_409_600 }], truncated: true });
    const [message, ...more] = nodeWith().automatic(answer, QUOTA) as OperationMessage[];
    assert.deepEqual(more, []);
    assert.equal(message?.topic, `cardata/${VIN}/chargingHistory`);
    assert.equal(message.vin, VIN);
    assert.equal(message.truncated, true);
    assert.deepEqual(message.payload, [{ startTime: 1_772_409_600 }]);
    assert.equal(message.summary.text, "1 charge");
    assert.deepEqual(message.quota, QUOTA);
    assert.ok(!("contentType" in message));
  });

  it("says what the answers about a car are in Home Assistant that are an entity there", () => {
    const part = (operation: PlainAnswer["operation"]) => {
      const [message] = nodeWith().automatic(
        plain({ operation, payload: operation === "image" ? Buffer.alloc(0) : [], contentType: "image/png" }),
        QUOTA,
      ) as OperationMessage[];
      return message?.ha;
    };
    assert.deepEqual(part("chargingHistory"), {
      platform: "sensor",
      key: "chargingHistory",
      unique_id: `bmw_cardata_${VIN.toLowerCase()}_chargingHistory`,
      name: "Recent charges",
      icon: "mdi:ev-station",
      entity_category: "diagnostic",
    });
    assert.equal(part("tyreDiagnosis")?.key, "tyreDiagnosis");
    assert.equal(part("image")?.platform, "image");
    for (const operation of ["vehicles", "basicData", "chargingSettings", "containers", "quota"] as const)
      assert.equal(part(operation), undefined);
  });
});

describe("cardata-telematics asked for values", () => {
  it("answers every value of BMW's answer as it is known now, and marks what is new", () => {
    const messages = nodeWith().answered(telematic, QUOTA, asked) as DescriptorMessage[];
    assert.deepEqual(
      messages.map(({ descriptor, payload, source, fresh }) => [descriptor, payload, source, fresh]),
      [
        [SOC, 63, "rest", true],
        [RANGE, 240, "stream", false],
      ],
    );
    assert.deepEqual(
      messages.map(({ parts }) => [parts?.id, parts?.index, parts?.count]),
      [
        ["id-1", 0, 2],
        ["id-1", 1, 2],
      ],
    );
  });

  it("keeps the id of the message that asked, and nothing else of it", () => {
    for (const message of nodeWith().answered(telematic, QUOTA, asked)) {
      assert.equal(message._msgid, "abc");
      assert.ok(!("customer" in message));
      assert.deepEqual(message.quota, QUOTA);
    }
    assert.ok(
      nodeWith()
        .answered(telematic, QUOTA, "odd")
        .every((message) => !("_msgid" in message)),
    );
  });

  it("answers in form update with the readings and what of them is new", () => {
    const [update] = nodeWith("update").answered(telematic, QUOTA, asked) as UpdateMessage[];
    assert.deepEqual(update?.payload, { [SOC]: 63, [RANGE]: 240 });
    assert.deepEqual(
      update.readings.map(({ fresh }) => fresh),
      [true, false],
    );
    assert.equal((update as { _msgid?: string })._msgid, "abc");
  });

  it("answers with what is known where the call was spared; raw as an update, because there is no object of BMW", () => {
    const each = nodeWith().answered(spared, QUOTA, asked) as DescriptorMessage[];
    assert.deepEqual(
      each.map(({ payload, fresh }) => [payload, fresh]),
      [
        [63, false],
        [240, false],
      ],
    );
    const [raw] = nodeWith("raw").answered(spared, QUOTA, asked) as UpdateMessage[];
    assert.deepEqual(raw?.payload, { [SOC]: 63, [RANGE]: 240 });
    assert.equal(raw.readings.length, 2);
  });

  it("shares nothing with the account or between messages", () => {
    const [raw] = nodeWith("raw").answered(telematic, QUOTA, asked) as RawMessage[];
    (raw?.payload["telematicData"] as Record<string, unknown>)[SOC] = "changed";
    assert.deepEqual((telematic.answer?.["telematicData"] as Record<string, unknown>)[SOC], { value: "63" });
    const [first, second] = nodeWith().answered(telematic, QUOTA, asked);
    assert.ok(first && second);
    first.quota.used = 99;
    assert.equal(second.quota.used, 23);
    assert.equal(QUOTA.used, 23);
  });
});

describe("cardata-telematics asked for anything else", () => {
  const answer = (message: unknown, changes: object = {}) => {
    const [one] = nodeWith().answered(plain(changes), QUOTA, message);
    return one as unknown as Record<string, unknown>;
  };

  it("answers with the message that asked, its payload and topic replaced", () => {
    const message = answer({ ...asked, req: { url: "/car" } });
    assert.equal(message["_msgid"], "abc");
    assert.equal(message["customer"], 7);
    assert.deepEqual(message["req"], { url: "/car" });
    assert.equal(message["topic"], `cardata/${VIN}/basicData`);
    assert.deepEqual(message["payload"], { modelName: "i4 eDrive40", brand: "BMW" });
    assert.equal((message["summary"] as { text: string }).text, "BMW i4 eDrive40");
  });

  it("names the account where it is not about a car", () => {
    const message = answer({ vin: VIN, operation: "quota" }, { operation: "quota", vin: null, payload: QUOTA });
    assert.equal(message["topic"], "cardata/account/quota");
    assert.ok(!("vin" in message));
  });

  it("gives a picture as bytes with their type", () => {
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
    const message = answer({}, { operation: "image", payload: bytes, contentType: "image/png" });
    assert.ok(Buffer.isBuffer(message["payload"]));
    assert.deepEqual(message["payload"], bytes);
    assert.notEqual(message["payload"], bytes);
    assert.equal(message["contentType"], "image/png");
  });

  for (const stale of [
    "parts",
    "error",
    "contentType",
    "truncated",
    "ha",
    "confirm",
    "force",
    "containerAction",
    "from",
  ])
    it(`does not hand on msg.${stale}, which belongs to what was asked`, () => {
      assert.ok(!(stale in answer({ [stale]: "something" })));
    });

  it("does not look like the value or the event that made the flow ask", () => {
    const value = nodeWith().answered(telematic, QUOTA, {})[0];
    const message = answer({ ...value, mine: 1 });
    for (const name of ["descriptor", "unit", "timestamp", "source", "known", "raw", "name", "fresh"])
      assert.ok(!(name in message), name);
    assert.equal(message["mine"], 1);
    assert.ok(!("event" in answer({ event: "tripEnded", payload: {} })));
    assert.equal(answer({ name: "Ann", data: 1 })["name"], "Ann", "names of others stay");
  });

  it("leaves the message that asked as it is, because the next car is answered with it too", () => {
    const message = { ...asked, parts: { id: "x" } };
    answer(message);
    assert.deepEqual(message, { ...asked, parts: { id: "x" } });
  });

  it("leaves the customer id out", () => {
    const message = answer({}, { payload: { modelName: "i4", gcid: GCID, car: { vehicleIdWithGcid: GCID } } });
    assert.deepEqual(message["payload"], { modelName: "i4", car: {} });
  });

  it("gives a payload that a flow may change", () => {
    const payload = { chargingModes: ["AC"] };
    const message = answer({}, { payload });
    (message["payload"] as typeof payload).chargingModes.push("DC");
    assert.deepEqual(payload, { chargingModes: ["AC"] });
  });

  it("takes any input message and any payload", () => {
    const answers = ["basicData", "chargingHistory", "tyreDiagnosis"] as const;
    fc.assert(
      fc.property(fc.anything(), fc.jsonValue(), fc.constantFrom(...answers), (message, payload, operation) => {
        const one = plain({ operation, payload });
        const [sent] = nodeWith().answered(one, QUOTA, message) as OperationMessage[];
        assert.deepEqual(sent?.payload, payload);
        assert.equal(sent.topic, `cardata/${VIN}/${operation}`);
      }),
    );
  });
});
