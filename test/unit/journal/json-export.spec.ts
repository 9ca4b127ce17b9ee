import assert from "node:assert/strict";
import { exportEntries } from "../../../src/journal/export/export-entries.js";
import { readEntry } from "../../../src/journal/entry.js";
import { readExport } from "../../../src/journal/import/read-export.js";
import { VIN } from "../../helpers/fakes.js";
import { CHARGE, journalOf, TRIP } from "../../helpers/journal.js";

describe("the export of the journal as JSON", () => {
  it("is read as it was", async () => {
    const entries = [...(await journalOf(CHARGE)), ...(await journalOf(TRIP))];
    const options = { format: "json", language: "en", currency: "EUR", kinds: ["trip", "charge"] } as const;
    const [file] = exportEntries([{ vin: VIN, name: "i4", entries }], options);
    assert.equal(file?.fileName, "journal-2026-03-02-2026-03-02.json");
    const { cars, unread } = readExport(file.text);
    assert.deepEqual(unread, []);
    assert.deepEqual(cars, [{ vin: VIN, name: "i4", entries: entries.map(readEntry) }]);
  });
});
