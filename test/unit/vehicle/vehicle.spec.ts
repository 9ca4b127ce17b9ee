import assert from "node:assert/strict";
import { ReasonCounters } from "../../../src/support/reason-counters.js";
import type { JsonObject } from "../../../src/support/json.js";
import { allDefinitions, definitionOf } from "../../../src/vehicle/catalogue.js";
import { parseEntries, type EntryRejection } from "../../../src/vehicle/descriptor-entries.js";
import type { Reading } from "../../../src/vehicle/reading.js";
import { Vehicle, type ReadingRejection } from "../../../src/vehicle/vehicle.js";
import { START, VIN } from "../../helpers/fakes.js";
import { measured, TestVehicle } from "../../helpers/test-vehicle.js";

const SOC = "vehicle.drivetrain.batteryManagement.header";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const CBS = "vehicle.status.conditionBasedServices";

function testCar() {
  const rejected = new ReasonCounters<EntryRejection | ReadingRejection>();
  const vehicle = new Vehicle(VIN, rejected);
  const apply = (
    source: "stream" | "rest",
    data: JsonObject,
    receivedAt = START,
    sentAt: number | null = null,
  ): readonly Reading[] =>
    vehicle.apply({ entries: parseEntries(data, rejected), source, receivedAt, sentAt }).readings;
  const value = (descriptor: string) => vehicle.readings.get(descriptor)?.value;
  return { vehicle, rejected, stream: apply.bind(null, "stream"), rest: apply.bind(null, "rest"), value };
}

const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const entry = (value: unknown, seconds = 0, unit?: unknown) => ({ value, timestamp: at(seconds), unit });

