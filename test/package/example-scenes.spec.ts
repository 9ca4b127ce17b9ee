import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EVCC_NAMES, EvccSource, isTakenByOpenWb } from "../helpers/charge-controllers.js";
import { SOC, type FlowNode } from "../helpers/flow.js";
import { eventually, untilItPasses } from "../helpers/eventually.js";
import { exampleNumber, EXAMPLE_FILES } from "../helpers/examples.js";
import type { Preparation } from "../helpers/example-at-work.js";
import { Stage } from "../helpers/example-stage.js";
import { HttpSink } from "../helpers/http-sink.js";
import { userFolder } from "../helpers/red-at-work.js";
import { temporaryFolder } from "../helpers/red-process.js";

const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
const METHOD = "vehicle.drivetrain.electricEngine.charging.method";
const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
const MAX_ENERGY = "vehicle.drivetrain.batteryManagement.maxEnergy";
const PORT = "vehicle.body.chargingPort.status";
const MOVING = "vehicle.isMoving";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const DOORS = "vehicle.cabin.door.status";
const WINDOW = "vehicle.cabin.window.row1.driver.status";
const COMFORT = "vehicle.cabin.hvac.preconditioning.status.comfortState";
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";

const CAR = "WBY1Z2C30N7A00021";
const OTHER = "WBY1Z2C30N7A00022";
const THIRD = "WBY1Z2C30N7A00023";

interface Scene extends Preparation {
  readonly play: (stage: Stage) => Promise<void>;
}

const at = (latitude: number, longitude: number) => ({
  [`${LOCATION}.latitude`]: latitude,
  [`${LOCATION}.longitude`]: longitude,
});
/** BMW is asked once a second at most, so a scene asks for one car, and nothing else comes in between. */
const FIRST = "WBY1Z2C30N7A00001";
const oneCar: Preparation = {
  change: (node) =>
    node.type === "cardata-telematics" ? { ...node, vehicle: FIRST, automatic: false, daily: false } : node,
};
/** Stands in for a program that values are sent to. */
let sink: HttpSink;
/** Enters address and secrets in the tab, as its comment asks for. */
const entered = (values: Readonly<Record<string, string>>) => (node: FlowNode) => {
  if (node.type !== "tab") return node;
  const names = (node["env"] as readonly { readonly name: string }[]).map(({ name }) => name);
  return { ...node, env: names.map((name) => ({ name, type: "str", value: values[name] ?? sink.url })) };
};
/** Further values of the car: of no concern to a node that has chosen something else. */
const BESIDES = { [ODOMETER]: 1000, [RANGE]: 240, [PORT]: "CONNECTED", [TARGET]: "80" };
const text = (message: Record<string, unknown>) => String(message["payload"]);
/** Where files are written to. */
const FILES = temporaryFolder("files");
function lastNoon(): Date {
  const noon = new Date();
  noon.setHours(12, 0, 0, 0);
  if (noon.getTime() > Date.now()) noon.setDate(noon.getDate() - 1);
  return noon;
}

/** Presses "every night" in the first hours after that day, whenever it is pressed: on the first of a month that matters. */
const inTheNightAfter = (noon: Date) => (node: FlowNode) => {
  const night = new Date(noon);
  night.setHours(27, 30);
  return node["name"] === "every night" ? { ...node, payload: String(night.getTime()), payloadType: "num" } : node;
};

/** Everything costs 30 cents. */
const tariff = (node: FlowNode) => (node.type === "cardata-account" ? { ...node, tariffs: [{ price: "0,30" }] } : node);
/** A charge from 40 to 60 % of 80 kWh, of two hours, that ended an hour before `minutesAgo`. */
const charge = (stage: Stage, minutesAgo: number) => {
  const standing = { [SOC]: 40, [STATUS]: "NOCHARGING", [MAX_ENERGY]: 80, [MOVING]: false, [ODOMETER]: 1000 };
  stage.publish(CAR, { ...standing, ...at(48.1, 11.5) }, minutesAgo + 200);
  const begun = { [SOC]: 40, [STATUS]: "CHARGINGACTIVE", [METHOD]: "AC_TYPE2PLUG", [PORT]: "CONNECTED" };
  stage.publish(CAR, begun, minutesAgo + 180);
  stage.publish(CAR, { [SOC]: 60, [STATUS]: "NOCHARGING", [PORT]: "DISCONNECTED" }, minutesAgo + 60);
};

