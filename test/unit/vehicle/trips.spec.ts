import assert from "node:assert/strict";
import { START } from "../../helpers/fakes.js";
import { measured, ODOMETER, PORT, SOC, STATUS, TestVehicle } from "../../helpers/test-vehicle.js";

const MOVING = "vehicle.isMoving";
const at = (seconds: number) => START + seconds * 1000;

/** Stands at 0 m since 0, drives 100 m every 10 s from 600 to 1200 s. */
const onTheWay = (vehicle = new TestVehicle()) => {
  vehicle.stream(0, { [SOC]: 80, [ODOMETER]: 1000 }).fix(0, 0);
  for (let time = 600; time <= 1200; time += 10) vehicle.fix(time, 10 * (time - 590));
  return vehicle;
};

describe("trips", () => {
  it("of a car that sends positions are emitted with start, end, distance and use", () => {
    const vehicle = onTheWay()
      .stream(1210, { [SOC]: 78, [ODOMETER]: 1006 })
      .at(3600);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
    const [started, ended] = vehicle.events;
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

  it("of a car that sends isMoving are emitted by it, traffic lights included", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [MOVING]: "ASN_isFalse", [ODOMETER]: 1000, [SOC]: "60" })
      .stream(600, { [MOVING]: "ASN_isTrue" })
      .stream(900, { [MOVING]: "ASN_isFalse" })
      .stream(945, { [MOVING]: "ASN_isTrue" })
      .stream(1800, { [MOVING]: "ASN_isFalse", [ODOMETER]: 1017, [SOC]: "52" })
      .at(3600);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
    const ended = vehicle.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.deepEqual([ended.startedAt, ended.endedAt], [at(600), at(1800)]);
    assert.deepEqual([ended.distanceKm, ended.socUsed, ended.from, ended.to], [17, 8, null, null]);
    // BMW's own word is not derived again.
    assert.ok(!vehicle.outcomes.some(({ readings }) => readings.some(({ source }) => source === "derived")));
  });

  it("of a car that sends nothing but the odometer are emitted by it", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [ODOMETER]: 1000 })
      .stream(600, { [ODOMETER]: 1005 })
      .at(3600);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
    const ended = vehicle.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.equal(ended.endedAt, at(600));
    assert.equal(ended.distanceKm, 5);
    assert.equal(ended.socUsed, null);
  });

  it("are not begun by kilometres that come with the word that the car stands", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [MOVING]: true, [ODOMETER]: 1000 })
      .stream(600, { [MOVING]: false, [ODOMETER]: 1008 })
      .at(3600);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
    // Days later, after drives without any message.
    vehicle.data(400_000, { ...measured(399_990, { [ODOMETER]: 1050 }), ...measured(399_991, { [MOVING]: false }) });
    assert.deepEqual(vehicle.at(500_000).names, ["tripStarted", "tripEnded"]);
  });

  it("have kilometres also where the car counts miles", () => {
    const mi = (value: number, seconds: number) => ({
      [ODOMETER]: { value, unit: "mi", timestamp: new Date(at(seconds)).toISOString() },
    });
    const vehicle = new TestVehicle().data(0, mi(1000, 0)).data(600, mi(1010, 600)).at(3600);
    const [started, ended] = vehicle.events;
    assert.ok(started?.name === "tripStarted" && ended?.name === "tripEnded");
    assert.equal(started.odometer, 1000);
    assert.equal(ended.distanceKm, 16.093);
  });

  describe("of a car of which REST told the odometer without a unit before the stream named miles", () => {
    const mi = (value: number, seconds: number) => ({
      [ODOMETER]: { value, unit: "mi", timestamp: new Date(at(seconds)).toISOString() },
    });
    const bare = () => new TestVehicle().rest(0, { [ODOMETER]: 14_574 });

    it("are none while it stands", () => {
      assert.deepEqual(bare().data(60, mi(14_574, 60)).at(3600).names, []);
      assert.deepEqual(bare().restart().data(60, mi(14_574, 60)).at(3600).names, []);
    });

    it("have the way that was driven, also where they had begun before", () => {
      const [started, ended] = bare().data(600, mi(14_584, 600)).at(3600).events;
      assert.ok(started?.name === "tripStarted" && ended?.name === "tripEnded");
      assert.deepEqual([started.odometer, ended.distanceKm], [14_574, 16.093]);
      const open = bare().stream(300, { [MOVING]: true });
      const [, later] = open.data(900, { ...mi(14_584, 900), ...measured(900, { [MOVING]: false }) }).at(3600).events;
      assert.ok(later?.name === "tripEnded");
      assert.equal(later.distanceKm, 16.093);
    });

    it("are the same where the numbers had been kilometres", () => {
      const { names } = new TestVehicle()
        .rest(0, { [ODOMETER]: 23_456 })
        .data(60, mi(14_575, 60))
        .at(3600);
      assert.deepEqual(names, []);
    });
  });

  it("survive a restart on the way", () => {
    const vehicle = onTheWay().restart();
    for (let time = 1210; time <= 1500; time += 10) vehicle.fix(time, 10 * (time - 590));
    vehicle.at(3600);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
    const ended = vehicle.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.equal(ended.distanceKm, 9.1);
    assert.equal(ended.endedAt, at(1500));
  });

  it("that ended while Node-RED was off end when it is back, at their last movement", () => {
    const vehicle = onTheWay().restart().at(90_000);
    const ended = vehicle.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.equal(ended.endedAt, at(1200));
  });

  it("end when the car begins to charge", () => {
    const vehicle = onTheWay().stream(1230, { [STATUS]: "CHARGINGACTIVE" });
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded", "chargingStarted"]);
  });

  it("are not begun by a rejected odometer, by restored values or by a backlog", () => {
    const vehicle = new TestVehicle().stream(0, { [ODOMETER]: 1000 }).stream(60, { [ODOMETER]: 99_999 });
    assert.deepEqual(vehicle.restart().at(120).names, []);
    const late = new TestVehicle().fix(0, 0).at(7200);
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

describe("a trip and what belongs to another time", () => {
  it("is not begun by a far fix hours after another one: a car that is seen only when it wakes up", () => {
    // Each wake-up shows it elsewhere; the drives in between are reported by the car itself, or not at all.
    const vehicle = new TestVehicle().fix(0, 0).fix(25_000, 40_000).fix(50_000, 90_000).fix(75_000, 200_000).at(90_000);
    assert.deepEqual(vehicle.names, []);
    // Seen twice at its new place it stands there, and drives off from there.
    vehicle.fix(100_000, 200_000).fix(100_060, 200_300).fix(100_120, 201_000).at(100_130);
    const [start] = vehicle.events;
    assert.ok(start?.name === "tripStarted" && start.startedAt !== null);
  });

  it("lasts until the car says that it stands, wherever it was seen before it began", () => {
    const parked = new TestVehicle().fix(0, 0).fix(3600, 0).fix(7200, 0);
    parked.stream(10_000, { [MOVING]: true, [ODOMETER]: 1000 }).stream(10_600, { [ODOMETER]: 1010 });
    const end = parked
      .stream(11_200, { [MOVING]: false, [ODOMETER]: 1019 })
      .at(12_000)
      .events.at(-1);
    assert.ok(end?.name === "tripEnded");
    assert.equal(end.endedAt, START + 11_200_000);
  });

  it("is not begun by a first word that is old: nobody was listening then", () => {
    assert.deepEqual(new TestVehicle().data(3600, measured(0, { [MOVING]: true }), "rest").at(20_000).names, []);
    const heard = new TestVehicle()
      .stream(0, { [MOVING]: false })
      .data(3600, measured(600, { [MOVING]: true }), "rest");
    assert.deepEqual(heard.names, ["tripStarted"]);
  });
});

describe("a drive that a broker tells late, because nobody was listening", () => {
  const MINUTE = 60;
  const location = "vehicle.cabin.infotainment.navigation.currentLocation";

  /** Drives 1 km a minute from `from` on; all of it arrives within a second. */
  const tellLate = (vehicle: TestVehicle, from: number, minutes: number, lateAt: number, km = 1000) => {
    const total = minutes + 2;
    const tell = (minute: number, seconds: number, values: Readonly<Record<string, unknown>>) =>
      vehicle.data(lateAt + minute / total, measured(from + seconds, values));
    tell(0, 0, { [MOVING]: true });
    for (let minute = 1; minute <= minutes; minute++)
      tell(minute, minute * MINUTE, {
        [`${location}.latitude`]: 50 + (km - 1000 + minute) / 111.2,
        [`${location}.longitude`]: 8,
        [ODOMETER]: km + minute,
        [SOC]: 80 - Math.floor(minute / 5),
      });
    tell(minutes + 1, minutes * MINUTE + 10, { [MOVING]: false });
    return vehicle;
  };
  const parked = () =>
    new TestVehicle()
      .stream(0, { [MOVING]: false, [ODOMETER]: 1000, [SOC]: 80 })
      .fix(0, 0)
      .fix(120, 0);

  for (const late of [20, 60, 200])
    it(`is one trip, with its own times, ${late} minutes later`, () => {
      const arrived = 1000 + (30 + late) * MINUTE;
      const vehicle = tellLate(parked(), 1000, 30, arrived).at(arrived + 3600);
      assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
      const [started, ended] = vehicle.events;
      assert.ok(started?.name === "tripStarted" && ended?.name === "tripEnded");
      assert.deepEqual([started.startedAt, ended.startedAt, ended.endedAt], [at(1000), at(1000), at(2810)]);
      assert.deepEqual(
        [started.odometer, started.soc, Math.floor(ended.distanceKm ?? 0), ended.socUsed],
        [1000, 80, 30, 6],
      );
      assert.equal(vehicle.value(MOVING), false);
    });

  it("is two trips where the car stood in between, and a third while somebody listens", () => {
    const arrived = 1000 + 120 * MINUTE;
    const vehicle = tellLate(parked(), 1000, 20, arrived);
    tellLate(vehicle, 1000 + 40 * MINUTE, 20, arrived + 2, 1020);
    vehicle.stream(arrived + 60, { [MOVING]: true }).stream(arrived + 660, { [MOVING]: false, [ODOMETER]: 1050 });
    assert.deepEqual(
      vehicle
        .at(arrived + 3600)
        .events.flatMap((event) => (event.name === "tripEnded" ? Math.floor(event.distanceKm ?? 0) : [])),
      [20, 20, 10],
    );
  });

  it("goes on where it is still driven when somebody listens again", () => {
    const vehicle = parked().data(4000, measured(1000, { [MOVING]: true }));
    for (let minute = 1; minute <= 48; minute++)
      vehicle.data(4000 + minute / 48, measured(1000 + minute * MINUTE, { [ODOMETER]: 1000 + minute }));
    for (let minute = 51; minute <= 60; minute++) vehicle.stream(1000 + minute * MINUTE, { [ODOMETER]: 1000 + minute });
    vehicle.stream(1000 + 61 * MINUTE, { [MOVING]: false }).at(9000);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
    const ended = vehicle.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.equal(ended.distanceKm, 60);
  });

  it("goes on where the listener itself was away", () => {
    const vehicle = parked()
      .stream(1000, { [MOVING]: true })
      .stream(1060, { [ODOMETER]: 1001 })
      .restart()
      .at(4000);
    assert.deepEqual(vehicle.names, ["tripStarted"]);
    for (let minute = 2; minute <= 40; minute++)
      vehicle.data(4005 + minute / 40, measured(1000 + minute * MINUTE, { [ODOMETER]: 1000 + minute }));
    vehicle.data(4007, measured(1000 + 41 * MINUTE, { [MOVING]: false })).at(6000);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
    const ended = vehicle.events[1];
    assert.ok(ended?.name === "tripEnded");
    assert.deepEqual([Math.floor(ended.distanceKm ?? 0), ended.endedAt], [40, at(1000 + 41 * MINUTE)]);
  });

  it("is over soon after a start where nothing is told late", () => {
    const vehicle = parked()
      .stream(1000, { [MOVING]: true })
      .stream(1060, { [ODOMETER]: 1001 });
    assert.deepEqual(vehicle.restart().at(15_000).at(15_030).names, ["tripStarted", "tripEnded"]);
  });

  it("tells no car that does not charge while the charge is still to come", () => {
    const port = { [PORT]: "CONNECTED", [STATUS]: "NOCHARGING" };
    const vehicle = parked().stream(200, { [PORT]: "DISCONNECTED", [STATUS]: "NOCHARGING" });
    vehicle.data(8000, measured(1000, port)).data(8000.2, measured(1060, { [STATUS]: "CHARGINGACTIVE" }));
    vehicle.data(8000.4, measured(4600, { [STATUS]: "CHARGINGENDED", [SOC]: 95 }));
    assert.deepEqual(vehicle.at(8100).names.slice(0, 2), ["pluggedIn", "chargingStarted"]);
    assert.ok(!vehicle.names.includes("pluggedNotCharging"));
  });
});

describe("a trip that looks at another moment as if it stood", () => {
  it("goes on where the odometer and the fix are of the same moment: that is no standing since", () => {
    const vehicle = new TestVehicle().fix(0, 0).stream(10, { [ODOMETER]: 1000 });
    vehicle
      .stream(1000, { [MOVING]: true })
      .fix(1005, 20)
      .stream(1005, { [ODOMETER]: 1001 });
    vehicle
      .fix(1155, 4000)
      .fix(1305, 8000)
      .stream(1400, { [MOVING]: false })
      .at(3000);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
  });

  it("has begun where the first fix of all comes with a risen odometer", () => {
    const vehicle = new TestVehicle().stream(0, { [ODOMETER]: 1000 });
    const location = "vehicle.cabin.infotainment.navigation.currentLocation";
    vehicle
      .stream(6000, { [ODOMETER]: 1003, [`${location}.latitude`]: 50, [`${location}.longitude`]: 8 })
      .fix(6150, 3000)
      .fix(6300, 6000)
      .at(9000);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
  });

  it("counts from the odometer before its first fix, although that is believed later", () => {
    const vehicle = new TestVehicle()
      .fix(0, 0)
      .stream(130, { [ODOMETER]: 1000 })
      .fix(300, 0);
    vehicle
      .fix(6000, 2200)
      .stream(6000, { [ODOMETER]: 1002 })
      .fix(6080, 4200)
      .stream(6080, { [ODOMETER]: 1004 });
    vehicle
      .fix(6150, 6000)
      .fix(6300, 10_000)
      .stream(6301, { [ODOMETER]: 1010 })
      .at(9000);
    const end = vehicle.events.at(-1);
    assert.ok(end?.name === "tripEnded" && end.distanceKm !== null);
    assert.ok(end.distanceKm >= 9.5, `${end.distanceKm} km`);
  });

  it("begins with the odometer where that is read so often that it seems to leap by a whole kilometre", () => {
    const vehicle = new TestVehicle().fix(0, 0).fix(120, 0);
    for (let time = 6000; time <= 6600; time += 10)
      vehicle.stream(time, { [ODOMETER]: 1000 + Math.floor((time - 6000) / 70) });
    const [start] = vehicle.events;
    assert.ok(start?.name === "tripStarted");
    assert.equal(start.startedAt, START + 6_060_000);
    assert.equal(start.odometer, 1000);
  });

  it("goes on after a tunnel of fifteen minutes, whose end comes a little later", () => {
    const vehicle = new TestVehicle().fix(0, 0).fix(60, 1500).fix(120, 3000).fix(180, 4500);
    const location = "vehicle.cabin.infotainment.navigation.currentLocation";
    const out = { [`${location}.latitude`]: 50.2, [`${location}.longitude`]: 8 };
    vehicle
      .data(180 + 905, measured(180 + 900, out))
      .fix(1150, 23_700)
      .at(4000);
    assert.deepEqual(vehicle.names, ["tripStarted", "tripEnded"]);
  });

  it("does not count what the odometer has counted, where the next fix comes after its reading", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [ODOMETER]: 1000, [MOVING]: false })
      .fix(0, 0)
      .fix(120, 0);
    const [start, end] = vehicle
      .stream(7200, { [ODOMETER]: 1023 })
      .fix(7380, 20_000)
      .at(10_000).events;
    assert.ok(start?.name === "tripStarted" && end?.name === "tripEnded");
    assert.equal(end.distanceKm, 23);
    // The time of the end is unknown: the fix was only the next poll.
    assert.deepEqual([start.startedAt, end.endedAt, end.durationMin], [null, null, null]);
  });
});

describe("derived motion", () => {
  const derived = (vehicle: TestVehicle) =>
    vehicle.outcomes.flatMap(({ readings }) =>
      readings.flatMap(({ descriptor, value, source }) =>
        descriptor === MOVING && source === "derived" ? [value] : [],
      ),
    );

  it("is emitted for cars that never send isMoving", () => {
    assert.deepEqual(derived(onTheWay().at(3600)), [false, true, false]);
  });

  it("becomes unknown where no value shows it any more", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [ODOMETER]: 1000 })
      .stream(600, { [ODOMETER]: 1005 })
      .at(3600);
    assert.deepEqual(derived(vehicle), [true, null]);
    assert.equal(vehicle.vehicle.readings.get(MOVING)?.last?.value, true);
  });

  it("yields to BMW's own word, whatever its time", () => {
    const vehicle = onTheWay().data(1210, measured(500, { [MOVING]: true }));
    assert.equal(vehicle.vehicle.readings.get(MOVING)?.source, "stream");
    assert.deepEqual(derived(vehicle.at(7200)), [false, true]);
  });
});
