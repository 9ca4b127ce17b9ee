import assert from "node:assert/strict";
import { AccountRegistry } from "../../../src/account/account-registry.js";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import { carIdentity, vinOf } from "../../../src/account/vehicle-identity.js";
import { OwnershipRegistry } from "../../../src/account/ownership-registry.js";
import { testAccount } from "../../helpers/account.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";

type Id = "first" | "second";
const ORDERS: readonly (readonly Id[])[] = [
  ["first", "second"],
  ["second", "first"],
];

describe("aliases of several accounts", () => {
  const ownership = new OwnershipRegistry();
  const made = (id: string, vehicles: object[], all = ownership) =>
    testAccount({ id, ownership: all, properties: { name: id, vehicles } });
  const open = (id: string, vehicles: object[]) => {
    const parts = made(id, vehicles);
    parts.account.aliases.deployed();
    return parts;
  };
  const idOf = ({ account }: ReturnType<typeof open>, vin: string) => carIdentity(account, vin)?.id;
  const reported = ({ log }: ReturnType<typeof open>) => log.lines.filter((line) => line.includes("alias"));

  it("stand for one car: the second account is warned, and calls its car by the VIN", async () => {
    const first = open("first", [{ vin: VIN, alias: "Family car" }]);
    const second = open("second", [{ vin: OTHER_VIN, alias: " family/CAR " }]);
    assert.equal(idOf(first, VIN), "Family_car");
    assert.equal(idOf(second, OTHER_VIN), OTHER_VIN);
    assert.deepEqual(carIdentity(second.account, OTHER_VIN)?.serialNumber, OTHER_VIN);
    assert.deepEqual(reported(first), []);
    assert.equal(reported(second).length, 1);
    assert.match(reported(second)[0] ?? "", /warn: .*family\/CAR.*first/);
    // A press or a message that means the other account's car is not obeyed.
    assert.equal(vinOf(second.account, "Family car"), null);
    assert.equal(vinOf(first.account, "Family car"), VIN);
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
    assert.equal(reported(second).length, 1);
    await again.account.close();
    ownership.free("first");
    assert.equal(idOf(second, OTHER_VIN), "anna");
    // The one that comes later is the second one now.
    const last = open("first", [{ vin: VIN, alias: "Anna" }]);
    assert.equal(idOf(last, VIN), VIN);
    assert.equal(reported(last).length, 1);
    await last.account.close();
    await second.account.close();
    ownership.free("first");
    ownership.free("second");
    assert.equal(idOf(open("third", [{ vin: VIN, alias: "Anna" }]), VIN), "Anna");
  });
  describe("that move from one to another in one deploy", () => {
    const moves = async (order: readonly Id[], keepsIt: boolean) => {
      const clock = new SimulatedClock(START);
      const registry = new AccountRegistry(clock);
      const make = (id: string, vehicles: object[]) => made(id, vehicles, registry.ownership);
      const before = [make("first", [{ vin: VIN, alias: "Anna" }]), make("second", [{ vin: OTHER_VIN }])];
      for (const { account } of before) void registry.enter(account);
      await registry.deployed();
      const cars = {
        first: [{ vin: VIN, alias: keepsIt ? "Anna" : "" }],
        second: [{ vin: OTHER_VIN, alias: "Anna" }],
      };
      registry.deploying();
      await Promise.all(before.map(({ account }) => registry.leave(account, Promise.resolve())));
      const parts = new Map(order.map((id) => [id, make(id, cars[id])]));
      const second = parts.get("second")!;
      const early = { id: idOf(second, OTHER_VIN), told: reported(second).length };
      for (const { account } of parts.values()) void registry.enter(account);
      await registry.deployed();
      await settle();
      const late = { id: idOf(second, OTHER_VIN), told: reported(second).length };
      const first = idOf(parts.get("first")!, VIN);
      for (const { account } of parts.values()) await registry.leave(account, Promise.resolve());
      return { early, late, first };
    };

    for (const order of ORDERS)
      it(`are the other one's from the first, without a word (${order.join(" before ")})`, async () => {
        const { early, late, first } = await moves(order, false);
        assert.deepEqual(early, { id: "Anna", told: 0 });
        assert.deepEqual(late, { id: "Anna", told: 0 });
        assert.equal(first, VIN);
      });

    it("stay with the first that still has it; the other one is warned when the deploy is over", async () => {
      for (const order of ORDERS) {
        const { early, late, first } = await moves(order, true);
        assert.equal(early.told, 0);
        assert.deepEqual([late, first], [{ id: OTHER_VIN, told: 1 }, "Anna"]);
      }
    });
  });
});
