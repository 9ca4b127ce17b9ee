import assert from "node:assert/strict";
import { EVCC_NAMES, EvccSource, isTakenByOpenWb, type EvccName } from "../../helpers/charge-controllers.js";
import { exampleFlow, exampleNumber } from "../../helpers/examples.js";
import { FunctionNode, type FlowMessage } from "../../helpers/function-node.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

const CAR = "WBY1Z2C30N7A00051";
const OTHER = "WBY1Z2C30N7A00052";
const FUEL = "WBA1Z2C30N7A00053";
const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
const COMFORT = "vehicle.cabin.hvac.preconditioning.status.comfortState";
const ACTIVITY = "vehicle.vehicle.preConditioning.activity";
const UNKNOWN = "ErrNotAvailable";
const BEGIN = Date.parse("2026-08-08T12:00:00Z");
const MINUTE = 60_000;
const EXAMPLE = exampleNumber("14");

const isoAt = (minute: number) => new Date(BEGIN + minute * MINUTE).toISOString();
const told = (descriptor: string, payload: unknown, minute = 0, more: FlowMessage = {}): FlowMessage => ({
  vin: CAR,
  descriptor,
  payload,
  timestamp: isoAt(minute),
  ...more,
});
const event = (name: string, minute: number, more: FlowMessage = {}): FlowMessage => ({
  event: name,
  payload: { vin: CAR, event: name, timestamp: isoAt(minute), ...more },
});
const level = (payload: number | null, minute = 0, estimate: FlowMessage = { mode: "idle" }): FlowMessage =>
  told("vehicle.predicted_soc", payload, minute, { unit: "%", estimate });

