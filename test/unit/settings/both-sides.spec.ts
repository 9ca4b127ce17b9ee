import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../../src/account/settings.js";
import { parseSocOptions } from "../../../src/account/soc/soc-options.js";
import { parseAnnouncerOptions } from "../../../src/homeassistant/announcer-options.js";
import { requestDefaults } from "../../../src/messages/request.js";
import { ACCOUNT_SCHEMA } from "../../../src/settings/account-schema.js";
import { HOMEASSISTANT_SCHEMA } from "../../../src/settings/homeassistant-schema.js";
import { parsePollRequests } from "../../../src/settings/parse-poll-requests.js";
import { PREDICTED_SOC_SCHEMA } from "../../../src/settings/predicted-soc-schema.js";
import { faultOf, faultsIn, migrated, readSettings, versionOf, type Schema } from "../../../src/settings/schema.js";
import { isBlank } from "../../../src/settings/setting.js";
import { TELEMATICS_SCHEMA } from "../../../src/settings/telematics-schema.js";
import { TRACCAR_SCHEMA } from "../../../src/settings/traccar-schema.js";
import { TraccarClient } from "../../../src/traccar/traccar-client.js";
import { CarDataError } from "../../../src/support/errors.js";
import type { JsonObject } from "../../../src/support/json.js";
import { VIN } from "../../helpers/fakes.js";
import { SCHEMAS } from "../../helpers/schemas.js";
import { runs } from "../../helpers/random.js";

/** Says whether the editor marks one setting of a stored node. */
function isMarked(schema: Schema, name: string, stored: JsonObject): boolean {
  return faultOf(schema, name, stored[name], (other) => stored[other]) !== null;
}

