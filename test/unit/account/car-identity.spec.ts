import assert from "node:assert/strict";
import { carIdentity, driveTypeOf, vehicleIdOf, vinOf, withVin } from "../../../src/account/vehicle-identity.js";
import { testAccount } from "../../helpers/account.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";

const named = (vehicles: { vin: string; alias: string }[]) => ({
  vehicles,
  announced: { idOf: () => null, vinOf: () => null },
  aliases: { isTaken: () => false },
});
const cars = (...aliases: string[]) => [VIN, OTHER_VIN].map((vin, index) => ({ vin, alias: aliases[index] ?? "" }));

describe("the name of a car in topics", () => {
  it("is its alias with letters, digits, _ and - alone, else its VIN", () => {
    assert.equal(vehicleIdOf(cars(), VIN), VIN);
    assert.equal(vehicleIdOf([], VIN), VIN);
    assert.equal(vehicleIdOf(cars("Anna-2"), VIN), "Anna-2");
    assert.equal(vehicleIdOf(cars("Mein i4/+#ü"), VIN), "Mein_i4____");
  });

  it("is the VIN of the second car with the same alias, and where the alias reads like a VIN", () => {
    const shared = cars("Family car", "family/CAR");
    assert.deepEqual([vehicleIdOf(shared, VIN), vehicleIdOf(shared, OTHER_VIN)], ["Family_car", OTHER_VIN]);
    assert.equal(vehicleIdOf(cars(OTHER_VIN), VIN), VIN);
  });

  it("is understood where a message names a car", () => {
    const vehicles = cars("Mein i4", "");
    for (const name of ["Mein i4", "Mein_i4", " mein I4 ", VIN, VIN.toLowerCase()])
      assert.equal(vinOf(named(vehicles), name), VIN, name);
    for (const name of ["", " ", "i4", null, undefined, 7, {}]) assert.equal(vinOf(named(vehicles), name), null);
    assert.deepEqual(withVin({ vin: "Mein_i4", payload: 1 }, named(vehicles)), { vin: VIN, payload: 1 });
  });

  it("leaves messages alone that name no car so", () => {
    for (const message of [{ vin: VIN }, { vin: "nobody" }, { vin: "" }, { payload: 1 }, null, 7])
      assert.equal(withVin(message, named(cars("Anna"))), message);
  });
});

describe("how a car is presented", () => {
  const account = async (vehicles: object[] = [], basicData: object | null = null) => {
    const { account } = testAccount({ properties: { vehicles } });
    await account.open();
    account.registry.mapped(VIN, "primary");
    if (basicData !== null) account.registry.described(VIN, basicData as Record<string, unknown>);
    return account;
  };

  it("is by brand and model, else by the end of its VIN", async () => {
    const basicData = { brand: "MINI", modelName: "Cooper SE" };
    assert.deepEqual(carIdentity(await account([], basicData), VIN), {
      id: VIN,
      name: "MINI Cooper SE",
      manufacturer: "MINI",
      model: "Cooper SE",
      serialNumber: VIN,
      driveType: null,
      softwareVersion: null,
    });
    assert.deepEqual(carIdentity(await account(), VIN), {
      id: VIN,
      name: `BMW …${VIN.slice(-4)}`,
      manufacturer: "BMW",
      model: null,
      serialNumber: VIN,
      driveType: null,
      softwareVersion: null,
    });
  });

  it("is by the user's words, and with an alias never by its VIN", async () => {
    const both = carIdentity(await account([{ vin: VIN, name: "Family car", alias: "fam" }]), VIN);
    assert.deepEqual([both?.name, both?.id, both?.serialNumber], ["Family car", "fam", null]);
    const hidden = carIdentity(await account([{ vin: VIN, alias: "fam" }]), VIN);
    assert.ok(!JSON.stringify(hidden).includes(VIN.slice(-4)));
  });

  it("keeps the id of its first announcement, whatever it is called later, until another car is called so", async () => {
    const known = async (id: string, vehicles: object[]) => {
      const one = await account(vehicles);
      const place = { mode: "device", prefix: "homeassistant", base: "cardata", id } as const;
      const car = { vin: VIN, place, components: {}, topics: [], subjects: [], fixed: [], imageType: null };
      await one.announced.keep("node", { availability: null, cars: [car] });
      return one;
    };
    const named = await known(VIN, [{ vin: VIN, alias: "fam" }]);
    const { id, name } = carIdentity(named, VIN) ?? {};
    assert.deepEqual([id, name, vinOf(named, "fam")], [VIN, "fam", VIN]);
    const renamed = await known("fam", [{ vin: VIN, alias: "Anna" }, { vin: OTHER_VIN }]);
    // A button in Home Assistant still names it so.
    assert.deepEqual([carIdentity(renamed, VIN)?.id, vinOf(renamed, "fam")], ["fam", VIN]);
    const swapped = await known("fam", [
      { vin: VIN, alias: "Anna" },
      { vin: OTHER_VIN, alias: "fam" },
    ]);
    assert.deepEqual([carIdentity(swapped, VIN)?.id, carIdentity(swapped, OTHER_VIN)?.id], ["Anna", "fam"]);
    assert.equal(vinOf(swapped, "fam"), OTHER_VIN);
  });

  it("is nothing for a car that is ignored or unknown; one that is set up is known", async () => {
    assert.equal(carIdentity(await account(), OTHER_VIN), null);
    assert.equal(carIdentity(await account([{ vin: VIN, ignore: true }]), VIN), null);
    assert.notEqual(carIdentity(await account([{ vin: OTHER_VIN }]), OTHER_VIN), null);
  });

  it("has the drive type that is also told alone", async () => {
    const electric = await account([{ vin: OTHER_VIN }], { driveTrain: "BEV" });
    const ignoring = await account([{ vin: VIN, ignore: true }]);
    for (const [cars, vin] of [
      [electric, VIN],
      [electric, OTHER_VIN],
      [await account(), OTHER_VIN],
      [ignoring, VIN],
    ] as const)
      assert.equal(driveTypeOf(cars, vin), carIdentity(cars, vin)?.driveType);
    assert.equal(driveTypeOf(electric, VIN), "bev");
  });
});
