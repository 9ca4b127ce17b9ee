import assert from "node:assert/strict";
import { parseSocOptions } from "../../../src/account/soc/soc-options.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { ODOMETER, PORT, SOC, STATUS } from "../../helpers/test-vehicle.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { CAPACITY, chargeFrom, CHARGING, socBench } from "../../helpers/soc.js";

const DISPLAYED = "vehicle.powertrain.electric.battery.stateOfCharge.displayed";
const MOVING = "vehicle.isMoving";
const FUEL = "vehicle.drivetrain.fuelSystem.remainingFuel";
const MINUTE = 60_000;

const MAGIC = parseSocOptions({ magic: true });
const PLAIN = parseSocOptions({});

type SocBench = ReturnType<typeof socBench>;
const MOVE = { kmh: null, isMean: false, place: null, way: null };

function startCharge({ send }: SocBench, soc = 40): void {
  send(chargeFrom(soc));
}

/** Minutes of driving at 60 km/h; the level stays silent. */
async function drive({ send, clock }: SocBench, minutes: number, fromKm: number): Promise<void> {
  send({ [MOVING]: "ASN_isTrue", [ODOMETER]: fromKm });
  for (let minute = 1; minute <= minutes; minute += 1) {
    await clock.advance(MINUTE);
    send({ [ODOMETER]: fromKm + minute });
  }
}

function soc(estimate: { readonly soc: number } | null): number {
  assert.ok(estimate);
  return estimate.soc;
}

function near(value: number, expected: number, within: number): void {
  assert.ok(Math.abs(value - expected) <= within, `${value} is not within ${within} of ${expected}`);
}

