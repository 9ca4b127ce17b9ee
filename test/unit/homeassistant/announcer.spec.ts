import assert from "node:assert/strict";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import {
  announcing,
  type AnnouncingOptions,
  BIRTH,
  CONNECTED,
  DISCONNECTED,
  DOOR,
  type DeviceConfig,
  HEADER,
  identity,
  image,
  JPEG,
  learning,
  ODOMETER,
  operation,
  PNG,
  position,
  predicted,
  soc,
  traccar,
  value,
  WINDOW,
} from "../../helpers/announcing.js";

const MINUTE_MS = 60_000;
const LEVEL = "drivetrain_batteryManagement_header";
const SHOWN = "vehicle.powertrain.electric.battery.stateOfCharge.displayed";
const CONFIG = `homeassistant/device/bmw_cardata_${VIN.toLowerCase()}/config`;
const stateOf = (descriptor: string) => `cardata/${VIN}/${descriptor}/state`;
const attributesOf = (descriptor: string) => `cardata/${VIN}/${descriptor}/attributes`;

describe("the announcer", () => {
  describe("a new value", () => {
    it("is announced after 3 s, the configuration first, then its state", async () => {
      const { take, clock, topics, sent, components } = announcing();
      assert.equal(take(soc(63)), null);
      await clock.advance(2999);
      assert.deepEqual(topics(), []);
      await clock.advance(1);
      assert.deepEqual(topics(), [CONFIG, stateOf(HEADER), stateOf("last_update")]);
      assert.ok(sent.every(({ qos, retain }) => qos === 1 && retain));
      assert.equal(sent[1]?.payload, "63");
      assert.deepEqual(components()[LEVEL], {
        platform: "sensor",
        unique_id: `bmw_cardata_${VIN.toLowerCase()}_${LEVEL}`,
        default_entity_id: "sensor.bmw_i4_battery_level",
        name: "Battery level",
        state_topic: stateOf(HEADER),
        device_class: "battery",
        unit_of_measurement: "%",
        state_class: "measurement",
        suggested_display_precision: 0,
      });
    });

    it("waits for others: 3 s after the last new one, at most 10 s after the first", async () => {
      const { take, clock, topics } = announcing();
      for (let second = 0; second < 10; second += 2) {
        take(value(`vehicle.new.number${second}`, second));
        await clock.advance(2000);
        if (second < 8) assert.deepEqual(topics(), []);
      }
      assert.equal(topics()[0], CONFIG);
      assert.equal(topics().filter((topic) => topic === CONFIG).length, 1);
    });

    it("keeps no known one waiting", async () => {
      const { take, settle, sent, topics } = announcing();
      take(soc(63));
      await settle();
      sent.length = 0;
      take(value(DOOR, true));
      take(soc(64));
      assert.deepEqual(topics(), [stateOf(HEADER)]);
    });

    it("sends the state that is the last one by then", async () => {
      const { take, settle, state, sent } = announcing();
      take(soc(63));
      take(soc(64));
      await settle();
      assert.equal(state(HEADER), "64");
      assert.equal(sent.filter(({ topic }) => topic === stateOf(HEADER)).length, 1);
    });
  });

  describe("a known value", () => {
    it("is sent at once, without its configuration", async () => {
      const { take, settle, sent, topics } = announcing();
      take(soc(63));
      take(value(DOOR, false));
      await settle();
      sent.length = 0;
      take(value(DOOR, true, { timestamp: "2026-03-02T06:01:00Z" }));
      assert.deepEqual(topics(), [stateOf(DOOR)]);
      assert.equal(sent[0]?.payload, "ON");
    });

    it("that is unknown by now is None, and stays the entity that it was", async () => {
      const { take, settle, sent, topics, state } = announcing();
      take(value("vehicle.new.number", 5, { unit: "km" }));
      await settle();
      sent.length = 0;
      take(value("vehicle.new.number", null, { last: { value: 5, timestamp: "2026-03-02T05:59:00.000Z" } }));
      assert.deepEqual(topics(), [stateOf("vehicle.new.number")]);
      assert.equal(state("vehicle.new.number"), "None");
    });

    it("in another unit is converted to the one that was announced", async () => {
      const { take, settle, sent, topics, state } = announcing();
      take(value(ODOMETER, 1000, { unit: "km" }));
      await settle();
      sent.length = 0;
      take(value(ODOMETER, 621, { unit: "mi" }));
      assert.deepEqual(topics(), [stateOf(ODOMETER)]);
      assert.equal(state(ODOMETER), "999");
    });

    it("without a unit keeps the one it had", async () => {
      const { take, settle, sent, topics } = announcing();
      take(value(ODOMETER, 1000, { unit: "km" }));
      await settle();
      sent.length = 0;
      take(value(ODOMETER, 1001));
      assert.deepEqual(topics(), [stateOf(ODOMETER)]);
    });

    it("on another platform is deleted there before it is announced anew", async () => {
      const { take, settle, sent, topics } = announcing();
      take(value("vehicle.new.thing", 1));
      await settle();
      sent.length = 0;
      take(value("vehicle.new.thing", true));
      assert.deepEqual(topics(), [CONFIG, CONFIG, stateOf("vehicle.new.thing")]);
      const [first, second] = sent
        .slice(0, 2)
        .map(({ payload }) => (JSON.parse(String(payload)) as DeviceConfig).components["new_thing"]);
      assert.deepEqual(first, { platform: "sensor" });
      assert.equal(second?.["platform"], "binary_sensor");
    });

    it("that is none of its kind is left out, with a reason", async () => {
      const { take, settle, sent, topics } = announcing();
      take(soc(63));
      await settle();
      sent.length = 0;
      assert.match(take(value(HEADER, "much", { unit: "%" })) ?? "", /none of its kind/);
      await settle();
      assert.deepEqual(topics(), []);
    });

    it("has a companion where its text says open or closed", async () => {
      const { take, settle, broker, components } = announcing();
      take(value(WINDOW, "INTERMEDIATE"));
      await settle();
      assert.equal(broker.get(stateOf(WINDOW)), "Partly open");
      assert.equal(broker.get(stateOf(`${WINDOW}/open`)), "ON");
      assert.equal(components()["cabin_window_row1_driver_status_open"]?.["platform"], "binary_sensor");
    });
  });

  describe("the class battery", () => {
    const batteries = (components: Record<string, Record<string, unknown>>) =>
      Object.entries(components).flatMap(([key, { device_class }]) => (device_class === "battery" ? [key] : []));

    it("belongs to the best level alone, and moves when a better one comes", async () => {
      const { take, settle, components } = announcing();
      take(value(SHOWN, 62, { unit: "%", name: "Level shown" }));
      await settle();
      assert.deepEqual(batteries(components()), ["powertrain_electric_battery_stateOfCharge_displayed"]);
      take(soc(63));
      await settle();
      assert.deepEqual(batteries(components()), [LEVEL]);
      take(predicted(63.4));
      await settle();
      assert.deepEqual(batteries(components()), ["predicted_soc"]);
      assert.equal(components()[LEVEL]?.["unit_of_measurement"], "%");
    });
  });

  describe("attributes", () => {
    const attributesAt = (work: ReturnType<typeof announcing>, subject: string) =>
      JSON.parse(String(work.broker.get(attributesOf(subject)))) as Record<string, unknown>;
    const shown = async (...messages: object[]) => {
      const work = announcing({ attributes: true });
      for (const message of messages) work.take(message);
      await work.settle();
      work.sent.length = 0;
      return work;
    };

    it("come in one message with the state, as Home Assistant reads it; the plain one is for others", async () => {
      const work = await shown(value(DOOR, false));
      const { state_topic, json_attributes_topic, value_template } =
        work.components()["cabin_door_row1_driver_isOpen"] ?? {};
      assert.deepEqual([state_topic, json_attributes_topic], [attributesOf(DOOR), attributesOf(DOOR)]);
      assert.equal(value_template, "{{ value_json.state }}");
      work.take(value(DOOR, true, { timestamp: "2026-03-02T06:01:00Z" }));
      assert.deepEqual(
        work.sent.map(({ topic, payload }) => [topic, String(payload)]),
        [
          [stateOf(DOOR), "ON"],
          [
            attributesOf(DOOR),
            JSON.stringify({ state: "ON", timestamp: "2026-03-02T06:01:00.000Z", descriptor: DOOR }),
          ],
        ],
      );
    });

    it("give the details of an estimate", async () => {
      const { mode, sigma, descriptor } = attributesAt(await shown(predicted(63.4)), "vehicle.predicted_soc");
      assert.deepEqual({ mode, sigma, descriptor }, { mode: "idle", sigma: 0.5, descriptor: "vehicle.predicted_soc" });
    });

    it("are sent of reports and positions alone where they are switched off", async () => {
      const { take, settle, topics, components } = announcing();
      take(soc(63));
      take(traccar());
      take(learning());
      await settle();
      assert.deepEqual(
        topics().filter((topic) => topic.endsWith("/attributes")),
        ["traccar_location", "learning"].map(attributesOf),
      );
      const withAttributes = Object.entries(components()).filter(([, config]) => "json_attributes_topic" in config);
      assert.deepEqual(
        withAttributes.map(([key]) => key),
        ["traccar_location", "learning"],
      );
    });

    it("leave out the names that Home Assistant keeps for itself", async () => {
      const work = await shown(
        operation("chargingHistory", { text: "2 charges", count: 2, state: "x", icon: "y" }, []),
      );
      assert.deepEqual(attributesAt(work, "chargingHistory"), { state: "2 charges", count: 2 });
    });
  });

  describe("a state that has not changed", () => {
    const at = (minute: number) => ({ timestamp: new Date(START + minute * MINUTE_MS).toISOString() });
    /** Shows messages, and forgets what was sent of them. */
    const shown = async (options: AnnouncingOptions, ...messages: object[]) => {
      const work = announcing(options);
      for (const message of messages) work.take(message);
      await work.settle();
      work.sent.length = 0;
      return work;
    };
    const withoutTimes = ({ topics }: ReturnType<typeof announcing>) =>
      topics().filter((topic) => topic !== stateOf("last_update"));

    for (const attributes of [false, true])
      it(`is not sent again before its time, with attributes ${attributes ? "on" : "off"}`, async () => {
        const tracker = { timestamp: at(1).timestamp, position: { latitude: 48.2, longitude: 11.6, valid: true } };
        const all = [soc(63), value(DOOR, true), value(WINDOW, "OPEN"), position(), traccar(tracker), image()];
        const work = await shown({ attributes }, ...all);
        const again = (minute: number) => {
          const { timestamp } = at(minute);
          const place = { latitude: 48.1, longitude: 11.5, heading: 90, timestamp };
          const fix = { ...tracker.position, fixTime: timestamp };
          for (const message of [
            soc(63, { timestamp }),
            value(DOOR, true, { timestamp }),
            value(WINDOW, "OPEN", { timestamp }),
            position({ payload: place, timestamp }),
            traccar({ timestamp, position: fix }),
            image(),
          ])
            work.take(message);
        };
        again(2);
        again(10);
        assert.deepEqual(withoutTimes(work), []);
        await work.clock.advance(15 * MINUTE_MS);
        work.sent.length = 0;
        again(16);
        const sent = withoutTimes(work);
        assert.equal(sent.length, attributes ? 12 : 8, sent.join());
        again(17);
        assert.equal(withoutTimes(work).length, sent.length);
      });

    it("is a report that was made again, until it says something else", async () => {
      const { payload } = learning();
      const decided = (minute: number, value: number) =>
        learning({
          payload: { ...payload, lastDecision: { ...payload.lastDecision, at: at(minute).timestamp, value } },
        });
      const work = await shown({}, decided(1, 5));
      work.take(decided(2, 5));
      assert.deepEqual(work.topics(), []);
      work.take(decided(3, 6));
      assert.deepEqual(work.topics(), [attributesOf("learning")]);
    });

    it("is sent at once when it changes, and when it changes back", async () => {
      const work = await shown({ attributes: true }, soc(63), position());
      for (const level of [64, 63]) work.take(soc(level, at(1)));
      work.take(position({ payload: { latitude: 48.2, longitude: 11.5 } }));
      const root = `cardata/${VIN}/`;
      assert.deepEqual(withoutTimes(work), [
        stateOf(HEADER),
        attributesOf(HEADER),
        stateOf(HEADER),
        attributesOf(HEADER),
        `${root}location/attributes`,
      ]);
    });

    it("is never sent again where that is set so", async () => {
      const work = await shown({ repeatMs: Infinity }, soc(63));
      await work.clock.advance(30 * 24 * 60 * MINUTE_MS);
      work.sent.length = 0;
      work.take(soc(63));
      assert.deepEqual(withoutTimes(work), []);
    });

    it("with a later time is what is sent again to a broker that has lost it", async () => {
      for (const sign of [CONNECTED, BIRTH, { command: "resend" }]) {
        const work = await shown({ attributes: true, repeatMs: Infinity }, soc(63), position());
        work.take(soc(63, at(7)));
        work.broker.clear();
        work.take(sign);
        await work.settle();
        const { timestamp } = JSON.parse(String(work.broker.get(attributesOf(HEADER)))) as { timestamp: string };
        assert.deepEqual([work.state(HEADER), timestamp], ["63", at(7).timestamp]);
        assert.ok(work.broker.has(`cardata/${VIN}/location/attributes`));
      }
    });

    it("is sent with its entity, when that comes back after it was withdrawn", async () => {
      const work = await shown({}, soc(63), value(DOOR, true));
      for (const driveType of ["combustion", "bev"] as const) {
        work.cars.set(VIN, identity(VIN, { driveType }));
        work.announcer.refresh(VIN);
      }
      assert.equal(work.state(HEADER), "63");
    });

    it("is sent although the clock was set back", async () => {
      const work = await shown({}, soc(63));
      work.clock.jump(-60 * MINUTE_MS);
      work.take(soc(63));
      assert.deepEqual(withoutTimes(work), [stateOf(HEADER)]);
    });
  });

  describe("what is no value", () => {
    it("position, tracker, reports and image have entities of their own", async () => {
      const { take, settle, broker, components } = announcing();
      for (const message of [
        position(),
        traccar(),
        learning(),
        operation("chargingHistory", { text: "2 charges", count: 2 }, []),
        operation("tyreDiagnosis", { text: "OK", mounted: null }),
        image(),
      ])
        assert.equal(take(message), null);
      await settle();
      const own = (topic: string) => String(broker.get(`cardata/${VIN}/${topic}`));
      assert.deepEqual(JSON.parse(own("location/attributes")), {
        latitude: 48.1,
        longitude: 11.5,
        heading: 90,
        timestamp: "2026-03-02T05:58:00.000Z",
      });
      assert.deepEqual(JSON.parse(own("traccar_location/attributes")), {
        latitude: 48.2,
        longitude: 11.6,
        altitude: 500,
        heading: 45,
        timestamp: "2026-03-02T05:57:58.000Z",
      });
      assert.equal(own("traccar/state"), "52.5");
      assert.equal(own("learning/state"), "Learned from a charge.");
      assert.equal(own("chargingHistory/state"), "2 charges");
      assert.equal(own("tyreDiagnosis/state"), "OK");
      assert.ok(PNG.equals(broker.get(`cardata/${VIN}/image/data`) as Buffer));
      const { image: picture, location } = components();
      assert.deepEqual(
        [picture?.["image_topic"], picture?.["content_type"]],
        [`cardata/${VIN}/image/data`, "image/png"],
      );
      assert.deepEqual([location?.["name"], location?.["source_type"]], [null, "gps"]);
      assert.equal(location?.["state_topic"], undefined);
    });

    it("an image of another kind has its configuration sent first", async () => {
      const { take, settle, sent, topics, components } = announcing();
      take(image());
      await settle();
      sent.length = 0;
      take(image(JPEG));
      assert.deepEqual(topics(), [CONFIG, `cardata/${VIN}/image/data`]);
      assert.equal(components()["image"]?.["content_type"], "image/jpeg");
    });

    it("a silent tracker is None, and an invalid place is none", async () => {
      const { take, settle, broker, components } = announcing();
      take(traccar({ payload: null, position: { latitude: 1, longitude: 2, valid: false } }));
      await settle();
      assert.equal(broker.get(stateOf("traccar")), "None");
      assert.equal(components()["traccar_location"], undefined);
    });
  });

  describe("the last update", () => {
    it("is the newest time of the car's values, sent seldom", async () => {
      const { take, settle, sent, state, clock } = announcing();
      take(soc(63));
      await settle();
      sent.length = 0;
      for (let second = 0; second < 30; second++) {
        take(soc(63, { timestamp: new Date(clock.now()).toISOString() }));
        await clock.advance(1000);
      }
      const times = sent.filter(({ topic }) => topic === stateOf("last_update"));
      assert.ok(times.length >= 3 && times.length <= 10, String(times.length));
      await settle();
      assert.equal(state("last_update"), new Date(clock.now() - 21_000).toISOString());
    });

    it("is no matter of restored values, derived ones and estimates", async () => {
      const { take, settle, state } = announcing();
      for (const source of ["restored", "derived", "estimate"]) take(soc(63, { source }));
      await settle();
      assert.equal(state("last_update"), undefined);
    });
  });

  describe("the connectivity", () => {
    it("follows the stream of the account, for every car", async () => {
      const { take, settle, announcer, state, sent, topics } = announcing();
      announcer.setStreamConnected(true);
      take(soc(63));
      take(soc(40, { vin: OTHER_VIN }));
      await settle();
      assert.deepEqual([state("connectivity"), state("connectivity", OTHER_VIN)], ["ON", "ON"]);
      sent.length = 0;
      announcer.setStreamConnected(false);
      assert.deepEqual(topics(), [stateOf("connectivity"), `cardata/${OTHER_VIN}/connectivity/state`]);
      assert.equal(state("connectivity"), "OFF");
    });
  });

  describe("sending all again", () => {
    const shown = async () => {
      const work = announcing({ availability: true });
      work.take(soc(63));
      work.take(value(DOOR, true));
      await work.settle();
      const before = new Map(work.broker);
      work.broker.clear();
      work.sent.length = 0;
      return { ...work, before };
    };

    for (const [what, message] of [
      ["on the command resend", { command: "resend" }],
      ["on the topic resend", { topic: "resend", payload: 1 }],
      ["when the broker was found", CONNECTED],
    ] as const)
      it(`is done ${what}, at once`, async () => {
        const { take, broker, before, topics } = await shown();
        assert.equal(take(message), null);
        assert.deepEqual(new Map([...broker].sort()), new Map([...before].sort()));
        assert.deepEqual(topics().slice(0, 2), ["cardata/availability", CONFIG]);
      });

    it("is done 1 to 5 s after the birth of Home Assistant", async () => {
      for (const [chance, wait] of [
        [0, 1000],
        [0.999999, 5000],
      ] as const) {
        const { take, clock, topics, settle } = announcing({ chance });
        take(soc(63));
        await settle();
        const count = topics().length;
        take(BIRTH);
        take(BIRTH);
        await clock.advance(wait - 1);
        assert.equal(topics().length, count);
        await clock.advance(1);
        assert.deepEqual(topics().slice(count, count + 1), [CONFIG]);
        assert.equal(topics().filter((topic) => topic === CONFIG).length, 2);
      }
    });

    it("can be asked for one car", async () => {
      const { take, settle, sent, topics } = announcing();
      take(soc(63));
      take(soc(40, { vin: OTHER_VIN }));
      await settle();
      sent.length = 0;
      take({ command: "resend", vin: OTHER_VIN });
      assert.ok(
        topics().length > 0 &&
          topics().every((topic) => topic.includes(OTHER_VIN) || topic.includes(OTHER_VIN.toLowerCase())),
      );
      assert.throws(() => take({ command: "resend", vin: "WBA1Z2C30N7A00009" }), { code: "vehicle_unknown" });
    });
  });

  describe("after a disconnect that followed a message", () => {
    const configs = ({ sent }: ReturnType<typeof announcing>) => sent.filter(({ topic }) => topic === CONFIG).length;
    const shown = async () => {
      const work = announcing();
      work.take(CONNECTED);
      work.take(soc(63));
      await work.settle();
      work.sent.length = 0;
      return work;
    };
    const cut = (work: ReturnType<typeof announcing>) => {
      work.take(DISCONNECTED);
      work.take({ status: { ...DISCONNECTED.status, fill: "yellow" } });
      work.take(CONNECTED);
    };

    it("all is sent again after 5 s, then after a minute, and later and later up to ten minutes", async () => {
      const work = await shown();
      await work.clock.advance(MINUTE_MS);
      work.take(soc(64));
      const doubled = [5000, 60_000, 60_000, 60_000, 80_000, 160_000, 320_000];
      for (const wait of [...doubled, 600_000, 600_000]) {
        work.sent.length = 0;
        cut(work);
        await work.clock.advance(wait - 1);
        assert.equal(configs(work), 0, `${wait} ms`);
        await work.clock.advance(1);
        assert.equal(configs(work), 1, `${wait} ms`);
      }
    });

    it("a birth of Home Assistant does not hasten it, a command of the user does", async () => {
      const work = await shown();
      work.take(soc(64));
      cut(work);
      work.take(BIRTH);
      await work.clock.advance(4999);
      assert.equal(configs(work), 0);
      work.take({ command: "resend" });
      assert.equal(configs(work), 1);
      await work.settle();
      assert.equal(configs(work), 1);
    });

    it("values go on, each as it comes", async () => {
      const work = await shown();
      work.take(soc(64));
      cut(work);
      work.take(soc(65));
      assert.equal(work.state(HEADER), "65");
    });

    it("it is as before once a connection has lasted, and after one that broke for another reason", async () => {
      for (const meanwhile of [
        async (work: ReturnType<typeof announcing>) => {
          await work.clock.advance(120_000);
          work.take(soc(66));
        },
        async (work: ReturnType<typeof announcing>) => {
          await work.clock.advance(MINUTE_MS);
          cut(work);
          assert.equal(configs(work), 1);
          work.take(soc(66));
        },
      ]) {
        const work = await shown();
        for (let cuts = 0; cuts < 3; cuts++) {
          work.take(soc(64));
          cut(work);
        }
        await work.clock.advance(MINUTE_MS);
        work.sent.length = 0;
        await meanwhile(work);
        work.sent.length = 0;
        cut(work);
        await work.clock.advance(MINUTE_MS);
        assert.equal(configs(work), 1);
      }
    });
  });

  describe("availability", () => {
    it("is said retained at the start, and each entity looks at it", async () => {
      const { take, settle, broker, topics, config } = announcing({ availability: true });
      assert.deepEqual(topics(), ["cardata/availability"]);
      take(soc(63));
      await settle();
      assert.equal(broker.get("cardata/availability"), "online");
      assert.equal(config()["availability_topic"], "cardata/availability");
    });

    it("is said again for a car that comes after all were removed", async () => {
      const { take, settle, broker } = announcing({ availability: true });
      take(soc(63));
      await settle();
      take({ command: "remove" });
      assert.equal(broker.has("cardata/availability"), false);
      take(soc(40, { vin: OTHER_VIN }));
      await settle();
      assert.equal(broker.get("cardata/availability"), "online");
    });

    it("is taken away when it is switched off", async () => {
      const first = announcing({ availability: true });
      first.take(soc(63));
      await first.settle();
      const second = announcing({ saved: first.kept() });
      await second.settle();
      assert.deepEqual([second.sent[0]?.topic, second.sent[0]?.payload], ["cardata/availability", ""]);
      assert.equal(second.config()["availability_topic"], undefined);
    });
  });

  it("has buttons if they are wanted, whose presses come back by topics of the car", async () => {
    const { take, settle, components } = announcing({ buttons: true });
    take(soc(63));
    await settle();
    const buttons = Object.values(components()).filter(({ platform }) => platform === "button");
    assert.deepEqual(
      buttons.map(({ command_topic }) => command_topic),
      ["refresh", "reset-ac", "reset-dc", "reset-driving"].map((key) => `cardata/${VIN}/command/${key}`),
    );
    assert.ok(
      buttons.every(({ payload_press, entity_category }) => payload_press === "PRESS" && entity_category === "config"),
    );
  });

  it("announces the car anew when BMW has sent its model", async () => {
    const { take, settle, cars, config, sent, topics, state } = announcing();
    take(soc(63));
    await settle();
    sent.length = 0;
    cars.set(VIN, identity(VIN, { name: "MINI Cooper SE", model: "Cooper SE" }));
    take(soc(64, { timestamp: "2026-03-02T06:01:00Z" }));
    await settle();
    assert.equal(config().device["name"], "MINI Cooper SE");
    assert.equal(topics().filter((topic) => topic === CONFIG).length, 1);
    assert.equal(state("last_update"), "2026-03-02T06:01:00.000Z");
  });

  it("ignores cars that the account does not know", async () => {
    const { take, settle, sent } = announcing({ cars: { [VIN]: identity(VIN) } });
    assert.match(take(soc(40, { vin: OTHER_VIN })) ?? "", /does not know/);
    await settle();
    assert.deepEqual(sent, []);
  });

  it("counts cars and entities", async () => {
    const { take, settle, announcer } = announcing();
    assert.deepEqual(announcer.summary, { cars: 0, entities: 0, removed: false, leavesOut: false });
    take(soc(63, { source: "restored" }));
    take(soc(40, { vin: OTHER_VIN, source: "restored" }));
    take(value(WINDOW, "CLOSED", { source: "restored" }));
    await settle();
    assert.deepEqual(announcer.summary, { cars: 2, entities: 4, removed: false, leavesOut: false });
    take({ topic: "remove" });
    assert.deepEqual(announcer.summary, { cars: 0, entities: 0, removed: true, leavesOut: false });
  });

  it("does nothing any more once it is closed", async () => {
    const { take, clock, announcer, sent } = announcing();
    take(soc(63));
    take(BIRTH);
    announcer.close();
    await clock.advance(60_000);
    take(CONNECTED);
    assert.deepEqual(sent, []);
    assert.equal(clock.nextAt(), null);
  });

  it("takes no more values of a car than any car has", async () => {
    const { take, settle, components } = announcing();
    for (let number = 0; number < 1005; number++) take(value(`vehicle.many.number${number}`, number));
    await settle();
    assert.equal(Object.keys(components()).filter((key) => key.startsWith("many_")).length, 1000);
  });
});
