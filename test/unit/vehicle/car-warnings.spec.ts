import assert from "node:assert/strict";
import fc from "fast-check";
import { START } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";
import { measured, ODOMETER, TestVehicle } from "../../helpers/test-vehicle.js";

const TYRE = "vehicle.chassis.axle.row2.wheel.left.tire";
const [PRESSURE, TARGET] = [`${TYRE}.pressure`, `${TYRE}.pressureTarget`];
const CBS = "vehicle.status.conditionBasedServices";
const CHECKS = "vehicle.status.checkControlMessages";
const HOUR = 3600;
const DAY = 24 * HOUR;

const told = (vehicle: TestVehicle, name: string) => vehicle.events.filter((event) => event.name === name);
const low = (vehicle: TestVehicle) => told(vehicle, "tyrePressureLow");

describe("a tyre that has lost pressure", () => {
  const rolling = (kPa: number) => new TestVehicle().stream(0, { [TARGET]: 250, [PRESSURE]: kPa });

  it("is told once, with what it has and what it should have", () => {
    const vehicle = rolling(250)
      .stream(HOUR, { [PRESSURE]: 210 })
      .stream(2 * HOUR, { [PRESSURE]: 205 });
    const at = START + HOUR * 1000;
    assert.deepEqual(low(vehicle), [
      { name: "tyrePressureLow", at, wheel: "rearLeft", pressure: 210, target: 250, unit: "kPa" },
    ]);
  });

  it("is not told again after a warm drive, a restart or words for nothing, but after it was filled", () => {
    const vehicle = rolling(250).stream(HOUR, { [PRESSURE]: 210 });
    vehicle
      .stream(2 * HOUR, { [PRESSURE]: 240 })
      .stream(3 * HOUR, { [PRESSURE]: 208 })
      .restart();
    vehicle.stream(4 * HOUR, { [PRESSURE]: "-NA-" }).stream(5 * HOUR, { [PRESSURE]: 205 });
    assert.equal(low(vehicle).length, 1);
    vehicle.stream(6 * HOUR, { [PRESSURE]: 260 }).stream(7 * HOUR, { [PRESSURE]: 205 });
    assert.equal(low(vehicle).length, 2);
  });

  it("is told at the first word of it, unless that is old, and never from before a restart", () => {
    assert.equal(low(rolling(180)).length, 1);
    const old = measured(0, { [TARGET]: 250, [PRESSURE]: 180 });
    const late = new TestVehicle().data(HOUR, old, "rest").stream(2 * HOUR, { [PRESSURE]: 175 });
    assert.deepEqual(low(late), []);
    const known = rolling(180);
    known.outcomes.length = 0;
    assert.deepEqual(
      low(
        known
          .restart()
          .at(HOUR)
          .stream(2 * HOUR, { [PRESSURE]: 178 }),
      ),
      [],
    );
  });

  it("is known by BMW's target only, in whatever unit", () => {
    assert.deepEqual(low(new TestVehicle().stream(0, { [PRESSURE]: 100 })), []);
    const mixed = { [PRESSURE]: { value: 29, unit: "psi" }, [TARGET]: { value: 250, unit: "kPa" } };
    const entries = Object.fromEntries(
      Object.entries(mixed).map(([id, entry]) => [id, { ...entry, timestamp: new Date(START).toISOString() }]),
    );
    assert.equal(low(new TestVehicle().data(0, entries)).length, 1);
    for (const nonsense of [0, -5, 1001]) assert.deepEqual(low(rolling(nonsense)), [], String(nonsense));
  });

  it("is told once between two fillings, whatever comes", () => {
    const step = fc.oneof(fc.integer({ min: 150, max: 270 }), fc.constantFrom("-NA-", "INVALID", "restart"));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const vehicle = rolling(250);
        let fillings = 1;
        for (const [index, one] of steps.entries()) {
          if (one === "restart") vehicle.restart();
          else vehicle.stream((index + 1) * 60, { [PRESSURE]: one });
          if (typeof one === "number" && one >= 250) fillings++;
        }
        assert.ok(low(vehicle).length <= fillings);
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("what BMW has for the owner", () => {
  const due = (vehicle: TestVehicle) => told(vehicle, "serviceDue");
  const titles = (vehicle: TestVehicle) => due(vehicle).map((event) => event.name === "serviceDue" && event.title);
  const item = (id: number, status: string, more: object = {}) => ({
    ...{ id, title: `Item ${id}`, status, description: "Do it.", date: "2027-01", messageType: "CBS" },
    ...{ text: "-", unitOfLengthRemaining: "900", ...more },
  });
  const services = (...items: object[]) => ({ [CBS]: JSON.stringify(items) });
  const checks = (...items: object[]) => ({ [CHECKS]: JSON.stringify(items) });

  it("is told once for each item, when it becomes due", () => {
    const vehicle = new TestVehicle().stream(0, { [ODOMETER]: 1000 });
    vehicle.rest(60, services(item(1, "OK"), item(2, "OK")));
    vehicle.rest(HOUR, services(item(1, "PENDING"), item(2, "OK")));
    vehicle.rest(2 * HOUR, services(item(1, "OVERDUE"), item(2, "PENDING")));
    assert.deepEqual(titles(vehicle), ["Item 1", "Item 2"]);
    assert.deepEqual(due(vehicle)[0], {
      ...{ name: "serviceDue", at: START + HOUR * 1000, kind: "service", id: "1", title: "Item 1" },
      ...{ description: "Do it.", status: "PENDING", date: "2027-01", remaining: 900, unit: null },
    });
  });

  it("has messages of the check control as well, which are due because they are there", () => {
    const vehicle = new TestVehicle().rest(0, checks());
    vehicle.rest(HOUR, checks(item(50, "NULL", { date: "null", unitOfLengthRemaining: "-" })));
    assert.deepEqual(
      due(vehicle).map((event) => event.name === "serviceDue" && [event.kind, event.id, event.status, event.date]),
      [["message", "50", null, null]],
    );
  });

  it("is not told again by answers in which everything is null, only after a day without it", () => {
    const vehicle = new TestVehicle().rest(0, checks()).rest(HOUR, checks(item(50, "NULL")));
    vehicle.rest(2 * HOUR, { [CHECKS]: null }).rest(3 * HOUR, checks(item(50, "NULL")));
    vehicle
      .rest(4 * HOUR, { [CHECKS]: null })
      .restart()
      .rest(5 * HOUR, checks(item(50, "NULL")));
    assert.equal(due(vehicle).length, 1);
    vehicle.rest(6 * HOUR, { [CHECKS]: null }).rest(6 * HOUR + DAY, checks(item(50, "NULL")));
    assert.equal(due(vehicle).length, 2);
  });

  it("begins nothing with what stood there before", () => {
    const old = measured(0, services(item(1, "OVERDUE")));
    const vehicle = new TestVehicle().data(HOUR, old, "rest").rest(2 * HOUR, services(item(1, "OVERDUE")));
    assert.deepEqual(titles(vehicle), []);
    vehicle.rest(3 * HOUR, services(item(1, "OVERDUE"), item(2, "PENDING"))).restart();
    vehicle.at(4 * HOUR).rest(5 * HOUR, services(item(1, "OVERDUE"), item(2, "PENDING")));
    assert.deepEqual(titles(vehicle), ["Item 2"]);
  });

  it("takes over what an older version has left, without an event", () => {
    const vehicle = new TestVehicle()
      .rest(0, services(item(1, "OVERDUE")))
      .stream(0, { [TARGET]: 250, [PRESSURE]: 180 });
    const { warnings: _, ...state } = vehicle.vehicle.save();
    vehicle.outcomes.length = 0;
    const next = new TestVehicle();
    next.vehicle.restore([...vehicle.vehicle.readings.values()], state);
    next.rest(HOUR, services(item(1, "OVERDUE"))).stream(HOUR, { [PRESSURE]: 178 });
    assert.deepEqual(next.names, []);
  });

  it("survives lists that are none", () => {
    const vehicle = new TestVehicle();
    const lists = ["5", "[1,null,[],{}]", '{"id":1}', "[[[[[[[[1]]]]]]]]", '[{"status":"PENDING"}]', "garbage"];
    for (const [index, text] of lists.entries()) vehicle.rest(index * 60, { [CBS]: text, [CHECKS]: text });
    const many = Array.from({ length: 500 }, (_, id) => item(id, "PENDING", { title: "x".repeat(5000) }));
    vehicle.data(HOUR, measured(HOUR, { [CBS]: many.slice(0, 10) })).restart();
    assert.ok(titles(vehicle).every((title) => typeof title === "string" && title.length <= 255));
  });
});
