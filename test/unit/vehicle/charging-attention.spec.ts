import assert from "node:assert/strict";
import { PORT, SOC, STATUS, TARGET, TestVehicle } from "../../helpers/test-vehicle.js";
import { START } from "../../helpers/fakes.js";

const EV = "vehicle.drivetrain.electricEngine.charging";
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const PLUGGED = { [PORT]: "CONNECTED" };

/** A car that has stood with its cable out, at 40 of 80 %. */
const parked = (values: Record<string, unknown> = {}) =>
  new TestVehicle().stream(0, { [PORT]: "DISCONNECTED", [STATUS]: "NOCHARGING", [SOC]: 40, [TARGET]: 80, ...values });
const told = (vehicle: TestVehicle, name: string) => vehicle.events.filter((event) => event.name === name);
const notCharging = (vehicle: TestVehicle) => told(vehicle, "pluggedNotCharging");

describe("a car that is plugged in and does not charge", () => {
  it("is told once, a quarter of an hour later, with its level and its target", () => {
    const vehicle = parked()
      .stream(HOUR, PLUGGED)
      .at(HOUR + 14 * MINUTE);
    assert.deepEqual(notCharging(vehicle), []);
    vehicle
      .at(HOUR + 15 * MINUTE)
      .stream(2 * HOUR, { [SOC]: 40 })
      .at(9 * HOUR);
    const pluggedAt = START + HOUR * 1000;
    assert.deepEqual(notCharging(vehicle), [
      { name: "pluggedNotCharging", at: pluggedAt + 15 * MINUTE * 1000, pluggedAt, soc: 40, targetSoc: 80 },
    ]);
  });

  it("is told of each time that it is plugged in", () => {
    const vehicle = parked()
      .stream(HOUR, PLUGGED)
      .at(2 * HOUR);
    vehicle
      .stream(3 * HOUR, { [PORT]: "DISCONNECTED" })
      .stream(4 * HOUR, PLUGGED)
      .at(5 * HOUR);
    assert.equal(notCharging(vehicle).length, 2);
  });

  for (const [title, before, later] of [
    ["it charges in time", {}, { [STATUS]: "CHARGINGACTIVE" }],
    ["it is unplugged in time", {}, { [PORT]: "DISCONNECTED" }],
    ["it is at its target", { [SOC]: 79 }, {}],
    ["it is full and tells no target", { [TARGET]: undefined, [SOC]: 99 }, {}],
    ["its level is unknown", { [SOC]: undefined }, {}],
    ["it does not say whether it charges", { [STATUS]: undefined }, {}],
    ["it is set to charge at certain hours", { [`${EV}.profile.preference`]: "CHARGING_WINDOW" }, {}],
    ["it is set to charge when power is cheap", { [`${EV}.profile.preference`]: "SMART_CHARGING" }, {}],
    ["it is set to charge later", { [`${EV}.profile.mode`]: "DELAYED_CHARGING" }, {}],
    ["a window is chosen", { [`${EV}.windowSelection`]: "CHOSEN" }, {}],
    ["BMW says that it waits", { [`${EV}.hvStatus`]: "WAITING_FOR_CHARGING" }, {}],
    ["its charge pauses", {}, { [STATUS]: "CHARGINGPAUSED" }],
    ["BMW says that it is full", {}, { [`${EV}.hvStatus`]: "FINISHED_FULLY_CHARGED" }],
    ["it gives power", { "vehicle.powertrain.electric.battery.charging.power": -3 }, {}],
  ] as const)
    it(`is not told where ${title}`, () => {
      const vehicle = parked(before)
        .stream(HOUR, PLUGGED)
        .stream(HOUR + 5 * MINUTE, later)
        .at(5 * HOUR);
      assert.deepEqual(notCharging(vehicle), []);
    });

  it("is told where the station stays at the beginning of a charge", () => {
    const vehicle = parked()
      .stream(HOUR, { ...PLUGGED, [STATUS]: "INITIALIZATION" })
      .at(2 * HOUR);
    assert.equal(notCharging(vehicle).length, 1);
  });

  it("has a quarter of an hour from when it may charge at once", () => {
    const preference = `${EV}.profile.preference`;
    const vehicle = parked({ [preference]: "CHARGING_WINDOW" }).stream(HOUR, PLUGGED);
    vehicle.stream(3 * HOUR, { [preference]: "NO_PRESELECTION" }).at(3 * HOUR + 14 * MINUTE);
    assert.deepEqual(notCharging(vehicle), []);
    assert.equal(notCharging(vehicle.at(4 * HOUR)).length, 1);
  });

  it("is not told where nothing was heard of the cable before", () => {
    const vehicle = new TestVehicle().stream(0, { ...PLUGGED, [STATUS]: "NOCHARGING", [SOC]: 40, [TARGET]: 80 });
    assert.deepEqual(notCharging(vehicle.at(5 * HOUR)), []);
  });

  it("is told over a restart if it is due after it, not if it was due meanwhile, and never again", () => {
    const vehicle = parked()
      .stream(HOUR, PLUGGED)
      .at(HOUR + 5 * MINUTE)
      .restart();
    assert.equal(notCharging(vehicle.at(HOUR + 6 * MINUTE).at(2 * HOUR)).length, 1);
    assert.equal(notCharging(vehicle.restart().at(9 * HOUR)).length, 1);
    const away = parked().stream(HOUR, PLUGGED).restart();
    const later = START + 5 * HOUR * 1000;
    assert.deepEqual([away.vehicle.tick(later).events, away.vehicle.tick(later + HOUR * 1000).events], [[], []]);
  });
});