describe("what the example tells evcc", () => {
  /** evcc with its vehicle, behind the function of the example. */
  function evcc() {
    const node = new FunctionNode(EXAMPLE, "for evcc");
    const sources = new Map<string, EvccSource>();
    const texts: string[] = [];
    const send = (msg: FlowMessage) => {
      const sent = node.send(msg);
      for (const { topic, payload } of sent) {
        const [, vin = "", name = ""] = /^cardata\/(\w+)\/evcc\/(\w+)$/.exec(String(topic)) ?? [];
        if (name === "status") texts.push(String(payload));
        const source = sources.get(`${vin} ${name}`) ?? new EvccSource(name as EvccName);
        sources.set(`${vin} ${name}`, source);
        source.receive(String(payload));
      }
      return sent;
    };
    const read = (name: EvccName) => {
      const value = sources.get(`${CAR} ${name}`)?.read();
      return value?.kind === "value" ? value.value : (value?.kind ?? "nothing");
    };
    return { send, read, texts };
  }

  const statuses = (...messages: FlowMessage[]) => {
    const { send, read } = evcc();
    return messages.map((msg) => {
      send(msg);
      return read("status");
    });
  };

  it("is known to be unknown from the first message on, so that evcc neither waits nor takes it for an error", () => {
    const { send, read } = evcc();
    send(level(50.3));
    assert.deepEqual(
      EVCC_NAMES.map((name) => [name, read(name)]),
      EVCC_NAMES.map((name) => [name, name === "soc" ? 50.3 : "not available"]),
    );
  });

  it("is level, range, odometer, limit, time of the end and climate, in the units of evcc", () => {
    const { send, read } = evcc();
    send(level(50.3, 10, { mode: "charging", minutesToTarget: 95.4 }));
    send(told("range", 149.6, 0, { unit: "mi" }));
    send(told("odometer", 12_345.67, 0, { unit: "km" }));
    send(told(TARGET, 80, 0, { unit: "%" }));
    send(told(COMFORT, "COMFORT_HEATING"));
    assert.deepEqual((["soc", "range", "odometer", "limitSoc", "finishTime", "climater"] as const).map(read), [
      50.3,
      241,
      12_345.7,
      80,
      "2026-08-08T13:45:00Z",
      true,
    ]);
  });

  it("is no longer what has become unknown: the end of a charge that is over, too", () => {
    const { send, read } = evcc();
    send(level(50.3, 0, { mode: "charging", minutesToTarget: 95 }));
    for (const [descriptor, value] of [
      ["range", 240],
      ["odometer", 1000],
      [TARGET, 80],
      [COMFORT, "COMFORT_COOLING"],
    ] as const)
      send(told(descriptor, value));
    send(level(null, 30, {}));
    for (const descriptor of ["range", "odometer", TARGET, COMFORT]) send(told(descriptor, null, 30));
    assert.deepEqual(new Set(EVCC_NAMES.map(read)), new Set(["not available"]));
  });

  it("tells of the climate by what the car has a word for", () => {
    for (const [descriptor, word, expected] of [
      [COMFORT, "DEFROST", true],
      [COMFORT, "NOT_ACTIVE", false],
      [COMFORT, "COMFORT_UNDEFINED", "not available"],
      [ACTIVITY, "heating", true],
      [ACTIVITY, "VENTILATION", true],
      [ACTIVITY, "INACTIVE", false],
      [ACTIVITY, "standby", false],
    ] as const) {
      const { send, read } = evcc();
      send(told(descriptor, word));
      assert.equal(read("climater"), expected, word);
    }
  });

  it("is the state of the cable and the charge", () => {
    assert.deepEqual(
      statuses(
        told("plugged", false, 0),
        told("charging", false, 0),
        told("plugged", true, 1),
        told("charging", true, 2),
        told("charging", false, 3),
        told("plugged", false, 4),
      ),
      ["A", "A", "B", "C", "B", "A"],
    );
  });

  it("is B where a car that tells no port ends to charge, A on its trip, and unknown after that", () => {
    assert.deepEqual(
      statuses(
        told("charging", false, 0),
        told("charging", true, 1),
        told("charging", false, 60),
        event("chargingEnded", 60, { reason: "target" }),
        event("tripStarted", 90),
        event("tripEnded", 120),
        told("charging", true, 130),
      ),
      ["not available", "C", "B", "B", "A", "not available", "C"],
    );
  });

  it("is A where that charge ended because the cable was taken out", () => {
    assert.deepEqual(
      statuses(
        told("charging", true, 1),
        told("charging", false, 60),
        event("chargingEnded", 60, { reason: "unplugged" }),
      ),
      ["C", "B", "A"],
    );
  });

  it("is never an old C: the word is unknown, the end was lost, the car drives, the cable is out", () => {
    const charging = [told("plugged", true, 0), told("charging", true, 1)];
    for (const [last, expected] of [
      [told("charging", null, 2), "not available"],
      [event("chargingEnded", 30, { reason: "unknown" }), "not available"],
      [event("tripStarted", 30), "A"],
      [told("plugged", false, 30), "A"],
    ] as const)
      assert.equal(statuses(...charging, last).at(-1), expected);
    // Beside a port that has become unknown the charge still runs.
    assert.equal(statuses(...charging, told("plugged", null, 2)).at(-1), "C");
  });

  it("is not what is told late, or again", () => {
    const messages = [told("charging", true, 10), event("tripStarted", 60), told("charging", true, 10)];
    assert.deepEqual(statuses(...messages, told("plugged", true, 90)), ["C", "A", "A", "not available"]);
  });

  it("is A of a car that drives, also where only then it says that it does not charge", () => {
    assert.deepEqual(statuses(told("charging", true, 10), event("tripStarted", 60), told("charging", false, 61)), [
      "C",
      "A",
      "A",
    ]);
  });

  it("is C, although the port of before says otherwise", () => {
    assert.deepEqual(statuses(told("plugged", false, 0), told("charging", true, 10)), ["A", "C"]);
  });

  it("comes once, and all of it again once the broker has", () => {
    const { send } = evcc();
    assert.equal(send(level(50)).length, EVCC_NAMES.length);
    assert.deepEqual(send(level(50)), []);
    assert.deepEqual(send({ status: { text: "connected" } }), []);
    assert.equal(send(level(50)).length, EVCC_NAMES.length);
    assert.deepEqual(send({ event: "connected", payload: { account: "Home" } }), []);
  });

  it("is one letter or none, whatever the car tells, and C only while nothing speaks against it", () => {
    const random = new SeededRandom(SEED, "evcc status");
    for (let run = 0; run < runs(200); run++) {
      const { send, read, texts } = evcc();
      let isCertain = false;
      for (let minute = 1; minute < 30; minute++) {
        const [name, value] = random.pick([
          ...[true, false, null].flatMap((one) => [["plugged", one] as const, ["charging", one] as const]),
          ...(["tripStarted", "tripEnded", "chargingEnded"] as const).map((one) => [one, undefined] as const),
        ]);
        send(value === undefined ? event(name, minute) : told(name, value, minute));
        if (name === "charging") isCertain = value === true;
        else if (name === "tripStarted" || name === "chargingEnded" || value === false) isCertain = false;
        assert.ok(read("status") !== "C" || isCertain, `${name} ${value}`);
      }
      assert.deepEqual(
        texts.filter((text) => !["A", "B", "C", UNKNOWN].includes(text)),
        [],
      );
    }
  });
});

