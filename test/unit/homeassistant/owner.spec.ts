import assert from "node:assert/strict";
import { companionsOf } from "../../../src/homeassistant/companion-entities.js";
import { nameIn, wordIn } from "../../../src/homeassistant/languages/translate.js";
import { wordListOf } from "../../../src/homeassistant/word-lists.js";
import { LANGUAGES } from "../../../src/settings/homeassistant-schema.js";
import { NAMES_OF_VALUES } from "../../../src/messages/value-names.js";
import { allDefinitions, definitionOf } from "../../../src/vehicle/catalogue.js";
import type { DriveType } from "../../../src/vehicle/drive-type.js";
import { announcing, HEADER, identity, ODOMETER, predicted, soc, value, WINDOW } from "../../helpers/announcing.js";
import { VIN } from "../../helpers/fakes.js";
import { lateConsumer } from "../../helpers/late-consumer.js";

const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const STATUS = `${CHARGING}.status`;
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const HEADING = "vehicle.cabin.infotainment.navigation.currentLocation.heading";
const DOORS = "vehicle.cabin.door.status";
const PORT = "vehicle.body.chargingPort.status";
const SHOWN = "vehicle.powertrain.electric.battery.stateOfCharge.displayed";
const RANGE = "vehicle.drivetrain.lastRemainingRange";
const ELECTRIC_RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const PRESSURE = "vehicle.chassis.axle.row1.wheel.left.tire.pressure";
const SERVICE = "vehicle.status.serviceDistance.next";
const ARMED = "vehicle.vehicle.antiTheftAlarmSystem.alarm.armStatus";
const WEEK = "vehicle.vehicle.averageWeeklyDistanceLongTerm";

const keyOf = (descriptor: string) => descriptor.replace(/^vehicle\./, "").replace(/\./g, "_");
const named = (descriptor: string, payload: unknown, unit: string | null = null) =>
  value(descriptor, payload, { unit, name: definitionOf(descriptor)?.name ?? descriptor });
const ofKind = (driveType: DriveType) => ({ cars: { [VIN]: identity(VIN, { driveType }) } });

async function announced(messages: readonly object[], options: Parameters<typeof announcing>[0] = {}) {
  const work = announcing(options);
  for (const message of messages) work.take(message);
  await work.settle();
  const component = (descriptor: string, suffix = "") => work.components()[keyOf(descriptor) + suffix];
  return { ...work, component };
}

