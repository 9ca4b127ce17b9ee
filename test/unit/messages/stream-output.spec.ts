import assert from "node:assert/strict";
import type { Update } from "../../../src/account/account-events.js";
import type { RegisteredVehicle } from "../../../src/rest/vehicles.js";
import { parseCommand } from "../../../src/messages/command.js";
import { StreamOutput, type StreamOutputOptions } from "../../../src/messages/stream-output.js";
import type { DescriptorMessage, RawMessage, UpdateMessage } from "../../../src/messages/types.js";
import { decodeMessage, type StreamRejection } from "../../../src/stream/decode-message.js";
import { ReasonCounters } from "../../../src/support/reason-counters.js";
import type { JsonObject } from "../../../src/support/json.js";
import { definitionOf } from "../../../src/vehicle/catalogue.js";
import { parseEntries } from "../../../src/vehicle/descriptor-entries.js";
import { Vehicle } from "../../../src/vehicle/vehicle.js";
import { GCID, OTHER_VIN, START, VIN } from "../../helpers/fakes.js";

const SOC = "vehicle.drivetrain.batteryManagement.header";
const LOCK = "vehicle.cabin.door.status";
const CBS = "vehicle.status.conditionBasedServices";
const NEVER_SET = [
  "action",
  "qos",
  "retain",
  "reset",
  "flush",
  "complete",
  "delay",
  "rate",
  "error",
  "status",
  "req",
  "res",
  "headers",
  "url",
  "method",
  "filename",
  "responseTopic",
  "correlationData",
  "userProperties",
  "topicAlias",
  "messageExpiryInterval",
  "contentType",
];

function nodeWith(options: Partial<StreamOutputOptions> = {}) {
  const defaults = {
    topicBase: "cardata",
    account: "Home",
    vehicle: "",
    descriptors: [],
    form: "each",
    onlyChanges: false,
    values: false,
  } as const;
  let ids = 0;
  return new StreamOutput({ ...defaults, ...options }, () => `id-${++ids}`);
}

function carWith(vin = VIN) {
  const counters = new ReasonCounters<string>();
  const vehicle = new Vehicle(vin, counters);
  const car: RegisteredVehicle = { vehicle, role: "unknown", basicData: null };
  const receive = (data: JsonObject): Update => {
    const envelope = { vin, entityId: GCID, topic: vin, timestamp: new Date(START).toISOString(), data };
    const delivery = {
      entries: parseEntries(data, counters),
      source: "stream" as const,
      sentAt: START,
      receivedAt: START,
    };
    return { vin, ...vehicle.apply(delivery), envelope, receivedAt: START };
  };
  return { car, receive };
}

const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

