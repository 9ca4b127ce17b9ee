import assert from "node:assert/strict";
import fc from "fast-check";
import { nextTokenOf } from "../../../src/rest/answers.js";
import {
  fetchBasicData,
  fetchChargingSettings,
  fetchImage,
  fetchMappings,
  fetchTelematicData,
  fetchTyreDiagnosis,
  parseBasicData,
  parseChargingHistory,
  parseChargingSettings,
  parseMappings,
  parseTelematicData,
  parseTyreDiagnosis,
} from "../../../src/rest/requests.js";
import { CarDataError } from "../../../src/support/errors.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { refusal, scriptedRest } from "../../helpers/rest.js";
import { runs } from "../../helpers/random.js";

const SINCE = "2025-10-01T08:00:00Z";
const entry = { vin: VIN, mappedSince: SINCE, mappingType: "PRIMARY" };
const primary = { vin: VIN, role: "primary", mappedSince: SINCE };
const CAR = `/customers/vehicles/${VIN}`;
const invalid = { code: "rest_invalid_response" };

describe("mappings", () => {
  for (const [title, answer] of [
    ["a bare array, as the live server answers", [entry]],
    ["a single object, as BMW's document says", entry],
    ["a list in `mappings`", { mappings: [entry] }],
    ["a list in `vehicles`", { vehicles: [entry] }],
    ["a type in small letters", [{ ...entry, mappingType: "primary" }]],
    ["no type", [{ vin: VIN, mappedSince: SINCE }]],
    ["a type that is no text", [{ ...entry, mappingType: 7 }]],
    ["a VIN in small letters with blanks", [{ ...entry, vin: ` ${VIN.toLowerCase()}\n` }]],
    ["the same car twice", [entry, { ...entry, mappingType: "SECONDARY" }]],
    ["members that are no cars", [null, "x", 7, [], {}, { vin: 3 }, { vin: "WBA" }, entry]],
  ] as const)
    it(`are read from ${title}`, () => {
      assert.deepEqual(parseMappings(answer), [primary]);
    });

  it("keep cars that may not be read, and need no date", () => {
    assert.deepEqual(parseMappings([entry, { vin: OTHER_VIN, mappedSince: 7, mappingType: "SECONDARY" }]), [
      primary,
      { vin: OTHER_VIN, role: "secondary", mappedSince: null },
    ]);
  });

  it("may be empty", () => {
    assert.deepEqual(parseMappings([]), []);
  });

  for (const answer of [null, "x", 7, {}, { data: [] }])
    it(`are refused as ${JSON.stringify(answer)}`, () => {
      assert.throws(() => parseMappings(answer), invalid);
    });
});

describe("calls about a car", () => {
  const values = { "vehicle.vehicle.travelledDistance": { value: "7", unit: null, timestamp: SINCE } };

  it("name what they are, for whom and for what", async () => {
    const { rest, calls } = scriptedRest([], {}, { telematicData: {} }, {});
    await fetchMappings(rest, "renewal");
    await fetchBasicData(rest, VIN, "renewal");
    await fetchTelematicData(rest, VIN, "C000000000001", "event");
    await fetchTyreDiagnosis(rest, VIN, "daily");
    assert.deepEqual(calls, [
      { endpoint: "mappings", budget: "renewal", path: "/customers/vehicles/mappings" },
      { endpoint: "basicData", budget: "renewal", vin: VIN, path: `${CAR}/basicData` },
      { endpoint: "telematicData", budget: "event", vin: VIN, path: `${CAR}/telematicData?containerId=C000000000001` },
      {
        endpoint: "tyreDiagnosis",
        budget: "daily",
        vin: VIN,
        path: `${CAR}/smartMaintenanceTyreDiagnosis`,
        retry: false,
      },
    ]);
  });

  it("write nothing into an address that would change it", async () => {
    const { rest, paths } = scriptedRest({});
    await fetchBasicData(rest, "../x?y=1", "manual");
    assert.deepEqual(paths(), ["/customers/vehicles/..%2Fx%3Fy%3D1/basicData"]);
  });

  it("give telematic data as they came, of which the values are read", async () => {
    const answer = { telematicData: values, other: 1 };
    assert.deepEqual(await fetchTelematicData(scriptedRest(answer).rest, VIN, "C1", "manual"), answer);
    assert.equal(parseTelematicData(answer), values);
    assert.equal(parseTelematicData({ telematicData: null, data: values }), values);
  });

  for (const answer of [null, [], "x", {}, { telematicData: [] }, { telematicData: "x", data: {} }])
    it(`refuse telematic data such as ${JSON.stringify(answer)}`, async () => {
      await assert.rejects(fetchTelematicData(scriptedRest(answer).rest, VIN, "C1", "manual"), invalid);
    });

  for (const answer of [null, [], "x", 7])
    it(`refuse basic data and tyres such as ${JSON.stringify(answer)}`, async () => {
      await assert.rejects(fetchBasicData(scriptedRest(answer).rest, VIN, "manual"), invalid);
      await assert.rejects(fetchTyreDiagnosis(scriptedRest(answer).rest, VIN, "manual"), invalid);
    });

  it("give tyres as BMW sent them", async () => {
    const answer = { passengerCar: { mountedTyres: { label: "x" } }, errors: [], later: true };
    assert.equal(await fetchTyreDiagnosis(scriptedRest(answer).rest, VIN, "daily"), answer);
  });
});

