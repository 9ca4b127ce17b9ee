import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { image, learning, operation, PNG, traccar } from "../helpers/announcing.js";
import { eventually, untilItPasses } from "../helpers/eventually.js";
import { ACCOUNT, accountNode, PLACE, SOC, streamMessage, streamNode, TAB, type FlowNode } from "../helpers/flow.js";
import { haNode } from "../helpers/ha-flow.js";
import { lateConsumer } from "../helpers/late-consumer.js";
import { RedAtWork, userFolder, withCredentials } from "../helpers/red-at-work.js";
import { startBroker } from "../helpers/plain-broker.js";
import { temporaryFolder } from "../helpers/red-process.js";
import { saveLogin } from "../helpers/saved-login.js";
import { eavesdrop, findMosquitto, keptBy, publish, startMosquitto, type UserBroker } from "../helpers/user-broker.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const LATITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
const LONGITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.longitude";
const WINDOW = "vehicle.cabin.window.row1.driver.status";
const DOOR = "vehicle.cabin.door.row1.driver.isOpen";

const mosquitto = findMosquitto();
type BrokerStart = (port?: number, maximumPacketSize?: number) => Promise<UserBroker>;
const BROKERS: readonly (readonly [string, BrokerStart])[] = [
  ["aedes", startBroker],
  ...(mosquitto === null
    ? []
    : [["Mosquitto", (port?: number, most?: number) => startMosquitto(mosquitto, port, most)] as const]),
];

/** Core nodes as a user wires them: topic, QoS and retain of `mqtt out` left blank. */
function flowOf(simulator: Simulator, { port }: UserBroker, node: object): FlowNode[] {
  const received = (id: string, topic: string, wires: string[]): FlowNode => {
    const options = {
      topic,
      qos: "1",
      datatype: "auto-detect",
      broker: "broker",
      nl: false,
      rap: true,
      rh: 0,
      inputs: 0,
    };
    return { id, type: "mqtt in", ...PLACE, name: "", ...options, wires: [wires] };
  };
  const server = { broker: "127.0.0.1", port: String(port), clientid: "", autoConnect: true, usetls: false };
  const session = { protocolVersion: "4", keepalive: "60", cleansession: true };
  // Messages of the other nodes; bytes cannot travel in JSON.
  const func = 'const m = msg.payload; if (m.bytes) m.payload = Buffer.from(m.bytes, "base64"); return m;';
  return [
    TAB,
    accountNode(simulator),
    streamNode({ values: true, wires: [["ha"], ["ha"]] }),
    haNode({ wires: [["out"]], availability: true, buttons: true, ...node }),
    { id: "broker", type: "mqtt-broker", name: "", ...server, ...session },
    { id: "out", type: "mqtt out", ...PLACE, name: "", topic: "", qos: "", retain: "", broker: "broker", wires: [] },
    { id: "found", type: "status", ...PLACE, name: "", scope: ["out"], wires: [["ha"]] },
    received("birth", "homeassistant/status", ["ha"]),
    received("resend", "resend", ["ha"]),
    received("remove", "remove", ["ha"]),
    received("given", "give", ["unpack"]),
    { id: "unpack", type: "function", ...PLACE, name: "", func, outputs: 1, libs: [], wires: [["ha"]] },
  ];
}