/** Makes values as flow files and people give them: right, nearly right, and anything. */
const typed = fc.oneof(
  fc.anything(),
  fc.double({ min: -10, max: 100_000 }).map((number) => String(number).replace(".", ",")),
  fc.double({ min: -1, max: 2 }).map((number) => ` ${number.toFixed(2)} `),
  fc.integer({ min: -5, max: 70_000 }).map(String),
  fc.integer({ min: -5, max: 12 }),
  fc
    .tuple(fc.integer({ min: 1990, max: 2110 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
    .map(([year, month, day]) => [year, month, day].map((part) => String(part).padStart(2, "0")).join("-")),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom("", " ", VIN, VIN.toLowerCase(), ` ${VIN}`, `${VIN}0`, "http://host:8082", "http://user:word@host"),
  fc.constantFrom("https://host", "http://127.0.0.1:1", "http://host", "mqtt://localhost", "mqtts://host:1", "host"),
  fc.constantFrom("homeassistant", "/home", "home/", "a/b", "a b", "+", "$SYS", "0123456789abc", "22:00-06:00"),
);

/** Says whether reading throws. */
function refuses(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    assert.ok(error instanceof CarDataError, String(error));
    return true;
  }
}

function holds(check: (value: unknown) => void): void {
  fc.assert(fc.property(typed, check), { numRuns: runs(2000) });
}

describe("what the editor marks as wrong", () => {
  for (const name of ["from", "to", "maxPages"] as const)
    it(`is what the runtime refuses, of ${name}`, () => {
      holds((value) => {
        const stored = { operation: "chargingHistory", [name]: value };
        assert.equal(
          refuses(() => requestDefaults(stored)[name]),
          isMarked(TELEMATICS_SCHEMA, name, stored),
        );
      });
    });

  it("is what the runtime refuses, of a container and of a car", () => {
    holds((value) => {
      const container = { operation: "containers", containerId: value };
      const isRefused = refuses(() => requestDefaults(container).containerId);
      assert.equal(isRefused, isMarked(TELEMATICS_SCHEMA, "containerId", container));
      const car = { vehicle: value, automatic: true };
      const isWrong = isMarked(TELEMATICS_SCHEMA, "vehicle", car);
      assert.equal(
        refuses(() => requestDefaults(car).vin),
        isWrong,
      );
      // A mistyped car must not become all cars.
      if (isWrong && typeof value === "string") assert.deepEqual(parsePollRequests("n", car), []);
    });
  });

  it("is what keeps an account from its broker or its servers", () => {
    holds((value) => {
      for (const name of ["brokerHost", "brokerPort"]) {
        const stored = { source: "broker", brokerHost: "broker", [name]: value };
        assert.equal(
          refuses(() => parseSettings("a", stored, {})),
          isMarked(ACCOUNT_SCHEMA, name, stored),
        );
      }
      for (const name of ["authUrl", "apiUrl", "streamUrl"]) {
        const servers = { authUrl: "https://a", apiUrl: "https://b", streamUrl: "mqtts://c" };
        const stored = { endpoints: "custom", ...servers, [name]: value };
        assert.equal(
          refuses(() => parseSettings("a", stored, {})),
          isMarked(ACCOUNT_SCHEMA, name, stored),
          name,
        );
      }
    });
  });

  it("is what the client of a Traccar server refuses", () => {
    const send = () => Promise.reject(new Error("nobody asks"));
    holds((value) => {
      const { server } = readSettings(TRACCAR_SCHEMA, { server: value });
      assert.equal(
        refuses(() => new TraccarClient({ send, url: server, token: "x" })),
        isMarked(TRACCAR_SCHEMA, "server", { server: value }),
      );
    });
  });

  it("is what an estimate goes without, and what is not marked counts as it was typed", () => {
    const numberIn = (value: unknown) => Number(String(value).trim().replace(",", "."));
    holds((value) => {
      for (const name of ["minEfficiency", "auxKw"] as const) {
        const stored = { [name]: value };
        const isUsual = isBlank(value) || isMarked(PREDICTED_SOC_SCHEMA, name, stored);
        const expected = isUsual ? PREDICTED_SOC_SCHEMA.settings[name].defaultValue : numberIn(value);
        assert.equal(parseSocOptions(stored)[name], expected);
      }
    });
  });

  it("is changed before it becomes a topic, and nothing else is", () => {
    holds((value) => {
      if (typeof value !== "string" || isBlank(value)) return;
      const { prefix, base } = parseAnnouncerOptions(
        { discoveryPrefix: value, stateBase: value },
        { topicBase: "cars" },
      );
      if (!isMarked(HOMEASSISTANT_SCHEMA, "discoveryPrefix", { discoveryPrefix: value }))
        assert.deepEqual([prefix, base], [value.trim(), value.trim()]);
      assert.doesNotMatch(prefix + base, /[+#]|^\/|\/$/);
    });
  });

  it("is only what counts by the other settings", () => {
    const wrong = { minInterval: "-1", quietHours: "x", from: "x", maxPages: "99", containerId: "x" };
    assert.deepEqual(faultsIn(TELEMATICS_SCHEMA, { ...wrong, operation: "quota" }), []);
    assert.deepEqual(faultsIn(TELEMATICS_SCHEMA, wrong), ["minInterval", "quietHours"]);
    assert.deepEqual(faultsIn(ACCOUNT_SCHEMA, { brokerPort: "70000", authUrl: "x" }), []);
    // A broker needs no servers of BMW's, whatever was chosen for them before.
    const broker = { source: "broker", brokerHost: "lan", endpoints: "custom", authUrl: "x" };
    assert.deepEqual(faultsIn(ACCOUNT_SCHEMA, broker), []);
    assert.equal(parseSettings("a", broker, {}).broker.host, "lan");
  });
});

describe("settings as people type them", () => {
  it("take a decimal comma for the point", () => {
    assert.equal(parseSocOptions({ minEfficiency: "0,9", auxKw: " 1,5 " }).minEfficiency, 0.9);
    assert.deepEqual(faultsIn(PREDICTED_SOC_SCHEMA, { minEfficiency: "0,9", auxKw: "1,5" }), []);
    const vehicles = [{ vin: VIN, batteryKwh: "10,4", consumption: "18,5" }];
    assert.deepEqual(faultsIn(ACCOUNT_SCHEMA, { vehicles, version: 1 }), []);
    const [car] = parseSettings("a", { vehicles, version: 1 }, {}).vehicles;
    assert.deepEqual([car?.batteryKwh, car?.consumption], [10.4, 0.185]);
  });

  it("know no day that no calendar has, and no comma in whole numbers", () => {
    const history = { operation: "chargingHistory" };
    for (const from of ["2026-02-30", "2026-13-01", "2026-02-29T12:00"])
      assert.deepEqual(faultsIn(TELEMATICS_SCHEMA, { ...history, from }), ["from"], from);
    assert.deepEqual(faultsIn(TELEMATICS_SCHEMA, { ...history, from: "2028-02-29" }), []);
    assert.deepEqual(faultsIn(TELEMATICS_SCHEMA, { minInterval: "1,000" }), ["minInterval"]);
  });

  it("name the car's number that is wrong", () => {
    const hint = (car: object) => {
      const stored = { vehicles: [{ vin: VIN }, car] };
      return faultOf(ACCOUNT_SCHEMA, "vehicles", stored.vehicles, () => undefined)?.hint;
    };
    assert.equal(hint({ vin: "WBY" }), "cardata-stream.invalid.vin");
    assert.equal(hint({ vin: VIN, batteryKwh: "big" }), "cardata-account.invalid.batteryKwh");
    assert.equal(hint({ vin: VIN, consumption: "0.2" }), "cardata-account.invalid.consumption");
    assert.equal(hint({ vin: VIN, batteryKwh: 0, consumption: "", driveType: "rocket" }), undefined);
  });
});

describe("stored settings", () => {
  it("are read whatever a flow file holds", () => {
    for (const schema of SCHEMAS) {
      const names = [...Object.keys(schema.settings), "version"];
      const flows = fc.dictionary(
        fc.constantFrom(...names),
        fc.oneof(typed, fc.array(fc.dictionary(fc.string(), typed))),
      );
      fc.assert(
        fc.property(flows, (stored) => {
          assert.deepEqual(Object.keys(readSettings(schema, stored)), Object.keys(schema.settings));
          faultsIn(schema, stored);
        }),
        { numRuns: runs(300) },
      );
    }
  });

  it("are the usual ones in a new node, which has no fault but what must be filled in", () => {
    for (const schema of SCHEMAS) {
      const entries = Object.entries(schema.settings);
      const initial = Object.fromEntries(entries.map(([name, setting]) => [name, setting.initial]));
      const version = versionOf(schema);
      assert.deepEqual(readSettings(schema, { ...initial, version }), readSettings(schema, { version }), schema.type);
      const required = entries.filter(([, { isRequired, when }]) => isRequired && !when).map(([name]) => name);
      assert.deepEqual(faultsIn(schema, { ...initial, version }), required, schema.type);
    }
  });

  it("of version 0 give a consumption in kWh/km or in kWh/100 km, later ones in kWh/100 km only", () => {
    const stored = (consumption: unknown, version?: number) => ({ vehicles: [{ vin: VIN, consumption }], version });
    const kwhPerKm = (node: JsonObject) => parseSettings("a", node, {}).vehicles[0]?.consumption;
    assert.deepEqual(
      [0.18, "0,21", "0.6", 18].map((number) => kwhPerKm(stored(number))),
      [0.18, 0.21, 0.6, 0.18],
    );
    assert.deepEqual(
      [0.18, "0,21", 18, "21"].map((number) => kwhPerKm(stored(number, 1))),
      [null, null, 0.18, 0.21],
    );
    assert.deepEqual(migrated(ACCOUNT_SCHEMA, stored("0.07"))["vehicles"], [{ vin: VIN, consumption: "7" }]);
    assert.equal(versionOf(ACCOUNT_SCHEMA), 1);
  });

  it("of a Home Assistant node of version 0 keep attributes on unless they were switched off", () => {
    const attributes = (node: JsonObject) => parseAnnouncerOptions(node, { topicBase: "cars" }).attributes;
    assert.deepEqual([{}, { attributes: true }, { attributes: false }].map(attributes), [true, true, false]);
    assert.deepEqual([attributes({ version: 1 }), attributes({ version: 1, attributes: true })], [false, true]);
  });

  it("of a Home Assistant node say in minutes when an unchanged state is sent again, 0 for never", () => {
    const repeat = (repeatMinutes?: unknown) =>
      parseAnnouncerOptions({ repeatMinutes }, { topicBase: "cars" }).repeatMs / 60_000;
    assert.deepEqual([undefined, "", "5", 0, "0", "x", 1441].map(repeat), [15, 15, 5, Infinity, Infinity, 15, 15]);
  });

  it("of a later version than this program's are taken as they are", () => {
    assert.deepEqual(migrated(ACCOUNT_SCHEMA, { version: 7, name: "x" }), { version: 7, name: "x" });
    assert.deepEqual(migrated(ACCOUNT_SCHEMA, { version: -1 }), { version: -1 });
  });
});