/** Each example does what it says, by number. */
const SCENES: Readonly<Record<string, Scene>> = {
  "01": {
    play: async (stage) => {
      const stream = stage.node("cardata-stream");
      await stage.message(stream, ({ event }) => event === "connected", 1);
      stage.publish(CAR, { [SOC]: 63, [WINDOW]: "INVALID" });
      const level = await stage.message(stream, ({ descriptor }) => descriptor === SOC);
      assert.deepEqual([level["payload"], level["unit"], level["name"]], [63, "%", "Battery level"]);
      await stage.press("all present values");
      await stage.message(stream, ({ descriptor, parts }) => descriptor === SOC && parts === undefined);
    },
  },
  "02": {
    play: async (stage) => {
      const sentence = stage.node("function", "with its age");
      stage.publish(CAR, { ...BESIDES, [SOC]: 63 }, 30);
      await stage.message(sentence, ({ payload }) => payload === "63 %, 30 min old");
      stage.publish(CAR, { ...BESIDES, [SOC]: "INVALID" });
      await stage.message(sentence, ({ payload }) => payload === "unknown, 0 min old");
      assert.equal(stage.payloads(sentence).length, 2);
    },
  },
  "03": {
    play: async (stage) => {
      stage.publish(CAR, { ...BESIDES, [STATUS]: "NOCHARGING", [SOC]: 99 }, 9);
      // Unknown is neither an end nor a new start.
      stage.publish(CAR, { [STATUS]: "CHARGINGACTIVE" }, 8);
      stage.publish(CAR, { [STATUS]: "INVALID", [SOC]: "INVALID" }, 7);
      stage.publish(CAR, { [STATUS]: "CHARGINGACTIVE", [SOC]: 99 }, 6);
      stage.publish(CAR, { ...BESIDES, [ODOMETER]: 1001, [SOC]: 100 }, 5);
      const full = stage.node("template", "full");
      await stage.message(full, ({ payload }) => payload === `Car ${CAR}: the battery is full (100 %).`);
      const charging = stage.node("template", "charging");
      assert.deepEqual(stage.payloads(charging), [`Car ${CAR} has started to charge.`]);
      assert.equal(stage.payloads(full).length, 1);
    },
  },
  "04": {
    // Ten seconds would do as well; a test does not wait ten minutes.
    change: (node) => {
      if (node.type !== "trigger") return node;
      assert.deepEqual([node["duration"], node["units"]], ["10", "min"]);
      return { ...node, duration: "1", units: "s" };
    },
    play: async (stage) => {
      stage.publish(OTHER, { [WINDOW]: "OPEN", [DOORS]: "SECURED" }, 9);
      stage.publish(OTHER, { [WINDOW]: "CLOSED" }, 8);
      stage.publish(THIRD, { [WINDOW]: "OPEN", [MOVING]: true });
      stage.publish(CAR, { ...BESIDES, [WINDOW]: "INTERMEDIATE", [DOORS]: "SECURED", [STATUS]: "CHARGINGACTIVE" }, 9);
      stage.publish(CAR, { [WINDOW]: "INVALID", [DOORS]: "UNLOCKED" }, 8);
      const sentence = stage.node("template");
      const { payload } = await stage.message(sentence);
      assert.equal(payload, `Car ${CAR} has been left for ten minutes: Window front, driver side; not locked.`);
      // It stays silent of a car that was closed, and of one that moves.
      assert.deepEqual(stage.payloads(sentence), [payload]);
      stage.publish(THIRD, { [MOVING]: false });
      await stage.message(sentence, (message) => text(message).includes(THIRD));
    },
  },
  "05": {
    play: async (stage) => {
      stage.publish(CAR, { [STATUS]: "NOCHARGING", [MOVING]: "ASN_isFalse", [SOC]: 60, [ODOMETER]: 1000 }, 60);
      stage.publish(CAR, { [MOVING]: "ASN_isTrue" }, 50);
      stage.publish(CAR, { [MOVING]: "ASN_isFalse", [SOC]: 52, [ODOMETER]: 1017 }, 30);
      await stage.message(stage.node("function", "trip"), (message) =>
        text(message).startsWith("17 km in 20 min, 8 %"),
      );
      stage.publish(CAR, { [STATUS]: "CHARGINGACTIVE", [METHOD]: "AC_TYPE2PLUG", [TARGET]: "80" }, 25);
      stage.publish(CAR, { [STATUS]: "CHARGINGENDED", [SOC]: 80 }, 5);
      const { payload } = await stage.message(stage.node("function", "charge"));
      assert.equal(payload, "Charged to 80 % in 20 min (target)");
      const tyre = "vehicle.chassis.axle.row2.wheel.left.tire";
      stage.publish(CAR, { [`${tyre}.pressureTarget`]: 250, [`${tyre}.pressure`]: 200 }, 2);
      const warning = await stage.message(stage.node("function", "warning"));
      assert.equal(warning["payload"], "Tyre rearLeft has 200 of 250 kPa");
    },
  },
  "06": {
    change: (node) => {
      if (node.type !== "tab") return node;
      const home: Record<string, string> = { HOME_LATITUDE: "48.1", HOME_LONGITUDE: "11.5" };
      const env = node["env"] as { name: string; value: string }[];
      assert.deepEqual(
        env.map(({ value }) => value),
        ["", "", "200"],
      );
      return { ...node, env: env.map((one) => ({ ...one, value: home[one.name] ?? one.value })) };
    },
    play: async (stage) => {
      const home = stage.node("function");
      stage.publish(CAR, { ...BESIDES, ...at(48.1, 11.6) }, 30);
      stage.publish(CAR, at(48.1005, 11.5), 20);
      // 300 m: neither here nor there.
      stage.publish(CAR, at(48.1027, 11.5), 15);
      stage.publish(CAR, at(48.1, 11.5), 12);
      // After five minutes of silence such a leap would have to wait for the next fix.
      stage.publish(CAR, at(48.2, 11.5), 8);
      const left = await stage.message(home, () => true, 2);
      assert.equal(left["payload"], `Car ${CAR} has left home.`);
      assert.deepEqual(stage.payloads(home, 1), [`Car ${CAR} has arrived home.`]);
      assert.equal(stage.payloads(home, 2).length, 1);
      assert.deepEqual(stage.payloads(home), [7.43, 0.06, 0.3, 0, 11.12]);
      const map = await stage.message(stage.node("change", "for a map"));
      assert.deepEqual(map["payload"], { name: CAR, lat: 48.1, lon: 11.6, icon: "car" });
    },
  },
  "07": {
    isLoginLost: true,
    play: async (stage) => {
      const sentence = await stage.message(stage.node("change"));
      assert.equal(sentence["event"], "loginRequired");
      assert.match(text(sentence), /Log in again/);
    },
  },
  "08": {
    ...oneCar,
    play: async (stage) => {
      await stage.press("ask now");
      const car = await stage.message(stage.node("join"), ({ vin }) => vin === FIRST);
      assert.ok(Object.keys(car["payload"] as object).length > 3, JSON.stringify(car["payload"]));
      const { remaining } = car["quota"] as { remaining: number };
      await stage.message(stage.node("change"), ({ payload }) => payload === `${remaining} of 50 left`);
      await stage.press("what is left?");
      const report = await stage.message(stage.pressed("what is left?"));
      assert.equal((report["payload"] as { remaining: number }).remaining, remaining);
      const { status } = await stage.message(stage.node("status"));
      assert.match(JSON.stringify(status), /\d+\/50/);
      stage.simulator.faults.api.status(1, 500);
      await stage.press("last 30 days");
      const { error } = await stage.message(stage.node("catch"));
      // Node-RED 4.0 gives flows the sentence alone.
      assert.match((error as { message: string }).message, /BMW had an internal error\. Try again later\./);
      await stage.press("last 30 days");
      await stage.message(stage.pressed("last 30 days"));
    },
  },
  "09": {
    ...oneCar,
    play: async (stage) => {
      await stage.press("ask now");
      const charges = await stage.message(stage.node("function", "charges"));
      assert.match(text(charges), /^Car WBY1Z2C30N7A00001: (no charges|charges: \d+( or more)?, [\d.]+ kWh, .*)\.$/);
      const tyres = await stage.message(stage.node("function", "tyres"));
      assert.match(text(tyres), /^Car WBY1Z2C30N7A00001: tyres: .+\.$/);
      assert.doesNotMatch(text(charges) + text(tyres), /undefined|null|NaN/);
      stage.simulator.faults.api.status(1, 500);
      await stage.press("ask now");
      await stage.message(stage.node("catch"));
    },
  },
  "10": {
    change: (node) => (node.type === "cardata-predicted-soc" ? { ...node, vehicle: CAR } : node),
    play: async (stage) => {
      const sentence = stage.node("function");
      // A small battery, because a message comes when the shown value changes, not with each reading of the meter.
      stage.publish(CAR, { [SOC]: 50, [MAX_ENERGY]: 10, [STATUS]: "NOCHARGING", [TARGET]: "80" }, 2);
      await stage.message(sentence, ({ payload }) => payload === "50 %");
      stage.publish(CAR, { [STATUS]: "CHARGINGACTIVE", [METHOD]: "AC_TYPE2PLUG" }, 1);
      const charging = ({ estimate }: Record<string, unknown>) => (estimate as { mode: string }).mode === "charging";
      await stage.message(stage.node("cardata-predicted-soc"), charging);
      await stage.press("meter: 11 kW");
      await stage.message(sentence, (message) => /^[56]\d(\.\d)? %, 11\.0 kW, 80 % in \d+ min$/.test(text(message)));
      await stage.press("meter: nothing flows");
      await stage.press("what was learned?");
      await stage.message(stage.node("cardata-predicted-soc"), () => true, 2);
    },
  },
  "11": {
    play: async (stage) => {
      stage.publish(CAR, { [SOC]: 50, [MAX_ENERGY]: 80 }, 2);
      await stage.message(stage.node("function"), ({ payload }) => payload === "50 %");
      await stage.press("look now");
      const speed = await stage.message(stage.node("cardata-traccar"));
      assert.ok("bracket" in speed && "position" in speed, JSON.stringify(speed));
    },
  },
  "12": {
    ...oneCar,
    play: async (stage) => {
      // A car of which BMW's API knows nothing, so that no answer overtakes what was streamed.
      const vin = CAR;
      const config = `homeassistant/device/bmw_cardata_${vin.toLowerCase()}/config`;
      const known = { [SOC]: 63, [MAX_ENERGY]: 80, [DOORS]: "SECURED", [WINDOW]: "INVALID", ...at(48.1, 11.5) };
      stage.publish(vin, known, 9);
      await stage.arrival(`cardata/${vin}/${SOC}/state`, "63");
      const announced = JSON.parse((await stage.arrival(config)).text) as { components: Record<string, object> };
      for (const key of ["drivetrain_batteryManagement_header", "predicted_soc", "location", "refresh", "reset-ac"])
        assert.ok(key in announced.components, `${key} in ${Object.keys(announced.components).join(" ")}`);
      const place = JSON.parse((await stage.arrival(`cardata/${vin}/location/attributes`)).text) as {
        latitude: number;
      };
      assert.equal(place.latitude, 48.1);

      // Home Assistant has started: everything comes again.
      stage.arrived.length = 0;
      await stage.say("homeassistant/status", "online");
      await stage.arrival(config);
      await stage.arrival(`cardata/${vin}/${SOC}/state`, "63");

      const isPoll = (call: { kind: string; vin?: string }) =>
        call.kind.includes("telematicData") && call.vin === FIRST;
      const asked = () => stage.simulator.log.entries.filter(isPoll).length;
      const before = asked();
      await stage.say(`cardata/${FIRST}/command/refresh`, "PRESS");
      await stage.message(stage.node("cardata-telematics", "values"), (message) => message["vin"] === FIRST);
      assert.equal(asked(), before + 1);
      await stage.say(`cardata/${vin}/command/reset-ac`, "PRESS");
      const reset = await stage.message(stage.node("change", "forget AC charging"));
      assert.deepEqual([reset["vin"], reset["command"], reset["payload"]], [vin, "reset", "ac"]);
      for (const name of ["dc", "driving"]) await stage.say(`cardata/${vin}/command/reset-${name}`, "PRESS");
      await stage.message(stage.node("change", "forget driving"));
      await stage.press("picture");
      await stage.arrival(`cardata/${FIRST}/image/data`);
      await stage.press("ask BMW now");

      // A press that the broker had kept is an old one.
      await stage.say(`cardata/${OTHER}/command/refresh`, "PRESS", true);

      await stage.press("remove");
      await stage.arrival(config, "");
      await untilItPasses(async () => {
        const left = [...(await stage.retained()).keys()].filter((topic) => !topic.includes("/command/"));
        assert.deepEqual(left, []);
      });
      stage.arrived.length = 0;
      await stage.press("send again");
      await stage.arrival(`cardata/${vin}/${SOC}/state`, "63");
      assert.ok((await stage.retained()).has(config));
    },
  },
  "13": {
    play: async (stage) => {
      stage.publish(CAR, { [SOC]: 63, [MOVING]: "ASN_isFalse", ...at(48.1, 11.5) }, 9);
      await stage.arrival(`cardata/${CAR}/${SOC}`, "63");
      await stage.arrival(`cardata/${CAR}/${MOVING}`, "false");
      const { text: place } = await stage.arrival(`cardata/${CAR}/location`);
      assert.equal((JSON.parse(place) as { latitude: number }).latitude, 48.1);
      const own = await stage.message(stage.node("change"), ({ descriptor }) => descriptor === SOC);
      assert.equal(own["topic"], `car/${CAR}/battery_level`);
      await stage.arrival(`cardata/${CAR}/soc`, "63");
      assert.equal((await stage.retained()).get(`cardata/${CAR}/soc`), "63");
      // Unknown: the value is gone, and neither 0 nor false.
      stage.publish(CAR, { [SOC]: "INVALID", [MOVING]: "INVALID" });
      await stage.arrival(`cardata/${CAR}/${SOC}`, "");
      await stage.arrival(`cardata/${CAR}/${MOVING}`, "");
      assert.equal((await stage.retained()).has(`cardata/${CAR}/${SOC}`), false);
    },
  },
  "18": {
    ...oneCar,
    play: async (stage) => {
      stage.publish(CAR, { [SOC]: 63, [DOORS]: "SECURED" }, 9);
      const live = await stage.arrival(`bmw/${CAR}`);
      assert.equal(live.retain, false);
      assert.deepEqual(Object.keys((JSON.parse(live.text) as { data: object }).data), [SOC, DOORS]);
      await stage.arrival("bmw/account/event/connected");
      await stage.press("now and then");
      await stage.arrival(`bmw/${FIRST}/image`);
      const kept = await stage.retained();
      assert.ok(kept.has(`bmw/${FIRST}/image`) && kept.has("bmw/account/event/connected"));
    },
  },
  "14": {
    change: (node) => {
      if (node.type !== "tab") return node;
      const vehicles = { EVCC_VEHICLES: { [CAR]: "bmw" }, OPENWB_VEHICLES: { [CAR]: 2 } };
      const env = node["env"] as { name: keyof typeof vehicles; value: string; type: string }[];
      assert.deepEqual(
        env.map(({ name, value, type }) => [name, value, type]),
        [
          ["EVCC_VEHICLES", '{"*":"bmw"}', "json"],
          ["OPENWB_VEHICLES", '{"*":1}', "json"],
        ],
      );
      return { ...node, env: env.map((one) => ({ ...one, value: JSON.stringify(vehicles[one.name]) })) };
    },
    more: [
      {
        id: "stage0000snapsh1",
        type: "inject",
        z: "cd14a0000000tab1",
        name: "snapshot",
        props: [{ p: "command", v: "snapshot", vt: "str" }],
        wires: [["cd14a0000000soc1"]],
      },
    ],
    play: async (stage) => {
      const evcc = (name: string, vin = CAR) => `cardata/${vin}/evcc/${name}`;
      const openwb = (name: string) => `openWB/set/mqtt/vehicle/2/get/${name}`;
      const known = { [SOC]: 50, [MAX_ENERGY]: 80, [RANGE]: 240, [ODOMETER]: 1000, [TARGET]: "80" };
      stage.publish(CAR, { ...known, [PORT]: "DISCONNECTED", [STATUS]: "NOCHARGING" }, 9);
      await stage.arrival(evcc("soc"), "50");
      await stage.arrival(evcc("range"), "240");
      await stage.arrival(evcc("odometer"), "1000");
      await stage.arrival(evcc("limitSoc"), "80");
      await stage.arrival(evcc("climater"), "ErrNotAvailable");
      await stage.arrival(evcc("status"), "A");
      stage.publish(CAR, { [PORT]: "CONNECTED", [COMFORT]: "COMFORT_HEATING" }, 8);
      await stage.arrival(evcc("status"), "B");
      await stage.arrival(evcc("climater"), "true");
      stage.publish(CAR, { [STATUS]: "CHARGINGACTIVE", [METHOD]: "AC_TYPE2PLUG", [POWER]: 11 }, 7);
      await stage.arrival(evcc("status"), "C");
      await stage.arrivalLike(evcc("finishTime"), /^20\d\d-\d\d-\d\dT\d\d:\d\d:00Z$/);
      for (const name of ["soc", "range", "odometer"]) await stage.arrival(openwb(name));
      const { text: seconds } = await stage.arrival(openwb("soc_timestamp"));
      assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 3600, seconds);

      // The wallbox knows better, as long as the car is plugged in there.
      const meter = stage.node("function", "power of the car there");
      const loadpoint = (key: string, text: string, retain = false) =>
        stage.say(`evcc/loadpoints/1/${key}`, text, retain);
      const charger = (key: string, text: string) => stage.say(`openWB/chargepoint/4/get/${key}`, text);
      await loadpoint("chargePower", "9999", true);
      await loadpoint("vehicleName", "bmw", true);
      await loadpoint("connected", "true");
      await loadpoint("chargePower", "1400");
      await stage.message(meter, ({ vin, payload }) => vin === CAR && payload === 1400);
      await stage.press("snapshot");
      await stage.message(stage.node("cardata-predicted-soc"), ({ estimate }) => {
        const { powerKw, powerSource } = estimate as { powerKw?: number; powerSource?: string };
        return powerKw === 1.4 && powerSource === "meter";
      });
      await loadpoint("vehicleName", "zoe");
      await stage.message(meter, ({ payload }) => payload === 0);
      await loadpoint("chargePower", "7400");
      await charger("connected_vehicle/info", '{"id": 2, "name": "BMW"}');
      await charger("plug_state", "true");
      await charger("power", "2300.5");
      await stage.message(meter, ({ vin, payload }) => vin === CAR && payload === 2300.5);
      assert.deepEqual(stage.payloads(meter), [1400, 0, 2300.5]);

      // A car that tells no port; it has no number in openWB.
      stage.publish(OTHER, { [SOC]: 40, [MAX_ENERGY]: 80, [MOVING]: false, [STATUS]: "CHARGINGACTIVE" }, 6);
      await stage.arrival(evcc("status", OTHER), "C");
      stage.publish(OTHER, { [STATUS]: "CHARGINGENDED" }, 5);
      await stage.arrival(evcc("status", OTHER), "B");
      stage.publish(OTHER, { [MOVING]: true }, 1);
      await stage.arrival(evcc("status", OTHER), "A");

      stage.publish(CAR, { [STATUS]: "INVALID", [RANGE]: "INVALID" }, 1);
      await stage.arrival(evcc("range"), "ErrNotAvailable");
      stage.publish(CAR, { [RANGE]: 238, [COMFORT]: "NOT_ACTIVE" });
      await stage.arrival(evcc("range"), "238");
      await stage.arrival(evcc("climater"), "false");
      const retained = await stage.retained();
      assert.equal(retained.get(evcc("status")), "ErrNotAvailable");
      areUnderstood(stage, ["A", "B", "C", "ErrNotAvailable"]);
    },
  },
  "15": {
    play: async (stage) => {
      const { devices, positions } = stage.osmand;
      devices.add(CAR);
      const since = Date.now();
      stage.publish(CAR, { ...BESIDES, ...at(48.1, 11.5), [SOC]: 63, [ODOMETER]: 1000 }, 30);
      const first = await eventually("a place in Traccar", () => positions[0]);
      const { fixTime, ...rest } = first;
      const place = { uniqueId: CAR, latitude: 48.1, longitude: 11.5 };
      assert.deepEqual(rest, { ...place, attributes: { batteryLevel: 63, odometer: 1_000_000 } });
      assert.ok(Math.abs(fixTime - (since - 30 * 60_000)) < 60_000, String(fixTime));

      // Other values are no fix, and what is unknown is not sent. Not far, because a leap waits for the next fix.
      stage.publish(CAR, { [SOC]: "INVALID", [ODOMETER]: 1017 }, 20);
      stage.publish(CAR, at(48.105, 11.5), 5);
      const second = await eventually("the next place", () => positions[1]);
      assert.deepEqual([second.latitude, second.attributes], [48.105, { odometer: 1_017_000 }]);
      await stage.press("send the last place");
      assert.deepEqual(await eventually("the same place again", () => positions[2]), second);
      assert.equal(positions.length, 3);

      stage.publish(OTHER, at(48.1, 11.5));
      const { payload } = await stage.message(stage.node("function", "taken?"));
      assert.match(String(payload), new RegExp(`^Traccar knows no device with the identifier ${OTHER}\\.`));

      stage.osmand.isMap = true;
      stage.publish(CAR, at(48.1052, 11.5), 2);
      await stage.message(stage.node("function", "taken?"), (told) => /a page.*the port is 5055/.test(text(told)));
      stage.osmand.isMap = false;

      // After a restart what was known is no new place.
      await stage.redeploy();
      const isRestored = (message: Record<string, unknown>) =>
        message["source"] === "restored" && message["vin"] === CAR;
      await stage.message(
        stage.node("cardata-stream"),
        (known) => isRestored(known) && known["descriptor"] === "location",
      );
      stage.publish(CAR, at(48.1055, 11.5));
      const { latitude } = await eventually("the place after the restart", () => positions[3]);
      assert.deepEqual([latitude, positions.length], [48.1055, 4]);
    },
  },
  "16": {
    change: entered({ ABRP_API_KEY: "the key", ABRP_TOKEN: "the token" }),
    play: async (stage) => {
      sink.answer = { status: 200, body: JSON.stringify({ status: "ok" }) };
      const { requests } = sink;
      const begun = requests.length;
      const sent = async (count: number) => {
        await stage.press("every 30 seconds");
        const { path, body } = await eventually("values at ABRP", () => requests[begun + count - 1]);
        const form = new URLSearchParams(body);
        assert.deepEqual([path, form.get("api_key"), form.get("token")], ["/1/tlm/send", "the key", "the token"]);
        return JSON.parse(form.get("tlm") ?? "") as Record<string, number>;
      };
      const soc = stage.node("cardata-predicted-soc");
      const stream = stage.node("cardata-stream");

      // Without a battery level there is nothing to plan with.
      stage.publish(CAR, { [RANGE]: 240, [STATUS]: "NOCHARGING", [MAX_ENERGY]: 80 }, 9);
      await stage.message(stream, ({ descriptor }) => descriptor === "range");
      await stage.press("every 30 seconds");
      stage.publish(CAR, { [SOC]: 50, [ODOMETER]: 1000, [MOVING]: false, ...at(48.1, 11.5) }, 8);
      await stage.message(stream, ({ descriptor }) => descriptor === "location");
      await stage.message(soc, ({ payload }) => payload === 50);
      const { utc, ...first } = await sent(1);
      assert.ok(Math.abs(Number(utc) - Date.now() / 1000) < 3600, String(utc));
      const place = { lat: 48.1, lon: 11.5, odometer: 1000, est_battery_range: 240, is_parked: 1 };
      assert.deepEqual(first, { ...place, soc: 50, capacity: 80, is_charging: 0, is_dcfc: 0 });
      const taken = stage.node("function", "taken?");

      // What is unknown is left out; power that comes in is negative.
      stage.publish(CAR, { [STATUS]: "CHARGINGACTIVE", [METHOD]: "AC_TYPE2PLUG", [RANGE]: "INVALID" }, 7);
      await stage.message(stream, ({ descriptor, payload }) => descriptor === "range" && payload === null);
      await stage.message(soc, ({ estimate }) => (estimate as { mode: string }).mode === "charging");
      const second = await sent(2);
      assert.deepEqual([second["is_charging"], second["is_dcfc"], "est_battery_range" in second], [1, 0, false]);
      assert.ok(!("power" in second) || second["power"] <= 0);

      // Nothing new, nothing sent; a refusal is told without the secrets.
      await stage.press("every 30 seconds");
      sink.answer = { status: 401, body: JSON.stringify({ status: "unknown token" }) };
      stage.publish(CAR, { [RANGE]: 239 });
      await stage.message(stream, ({ payload }) => payload === 239);
      assert.equal((await sent(3))["est_battery_range"], 239);
      const refused = await stage.message(taken);
      assert.match(String(refused["payload"]), /^ABRP has not taken the values \(401\): unknown token /);
      assert.doesNotMatch(JSON.stringify(refused), /the key|the token/);
      assert.deepEqual(stage.payloads(taken).length, 1);

      // Two cars would be one car to ABRP.
      stage.publish(OTHER, { [RANGE]: 100 });
      await stage.message(stream, ({ vin }) => vin === OTHER);
      await stage.press("every 30 seconds");
      stage.publish(OTHER, { [RANGE]: 101 });
      await stage.message(stream, ({ payload }) => payload === 101);
      assert.equal(requests.length, begun + 3);
    },
  },
  "17": {
    change: entered({ INFLUX_ORG: "our home", INFLUX_BUCKET: "cardata", INFLUX_TOKEN: "the token" }),
    play: async (stage) => {
      sink.answer = { status: 204, body: "" };
      const begun = sink.requests.length;
      const lines = async (count: number) => {
        await stage.press("every 10 seconds");
        return eventually("lines at InfluxDB", () => sink.requests[begun + count - 1]?.body.split("\n"));
      };
      const stream = stage.node("cardata-stream");
      stage.publish(
        CAR,
        { [SOC]: 63, [WINDOW]: "INVALID", [STATUS]: "NOCHARGING", [MOVING]: false, ...at(48.1, 11.5) },
        9,
      );
      await stage.message(stream, ({ vin }) => vin === CAR);
      const first = (await lines(1)).filter((line) => line.includes(CAR));
      const fields = first.map((line) => / (.*) \d{13}$/.exec(line)?.[1] ?? line);
      for (const field of [`${SOC}=63`, `${STATUS}="NOCHARGING"`, `${MOVING}=false`, `${LOCATION}.latitude=48.1`])
        assert.ok(fields.includes(field), field);
      assert.ok(
        first.every((line) => line.startsWith(`cardata,vin=${CAR} `) && !/null|undefined|INVALID|NaN/.test(line)),
      );
      const { path, authorization } = sink.requests[begun]!;
      assert.deepEqual(
        [path, authorization],
        ["/api/v2/write?org=our%20home&bucket=cardata&precision=ms", "Token the token"],
      );

      // What the database does not take is written later, together with what has come since.
      sink.answer = { status: 503, body: "starting" };
      stage.publish(CAR, { [SOC]: 64 }, 8);
      await stage.message(stream, ({ payload }) => (payload as Record<string, unknown>)[SOC] === 64);
      await lines(2);
      const written = stage.node("function", "written?");
      const { payload } = await stage.message(written);
      assert.match(String(payload), /^InfluxDB has not taken 1 values \(503\)/);
      sink.answer = { status: 400, body: "partial write: field type conflict" };
      stage.publish(CAR, { [SOC]: 65 }, 7);
      await stage.message(stream, (message) => (message["payload"] as Record<string, unknown>)[SOC] === 65);
      assert.deepEqual(
        (await lines(3)).map((line) => / .*=(\d+) /.exec(line)?.[1]),
        ["64", "65"],
      );

      // What it refuses for good is told and dropped.
      await stage.message(written, (message) =>
        text(message).startsWith("InfluxDB has refused 2 values (400): partial"),
      );
      await stage.press("every 10 seconds");
      stage.publish(CAR, { [SOC]: 66 }, 6);
      await stage.message(stream, (message) => (message["payload"] as Record<string, unknown>)[SOC] === 66);
      assert.match((await lines(4)).join("\n"), /=66 \d+$/);

      // What waits is not lost in a deploy, which brings only the newest value again.
      for (const [soc, minutesAgo] of [
        [67, 5],
        [68, 4],
      ] as const) {
        stage.publish(CAR, { [SOC]: soc }, minutesAgo);
        await stage.message(stream, (message) => (message["payload"] as Record<string, unknown>)[SOC] === soc);
      }
      await stage.redeploy();
      const kept = (await lines(5)).map((line) => / .*=(\d+) /.exec(line)?.[1]);
      for (const soc of ["67", "68"]) assert.ok(kept.includes(soc), soc);
    },
  },
  "19": {
    change: (node) => tariff(entered({ FOLDER: FILES })(inTheNightAfter(lastNoon())(node))),
    play: async (stage) => {
      await stage.press("every night");
      await stage.message(stage.node("catch"));
      // All of it in the hours before the last noon, so that no night and no month lies between, and nothing is outdated.
      const noon = lastNoon();
      const ago = (Date.now() - noon.getTime()) / 60_000;
      stage.publish(CAR, { [STATUS]: "NOCHARGING", [SOC]: 48, [ODOMETER]: 970, [MOVING]: false }, ago + 260);
      stage.publish(CAR, { [MOVING]: true }, ago + 250);
      stage.publish(CAR, { [MOVING]: false, [SOC]: 40, [ODOMETER]: 1000 }, ago + 210);
      charge(stage, ago);
      const month = `${noon.getFullYear()}-${String(noon.getMonth() + 1).padStart(2, "0")}`;
      await untilItPasses(async () => {
        await stage.press("how much so far?");
        const lines = stage.payloads(stage.node("function", "a line each"));
        // 16 kWh in the battery are taken to need 17.8.
        assert.equal(lines.at(-1), `${month}: 30 km, 17.8 kWh charged, 5.33 EUR`);
      });
      await stage.press("every night");
      const written = stage.node("file");
      for (const kind of ["trip", "charge"]) {
        const file = join(FILES, `${kind}s-${month}.csv`);
        await stage.message(written, ({ filename }) => filename === file);
        const [, entry = "", ...more] = readFileSync(file, "utf8").trim().split(/\r?\n/);
        assert.match(entry, new RegExp(`${kind}-\\d{8}T\\d{6}Z`));
        assert.deepEqual(more, []);
      }
    },
  },
  "20": {
    change: entered({ FACTOR: "1", SURCHARGE: "0.10" }),
    play: async (stage) => {
      const hour = (hoursAgo: number, marketprice: number) => {
        return { start_timestamp: Date.now() - hoursAgo * 60 * 60_000, marketprice };
      };
      const journal = stage.node("cardata-journal", "charges");
      sink.answer = { status: 200, body: JSON.stringify({ data: [hour(6, 200), hour(2, 300)] }) };
      await stage.press("every hour");
      const { payload } = await stage.message(journal, () => true, 1);
      assert.deepEqual(
        (payload as { price: number }[]).map(({ price }) => price),
        [0.3, 0.4],
      );
      charge(stage, 0);
      // An hour for 30 cents, an hour for 40.
      const sentence = await stage.message(stage.node("function", "what it has cost"));
      assert.equal(text(sentence), "Charged somewhere: 17.8 kWh, 6.22 EUR");
      const byHand = stage.node("cardata-journal", "by hand");
      await stage.press("0.31 per kWh");
      await stage.message(byHand, ({ command }) => command === "price", 1);
      await stage.press("4.2 kW of the sun");
      await stage.message(byHand, ({ command }) => command === "solar", 1);
      sink.answer = { status: 500, body: "" };
      await stage.press("every hour");
      const failed = await stage.message(stage.node("catch"));
      assert.equal((failed["error"] as Error).message, "No prices came (500).");
    },
  },
};