describe("the estimates of an account's cars", () => {
  it("begin with the first level and count on between BMW's values", async () => {
    const bench = socBench();
    startCharge(bench);
    assert.deepEqual(bench.service.vins, [VIN]);
    assert.deepEqual(bench.estimates, [VIN], "one change for one message");
    const first = soc(bench.service.predicted(VIN));
    await bench.clock.advance(30 * MINUTE);
    // 10.74 kW net for half an hour at 0.9 into 80 kWh.
    near(soc(bench.service.predicted(VIN)) - first, 6.04, 0.3);
    const { mode, bmw, charge } = bench.service.predicted(VIN) ?? {};
    assert.equal(mode, "charging");
    assert.deepEqual([bmw?.soc, bmw?.descriptor], [40, SOC]);
    assert.equal(charge?.targetSoc, 80);
    assert.equal(charge.method, "AC");
    near(charge.powerKw ?? 0, 11.04, 0.01);
  });

  it("emit each change of the shown value once, and nothing without one", async () => {
    const bench = socBench();
    bench.send({ [SOC]: 50 });
    bench.send({ [SOC]: 50, "vehicle.cabin.door.status": "SECURED" });
    bench.send({ [ODOMETER]: 1000 });
    assert.equal(bench.estimates.length, 1);
    startCharge(bench, 50);
    const before = bench.estimates.length;
    await bench.clock.advance(10 * MINUTE);
    // 2 points in steps of a tenth, looked at every 30 s.
    const changes = bench.estimates.length - before;
    assert.ok(changes >= 15 && changes <= 20, `${changes} changes`);
  });

  it("let no timer run while nothing charges or drives", async () => {
    const bench = socBench();
    bench.send({ [SOC]: 50, [CAPACITY]: 80, [STATUS]: "NOCHARGING" });
    await bench.clock.advance(5 * MINUTE);
    assert.equal(bench.clock.nextAt(), null);
    startCharge(bench, 50);
    assert.notEqual(bench.clock.nextAt(), null);
    bench.send({ [STATUS]: "NOCHARGING" });
    await bench.clock.advance(30 * MINUTE);
    assert.equal(bench.clock.nextAt(), null);
  });

  it("never fall back to an older value of BMW when a charge ends", async () => {
    const bench = socBench();
    bench.service.join("n", MAGIC);
    startCharge(bench);
    await bench.clock.advance(60 * MINUTE);
    const last = soc(bench.service.predicted(VIN));
    bench.send({ [STATUS]: "NOCHARGING" });
    near(soc(bench.service.predicted(VIN)), last, 0.2);
    near(soc(bench.service.magic(VIN)), last, 0.3);
    // A level from before the charge.
    bench.send({ [DISPLAYED]: { value: 40, timestamp: new Date(bench.clock.now() - 61 * MINUTE).toISOString() } });
    near(soc(bench.service.predicted(VIN)), last, 0.5);
    near(soc(bench.service.magic(VIN)), last, 0.5);
    await bench.clock.advance(20 * MINUTE);
    near(soc(bench.service.magic(VIN)), last, 0.5);
  });

  it("end a charge when the cable is out, without a word of the status", async () => {
    const bench = socBench();
    bench.send({ [PORT]: "CONNECTED" });
    startCharge(bench);
    await bench.clock.advance(10 * MINUTE);
    bench.send({ [PORT]: "DISCONNECTED" });
    const { mode, charge } = bench.service.predicted(VIN) ?? {};
    assert.deepEqual([mode, charge], ["idle", null]);
  });

  it("go on while an electric car drives, as Magic SOC only", async () => {
    const bench = socBench();
    bench.send({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 });
    const leave = bench.service.join("n", MAGIC);
    await drive(bench, 20, 1000);
    const magic = bench.service.magic(VIN);
    assert.equal(magic?.mode, "driving");
    assert.ok(magic.drive !== null && magic.charge === null);
    // 20 km at 0.21 kWh/km out of 80 kWh.
    near(magic.soc, 80.25 - 5.25, 0.8);
    const predicted = bench.service.predicted(VIN);
    near(soc(predicted), 80, 0.6);
    assert.ok(predicted && predicted.band90[0] < magic.soc, "what was used is within the band");
    bench.send({ [MOVING]: "ASN_isFalse" });
    await bench.clock.advance(3 * MINUTE);
    assert.equal(bench.service.magic(VIN)?.mode, "continuity");
    assert.equal(bench.service.predicted(VIN)?.mode, "idle");
    await bench.clock.advance(6 * MINUTE);
    assert.equal(bench.service.magic(VIN)?.mode, "idle");
    leave();
    assert.equal(bench.service.magic(VIN), null, "nobody wants it");
  });

  it("pass BMW's value through while a hybrid drives, but no older one than the charge before", async () => {
    const bench = socBench({ driveType: "phev" });
    bench.service.join("n", MAGIC);
    startCharge(bench);
    await bench.clock.advance(60 * MINUTE);
    const charged = soc(bench.service.predicted(VIN));
    bench.send({ [STATUS]: "NOCHARGING" });
    near(soc(bench.service.magic(VIN)), charged, 0.3);
    await bench.clock.advance(30 * MINUTE);
    await drive(bench, 5, 1000);
    assert.equal(bench.service.magic(VIN)?.mode, "passthrough");
    near(soc(bench.service.magic(VIN)), charged, 0.5);
    bench.send({ [SOC]: 47 });
    assert.equal(soc(bench.service.magic(VIN)), 47);
    assert.equal(bench.service.predicted(VIN)?.mode, "passthrough");
  });

  it("leave a petrol car alone, whatever it lists", () => {
    const bench = socBench();
    bench.send({ [FUEL]: 40, [SOC]: 0, [STATUS]: "NOCHARGING", [CAPACITY]: 0 });
    assert.deepEqual(bench.service.vins, []);
    assert.deepEqual(
      [bench.service.predicted(VIN), bench.service.magic(VIN), bench.service.report(VIN)],
      [null, null, null],
    );
    assert.deepEqual(bench.estimates, []);
  });

  it("work for a car that reports `displayed` only", async () => {
    const bench = socBench();
    bench.service.join("n", MAGIC);
    bench.send({ "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc": 66 });
    assert.equal(bench.service.predicted(VIN), null, "the end of a trip may be older than a charge");
    near(soc(bench.service.magic(VIN)), 66, 0.5);
    bench.send({ [DISPLAYED]: 64, [CAPACITY]: 109, [STATUS]: "CHARGINGACTIVE" });
    bench.send({ "vehicle.powertrain.electric.battery.charging.power": { value: 11, unit: "kW" } });
    near(soc(bench.service.predicted(VIN)), 64, 0.6);
    await bench.clock.advance(30 * MINUTE);
    near(soc(bench.service.predicted(VIN)), 68.5, 0.6);
    assert.equal(bench.service.predicted(VIN)?.bmw?.descriptor, DISPLAYED);
  });

  it("go by the user's meter while it sends, and by BMW's power again after that", async () => {
    const bench = socBench();
    startCharge(bench);
    bench.service.meter(VIN, 5.5, 0);
    await bench.clock.advance(MINUTE);
    const metered = bench.service.predicted(VIN)?.charge;
    assert.deepEqual([metered?.powerSource, metered?.powerKw], ["meter", 5.5]);
    bench.service.meter(VIN, 0, 0);
    const stopped = soc(bench.service.predicted(VIN));
    await bench.clock.advance(MINUTE);
    near(soc(bench.service.predicted(VIN)), stopped, 0.05);
    await bench.clock.advance(3 * MINUTE);
    assert.equal(bench.service.predicted(VIN)?.charge?.powerSource, "acProduct");
    bench.service.meter(OTHER_VIN, 11, 0);
    assert.deepEqual(bench.service.vins, [VIN], "a meter makes no car");
  });

  it("take speeds of a tracker for the trip that runs", async () => {
    const bench = socBench();
    bench.service.join("n", MAGIC);
    bench.send({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 });
    await drive(bench, 1, 1000);
    bench.service.tracked(VIN, { ...MOVE, kmh: 90, place: { latitude: 48, longitude: 11, at: bench.clock.now() } });
    const { drive: figures } = bench.service.magic(VIN) ?? {};
    assert.deepEqual([figures?.speedKmh, figures?.speedBracket], [90, "suburban"]);
    bench.service.tracked(VIN, MOVE);
    assert.equal(bench.service.magic(VIN)?.drive?.speedKmh, null);
  });

  describe("with a speed that somebody says", () => {
    const speedOf = ({ service }: SocBench) => service.magic(VIN)?.drive?.speedKmh;
    const parked = () => {
      const bench = socBench();
      bench.service.join("n", MAGIC);
      bench.send({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 });
      return bench;
    };

    it("hold it for three minutes, as the one of a tracker that falls silent", async () => {
      const bench = parked();
      await drive(bench, 1, 1000);
      bench.service.say(VIN, 90);
      await bench.clock.advance(3 * MINUTE);
      assert.equal(speedOf(bench), 90);
      await bench.clock.advance(MINUTE);
      assert.equal(speedOf(bench), null);
      assert.equal(bench.service.magic(VIN)?.drive?.speedBracket, null);
    });

    it("hold it no longer after a restart", async () => {
      const first = parked();
      await drive(first, 1, 1000);
      first.service.say(VIN, 90);
      await first.stop();
      const second = socBench({ files: first.files, clock: first.clock });
      second.service.join("n", MAGIC);
      await second.load();
      assert.equal(speedOf(second), 90);
      await second.clock.advance(4 * MINUTE);
      assert.equal(speedOf(second), null);
    });

    it("let a tracker's go on for as long as it says nothing else", async () => {
      const bench = parked();
      await drive(bench, 1, 1000);
      bench.service.say(VIN, 90);
      bench.service.tracked(VIN, { ...MOVE, kmh: 70 });
      await bench.clock.advance(10 * MINUTE);
      assert.equal(speedOf(bench), 70);
    });

    it("begin a trip with it, if it was said shortly before", async () => {
      for (const [minutes, expected] of [
        [3, 50],
        [4, null],
      ] as const) {
        const bench = parked();
        bench.service.say(VIN, 50);
        await bench.clock.advance(minutes * MINUTE);
        bench.send({ [MOVING]: "ASN_isTrue", [ODOMETER]: 1000 });
        assert.equal(speedOf(bench), expected);
        assert.equal(bench.service.magic(VIN)?.drive?.speedBracket, expected === null ? null : "city");
      }
    });

    it("forget it when it is taken back before the trip", () => {
      const bench = parked();
      bench.service.say(VIN, 50);
      bench.service.say(VIN, null);
      bench.send({ [MOVING]: "ASN_isTrue", [ODOMETER]: 1000 });
      assert.equal(speedOf(bench), null);
    });
  });

  it("keep each car apart", () => {
    const bench = socBench();
    bench.send({ [SOC]: 30 });
    bench.send({ [SOC]: 70 }, OTHER_VIN);
    assert.deepEqual(bench.estimates, [VIN, OTHER_VIN]);
    near(soc(bench.service.predicted(VIN)), 30, 0.5);
    near(soc(bench.service.predicted(OTHER_VIN)), 70, 0.5);
  });
});