for (const [name, start] of BROKERS)
  describe(`cardata-homeassistant with core mqtt nodes at ${name}`, function () {
    let simulator: Simulator;
    let broker: UserBroker;
    let work: RedAtWork;
    let vin: string;
    let config: string;
    let deploy: (node?: object) => Promise<void>;

    before(async () => {
      simulator = await startSimulator({ tick: 0 });
      vin = simulator.cars[0]!.vin;
      config = `homeassistant/device/bmw_cardata_${vin.toLowerCase()}/config`;
      broker = await start();
      const userDir = userFolder();
      const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator);
      work = await RedAtWork.start({ userDir, settings: { mqttReconnectTime: 300 } });
      deploy = async (node = {}) => {
        const credentials = { clientId: simulator.clientId, storeKey };
        await work.deploy(withCredentials(flowOf(simulator, broker, node), credentials));
        await work.connected();
      };
      await deploy();
      // Messages before Node-RED listens are lost.
      await eventually("a Node-RED that listens", async () => {
        await publish(broker, "give", "{}");
        return work.red.sent.some(({ id }) => id === "given");
      });
    });
    after(async () => {
      await work.red.stop();
      await broker.stop();
      await simulator.stop();
    });

    /** Builds the state of a Home Assistant from everything that the broker retains. */
    const look = async () => {
      const kept = await keptBy(broker);
      return { kept, ...lateConsumer(kept) };
    };
    /** Waits until a Home Assistant that comes then finds what fits. */
    const seen = (what: string, fits: (found: Awaited<ReturnType<typeof look>>) => boolean) =>
      eventually(what, async () => {
        const found = await look();
        return fits(found) && found;
      });
    const give = (message: object) => publish(broker, "give", JSON.stringify({ ...message, vin }));
    const report = (data: Record<string, unknown>) => {
      simulator.publish(vin, streamMessage(vin, data));
    };

    it("a Home Assistant that comes late accepts every entity and every state", async () => {
      report({ [SOC]: 63, [WINDOW]: "CLOSED", [DOOR]: false, [LATITUDE]: 48.1, [LONGITUDE]: 11.5 });
      // Until the account knows the car, nothing is shown of it.
      await work.value(63);
      for (const message of [
        traccar(),
        learning(),
        operation("chargingHistory", { text: "2 charges", count: 2 }, []),
        operation("tyreDiagnosis", { text: "OK" }),
        { ...image(), payload: "", bytes: PNG.toString("base64") },
      ])
        await give(message);
      const parts = ["location", "image", "traccar", "traccar_location", "learning", "refresh", "connectivity"];
      const ids = parts.map((part) => `bmw_cardata_${vin.toLowerCase()}_${part}`);
      const { findings, kept } = await seen(
        "a car with all its parts",
        (found) =>
          ids.every((id) => found.entities.has(id)) &&
          [config, `cardata/${vin}/image/data`, `cardata/${vin}/last_update/state`].every((topic) =>
            found.kept.has(topic),
          ),
      );
      assert.deepEqual(findings, []);
      assert.equal(kept.get(`cardata/${vin}/${SOC}/state`), "63");
      assert.equal(kept.get(`cardata/${vin}/connectivity/state`), "ON");
      assert.ok(PNG.equals(kept.get(`cardata/${vin}/image/data`) as Buffer));
    });

    it("gets everything again at its birth, configurations first", async () => {
      const { heard: received, stop } = await eavesdrop(broker);
      await publish(broker, "homeassistant/status", "online");
      await eventually("all again", () => received.includes(`cardata/${vin}/${SOC}/state`));
      await stop();
      assert.ok(
        received.includes(config) && received.indexOf(config) < received.indexOf(`cardata/${vin}/${SOC}/state`),
      );
    });

    it("finds all again at a broker that has lost it", async () => {
      const before = await keptBy(broker);
      await broker.stop();
      broker = await start(broker.port);
      await untilItPasses(async () => {
        const { kept, findings } = await look();
        assert.deepEqual([...kept.keys()].sort(), [...before.keys()].sort());
        assert.deepEqual(findings, []);
      });
    });

    it("knows each entity again after a change of the mode, and nothing old is left", async () => {
      const before = lateConsumer(await keptBy(broker));
      await deploy({ mode: "entities" });
      // All of it takes a while, because it comes in portions.
      await untilItPasses(async () => {
        const { kept, findings, entities } = await look();
        assert.equal(kept.has(config), false);
        assert.deepEqual([...entities.keys()].sort(), [...before.entities.keys()].sort());
        assert.deepEqual(findings, []);
        assert.ok(kept.size > entities.size);
      });
    });

    it("leaves nothing behind on the remove command", async () => {
      await publish(broker, "remove", "");
      const { kept } = await seen("an empty broker", (now) => now.kept.size === 0);
      assert.deepEqual([...kept.keys()], []);
      // Later values of the car stay away as well.
      report({ [SOC]: 64 });
      await work.value(64);
      assert.deepEqual([...(await keptBy(broker)).keys()], []);
    });
  });

