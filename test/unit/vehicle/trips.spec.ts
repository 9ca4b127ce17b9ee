import assert from "node:assert/strict";
import { START } from "../../helpers/fakes.js";
import { measured, ODOMETER, SOC, STATUS, TestDesk } from "../../helpers/desk.js";

const MOVING = "vehicle.isMoving";
const at = (seconds: number) => START + seconds * 1000;

/** Stands at 0 m since 0, drives 100 m every 10 s from 600 to 1200 s. */
const onTheWay = (desk = new TestDesk()) => {
  desk.stream(0, { [SOC]: 80, [ODOMETER]: 1000 }).fix(0, 0);
  for (let time = 600; time <= 1200; time += 10) desk.fix(time, 10 * (time - 590));
  return desk;
};

describe("trips", () => {
  it("of a car that sends positions are told with start, end, distance and use", () => {
    const desk = onTheWay()
      .stream(1210, { [SOC]: 78, [ODOMETER]: 1006 })
      .at(3600);
    assert.deepEqual(desk.names, ["tripStarted", "tripEnded"]);
    const [started, ended] = desk.events;
    assert.ok(started?.name === "tripStarted" && ended?.name === "tripEnded");
    assert.ok(Math.abs((started.startedAt ?? 0) - at(595)) < 15_000);
    assert.equal(started.soc, 80);
    assert.equal(started.odometer, 1000);
    assert.equal(started.from?.latitude, 50);
    assert.equal(ended.startedAt, started.startedAt);
    assert.equal(ended.endedAt, at(1200));
    assert.equal(ended.distanceKm, 6.1);
    assert.equal(ended.durationMin, 10);
    assert.equal(ended.socUsed, 2);
    assert.ok((ended.to?.latitude ?? 0) > 50.05);
  });

  it("of a car that sends isMoving are told by it, traffic lights included", () => {
    const desk = new TestDesk()
      .stream(0, { [MOVING]: "ASN_isFalse", [ODOMETER]: 1000, [SOC]: "60" })
      .stream(600, { [MOVING]: "ASN_isTrue" })
      .stream(900, { [MOVING]: "ASN_isFalse" })
      .stream(945, { [MOVING]: "ASN_isTrue" })
      .stream(1800, { [MOVING]: "ASN_isFalse", [ODOMETER]: 1017, [SOC]: "52" })
      .at(3600);
    assert.deepEqual(desk.names, ["tripStarted", "tripEnded"]);
    const ended = desk.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.deepEqual([ended.startedAt, ended.endedAt], [at(600), at(1800)]);
    assert.deepEqual([ended.distanceKm, ended.socUsed, ended.from, ended.to], [17, 8, null, null]);
    // BMW's own word is not derived again.
    assert.ok(!desk.outcomes.some(({ readings }) => readings.some(({ source }) => source === "derived")));
  });

  it("of a car that sends nothing but the odometer are told by it", () => {
    const desk = new TestDesk()
      .stream(0, { [ODOMETER]: 1000 })
      .stream(600, { [ODOMETER]: 1005 })
      .at(3600);
    assert.deepEqual(desk.names, ["tripStarted", "tripEnded"]);
    const ended = desk.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.equal(ended.endedAt, at(600));
    assert.equal(ended.distanceKm, 5);
    assert.equal(ended.socUsed, null);
  });

  it("are not begun by kilometres that come with the word that the car stands", () => {
    const desk = new TestDesk()
      .stream(0, { [MOVING]: true, [ODOMETER]: 1000 })
      .stream(600, { [MOVING]: false, [ODOMETER]: 1008 })
      .at(3600);
    assert.deepEqual(desk.names, ["tripStarted", "tripEnded"]);
    // Days later, after drives that nobody has heard of.
    desk.data(400_000, { ...measured(399_990, { [ODOMETER]: 1050 }), ...measured(399_991, { [MOVING]: false }) });
    assert.deepEqual(desk.at(500_000).names, ["tripStarted", "tripEnded"]);
  });

  it("have kilometres also where the car counts miles", () => {
    const mi = (value: number, seconds: number) => ({
      [ODOMETER]: { value, unit: "mi", timestamp: new Date(at(seconds)).toISOString() },
    });
    const desk = new TestDesk().data(0, mi(1000, 0)).data(600, mi(1010, 600)).at(3600);
    const [started, ended] = desk.events;
    assert.ok(started?.name === "tripStarted" && ended?.name === "tripEnded");
    assert.equal(started.odometer, 1000);
    assert.equal(ended.distanceKm, 16.1);
  });

  it("survive a restart on the way", () => {
    const desk = onTheWay().restart();
    for (let time = 1210; time <= 1500; time += 10) desk.fix(time, 10 * (time - 590));
    desk.at(3600);
    assert.deepEqual(desk.names, ["tripStarted", "tripEnded"]);
    const ended = desk.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.equal(ended.distanceKm, 9.1);
    assert.equal(ended.endedAt, at(1500));
  });

  it("that ended while Node-RED was off end when it is back, at their last movement", () => {
    const desk = onTheWay().restart().at(90_000);
    const ended = desk.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.equal(ended.endedAt, at(1200));
  });

  it("end when the car begins to charge", () => {
    const desk = onTheWay().stream(1230, { [STATUS]: "CHARGINGACTIVE" });
    assert.deepEqual(desk.names, ["tripStarted", "tripEnded", "chargingStarted"]);
  });

  it("are not begun by a rejected odometer, by restored values or by a backlog", () => {
    const desk = new TestDesk().stream(0, { [ODOMETER]: 1000 }).stream(60, { [ODOMETER]: 99_999 });
    assert.deepEqual(desk.restart().at(120).names, []);
    const late = new TestDesk().fix(0, 0).at(7200);
    for (let time = 600; time <= 1200; time += 60) {
      const location = "vehicle.cabin.infotainment.navigation.currentLocation";
      late.data(
        7200 + time / 100,
        measured(time, { [`${location}.latitude`]: 50 + time / 10_000, [`${location}.longitude`]: 8 }),
      );
    }
    assert.deepEqual(late.names, []);
    assert.equal(late.outcomes.flatMap(({ positions }) => positions).length, 12);
  });
});

describe("derived motion", () => {
  const derived = (desk: TestDesk) =>
    desk.outcomes.flatMap(({ readings }) =>
      readings.flatMap(({ descriptor, value, source }) =>
        descriptor === MOVING && source === "derived" ? [value] : [],
      ),
    );

  it("is told for cars that never send isMoving", () => {
    assert.deepEqual(derived(onTheWay().at(3600)), [false, true, false]);
  });

  it("becomes unknown where nothing tells any more", () => {
    const desk = new TestDesk()
      .stream(0, { [ODOMETER]: 1000 })
      .stream(600, { [ODOMETER]: 1005 })
      .at(3600);
    assert.deepEqual(derived(desk), [true, null]);
    assert.equal(desk.vehicle.readings.get(MOVING)?.last?.value, true);
  });

  it("yields to BMW's own word, whatever its time", () => {
    const desk = onTheWay().data(1210, measured(500, { [MOVING]: true }));
    assert.equal(desk.vehicle.readings.get(MOVING)?.source, "stream");
    assert.deepEqual(derived(desk.at(7200)), [false, true]);
  });
});
