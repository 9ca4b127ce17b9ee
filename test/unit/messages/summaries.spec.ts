import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlainAnswer } from "../../../src/rest/operations.js";
import { summaryOf } from "../../../src/messages/summaries.js";
import samples from "../../fixtures/samples.json";
import { VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

type Name = PlainAnswer["operation"];

/** Builds a payload that may be other than the account lets through. */
const summary = (operation: Name, payload: unknown, more: object = {}) =>
  summaryOf({ operation, vin: VIN, payload, truncated: false, ...more } as PlainAnswer);
const text = (operation: Name, payload: unknown, more: object = {}) => summary(operation, payload, more).text;

const session = (startTime: number, more: object = {}) => ({
  startTime,
  endTime: startTime + 3600,
  displayedStartSoc: 40,
  displayedSoc: 80,
  energyConsumedFromPowerGridKwh: 30.1,
  chargingLocation: { formattedAddress: "Somewhere 1", mapMatchedLatitude: 48.1 },
  ...more,
});
const MARCH_1 = Date.parse("2026-03-01T12:00:00Z") / 1000;
const MARCH_2 = Date.parse("2026-03-02T12:00:00Z") / 1000;

describe("a charging history in short", () => {
  it("counts, adds up and names the last one, whatever BMW's order", () => {
    const { sessions, ...rest } = summary("chargingHistory", [session(MARCH_1), session(MARCH_2)], { truncated: true });
    assert.deepEqual(rest, {
      text: "2 charges (last: 2026-03-02)",
      count: 2,
      last: "2026-03-02T13:00:00.000Z",
      energyKwh: 60.2,
      truncated: true,
    });
    assert.deepEqual(
      (sessions as { startTime: number }[]).map(({ startTime }) => startTime),
      [MARCH_2, MARCH_1],
    );
  });

  it("reads numbers that BMW writes as texts", () => {
    const asText = (start: number) =>
      Object.fromEntries(
        Object.entries(session(start, { mileage: 100, totalChargingDurationSec: 3600, timeZone: "UTC" })).map(
          ([name, value]) => [name, typeof value === "number" ? String(value) : value],
        ),
      );
    const { sessions, ...rest } = summary("chargingHistory", [
      asText(MARCH_1),
      session(MARCH_2),
      { ...session(1), startTime: "soon", endTime: "", energyConsumedFromPowerGridKwh: "a lot" },
    ]);
    assert.deepEqual(rest, {
      text: "3 charges (last: 2026-03-02)",
      count: 3,
      last: "2026-03-02T13:00:00.000Z",
      energyKwh: 60.2,
      truncated: false,
    });
    const [, second] = sessions as object[];
    assert.deepEqual(second, {
      startTime: MARCH_1,
      endTime: MARCH_1 + 3600,
      displayedStartSoc: 40,
      displayedSoc: 80,
      energyConsumedFromPowerGridKwh: 30.1,
      totalChargingDurationSec: 3600,
      mileage: 100,
      timeZone: "UTC",
    });
    assert.equal(summary("chargingHistory", [asText(MARCH_1)])["last"], "2026-03-01T13:00:00.000Z");
  });

  it("leaves places out", () => {
    const [first] = summary("chargingHistory", [session(MARCH_1, { timeZone: "Europe/Berlin", mileage: 100 })])[
      "sessions"
    ] as object[];
    assert.deepEqual(first, {
      startTime: MARCH_1,
      endTime: MARCH_1 + 3600,
      displayedStartSoc: 40,
      displayedSoc: 80,
      energyConsumedFromPowerGridKwh: 30.1,
      mileage: 100,
      timeZone: "Europe/Berlin",
    });
  });

  it("does without times and energies", () => {
    const bare = summary("chargingHistory", [
      { endTime: 0, energyConsumedFromPowerGridKwh: -1 },
      { endTime: "soon" },
      7,
      null,
    ]);
    assert.equal(bare.text, "2 charges");
    assert.equal(bare["last"], null);
    assert.equal(bare["energyKwh"], null);
    assert.equal(bare["truncated"], false);
    assert.equal(text("chargingHistory", []), "no charges");
    assert.equal(text("chargingHistory", null), "no data");
    assert.equal(text("chargingHistory", [session(MARCH_1)]), "1 charge (last: 2026-03-01)");
  });
});

const wheel = (more: object = {}) => ({
  season: { season: "WINTER", value: "Winter" },
  tyreWear: { value: "4.5 mm", status: "OK", statusColor: "GREEN", dueMileage: 12_000, unit: "KILOMETER" },
  tyreProductionDate: { value: "2024/38", statusColor: "GREEN" },
  dimension: { value: "255/40 R19 100Y", aspectRatio: 40 },
  runFlat: { runFlat: true },
  ...more,
});
const tyres = (mounted: unknown, more: object = {}) => ({ passengerCar: { mountedTyres: mounted }, ...more });

describe("a tyre diagnosis in short", () => {
  const FOUR = { frontLeft: wheel(), frontRight: wheel(), rearLeft: wheel(), rearRight: wheel() };
  const damaged = { frontLeft: wheel({ tyreDefect: { value: "Puncture" } }), frontRight: wheel() };
  const GOOD = { label: "Mounted", aggregatedQualityStatus: { value: "Good", qualityStatus: "GREEN" }, ...FOUR };

  for (const [said, payload] of [
    ["no data", null],
    ["no data", "odd"],
    ["2 errors", tyres(GOOD, { errors: [{ eventId: "a" }, { eventId: "b" }] })],
    ["1 error", tyres(GOOD, { errors: [{ eventId: "a" }] })],
    ["no tyre data", {}],
    ["no tyre data", { passengerCar: {} }],
    ["no tyre data", tyres("odd")],
    ["no tyre data", tyres({ frontLeft: {}, frontRight: { tyreWear: { value: null } } })],
    ["Good", tyres(GOOD)],
    ["1 warning", tyres(damaged)],
    ["2 warnings", tyres({ ...damaged, rearLeft: wheel({ tyreDefect: { value: "Worn" } }) })],
    ["OK", tyres(FOUR)],
  ] as const)
    it(`says "${said}" of ${JSON.stringify(payload).slice(0, 70)}`, () => {
      assert.equal(text("tyreDiagnosis", payload), said);
    });

  it("reads a mileage that BMW writes as text", () => {
    const worn = wheel({ tyreWear: { status: "OK", dueMileage: "12000", unit: "KILOMETER" } });
    const { mounted } = summary("tyreDiagnosis", tyres({ frontLeft: worn })) as unknown as {
      mounted: { frontLeft: Record<string, unknown> };
    };
    assert.deepEqual([mounted.frontLeft["dueMileage"], mounted.frontLeft["dueMileageUnit"]], [12_000, "km"]);
  });

  it("takes a tyre without a defect for no warning, whatever BMW writes there", () => {
    const sound = [
      { value: "None", status: "NO_DEFECT", statusColor: "GREEN" },
      { status: "NO_DEFECT" },
      { value: "Kein Defekt", statusColor: "GREEN" },
      { value: "Unbekannt", statusColor: "GREY" },
    ];
    const [frontLeft, frontRight, rearLeft, rearRight] = sound.map((tyreDefect) => wheel({ tyreDefect }));
    const four = { frontLeft, frontRight, rearLeft, rearRight };
    assert.equal(text("tyreDiagnosis", tyres(four)), "OK");
    const worn = wheel({ tyreDefect: { status: "DEFECT", statusColor: "RED" } });
    const reported = summary("tyreDiagnosis", tyres({ ...four, rearRight: worn }));
    assert.equal(reported.text, "1 warning");
    const mounted = reported["mounted"] as Record<string, { defect?: string }>;
    assert.deepEqual([mounted["frontLeft"]?.defect, mounted["rearRight"]?.defect], [undefined, "DEFECT"]);
  });

  it("says BMW's code where BMW has no word for the condition", () => {
    const mounted = { aggregatedQualityStatus: { qualityStatus: "GOOD", label: "Zustand" }, ...FOUR };
    assert.equal(text("tyreDiagnosis", tyres(mounted)), "GOOD");
  });

  it("describes both sets wheel by wheel, and the errors", () => {
    const payload = {
      passengerCar: { mountedTyres: { label: "Mounted", frontLeft: wheel() }, unmountedTyres: { label: "Cellar" } },
      errors: [{ eventId: "E1", type: "TECHNICAL", message: { en: "No record" } }, "odd"],
    };
    const nothing = { frontLeft: null, frontRight: null, rearLeft: null, rearRight: null };
    assert.deepEqual(summary("tyreDiagnosis", payload), {
      text: "1 error",
      mounted: {
        ...nothing,
        label: "Mounted",
        status: null,
        frontLeft: {
          dimension: "255/40 R19 100Y",
          season: "Winter",
          wear: "4.5 mm",
          dueMileage: 12_000,
          dueMileageUnit: "km",
          productionDate: "2024/38",
          runFlat: true,
        },
      },
      unmounted: { ...nothing, label: "Cellar", status: null },
      errors: [{ eventId: "E1", type: "TECHNICAL", message: '{"en":"No record"}' }],
    });
  });
});

describe("basic data in short", () => {
  const sample = (id: string) => samples.find((one) => one.id === id)?.payload;

  it("describes the car by BMW's live spelling", () => {
    const { attributes, ...rest } = summary("basicData", sample("S03"));
    assert.deepEqual(rest, {
      text: "BMW X1 sDrive18i",
      name: "X1 sDrive18i",
      manufacturer: "BMW",
      model: "X1 sDrive18i",
      serialNumber: VIN,
      hardwareVersion: "U11",
    });
    assert.deepEqual(attributes, {
      vin: VIN,
      model_name: "X1 sDrive18i",
      model_key: "11EE",
      series: "X",
      series_development: "U11",
      body_type: "Sports Activity Vehicle",
      color: "ALPINWEISS  III",
      country: "ES",
      drive_train: "CONV",
      propulsion_type: "BE",
      engine_code: "B38N",
      navigation_installed: false,
      sunroof: false,
      head_unit: "HU_MGU",
      sim_status: "ACTIVE",
      construction_date: "2022-10-17T00:00:00.000+0000",
      special_equipment_codes: "0478,05AV,06WC,01LS,0431,01DF,0430",
      doors: 5,
      steering: "LL",
      charging_modes: "",
    });
  });

  it("takes the spelling of BMW's document as well, and lists in place of text", () => {
    const payload = {
      brand: "MINI",
      series: "F",
      puStep: "0324",
      colourCodeRaw: "B71",
      countryCodeISO: "DE",
      chargingModes: ["AC_LOW", null, "DC"],
      fullSAList: ["0478", "05AV"],
      hvsMaxEnergyAbsolute: 28.9,
    };
    const { attributes, ...rest } = summary("basicData", payload);
    assert.equal(rest.text, "MINI F");
    assert.equal(rest["softwareVersion"], "0324");
    const { color, country, charging_modes, special_equipment_codes, hvs_max_energy } = attributes as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      [color, country, charging_modes, special_equipment_codes, hvs_max_energy],
      ["B71", "DE", "AC_LOW, DC", "0478, 05AV", 28.9],
    );
  });

  it("never names a car by its whole VIN", () => {
    const { name, text: line } = summary("basicData", { brand: "BMWi" });
    assert.equal(name, "BMWi …0001");
    assert.equal(line, "BMWi …0001");
    assert.equal(text("basicData", {}, { vin: null }), "BMW");
  });

  it("is nothing without an object", () => {
    assert.deepEqual(summary("basicData", ["odd"]), { text: "no data" });
  });
});