describe("what the example tells openWB", () => {
  const openwb = (vehicles: FlowMessage) => new FunctionNode(EXAMPLE, "for openWB", { OPENWB_VEHICLES: vehicles });
  const texts = (sent: FlowMessage[]) =>
    Object.fromEntries(
      sent.map(({ topic, payload }) => [
        String(topic).replace("openWB/set/mqtt/vehicle/", ""),
        typeof payload === "string" ? `"${payload}"` : String(payload),
      ]),
    );

  it("is level with its time in seconds, range and odometer in km", () => {
    const node = openwb({ "*": 1 });
    node.send(told("range", 149.6, 0, { unit: "mi" }));
    node.send(told("odometer", 12_345.67, 0, { unit: "km" }));
    const sent = texts(node.send(level(50.3)));
    assert.deepEqual(sent, {
      "1/get/range": "241",
      "1/get/odometer": "12346",
      "1/get/soc": "50.3",
      "1/get/soc_timestamp": String(BEGIN / 1000),
    });
    for (const [topic, text] of Object.entries(sent))
      assert.ok(isTakenByOpenWb(topic.slice(topic.lastIndexOf("/") + 1), text), `${topic} ${text}`);
  });

  it("is no text and nothing that is unknown", () => {
    const node = openwb({ "*": 1 });
    node.send(level(50.3));
    for (const payload of [null, "INVALID", "48", "", true])
      for (const descriptor of ["range", "odometer", "vehicle.predicted_soc", "plugged"])
        assert.deepEqual(node.send(told(descriptor, payload)), [], `${descriptor} ${payload}`);
  });

  it("goes to the number of the car, and of a car without one nothing does", () => {
    const node = openwb({ [CAR]: 2, [OTHER]: 5 });
    const of = (vin: string) =>
      Object.keys(texts(node.send({ ...level(50), vin }))).map((topic) => topic.split("/")[0]);
    assert.deepEqual([of(CAR), of(OTHER), of(FUEL)], [["2", "2"], ["5", "5"], []]);
    assert.equal(node.status, null);
  });

  it("is of the only car with a battery where no car is named; of two it says that they have to be", () => {
    const node = openwb({ "*": 3 });
    assert.deepEqual(node.send({ ...told("range", 600), vin: FUEL }), []);
    assert.equal(texts(node.send(level(50)))["3/get/soc"], "50");
    assert.deepEqual(node.send({ ...told("range", 601), vin: FUEL }), []);
    assert.deepEqual(node.send({ ...level(70), vin: OTHER }), []);
    assert.deepEqual(node.send(level(51)), []);
    assert.match((node.status as { text: string }).text, /OPENWB_VEHICLES/);
  });
});

