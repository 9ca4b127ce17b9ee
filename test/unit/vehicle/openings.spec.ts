import assert from "node:assert/strict";
import fc from "fast-check";
import { OPENINGS } from "../../../src/vehicle/openings.js";
import { definitionOf } from "../../../src/vehicle/catalogue.js";
import type { ValueName } from "../../../src/vehicle/source-priority.js";
import { runs } from "../../helpers/random.js";
import { DOORS, iso, TestVehicle } from "../../helpers/test-vehicle.js";

const DRIVER = "vehicle.cabin.door.row1.driver.isOpen";
const PASSENGER = "vehicle.cabin.door.row1.passenger.isOpen";
const BOOT = "vehicle.body.trunk.isOpen";
const BOOT_DOOR = "vehicle.body.trunk.door.isOpen";
const WINDOW = "vehicle.cabin.window.row2.driver.status";
const ROOF = "vehicle.cabin.sunroof.overallStatus";
const SLIDE = "vehicle.cabin.sunroof.status";
const TOP = "vehicle.cabin.convertible.roofStatus";
const DOORS_CLOSED = { [DRIVER]: "CLOSED", [PASSENGER]: "CLOSED" };

const valueIn = ({ vehicle }: TestVehicle, name: ValueName) => vehicle.values.find((value) => value.name === name);
const openings = (values: Record<string, unknown>) => valueIn(new TestVehicle().stream(0, values), "openings")?.value;
const secured = (values: Record<string, unknown>) => valueIn(new TestVehicle().stream(0, values), "secured")?.value;

describe("what is open", () => {
  it("is nothing where both front doors and all that the car tells of are closed", () => {
    assert.equal(openings({ ...DOORS_CLOSED, [BOOT]: false, [WINDOW]: "CLOSED" }), "CLOSED");
  });

  it("is named by the names of the values, with their descriptors beside it", () => {
    const vehicle = new TestVehicle().stream(0, { ...DOORS_CLOSED, [BOOT]: "OPEN", [WINDOW]: "INTERMEDIATE" });
    const value = valueIn(vehicle, "openings");
    assert.equal(value?.value, "Boot lid; Window rear, driver side");
    assert.deepEqual([value.data, value.from], [[BOOT, WINDOW], BOOT]);
  });

  for (const [title, values, expected] of [
    ["a car that has told of one door only", { [DRIVER]: "CLOSED", [BOOT]: "CLOSED" }, undefined],
    ["a window that is unknown now", { ...DOORS_CLOSED, [WINDOW]: "SOMETHING" }, undefined],
    ["what is open beside what is unknown", { [WINDOW]: "SOMETHING", [BOOT]: "OPEN" }, "Boot lid"],
    ["a sunroof that the car does not have", { ...DOORS_CLOSED, [ROOF]: "INVALID" }, "CLOSED"],
    ["a tilted sunroof once", { ...DOORS_CLOSED, [ROOF]: "OPEN_TILT", [SLIDE]: "OPEN" }, "Sunroof"],
    ["the slide of a sunroof without a word for all of it", { [SLIDE]: "OPEN" }, "Sunroof slide"],
    ["the boot once", { [BOOT]: "OPEN", [BOOT_DOOR]: true }, "Boot lid"],
    ["a soft top that is closed and locked", { ...DOORS_CLOSED, [TOP]: "CLOSEDSECURED" }, "CLOSED"],
    ["a hard top", { ...DOORS_CLOSED, [TOP]: "HARDTOPMOUNTED" }, "CLOSED"],
    ["a soft top that is open and locked", { ...DOORS_CLOSED, [TOP]: "OPENSECURED" }, "Convertible roof"],
    ["a roof raised for loading", { ...DOORS_CLOSED, [TOP]: "LOADINGPOSITION" }, "Convertible roof"],
  ] as const)
    it(`takes ${title} as ${String(expected)}`, () => {
      assert.equal(openings(values), expected);
    });

  it("is told when it changes, and unknown when what was closed is not known any more", () => {
    const vehicle = new TestVehicle()
      .stream(0, { ...DOORS_CLOSED, [WINDOW]: "CLOSED" })
      .stream(60, { ...DOORS_CLOSED, [WINDOW]: "CLOSED" })
      .stream(120, { [WINDOW]: "OPEN" })
      .stream(180, { [DRIVER]: "OPEN" })
      .stream(240, { [DRIVER]: "CLOSED", [WINDOW]: "CLOSED" })
      .stream(300, { [WINDOW]: "INVALID" });
    const told = vehicle.outcomes.flatMap(({ values }) => values).filter(({ name }) => name === "openings");
    assert.deepEqual(
      told.map(({ value }) => value),
      ["CLOSED", "Window rear, driver side", "Door front, driver side; Window rear, driver side", "CLOSED", null],
    );
    assert.deepEqual([told.at(-1)?.last?.value, told.at(-1)?.timestamp], ["CLOSED", Date.parse(iso(300))]);
  });

  it("stays as it is over a restart, and in answers that know nothing", () => {
    const vehicle = new TestVehicle().stream(0, { ...DOORS_CLOSED, [WINDOW]: "CLOSED" }).restart();
    const values = Object.fromEntries(OPENINGS.map((descriptor) => [descriptor, null]));
    vehicle.rest(60, values);
    assert.equal(valueIn(vehicle, "openings")?.value, "CLOSED");
    assert.equal(valueIn(vehicle, "openings")?.source, "restored");
  });

  it("is of the catalogue", () => {
    for (const descriptor of OPENINGS) assert.ok(definitionOf(descriptor) !== undefined, descriptor);
  });
});

