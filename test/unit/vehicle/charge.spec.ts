import assert from "node:assert/strict";
import { START } from "../../helpers/fakes.js";
import { DOORS, iso, measured, ODOMETER, PORT, SOC, STATUS, TARGET, TestVehicle } from "../../helpers/test-vehicle.js";

const METHOD = "vehicle.drivetrain.electricEngine.charging.method";
const MAX_ENERGY = "vehicle.drivetrain.batteryManagement.maxEnergy";

const plugged = () =>
  new TestVehicle()
    .stream(0, { [STATUS]: "NOCHARGING", [PORT]: "DISCONNECTED", [SOC]: 40, [MAX_ENERGY]: 80 })
    .stream(60, { [PORT]: "CONNECTED" });
const charging = () => plugged().stream(120, { [STATUS]: "CHARGINGACTIVE", [METHOD]: "AC_TYPE2PLUG", [TARGET]: "80" });
const last = (vehicle: TestVehicle) => vehicle.events.at(-1);

describe("charging", () => {
  it("waits for its level as ever where its end is told while a broker gives what it has kept", () => {
    const vehicle = charging().stream(5400, { [SOC]: 65, [DOORS]: "LOCKED" });
    vehicle.data(7200, measured(5500, { [DOORS]: "SECURED" }));
    vehicle.rest(7205, { [STATUS]: "CHARGINGENDED", [PORT]: "DISCONNECTED" }).at(7300);
    assert.ok(!vehicle.names.includes("chargingEnded"));
    const end = last(vehicle.stream(7500, { [SOC]: 77 }));
    assert.ok(end?.name === "chargingEnded");
    assert.deepEqual([end.soc, end.from, end.at], [77, "level", START + 7_205_000]);
  });

  it("is emitted at its start and at its end, with what was charged", () => {
    const vehicle = charging().stream(7320, { [SOC]: 80, [STATUS]: "CHARGINGENDED" });
    assert.deepEqual(vehicle.names, ["pluggedIn", "chargingStarted", "chargingEnded"]);
    assert.deepEqual(vehicle.events.slice(1), [
      { name: "chargingStarted", at: START + 120_000, soc: 40, method: "AC", targetSoc: 80 },
      {
        name: "chargingEnded",
        at: START + 7320_000,
        startedAt: START + 120_000,
        startSoc: 40,
        soc: 80,
        from: "level",
        band90: null,
        energyKwh: 32,
        durationMin: 120,
        reason: "target",
        pauses: 0,
      },
    ]);
  });

  for (const [title, values, reason] of [
    ["the target was reached, within a percent", { [SOC]: 79, [STATUS]: "CHARGINGENDED" }, "target"],
    ["the car says so", { [SOC]: 60, [STATUS]: "FINISHED_FULLY_CHARGED" }, "target"],
    ["somebody pulled the cable", { [SOC]: 60, [STATUS]: "NOCHARGING", [PORT]: "DISCONNECTED" }, "unplugged"],
    ["somebody stopped it", { [SOC]: 60, [STATUS]: "CHARGINGENDED" }, "stopped"],
    ["something failed", { [STATUS]: "CHARGINGERROR" }, "error"],
    ["the cable is gone and the status does not come", { [PORT]: "DISCONNECTED" }, "unplugged"],
  ] as const)
    it(`ends once when ${title}`, () => {
      const vehicle = charging().stream(600, values).at(4200);
      const ends = vehicle.events.filter(({ name }) => name === "chargingEnded");
      assert.equal(ends.length, 1);
      const [end] = ends;
      assert.ok(end?.name === "chargingEnded");
      assert.equal(end.reason, reason);
      // The same state again is no second end, nor a start.
      vehicle.stream(4260, values).stream(4320, { [STATUS]: "NOCHARGING" });
      assert.equal(vehicle.names.filter((name) => /^charging(Started|Ended)$/.test(name)).length, 2);
    });

  it("is one charge although it pauses a percent below its target", () => {
    const vehicle = charging()
      .stream(6000, { [SOC]: 79, [STATUS]: "CHARGINGENDED" })
      .stream(6900, { [STATUS]: "CHARGINGACTIVE" })
      .stream(7200, { [SOC]: 80, [STATUS]: "CHARGINGENDED" });
    assert.deepEqual(vehicle.names, ["pluggedIn", "chargingStarted", "chargingEnded"]);
    const end = last(vehicle);
    assert.ok(end?.name === "chargingEnded");
    assert.deepEqual([end.startSoc, end.soc, end.reason, end.pauses], [40, 80, "target", 1]);
  });

  it("has no level at an end that the car never reported, where much has come in since the last one", () => {
    const vehicle = charging()
      .stream(3720, { [SOC]: 60 })
      .stream(5400, { "vehicle.powertrain.electric.battery.charging.power": 11 })
      .stream(7200, { "vehicle.isMoving": true });
    const end = vehicle.events.find(({ name }) => name === "chargingEnded");
    assert.ok(end?.name === "chargingEnded");
    assert.deepEqual([end.soc, end.energyKwh, end.reason], [null, null, "unknown"]);
  });

  it("does not know why it ended where the car reports no target", () => {
    const vehicle = plugged()
      .stream(120, { [STATUS]: "CHARGINGACTIVE" })
      .stream(600, { [STATUS]: "CHARGINGENDED" })
      .at(4200);
    const end = last(vehicle);
    assert.ok(end?.name === "chargingEnded");
    assert.equal(end.reason, "unknown");
  });

  it("does not know the energy where the capacity is unknown", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [STATUS]: "CHARGINGACTIVE", [SOC]: 40 })
      .stream(60, { [SOC]: 50, [STATUS]: "CHARGINGENDED" })
      .at(4200);
    const end = last(vehicle);
    assert.ok(end?.name === "chargingEnded");
    assert.equal(end.energyKwh, null);
  });

  it("takes the user's word for the capacity before the car's", () => {
    const vehicle = charging();
    vehicle.vehicle.describe({ basicData: null, driveType: null, batteryKwh: 100 });
    vehicle.stream(7200, { [SOC]: 50, [STATUS]: "CHARGINGENDED" }).at(10_800);
    const end = vehicle.events.find(({ name }) => name === "chargingEnded");
    assert.ok(end?.name === "chargingEnded");
    assert.equal(end.energyKwh, 10);
  });

  it("counts pauses, which are no end", () => {
    const vehicle = charging()
      .stream(300, { [STATUS]: "CHARGINGPAUSED" })
      .stream(400, { [STATUS]: "CHARGINGACTIVE" })
      .stream(500, { [STATUS]: "CHARGING_INTERRUPTED" })
      .stream(550, { [STATUS]: "INITIALIZATION" })
      .stream(600, { [STATUS]: "CHARGINGACTIVE" })
      .stream(700, { [STATUS]: "CHARGINGENDED", [SOC]: 80 });
    assert.equal(vehicle.names.filter((name) => name.startsWith("charging")).length, 2);
    const end = last(vehicle);
    assert.ok(end?.name === "chargingEnded");
    assert.equal(end.pauses, 2);
  });

  for (const unknown of [null, "INVALID", "UNKNOWN", "SOMETHING_NEW"])
    it(`is not ended by ${String(unknown)}`, () => {
      const vehicle = charging()
        .stream(300, { [STATUS]: unknown })
        .stream(400, { [PORT]: unknown });
      assert.deepEqual(vehicle.names, ["pluggedIn", "chargingStarted"]);
      vehicle.stream(500, { [STATUS]: "CHARGINGENDED", [SOC]: 80 });
      assert.equal(vehicle.names.at(-1), "chargingEnded");
    });

  it("goes on over a restart, and is emitted once", () => {
    const vehicle = charging()
      .restart()
      .stream(300, { [SOC]: 45 })
      .restart();
    vehicle
      .stream(400, { [STATUS]: "CHARGINGENDED", [SOC]: 80 })
      .restart()
      .stream(500, { [SOC]: 80 });
    assert.deepEqual(vehicle.names, ["pluggedIn", "chargingStarted", "chargingEnded"]);
  });

  it("is not begun by what was only restored", () => {
    const vehicle = new TestVehicle();
    vehicle.vehicle.restore([
      { descriptor: STATUS, value: "CHARGINGACTIVE", unit: null, timestamp: START, source: "restored" },
    ]);
    assert.deepEqual(vehicle.stream(60, { [SOC]: 50 }).names, []);
  });

  it("is not begun again by a late or repeated message", () => {
    const vehicle = charging().stream(600, { [STATUS]: "CHARGINGENDED", [SOC]: 80 });
    vehicle.data(700, measured(120, { [STATUS]: "CHARGINGACTIVE" }));
    vehicle.data(800, measured(300, { [STATUS]: "CHARGINGACTIVE" }));
    assert.equal(vehicle.names.at(-1), "chargingEnded");
    assert.equal(vehicle.names.length, 3);
  });

  it("ends when the car drives off, although a level of that very moment tells that it has charged since", () => {
    const vehicle = new TestVehicle().stream(0, { [SOC]: 60, [ODOMETER]: 1000, "vehicle.isMoving": "ASN_isFalse" });
    vehicle.stream(60, { [STATUS]: "CHARGINGACTIVE" }).stream(600, { [SOC]: 63 });
    vehicle.stream(36_000, { "vehicle.isMoving": "ASN_isTrue", [ODOMETER]: 1000, [SOC]: 79 });
    assert.deepEqual(vehicle.names, ["chargingStarted", "chargingEnded", "tripStarted"]);
  });

  it("ends when nothing but the odometer tells that the car has driven off", () => {
    const vehicle = new TestVehicle().stream(0, { [SOC]: 60, [ODOMETER]: 1000 });
    vehicle.stream(60, { [STATUS]: "CHARGINGACTIVE" }).stream(1200, { [SOC]: 64 });
    for (let minute = 0; minute < 4; minute++) vehicle.stream(36_000 + minute * 300, { [ODOMETER]: 1005 + minute * 5 });
    assert.deepEqual(vehicle.names, ["chargingStarted", "chargingEnded", "tripStarted"]);
    const [, ended] = vehicle.events;
    assert.equal(ended?.at, START + 1200 * 1000);
  });

  it("goes on where the odometer of the way there is told in it, in two steps or hours later", () => {
    for (const later of [400, 20_000]) {
      const vehicle = new TestVehicle()
        .stream(0, { [SOC]: 60, [ODOMETER]: 1000 })
        .stream(60, { [STATUS]: "CHARGINGACTIVE" });
      vehicle.stream(110, { [ODOMETER]: 1020 }).stream(later, { [ODOMETER]: 1025 });
      assert.deepEqual(vehicle.names, ["chargingStarted"], String(later));
    }
  });

  it("may begin again after an end", () => {
    const vehicle = charging()
      .stream(600, { [STATUS]: "CHARGINGENDED", [SOC]: 80 })
      .stream(900, { [STATUS]: "CHARGINGACTIVE" });
    assert.equal(vehicle.names.filter((name) => name === "chargingStarted").length, 2);
  });

  it("counts whichever door it came through", () => {
    const vehicle = plugged().rest(120, { [STATUS]: "CHARGINGACTIVE" });
    assert.equal(vehicle.names.at(-1), "chargingStarted");
  });
});

