import assert from "node:assert/strict";
import { carNameOf } from "../../../src/account/vehicle-identity.js";
import { StreamOutput } from "../../../src/messages/stream-output.js";
import type { DescriptorMessage, Form } from "../../../src/messages/types.js";
import { ReasonCounters } from "../../../src/support/reason-counters.js";
import { parseEntries } from "../../../src/vehicle/descriptor-entries.js";
import { Vehicle } from "../../../src/vehicle/vehicle.js";
import { testAccount } from "../../helpers/account.js";
import { START, VIN } from "../../helpers/fakes.js";
import { SOC } from "../../helpers/flow.js";

const PLACE = "vehicle.cabin.infotainment.navigation.currentLocation";
const OUTPUT = {
  topicBase: "cardata",
  account: "Home",
  vehicle: "",
  descriptors: [],
  onlyChanges: false,
  values: true,
};
const DATA = {
  [SOC]: { value: "63", unit: "percent" },
  [`${PLACE}.latitude`]: { value: "48.1" },
  [`${PLACE}.longitude`]: { value: "11.5" },
};

function messagesWith(form: Form, carName: (vin: string) => string | null) {
  const counters = new ReasonCounters<string>();
  const delivery = {
    entries: parseEntries(DATA, counters),
    source: "stream" as const,
    sentAt: START,
    receivedAt: START,
  };
  const update = { vin: VIN, ...new Vehicle(VIN, counters).apply(delivery), receivedAt: START };
  return new StreamOutput({ ...OUTPUT, form, carName }, () => "1").update(update);
}

describe("name of the car in messages", () => {
  it("stands in readings, places and plain values alike", () => {
    const messages = messagesWith("each", () => "Blue") as DescriptorMessage[];
    assert.deepEqual(
      messages.filter(({ descriptor }) => [SOC, "location", "soc"].includes(descriptor)).map(({ car }) => car),
      ["Blue", "Blue", "Blue"],
    );
    assert.ok(messages.every(({ car }) => car === "Blue"));
  });

  it("is missing, not empty, where nobody knows one", () => {
    for (const message of messagesWith("each", () => null)) assert.equal("car" in message, false);
  });

  it("is the user's name, else the alias, else make and end of the number; none for a car of which nothing is known", async () => {
    const named = (car: object) => {
      const { account } = testAccount({ properties: { vehicles: [{ vin: VIN, ...car }] } });
      return { account, name: carNameOf(account, VIN) };
    };
    const cases = [named({ name: "Blue", alias: "b" }), named({ alias: "b" }), named({}), named({ ignore: true })];
    assert.deepEqual(
      cases.map(({ name }) => name),
      ["Blue", "b", `BMW …${VIN.slice(-4)}`, null],
    );
    assert.equal(carNameOf(cases[0]!.account, "WBY1Z2C30N7A99999"), null);
    for (const { account } of cases) await account.close();
  });
});