describe("what a node wants of the estimates", () => {
  it("is decided by the lowest id that wants the car", () => {
    const bench = socBench();
    bench.send({ [SOC]: 50 });
    const leave = bench.service.join("a", PLAIN);
    bench.service.join("b", MAGIC);
    assert.equal(bench.service.magic(VIN), null);
    assert.deepEqual([bench.service.differs("a"), bench.service.differs("b")], [false, true]);
    leave();
    assert.notEqual(bench.service.magic(VIN), null);
    assert.equal(bench.service.differs("b"), false);
  });

  it("counts for its own cars only", () => {
    const bench = socBench();
    bench.send({ [SOC]: 50 });
    bench.send({ [SOC]: 60 }, OTHER_VIN);
    bench.service.join("a", { ...MAGIC, vehicle: VIN });
    bench.service.join("b", { ...PLAIN, vehicle: OTHER_VIN });
    assert.notEqual(bench.service.magic(VIN), null);
    assert.equal(bench.service.magic(OTHER_VIN), null);
    assert.deepEqual([bench.service.differs("a"), bench.service.differs("b")], [false, false]);
    bench.service.join("c", MAGIC);
    assert.equal(bench.service.differs("c"), true, "b decides for one of its cars");
  });

  it("shows at once when Magic SOC is switched on, and survives a redeploy in either order", () => {
    const bench = socBench();
    bench.send({ [SOC]: 50 });
    const leave = bench.service.join("a", PLAIN);
    bench.estimates.length = 0;
    const leaveAgain = bench.service.join("a", MAGIC);
    assert.deepEqual(bench.estimates, [VIN]);
    leave();
    assert.notEqual(bench.service.magic(VIN), null, "the end of the old node is not the end of the new one");
    leaveAgain();
    assert.equal(bench.service.magic(VIN), null);
  });

  it("has defaults for what is missing or makes no sense", () => {
    const defaults = { vehicle: "", magic: false, minEfficiency: 0.82, meterPriorityMs: 120_000, auxKw: 0.3 };
    assert.deepEqual(parseSocOptions({}), defaults);
    const odd = { vehicle: 7, magic: "yes", minEfficiency: "0.39", meterPriority: -1, auxKw: "Infinity" };
    assert.deepEqual(parseSocOptions(odd), defaults);
    assert.deepEqual(
      parseSocOptions({
        vehicle: ` ${VIN.toLowerCase()} `,
        magic: true,
        minEfficiency: "0,5",
        meterPriority: "0",
        auxKw: 0,
      }),
      { vehicle: VIN, magic: true, minEfficiency: 0.5, meterPriorityMs: 0, auxKw: 0 },
    );
  });

  it("is nothing for all cars if the car was mistyped", () => {
    const bench = socBench();
    bench.send({ [SOC]: 50 });
    bench.service.join("a", { ...MAGIC, vehicle: parseSocOptions({ vehicle: "WBY-typo" }).vehicle });
    assert.equal(bench.service.magic(VIN), null);
  });
});

