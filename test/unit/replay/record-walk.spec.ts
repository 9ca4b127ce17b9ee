import assert from "node:assert/strict";
import fc from "fast-check";
import { Anonymiser } from "../../../src/replay/record/anonymiser.js";
import { SensitiveData } from "../../../src/replay/record/sensitive-data.js";
import { Inspector } from "../../../src/replay/record/inspector.js";
import { roleOf } from "../../../src/replay/record/key-role.js";
import { treatValue } from "../../../src/replay/record/treat-value.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { GCID, VIN } from "../../helpers/fakes.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

const random = new SeededRandom(SEED, "record-walk");

/** Anonymises one line and says what the check finds in the result. */
function anonymised(line: Record<string, unknown>) {
  const data = new SensitiveData();
  treatValue(line, data);
  const result = new Anonymiser(data, random).line(line);
  return { result, found: new Inspector(data).kindsIn(JSON.stringify(result), result) };
}

describe("what a key says", () => {
  for (const [role, keys] of [
    ["latitude", ["latitude", "mapMatchedLatitude", "gpsLat", "LATITUDE", "center_lat", "latitudeDegrees"]],
    ["longitude", ["longitude", "mapmatchedlongitude", "lng", "lon", "vehicle.navigation.destinationSet.longitude"]],
    ["vin", ["vin", "VIN", "vehicleVin"]],
    ["customer", ["gcid", "entityId", "vehicleIdWithGcid", "customerId", "user_id"]],
    ["secret", ["access_token", "nextToken", "next_token", "idToken", "device_code", "Authorization", "storeKey"]],
    [
      "personal",
      ["formattedAddress", "streetAddress", "municipality", "postalCode", "city", "homeCity", "providerName"],
    ],
    ["personal", ["name", "firstName", "driver_name", "email", "licensePlate", "clusterLocationId", "alias"]],
    [
      null,
      ["capacity", "batteryCapacity", "modelName", "isMobilePhoneConnected", "plateau", "flat", "colourCode", "vinyl"],
    ],
    [null, ["relation", "platform", "belongs", "countryCode", "tokenCount", "timeZone", "title", "distance"]],
  ] as const)
    it(`is ${role ?? "nothing delicate"} for ${keys.join(", ")}`, () => {
      assert.deepEqual(
        keys.filter((key) => roleOf(key) !== role),
        [],
      );
    });

  it("is nothing delicate for BMW's descriptors, but for places", () => {
    const delicate = [...allDefinitions()].map(({ id }) => id).filter((id) => roleOf(id) !== null);
    assert.equal(delicate.length, 4);
    assert.ok(delicate.every((id) => /\.(latitude|longitude)$/.test(id)));
  });

  it("holds for what stands below, but not for time and unit", () => {
    assert.equal(roleOf("value", "latitude"), "latitude");
    assert.equal(roleOf("timestamp", "latitude"), null);
    assert.equal(roleOf("city", "secret"), "personal");
  });
});

describe("the walk through a recording", () => {
  const keys = fc.constantFrom(
    ...["latitude", "lng", "vin", "gcid", "access_token", "city", "name", "value", "timestamp", "x", VIN, "__proto__"],
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(VIN, GCID, `${VIN}_${GCID}`, "48.137154", "token=a(b", "Bearer x y", "1e3", "[removed]", "[1, {"),
    fc
      .array(
        fc.constantFrom("latitude", "token", "city", "=", ":", '"', "\\", "{", "[", "48.13715", " ", ",", "&", "a1"),
      )
      .map((parts) => parts.join("")),
    fc.json(),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      texts,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.constantFrom(null, true, 0, 48.137154),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.array(fc.tuple(keys, tie("tree")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as unknown),
      tie("tree").map((value) => JSON.stringify(value)),
    ),
  }));

  it("leaves nothing that the check finds, whatever stands where (property)", () => {
    fc.assert(
      fc.property(tree, (payload) => {
        assert.deepEqual(anonymised({ kind: "stream", payload }).found, []);
      }),
      { numRuns: runs(3000) },
    );
  });

  it("takes what stands for something that was removed for no object", () => {
    assert.deepEqual(anonymised({ payload: '"{\\"vin\\":0,\\"value\\":\\"null\\"}"' }).found, []);
  });

  it("changes nothing that is not delicate (property)", () => {
    const plain = fc.jsonValue().filter((value) => {
      const text = JSON.stringify(value);
      return new Inspector(null).kindsIn(text, value).length === 0 && !/[[{]\S*\\|"\s*[[{]/.test(text);
    });
    fc.assert(
      fc.property(plain, (payload) => {
        assert.deepEqual(anonymised({ payload }).result, { payload });
      }),
      { numRuns: runs(1000) },
    );
  });

  it("ends with deep and with long input", () => {
    let deep: unknown = VIN;
    for (let depth = 0; depth < 5000; depth++) deep = [deep];
    assert.match(JSON.stringify(anonymised({ deep }).result), /too deep/);
    const long = [
      "x".repeat(1e6),
      "a=".repeat(2e5),
      '"'.repeat(1e5),
      "\\".repeat(1e5),
      random.bytes(1e5).toString("hex"),
    ];
    for (const payload of [...long, "{".repeat(1e5), "1.23456,".repeat(5e4), "eyJ".repeat(5e4)])
      assert.deepEqual(anonymised({ payload }).found, []);
  });

  it("keeps a member called __proto__ a member", () => {
    const line = JSON.parse(`{"__proto__":{"vin":"${VIN}"}}`) as Record<string, unknown>;
    assert.match(JSON.stringify(anonymised(line).result), /^\{"__proto__":\{"vin":"WBA00DEM0/);
  });
});