describe("what an owner sees: units", () => {
  it("a distance without a unit is one in kilometres from the beginning", async () => {
    const { component, state } = await announced([named(WEEK, 570)]);
    const { device_class, unit_of_measurement, state_class } = component(WEEK) ?? {};
    assert.deepEqual([device_class, unit_of_measurement, state_class], ["distance", "km", "measurement"]);
    assert.equal(state(WEEK), "570");
  });

  it("a distance without a unit is in that of the car's other distances, whichever comes first", async () => {
    const { component } = await announced([named(WEEK, 354), named(ODOMETER, 14_575, "mi"), named(SERVICE, 1330)]);
    assert.equal(component(WEEK)?.["unit_of_measurement"], "mi");
    assert.equal(component(SERVICE)?.["unit_of_measurement"], "mi");
  });

  it("a unit that comes later is converted to the announced one, which stays", async () => {
    const { take, settle, component, state, sent } = await announced([named(ODOMETER, 23_456)]);
    sent.length = 0;
    take(named(ODOMETER, 14_575, "mi"));
    await settle();
    assert.equal(component(ODOMETER)?.["unit_of_measurement"], "km");
    assert.ok(Math.abs(Number(state(ODOMETER)) - 23_456) < 2);
    assert.ok(sent.every(({ topic }) => !topic.endsWith("/config")));
  });

  for (const [descriptor, before, after, expected] of [
    [PRESSURE, [250, "kPa"], [36.3, "psi"], 250.3],
    ["vehicle.vehicle.avgSpeed", [48, "km/h"], [30, "mph"], 48],
    ["vehicle.drivetrain.fuelSystem.remainingFuel", [31, "L"], [8.2, "gal"], 31],
    ["vehicle.chassis.axle.row1.wheel.left.tire.temperature", [21.5, "°C"], [70.7, "°F"], 21.5],
  ] as const)
    it(`a car set to ${after[1]} keeps ${before[1]} of ${descriptor}`, async () => {
      const { take, component, state } = await announced([named(descriptor, before[0], before[1])]);
      take(named(descriptor, after[0], after[1]));
      assert.equal(component(descriptor)?.["unit_of_measurement"], before[1]);
      assert.ok(Math.abs(Number(state(descriptor)) - expected) < 0.5, String(state(descriptor)));
    });

  it("a unit that was announced outlives a restart", async () => {
    const { kept } = await announced([named(ODOMETER, 23_456), named(RANGE, 214)]);
    const again = await announced([named(ODOMETER, 14_575, "mi")], { saved: kept() });
    assert.equal(again.component(ODOMETER)?.["unit_of_measurement"], "km");
  });

  it("no number of the catalogue that is a quantity comes without its unit", async () => {
    const numbers = [...allDefinitions()].filter(
      ({ type }) => type !== null && type !== "boolean" && type !== "string",
    );
    const { component } = await announced(numbers.map(({ id }) => named(id, 12)));
    const bare = numbers.filter(({ id }) => component(id)?.["unit_of_measurement"] === undefined).map(({ id }) => id);
    const counts = /number|count|stars|minute|hour|available|\.max$|plugEventId|end\.time$/i;
    assert.deepEqual(
      bare.filter((id) => !counts.test(id)),
      [],
    );
  });

  it("power is in kW, whatever BMW sends", async () => {
    for (const [sent, unit, state] of [
      [11_040, "W", "11.04"],
      [11.04, "kW", "11.04"],
      [11_040, null, "11.04"],
      [11, null, "11"],
    ] as const) {
      const seen = await announced([named(POWER, sent, unit)]);
      assert.equal(seen.component(POWER)?.["unit_of_measurement"], "kW");
      assert.equal(seen.state(POWER), state);
    }
  });

  it("the heading is an angle", async () => {
    const { component } = await announced([named(HEADING, 90, "°")]);
    assert.equal(component(HEADING)?.["state_class"], "measurement_angle");
  });
});