describe("what charges teach", () => {
  /** 40 to 60 %, reported every minute, with a level at its end. */
  const wholeCharge = async (bench: SocBench) => {
    startCharge(bench);
    // 16 kWh at 10.74 kW and 0.9.
    for (let minute = 0; minute < 99; minute += 1) {
      await bench.clock.advance(MINUTE);
      bench.send({ [`${CHARGING}.acAmpere`]: 16 });
    }
    bench.send({ [STATUS]: "NOCHARGING" });
    await bench.clock.advance(MINUTE);
    bench.send({ [SOC]: 60 });
  };

  it("is emitted once, saved at once, and known after the process was killed", async () => {
    const files = memoryFiles();
    const bench = socBench({ files });
    await wholeCharge(bench);
    assert.deepEqual(bench.learned, [VIN]);
    await bench.clock.advance(0);
    const again = socBench({ files, clock: bench.clock });
    await again.load();
    assert.deepEqual(again.service.report(VIN), bench.service.report(VIN));
    const [condition] = again.service.report(VIN)?.charging.conditions ?? [];
    assert.deepEqual([condition?.key, condition?.samples], ["3_250_16", 1]);
    near(condition?.efficiency ?? 0, 0.9, 0.01);
    assert.deepEqual(again.learned, [], "what was told before the restart is not told again");
  });

  it("can be forgotten", async () => {
    const bench = socBench();
    await wholeCharge(bench);
    assert.equal(bench.service.reset(VIN, "driving"), false);
    assert.equal(bench.service.reset(VIN, "ac"), true);
    assert.deepEqual(bench.service.report(VIN)?.charging.conditions, []);
    assert.equal(bench.service.reset(OTHER_VIN, "all"), false);
  });

  it("wait for the level that confirms them as long as one may come, and then say that none came", async () => {
    const bench = socBench();
    startCharge(bench);
    await bench.clock.advance(30 * MINUTE);
    bench.send({ [STATUS]: "NOCHARGING" });
    assert.deepEqual(bench.learned, []);
    await bench.clock.advance(26 * MINUTE);
    assert.deepEqual(bench.learned, [VIN]);
    assert.equal(bench.service.report(VIN)?.lastDecision?.accepted, false);
  });
});

