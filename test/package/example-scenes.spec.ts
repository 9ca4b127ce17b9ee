import assert from "node:assert/strict";
import { SOC } from "../helpers/flow.js";
import { exampleNumber, EXAMPLE_FILES } from "../helpers/examples.js";
import { Stage, type Preparation } from "../helpers/example-stage.js";
import { userFolder } from "../helpers/red-at-work.js";

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
/** Further values of the car: of no concern to a node that has chosen something else. */
const BESIDES = { [ODOMETER]: 1000, [RANGE]: 240, [PORT]: "CONNECTED", [TARGET]: "80" };
const text = (message: Record<string, unknown>) => String(message["payload"]);

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
      stage.publish(CAR, at(48.2, 11.5), 5);
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
      const place = JSON.parse((await stage.arrival(`cardata/${vin}/location`)).text) as { latitude: number };
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
      await stage.arrival(`cardata/${FIRST}/image`);

      // A press that the broker had kept is an old one.
      await stage.say(`cardata/${OTHER}/command/refresh`, "PRESS", true);

      await stage.press("remove");
      await stage.arrival(config, "");
      const left = [...(await stage.retained()).keys()].filter((topic) => !topic.includes("/command/"));
      assert.deepEqual(left, []);
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
      assert.equal((await stage.retained()).get(`cardata/${CAR}/soc`), "63");
      // Unknown: the value is gone, and neither 0 nor false.
      stage.publish(CAR, { [SOC]: "INVALID", [MOVING]: "INVALID" });
      await stage.arrival(`cardata/${CAR}/${SOC}`, "");
      await stage.arrival(`cardata/${CAR}/${MOVING}`, "");
      assert.equal((await stage.retained()).has(`cardata/${CAR}/${SOC}`), false);
    },
  },
  "15": {
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
    play: async (stage) => {
      const evcc = (name: string) => `cardata/${CAR}/evcc/${name}`;
      const openwb = (name: string) => `openWB/set/mqtt/vehicle/1/get/${name}`;
      stage.publish(
        CAR,
        { [SOC]: 50, [MAX_ENERGY]: 80, [RANGE]: 240, [PORT]: "DISCONNECTED", [STATUS]: "NOCHARGING", [ODOMETER]: 1000 },
        9,
      );
      await stage.arrival(evcc("soc"), "50");
      await stage.arrival(evcc("range"), "240");
      await stage.arrival(evcc("status"), "A");
      stage.publish(CAR, { [PORT]: "CONNECTED" }, 8);
      await stage.arrival(evcc("status"), "B");
      stage.publish(CAR, { [STATUS]: "CHARGINGACTIVE", [METHOD]: "AC_TYPE2PLUG" }, 7);
      await stage.arrival(evcc("status"), "C");
      // Unknown: the last known state stays.
      stage.publish(CAR, { [STATUS]: "INVALID", [PORT]: "INVALID", [SOC]: "INVALID", [RANGE]: "INVALID" }, 1);
      stage.publish(CAR, { [RANGE]: 238 });
      await stage.arrival(evcc("range"), "238");
      const statuses = stage.arrived.filter(({ topic }) => topic === evcc("status")).map(({ text: status }) => status);
      assert.deepEqual(
        statuses.filter((status, index) => status !== statuses[index - 1]),
        ["A", "B", "C"],
      );
      await stage.arrival(openwb("soc"), "50");
      await stage.arrival(openwb("range"), "240");
      const { text: seconds } = await stage.arrival(openwb("soc_timestamp"));
      assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 3600, seconds);
      const retained = await stage.retained();
      assert.equal(retained.get(evcc("status")), "C");
      // Neither of them gets what it did not ask for.
      const known = ["soc", "range", "status", "soc_timestamp"];
      for (const { topic } of stage.arrived) assert.ok(known.includes(topic.slice(topic.lastIndexOf("/") + 1)), topic);
      for (const { topic, text: payload } of stage.arrived)
        assert.ok(payload !== "" && payload !== "null" && payload !== "0", `${topic} ${payload}`);
    },
  },
};

describe("examples at work", () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open(userFolder());
  });
  after(async () => {
    await stage.close();
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
      // A request that is made to fail, or a login that is lost, is an error that belongs to the scene.
      if (number !== "07" && number !== "08") assert.deepEqual(stage.errors(), []);
    });
});