describe("messages of cardata-stream", () => {
  it("name their own car and topic, whichever came before", () => {
    const nodes = [nodeWith(), nodeWith({ topicBase: "bmw" })];
    const cars = [carWith(), carWith(OTHER_VIN)];
    const topicsAt = (seconds: number) =>
      cars.flatMap(({ receive }) => {
        const update = receive({ [SOC]: { value: seconds, timestamp: at(seconds) } });
        return nodes.flatMap((node) => node.update(update) as DescriptorMessage[]);
      });
    const expected = [VIN, OTHER_VIN].flatMap((vin) => ["cardata", "bmw"].map((base) => `${base}/${vin}/${SOC}`));
    for (const seconds of [0, 1]) {
      const messages = topicsAt(seconds);
      assert.deepEqual(
        messages.map(({ topic }) => topic),
        expected,
      );
      for (const { vin, ha } of messages)
        assert.equal(ha.unique_id, `bmw_cardata_${vin.toLowerCase()}_drivetrain_batteryManagement_header`);
    }
  });

  it("have the documented shape", () => {
    const { receive } = carWith();
    const [message, second] = nodeWith().update(
      receive({
        [SOC]: { value: "63", unit: "percent", timestamp: "2026-03-02T06:00:00Z" },
        [LOCK]: { value: "SECURED" },
      }),
    );
    assert.deepEqual(message, {
      payload: 63,
      topic: `cardata/${VIN}/${SOC}`,
      vin: VIN,
      descriptor: SOC,
      name: definitionOf(SOC)?.name,
      unit: "%",
      timestamp: "2026-03-02T06:00:00.000Z",
      source: "stream",
      known: true,
      ha: {
        platform: "sensor",
        key: "drivetrain_batteryManagement_header",
        unique_id: `bmw_cardata_${VIN.toLowerCase()}_drivetrain_batteryManagement_header`,
        name: "Battery level",
        device_class: "battery",
        unit_of_measurement: "%",
        state_class: "measurement",
        suggested_display_precision: 0,
      },
      raw: { value: "63", unit: "percent", timestamp: "2026-03-02T06:00:00Z" },
      parts: { id: "id-1", index: 0, count: 2, type: "object", key: SOC },
    });
    assert.deepEqual((second as DescriptorMessage).raw, { value: "SECURED", unit: null, timestamp: null });
    assert.deepEqual((second as DescriptorMessage).parts, {
      id: "id-1",
      index: 1,
      count: 2,
      type: "object",
      key: LOCK,
    });
    for (const name of NEVER_SET) assert.ok(!(name in message), name);
  });

  it("give unknown values with the former value", () => {
    const { receive } = carWith();
    const node = nodeWith();
    node.update(receive({ [SOC]: { value: 63, timestamp: at(0) } }));
    const [message] = node.update(receive({ [SOC]: { value: "INVALID", timestamp: at(10) } })) as DescriptorMessage[];
    assert.equal(message?.payload, null);
    assert.deepEqual(message.last, { value: 63, timestamp: at(0) });
    assert.equal(message.ha.device_class, "battery");
  });

  it("carry what Home Assistant needs in an object of their own, without empty members", () => {
    const { receive } = carWith();
    const update = receive({ [SOC]: { value: 63, unit: "percent" }, [LOCK]: { value: "LOCKED" } });
    const [first] = nodeWith().update(update) as DescriptorMessage[];
    if (first !== undefined) first.ha.name = "changed";
    const [again, lock] = nodeWith().update(update) as DescriptorMessage[];
    assert.equal(again?.ha.name, "Battery level");
    assert.deepEqual(Object.keys(lock?.ha ?? {}), ["platform", "key", "unique_id", "name", "icon"]);
    const [together] = nodeWith({ form: "update" }).update(update) as UpdateMessage[];
    assert.deepEqual(together?.readings[0]?.ha, again.ha);
  });

  it("carry the unique id of their own car, whichever came before", () => {
    const other = { ...carWith().receive({ [SOC]: { value: 63 } }), vin: OTHER_VIN };
    const update = carWith().receive({ [SOC]: { value: 63 } });
    const node = nodeWith();
    const ids = [update, other, update].map((one) => (node.update(one) as DescriptorMessage[])[0]?.ha.unique_id);
    const idOf = (vin: string) => `bmw_cardata_${vin.toLowerCase()}_drivetrain_batteryManagement_header`;
    assert.deepEqual(ids, [VIN, OTHER_VIN, VIN].map(idOf));
  });

  it("name descriptors that the catalogue does not list", () => {
    const { receive } = carWith();
    const [message] = nodeWith().update(
      receive({ "vehicle.cabin.sunShade.isOpen": { value: true } }),
    ) as DescriptorMessage[];
    assert.equal(message?.known, false);
    assert.equal(message.name, "Sun shade is open");
    assert.equal(message.ha.platform, "binary_sensor");
    assert.equal(message.ha.name, "Sun shade is open");
    assert.equal(message.unit, null);
  });

  it("carry structures as data that a flow may change", () => {
    const { receive, car } = carWith();
    const [message] = nodeWith().update(
      receive({ [CBS]: { value: '[{"title":"Engine oil"}]' } }),
    ) as DescriptorMessage[];
    assert.equal(message?.payload, "1: Engine oil");
    (message.data as unknown[]).length = 0;
    assert.deepEqual(car.vehicle.readings.get(CBS)?.data, [{ title: "Engine oil" }]);
  });

  it("go out only for the chosen car and descriptors, counted in parts", () => {
    const { receive } = carWith();
    const update = receive({
      [SOC]: { value: 63 },
      [LOCK]: { value: "LOCKED" },
      "vehicle.cabin.door.row1.driver.isOpen": { value: false },
    });
    assert.deepEqual(nodeWith({ vehicle: OTHER_VIN }).update(update), []);
    assert.equal(nodeWith({ vehicle: ` ${VIN.toLowerCase()} ` }).update(update).length, 3);
    const dependencies = nodeWith({ descriptors: ["vehicle.cabin.door.*"] }).update(update) as DescriptorMessage[];
    assert.deepEqual(
      dependencies.map(({ parts }) => [parts?.index, parts?.count]),
      [
        [0, 2],
        [1, 2],
      ],
    );
    assert.equal(nodeWith({ descriptors: [SOC, " "] }).update(update).length, 1);
    assert.equal(nodeWith({ descriptors: ["vehicle.*.status"] }).update(update).length, 1);
    assert.equal(nodeWith({ descriptors: ["vehicleXcabin*"] }).update(update).length, 0);
    assert.equal(nodeWith({ descriptors: ["*"] }).update(update).length, 3);
  });

  it("go out only when something changed, if wanted", () => {
    const { receive } = carWith();
    const node = nodeWith({ onlyChanges: true });
    const values = [
      [63, 0],
      [63, 10],
      [64, 20],
      [64, 30],
      [63, 40],
    ] as const;
    const sent = values.map(
      ([value, seconds]) => node.update(receive({ [SOC]: { value, timestamp: at(seconds) } })).length,
    );
    assert.deepEqual(sent, [1, 0, 1, 0, 1]);
  });

  it("come together in form update, and not at all if nothing passed", () => {
    const { receive } = carWith();
    const node = nodeWith({ form: "update", descriptors: [SOC], onlyChanges: true });
    const [message] = node.update(
      receive({ [SOC]: { value: 63, timestamp: at(0) }, [LOCK]: { value: "LOCKED" } }),
    ) as UpdateMessage[];
    assert.equal(message?.topic, `cardata/${VIN}`);
    assert.deepEqual(message.payload, { [SOC]: 63 });
    assert.equal(message.readings[0]?.descriptor, SOC);
    assert.equal(message.readings[0].parts, undefined);
    assert.deepEqual(node.update(receive({ [SOC]: { value: 63, timestamp: at(10) } })), []);
  });

  it("are BMW's own object without the customer id in form raw, whatever the filter", () => {
    const { receive } = carWith();
    const update = receive({ [SOC]: { value: "63", odd: [1] } });
    const [message] = nodeWith({ form: "raw", descriptors: [LOCK] }).update(update) as RawMessage[];
    const { entityId: _, ...rest } = update.envelope!;
    assert.deepEqual(message, { topic: `cardata/${VIN}`, vin: VIN, payload: rest });
    assert.ok(!JSON.stringify(message).includes(GCID));
    (message.payload["data"] as JsonObject)[SOC] = null;
    assert.deepEqual(
      (update.envelope!["data"] as JsonObject)[SOC],
      { value: "63", odd: [1] },
      "a flow may change its copy",
    );
  });

  describe("of everything that is known, in form raw", () => {
    const whole = nodeWith({ form: "raw", descriptors: [LOCK], onlyChanges: true });
    const basicData = { brand: "BMW", driveTrain: "BEV", entityId: GCID };

    function readAgain(message: RawMessage | undefined) {
      const rejected = new ReasonCounters<StreamRejection>();
      const sent = Buffer.from(JSON.stringify(message?.payload));
      return { decoded: decodeMessage(message?.topic ?? "", sent, rejected), rejected: rejected.toJSON() };
    }

    for (const ask of ["restored", "resent", "snapshot"] as const)
      it(`are one message as BMW writes it, to be kept (${ask})`, () => {
        const { receive, car } = carWith();
        receive({ [SOC]: { value: "63", unit: "percent", timestamp: at(-30) }, [LOCK]: { value: null } });
        receive({ [CBS]: { value: '[{"title":"Oil"}]', timestamp: at(-90) } });
        const known = { ...car, basicData };
        const messages = whole[ask](new Map([[VIN, known]])) as RawMessage[];
        assert.equal(messages.length, 1);
        const [message] = messages;
        assert.deepEqual([message?.topic, message?.vin, message?.retain], [`cardata/${VIN}`, VIN, true]);
        assert.deepEqual(message?.payload, {
          vin: VIN,
          topic: VIN,
          timestamp: at(0),
          data: {
            [SOC]: { timestamp: at(-30), value: "63", unit: "percent" },
            [LOCK]: { timestamp: at(0), value: null, unit: null },
            [CBS]: { timestamp: at(-90), value: '[{"title":"Oil"}]', unit: null },
          },
          basicData: { brand: "BMW", driveTrain: "BEV" },
        });
      });

    it("give a reader the same values at the same times", () => {
      const owner = carWith();
      owner.receive({
        [SOC]: { value: "63", unit: "percent", timestamp: at(-30) },
        [LOCK]: { value: "SECURED", timestamp: at(-3000) },
        [CBS]: { value: '[{"title":"Oil"}]', timestamp: at(-90) },
        "vehicle.body.trunk.isOpen": { value: null, timestamp: at(-5) },
        "vehicle.vehicle.travelledDistance": { value: "20123", unit: "km" },
      });
      const [message] = whole.restored(new Map([[VIN, { ...owner.car, basicData }]])) as RawMessage[];
      const { decoded, rejected } = readAgain(message);
      assert.deepEqual([decoded?.vin, decoded?.basicData, rejected], [VIN, { brand: "BMW", driveTrain: "BEV" }, {}]);
      const reader = carWith();
      reader.receive(message?.payload["data"] as JsonObject);
      const figures = ({ vehicle }: RegisteredVehicle) =>
        [...vehicle.readings.values()].map(({ descriptor, value, unit, timestamp, data }) => {
          return { descriptor, value, unit, timestamp, data };
        });
      assert.deepEqual(figures(reader.car), figures(owner.car));
    });

    it("keep a value that BMW's API tells by a null", () => {
      const { car } = carWith();
      const CHECKS = "vehicle.status.checkControlMessages";
      const entries = parseEntries({ [CHECKS]: { value: null, timestamp: at(-5) } }, new ReasonCounters<string>());
      car.vehicle.apply({ entries, source: "rest", sentAt: null, receivedAt: START });
      const [message] = whole.snapshot(new Map([[VIN, car]])) as RawMessage[];
      assert.equal((message?.payload["data"] as Record<string, JsonObject>)[CHECKS]?.["value"], "0");
    });

    it("are none for a car of which nothing is known, or that is not wanted", () => {
      const { receive, car } = carWith();
      assert.deepEqual(whole.snapshot(new Map([[VIN, car]])), []);
      receive({ [SOC]: { value: 63 } });
      assert.deepEqual(nodeWith({ form: "raw", vehicle: OTHER_VIN }).snapshot(new Map([[VIN, car]])), []);
    });
  });

  it("answer a snapshot with all present values, unknown ones too, without touching onlyChanges", () => {
    const { receive, car } = carWith();
    const other = carWith(OTHER_VIN);
    other.receive({ [SOC]: { value: 11 } });
    const node = nodeWith({ onlyChanges: true, vehicle: VIN });
    node.update(receive({ [SOC]: { value: 63, timestamp: at(0) } }));
    receive({ [LOCK]: { value: null } });
    const cars = new Map([
      [VIN, car],
      [OTHER_VIN, other.car],
    ]);
    const messages = node.snapshot(cars) as DescriptorMessage[];
    assert.deepEqual(
      messages.map(({ payload, source, parts }) => [payload, source, parts]),
      [
        [63, "stream", undefined],
        [null, "stream", undefined],
      ],
    );
    assert.deepEqual(node.update(receive({ [SOC]: { value: 63, timestamp: at(10) } })), []);
    assert.equal(nodeWith({ form: "raw", vehicle: VIN }).snapshot(cars).length, 1);
    assert.deepEqual((nodeWith({ form: "update" }).snapshot(cars)[1] as UpdateMessage).payload, { [SOC]: 11 });
  });

  it("restore known values as restored; they count as sent", () => {
    const { receive, car } = carWith();
    receive({ [SOC]: { value: 63, timestamp: at(0) }, [LOCK]: { value: null } });
    const node = nodeWith({ onlyChanges: true });
    const messages = node.restored(new Map([[VIN, car]])) as DescriptorMessage[];
    assert.deepEqual(
      messages.map(({ payload, source, timestamp, parts }) => [payload, source, timestamp, parts]),
      [[63, "restored", at(0), undefined]],
    );
    assert.deepEqual(node.update(receive({ [SOC]: { value: 63, timestamp: at(10) } })), []);
  });

  it("send all again for a broker that may have missed any, unknown ones too; they count as sent", () => {
    const { receive, car } = carWith();
    const node = nodeWith({ onlyChanges: true });
    node.update(receive({ [SOC]: { value: 63, timestamp: at(0) }, [LOCK]: { value: null, timestamp: at(0) } }));
    const cars = new Map([[VIN, car]]);
    for (let time = 0; time < 2; time++)
      assert.deepEqual(
        (node.resent(cars) as DescriptorMessage[]).map(({ payload, source, timestamp }) => [
          payload,
          source,
          timestamp,
        ]),
        [
          [63, "restored", at(0)],
          [null, "restored", at(0)],
        ],
      );
    assert.deepEqual(node.update(receive({ [SOC]: { value: 63, timestamp: at(10) } })), []);
    // The broker has had a value since that this node has not sent: of BMW's REST API.
    car.vehicle.apply({
      entries: parseEntries({ [SOC]: { value: 64, timestamp: at(20) } }, new ReasonCounters<string>()),
      source: "rest",
      receivedAt: START + 20_000,
      sentAt: null,
    });
    node.resent(cars);
    assert.equal(node.update(receive({ [SOC]: { value: 63, timestamp: at(30) } })).length, 1);
  });

  describe("of a position", () => {
    const location = "vehicle.cabin.infotainment.navigation.currentLocation";
    const fix = (seconds: number, latitude = 48.1) => ({
      [`${location}.latitude`]: { value: latitude, timestamp: at(seconds) },
      [`${location}.longitude`]: { value: 11.5, timestamp: at(seconds) },
      [`${location}.heading`]: { value: 271, timestamp: at(seconds) },
    });
    const positions = (messages: readonly object[]) =>
      messages.filter((message) => (message as { descriptor?: string }).descriptor === "location");

    it("have the documented shape, one per fix, after the values", () => {
      const { receive } = carWith();
      const messages = nodeWith().update(receive(fix(0)));
      assert.deepEqual(messages.at(-1), {
        payload: { latitude: 48.1, longitude: 11.5, heading: 271, timestamp: at(0) },
        topic: `cardata/${VIN}/location`,
        vin: VIN,
        descriptor: "location",
        name: "Location",
        unit: null,
        timestamp: at(0),
        source: "stream",
        known: true,
        ha: {
          platform: "device_tracker",
          key: "location",
          unique_id: `bmw_cardata_${VIN.toLowerCase()}_location`,
          name: null,
          icon: "mdi:car",
          source_type: "gps",
        },
      });
      assert.equal(positions(messages).length, 1);
    });

    it("go out only where nothing is chosen, or `location`", () => {
      const { receive } = carWith();
      const update = receive(fix(0));
      assert.deepEqual(nodeWith({ descriptors: [`${location}.*`] }).update(update).length, 3);
      assert.equal(positions(nodeWith({ descriptors: ["location"] }).update(update)).length, 1);
      assert.equal(nodeWith({ descriptors: [SOC] }).update(update).length, 0);
      assert.equal(positions(nodeWith({ form: "raw" }).update(update)).length, 0);
      assert.equal(positions(nodeWith({ form: "update" }).update(update)).length, 1);
    });

    it("are left out while the car stands, if only changes are wanted", () => {
      const { receive } = carWith();
      const node = nodeWith({ onlyChanges: true });
      const counts = [fix(0), fix(60), fix(120, 48.11)].map((data) => positions(node.update(receive(data))).length);
      assert.deepEqual(counts, [1, 0, 1]);
    });

    it("are part of a snapshot and of what is restored", () => {
      const { car, receive } = carWith();
      receive(fix(0));
      const cars = new Map([[VIN, car]]);
      assert.equal(positions(nodeWith().snapshot(cars)).length, 1);
      const [restored] = positions(nodeWith().restored(cars)) as { source: string }[];
      assert.equal(restored?.source, "restored");
    });
  });

  describe("of values with a source", () => {
    it("go out when wanted, and say where they come from", () => {
      const { receive } = carWith();
      const update = receive({ [LOCK]: { value: "SECURED", timestamp: at(5) } });
      assert.equal(nodeWith({ descriptors: [SOC] }).update(update).length, 0);
      assert.equal(nodeWith({ values: true, form: "raw" }).update(update).length, 1);
      assert.deepEqual(nodeWith({ values: true, descriptors: [SOC, "locked"] }).update(update), [
        {
          payload: true,
          topic: `cardata/${VIN}/locked`,
          vin: VIN,
          descriptor: "locked",
          name: "Locked",
          unit: null,
          timestamp: at(5),
          source: "stream",
          known: true,
          from: LOCK,
          ha: {
            platform: "binary_sensor",
            key: "locked",
            unique_id: `bmw_cardata_${VIN.toLowerCase()}_locked`,
            name: "Doors",
            device_class: "lock",
          },
        },
      ]);
    });

    it("give the former value of those that became unknown", () => {
      const { receive } = carWith();
      receive({ [LOCK]: { value: "SECURED", timestamp: at(5) } });
      const update = receive({ [LOCK]: { value: "INVALID", timestamp: at(9) } });
      const [message] = nodeWith({ values: true, descriptors: ["locked"] }).update(update) as DescriptorMessage[];
      assert.equal(message?.payload, null);
      assert.deepEqual(message.last, { value: true, timestamp: at(5) });
    });

    it("are part of a snapshot and of what is restored", () => {
      const { car, receive } = carWith();
      receive({ [LOCK]: { value: "SECURED", timestamp: at(5) } });
      const cars = new Map([[VIN, car]]);
      const node = nodeWith({ values: true, descriptors: [SOC, "locked"] });
      assert.deepEqual(
        [...node.snapshot(cars), ...node.restored(cars)].map((message) => (message as DescriptorMessage).source),
        ["stream", "restored"],
      );
    });
  });

  describe("of a node with chosen values", () => {
    const everything = {
      [SOC]: { value: 63, timestamp: at(0) },
      [LOCK]: { value: "SECURED", timestamp: at(0) },
      "vehicle.vehicle.travelledDistance": { value: 1000, timestamp: at(0) },
      "vehicle.body.chargingPort.status": { value: "CONNECTED", timestamp: at(0) },
      "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange": { value: 240, timestamp: at(0) },
    };
    const PLAIN = ["soc", "range", "plugged", "locked", "odometer"];

    for (const [title, descriptors, values, expected] of [
      ["a descriptor", [SOC], true, [SOC]],
      ["a plain value", ["soc"], true, ["soc"]],
      ["a plain value by name", ["soc"], false, ["soc"]],
      ["both", [SOC, "range"], true, [SOC, "range"]],
      ["a wildcard of descriptors", ["vehicle.cabin.*"], true, [LOCK]],
      ["a wildcard of plain values", ["p*"], true, ["plugged"]],
      ["a wildcard without plain values", ["p*"], false, []],
      ["a wildcard for everything", ["*"], true, [...Object.keys(everything), ...PLAIN]],
      ["a wildcard for everything that BMW tells", ["*"], false, Object.keys(everything)],
      ["nothing", [], true, [...Object.keys(everything), ...PLAIN]],
      ["nothing, and no plain values", [], false, Object.keys(everything)],
    ] as const)
      it(`are those of ${title} and no others (plain values: ${String(values)})`, () => {
        const { car, receive } = carWith();
        const update = receive(everything);
        const cars = new Map([[VIN, car]]);
        const node = () => nodeWith({ values, descriptors });
        for (const messages of [node().update(update), node().snapshot(cars), node().restored(cars)])
          assert.deepEqual(
            messages.map((message) => (message as DescriptorMessage).descriptor).sort(),
            [...expected].sort(),
          );
      });

    it("hold no plain values besides, whatever the form", () => {
      const { receive } = carWith();
      const update = receive(everything);
      const [message, ...more] = nodeWith({ values: true, descriptors: [SOC], form: "update" }).update(update);
      assert.deepEqual([message?.payload, more], [{ [SOC]: 63 }, []]);
      const plain = nodeWith({ values: true, descriptors: ["locked"], form: "update" }).update(update);
      assert.deepEqual(
        plain.map(({ payload }) => payload),
        [true],
      );
    });
  });

  describe("of events of a car", () => {
    it("have the documented shape, with times as text", () => {
      const { receive } = carWith();
      receive({ [LOCK]: { value: "SECURED", timestamp: at(0) } });
      const update = receive({ [LOCK]: { value: "UNLOCKED", timestamp: at(60) } });
      assert.deepEqual(nodeWith().events(update), [
        {
          topic: `cardata/${VIN}/event/unlocked`,
          event: "unlocked",
          payload: { vin: VIN, account: "Home", event: "unlocked", timestamp: at(60) },
        },
      ]);
      assert.deepEqual(nodeWith({ vehicle: OTHER_VIN }).events(update), []);
    });

    it("describe a trip with places and times for people", () => {
      const { receive } = carWith();
      const from = { latitude: 48, longitude: 11, timestamp: START, source: "stream" as const };
      const trip = {
        name: "tripEnded" as const,
        at: START + 60_000,
        startedAt: START,
        inferred: false,
        endedAt: START + 60_000,
        distanceKm: 1.2,
        durationMin: 1,
        socUsed: null,
        from,
        to: null,
      };
      const [message] = nodeWith().events({ ...receive({}), events: [trip] });
      assert.deepEqual(message?.payload, {
        vin: VIN,
        account: "Home",
        event: "tripEnded",
        timestamp: at(60),
        startedAt: at(0),
        inferred: false,
        endedAt: at(60),
        distanceKm: 1.2,
        durationMin: 1,
        socUsed: null,
        from: { latitude: 48, longitude: 11, timestamp: at(0) },
        to: null,
      });
    });

    it("as they are where a time is not known, or what a figure is from is a word", () => {
      const { receive } = carWith();
      const missed = {
        ...{ name: "tripStarted" as const, at: START, startedAt: null, inferred: true, soc: null, odometer: 1000 },
        from: null,
      };
      const charge = {
        ...{ name: "chargingEnded" as const, at: START + 60_000, startedAt: START, startSoc: 40, soc: 76.4 },
        ...{ from: "estimate" as const, band90: [74, 79] as const, energyKwh: 29.4, durationMin: 1 },
        ...{ reason: "stopped" as const, pauses: 0 },
      };
      const [started, ended] = nodeWith().events({ ...receive({}), events: [missed, charge] });
      assert.equal(started?.payload["startedAt"], null);
      assert.deepEqual(
        [ended?.payload["startedAt"], ended?.payload["from"], ended?.payload["band90"]],
        [at(0), "estimate", [74, 79]],
      );
    });
  });

  it("leave what came over REST to cardata-telematics", () => {
    const { receive } = carWith();
    const update = receive({ [SOC]: { value: 63, timestamp: at(0) } });
    const polled = { ...update, readings: update.readings.map((reading) => ({ ...reading, source: "rest" as const })) };
    assert.deepEqual(nodeWith().update(polled), []);
  });

  it("report events of the account", () => {
    const node = nodeWith();
    const base = { account: "Home", timestamp: at(0) };
    assert.deepEqual(node.event({ name: "connected" }, START), {
      topic: "cardata/account/event/connected",
      event: "connected",
      payload: { ...base, event: "connected" },
    });
    const reason = "stream_closed" as const;
    const { payload } = node.event({ name: "disconnected", reason, problem: { code: reason } }, START);
    assert.equal(payload["reason"], "stream_closed");
    assert.match(String(payload["text"]), /^The stream was cut/);
    assert.equal(
      node.event({ name: "loginRequired", reason: "refresh_rejected", problem: { code: "refresh_rejected" } }, START)
        .payload["reason"],
      "refresh_rejected",
    );
    assert.deepEqual(node.event({ name: "quotaLow", remaining: 10, resetsAt: START + 1000 }, START).payload, {
      ...base,
      event: "quotaLow",
      remaining: 10,
      resetsAt: at(1),
    });
    assert.equal(node.event({ name: "vehicleFound", vin: VIN }, START).payload.vin, VIN);
  });
});

describe("commands", () => {
  const known = ["snapshot", "reconnect"] as const;
  it("are read from the message", () => {
    assert.equal(parseCommand({ command: "snapshot" }, known), "snapshot");
    for (const message of [{}, { command: "" }, { command: null }, { payload: "snapshot" }, null, 5])
      assert.equal(parseCommand(message, known), null);
  });
  for (const command of ["explode", 5, {}, "__proto__"])
    it(`${JSON.stringify(command)} is refused with the list of known ones`, () => {
      assert.throws(() => parseCommand({ command }, known), {
        code: "unknown_command",
        message: /snapshot, reconnect/,
      });
    });
});