describe("other answers in short", () => {
  it("counts cars and those that can be read", () => {
    const cars = [
      { vin: VIN, role: "primary", access: "ok" },
      { vin: "x", role: "secondary", access: "not_primary" },
    ];
    assert.deepEqual(summary("vehicles", cars), { text: "2 cars, 1 readable", count: 2, readable: 1 });
    assert.equal(text("vehicles", [cars[1]]), "1 car, 0 readable");
  });

  it("measures a picture", () => {
    const contentType = "image/png";
    assert.deepEqual(summary("image", Buffer.alloc(123_456), { contentType }), {
      text: "PNG picture, 123 kB",
      bytes: 123_456,
      contentType,
    });
    assert.equal(text("image", Buffer.alloc(500), { contentType: "image/jpeg" }), "JPEG picture, 500 bytes");
  });

  it("counts charging locations", () => {
    assert.deepEqual(summary("chargingSettings", [{ id: "1" }, { id: "2" }]), {
      text: "2 charging locations",
      count: 2,
    });
  });

  it("counts data containers, those that live and those of this package", () => {
    const list = [
      { id: "1", state: "ACTIVE", own: true, active: true },
      { id: "2", state: "ACTIVE", own: false, active: true },
      { id: "3", state: "DELETED", own: true, active: false },
    ];
    assert.deepEqual(summary("containers", list, { vin: null }), {
      text: "2 active containers, 1 of this package",
      count: 3,
      active: 2,
      own: 1,
    });
  });

  it("says what became of data containers", () => {
    const reset = { action: "reset", deleted: ["a"], failed: ["b"], id: "G00B025F732UD" };
    assert.deepEqual(summary("containers", reset, { vin: null }), {
      text: "1 container deleted, 1 not deleted, G00B025F732UD in use",
      deleted: 1,
      failed: 1,
      id: "G00B025F732UD",
    });
    assert.equal(text("containers", { action: "deleteOwn", deleted: [], failed: [] }), "0 containers deleted");
  });

  it("gives the quota and when it comes back", () => {
    const quota = { used: 23, remaining: 27, limit: 50, resetsAt: "2026-03-03T00:00:00.000Z", blockedUntil: null };
    assert.deepEqual(summary("quota", quota, { vin: null }), {
      text: "23 of 50 used, resets 00:00 UTC",
      used: 23,
      remaining: 27,
      resetsAt: "2026-03-03T00:00:00.000Z",
    });
    const blocked = { ...quota, blockedUntil: "2026-03-02T14:05:00.000Z" };
    assert.match(text("quota", blocked), /nothing is sent before 14:05 UTC$/);
  });
});

describe("summaries of anything", () => {
  /** Whose payload is BMW's own; the others are of our making, and the compiler holds them. */
  const names = ["basicData", "chargingHistory", "tyreDiagnosis"] as const;
  const words = [
    "passengerCar",
    "mountedTyres",
    "frontLeft",
    "tyreWear",
    "tyreDefect",
    "errors",
    "message",
    "value",
    "startTime",
    "endTime",
    "energyConsumedFromPowerGridKwh",
    "brand",
    "modelName",
    "chargingModes",
    "vin",
  ];
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.double(),
      fc.dictionary(fc.constantFrom(...words), tie("tree"), { maxKeys: 6 }),
      fc.array(tie("tree"), { maxLength: 4 }),
    ),
  }));

  it("always have a text and go through JSON unchanged", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), tree, fc.boolean(), (operation, answer, truncated) => {
        const reported = summary(operation, JSON.parse(JSON.stringify(answer)), { truncated });
        assert.ok(reported.text.length > 0);
        assert.deepEqual(JSON.parse(JSON.stringify(reported)), reported);
      }),
      { numRuns: runs(2000) },
    );
  });
});
