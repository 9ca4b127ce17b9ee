import assert from "node:assert/strict";
import type { CockpitCar } from "../../../src/cockpit/contract.js";
import { cockpitModel } from "../../helpers/cockpit-model.js";
import { VIN } from "../../helpers/fakes.js";
import { ODOMETER, PORT, SOC, STATUS, TARGET } from "../../helpers/test-vehicle.js";

const TRUNK = "vehicle.body.trunk";
const TYRE = "vehicle.chassis.axle.row1.wheel.left.tire";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";

describe("a car as the cockpit shows it", () => {
  let model: ReturnType<typeof cockpitModel>;
  beforeEach(() => {
    model = cockpitModel();
  });
  afterEach(() => model.close());

  const car = (): CockpitCar => {
    const [one] = model.snapshot().cars;
    assert.ok(one !== undefined);
    return one;
  };

  it("has null for everything that it has not told, never 0", async () => {
    const account = await model.add("a1");
    model.tell(account, VIN, { "vehicle.new.thing": "x" });
    const { key, name, vinEnd, lastHeard, account: id, ...rest } = car();
    assert.deepEqual(rest, {
      ...{ model: "", driveType: null, picture: null, level: null, reported: null, target: null, range: null },
      ...{ fuel: null, odometer: null, isPlugged: null, isCharging: null, isLocked: null, isDriving: false },
      ...{ charge: null, values: 1, driverSide: null, openings: [], tyres: [], temperatures: [], position: null },
      service: { distance: null, inspection: null },
      distanceUnit: "km",
      journal: 0,
    });
    assert.deepEqual([name, vinEnd, id], [`BMW …${VIN.slice(-4)}`, `…${VIN.slice(-4)}`, "a1"]);
    assert.ok(lastHeard !== null && key !== "");
  });

  it("knows nothing of what cannot be: distances and pressures below 0, a tyre that is to have none", async () => {
    const account = await model.add("a1");
    model.tell(account, VIN, {
      "vehicle.vehicle.travelledDistance": -1,
      "vehicle.drivetrain.electricEngine.remainingElectricRange": -1,
      [`${TYRE}.pressure`]: -250,
      [`${TYRE}.pressureTarget`]: 0,
    });
    const { odometer, range, tyres } = car();
    assert.deepEqual([odometer, range], [null, null]);
    assert.deepEqual(
      tyres.map(({ pressureKpa, targetKpa }) => [pressureKpa, targetKpa]),
      [[null, null]],
    );
    model.tell(account, VIN, {
      "vehicle.vehicle.travelledDistance": 0,
      "vehicle.drivetrain.electricEngine.remainingElectricRange": 0,
      [`${TYRE}.pressure`]: 0,
    });
    assert.deepEqual([car().odometer?.value, car().range?.value, car().tyres[0]?.pressureKpa], [0, 0, 0]);
  });

  it("shows openings, tyres, service and place in one form, whatever the car's words and units", async () => {
    const account = await model.add("a1");
    model.tell(account, VIN, {
      "vehicle.cabin.door.row1.driver.isOpen": "OPEN",
      "vehicle.cabin.window.row2.passenger.status": "INTERMEDIATE",
      "vehicle.cabin.sunroof.overallStatus": "CLOSED",
      "vehicle.body.hood.isOpen": "CLOSED",
      [`${TRUNK}.isOpen`]: "CLOSED",
      [`${TRUNK}.lower.door.isOpen`]: "OPEN",
      "vehicle.status.serviceDistance.next": 12_000,
      "vehicle.status.serviceTime.inspectionDateLegal": "2027-01-17T00:00:00Z",
      [`${LOCATION}.latitude`]: 48.1,
      [`${LOCATION}.longitude`]: 11.5,
    });
    const { openings, service, position } = car();
    assert.deepEqual(
      openings.map(({ place, isOpen }) => [place, isOpen]),
      [
        ["doorFrontDriver", true],
        ["windowRearPassenger", true],
        ["bonnet", false],
        ["boot", true],
        ["sunroof", false],
      ],
    );
    assert.deepEqual(
      [service.distance?.value, service.distance?.unit, service.inspection],
      [12_000, "km", "2027-01-17"],
    );
    assert.deepEqual([position?.latitude, position?.longitude, position?.heading], [48.1, 11.5, null]);
  });

  it("shows pressures in kPa and temperatures in °C, also of cars that tell others", async () => {
    const account = await model.add("a1");
    const timestamp = new Date(model.clock.now()).toISOString();
    const data = {
      [`${TYRE}.pressure`]: { value: 36, unit: "psi", timestamp },
      [`${TYRE}.pressureTarget`]: { value: 2.5, unit: "bar", timestamp },
      [`${TYRE}.temperature`]: { value: 68, unit: "fahrenheit", timestamp },
    };
    account.registry.receive("bmw", Buffer.from(JSON.stringify({ vin: VIN, data })), model.clock.now());
    const [tyre] = car().tyres;
    assert.deepEqual([tyre?.place, tyre?.pressureKpa, tyre?.targetKpa, tyre?.temperature], ["frontLeft", 248, 250, 20]);
  });

  it("counts in the unit in which the car tells its odometer, and exports its journal in that", async () => {
    const account = await model.add("a1");
    const timestamp = new Date(model.clock.now()).toISOString();
    const data = { [ODOMETER]: { value: 12_345, unit: "miles", timestamp } };
    account.registry.receive("bmw", Buffer.from(JSON.stringify({ vin: VIN, data })), model.clock.now());
    const { key, distanceUnit, odometer } = car();
    assert.deepEqual([distanceUnit, odometer?.value, odometer?.unit], ["mi", 12_345, "mi"]);
    const { text } = await model.cockpit.exported(key, { what: "trips", month: "", language: "en" });
    assert.match(text, /Distance \[mi\]/);
  });

  it("says that it does not know where the car says so", async () => {
    const account = await model.add("a1");
    model.tell(account, VIN, { "vehicle.cabin.sunroof.status": "INVALID", "vehicle.body.hood.isOpen": null });
    assert.deepEqual(
      car().openings.map(({ place, isOpen }) => [place, isOpen]),
      [
        ["bonnet", null],
        ["sunroof", null],
      ],
    );
  });

  it("shows the estimate of an electric car with its band and charge, beside BMW's own value", async () => {
    const account = await model.add("a1", {
      vehicles: [{ vin: VIN, name: "Ours", driveType: "bev", capacityKwh: 60 }],
    });
    model.tell(account, VIN, { [SOC]: 50, [PORT]: "CONNECTED", [STATUS]: "CHARGINGACTIVE", [TARGET]: 80 });
    model.tell(account, VIN, { "vehicle.powertrain.electric.battery.charging.power": 11_000 });
    await model.clock.advance(30 * 60_000);
    const { name, level, reported, charge, target, isCharging, isPlugged } = car();
    assert.deepEqual([name, reported?.value, target, isCharging, isPlugged], ["Ours", 50, 80, true, true]);
    assert.ok(level?.source === "estimate" && level.mode === "charging");
    assert.ok(level.value > 55 && (level.low ?? 0) < level.value && (level.high ?? 0) > level.value);
    assert.ok(charge?.powerKw === 11 && (charge.minutesToTarget ?? 0) > 60 && charge.startedAt !== null);
  });

  it("is called by what its owner wrote, short, without secrets and whole VINs", async () => {
    const name = `<img src=x onerror=alert(1)> ${VIN} ${"x".repeat(500)}`;
    const account = await model.add("a1", { vehicles: [{ vin: VIN, name }] });
    model.tell(account, VIN, { [SOC]: 50 });
    const shown = car().name;
    assert.ok(shown.startsWith("<img src=x") && shown.length <= 100 && !shown.includes(VIN), shown);
  });
});