for (const [name, start] of BROKERS)
  describe(`a picture that is too large for ${name}`, function () {
    this.timeout(150_000);
    const LIMIT = 2_000_000;
    const PICTURE = Buffer.concat([PNG, Buffer.alloc(2_100_000, 7)]);
    const GONE = ["Disconnected from broker", "Connection failed to broker"];
    let simulator: Simulator;
    let broker: UserBroker;
    let work: RedAtWork;
    let vin: string;
    let picture: string;
    let credentials: object;

    before(async () => {
      simulator = await startSimulator({ tick: 0 });
      vin = simulator.cars[0]!.vin;
      picture = join(temporaryFolder("picture"), "car.png");
      writeFileSync(picture, PICTURE);
      const userDir = userFolder();
      const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator);
      credentials = { clientId: simulator.clientId, storeKey };
      work = await RedAtWork.start({ userDir, settings: { mqttReconnectTime: 300 } });
    });
    beforeEach(async () => {
      broker = await start(undefined, LIMIT);
      work.red.logs.length = 0;
    });
    afterEach(() => broker.stop());
    after(async () => {
      await work.red.stop();
      await simulator.stop();
    });

    /** A message of a telematics node; the picture comes from a file, because the broker would not let it through. */
    const flow = (node: object) => {
      const given = { type: "inject", ...PLACE, name: "", props: [], repeat: "", crontab: "", once: false };
      const file = { type: "file in", ...PLACE, name: "", filename: picture, filenameType: "str", format: "" };
      const func = `return { ...${JSON.stringify({ ...image(), payload: null })}, vin: "${vin}", payload: msg.payload };`;
      return withCredentials(
        [
          ...flowOf(simulator, broker, node),
          { id: "press", ...given, wires: [["read"]] },
          { id: "read", ...file, chunk: false, sendError: false, encoding: "none", wires: [["pack"]] },
          { id: "pack", type: "function", ...PLACE, name: "", func, outputs: 1, libs: [], wires: [["ha"]] },
        ],
        credentials,
      );
    };
    const cuts = () => work.red.logs.filter(({ msg }) => GONE.some((text) => String(msg).includes(text))).length;
    const arrives = async (level: number) => {
      simulator.publish(vin, streamMessage(vin, { [SOC]: level }));
      await eventually(
        `the level ${level}`,
        async () => (await keptBy(broker)).get(`cardata/${vin}/${SOC}/state`) === String(level),
      );
    };
    const begin = async (node: object) => {
      await work.deploy(flow(node));
      await work.connected();
      await arrives(50);
      await fetch(`${work.red.url}/inject/press`, { method: "POST" });
    };
    /** A car without the picture is announced a while after the warning. */
    const allIsWell = () =>
      untilItPasses(async () => {
        const kept = await keptBy(broker);
        assert.deepEqual(lateConsumer(kept).findings, []);
        assert.ok(kept.has(`homeassistant/device/bmw_cardata_${vin.toLowerCase()}/config`));
        assert.ok(!kept.has(`cardata/${vin}/image/data`));
      });

    it("is left out and named, and nothing else is the worse for it", async () => {
      await begin({});
      const { msg } = await work.red.log("/image/data");
      assert.match(String(msg), /\b21\d{5} bytes\b.*\b1000000\b/);
      await publish(broker, "homeassistant/status", "online");
      await arrives(51);
      await allIsWell();
      assert.equal(cuts(), 0);
    });

    it("cuts the connection a few times at most where the user allows more than the broker does", async () => {
      await begin({ maxPacketSize: "3000000" });
      await eventually("a node that leaves it out", () =>
        work.red.logs.some(({ msg }) => /left out.*until/.test(String(msg)) && String(msg).includes("/image/data")),
      );
      await arrives(52);
      await publish(broker, "resend", "");
      await arrives(53);
      await allIsWell();
      assert.ok(cuts() >= 1 && cuts() <= 3, String(cuts()));
    });
  });

describe("a removal that the broker did not hear", function () {
  this.timeout(120_000);
  let simulator: Simulator;
  let broker: UserBroker;
  let work: RedAtWork;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    broker = await startBroker();
  });
  after(async () => {
    await work.red.stop();
    await broker.stop();
    await simulator.stop();
  });

  it("is made up for after Node-RED was killed and started anew", async () => {
    const vin = simulator.cars[0]!.vin;
    const gone = await startBroker();
    await gone.stop();
    const userDir = userFolder();
    const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator);
    const press = { type: "inject", ...PLACE, name: "", repeat: "", crontab: "", once: false };
    const flow = (at: UserBroker) =>
      withCredentials(
        [
          ...flowOf(simulator, at, {}),
          { id: "press", ...press, props: [{ p: "command", v: "remove", vt: "str" }], wires: [["ha"]] },
        ],
        { clientId: simulator.clientId, storeKey },
      );
    const options = { userDir, settings: { mqttReconnectTime: 300 } };
    work = await RedAtWork.start(options);
    await work.deploy(flow(broker));
    await work.connected();
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    const keeps = (what: string, fits: (kept: Map<string, string | Buffer>) => boolean) =>
      eventually(what, async () => fits(await keptBy(broker)));
    await keeps("a car", (kept) => kept.has(`cardata/${vin}/${SOC}/state`));

    await work.deploy(flow(gone), "nodes");
    await fetch(`${work.red.url}/inject/press`, { method: "POST" });
    await work.red.message(({ id, message }) => id === "ha" && message["payload"] === "");
    const file = join(userDir, "cardata", ACCOUNT, "announced.json");
    await eventually("the removal on the disk", () => readFileSync(file, "utf8").includes('"cars":[]'));
    await work.red.kill();
    assert.ok((await keptBy(broker)).has(`cardata/${vin}/${SOC}/state`));

    work = await RedAtWork.start(options);
    await work.deploy(flow(broker));
    await keeps("an empty broker", (kept) => [...kept.keys()].every((topic) => topic === "cardata/availability"));
  });
});

if (mosquitto === null)
  it("cardata-homeassistant at Mosquitto", function () {
    // It is not installed here; the same is tested at aedes.
    this.skip();
  });