describe("vehicle: order", () => {
  it("keeps the newest BMW time per descriptor, whatever arrives last", () => {
    const { stream, value, rejected } = testCar();
    assert.equal(stream({ [SOC]: entry(63, 10) }).length, 1);
    assert.equal(stream({ [SOC]: entry(62, 0) }).length, 0);
    assert.equal(value(SOC), 63);
    assert.equal(rejected.get("older"), 1);
    assert.equal(stream({ [SOC]: entry(64, 20) }).length, 1);
  });

  it("recognises repeats", () => {
    const { stream, rejected } = testCar();
    stream({ [SOC]: entry(63) });
    assert.deepEqual(stream({ [SOC]: entry(63) }), []);
    assert.equal(rejected.get("repeated"), 1);
  });

  it("believes the stream, not REST, where both differ at the same BMW time", () => {
    const { stream, rest, value } = testCar();
    stream({ [SOC]: entry(63) });
    rest({ [SOC]: entry("64") });
    assert.equal(value(SOC), 63);
    stream({ [SOC]: entry(65) });
    assert.equal(value(SOC), 65);
  });

  it("lets an older REST snapshot change nothing and a newer one win", () => {
    const { stream, rest, value } = testCar();
    stream({ [SOC]: entry(63, 10) });
    rest({ [SOC]: entry("60", 0) });
    assert.equal(value(SOC), 63);
    rest({ [SOC]: entry("66", 20) });
    assert.equal(value(SOC), 66);
  });

  it("stamps values without a time: envelope, else arrival; REST only where the stream said nothing", () => {
    const { stream, rest, vehicle, value } = testCar();
    stream({ [SOC]: { value: 50 } }, START, START - 3000);
    assert.equal(vehicle.readings.get(SOC)?.timestamp, START - 3000);
    stream({ [ODOMETER]: { value: 1000 } });
    assert.equal(vehicle.readings.get(ODOMETER)?.timestamp, START);
    rest({ [SOC]: { value: "10" }, [POWER]: { value: "11" } });
    assert.equal(value(SOC), 50);
    assert.equal(value(POWER), 11);
  });

  it("does not let a wrong clock in the future block later values", () => {
    const { stream, vehicle, value } = testCar();
    stream({ [SOC]: entry(63, 86_400) });
    assert.equal(vehicle.readings.get(SOC)?.timestamp, START);
    stream({ [SOC]: entry(64, 60) }, START + 60_000);
    assert.equal(value(SOC), 64);
  });

  for (const [title, behind] of [
    ["in 1970", START - 1000],
    ["at the last shutdown, five hours behind", 5 * 3_600_000],
    ["five minutes behind", 5 * 60_000],
  ] as const)
    it(`loses no value while this machine's clock is ${title}`, () => {
      const { stream, rest, value, rejected } = testCar();
      stream({ [SOC]: entry(63), [POWER]: entry(10) });
      stream({ [SOC]: entry(64, 3600) }, START + 3_600_000 - behind, START + 3_600_000);
      assert.equal(value(SOC), 64);
      stream({ [SOC]: entry(65, 3660) }, START + 3_660_000 - behind, START + 3_660_000);
      rest({ [POWER]: entry("11", 3660) }, START + 3_660_000 - behind);
      // The time server sets the clock right.
      stream({ [SOC]: entry(66, 3700) }, START + 3_700_000, START + 3_700_000);
      assert.deepEqual([value(SOC), value(POWER), rejected.get("older")], [66, 11, 0]);
    });

  it("goes on with values that came without a time while this machine's clock was years ahead", () => {
    const { stream, value } = testCar();
    stream({ [SOC]: { value: 63 } }, Date.parse("2099-01-01T00:00:00Z"), null);
    stream({ [SOC]: entry(64, 60) }, START + 61_000, START + 60_500);
    assert.equal(value(SOC), 64);
    stream({ [SOC]: entry(60, 0) }, START + 62_000, START + 61_500);
    assert.equal(value(SOC), 64, "older values stay out");
  });

  it("comes to the same state whatever the order and however often a message arrives", () => {
    const charging: [string, unknown, number, string?][] = [
      [SOC, 63, 25, "percent"],
      ["vehicle.drivetrain.electricEngine.charging.status", "CHARGINGACTIVE", -780],
      // Nine minutes older than the level, as in real messages.
      ["vehicle.drivetrain.electricEngine.charging.acVoltage", 231, -540, "V"],
      ["vehicle.drivetrain.electricEngine.charging.phaseNumber", "3-PHASES", -781],
      [POWER, 10_800, 25, "W"],
    ];
    const later: [string, unknown, number, string?][] = [
      [SOC, 64, 60, "percent"],
      [POWER, 10_700, 60, "W"],
    ];
    const data = (entries: typeof charging) =>
      Object.fromEntries(entries.map(([id, value, seconds, unit]) => [id, entry(value, seconds, unit)]));
    const states = [
      [charging, later],
      [later, charging, charging],
      [[...charging].reverse(), later, charging, later],
    ].map((messages) => {
      const { stream, vehicle } = testCar();
      for (const message of messages) stream(data(message), START + 120_000);
      return [...vehicle.readings.values()]
        .filter(({ source }) => source !== "derived")
        .map(({ descriptor, value, unit, timestamp }) => [descriptor, value, unit, timestamp])
        .sort();
    });
    assert.equal(states[0]?.length, 5);
    for (const state of states) assert.deepEqual(state, states[0]);
  });

  it("lets restored values replace what has come meanwhile only where they are newer by BMW's time", () => {
    const { stream, vehicle, value } = testCar();
    const RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
    stream({
      [SOC]: entry(63),
      [RANGE]: { value: "200", unit: "km", timestamp: new Date(START - 1000).toISOString() },
    });
    vehicle.restore([
      { descriptor: SOC, value: 1, unit: "%", timestamp: START, source: "stream" },
      { descriptor: RANGE, value: 201, unit: "km", timestamp: START - 500, source: "stream" },
      { descriptor: ODOMETER, value: 5, unit: "km", timestamp: START, source: "stream" },
    ]);
    assert.equal(value(SOC), 63);
    assert.equal(value(RANGE), 201);
    assert.equal(vehicle.readings.get(ODOMETER)?.source, "restored");
  });
});

describe("vehicle: last update", () => {
  it("is the newest time of what the car itself has told, over restarts", () => {
    const car = new TestVehicle();
    assert.equal(car.vehicle.updatedAt, 0);
    car.stream(0, { [ODOMETER]: 1000 }).data(700, measured(600, { [ODOMETER]: 1005 }));
    // The motion is derived at the time of day.
    assert.ok([...car.vehicle.readings.values()].some(({ timestamp }) => timestamp > START + 600_000));
    assert.equal(car.vehicle.updatedAt, START + 600_000);
    assert.equal(car.restart().at(3600).vehicle.updatedAt, START + 600_000);
  });
});