describe("what an owner sees: words", () => {
  it("BMW's words are options that read well; the word itself is an attribute", async () => {
    const { component, state, broker } = await announced([named(STATUS, "CHARGINGACTIVE")], { attributes: true });
    assert.equal(component(STATUS)?.["device_class"], "enum");
    assert.deepEqual(component(STATUS)?.["options"], [
      "Not charging",
      "Starting",
      "Charging",
      "Paused",
      "Ended",
      "Error",
    ]);
    assert.equal(state(STATUS), "Charging");
    const attributes = JSON.parse(String(broker.get(`cardata/${VIN}/${STATUS}/attributes`))) as object;
    assert.equal((attributes as { word: string }).word, "CHARGINGACTIVE");
  });

  it("a word that no list has becomes an option before it becomes the state, also after a restart", async () => {
    const { take, settle, component, state, sent, kept, clock } = await announced([named(STATUS, "NOCHARGING")]);
    sent.length = 0;
    take(named(STATUS, "PLUGGED_IN_BUT_WAITING"));
    // Home Assistant drops a state that comes before it has taken the options.
    assert.equal(state(STATUS), "Not charging");
    assert.ok((component(STATUS)?.["options"] as string[]).includes("Plugged in but waiting"));
    await settle();
    // A busy Home Assistant may have dropped even that one.
    sent.splice(0);
    await clock.advance(60_000);
    assert.deepEqual(
      sent.map(({ topic }) => topic),
      [`cardata/${VIN}/${STATUS}/state`],
    );
    const last = (component(STATUS)?.["options"] as string[]).at(-1);
    assert.equal(last, "Plugged in but waiting");
    assert.equal(state(STATUS), last);
    const again = await announced([], { saved: kept() });
    assert.ok((again.component(STATUS)?.["options"] as string[]).includes("Plugged in but waiting"));
  });

  it("words of another language take the place of the old ones without a state that is no option", async () => {
    const before = await announced([named(STATUS, "CHARGINGACTIVE")]);
    const after = await announced([named(STATUS, "CHARGINGACTIVE")], { saved: before.kept(), language: "de" });
    const said = after.sent.filter(({ topic }) => topic.endsWith(`${STATUS}/state`) || topic.endsWith("/config"));
    assert.deepEqual(
      said.map(({ topic, payload }) => (topic.endsWith("/config") ? "config" : payload)),
      ["None", "config", "Lädt"],
    );
    const same = await announced([named(STATUS, "CHARGINGACTIVE")], { saved: after.kept(), language: "de" });
    assert.ok(same.sent.every(({ payload }) => payload !== "None"));
  });

  it("new words and words of another language travel with their attributes where these are on", async () => {
    const before = await announced([named(STATUS, "CHARGINGACTIVE")], { attributes: true });
    const whole = `cardata/${VIN}/${STATUS}/attributes`;
    const stateIn = (payload: unknown) => (JSON.parse(String(payload)) as { state: string }).state;
    before.take(named(STATUS, "PLUGGED_IN_BUT_WAITING"));
    assert.equal(stateIn(before.broker.get(whole)), "Charging");
    await before.settle();
    assert.equal(stateIn(before.broker.get(whole)), "Plugged in but waiting");
    const options = { saved: before.kept(), language: "de", attributes: true } as const;
    const after = await announced([named(STATUS, "CHARGINGACTIVE")], options);
    const said = after.sent.filter(({ topic }) => topic === whole).map(({ payload }) => stateIn(payload));
    assert.deepEqual(said, ["None", "Lädt"]);
    assert.deepEqual(lateConsumer(after.broker).findings, []);
  });

  it("a value with words without end becomes a text", async () => {
    const { component, state, broker } = await announced(
      Array.from({ length: 40 }, (_, index) => named(STATUS, `NEW_WORD_${index}`)),
    );
    assert.equal(component(STATUS)?.["options"], undefined);
    assert.equal(state(STATUS), "New word 39");
    assert.deepEqual(lateConsumer(broker).findings, []);
  });

  it("all languages tell each word of each list, and every state is an option", async () => {
    for (const language of LANGUAGES) {
      const messages = [...allDefinitions()].flatMap(({ id }) => (wordListOf(id) ?? []).map((word) => named(id, word)));
      const { broker } = await announced(messages, { language });
      assert.deepEqual(lateConsumer(broker).findings, []);
    }
  });

  it("every state is an option, whatever comes", async () => {
    const { take, settle, broker, state } = await announced([named(STATUS, "NOCHARGING")]);
    for (const word of ["FOO_", " ", "_", "x".repeat(300), `${"y".repeat(254)}🚗`, "None", "ünknown", 7, true]) {
      take(named(STATUS, word));
      await settle();
      assert.deepEqual(lateConsumer(broker).findings, [], String(word));
    }
    assert.equal(state(STATUS), "True");
  });

  it("words of what the car displays read as words of an owner", () => {
    const words = ["DONT_DISPLAY", "NO_DISPLAY_TIME_FOR_CHARGING", "NORMAL_PROGNOSE_BASED"];
    assert.deepEqual(
      words.map((word) => wordIn("en", word)),
      ["Not shown", "No time shown", "Normal, by forecast"],
    );
    assert.equal(wordIn("de", "DISPLAY_DEPARTURE_TIME_WITH_V2XSOE"), "Angezeigt mit V2X-Ladestand");
  });

  it("words from outside are no members of the tables", () => {
    assert.equal(wordIn("de", "constructor"), "Constructor");
    assert.equal(nameIn("de", "toString"), "toString");
  });
});

