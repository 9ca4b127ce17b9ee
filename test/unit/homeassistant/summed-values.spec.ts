import assert from "node:assert/strict";
import { journalValues, type JournalFacts, type JournalValue } from "../../../src/journal/journal-values.js";
import { readEntry, type ChargeEntry, type TripEntry } from "../../../src/journal/entry.js";
import { batteryHealth } from "../../../src/journal/battery-health.js";
import { evidenceOf } from "../../../src/journal/capacity-evidence.js";
import { sumsBy } from "../../../src/journal/sums.js";
import { journalValueMessage, valueMessage } from "../../../src/messages/descriptor-message.js";
import { StreamOutput } from "../../../src/messages/stream-output.js";
import { announcing, identity } from "../../helpers/announcing.js";
import { START, VIN } from "../../helpers/fakes.js";
import { lateConsumer } from "../../helpers/late-consumer.js";
import { DOORS, TestVehicle } from "../../helpers/test-vehicle.js";

const ORIGIN = { topicBase: "cardata" };
const TOTAL = "journal.totalEnergyCharged";
const BOOT = "vehicle.body.trunk.isOpen";
const SHOWN = ["openings", "openings/open", "secured"];
const CLOSED = {
  "vehicle.cabin.door.row1.driver.isOpen": "CLOSED",
  "vehicle.cabin.door.row1.passenger.isOpen": "CLOSED",
};

const keyOf = (descriptor: string) => descriptor.replaceAll(".", "_");

async function announced(messages: readonly object[], options: Parameters<typeof announcing>[0] = {}) {
  const work = announcing(options);
  for (const message of messages) work.take(message);
  await work.settle();
  return { ...work, component: (descriptor: string) => work.components()[keyOf(descriptor)] };
}

describe("what an owner sees: what is open", () => {
  const messages = (values: Record<string, unknown>) =>
    new TestVehicle().stream(0, values).vehicle.values.map((value) => valueMessage(ORIGIN, VIN, value));

  for (const [language, closed, open] of [
    ["en", "Closed", "Boot lid"],
    ["de", "Geschlossen", "Heckklappe"],
  ] as const)
    it(`is told in ${language}, with something for automations beside it`, async () => {
      const shut = await announced(messages({ ...CLOSED, [DOORS]: "LOCKED" }), { language });
      assert.deepEqual(
        SHOWN.map((name) => shut.state(name)),
        [closed, "OFF", "OFF"],
      );
      assert.equal(shut.component("openings_open")?.["device_class"], "opening");
      assert.equal(shut.component("secured")?.["device_class"], "safety");
      assert.equal("enabled_by_default" in (shut.component("openings") ?? {}), false);
      const left = await announced(messages({ ...CLOSED, [DOORS]: "LOCKED", [BOOT]: true }), { language });
      assert.ok(String(left.state("openings")).startsWith(open));
      assert.deepEqual(
        SHOWN.slice(1).map((name) => left.state(name)),
        ["ON", "ON"],
      );
      assert.deepEqual(lateConsumer(left.broker).findings, []);
    });

  it("is unknown where the car does not know any more", async () => {
    const vehicle = new TestVehicle().stream(0, { ...CLOSED, [DOORS]: "LOCKED" });
    vehicle.stream(60, { [BOOT]: false }).stream(120, { [BOOT]: "INVALID" });
    const all = vehicle.outcomes.flatMap(({ values }) => values).map((value) => valueMessage(ORIGIN, VIN, value));
    const { state, broker } = await announced(all);
    assert.deepEqual(
      SHOWN.map((name) => state(name)),
      ["None", "None", "None"],
    );
    assert.deepEqual(lateConsumer(broker).findings, []);
  });

  it("fits into a state, however much is open", async () => {
    const all = [...new TestVehicle().vehicle.values];
    assert.deepEqual(all, []);
    const many = Array.from({ length: 40 }, () => "Window front, passenger side").join("; ");
    const message = { ...messages({ [BOOT]: true })[0], descriptor: "openings", payload: many };
    const { broker } = await announced([message]);
    assert.deepEqual(lateConsumer(broker).findings, []);
  });
});

