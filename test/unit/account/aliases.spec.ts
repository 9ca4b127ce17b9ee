import assert from "node:assert/strict";
import { carIdentity, vinOf } from "../../../src/account/vehicle-identity.js";
import { OwnershipRegistry } from "../../../src/account/ownership-registry.js";
import { testAccount } from "../../helpers/account.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";

describe("aliases of several accounts", () => {
  const ownership = new OwnershipRegistry();
  const open = (id: string, vehicles: object[]) => testAccount({ id, ownership, properties: { name: id, vehicles } });
  const idOf = ({ account }: ReturnType<typeof open>, vin: string) => carIdentity(account, vin)?.id;
  const told = ({ log }: ReturnType<typeof open>) => log.lines.filter((line) => line.includes("alias"));

  it("stand for one car: the second account is told, and calls its car by the VIN", async () => {
    const first = open("first", [{ vin: VIN, alias: "Family car" }]);
    const second = open("second", [{ vin: OTHER_VIN, alias: " family/CAR " }]);
    assert.equal(idOf(first, VIN), "Family_car");
    assert.equal(idOf(second, OTHER_VIN), OTHER_VIN);
    assert.deepEqual(carIdentity(second.account, OTHER_VIN)?.serialNumber, OTHER_VIN);
    assert.deepEqual(told(first), []);
    assert.equal(told(second).length, 1);
    assert.match(told(second)[0] ?? "", /warn: .*family\/CAR.*first/);
    // A press or a message that means the other account's car is not obeyed.
    assert.equal(vinOf(second.account.vehicles, "Family car"), null);
    assert.equal(vinOf(first.account.vehicles, "Family car"), VIN);
    await first.account.close();
    await second.account.close();
  });

  it("are taken over once all accounts are there and the first has given them up, not before", async () => {
    const first = open("first", [{ vin: VIN, alias: "Anna" }]);
    const second = open("second", [{ vin: OTHER_VIN, alias: "anna" }]);
    await first.account.close();
    // It may only be starting anew.
    assert.equal(idOf(second, OTHER_VIN), OTHER_VIN);
    const again = open("first", [{ vin: VIN, alias: "Anna" }]);
    ownership.free("first");
    assert.deepEqual([idOf(again, VIN), idOf(second, OTHER_VIN)], ["Anna", OTHER_VIN]);
    assert.equal(told(second).length, 1);
    await again.account.close();
    ownership.free("first");
    assert.equal(idOf(second, OTHER_VIN), "anna");
    // The one that comes later is the second one now.
    const last = open("first", [{ vin: VIN, alias: "Anna" }]);
    assert.equal(idOf(last, VIN), VIN);
    assert.equal(told(last).length, 1);
    await last.account.close();
    await second.account.close();
    ownership.free("first");
    ownership.free("second");
    assert.equal(idOf(open("third", [{ vin: VIN, alias: "Anna" }]), VIN), "Anna");
  });
});
