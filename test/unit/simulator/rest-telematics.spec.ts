import assert from "node:assert/strict";
import { commuter, parkedCar, petrolCar } from "../../simulator/cars/everyday.js";
import { DAY, HOUR, MIDNIGHT, MINUTE, restBench, SECOND, codeOf } from "./rest-bench.js";

const HEADER = "vehicle.drivetrain.batteryManagement.header";
const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
const PHASES = "vehicle.drivetrain.electricEngine.charging.phaseNumber";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const RANGE = "vehicle.drivetrain.electricEngine.remainingElectricRange";
const FUEL = "vehicle.drivetrain.fuelSystem.remainingFuel";
const CHECK = "vehicle.status.checkControlMessages";

describe("simulated REST: telematic data", () => {
  it("returns every key of the container as text, with units in words; the odometer has none", async () => {
    const { bmw, container, data } = restBench({ cars: [parkedCar(MIDNIGHT)] });
    const id = await container([HEADER, RANGE, ODOMETER, CHECK, "vehicle.some.newKey", FUEL]);
    const car = bmw.cars[0]!;
    const answer = await data(car.vin, id);
    const timestamp = new Date(MIDNIGHT).toISOString();
    assert.deepEqual(answer[HEADER], { value: "55", unit: "percent", timestamp });
    assert.equal(answer[RANGE]?.unit, "kilometers");
    assert.deepEqual(answer[ODOMETER], { value: String(Math.floor(car.truth().odometerKm)), unit: null, timestamp });
    const nothing = { value: null, timestamp: null };
    assert.deepEqual(answer[CHECK], { ...nothing, unit: null });
    assert.deepEqual(answer["vehicle.some.newKey"], { ...nothing, unit: null });
    assert.deepEqual(answer[FUEL], { ...nothing, unit: "liters" });
    assert.equal(Object.keys(answer).length, 6);
  });

  it("keeps the unit of a key without a value", async () => {
    const { bmw, container, data } = restBench({ cars: [petrolCar(MIDNIGHT)] });
    const answer = await data(bmw.cars[0]!.vin, await container([HEADER, FUEL]));
    assert.deepEqual(answer[HEADER], { value: null, unit: "percent", timestamp: null });
    assert.equal(answer[FUEL]?.value, "45.0");
  });

  it("takes basic vehicle data into a container and never returns them", async () => {
    const { bmw, container, data } = restBench({ cars: [parkedCar(MIDNIGHT)] });
    const id = await container([HEADER, "vehicle.vehicleIdentification.basicVehicleData"]);
    assert.deepEqual(Object.keys(await data(bmw.cars[0]!.vin, id)), [HEADER]);
  });

  it("is 40 seconds behind the car: a poll right at the end of a charge still reports the charge", async () => {
    const { bmw, container, data, pass } = restBench({ cars: [commuter(MIDNIGHT)] });
    const car = bmw.cars[0]!;
    const id = await container([STATUS, PHASES, HEADER]);
    const status = async () => (await data(car.vin, id))[STATUS]?.value;
    await pass(22 * HOUR);
    await pass(MINUTE);
    assert.equal(await status(), "CHARGINGACTIVE");
    while (car.truth().charging !== null) await pass(SECOND);
    const endedAt = car.truth().time;
    await pass(39 * SECOND);
    assert.equal(await status(), "CHARGINGACTIVE");
    await pass(SECOND);
    const answer = await data(car.vin, id);
    assert.equal(answer[STATUS]?.value, "CHARGINGENDED");
    assert.equal(answer[STATUS]?.timestamp, new Date(endedAt).toISOString());
    assert.equal(answer[PHASES]?.value, "1-PHASES");
  });

  it("has the lag that a test wants", async () => {
    const { bmw, container, data, pass } = restBench({ cars: [commuter(MIDNIGHT)], snapshotLagMs: 0 });
    const id = await container([STATUS]);
    await pass(22 * HOUR);
    assert.equal((await data(bmw.cars[0]!.vin, id))[STATUS]?.value, "CHARGINGACTIVE");
  });

  it("dates measured values anew with each upload, and keeps the time of a state that did not change", async () => {
    const { bmw, container, data, pass } = restBench({ cars: [commuter(MIDNIGHT)] });
    const id = await container([HEADER, STATUS, PHASES]);
    await pass(22 * HOUR);
    await pass(20 * MINUTE);
    const answer = await data(bmw.cars[0]!.vin, id);
    const chargeStart = new Date(MIDNIGHT + 22 * HOUR).toISOString();
    assert.deepEqual([answer[STATUS]?.timestamp, answer[PHASES]?.timestamp], [chargeStart, chargeStart]);
    assert.equal(answer[PHASES]?.value, "3-PHASES");
    assert.equal(answer[HEADER]?.timestamp, new Date(MIDNIGHT + 22 * HOUR + 15 * MINUTE).toISOString());
  });

  it("has the charge level of cars that never stream it", async () => {
    const { bmw, container, data, pass } = restBench({ cars: [commuter(MIDNIGHT)] });
    const id = await container([HEADER]);
    const streamed: string[] = [];
    bmw.onReport((_vin, payload) => streamed.push(...Object.keys(payload.data)));
    const before = (await data(bmw.cars[0]!.vin, id))[HEADER]?.value;
    await pass(12 * HOUR);
    assert.ok(Number((await data(bmw.cars[0]!.vin, id))[HEADER]?.value) < Number(before));
    assert.equal(streamed.includes(HEADER), false);
    assert.ok(streamed.length > 0);
  });

  it("refuses a container that is unknown, deleted, invalid or no container", async () => {
    const { bmw, container, ofCar, remove } = restBench({ cars: [parkedCar(MIDNIGHT)] });
    const { vin } = bmw.cars[0]!;
    const read = async (id: string) => codeOf(await ofCar(vin, `telematicData?containerId=${id}`));
    assert.equal(await read("ABCDEFGHIJKL1"), "403 CU-105");
    assert.equal(await read("short"), "400 CU-121");
    assert.equal(codeOf(await ofCar(vin, "telematicData")), "400 CU-121");
    const id = await container([HEADER]);
    await remove(id);
    assert.equal(await read(id), "403 CU-105");
    const other = await container([HEADER]);
    bmw.faults.invalidateContainer("ACTIVE");
    assert.equal(await read(other), "403 CU-105");
    const lost = await container([HEADER]);
    bmw.faults.loseContainers();
    assert.equal(await read(lost), "403 CU-105");
  });

  it("says the same state all day of a parked car", async () => {
    const { bmw, container, data, pass } = restBench({ cars: [parkedCar(MIDNIGHT)] });
    const id = await container([HEADER, ODOMETER, STATUS]);
    const first = await data(bmw.cars[0]!.vin, id);
    await pass(DAY);
    assert.deepEqual(await data(bmw.cars[0]!.vin, id), first);
  });
});
