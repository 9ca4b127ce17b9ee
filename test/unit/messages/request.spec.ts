import assert from "node:assert/strict";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { OPERATIONS, type OperationRequest } from "../../../src/rest/operations.js";
import { parseRequest, requestDefaults } from "../../../src/messages/request.js";
import { CarDataError } from "../../../src/support/errors.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const PLAIN: OperationRequest = {
  operation: "telematicData",
  vin: null,
  from: null,
  to: null,
  maxPages: 3,
  force: false,
  insist: false,
  containerAction: "list",
  containerId: null,
  confirm: false,
};
const ID = "G00B025F732UD";
const history = { ...PLAIN, operation: "chargingHistory" } as const;
const containers = { ...PLAIN, operation: "containers" } as const;
const refused = (code: string) => (error: unknown) => error instanceof CarDataError && error.code === code;

describe("a request of a flow", () => {
  it("is what the node is set to where the message says nothing", () => {
    for (const message of [{}, { payload: 1 }, { operation: "", vin: null, force: undefined }, null, "press", 7])
      assert.deepEqual(parseRequest(message, { ...PLAIN, vin: VIN, force: true }), { ...PLAIN, vin: VIN, force: true });
  });

  for (const operation of OPERATIONS)
    it(`may be for ${operation}`, () => {
      assert.equal(parseRequest({ operation }, PLAIN).operation, operation);
    });

  it("names the known operations where it is for an unknown one", () => {
    for (const operation of ["telematic", 7, {}, "__proto__"])
      assert.throws(
        () => parseRequest({ operation }, PLAIN),
        (error: CarDataError) => error.code === "unknown_operation" && error.message.includes("chargingHistory"),
      );
  });

  it("does not look at msg.action, which core nodes use", () => {
    assert.deepEqual(parseRequest({ action: "deleteOwn" }, containers), containers);
  });

  it("may name a car, in any case and with blanks around", () => {
    assert.equal(parseRequest({ vin: ` ${OTHER_VIN.toLowerCase()} ` }, { ...PLAIN, vin: VIN }).vin, OTHER_VIN);
  });
  for (const vin of ["WBA", `${VIN}0`, 5, ["x"], true])
    it(`is refused with the car ${JSON.stringify(vin)}`, () => {
      assert.throws(() => parseRequest({ vin }, PLAIN), refused("vin_invalid"));
    });

  it("may insist", () => {
    assert.equal(parseRequest({ force: true }, PLAIN).force, true);
    assert.equal(parseRequest({ force: true }, PLAIN).insist, true);
    assert.equal(parseRequest({}, { ...PLAIN, force: true }).insist, false, "the setting of a node does not insist");
    assert.equal(parseRequest({ force: false }, { ...PLAIN, force: true }).force, false);
    assert.throws(() => parseRequest({ force: "yes" }, PLAIN), refused("bad_request"));
  });
});

describe("a request for charging history", () => {
  const from = (value: unknown) => parseRequest({ from: value }, history).from;

  it("takes dates, times, Date objects and milliseconds", () => {
    assert.equal(from("2026-03-02"), Date.parse("2026-03-02T00:00:00Z"));
    assert.equal(from("2026-03-02T06:41:05Z"), Date.parse("2026-03-02T06:41:05Z"));
    assert.equal(from("2026-03-02T06:41:05.250+02:00"), Date.parse("2026-03-02T04:41:05.250Z"));
    assert.equal(from(1_772_409_600_000), 1_772_409_600_000);
    assert.equal(from(new Date(1_772_409_600_000)), 1_772_409_600_000);
  });

  it("takes dates that a function node has made, which are of another realm", () => {
    assert.equal(from(runInNewContext("new Date(1772409600000)")), 1_772_409_600_000);
  });

  for (const value of [
    "yesterday",
    "2026-02-30",
    "2026-13-01",
    "02.03.2026",
    1_772_409_600,
    NaN,
    Infinity,
    new Date(NaN),
    true,
    {},
    ["2026-03-02"],
  ])
    it(`is refused with the date ${inspect(value)}`, () => {
      assert.throws(() => from(value), refused("date_range_invalid"));
      assert.throws(() => parseRequest({ to: value }, history), refused("date_range_invalid"));
    });

  it("is refused when it begins after its end", () => {
    const range = { from: "2026-03-03", to: "2026-03-02" };
    assert.throws(() => parseRequest(range, history), refused("date_range_invalid"));
    assert.throws(() => parseRequest({ from: "2026-03-02", to: "2026-03-02" }, history), refused("date_range_invalid"));
    const until = { ...history, to: Date.parse("2026-03-01") };
    assert.throws(() => parseRequest({ from: "2026-03-02" }, until), refused("date_range_invalid"));
  });

  it("may be made by a value of the stream, whose `from` is a descriptor", () => {
    const value = { descriptor: "charging", from: "vehicle.drivetrain.electricEngine.charging.status", payload: false };
    assert.equal(parseRequest(value, history).from, null);
  });

  it("takes one to ten pages", () => {
    assert.equal(parseRequest({ maxPages: 10 }, history).maxPages, 10);
    assert.equal(parseRequest({ maxPages: " 1 " }, history).maxPages, 1);
    for (const maxPages of [0, 11, 1.5, "many", NaN, true, [3]])
      assert.throws(() => parseRequest({ maxPages }, history), refused("pages_invalid"));
  });
});