describe("what the example takes from the wallbox", () => {
  const meter = () =>
    new FunctionNode(EXAMPLE, "power of the car there", {
      EVCC_VEHICLES: { [CAR]: "bmw", [OTHER]: "db:7" },
      OPENWB_VEHICLES: { [CAR]: 1, [OTHER]: 3 },
    });
  const said = (topic: string, payload: string, retain = false): FlowMessage => ({ topic, payload, retain });
  const evcc = (key: string, payload: string, point = 1, retain = false) =>
    said(`evcc/loadpoints/${point}/${key}`, payload, retain);
  const openwb = (key: string, payload: string, point = 4, retain = false) =>
    said(`openWB/chargepoint/${point}/get/${key}`, payload, retain);
  const CARS = {
    evcc: [evcc("vehicleName", "bmw"), evcc("connected", "true")],
    openWB: [openwb("connected_vehicle/info", '{"id": 1, "name": "BMW"}'), openwb("plug_state", "true")],
  };
  const POWER = { evcc: (text: string) => evcc("chargePower", text), openWB: (text: string) => openwb("power", text) };
  const there = (system: keyof typeof CARS) => {
    const node = meter();
    for (const msg of CARS[system]) assert.deepEqual(node.send(msg), []);
    return node;
  };

  for (const system of ["evcc", "openWB"] as const) {
    it(`is the power at the charging point where ${system} sees the car`, () => {
      const node = there(system);
      assert.deepEqual(node.send(POWER[system]("1400.5")), [{ vin: CAR, payload: 1400.5 }]);
      assert.deepEqual(node.send(POWER[system]("0")), [{ vin: CAR, payload: 0 }]);
    });

    it(`is numbers only (${system})`, () => {
      const node = there(system);
      for (const text of ["", " ", "NaN", "Infinity", "1400 W", "null", "true"])
        assert.deepEqual(node.send(POWER[system](text)), [], text);
    });
  }

  it("is nothing before the car is known there, of a car that is not ours, and nothing that the broker had kept", () => {
    const node = meter();
    assert.deepEqual(node.send(evcc("chargePower", "11000")), []);
    node.send(evcc("connected", "true"));
    assert.deepEqual(node.send(evcc("chargePower", "11000")), []);
    node.send(evcc("vehicleName", "zoe"));
    assert.deepEqual(node.send(evcc("chargePower", "11000")), []);
    node.send(evcc("vehicleName", "bmw", 1, true));
    assert.deepEqual(node.send(evcc("chargePower", "11000", 1, true)), []);
    assert.deepEqual(node.send(evcc("chargePower", "11000")), [{ vin: CAR, payload: 11_000 }]);
  });

  it("tells by the broker's word what it had kept, also with MQTT 5, where what is sent retained may look like that", () => {
    const nodes = exampleFlow(EXAMPLE).filter(({ type }) => type === "mqtt in");
    assert.equal(nodes.length, 6);
    for (const node of nodes) assert.deepEqual([node["rap"], node["rh"]], [false, 0], node.id);
  });

  it("ends with the car: it gets nothing there any more, and the next one does", () => {
    const node = there("evcc");
    node.send(evcc("chargePower", "11000"));
    assert.deepEqual(node.send(evcc("vehicleName", "db:7")), [{ vin: CAR, payload: 0 }]);
    assert.deepEqual(node.send(evcc("chargePower", "7000")), [{ vin: OTHER, payload: 7000 }]);
    assert.deepEqual(node.send(evcc("connected", "false")), [{ vin: OTHER, payload: 0 }]);
    assert.deepEqual(node.send(evcc("chargePower", "0")), []);
    assert.deepEqual(node.send(evcc("vehicleName", "")), []);
  });

  it("keeps charging points, and evcc and openWB, apart", () => {
    const node = there("evcc");
    for (const msg of [evcc("vehicleName", "db:7", 2), evcc("connected", "true", 2)]) node.send(msg);
    assert.deepEqual(node.send(evcc("chargePower", "3000", 2)), [{ vin: OTHER, payload: 3000 }]);
    assert.deepEqual(node.send(evcc("chargePower", "2000", 1)), [{ vin: CAR, payload: 2000 }]);
    assert.deepEqual(node.send(openwb("power", "5000", 1)), []);
  });

  it("belongs to the only car where none is named", () => {
    const node = new FunctionNode(EXAMPLE, "power of the car there", { EVCC_VEHICLES: { "*": "bmw" } });
    for (const msg of CARS.evcc) node.send(msg);
    assert.deepEqual(node.send(evcc("chargePower", "1400")), [{ payload: 1400 }]);
  });
});