describe("what an owner sees: names", () => {
  it("say the thing, and the class says how it is", async () => {
    const { component } = await announced([
      named(DOORS, "LOCKED"),
      named(PORT, "CONNECTED"),
      named(WINDOW, "OPEN"),
      named("vehicle.body.trunk.isLocked", true),
      named("vehicle.isMoving", false),
      named(ARMED, "unarmed"),
    ]);
    const names = [
      component(DOORS, "_unlocked"),
      component(PORT, "_plugged"),
      component(WINDOW, "_open"),
      component("vehicle.body.trunk.isLocked"),
      component("vehicle.isMoving"),
      component(ARMED),
    ].map((one) => one?.["name"]);
    assert.deepEqual(names, [
      "Door lock",
      "Charging cable",
      "Window front, driver side",
      "Boot lock",
      "Motion",
      "Alarm system",
    ]);
  });

  it("are in the owner's language; entity ids are not", async () => {
    const { component } = await announced([soc(61), named(DOORS, "LOCKED")], { language: "de" });
    assert.equal(component(HEADER)?.["name"], "Ladestand");
    assert.equal(component(HEADER)?.["default_entity_id"], "sensor.bmw_i4_battery_level");
    assert.equal(component(DOORS, "_unlocked")?.["name"], "Türverriegelung");
  });

  it("are unique in every language", async () => {
    const all = [
      ...[...allDefinitions()].map(({ id, type }) =>
        named(id, type === "boolean" ? true : type === "string" ? "A" : 1),
      ),
      ...Object.entries(NAMES_OF_VALUES).map(([id, name]) => value(id, 1, { name })),
    ];
    for (const language of LANGUAGES) {
      const { broker } = await announced(all, { language, buttons: true });
      assert.deepEqual(lateConsumer(broker).findings, []);
    }
  });

  it("have an icon in place of an eye where they are percentages", async () => {
    const percentages = [...allDefinitions()].filter(({ unit }) => unit === "%");
    const { component } = await announced(percentages.map(({ id }) => named(id, 50, "%")));
    for (const { id } of percentages) {
      const { device_class, icon } = component(id) ?? {};
      assert.ok(device_class !== undefined || icon !== undefined, id);
    }
  });

  it("have an icon in place of an eye where they are words of a list", async () => {
    const listed = [...allDefinitions()].flatMap(({ id }) =>
      (wordListOf(id) ?? []).slice(0, 1).map((word) => [id, word]),
    );
    const { component } = await announced(listed.map(([id = "", word = ""]) => named(id, word)));
    // Home Assistant shows an eye for the class `enum`, and something better for those of binary sensors.
    const eyes = listed.map(([id = ""]) => id).filter((id) => component(id)?.["icon"] === undefined);
    assert.deepEqual(eyes, []);
  });
});

describe("what an owner sees: one entity for each fact", () => {
  const isOff = (one: Record<string, unknown> | undefined) => one?.["enabled_by_default"] === false;

  it("the best level is shown, its twins wait", async () => {
    const { component } = await announced(
      [soc(61), named(SHOWN, 61, "%"), predicted(61.4), named(`${CHARGING}.level`, 61, "%")],
      ofKind("bev"),
    );
    assert.deepEqual(
      [HEADER, "vehicle.predicted_soc"].map((id) => isOff(component(id))),
      [false, false],
    );
    assert.deepEqual(
      [SHOWN, `${CHARGING}.level`].map((id) => isOff(component(id))),
      [true, true],
    );
  });

  it("a twin is shown where the car sends nothing else", async () => {
    for (const only of [SHOWN, `${CHARGING}.level`, "vehicle.trip.segment.end.travelledDistance", ELECTRIC_RANGE]) {
      const { component } = await announced([named(only, 61)], ofKind("bev"));
      assert.equal(isOff(component(only)), false, only);
    }
    const flap = "vehicle.powertrain.tractionBattery.charging.port.rearRight.flap.isOpen";
    assert.equal(isOff((await announced([named(flap, true)])).component(flap)), false);
  });

  it("a lock, a window and a cable are told by their class alone", async () => {
    const { component } = await announced([named(DOORS, "LOCKED"), named(WINDOW, "OPEN"), named(PORT, "CONNECTED")]);
    for (const [id, suffix] of [
      [DOORS, "_unlocked"],
      [WINDOW, "_open"],
      [PORT, "_plugged"],
    ] as const) {
      assert.equal(isOff(component(id)), true, id);
      assert.equal(isOff(component(id, suffix)), false, id);
    }
    assert.equal(companionsOf(DOORS).length, 1);
  });

  it("a hybrid has two ranges, what has no tank one", async () => {
    const ranges = [named(RANGE, 400, "km"), named(ELECTRIC_RANGE, 40, "km")];
    const hybrid = await announced(ranges, ofKind("phev"));
    assert.deepEqual(
      [RANGE, ELECTRIC_RANGE].map((id) => isOff(hybrid.component(id))),
      [false, false],
    );
    const electric = await announced(ranges, ofKind("bev"));
    assert.deepEqual(
      [RANGE, ELECTRIC_RANGE].map((id) => isOff(electric.component(id))),
      [true, false],
    );
  });
});

