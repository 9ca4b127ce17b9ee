import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { StreamOutput } from "../../../src/messages/stream-output.js";
import type { DescriptorMessage } from "../../../src/messages/types.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { announcing } from "../../helpers/announcing.js";
import { EVCC_NAMES } from "../../helpers/charge-controllers.js";
import { exampleFlow, exampleNumber } from "../../helpers/examples.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import { fhemDevice, ioBrokerState, isReadByOpenHab, telegrafPoint } from "../../helpers/mqtt-readers.js";
import { ROOT } from "../../helpers/node-red.js";
import { vehicleRegistryAt } from "../../helpers/vehicle-registry.js";

const DOCS = readFileSync(join(ROOT, "docs", "other-programs.md"), "utf8");
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const HEADER = "vehicle.drivetrain.batteryManagement.header";

/** The blocks of code below a heading. */
function blocksOf(heading: string): string[] {
  const [, section = ""] = new RegExp(`^## ${heading}\n(.*?)(?=^## |$(?![\\s\\S]))`, "ms").exec(DOCS) ?? [];
  return [...section.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, code = ""]) => code);
}

/** What example 13 sends of two cars, with the text that core's `mqtt out` makes of it. */
const SENT = plainValues().map((message) => ({ ...message, text: textOf(message.payload) }));

function plainValues(): DescriptorMessage[] {
  const options = { topicBase: "cardata", account: "Home", vehicle: "", onlyChanges: false, descriptors: [] };
  const output = new StreamOutput({ ...options, form: "each", values: true }, () => "id");
  const sent: DescriptorMessage[] = [];
  const clock = new SimulatedClock(START);
  const { registry } = vehicleRegistryAt(clock, (update) =>
    sent.push(...(output.update(update) as DescriptorMessage[])),
  );
  const known = {
    [HEADER]: 63.5,
    "vehicle.isMoving": "ASN_isFalse",
    "vehicle.vehicle.travelledDistance": 1000,
    "vehicle.body.chargingPort.status": "CONNECTED",
    "vehicle.cabin.door.status": "SECURED",
    [`${LOCATION}.latitude`]: 48.1,
    [`${LOCATION}.longitude`]: 11.5,
  };
  const unknown = { [HEADER]: "INVALID", "vehicle.isMoving": "INVALID", "vehicle.body.chargingPort.status": "INVALID" };
  for (const vin of [VIN, OTHER_VIN])
    for (const [minute, values] of [known, unknown].entries()) {
      const timestamp = new Date(START + minute * 60_000).toISOString();
      const data = Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, timestamp }]));
      registry.receive(vin, Buffer.from(JSON.stringify({ vin, data })), START + minute * 60_000);
    }
  registry.close();
  return sent;
}

function textOf(payload: DescriptorMessage["payload"]): string {
  if (payload === null) return "";
  return typeof payload === "string" ? payload : JSON.stringify(payload);
}

const vins = new Set([VIN, OTHER_VIN]);