describe("what is kept of the estimates", () => {
  it("goes on in the middle of a charge", async () => {
    const files = memoryFiles();
    const first = socBench({ files });
    startCharge(first);
    await first.clock.advance(30 * MINUTE);
    const before = soc(first.service.predicted(VIN));
    await first.stop();
    const second = socBench({ files, clock: first.clock });
    await second.load();
    assert.deepEqual(second.estimates, [VIN], "the first message after each start");
    near(soc(second.service.predicted(VIN)), before, 0.01);
    assert.equal(second.service.predicted(VIN)?.mode, "charging");
    await second.clock.advance(30 * MINUTE);
    near(soc(second.service.predicted(VIN)), before + 6.04, 0.4);
  });

  it("goes on in the middle of a trip", async () => {
    const files = memoryFiles();
    const first = socBench({ files });
    first.service.join("n", MAGIC);
    first.send({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 });
    await drive(first, 10, 1000);
    const before = soc(first.service.magic(VIN));
    await first.stop();
    const second = socBench({ files, clock: first.clock });
    second.service.join("n", MAGIC);
    await second.load();
    assert.equal(second.service.magic(VIN)?.mode, "driving");
    near(soc(second.service.magic(VIN)), before, 0.1);
    await drive(second, 10, 1010);
    near(soc(second.service.magic(VIN)), before - 2.6, 0.6);
  });

  it("gives way to another usual consumption in the settings, as long as no trip has taught any", async () => {
    const usedWith = async (kwhPerKm: number | null) => {
      const files = memoryFiles();
      const first = socBench({ files });
      first.send({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 });
      await first.stop();
      const second = socBench({ files, clock: first.clock, parameters: { capacityKwh: null, kwhPerKm } });
      second.service.join("n", MAGIC);
      await second.load();
      await drive(second, 20, 1000);
      return 80 - soc(second.service.magic(VIN));
    };
    const [much, usual] = [await usedWith(0.35), await usedWith(null)];
    assert.ok(much > 1.4 * usual, `${much} and ${usual} points`);
  });

  it("ends a trip that nobody saw ending", async () => {
    const files = memoryFiles();
    const first = socBench({ files });
    first.service.join("n", MAGIC);
    first.send({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 });
    await drive(first, 10, 1000);
    await first.stop();
    await first.clock.advance(5 * 60 * MINUTE);
    const second = socBench({ files, clock: first.clock });
    second.service.join("n", MAGIC);
    await second.load();
    await second.clock.advance(10 * MINUTE);
    assert.equal(second.service.magic(VIN)?.mode, "idle");
    assert.equal(second.service.predicted(VIN)?.mode, "idle");
  });

  it("is written at once when a charge ends, and within a minute otherwise", async () => {
    const files = memoryFiles();
    const bench = socBench({ files });
    startCharge(bench);
    await bench.clock.advance(0);
    assert.equal(await files.read("/learning.json"), null);
    await bench.clock.advance(MINUTE);
    const running = String(await files.read("/learning.json"));
    bench.send({ [STATUS]: "NOCHARGING" });
    await bench.clock.advance(0);
    assert.notEqual(String(await files.read("/learning.json")), running);
  });

  it("holds the user's capacity before all others, until it is taken back", async () => {
    const files = memoryFiles();
    const first = socBench({ files, parameters: { capacityKwh: 70, kwhPerKm: null } });
    startCharge(first);
    assert.equal(first.service.predicted(VIN)?.capacity?.kwh, 70);
    first.service.capacity(VIN, 65);
    await first.clock.advance(0);
    assert.deepEqual(first.service.predicted(VIN)?.capacity, { kwh: 65, source: "user" });
    // Without a stop: the process was killed.
    const second = socBench({ files, clock: first.clock, parameters: { capacityKwh: 70, kwhPerKm: null } });
    await second.load();
    startCharge(second);
    assert.equal(second.service.predicted(VIN)?.capacity?.kwh, 65);
    second.service.capacity(VIN, null);
    assert.equal(second.service.predicted(VIN)?.capacity?.kwh, 70);
    second.service.capacity(VIN, 0);
    assert.equal(second.service.predicted(VIN)?.capacity?.kwh, 70);
  });

  it("is read tolerantly: a car, a part or the whole file may be damaged", async () => {
    const damaged = [
      "no json",
      "{}",
      '{"version":1,"data":{}}',
      '{"version":1,"data":[7,{"vin":"x"}]}',
      `{"version":1,"data":[{"vin":"${VIN}","capacityKwh":"much","estimator":7}]}`,
      `{"version":1,"data":[{"vin":"${VIN}","capacityKwh":-3,"estimator":{"version":1,"filter":[],"driving":null}}]}`,
      `{"version":9,"data":[{"vin":"${VIN}","estimator":{"version":99}}]}`,
    ];
    for (const content of damaged) {
      const files = memoryFiles();
      await files.write("/learning.json", content);
      const bench = socBench({ files });
      await bench.load();
      bench.send({ [SOC]: 50, [CAPACITY]: 80 });
      near(soc(bench.service.predicted(VIN)), 50, 0.6);
      assert.equal(bench.service.predicted(VIN)?.capacity?.kwh, 80, content);
    }
  });

  it("stays while nobody knows whether the car is electric", async () => {
    const files = memoryFiles();
    const first = socBench({ files });
    first.send({ [SOC]: 50, [CAPACITY]: 80 });
    await first.stop();
    await files.remove("/vehicles.json");
    const second = socBench({ files, clock: first.clock });
    await second.load();
    second.send({ [ODOMETER]: 1000 });
    assert.deepEqual(second.service.vins, [], "a car without a level may burn petrol");
    await second.stop();
    const third = socBench({ files, clock: first.clock });
    await third.load();
    third.send({ [SOC]: 50 });
    assert.equal(third.service.predicted(VIN)?.capacity?.kwh, 80);
  });

  it("begins with what the vehicle registry knows of a car that was never estimated", async () => {
    const files = memoryFiles();
    const first = socBench({ files });
    first.send({ [SOC]: 50, [CAPACITY]: 80 });
    await first.stop();
    await files.remove("/learning.json");
    const second = socBench({ files, clock: first.clock });
    await second.load();
    near(soc(second.service.predicted(VIN)), 50, 0.6);
    assert.equal(second.service.predicted(VIN)?.capacity?.kwh, 80);
  });

  /** A run that was killed after the cars were saved, but before what was learned was. */
  const crashed = async (
    before: (bench: SocBench) => Promise<void> | void,
    then: (bench: SocBench) => Promise<void> | void,
  ) => {
    const files = memoryFiles();
    const first = socBench({ files });
    await before(first);
    await first.stop();
    const learning = String(await files.read("/learning.json"));
    const second = socBench({ files, clock: first.clock });
    await second.load();
    await then(second);
    await second.stop();
    await files.write("/learning.json", learning);
    const third = socBench({ files, clock: first.clock });
    third.service.join("n", MAGIC);
    await third.load();
    return third;
  };

  it("catches up with what only the cars' own state has kept of a crash", async () => {
    const bench = await crashed(
      ({ send }) => {
        send({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 });
      },
      async ({ clock, send }) => {
        await clock.advance(MINUTE);
        send({ [SOC]: 60 });
        send({ "vehicle.cabin.door.status": "SECURED" });
      },
    );
    near(soc(bench.service.predicted(VIN)), 60, 0.6);
    near(soc(bench.service.magic(VIN)), 60, 0.6);
    assert.equal(bench.service.predicted(VIN)?.bmw?.soc, 60);
    await bench.clock.advance(MINUTE);
    bench.send({ [SOC]: 59 });
    near(soc(bench.service.predicted(VIN)), 59, 0.6);
  });

  it("catches up with a charge and with a trip that began before the crash", async () => {
    const idle = ({ send }: SocBench) => {
      send({ [SOC]: 40, [CAPACITY]: 80, [ODOMETER]: 1000 });
    };
    const charging = await crashed(idle, async (bench) => {
      await bench.clock.advance(MINUTE);
      startCharge(bench);
      await bench.clock.advance(10 * MINUTE);
    });
    assert.equal(charging.service.predicted(VIN)?.mode, "charging");
    near(soc(charging.service.predicted(VIN)), 42, 1);
    const driving = await crashed(idle, (bench) => drive(bench, 10, 1000));
    assert.equal(driving.service.magic(VIN)?.mode, "driving");
    near(soc(driving.service.magic(VIN)), 37.5, 1);
  });

  it("catches up with the end of a trip", async () => {
    const bench = await crashed(
      (first) => {
        first.send({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 });
        return drive(first, 40, 1000);
      },
      async ({ clock, send }) => {
        send({ [MOVING]: "ASN_isFalse", [SOC]: 70 });
        await clock.advance(20 * MINUTE);
      },
    );
    assert.equal(bench.service.predicted(VIN)?.mode, "idle");
    near(soc(bench.service.magic(VIN)), 70, 0.6);
    assert.equal(bench.service.report(VIN)?.lastDecision?.reason, "learned");
  });

  it("takes nothing twice", async () => {
    // Only the mark of an interrupted charge differs.
    const read = async (files: Files): Promise<unknown> =>
      JSON.parse(String(await files.read("/learning.json")).replaceAll('"isRestored":true', '"isRestored":false'));

    const charge = (bench: SocBench) => {
      startCharge(bench);
      return Promise.resolve();
    };
    for (const before of [charge, (bench: SocBench) => drive(bench, 10, 1000)]) {
      const files = memoryFiles();
      const first = socBench({ files });
      first.send({ [SOC]: 40, [CAPACITY]: 80, [ODOMETER]: 1000, [MOVING]: "ASN_isFalse" });
      await first.clock.advance(MINUTE);
      await before(first);
      first.send({ [SOC]: 39 });
      first.send({ [STATUS]: null, [PORT]: "CONNECTED" });
      await first.stop();
      const saved = await read(files);
      const second = socBench({ files, clock: first.clock });
      await second.load();
      await second.stop();
      assert.deepEqual(await read(files), saved);
    }
  });

  it("is forgotten for another customer", async () => {
    const files = memoryFiles();
    const bench = socBench({ files });
    await bench.load();
    startCharge(bench);
    bench.send({ [FUEL]: 40, [SOC]: 0, [STATUS]: "NOCHARGING" }, OTHER_VIN);
    bench.estimates.length = 0;
    bench.registry.belongTo("another", "former");
    bench.service.belongTo("another", "former");
    assert.deepEqual(bench.estimates, [VIN], "the end of its estimate is told once");
    assert.deepEqual(bench.service.vins, []);
    assert.equal(bench.service.predicted(VIN), null);
    await bench.clock.advance(MINUTE);
    assert.ok(!String(await files.read("/learning.json")).includes(VIN));
    await bench.stop();
    assert.equal(bench.clock.nextAt(), null);
  });
});
