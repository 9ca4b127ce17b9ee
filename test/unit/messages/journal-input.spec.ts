import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJournalInput, type JournalInputContext } from "../../../src/messages/journal-input.js";
import { CarDataError } from "../../../src/support/errors.js";
import { runs } from "../../helpers/random.js";

const VIN = "WBA00000000000001";
const OTHER = "WBA00000000000002";
const NOW = Date.UTC(2026, 2, 2);

describe("input of cardata-journal", () => {
  const two: JournalInputContext = { vehicle: "", vins: [VIN, OTHER], now: NOW };
  const one: JournalInputContext = { ...two, vehicle: OTHER };
  const code = (message: unknown, context = two) => {
    try {
      parseJournalInput(message, context);
    } catch (error) {
      assert.ok(error instanceof CarDataError, String(error));
      return error.code;
    }
    return null;
  };

  it("asks of all cars, of the one in the message, or of the one of the node", () => {
    const vinsOf = (message: object, context = two) => {
      const request = parseJournalInput({ command: "health", ...message }, context);
      return "vins" in request ? request.vins : null;
    };
    assert.deepEqual(vinsOf({}), [VIN, OTHER]);
    assert.deepEqual(vinsOf({ vin: ` ${VIN.toLowerCase()} ` }), [VIN]);
    assert.deepEqual(vinsOf({}, one), [OTHER]);
    assert.deepEqual(vinsOf({}, { ...one, vins: [] }), [OTHER]);
    assert.equal(code({ command: "health", vin: VIN }, one), "journal_vehicle_unknown");
    assert.equal(code({ command: "health" }, { ...two, vins: [] }), "journal_no_vehicle");
  });

  it("takes days as they are, times in every form, and the usual where nothing is said", () => {
    const range = (from: unknown, to: unknown) => {
      const request = parseJournalInput({ command: "trips", from, to }, two);
      return request.kind === "trips" ? [request.query.from, request.query.to, request.limit] : null;
    };
    const time = Date.UTC(2026, 2, 1, 8);
    assert.deepEqual(range(undefined, null), [null, null, 100]);
    assert.deepEqual(range(" 2026-03-01 ", "2026-03-01"), ["2026-03-01", "2026-03-01", 100]);
    for (const same of ["2026-03-01T08:00Z", "2026-03-01T09:00:00+01:00", time, new Date(time)])
      assert.deepEqual(range(same, ""), [time, null, 100]);
    assert.equal(code({ command: "trips", from: "2026-02-30" }), "date_range_invalid");
    // What cardata-stream calls `from` is no time.
    assert.equal(code({ command: "trips", from: "vehicle.x", descriptor: "soc" }), null);
  });

  it("takes one price, one from a time on, and a list", () => {
    const steps = (payload: unknown) => {
      const request = parseJournalInput({ command: "price", payload }, two);
      return request.kind === "price" ? request.steps : null;
    };
    const from = Date.UTC(2026, 2, 3);
    assert.deepEqual(steps(" 0,31 "), [{ from: NOW, price: 0.31 }]);
    assert.deepEqual(steps({ price: -0.02 }), [{ from: NOW, price: -0.02 }]);
    assert.deepEqual(steps({ price: 0.2, from: "2026-03-03" }), [{ from, price: 0.2 }]);
    for (const time of [from, new Date(from)])
      assert.deepEqual(steps([{ price: 0.2, from: time }]), [{ from, price: 0.2 }]);
    for (const payload of [undefined, null, "", "x", NaN, { from }, [{ price: 1 }], [7]])
      assert.equal(code({ command: "price", payload }), "price_invalid", JSON.stringify(payload));
  });

  it("takes a purpose and a note, also back, and nothing else", () => {
    const tag = (members: object) => {
      const request = parseJournalInput({ command: "tag", id: "trip-1", ...members }, two);
      return request.kind === "tag" ? request.tag : null;
    };
    assert.deepEqual(tag({ purpose: "business" }), { purpose: "business" });
    assert.deepEqual(tag({ purpose: null, note: " to X " }), { purpose: null, note: "to X" });
    assert.deepEqual(tag({ note: "" }), { note: null });
    assert.equal(code({ command: "tag", id: "trip-1", note: 7 }), "note_invalid");
    assert.equal(code({ command: "tag", id: "trip-1", purpose: "Business" }), "purpose_invalid");
  });

  it("deletes one entry, or all of a named car, and never more than was said", () => {
    const asked = (message: object, context = two) => parseJournalInput({ command: "delete", ...message }, context);
    assert.deepEqual(asked({ id: "trip-1" }), { kind: "delete", vins: [VIN, OTHER], id: "trip-1" });
    assert.deepEqual(asked({ all: true, vin: VIN }), { kind: "erase", vin: VIN });
    assert.deepEqual(asked({ all: true }, one), { kind: "erase", vin: OTHER });
    for (const message of [{}, { all: true }, { all: "true", vin: VIN }, { all: 1, vin: VIN }, { vin: VIN }, { id: 7 }])
      assert.ok(["delete_unclear", "entry_id_missing"].includes(String(code({ command: "delete", ...message }))));
    assert.equal(code({ command: "delete", all: true, id: "trip-1", vin: VIN }), "delete_unclear");
  });

  it("refuses whatever else comes with an error of its own", () => {
    const commands = ["trips", "charges", "summary", "health", "export", "import", "tag", "price", "solar", "delete"];
    const anything = fc.oneof(fc.anything(), fc.constantFrom(VIN, "2026-03-01", true, 0.3, "both", "csv"));
    const members = [
      "payload",
      "vin",
      "from",
      "to",
      "limit",
      "period",
      "format",
      "kinds",
      "id",
      "purpose",
      "note",
      "all",
    ];
    const message = fc.record(
      { command: fc.constantFrom(...commands), ...Object.fromEntries(members.map((name) => [name, anything])) },
      { requiredKeys: ["command"] },
    );
    fc.assert(
      fc.property(message, (asked) => {
        code(asked);
      }),
      { numRuns: runs(2000) },
    );
    for (const asked of [undefined, null, 7, "trips", {}, { command: "" }])
      assert.equal(code(asked), "command_missing");
  });
});