describe("what an owner sees: the journal", () => {
  const time = { start: "2026-03-02T08:00:00+01:00", end: "2026-03-02T09:00:00+01:00", zone: "Europe/Berlin" };
  const figure = (value: number) => ({ value, source: "car", sigma: null });
  const trip = readEntry({
    ...{ schema: 1, kind: "trip", id: "trip-20260302T070000Z", ...time, distanceKm: figure(12.3) },
    to: { name: "work", latitude: 48, longitude: 11 },
  }) as TripEntry;
  const charge = readEntry({
    ...{ schema: 1, kind: "charge", id: "charge-20260302T070000Z", ...time, drawnKwh: figure(20.5) },
    cost: { amount: 6.15, currency: "EUR", source: "tariff" },
  }) as ChargeEntry;
  const health = {
    ...batteryHealth(evidenceOf([]), "Europe/Berlin"),
    capacityKwh: { value: 78.1, band90: [76, 80] as const },
  };
  const facts: JournalFacts = {
    summary: { currency: "EUR", years: sumsBy("year", [trip, charge], "EUR"), health },
    ...{ lastTrip: trip, lastCharge: charge },
  };
  const values = journalValues(facts, 20.5, START);
  const told = (some: readonly JournalValue[]) =>
    some.map((value) => journalValueMessage(ORIGIN, VIN, value, "derived"));

  it("has the classes with which the Energy dashboard works", async () => {
    const { component, state, broker } = await announced(told(values));
    const shape = (name: string) =>
      ["device_class", "state_class", "unit_of_measurement"].map((member) => component(`journal.${name}`)?.[member]);
    assert.deepEqual(shape("totalEnergyCharged"), ["energy", "total_increasing", "kWh"]);
    assert.deepEqual(shape("totalChargingCost"), ["monetary", "total", "EUR"]);
    assert.deepEqual(shape("lastTrip"), ["distance", "measurement", "km"]);
    assert.deepEqual(shape("lastCharge"), ["energy", undefined, "kWh"]);
    assert.deepEqual(shape("lastChargeCost"), ["monetary", undefined, "EUR"]);
    assert.deepEqual(shape("capacity"), ["energy_storage", "measurement", "kWh"]);
    assert.equal(state(TOTAL), "20.5");
    assert.deepEqual(lateConsumer(broker).findings, []);
  });

  it("has what belongs to a trip, a charge and the capacity as attributes, also where values have none", async () => {
    const { broker, component } = await announced(told(values), { attributes: false });
    const attributes = (name: string) => {
      const topic = String(component(`journal.${name}`)?.["json_attributes_topic"]);
      const found = [...broker].find(([one]) => one.endsWith(topic.split("~").at(-1) ?? ""));
      return JSON.parse(String(found?.[1])) as Record<string, unknown>;
    };
    assert.deepEqual([attributes("lastTrip")["to"], attributes("lastTrip")["state"]], ["work", "12.3"]);
    assert.equal(attributes("lastCharge")["cost"], 6.15);
    assert.deepEqual([attributes("capacity")["low"], attributes("capacity")["high"]], [76, 80]);
    assert.equal("json_attributes_topic" in (component(TOTAL) ?? {}), false);
  });

  it("is taken in a currency that has no code, without a class", async () => {
    const other = values.map((value) => (value.unit === "EUR" ? { ...value, unit: "points" } : value));
    const { component, broker } = await announced(told(other));
    assert.deepEqual(component("journal.totalChargingCost")?.["unit_of_measurement"], "points");
    assert.deepEqual(lateConsumer(broker).findings, []);
  });

  it("becomes unknown when its entries are deleted, and is nothing of a petrol car but trips", async () => {
    const { take, settle, state, broker } = await announced(told(values));
    for (const message of told(values.map((value) => ({ ...value, value: null, details: null })))) take(message);
    await settle();
    assert.equal(state("journal.lastTrip"), "None");
    assert.deepEqual(lateConsumer(broker).findings, []);
    const petrol = await announced(told(values), { cars: { [VIN]: identity(VIN, { driveType: "combustion" }) } });
    const keys = Object.keys(petrol.components()).filter((key) => key.startsWith("journal"));
    assert.deepEqual(keys, ["journal_lastTrip"]);
  });

  it("comes from cardata-stream like other plain values", () => {
    const output = (options: object) =>
      new StreamOutput(
        {
          ...{ ...ORIGIN, account: "Home", vehicle: "", descriptors: [], form: "each", onlyChanges: false },
          ...{ values: true, journal: () => values, ...options },
        },
        () => "id",
      );
    const names = (messages: readonly object[]) =>
      messages.flatMap((message) => ("descriptor" in message ? [message.descriptor] : []));
    const all = values.map(({ name }) => name);
    const car = { vehicle: new TestVehicle().vehicle, role: "primary", basicData: null } as never;
    assert.deepEqual(names(output({}).journal(VIN, values, "derived")), all);
    assert.deepEqual(names(output({ values: false }).journal(VIN, values, "derived")), []);
    assert.deepEqual(names(output({ descriptors: [TOTAL], values: false }).journal(VIN, values, "derived")), [TOTAL]);
    assert.deepEqual(names(output({ vehicle: "WBY1Z2C30N7A00009" }).journal(VIN, values, "derived")), []);
    assert.deepEqual(names(output({ form: "raw" }).journal(VIN, values, "derived")), []);
    const restored = output({}).restored(new Map([[VIN, car]]));
    assert.deepEqual(names(restored), all);
    assert.deepEqual([...new Set(restored.map((message) => "source" in message && message.source))], ["restored"]);
    const [first] = output({ topicSeparator: "slashes" }).journal(VIN, values, "derived");
    assert.equal(first?.topic, `cardata/${VIN}/journal/totalEnergyCharged`);
  });
});