describe("cable and locks", () => {
  it("are emitted when they change, not when they are first seen", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [PORT]: "CONNECTED", [DOORS]: "SECURED" })
      .stream(60, { [PORT]: "CONNECTED", [DOORS]: "LOCKED" })
      .stream(120, { [DOORS]: "UNLOCKED" })
      .stream(180, { [PORT]: "DISCONNECTED", [DOORS]: "SELECTIVELOCKED" })
      .stream(240, { [DOORS]: "SECURED" });
    assert.deepEqual(
      vehicle.events.map(({ name, at }) => [name, (at - START) / 1000]),
      [
        ["unlocked", 120],
        ["unplugged", 180],
        ["locked", 240],
      ],
    );
  });

  it("are not changed by unknown, by repeats, by late messages or by a restart", () => {
    const vehicle = new TestVehicle().stream(0, { [DOORS]: "LOCKED", [PORT]: "CONNECTED" });
    for (const unknown of [null, "INVALID", "-NA-"]) vehicle.stream(60, { [DOORS]: unknown, [PORT]: unknown });
    vehicle.restart().stream(120, { [DOORS]: "LOCKED", [PORT]: "CONNECTED" });
    vehicle.data(180, measured(-60, { [DOORS]: "UNLOCKED", [PORT]: "DISCONNECTED" }));
    assert.deepEqual(vehicle.names, []);
  });

  it("report what really happened while Node-RED was off, once", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [DOORS]: "LOCKED" })
      .restart()
      .stream(60, { [DOORS]: "UNLOCKED" });
    assert.deepEqual(vehicle.names, ["unlocked"]);
    assert.deepEqual(vehicle.restart().stream(120, { [DOORS]: "UNLOCKED" }).names, ["unlocked"]);
  });

  it("do not flap when an outdated source is the only one left", () => {
    const plug = "vehicle.powertrain.tractionBattery.charging.port.anyPosition.isPlugged";
    const vehicle = new TestVehicle()
      .data(0, { ...measured(0, { [PORT]: "CONNECTED" }), [plug]: { value: false, timestamp: iso(-600) } })
      .stream(60, { [PORT]: "INVALID" });
    assert.deepEqual(vehicle.names, []);
  });

  it("keep the odometer out of it", () => {
    assert.deepEqual(new TestVehicle().stream(0, { [ODOMETER]: 1 }).names, []);
  });

  it("is not begun by a first word that is old, over REST neither: nobody was listening then", () => {
    const before = new TestVehicle().data(7200, measured(0, { [STATUS]: "CHARGINGACTIVE", [SOC]: 40 }), "rest");
    assert.deepEqual(before.names, []);
    // A report of not charging sets the earliest begin, however late the answer is.
    const late = new TestVehicle().rest(0, { [STATUS]: "NOCHARGING", [SOC]: 40 });
    late.data(7200, measured(600, { [STATUS]: "CHARGINGACTIVE" }), "rest");
    assert.deepEqual(late.names, ["chargingStarted"]);
    assert.deepEqual(new TestVehicle().rest(0, { [STATUS]: "CHARGINGACTIVE" }).names, ["chargingStarted"]);
  });

  it("does not give the method of the charge before", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [STATUS]: "CHARGINGACTIVE", [METHOD]: "DC_CHARGING", [SOC]: 20 })
      .stream(1800, { [STATUS]: "CHARGINGENDED", [SOC]: 80, [TARGET]: 80 })
      .stream(7200, { "vehicle.isMoving": true })
      .stream(9000, { "vehicle.isMoving": false })
      .stream(20_000, { [STATUS]: "CHARGINGACTIVE" });
    const starts = vehicle.events.filter((event) => event.name === "chargingStarted");
    assert.deepEqual(
      starts.map(({ method }) => method),
      ["DC", null],
    );
  });
});
