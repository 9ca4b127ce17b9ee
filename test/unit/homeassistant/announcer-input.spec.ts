import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAnnouncerInput } from "../../../src/homeassistant/announcer-input.js";
import { CarDataError } from "../../../src/support/errors.js";
import { parseVin } from "../../../src/support/vin.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { VIN } from "../../helpers/fakes.js";
import {
  announcing,
  BIRTH,
  CONNECTED,
  HEADER,
  image,
  learning,
  operation,
  position,
  predicted,
  soc,
  traccar,
  value,
} from "../../helpers/announcing.js";
import { runs } from "../../helpers/random.js";

const read = (message: unknown) => parseAnnouncerInput(message, (name) => (name === "Anna" ? VIN : parseVin(name)));
const kindOf = (message: unknown) => read(message).kind;

const ALL: Readonly<Record<string, object>> = {
  value: soc(63),
  estimate: predicted(63),
  position: position(),
  traccar: traccar(),
  learning: learning(),
  image: image(),
  chargingHistory: operation("chargingHistory", { text: "no charges" }, []),
  tyreDiagnosis: operation("tyreDiagnosis", { text: "OK" }),
};

describe("the input of cardata-homeassistant", () => {
  it("takes each message of the other nodes for what it is", () => {
    const kinds = Object.fromEntries(Object.entries(ALL).map(([name, message]) => [name, kindOf(message)]));
    assert.deepEqual(kinds, {
      value: "values",
      estimate: "values",
      position: "position",
      traccar: "traccar",
      learning: "report",
      image: "image",
      chargingHistory: "report",
      tyreDiagnosis: "report",
    });
  });

  it("takes all values of an update", () => {
    const message = { topic: `cardata/${VIN}`, vin: VIN, payload: {}, readings: [soc(63), value("vehicle.a", true)] };
    const input = read(message);
    assert.ok(input.kind === "values");
    assert.deepEqual(
      input.values.map(({ descriptor, payload }) => [descriptor, payload]),
      [
        [HEADER, 63],
        ["vehicle.a", true],
      ],
    );
  });

  it("takes values with a source, and every descriptor of the catalogue", () => {
    for (const name of ["soc", "range", "locked", ...[...allDefinitions()].map(({ id }) => id)])
      assert.equal(kindOf(value(name, null)), "values", name);
  });

  it("knows the broker, the birth of Home Assistant, and the commands", () => {
    for (const [message, kind] of [
      [CONNECTED, "broker"],
      [{ status: { text: "node-red:common.status.connected", source: { type: "mqtt out" } } }, "broker"],
      [BIRTH, "birth"],
      [{ topic: "ha/status", payload: Buffer.from("online") }, "birth"],
      [{ command: "resend", payload: 1, topic: "" }, "resend"],
      [{ topic: "remove", payload: "" }, "remove"],
    ] as const)
      assert.equal(kindOf(message), kind, JSON.stringify(message));
    const source = { id: "out", type: "mqtt out" };
    for (const fill of ["green", "yellow", "red"])
      assert.deepEqual(read({ status: { fill, shape: "ring", text: "", source } }), {
        kind: "broker",
        node: "out",
        isConnected: fill === "green",
      });
    assert.deepEqual(read({ command: "remove", vin: "Anna" }), { kind: "remove", vin: VIN });
    assert.deepEqual(read({ command: "remove", vin: "" }), { kind: "remove", vin: null });
  });

  it("ignores what has nothing to show, and says why", () => {
    for (const message of [
      { topic: "homeassistant/status", payload: "offline" },
      { status: { source: { type: "mqtt out" } } },
      { status: { ...CONNECTED.status, source: { type: "mqtt in" } } },
      { status: { fill: "green", text: "on" } },
      { topic: `cardata/${VIN}/event/tripStarted`, event: "tripStarted", payload: { vin: VIN } },
      { topic: "cardata/account/event/connected", event: "connected", payload: {} },
      { topic: `cardata/${VIN}`, vin: VIN, payload: { data: {} } },
      operation("basicData", { text: "i4" }),
      operation("chargingSettings", { text: "none" }, []),
      { topic: "cardata/account/quota", payload: {}, summary: { text: "" } },
      { payload: Date.now(), topic: "" },
      {},
      null,
      7,
      "resend",
      [],
    ]) {
      const input = read(message);
      assert.ok(input.kind === "ignored" && input.reason.length > 10, JSON.stringify(message));
    }
  });

  it("does not take the command of another node for its own in a message that it can show", () => {
    assert.equal(kindOf({ ...image(), command: "poll" }), "image");
    assert.throws(() => read({ command: "poll" }), { code: "unknown_command" });
  });

  for (const [what, message, code] of [
    ["no VIN", soc(63, { vin: undefined }), "vin_invalid"],
    ["a broken VIN", soc(63, { vin: "WBA" }), "vin_invalid"],
    ["an object as value", soc(63, { payload: { a: 1 } }), "ha_message_invalid"],
    ["NaN", soc(NaN), "ha_message_invalid"],
    ["an infinite number", soc(Infinity), "ha_message_invalid"],
    ["no value at all", soc(63, { payload: undefined }), "ha_message_invalid"],
    ["a descriptor with a wildcard", value("vehicle.a/+", 1), "ha_message_invalid"],
    ["a descriptor of nobody", value("image", 1), "ha_message_invalid"],
    ["an unknown source", soc(63, { source: "rumour" }), "ha_message_invalid"],
    ["a unit that is none", soc(63, { unit: 7 }), "ha_message_invalid"],
    ["no name", soc(63, { name: "" }), "ha_message_invalid"],
    ["a name like a novel", soc(63, { name: "x".repeat(101) }), "ha_message_invalid"],
    ["no time", soc(63, { timestamp: "yesterday" }), "ha_message_invalid"],
    ["a broken estimate", predicted(63, { estimate: 7 }), "ha_message_invalid"],
    ["a place without longitude", position({ payload: { latitude: 48 } }), "ha_message_invalid"],
    ["a place beyond the pole", position({ payload: { latitude: 91, longitude: 11 } }), "ha_message_invalid"],
    ["an image that is none", image(Buffer.from("no picture")), "ha_message_invalid"],
    ["an image as text", { ...image(), payload: "iVBORw0KGgo" }, "ha_message_invalid"],
    ["a report without summary", { ...operation("tyreDiagnosis", {}), summary: undefined }, "ha_message_invalid"],
    ["learning of nothing", learning({ payload: { efficiency: 1 } }), "ha_message_invalid"],
    ["a tracker with a text as speed", traccar({ payload: "fast" }), "ha_message_invalid"],
    ["a tracker without a time", traccar({ timestamp: null }), "ha_message_invalid"],
    ["an update of several cars", { vin: VIN, readings: [soc(1, { vin: "WBA1Z2C30N7A00002" })] }, "ha_message_invalid"],
    ["an update of nonsense", { vin: VIN, readings: [7] }, "ha_message_invalid"],
    ["a command for no car", { command: "resend", vin: "nobody" }, "vin_invalid"],
    ["an unknown command", { command: "fly" }, "unknown_command"],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => read(message), { code });
    });

  describe("whatever comes", () => {
    /** Members as ours have them, or anything. */
    const NAMES = [
      ...["payload", "topic", "vin", "descriptor", "name", "unit", "timestamp", "source", "last", "estimate"],
      ...["readings", "summary", "status", "command", "event", "bracket", "position", "known"],
    ];
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(undefined, NaN, Infinity, -0, 1n, Buffer.alloc(3), new Date(0), () => 1, Symbol("x"), VIN, ""),
      fc.constantFrom(
        "online",
        "resend",
        "remove",
        "location",
        `cardata/${VIN}/image`,
        `x/${VIN}/learning`,
        "a/status",
      ),
    );
    const spoiled = fc
      .tuple(fc.constantFrom(...Object.values(ALL)), fc.dictionary(fc.constantFrom(...NAMES), odd, { maxKeys: 3 }))
      .map(([message, changes]) => ({ ...message, ...changes }));
    const anything = fc.oneof(odd, spoiled, fc.dictionary(fc.constantFrom(...NAMES), odd));

    it("it throws nothing but errors of its own, and nothing malformed is published", async () => {
      const work = announcing();
      const take = (message: unknown) => {
        try {
          work.take(message);
        } catch (error) {
          assert.ok(error instanceof CarDataError && error.code !== "internal", String(error));
        }
      };
      fc.assert(
        fc.property(anything, (message) => {
          take(message);
          work.clock.runTo(work.clock.now() + 5000);
        }),
        { numRuns: runs(2000) },
      );
      take({ command: "resend" });
      await work.settle();
      assert.ok(work.sent.length > runs(100), String(work.sent.length));
      for (const { topic, payload, qos, retain } of work.sent) {
        assert.match(topic, /^(homeassistant|cardata)\/[\w./-]+\/(config|state|attributes|image\/data)$/);
        assert.ok(qos === 1 && retain);
        if (topic.endsWith("/image/data")) continue;
        assert.equal(typeof payload, "string");
        if (payload !== "" && !topic.endsWith("/state")) assert.equal(typeof JSON.parse(String(payload)), "object");
        if (topic.endsWith("/state"))
          assert.ok(payload.length <= 255 && !/undefined|NaN|\[object/.test(String(payload)));
      }
    });
  });
});
