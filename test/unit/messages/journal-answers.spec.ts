import assert from "node:assert/strict";
import { messageOrigin } from "../../../nodes/lib/message-origin.js";
import { journalAnswers } from "../../../src/messages/journal-answers.js";
import { parseJournalInput } from "../../../src/messages/journal-input.js";
import { cockpitModel } from "../../helpers/cockpit-model.js";
import { START, VIN } from "../../helpers/fakes.js";
import { tripOf } from "../../helpers/journal-export.js";
import { ODOMETER } from "../../helpers/test-vehicle.js";

describe("the answers of the journal", () => {
  it("export a car that counts in miles in miles", async () => {
    const model = cockpitModel();
    const account = await model.add("a1");
    const odometer = (reading: object) => {
      const data = { [ODOMETER]: { ...reading, timestamp: new Date(START).toISOString() } };
      account.registry.receive("bmw", Buffer.from(JSON.stringify({ vin: VIN, data })), START);
    };
    odometer({ value: 12_345, unit: "miles" });
    await account.journal.desk.merge(VIN, [tripOf({ distanceKm: { value: 16.09344, source: "car", sigma: null } })]);
    const by = { ...messageOrigin(account), journal: account.journal, currency: "EUR", language: "en" as const };
    const request = parseJournalInput(
      { command: "export", format: "csv", kinds: "trips", vin: VIN },
      {
        ...{ vehicle: "", vins: [VIN], now: START },
      },
    );
    let text = "";
    for await (const { payload } of journalAnswers(request, by)) text += typeof payload === "string" ? payload : "";
    const [names = "", trip = ""] = text.split("\r\n");
    assert.equal(trip.split(",")[names.split(",").indexOf("Distance [mi]")], "10");
    await model.close();
  });
});