/**
 * Outputs that say nothing in a scene: a lost stream is told after a minute, something is learned from a whole trip, and
 * these Catch nodes are for messages that other flows would send, or for a Traccar that is gone.
 */
const SILENT: Readonly<Record<string, readonly string[]>> = {
  "07": ["login needed or disconnected/2"],
  "10": ["catch/1"],
  "11": ["cardata-predicted-soc/3", "catch/1"],
  "12": ["cardata-predicted-soc/2", "cardata-predicted-soc/3"],
};

/** Neither of them gets what it did not ask for, nor what it would take for something else. */
function areUnderstood(stage: Stage, statuses: readonly string[]): void {
  for (const { topic, text: payload } of stage.arrived) {
    const name = topic.slice(topic.lastIndexOf("/") + 1);
    if (topic.startsWith("openWB/set/")) assert.ok(isTakenByOpenWb(name, payload), `${topic} ${payload}`);
    else if (topic.includes("/evcc/")) {
      const source = new EvccSource(EVCC_NAMES.find((one) => one === name) ?? assert.fail(topic));
      source.receive(payload);
      assert.notEqual(source.read().kind, "error", `${topic} ${payload}`);
      if (name === "status") assert.ok(statuses.includes(payload), payload);
    } else assert.match(topic, /^(evcc|openWB)\//);
  }
}

describe("examples at work", () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open(userFolder());
    sink = await HttpSink.start();
  });
  after(async () => {
    await stage.close();
    await sink.stop();
  });

  it("are all played", () => {
    const numbers = EXAMPLE_FILES.filter((file) => !file.includes("/")).map((file) => file.slice(0, 2));
    assert.deepEqual(Object.keys(SCENES).sort(), numbers);
  });

  for (const [number, scene] of Object.entries(SCENES).sort())
    it(`"${exampleNumber(number)}" does what it says`, async () => {
      await stage.play(exampleNumber(number), scene);
      await scene.play(stage);
      assert.deepEqual(stage.strangers(), [], "values that were not chosen");
      assert.deepEqual(stage.silent(), SILENT[number] ?? [], "wired outputs that have sent nothing");
      // A request that is made to fail, or a login that is lost, is an error that belongs to the scene.
      if (number !== "07" && number !== "08" && number !== "09") assert.deepEqual(stage.errors(), []);
    });
});