describe("a charge that nobody meant to end", () => {
  const charging = (values: Record<string, unknown> = {}) =>
    parked(values)
      .stream(HOUR, PLUGGED)
      .stream(HOUR + 60, { [STATUS]: "CHARGINGACTIVE" });
  const interrupted = (vehicle: TestVehicle) => told(vehicle, "chargingInterrupted");
  const REASON = `${EV}.hvpmFinishReason`;

  it("is told beside its end, once, when it has not gone on within an hour", () => {
    const vehicle = charging()
      .stream(2 * HOUR, { [STATUS]: "CHARGINGENDED", [SOC]: 60 })
      .at(9 * HOUR);
    const at = START + 2 * HOUR * 1000;
    assert.deepEqual(interrupted(vehicle), [
      { name: "chargingInterrupted", at, startedAt: START + (HOUR + 60) * 1000, soc: 60, targetSoc: 80, cause: null },
    ]);
    assert.deepEqual(vehicle.names.slice(-2), ["chargingEnded", "chargingInterrupted"]);
    assert.deepEqual(notCharging(vehicle), []);
    assert.equal(interrupted(vehicle.restart().at(20 * HOUR)).length, 1);
  });

  it("is told at once where BMW names an error or a fault", () => {
    const error = charging().stream(2 * HOUR, { [STATUS]: "CHARGINGERROR", [SOC]: 60 });
    assert.equal(interrupted(error).length, 1);
    const fault = { [STATUS]: "CHARGINGENDED", [REASON]: "POWERGRID_FAILED", [SOC]: 60 };
    const failed = charging()
      .stream(2 * HOUR, fault)
      .stream(2 * HOUR + 60, { [PORT]: "DISCONNECTED" })
      .at(4 * HOUR);
    assert.deepEqual(
      interrupted(failed).map((event) => event.name === "chargingInterrupted" && event.cause),
      ["POWERGRID_FAILED"],
    );
  });

  for (const [title, before, ended] of [
    ["it has reached its target", {}, { [STATUS]: "CHARGINGENDED", [SOC]: 80 }],
    ["BMW says that it has", {}, { [STATUS]: "FINISHED_FULLY_CHARGED", [SOC]: 60 }],
    ["somebody unplugs it", {}, { [PORT]: "DISCONNECTED", [STATUS]: "NOCHARGING", [SOC]: 60 }],
    ["somebody stops it", {}, { [STATUS]: "CHARGINGENDED", [REASON]: "END_REQUESTED_BY_DRIVER", [SOC]: 60 }],
    [
      "somebody stops it in the app",
      {},
      {
        [STATUS]: "CHARGINGENDED",
        [`${EV}.reasonChargingEnd`]: "CUSTOMER_INTERACTION_AC_CHARGING_STOP_VIA_APP",
        [SOC]: 60,
      },
    ],
    ["its hours are over", { [`${EV}.windowSelection`]: "CHOSEN" }, { [STATUS]: "CHARGINGENDED", [SOC]: 60 }],
    ["its level is unknown", { [SOC]: undefined }, { [STATUS]: "CHARGINGENDED" }],
  ] as const)
    it(`is none where ${title}`, () => {
      const vehicle = charging(before)
        .stream(2 * HOUR, ended)
        .at(9 * HOUR);
      assert.ok(vehicle.names.includes("chargingEnded"));
      assert.deepEqual(interrupted(vehicle), []);
    });

  it("is none where somebody unplugs it a while after it has stopped", () => {
    const vehicle = charging().stream(2 * HOUR, { [STATUS]: "CHARGINGENDED", [SOC]: 60 });
    vehicle.stream(2 * HOUR + 20 * MINUTE, { [PORT]: "DISCONNECTED" }).at(9 * HOUR);
    assert.ok(vehicle.names.includes("chargingEnded"));
    assert.deepEqual(interrupted(vehicle), []);
  });

  it("takes no reason of the charge before", () => {
    const vehicle = charging({ [REASON]: "POWERGRID_FAILED" }).stream(2 * HOUR, {
      [STATUS]: "CHARGINGENDED",
      [SOC]: 80,
    });
    assert.deepEqual(interrupted(vehicle.at(9 * HOUR)), []);
    const unplugged = charging({ [REASON]: "POWERGRID_FAILED" }).stream(2 * HOUR, {
      [PORT]: "DISCONNECTED",
      [SOC]: 60,
    });
    assert.deepEqual(interrupted(unplugged.at(9 * HOUR)), []);
  });

  it("is none in a solar charge that goes on after a cloud", () => {
    const vehicle = charging();
    for (let at = 2 * HOUR; at < 8 * HOUR; at += HOUR) {
      vehicle.stream(at, { [STATUS]: "CHARGINGENDED", [SOC]: 60 });
      vehicle.stream(at + 40 * MINUTE, { [STATUS]: "CHARGINGACTIVE" });
    }
    assert.deepEqual(interrupted(vehicle), []);
  });
});