describe("vehicle: unknown", () => {
  for (const word of [
    null,
    "INVALID",
    "-NA-",
    "UNKNOWN",
    "ASN_isUnknown",
    "NO_VALUE",
    "NOT_AVAILABLE",
    "",
    " ",
    "null",
  ])
    it(`emits ${JSON.stringify(word)} once, with what was known before`, () => {
      const { stream, rejected } = testCar();
      stream({ [SOC]: entry(63, 0, "percent") });
      const [unknown] = stream({ [SOC]: entry(word, 10) });
      assert.equal(unknown?.value, null);
      assert.equal(unknown?.unit, "%");
      assert.deepEqual(unknown?.last, { value: 63, timestamp: START });
      assert.deepEqual(stream({ [SOC]: entry(word, 20) }), []);
      assert.equal(rejected.get("unknown-again"), 1);
    });

  it("does not make unknown what a null of the same or an older time contradicts", () => {
    const { stream, value } = testCar();
    stream({ [SOC]: entry(63, 10) });
    stream({ [SOC]: entry(null, 10) });
    stream({ [SOC]: entry(null, 0) });
    assert.equal(value(SOC), 63);
  });

  it("ignores storms of nulls over REST, but believes a placeholder with a time", () => {
    const { stream, rest, value, rejected } = testCar();
    stream({ [SOC]: entry(63) });
    rest({
      [SOC]: { value: null, unit: "%", timestamp: null },
      [ODOMETER]: { value: null, unit: "km", timestamp: at(99) },
    });
    assert.equal(value(SOC), 63);
    assert.equal(rejected.get("null-ignored"), 1);
    rest({ [SOC]: entry("INVALID", 10) });
    assert.equal(value(SOC), null);
  });

  it("takes percents outside 0 to 100 and all-ones for unknown", () => {
    const { stream, value } = testCar();
    stream({ [SOC]: entry(127) });
    assert.equal(value(SOC), null);
    const small = [...allDefinitions()].find(({ type, unit }) => type === "uint8" && unit !== "%");
    assert.ok(small);
    stream({ [small.id]: entry(255) });
    assert.equal(value(small.id), null);
  });
});

