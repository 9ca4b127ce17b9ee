import assert from "node:assert/strict";
import fc from "fast-check";
import { ReasonCounters } from "../../../src/support/reason-counters.js";
import { decodeMessage, type StreamRejection } from "../../../src/stream/decode-message.js";
import { definitionOf } from "../../../src/vehicle/catalogue.js";
import { GCID, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const RUNS = runs(10_000);
const SOC = "vehicle.drivetrain.batteryManagement.header";

function decode(payload: unknown, topic = `${GCID}/${VIN}`) {
  const rejected = new ReasonCounters<StreamRejection>();
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  return { message: decodeMessage(topic, bytes, rejected), rejected };
}

const message = (data: unknown, vin: unknown = VIN) => ({ vin, data });
const entry = (value: unknown, unit?: unknown) => ({ value, unit, timestamp: "2026-03-02T06:00:00Z" });

describe("decode", () => {
  it("reads envelope, time and entries", () => {
    const { message: result } = decode({
      vin: VIN,
      timestamp: "2026-03-02T06:41:07.412Z",
      data: { [SOC]: entry(63, "percent") },
    });
    assert.equal(result?.vin, VIN);
    assert.equal(result.sentAt, Date.parse("2026-03-02T06:41:07.412Z"));
    assert.deepEqual(result.entries, [
      {
        descriptor: SOC,
        definition: definitionOf(SOC),
        raw: entry(63, "percent"),
        timestamp: Date.parse("2026-03-02T06:00:00Z"),
      },
    ]);
  });

  it("takes missing or null data for an empty message", () => {
    assert.deepEqual(decode({ vin: VIN }).message?.entries, []);
    assert.deepEqual(decode(message(null)).message?.entries, []);
  });

  it("spells the VIN in capitals, so that no twin appears", () => {
    assert.equal(decode(message({}, VIN.toLowerCase()), "bridge").message?.vin, VIN);
  });

  const dropped: [string, unknown, StreamRejection, string?][] = [
    ["no JSON", "nonsense", "not-json"],
    ["truncated JSON", '{"vin":"WBY', "not-json"],
    ["nothing", "", "not-json"],
    ["NaN", `{"vin":"${VIN}","data":{"${SOC}":{"value":NaN}}}`, "not-json"],
    ["300 KiB", Buffer.alloc(300 * 1024, 32), "too-large"],
    ["an array", [message({})], "not-object"],
    ["null", "null", "not-object"],
    ["a number", "5", "not-object"],
    ["no VIN", { data: {} }, "vin-malformed", `${GCID}/+`],
    ["a VIN with a line end", message({}, `${VIN}\n`), "vin-malformed"],
    ["a VIN of 16 characters", message({}, VIN.slice(1)), "vin-malformed"],
    ["a VIN with a look-alike letter", message({}, VIN.replace("W", "Ｗ")), "vin-malformed"],
    ["a VIN with an O", message({}, VIN.replace("0", "O")), "vin-malformed"],
    ["a VIN that is no text", message({}, 1234567890123456), "vin-malformed"],
    ["a foreign VIN", message({}), "topic-mismatch", `${GCID}/WBA99999999999999`],
    ["data as an array", message([]), "data-malformed"],
    [
      "1001 descriptors",
      message(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`vehicle.d${i}`, entry(1)]))),
      "too-many-descriptors",
    ],
  ];
  for (const [title, payload, reason, topic] of dropped)
    it(`drops ${title} and counts it`, () => {
      const { message: result, rejected } = decode(payload, topic);
      assert.equal(result, null);
      assert.deepEqual(rejected.toJSON(), { [reason]: 1 });
    });

  it("accepts 1000 descriptors", () => {
    const data = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`vehicle.d${i}`, entry(1)]));
    assert.equal(decode(message(data)).message?.entries.length, 1000);
  });

  const entries: [string, string, unknown, StreamRejection][] = [
    ["an entry that is no object", SOC, 5, "entry-not-object"],
    ["a null entry", SOC, null, "entry-not-object"],
    ["a descriptor outside vehicle", "engine.power", entry(1), "descriptor-malformed"],
    ["a descriptor with markup", "vehicle.<b>", entry(1), "descriptor-malformed"],
    [
      "a descriptor of 201 characters",
      `vehicle.${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(12)}`,
      entry(1),
      "descriptor-malformed",
    ],
    ["a text of 4097 characters", SOC, entry("x".repeat(4097)), "value-too-long"],
    ["an object as value", SOC, entry({ a: 1 }), "value-not-scalar"],
    ["a unit that is a number", SOC, entry(1, 5), "unit-malformed"],
    ["a unit of 33 characters", SOC, entry(1, "x".repeat(33)), "unit-malformed"],
    ["a structure that is too deep", "vehicle.status.conditionBasedServices", entry([[[[[[[1]]]]]]]), "value-too-deep"],
    [
      "a structure of more than 64 KiB",
      "vehicle.status.conditionBasedServices",
      entry("x".repeat(65_537)),
      "value-too-long",
    ],
  ];
  for (const [title, descriptor, bad, reason] of entries)
    it(`leaves out ${title}, and nothing else`, () => {
      const { message: result, rejected } = decode(message({ [descriptor]: bad, "vehicle.isMoving": entry(true) }));
      assert.deepEqual(
        result?.entries.map((one) => one.descriptor),
        ["vehicle.isMoving"],
      );
      assert.deepEqual(rejected.toJSON(), { [reason]: 1 });
    });

  it("drops infinite numbers", () => {
    const { rejected } = decode(`{"vin":"${VIN}","data":{"${SOC}":{"value":1e999}}}`);
    assert.deepEqual(rejected.toJSON(), { "value-not-finite": 1 });
  });

  it("is not harmed by __proto__, constructor and prototype", () => {
    const text = `{"vin":"${VIN}","data":{"__proto__":{"value":1},"constructor":{"value":1},"prototype":{"value":1},"${SOC}":{"value":1,"__proto__":{"polluted":1}}}}`;
    const { message: result, rejected } = decode(text);
    assert.equal(result?.entries.length, 1);
    assert.equal(rejected.get("descriptor-malformed"), 3);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  it("finds a descriptor behind zero-width characters", () => {
    assert.equal(
      decode(message({ "vehicle.\u200Bnew.thing": entry(1) })).message?.entries[0]?.descriptor,
      "vehicle.new.thing",
    );
  });

  it("survives nesting that would overflow a recursive parser", () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    const text = `{"vin":"${VIN}","data":{"vehicle.status.conditionBasedServices":{"value":${deep}}}}`;
    const { rejected } = decode(text);
    assert.equal(rejected.total, 1);
  });

  it("never throws, and accounts for every entry (property)", () => {
    const weird = fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constant(undefined));
    const key = fc.oneof(
      fc.constantFrom(SOC, "vehicle.isMoving", "__proto__", "constructor", "vehicle..a", ""),
      fc.string({ maxLength: 30 }).map((text) => `vehicle.${text}`),
      fc.string({ maxLength: 30 }),
    );
    const body = fc.oneof(
      weird,
      fc.record({
        vin: fc.oneof(fc.constant(VIN), weird),
        data: fc.oneof(
          weird,
          fc.dictionary(key, fc.oneof(weird, fc.record({ value: weird, unit: weird, timestamp: weird }))),
        ),
      }),
    );
    fc.assert(
      fc.property(body, fc.string({ maxLength: 40 }), (value, topic) => {
        const text = JSON.stringify(value) ?? "";
        const { message: result, rejected } = decode(text, topic);
        if (result === null) assert.ok(rejected.total >= 1);
        else assert.equal(Object.keys(result.envelope["data"] ?? {}).length, result.entries.length + rejected.total);
      }),
      { numRuns: RUNS },
    );
  });

  it("never throws on arbitrary bytes (property)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { message: result, rejected } = decode(Buffer.from(bytes));
        assert.ok(result !== null || rejected.total === 1);
      }),
      { numRuns: RUNS },
    );
  });
});