describe("what an owner sees: a charge that is over", () => {
  const values = [
    named(POWER, 72_000, "W"),
    named(`${CHARGING}.acVoltage`, 230, "V"),
    named(`${CHARGING}.timeRemaining`, 35, "min"),
  ];
  const states = (state: (id: string) => unknown) =>
    [POWER, `${CHARGING}.acVoltage`, `${CHARGING}.timeRemaining`].map((id) => state(id));

  it("has no power, whatever BMW leaves standing", async () => {
    const { state } = await announced(values, { isCharging: () => false });
    assert.deepEqual(states(state), ["0", "None", "None"]);
  });

  it("has its values until it ends, although they do not come again", async () => {
    let isCharging = true;
    const { announcer, state } = await announced(values, { isCharging: () => isCharging });
    assert.deepEqual(states(state), ["72", "230", "35"]);
    isCharging = false;
    announcer.refresh(VIN);
    assert.deepEqual(states(state), ["0", "None", "None"]);
  });

  it("does not come back with the next one", async () => {
    let isCharging = false;
    const { announcer, clock, state, take } = await announced(values, { isCharging: () => isCharging });
    announcer.refresh(VIN);
    await clock.advance(3_600_000);
    isCharging = true;
    announcer.refresh(VIN);
    assert.equal(state(POWER), "0");
    take(named(POWER, 11_000, "W"));
    assert.equal(state(POWER), "11");
  });

  it("is unknown where nobody says whether the car charges", async () => {
    const { state } = await announced(values, { isCharging: () => null });
    assert.equal(state(POWER), "72");
  });
});

describe("what an owner sees: events", () => {
  const isEvent = ({ topic }: { readonly topic: string }) => topic.includes("/event/");

  it("are told once, with what is known of them", async () => {
    const { announcer, sent, broker } = await announced([soc(61)]);
    announcer.tell(VIN, "tripEnded", { distanceKm: 12.4, socUsed: 3 });
    const [message] = sent.filter(isEvent);
    assert.equal(message?.topic, `cardata/${VIN}/event/trip`);
    assert.equal(message.retain, false);
    assert.deepEqual(JSON.parse(String(message.payload)), { event_type: "tripEnded", distanceKm: 12.4, socUsed: 3 });
    announcer.resend();
    assert.equal(sent.filter(isEvent).length, 1);
    assert.deepEqual(lateConsumer(broker).findings, []);
  });

  it("exist of trips, charges, locks and warnings; a petrol car never charges", async () => {
    const events = (components: Record<string, Record<string, unknown>>) =>
      Object.values(components).flatMap(({ platform, event_types }) =>
        platform === "event" ? (event_types as string[]) : [],
      );
    const electric = await announced([soc(61)], ofKind("bev"));
    assert.deepEqual(events(electric.components()).sort(), [
      ...["chargingEnded", "chargingInterrupted", "chargingStarted", "locked", "pluggedIn", "pluggedNotCharging"],
      ...["serviceDue", "tripEnded", "tripStarted", "tyrePressureLow", "unlocked", "unplugged"],
    ]);
    const petrol = await announced([named(ODOMETER, 1)], ofKind("combustion"));
    assert.equal(events(petrol.components()).length, 6);
  });

  it("are not told of a car that is not there", async () => {
    const { announcer, sent, take } = await announced([soc(61)]);
    take({ command: "remove" });
    announcer.tell(VIN, "locked", {});
    announcer.tell("WBY1Z2C30N7A00009", "locked", {});
    announcer.tell(VIN, "connected", {});
    assert.deepEqual(sent.filter(isEvent), []);
  });
});

describe("what an owner sees: the device", () => {
  it("has the software of the car, a page and an area", async () => {
    const cars = { [VIN]: identity(VIN, { softwareVersion: "0726" }) };
    const { config } = await announced([soc(61)], { cars, area: "Garage" });
    const { sw_version, suggested_area, configuration_url } = config().device;
    assert.deepEqual([sw_version, suggested_area], ["0726", "Garage"]);
    assert.match(String(configuration_url), /^https:\/\/[a-z.-]+\.bmwgroup\.com\//);
  });

  it("suggests nothing that nobody knows", async () => {
    const { config, broker } = await announced([soc(61)]);
    assert.equal("sw_version" in config().device || "suggested_area" in config().device, false);
    assert.deepEqual(lateConsumer(broker).findings, []);
  });
});