describe("vehicle: values and units", () => {
  it("turns numeric text into numbers unless the catalogue says text", () => {
    const { stream, value } = testCar();
    const textual = [...allDefinitions()].find(({ type, structured }) => type === "string" && structured === undefined);
    assert.ok(textual);
    stream({
      [ODOMETER]: entry("9.5"),
      [textual.id]: entry("12"),
      "vehicle.new.thing": entry("-1.5e3"),
      "vehicle.new.code": entry("0478"),
    });
    assert.equal(value(ODOMETER), 9.5);
    assert.equal(value(textual.id), "12");
    assert.equal(value("vehicle.new.thing"), -1500);
    assert.equal(value("vehicle.new.code"), "0478");
  });

  const words: [unknown, boolean][] = [
    [true, true],
    [false, false],
    [1, true],
    [0, false],
    ["1", true],
    ["0", false],
    ["ASN_isTrue", true],
    ["asn_isfalse", false],
    ["true", true],
    ["False", false],
    [" yes ", true],
    ["no", false],
    ["ON", true],
    ["off", false],
  ];
  for (const [word, expected] of words)
    it(`reads ${JSON.stringify(word)} as ${String(expected)} for every boolean of the catalogue`, () => {
      for (const { id } of [...allDefinitions()].filter(({ type }) => type === "boolean")) {
        const { stream, value } = testCar();
        stream({ [id]: entry(word) });
        assert.equal(value(id), expected, id);
      }
    });

  it("reads BMW's own literals of every boolean, in any case", () => {
    for (const { id, on = [], off = [] } of allDefinitions())
      for (const [literals, expected] of [
        [on, true],
        [off, false],
      ] as const)
        for (const literal of literals)
          for (const word of [literal, literal.toLowerCase()]) {
            const { stream, value } = testCar();
            stream({ [id]: entry(word) });
            assert.equal(value(id), expected, `${id} ${word}`);
          }
  });

  it("spells units canonically and keeps the known one where BMW leaves it out", () => {
    const { stream, vehicle } = testCar();
    stream({ [SOC]: entry(1, 0, "percent"), [ODOMETER]: entry(1000, 0, "miles") });
    stream({ [ODOMETER]: entry(1001, 10, null) });
    assert.equal(vehicle.readings.get(SOC)?.unit, "%");
    assert.equal(vehicle.readings.get(ODOMETER)?.unit, "mi");
    assert.equal(vehicle.readings.get(ODOMETER)?.value, 1001);
  });

  it("passes units that it does not know as they are, also odd ones", () => {
    for (const unit of ["furlong", "constructor", "__proto__", "toString"]) {
      const { stream, vehicle } = testCar();
      stream({ [ODOMETER]: entry(1000, 0, unit) });
      stream({ [ODOMETER]: entry(1001, 60, "km") });
      assert.equal(vehicle.readings.get(ODOMETER)?.value, 1001);
      stream({ [POWER]: entry(1, 0, unit) });
      assert.equal(vehicle.readings.get(POWER)?.unit, unit);
    }
  });

  it("converts a twin unit to the unit seen first, and keeps BMW's own in raw", () => {
    const { stream, vehicle, value } = testCar();
    stream({ [ODOMETER]: entry(1000, 0, "km"), [POWER]: entry(10_800, 0, "W") });
    stream({ [ODOMETER]: entry(625, 10, "mi"), [POWER]: entry(7.4, 10, "kW") });
    assert.equal(value(ODOMETER), 1006);
    assert.equal(vehicle.readings.get(ODOMETER)?.unit, "km");
    assert.equal(vehicle.readings.get(ODOMETER)?.raw?.value, 625);
    assert.equal(value(POWER), 7400);
  });

  describe("of a car that changes its unit", () => {
    const reported = (descriptor: string, ...values: readonly (readonly [unknown, string?])[]) => {
      const { stream, value } = testCar();
      return values.map(([number, unit], index) => {
        stream({ [descriptor]: entry(number, 60 * index, unit) });
        return value(descriptor);
      });
    };
    const RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";

    it("are rounded to what the source can know", () => {
      assert.deepEqual(reported(RANGE, [100, "mi"], [158, "km"], [163, "km"], [170.5, "km"]), [100, 98, 101, 105.9]);
      assert.deepEqual(reported(POWER, [7.4, "kW"], [10_849, "W"]), [7.4, 10.849]);
      assert.deepEqual(reported("vehicle.cabin.temperature", [20, "celsius"], [75, "fahrenheit"]), [20, 24]);
    });

    it("do not flicker, and go on when there is more than the coarser unit can resolve", () => {
      const parked = [12_000, "km"] as const;
      const inMiles = [7457, "miles"] as const;
      assert.deepEqual(
        reported(ODOMETER, parked, inMiles, parked, inMiles, inMiles, [12_001, "km"], [12_001, "km"], [7458, "mi"]),
        [12_000, 12_000, 12_000, 12_000, 12_000, 12_000, 12_001, 12_001],
      );
      assert.deepEqual(
        reported(ODOMETER, parked, inMiles, [7458, "mi"], [7470, "mi"]),
        [12_000, 12_000, 12_002, 12_022],
      );
    });

    it("do not flicker either where REST leaves out the unit", () => {
      const { stream, rest, value } = testCar();
      stream({ [ODOMETER]: entry(12_000, 0, "km") });
      rest({ [ODOMETER]: entry("7457", 60, null) });
      assert.equal(value(ODOMETER), 12_000);
      rest({ [ODOMETER]: entry("7457", 120, null) });
      rest({ [ODOMETER]: entry("12001", 180, null) });
      assert.equal(value(ODOMETER), 12_000);
      rest({ [ODOMETER]: entry("7470", 240, null) });
      assert.equal(value(ODOMETER), 12_022);
    });
  });

  it("parses JSON inside a string into data with a short summary", () => {
    const { stream, vehicle, value } = testCar();
    const services = [
      { id: 1, title: "Engine oil", date: "2027-07", text: "-" },
      { id: 3, title: "Brake fluid", date: "null" },
    ];
    stream({ [CBS]: entry(JSON.stringify(services)) });
    assert.equal(value(CBS), "2: Engine oil, Brake fluid");
    assert.deepEqual(vehicle.readings.get(CBS)?.data, [
      { id: 1, title: "Engine oil", date: "2027-07", text: null },
      { id: 3, title: "Brake fluid", date: null },
    ]);
    stream({ [CBS]: entry("not json", 10) });
    assert.equal(value(CBS), "not json");
    assert.equal(vehicle.readings.get(CBS)?.data, undefined);
  });

  it("passes descriptors that BMW adds later", () => {
    const { stream, value } = testCar();
    stream({ "vehicle.cabin.newThing.isOpen": entry("HALF") });
    assert.equal(definitionOf("vehicle.cabin.newThing.isOpen"), undefined);
    assert.equal(value("vehicle.cabin.newThing.isOpen"), "HALF");
  });

  it("keeps at most 1000 descriptors, and goes on updating those", () => {
    const { stream, vehicle, rejected } = testCar();
    for (let part = 0; part < 3; part++) {
      const data = Object.fromEntries(
        Array.from({ length: 500 }, (_, index) => [`vehicle.x${part}.y${index}`, entry(index)]),
      );
      stream(data);
    }
    assert.equal(vehicle.readings.size, 1000);
    assert.equal(rejected.get("too-many-descriptors-kept"), 500);
    assert.equal(stream({ "vehicle.x0.y0": entry(77, 10) }).length, 1);
  });
});