describe("what the documentation says to other programs", () => {
  it("is held against all kinds of values", () => {
    const kinds = new Set(SENT.map(({ payload }) => (payload === null ? "null" : typeof payload)));
    assert.deepEqual([...kinds].sort(), ["boolean", "null", "number", "object", "string"]);
    assert.deepEqual(new Set(SENT.map(({ vin }) => vin)), vins);
  });

  describe("evcc", () => {
    type Vehicle = Record<string, unknown> & { name: string; type: string };
    const [file = "", loadpoint = "", page = ""] = blocksOf("evcc");
    const flow = exampleFlow(exampleNumber("14"));
    const { vehicles } = parse(file) as { vehicles: [Vehicle] };
    const [{ name, type, ...below }] = vehicles;

    it("is a vehicle that streams, and reads the topics that the example makes", () => {
      assert.deepEqual([name, type, vehicles.length], ["bmw", "custom", 1]);
      const { title, capacity, features, ...sources } = below;
      assert.deepEqual([title, typeof capacity, features], ["BMW", "number", ["streaming"]]);
      assert.deepEqual(
        sources,
        Object.fromEntries(EVCC_NAMES.map((one) => [one, { source: "mqtt", topic: `cardata/<VIN>/evcc/${one}` }])),
      );
    });

    it("has on the settings page only the lines below the type", () => {
      assert.deepEqual(parse(page), below);
      const lines = file.split("\n");
      const copied = lines.slice(lines.findIndex((line) => line.includes("type:")) + 1).join("\n");
      assert.deepEqual(parse(copied), below);
    });

    it("knows the one car at the load point by the name that the example supposes", () => {
      const { loadpoints } = parse(loadpoint) as { loadpoints: { vehicle: string }[] };
      const tab = flow.find(({ type: kind }) => kind === "tab");
      const env = tab?.["env"] as { name: string; value: string }[];
      const names = env.find((one) => one.name === "EVCC_VEHICLES")?.value ?? "";
      assert.deepEqual([loadpoints[0]?.vehicle, JSON.parse(names)], [name, { "*": name }]);
    });

    it("is the same in the example", () => {
      const comments = flow.filter(({ type: kind }) => kind === "comment").map(({ info }) => String(info));
      const [code] = comments.flatMap((info) => /```yaml\n(.*?)```/s.exec(info)?.[1] ?? []);
      assert.equal(code, file);
      assert.ok(
        comments.some((info) => info.includes("`vehicle: bmw`") && info.includes("only the lines below `type:`")),
      );
    });
  });

  it("names the topics of the wallbox that the example reads", () => {
    const read = exampleFlow(exampleNumber("14")).flatMap(({ type, topic }) => (type === "mqtt in" ? [topic] : []));
    assert.equal(read.length, 6);
    for (const topic of read) assert.ok(DOCS.includes(`| \`${String(topic)}\``), String(topic));
  });

  it("is one device of FHEM for each car, and none of anything else", () => {
    const [line = ""] = blocksOf("FHEM");
    for (const { vin, topic, text } of SENT) assert.equal(fhemDevice(line.trim(), topic, text), `cardata_${vin}`);
    for (const topic of ["cardata/availability", "cardata/account/event/connected", `other/${VIN}/soc`])
      assert.equal(fhemDevice(line.trim(), topic, "online"), null, topic);
  });

  it("is a measurement of Telegraf for each value, of one type, with the car as its tag", () => {
    const [toml = ""] = blocksOf("Telegraf");
    const [common = "", parsing = ""] = toml.split("[[inputs.mqtt_consumer.topic_parsing]]");
    const setting = (name: string) => new RegExp(`^ *${name} = "(.*)"$`, "m").exec(parsing)?.[1] ?? "";
    assert.match(common, /^ *topics = \["cardata\/\+\/\+"\]$/m);
    assert.match(common, /^ *data_format = "value"\n *data_type = "auto_float"$/m);
    const settings = { topic: setting("topic"), measurement: setting("measurement"), tags: setting("tags") };
    const types = new Map<string, string>();
    for (const { vin, descriptor, topic, text } of SENT) {
      const point = telegrafPoint(settings, topic, text);
      assert.equal(point === null, text === "", topic);
      if (point === null) continue;
      assert.deepEqual([point.measurement, point.tags], [descriptor, { vin }]);
      assert.equal(typeof point.value, types.get(descriptor) ?? typeof point.value, descriptor);
      types.set(descriptor, typeof point.value);
    }
    assert.ok(new Set(types.values()).size > 1);
  });

  it("is one topic for openHAB for each entity, which it does not read of a whole car", async () => {
    const [line = ""] = blocksOf("openHAB");
    const form = new RegExp(`^${line.trim().replace("<vin>", "(\\w{17})").replaceAll(/<\w+>/g, "[^/]+")}$`);
    const configs = async (mode: "device" | "entities") => {
      const { take, settle, broker } = announcing({ mode });
      for (const message of SENT) take(message);
      await settle();
      return [...broker.keys()].filter((topic) => topic.endsWith("/config"));
    };
    const entities = await configs("entities");
    assert.ok(entities.length > 2 * 5, String(entities.length));
    for (const topic of entities) assert.ok(isReadByOpenHab(topic) && form.test(topic), topic);
    assert.deepEqual(new Set(entities.map((topic) => form.exec(topic)?.[1]?.toUpperCase())), vins);
    assert.deepEqual((await configs("device")).filter(isReadByOpenHab), []);
  });

  it("is an object of ioBroker for each topic, spread at the dots, and no NaN behind the node that is given", () => {
    const rows = [...DOCS.matchAll(/^\| `(cardata\/<VIN>\/\S+)` +\| `(\S+)` +\|$/gm)];
    assert.equal(rows.length, 2);
    for (const [, topic = "", object = ""] of rows) {
      const [real, id] = [topic, object].map((one) => one.replace("<VIN>", VIN));
      const message = SENT.find((one) => one.topic === real);
      assert.ok(message !== undefined && real !== undefined, topic);
      assert.equal(ioBrokerState(real, message.text).id, id);
    }
    const isNaN = ({ topic, text }: (typeof SENT)[number]) => Number.isNaN(ioBrokerState(topic, text).value);
    const [json = ""] = blocksOf("ioBroker");
    const [node] = JSON.parse(json) as [{ type: string; property: string; rules: { t: string }[] }];
    assert.deepEqual([node.type, node.property, node.rules], ["switch", "payload", [{ t: "nnull" }]]);
    assert.ok(SENT.some(isNaN));
    assert.deepEqual(SENT.filter(({ payload }) => payload !== null).filter(isNaN), []);
  });
});