describe("a request for containers", () => {
  it("takes its own properties", () => {
    const message = { containerAction: "delete", containerId: ` ${ID} `, confirm: true };
    assert.deepEqual(parseRequest(message, containers), {
      ...containers,
      containerAction: "delete",
      containerId: ID,
      confirm: true,
    });
  });

  it("is confirmed by true alone", () => {
    for (const confirm of ["true", 1, {}, false])
      assert.equal(parseRequest({ confirm }, { ...containers, confirm: true }).confirm, false);
    assert.equal(parseRequest({}, { ...containers, confirm: true }).confirm, true);
    assert.equal(parseRequest({}, containers).confirm, false);
  });

  it("is refused with an odd id or action", () => {
    for (const containerId of ["G00B", `${ID}X`, "G00B025F732/..", 1234567890123, {}])
      assert.throws(() => parseRequest({ containerId }, containers), refused("container_id_invalid"));
    for (const containerAction of ["deleteAll", 1, {}])
      assert.throws(() => parseRequest({ containerAction }, containers), refused("container_action_unknown"));
  });
});

describe("properties of other nodes in a message", () => {
  it("do no harm to operations that have no use for them", () => {
    const mail = { from: "ann@example.com", to: "bob@example.com", maxPages: "all", containerId: "box", confirm: true };
    assert.deepEqual(parseRequest(mail, PLAIN), PLAIN);
  });
});

describe("the stored properties of a node", () => {
  const defaultsOf = (properties: Record<string, unknown>) => parseRequest({}, requestDefaults(properties));

  it("may all be missing, as in flows of older versions", () => {
    assert.deepEqual(defaultsOf({}), PLAIN);
    const empty = { operation: "", vehicle: "", from: "", to: "", maxPages: "", force: "", containerId: "" };
    assert.deepEqual(defaultsOf(empty), PLAIN);
  });

  it("are used", () => {
    const properties = {
      operation: "chargingHistory",
      vehicle: VIN,
      from: "2026-02-01",
      to: "2026-03-01",
      maxPages: "5",
    };
    assert.deepEqual(defaultsOf({ ...properties, force: true }), {
      ...history,
      vin: VIN,
      from: Date.parse("2026-02-01"),
      to: Date.parse("2026-03-01"),
      maxPages: 5,
      force: true,
    });
    const deletion = { operation: "containers", containerAction: "delete", containerId: ID };
    assert.deepEqual(defaultsOf(deletion), { ...containers, containerAction: "delete", containerId: ID });
  });

  it("never confirm a deletion", () => {
    assert.equal(defaultsOf({ operation: "containers", confirm: true }).confirm, false);
  });

  it("of a newer version fall back to the default", () => {
    assert.equal(defaultsOf({ operation: "flyHome" }).operation, "telematicData");
    assert.equal(defaultsOf({ operation: "containers", containerAction: "burn" }).containerAction, "list");
  });

  it("that were typed wrong are refused when they are used", () => {
    assert.throws(() => defaultsOf({ vehicle: "my car" }), refused("vin_invalid"));
    const wrong = (properties: object) => () => defaultsOf({ operation: "chargingHistory", ...properties });
    assert.throws(wrong({ from: "last week" }), refused("date_range_invalid"));
    assert.throws(wrong({ to: "soon" }), refused("date_range_invalid"));
    assert.throws(wrong({ maxPages: "99" }), refused("pages_invalid"));
    const id = { operation: "containers", containerId: "box" };
    assert.throws(() => defaultsOf(id), refused("container_id_invalid"));
  });

  it("that were typed wrong do no harm where they are not used", () => {
    const defaults = requestDefaults({ vehicle: "my car", from: "last week", maxPages: "99", containerId: "box" });
    assert.deepEqual(parseRequest({ vin: VIN }, defaults), { ...PLAIN, vin: VIN });
    const period = { operation: "chargingHistory", vin: VIN, from: "2026-03-01", maxPages: 1 };
    assert.equal(parseRequest(period, defaults).maxPages, 1);
  });
});

describe("a request out of anything", () => {
  const CODES = [
    "unknown_operation",
    "vin_invalid",
    "date_range_invalid",
    "pages_invalid",
    "container_id_invalid",
    "container_action_unknown",
    "bad_request",
  ];
  const odd = fc.oneof(fc.anything(), fc.constantFrom("", null, undefined, true, VIN, ID, 3, "2026-03-02"));
  const message = fc.record(
    {
      operation: fc.oneof(fc.constantFrom(...OPERATIONS), odd),
      vin: odd,
      from: odd,
      to: odd,
      maxPages: odd,
      force: odd,
      containerAction: odd,
      containerId: odd,
      confirm: odd,
    },
    { requiredKeys: [] },
  );

  it("is valid, or refused with what is wrong", () => {
    fc.assert(
      fc.property(fc.oneof(message, fc.anything()), message, (asked, stored) => {
        try {
          const request = parseRequest(asked, requestDefaults({ ...stored, vehicle: stored.vin }));
          assert.ok(OPERATIONS.includes(request.operation));
          assert.ok(request.vin === null || request.vin.length === 17);
          assert.ok(request.maxPages >= 1 && request.maxPages <= 10);
          assert.ok(request.containerId === null || request.containerId.length === 13);
          assert.equal(typeof request.force, "boolean");
          assert.equal(typeof request.confirm, "boolean");
        } catch (error) {
          assert.ok(error instanceof CarDataError && CODES.includes(error.code), String(error));
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});
