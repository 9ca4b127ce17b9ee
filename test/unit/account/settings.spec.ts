import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings, socParametersOf, userDescriptionOf } from "../../../src/account/settings.js";
import { BMW_ENDPOINTS } from "../../../src/support/endpoints.js";
import { CarDataError } from "../../../src/support/errors.js";
import { CLIENT_ID, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const broker = { source: "broker", brokerHost: "broker.lan" };
const parse = (properties: object, credentials: object = {}) =>
  parseSettings("a1", properties as Record<string, unknown>, credentials as Record<string, unknown>);

describe("settings of an account", () => {
  it("have a default for everything that an older flow lacks", () => {
    const { source, endpoints, topicBase, vehicles, debug, name } = parse({});
    assert.deepEqual(
      { source, endpoints, topicBase, vehicles, debug, name },
      { source: "bmw", endpoints: BMW_ENDPOINTS, topicBase: "cardata", vehicles: [], debug: false, name: "" },
    );
  });

  it("take what was typed without blanks and superfluous slashes", () => {
    const { clientId, topicBase } = parse({ topicBase: " home/cars/ " }, { clientId: ` ${CLIENT_ID}\n` });
    assert.equal(clientId, CLIENT_ID);
    assert.equal(topicBase, "home/cars");
  });

  it("end a broker's prefix with a slash, as the filter would be wrong without", () => {
    for (const [typed, prefix] of [
      [undefined, "bmw/"],
      ["bridge", "bridge/"],
      ["a/b/", "a/b/"],
    ])
      assert.equal(parse({ ...broker, brokerPrefix: typed }).broker.prefix, prefix);
  });

  it("refuse a broker without host", () => {
    assert.throws(() => parse({ source: "broker", brokerHost: " " }), { code: "broker_host_missing" });
  });

  for (const port of ["0", "65536", "1.5", "-1", "abc", 0, NaN, "1e3"])
    it(`refuse the port ${JSON.stringify(port)}`, () => {
      assert.throws(() => parse({ ...broker, brokerPort: port }), { code: "broker_port_invalid" });
    });

  it("take the port as number or text, 1883 if empty", () => {
    for (const [typed, port] of [
      ["8883", 8883],
      [8883, 8883],
      ["", 1883],
      [undefined, 1883],
    ])
      assert.equal(parse({ ...broker, brokerPort: typed }).broker.port, port);
  });

  it("keep cars with a VIN only", () => {
    const { vehicles } = parse({ vehicles: [{ vin: ` ${VIN.toLowerCase()} `, ignore: true }, { vin: "x" }, null, 7] });
    const facts = { name: "", alias: "", ignore: true, driveType: null, batteryKwh: null, consumption: null };
    assert.deepEqual(vehicles, [{ vin: VIN, ...facts }]);
  });

  it("take the user's word for drive and battery, and nothing odd", () => {
    const facts = (driveType: unknown, batteryKwh: unknown) => {
      const settings = parse({ vehicles: [{ vin: VIN, driveType, batteryKwh }] });
      return Object.values(userDescriptionOf(settings, VIN));
    };
    assert.deepEqual(facts("phev", "10.4"), ["phev", 10.4]);
    assert.deepEqual(facts("auto", ""), [null, null]);
    assert.deepEqual(facts("rocket", "0"), [null, null]);
    assert.deepEqual(facts(7, 151), [null, null]);
    assert.deepEqual(Object.values(userDescriptionOf(parse({}), VIN)), [null, null]);
  });

  it("take the consumption in the dialog's kWh/100 km, within what cars use", () => {
    const kwhPerKm = (consumption: unknown) =>
      socParametersOf(parse({ vehicles: [{ vin: VIN, consumption }] }), VIN).kwhPerKm;
    const typed = ["18", 18.5, "18,5", "0.21", 5, 60, 4.9, 61, 0, "", "much", Infinity, -18, null];
    assert.deepEqual(typed.map(kwhPerKm), [
      ...[0.18, 0.185, 0.185, 0.21, 0.05, 0.6],
      ...[null, null, null, null, null, null, null, null],
    ]);
  });

  it("are settings or a clear error, whatever a flow file holds (property)", () => {
    const names = ["source", "endpoints", "authUrl", "streamUrl", "brokerHost", "brokerPort", "brokerTls", "vehicles"];
    const value = fc.oneof(fc.anything(), fc.constantFrom("broker", "custom", "bmw", "http://127.0.0.1:1"));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (properties) => {
        try {
          parse(properties);
        } catch (error) {
          assert.ok(error instanceof CarDataError, String(error));
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});
