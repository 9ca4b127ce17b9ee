import { strict as assert } from "node:assert";
import { announcing, CONNECTED, DISCONNECTED, image, soc, value, WINDOW, ODOMETER } from "../../helpers/announcing.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";

describe("announcer: what happens between", () => {
  const windowIs = (word: string) => value(WINDOW, word);
  const STATE = `cardata/${VIN}/${WINDOW}/state`;
  const ATTRIBUTES = `cardata/${VIN}/${WINDOW}/attributes`;
  const CONFIG = `homeassistant/device/bmw_cardata_${VIN.toLowerCase()}/config`;

  /** A car with a closed window at a connected broker. */
  const withClosedWindow = async () => {
    const one = announcing();
    one.take(CONNECTED);
    one.take(windowIs("CLOSED"));
    await one.settle();
    return one;
  };

  it("shows a car again with the word that had waited when it was removed", async () => {
    const one = announcing();
    one.take(windowIs("CLOSED"));
    await one.settle();
    one.take(windowIs("VENTILATED"));
    one.take({ command: "remove" });
    one.take({ command: "resend" });
    await one.settle();
    assert.equal(one.broker.get(STATE), "Ventilated");
  });

  it("shows a car again with the time of a value that came right before it was removed", async () => {
    const one = announcing();
    one.take(soc(50));
    one.take({ command: "remove" });
    one.take({ command: "resend" });
    await one.settle();
    assert.equal(one.state("last_update"), "2026-03-02T05:59:00.000Z");
  });

  it("gives a broker that forgot a word that was before and after a new one", async () => {
    const one = await withClosedWindow();
    one.take(DISCONNECTED);
    one.take(windowIs("VENTILATED"));
    one.broker.clear();
    one.take(CONNECTED);
    one.take(windowIs("CLOSED"));
    await one.clock.advance(60_000);
    assert.equal(one.broker.get(STATE), "Closed");
  });

  it("sends a new word once more after a broker came back that was away", async () => {
    const one = await withClosedWindow();
    one.take(DISCONNECTED);
    one.take(windowIs("VENTILATED"));
    await one.clock.advance(120_000);
    one.take(CONNECTED);
    one.sent.length = 0;
    await one.clock.advance(61_000);
    const states = one.sent.filter(({ topic }) => topic === STATE).map(({ payload }) => payload);
    assert.deepEqual(states, ["Ventilated"]);
  });

  it("makes words unknown before new ones are announced, also where attributes are switched at the same time", async () => {
    for (const attributes of [true, false]) {
      const before = announcing({ attributes });
      before.take(windowIs("CLOSED"));
      await before.settle();
      const one = announcing({ attributes: !attributes, language: "de", saved: before.kept() });
      one.take(windowIs("CLOSED"));
      await one.settle();
      const topic = attributes ? ATTRIBUTES : STATE;
      const unknown = one.sent.findIndex(
        (message) => message.topic === topic && String(message.payload).includes("None"),
      );
      assert.ok(unknown >= 0, `attributes ${String(attributes)}: nothing unknown at ${topic}`);
      assert.ok(unknown < one.topics().indexOf(CONFIG));
      assert.equal(one.broker.get(STATE), "Geschlossen");
    }
  });

  it("tells an event of a car that was announced before the start at once", async () => {
    const before = announcing();
    before.take(soc(50));
    await before.settle();
    const one = announcing({ saved: before.kept() });
    one.announcer.tell(VIN, "tripEnded", {});
    assert.deepEqual(one.topics(), [`cardata/${VIN}/event/trip`]);
    one.take({ command: "remove" });
    one.sent.length = 0;
    one.announcer.tell(VIN, "tripEnded", {});
    assert.deepEqual(one.topics(), []);
  });

  it("brings everything back in any order of remove, resend and restart", async () => {
    for (const steps of [
      ["remove", "restart", "resend"],
      ["remove", "resend", "restart"],
      ["restart", "remove", "resend"],
      ["remove", "restart", "restart", "resend", "restart"],
    ]) {
      let one = announcing({ availability: true });
      const fill = () => {
        one.take(soc(50));
        one.take(windowIs("CLOSED"));
        one.take(value(ODOMETER, 5000, { unit: "km" }));
        one.take(image());
      };
      fill();
      one.announcer.setStreamConnected(true);
      await one.settle();
      const want = new Map(one.broker);
      let broker = one.broker;
      for (const step of steps) {
        if (step === "restart") {
          const saved = one.kept();
          one.announcer.close();
          one = announcing({ availability: true, saved });
          for (const [topic, payload] of broker) if (!one.broker.has(topic)) one.broker.set(topic, payload);
          broker = one.broker;
          fill();
          one.announcer.setStreamConnected(true);
        } else one.take({ command: step });
        await one.settle();
        if (step === "remove") assert.deepEqual([...one.broker.keys()], []);
      }
      assert.deepEqual([...broker.keys()].sort(), [...want.keys()].sort(), steps.join());
    }
  });

  for (const mode of ["device", "entities"] as const) {
    const other = mode === "device" ? "entities" : "device";
    it(`leaves nothing of a car that is removed while it moves from ${mode} to ${other}`, async () => {
      const before = announcing({ mode });
      before.take(windowIs("CLOSED"));
      await before.settle();
      const one = announcing({ mode: other, language: "de", saved: before.kept() });
      for (const [topic, payload] of before.broker) one.broker.set(topic, payload);
      one.take(windowIs("VENTILATED"));
      await one.clock.advance(5000);
      one.take({ command: "remove" });
      await one.settle();
      assert.deepEqual([...one.broker.keys()], []);
      one.take({ command: "resend" });
      await one.settle();
      assert.equal(one.broker.get(STATE), "Ventilated");
    });

    it(`ends whole where Node-RED starts again while a car moves from ${mode} to ${other}, and back`, async () => {
      const before = announcing({ mode });
      before.take(windowIs("CLOSED"));
      await before.settle();
      const want = [...before.broker.keys()].sort();
      const one = announcing({ mode: other, attributes: true, language: "de", saved: before.kept() });
      for (const [topic, payload] of before.broker) one.broker.set(topic, payload);
      one.take(windowIs("CLOSED"));
      await one.clock.advance(5000);
      one.announcer.close();
      const back = announcing({ mode, saved: one.kept() });
      for (const [topic, payload] of one.broker) back.broker.set(topic, payload);
      back.take(windowIs("CLOSED"));
      await back.clock.advance(60_000);
      assert.deepEqual([...back.broker.keys()].sort(), want);
      assert.equal(back.broker.get(STATE), "Closed");
    });
  }

  it("shows the power that a car gives, and none of a charge that is over", async () => {
    const POWER = "vehicle.powertrain.electric.battery.charging.power";
    const power = (kw: number) => value(POWER, kw, { unit: "kW" });
    let isCharging: boolean | null = false;
    const one = announcing({ isCharging: () => isCharging });
    one.take(power(72));
    await one.settle();
    assert.equal(one.state(POWER), "0");
    isCharging = null;
    one.announcer.refresh(VIN);
    one.take(power(-3));
    assert.equal(one.state(POWER), "-3");
    isCharging = false;
    one.announcer.refresh(VIN);
    assert.equal(one.state(POWER), "0");
  });

  it("tells nothing of a removed car, and takes the availability with the last one only", async () => {
    const one = announcing({ availability: true });
    one.take(soc(50));
    one.take(soc(60, { vin: OTHER_VIN }));
    await one.settle();
    one.take({ command: "remove", vin: VIN });
    await one.settle();
    assert.equal(one.broker.get("cardata/availability"), "online");
    one.take({ command: "remove", vin: OTHER_VIN });
    one.take(soc(51));
    one.take(CONNECTED);
    await one.settle();
    assert.deepEqual([...one.broker.keys()], []);
  });

  it("keeps a removed car away that was ignored meanwhile, until it is sent again", async () => {
    const before = announcing();
    before.take(soc(50));
    await before.settle();
    before.take({ command: "remove" });
    const ignoring = announcing({ saved: before.kept(), ignored: new Set([VIN]), cars: {} });
    await ignoring.settle();
    const one = announcing({ saved: ignoring.kept() });
    one.take(soc(51));
    await one.settle();
    assert.deepEqual([...one.broker.keys()], []);
    one.take({ command: "resend" });
    await one.settle();
    assert.equal(one.state("vehicle.drivetrain.batteryManagement.header"), "51");
  });
});