describe("whether a car is secured", () => {
  const ALL = { ...DOORS_CLOSED, [BOOT]: "CLOSED", [WINDOW]: "CLOSED" };
  for (const [title, values, expected] of [
    ["locked and closed", { ...ALL, [DOORS]: "LOCKED" }, true],
    ["secured and closed", { ...ALL, [DOORS]: "SECURED" }, true],
    ["locked with an open window", { ...ALL, [DOORS]: "LOCKED", [WINDOW]: "OPEN" }, false],
    ["closed and not locked", { ...ALL, [DOORS]: "UNLOCKED" }, false],
    ["partly locked", { ...ALL, [DOORS]: "SELECTIVE_LOCKED" }, false],
    ["not locked, all else unknown", { [DOORS]: "UNLOCKED" }, false],
    ["open, the lock unknown", { [BOOT]: "OPEN" }, false],
    ["locked, the doors unknown", { [DOORS]: "LOCKED" }, undefined],
    ["locked, a window unknown", { ...ALL, [DOORS]: "LOCKED", [WINDOW]: "SOMETHING" }, undefined],
    ["closed, the lock unknown", ALL, undefined],
  ] as const)
    it(`is ${String(expected)}: ${title}`, () => {
      assert.equal(secured(values), expected);
    });

  it("is of the time of what came last", () => {
    const vehicle = new TestVehicle().stream(0, { ...ALL, [DOORS]: "LOCKED" }).stream(60, { [WINDOW]: "CLOSED" });
    assert.deepEqual(
      [valueIn(vehicle, "secured")?.timestamp, valueIn(vehicle, "secured")?.from],
      [Date.parse(iso(60)), DOORS],
    );
  });

  it("is never claimed while a part is open or unknown, whatever comes in which order", () => {
    const words = fc.constantFrom("OPEN", "CLOSED", "INTERMEDIATE", "INVALID", "WHO_KNOWS", true, false);
    const report = fc.record({ descriptor: fc.constantFrom(...OPENINGS.slice(0, 5), ROOF, WINDOW), word: words });
    const lock = fc.record({
      descriptor: fc.constant(DOORS),
      word: fc.constantFrom("LOCKED", "SECURED", "UNLOCKED", "INVALID"),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(report, lock), { maxLength: 30 }), (reports) => {
        const vehicle = new TestVehicle();
        for (const [index, { descriptor, word }] of reports.entries())
          vehicle.stream(index * 60, { [descriptor]: word });
        const value = (name: ValueName) => valueIn(vehicle, name)?.value ?? null;
        if (value("secured") === true) assert.deepEqual([value("locked"), value("openings")], [true, "CLOSED"]);
        if (value("openings") === "CLOSED")
          for (const descriptor of OPENINGS) assert.ok(![true, "OPEN"].includes(vehicle.value(descriptor) as never));
      }),
      { numRuns: runs(300) },
    );
  });
});