describe("picture of a car", () => {
  const bytesOf = (start: string, length = 100) => Buffer.concat([Buffer.from(start, "hex"), Buffer.alloc(length)]);
  const png = bytesOf("89504e470d0a1a0a");
  const jpeg = bytesOf("ffd8ffe0");
  const fetchWith = (answer: unknown) => fetchImage(scriptedRest(answer).rest, VIN, "manual");

  for (const [type, bytes, named] of [
    ["image/png", png, "application/octet-stream"],
    ["image/jpeg", jpeg, "image/png"],
  ] as const)
    it(`is ${type} by its first bytes, whatever BMW calls it`, async () => {
      assert.deepEqual(await fetchWith({ bytes, type: named }), { bytes, type });
    });

  for (const [title, bytes] of [
    ["nothing", Buffer.alloc(0)],
    ["too little", png.subarray(0, 99)],
    ["a page", Buffer.from("<html>".padEnd(200))],
    ["the half of a mark", bytesOf("89504e47")],
  ] as const)
    it(`is unusable when it is ${title}`, async () => {
      await assert.rejects(fetchWith({ bytes, type: "image/png" }), {
        code: "image_unusable",
        params: { vin: "…0001" },
      });
    });

  for (const failure of [refusal("cu_126", 404, "CU-126"), refusal("rest_unexpected", 404)])
    it(`is missing when BMW answers 404 with ${failure.code}`, async () => {
      const { httpStatus } = failure.cause as { httpStatus: number };
      await assert.rejects(fetchWith(failure), (error: CarDataError) => {
        assert.deepEqual(error.problem, { code: "cu_126", params: { vin: "…0001" } });
        assert.equal((error.cause as { httpStatus: number }).httpStatus, httpStatus);
        return true;
      });
    });

  it("may fail like any other call", async () => {
    const failure = refusal("cu_104", 403, "CU-104");
    await assert.rejects(fetchWith(failure), failure);
  });
});

describe("charging settings", () => {
  const fetchWith = (...script: unknown[]) => {
    const { rest, paths } = scriptedRest(...script);
    return { settings: fetchChargingSettings(rest, VIN, "manual"), paths };
  };

  it("are read page by page", async () => {
    const { settings, paths } = fetchWith({ data: [{ id: "1" }], nextToken: "a b" }, { data: [{ id: "2" }, 7, null] });
    assert.deepEqual(await settings, [{ id: "1" }, { id: "2" }]);
    const path = `${CAR}/locationBasedChargingSettings`;
    assert.deepEqual(paths(), [path, `${path}?nextToken=a%20b`]);
  });

  it("come without the customer's id, however deep", async () => {
    const setting = {
      id: "1",
      vehicleIdWithGcid: "secret",
      chargingTimeWindows: [{ hour: 1, VehicleIdWithGcid: "secret", more: { vehicleIdWithGcid: { a: 1 } } }],
    };
    const { settings } = fetchWith({ data: [setting] });
    assert.deepEqual(await settings, [{ id: "1", chargingTimeWindows: [{ hour: 1, more: {} }] }]);
  });

  it("end at a token that comes again", async () => {
    const page = { data: [{ id: "1" }], nextToken: "a" };
    const { settings, paths } = fetchWith(page, page);
    assert.equal((await settings).length, 2);
    assert.equal(paths().length, 2);
  });

  it("are an error when a page cannot be read, as a part would pass for all", async () => {
    const down = new CarDataError("rest_network", { reason: "x" });
    await assert.rejects(fetchWith({ data: [], nextToken: "a" }, down).settings, down);
    await assert.rejects(fetchWith({ nextToken: "a" }).settings, invalid);
  });
});

describe("answers of BMW's API", () => {
  it("hold charges in `data`, and the token of the next page", () => {
    const session = { startTime: 1, unknown: [1] };
    const answer = { data: [session, null, 7, [session]], next_token: "t" };
    assert.deepEqual(parseChargingHistory(answer), { sessions: [session], nextToken: "t" });
    assert.deepEqual(parseChargingHistory([session]), { sessions: [session], nextToken: null });
  });

  for (const [title, token, expected] of [
    ["a text", "a", "a"],
    ["2000 characters", "x".repeat(2000), "x".repeat(2000)],
    ["2001 characters", "x".repeat(2001), null],
    ["nothing", "", null],
    ["blanks", "  ", null],
    ["a number", 7, null],
    ["half a character", "a\ud800", null],
  ] as const)
    it(`have a next page by ${title}: ${expected === null ? "no" : "yes"}`, () => {
      assert.equal(nextTokenOf({ next_token: token }), expected);
      assert.equal(nextTokenOf({ nextToken: token }), expected);
    });

  it("are data or a clear error, whatever comes (property)", () => {
    const member = fc.constantFrom("vin", "data", "mappings", "vehicles", "telematicData", "next_token", "nextToken");
    const answers = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.dictionary(member, fc.jsonValue({ maxDepth: 3 })),
      fc.array(fc.dictionary(member, fc.jsonValue({ maxDepth: 2 }))),
    );
    const parsers = [
      parseMappings,
      parseBasicData,
      parseTelematicData,
      parseChargingHistory,
      parseTyreDiagnosis,
      parseChargingSettings,
    ];
    fc.assert(
      fc.property(answers, (answer) => {
        for (const parse of parsers)
          try {
            parse(answer);
          } catch (error) {
            assert.ok(error instanceof CarDataError && error.code === "rest_invalid_response");
          }
      }),
      { numRuns: runs(2000) },
    );
  });

  it("lose the customer's id and nothing else (property)", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))), (settings) => {
        // As it comes out of a JSON text.
        const data = JSON.parse(JSON.stringify(settings)) as unknown[];
        assert.deepEqual(parseChargingSettings({ data }).items, data);
        const planted = data.map((setting) => ({ ...(setting as object), vehicleIdWithGcid: "secret" }));
        assert.deepEqual(parseChargingSettings({ data: planted }).items, data);
      }),
      { numRuns: runs(500) },
    );
  });
});