describe("the values of a car", () => {
  it("are shown as they are, but short and without secrets, in the language of the page", async () => {
    const model = cockpitModel();
    const account = await model.add("a1");
    const token = `eyJ${"a".repeat(40)}.eyJ${"b".repeat(40)}.${"c".repeat(40)}`;
    model.tell(account, VIN, {
      [SOC]: 50,
      "vehicle.strange.script": "</script><script>alert(1)</script>",
      "vehicle.strange.token": `Bearer ${token}`,
      "vehicle.strange.long": "y".repeat(4000),
      "vehicle.strange.gone": null,
    });
    const [key = ""] = model.snapshot().cars.map((one) => one.key);
    const { values, vin, account: id } = model.cockpit.values(key, "de");
    const value = (name: string) => values.find(({ descriptor }) => descriptor === name);
    assert.deepEqual([vin, id], [VIN, "a1"]);
    assert.deepEqual([value(SOC)?.value, value(SOC)?.unit], [50, "%"]);
    assert.equal(value("vehicle.strange.script")?.value, "</script><script>alert(1)</script>");
    assert.equal(value("vehicle.strange.script")?.name, "Strange script");
    assert.ok(!JSON.stringify(values).includes(token));
    assert.ok(String(value("vehicle.strange.long")?.value).length <= 500);
    assert.equal(
      model.cockpit.values(key, "xx").values.find(({ descriptor }) => descriptor === SOC)?.name !== "",
      true,
    );
    await model.close();
  });
});
