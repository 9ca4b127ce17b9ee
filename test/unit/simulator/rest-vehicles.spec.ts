import assert from "node:assert/strict";
import fc from "fast-check";
import { commuter, parkedCar, petrolCar, secondaryCar } from "../../simulator/cars/everyday.js";
import { codeOf, MIDNIGHT, restBench } from "./rest-bench.js";

const RESOURCES = [
  "basicData",
  "telematicData?containerId=ABCDEFGHIJKL1",
  "chargingHistory?from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z",
  "smartMaintenanceTyreDiagnosis",
  "image",
  "locationBasedChargingSettings",
];

describe("simulated REST: vehicles", () => {
  it("wants a token, a known one, the version header and the right scope on every path and for every method", async () => {
    const { call } = restBench();
    const paths = ["/customers/vehicles/mappings", "/customers/containers", "/customers/vehicles/x/image"];
    for (const path of paths)
      for (const method of ["GET", "POST", "DELETE"] as const) {
        assert.equal(codeOf(await call(path, { method, headers: {} })), "401 CU-100");
        const unknown = { Authorization: "Bearer x", "x-version": "v1" };
        assert.equal(codeOf(await call(path, { method, headers: unknown })), "401 CU-101");
      }
    const { bmw, call: ask } = restBench();
    const headers = { authorization: `Bearer ${bmw.issueTokens().access_token}` };
    assert.equal(codeOf(await ask("/customers/containers", { headers })), "400 CU-400");
    const { call: streamOnly } = restBench({ scopes: ["openid", "cardata:streaming:read"] });
    assert.equal(codeOf(await streamOnly("/customers/vehicles/mappings")), "403 CU-103");
  });

  it("reports an expired token", async () => {
    const { call, clock } = restBench({ tokenLife: 3600 });
    await clock.advance(3_600_000);
    assert.equal(codeOf(await call("/customers/vehicles/mappings")), "401 CU-102");
  });

  it("answers mappings in each shape that was seen", async () => {
    const cars = [parkedCar(MIDNIGHT), secondaryCar(MIDNIGHT)];
    const mappings = async (mappingShape?: "array" | "mappings" | "vehicles" | "single") => {
      const { call } = restBench({ cars, ...(mappingShape && { mappingShape }) });
      return JSON.parse((await call("/customers/vehicles/mappings")).bytes.toString()) as unknown;
    };
    const list = await mappings();
    assert.deepEqual(
      (list as { vin: string; mappingType: string }[]).map(({ vin, mappingType }) => [vin, mappingType]),
      cars.map(({ vin, role }) => [vin, role]),
    );
    assert.deepEqual(await mappings("array"), list);
    assert.deepEqual(await mappings("mappings"), { mappings: list });
    assert.deepEqual(await mappings("vehicles"), { vehicles: list });
    assert.deepEqual(await mappings("single"), (list as unknown[])[0]);
  });

  for (const resource of RESOURCES) {
    const name = resource.replace(/\?.*/, "");
    it(`refuses ${name} of a car that is secondary, foreign or refused, and a VIN that is none`, async () => {
      const [parked, secondary] = [parkedCar(MIDNIGHT), secondaryCar(MIDNIGHT)];
      const { ofCar, bmw } = restBench({ cars: [parked, secondary] });
      const ask = async (vin: string) => codeOf(await ofCar(vin, resource));
      assert.equal(await ask(secondary.vin), "403 CU-104");
      assert.equal(await ask("WBA9Z9Z90N7A00009"), "403 CU-104");
      assert.equal(await ask(parked.vin.toLowerCase()), "400 CU-120");
      assert.equal(await ask("WBA"), "400 CU-120");
      assert.equal(await ask("%E0%A4%A"), "400 CU-120");
      const before = await ask(parked.vin);
      bmw.faults.refuseCar(parked.vin);
      assert.equal(await ask(parked.vin), "403 CU-104");
      bmw.faults.refuseCar(parked.vin, false);
      assert.equal(await ask(parked.vin), before);
    });
  }

  it("answers basic data as the car has them", async () => {
    const car = petrolCar(MIDNIGHT);
    const { ofCar } = restBench({ cars: [car] });
    assert.deepEqual((await ofCar(car.vin, "basicData")).body, car.basicData);
    assert.equal(car.basicData["driveTrain"], "CONV");
  });

  it("answers tyres, worn ones, and nothing where there is no record", async () => {
    const { bmw, ofCar } = restBench();
    const [good, worn, unknown] = await Promise.all(
      bmw.cars.map(async ({ vin }) => (await ofCar(vin, "smartMaintenanceTyreDiagnosis")).body),
    );
    const wheel = (body: unknown) =>
      (body as { passengerCar: { mountedTyres: { frontLeft: { tyreWear: { statusColor: string; unit: string } } } } })
        .passengerCar.mountedTyres.frontLeft.tyreWear;
    assert.deepEqual([wheel(good).statusColor, wheel(good).unit], ["GREEN", "KILOMETER"]);
    assert.equal(wheel(worn).statusColor, "YELLOW");
    assert.deepEqual(unknown, { passengerCar: {}, errors: [] });
  });

  it("answers a picture of each car but one, which has none", async () => {
    const { bmw, ofCar } = restBench();
    const [first, second, third] = await Promise.all(bmw.cars.map(({ vin }) => ofCar(vin, "image")));
    assert.ok(first && second && third);
    assert.equal(first.headers["content-type"], "image/png");
    assert.equal(first.bytes.toString("latin1", 1, 4), "PNG");
    assert.ok(first.bytes.length > 100);
    assert.equal(first.bytes.includes("IEND"), true);
    assert.notDeepEqual(second.bytes, first.bytes);
    assert.equal(codeOf(third), "404 CU-126");
  });

  it("answers charging settings by place in pages, and CU-127 for a car without any", async () => {
    const { bmw, ofCar } = restBench();
    const [many, one, none] = bmw.cars.map(({ vin }) => vin);
    assert.ok(many && one && none);
    const first = (await ofCar(many, "locationBasedChargingSettings")).body;
    const token = String(first["nextToken"]);
    const second = (await ofCar(many, `locationBasedChargingSettings?nextToken=${token}`)).body;
    const places = [first, second].map((page) => page["data"] as { id: string; vehicleIdWithGcid: string }[]);
    assert.deepEqual(
      places.map(({ length }) => length),
      [10, 2],
    );
    assert.equal(new Set(places.flat().map(({ id }) => id)).size, 12);
    assert.equal("nextToken" in second, false);
    assert.equal(places[0]?.[0]?.vehicleIdWithGcid, `${many}_${bmw.gcid}`);
    assert.equal(codeOf(await ofCar(one, `locationBasedChargingSettings?nextToken=${token}`)), "400 CU-125");
    assert.equal(codeOf(await ofCar(none, "locationBasedChargingSettings")), "404 CU-127");
  });

  it("refuses what it does not know as BMW does, with CU-403", async () => {
    const { call, bmw } = restBench({ cars: [commuter(MIDNIGHT)] });
    const vin = bmw.cars[0]?.vin ?? "";
    const unknown = ["/", "/customer/containers", `/customers/vehicles/${vin}`, `/customers/vehicles/${vin}/speed`];
    for (const path of unknown) assert.equal(codeOf(await call(path)), "403 CU-403", path);
    assert.equal(codeOf(await call("/customers/vehicles/mappings", { method: "DELETE" })), "403 CU-403");
  });

  it("answers whatever it is asked, and always in BMW's form", async () => {
    const part = fc.oneof(
      fc.constantFrom("customers", "vehicles", "containers", "image", "telematicData", "mappings"),
      fc.string(),
    );
    const question = fc.record({
      method: fc.constantFrom("GET" as const, "POST" as const, "DELETE" as const),
      parts: fc.array(part, { maxLength: 5 }),
      body: fc.oneof(fc.string(), fc.json()),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ method, parts, body }) => {
        const { call } = restBench({ cars: [parkedCar(MIDNIGHT)] });
        const path = parts.map((one) => `/${encodeURIComponent(one)}`).join("");
        const { status, error, bytes } = await call(path, { method, body });
        if (status < 300) assert.ok(bytes.length > 0);
        else assert.match(String(error), /^CU-\d{3}$/);
      }),
    );
  });
});
