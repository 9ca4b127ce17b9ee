import { allDefinitions } from "../../src/vehicle/catalogue.js";
import type { CheckTable } from "../helpers/check-table.js";
import { CAR, VALUES } from "../helpers/example-brokers.js";
import { exampleNumber, titleOf } from "../helpers/examples.js";
import { SOC, type FlowNode } from "../helpers/flow.js";
import { telegrafPoint } from "../helpers/mqtt-readers.js";
import { startBroker } from "../helpers/plain-broker.js";
import { freePort, isListening } from "../helpers/user-broker.js";
import type { ProgramsStage } from "./programs-stage.js";
import { settled, type Scene } from "./scene.js";
import { documentedInput, Telegraf, type TelegrafPoint } from "./telegraf.js";

const MINUTE_MS = 60_000;
const TOKEN = "the token of Telegraf";
/** Comes while Telegraf is away [%]. */
const LATER = 64;
/** What the database is to hold of `VALUES`: numbers, words and yes or no as they are. */
const WRITTEN: Readonly<Record<string, unknown>> = {
  [SOC]: 63,
  "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange": 240,
  "vehicle.drivetrain.electricEngine.charging.status": "NOCHARGING",
  "vehicle.isMoving": false,
};
/** How the lines of the docs read a topic; the suite `unit` compares that with them. */
const PARSING = { topic: "cardata/+/+", measurement: "_/_/measurement", tags: "_/vin/_" };

/** Plays plain values to Telegraf as a reader of MQTT, and example 17 to it in place of InfluxDB. */
export function atTelegraf({ version, folder }: { readonly version: string; readonly folder: string }): Scene {
  return async (stage, table) => {
    await readsTopics(stage, folder, checker(table, version, exampleNumber("13")));
    await takesLines(stage, folder, checker(table, version, exampleNumber("17")));
  };
}

type Check = (what: string, findings: readonly string[]) => void;

function checker(table: CheckTable, version: string, example: string): Check {
  return (what, findings) => {
    table.check(["Telegraf", version, titleOf(example), what], findings);
  };
}

async function readsTopics(stage: ProgramsStage, folder: string, check: Check): Promise<void> {
  const broker = await startBroker();
  const telegraf = await Telegraf.start(folder, documentedInput(broker.port), (lines) =>
    lines.some((line) => line.includes("Connected")),
  );
  await stage.playAt(exampleNumber("13"), { port: broker.port });
  stage.publish(CAR, VALUES, 5);
  stage.publishAll();
  check("each value is a measurement of its own, with the car", await settled(() => unread(stage, telegraf)));
  check("Telegraf warns of nothing", telegraf.problems());
  await telegraf.stop();
  await broker.stop();
}

/** What is missing or other than the docs promise, of all that the example has published. */
function unread(stage: ProgramsStage, telegraf: Telegraf): string[] {
  const found = new Map(telegraf.points().map((point) => [`${point.tags["vin"] ?? ""} ${point.name}`, point]));
  const published = [...stage.published()];
  const missing = [...allDefinitions()].filter(({ id }) => !stage.published().has(`cardata/${CAR}/${id}`));
  return [
    ...missing.map(({ id }) => `${id} is not published`),
    ...published.flatMap(([topic, { text }]) => {
      const expected = telegrafPoint(PARSING, topic, Buffer.from(text, "latin1").toString("utf8"));
      if (expected === null) return [];
      const point = found.get(`${expected.tags["vin"] ?? ""} ${expected.measurement}`);
      const value = point?.fields["value"];
      return value === expected.value ? [] : [`${topic}: ${String(value)} in place of ${expected.value}`];
    }),
  ];
}

async function takesLines(stage: ProgramsStage, folder: string, check: Check): Promise<void> {
  const port = await freePort();
  const input = `[[inputs.influxdb_v2_listener]]\n  service_address = "127.0.0.1:${port}"\n  token = "${TOKEN}"\n`;
  let telegraf = await Telegraf.start(folder, input, () => true);
  await settled(async () => ((await isListening(port)) ? [] : ["it does not listen"]));
  const change = (node: FlowNode) => (node.type === "tab" ? influxTab(node, port) : node);
  await stage.playAt(exampleNumber("17"), { port: 0 }, { change });
  const at = Date.now() - 5 * MINUTE_MS;
  stage.publish(CAR, VALUES, 5);
  const isOfThen = ({ timestamp }: TelegrafPoint) => Math.abs(timestamp - at) < MINUTE_MS;
  check("values come with car, name, kind and the car's own time", await settled(() => unwritten(telegraf, isOfThen)));
  stage.publishAll();
  check("a whole car comes", await settled(() => incomplete(stage, telegraf)));
  check("Telegraf warns of nothing", telegraf.problems());
  await telegraf.stop();
  stage.publish(CAR, { [SOC]: LATER });
  const isRefused = ({ lines }: Record<string, unknown>) => String(lines).includes(`${SOC}=${LATER}`);
  await stage.message(stage.node("http request"), isRefused);
  telegraf = await Telegraf.start(folder, input, () => true);
  const isThere = () => telegraf.points().some(({ fields }) => fields[SOC] === LATER);
  check("what comes while Telegraf is away comes later", await settled(() => (isThere() ? [] : ["it did not"])));
  await telegraf.stop();
}

/** The tab with what its comment asks for. */
function influxTab(tab: FlowNode, port: number): FlowNode {
  const filled: Readonly<Record<string, string>> = {
    INFLUX_ADDRESS: `http://127.0.0.1:${port}`,
    INFLUX_ORG: "home",
    INFLUX_BUCKET: "cardata",
    INFLUX_TOKEN: TOKEN,
  };
  return { ...tab, env: Object.entries(filled).map(([name, value]) => ({ name, type: "str", value })) };
}

/** What is missing or other than the example promises, of the values that the car measured then. */
function unwritten(telegraf: Telegraf, isOfThen: (point: TelegrafPoint) => boolean): string[] {
  const points = telegraf.points().filter(isOfThen);
  return [...Object.entries(WRITTEN)].flatMap(([name, value]) => {
    const isRight = ({ name: measurement, tags, fields }: TelegrafPoint) =>
      measurement === "cardata" && tags["vin"] === CAR && Object.keys(tags).length === 1 && fields[name] === value;
    return points.some(isRight) ? [] : [`${name} is not ${String(value)}`];
  });
}

/** Values of the whole car that did not come; what is unknown is none. */
function incomplete(stage: ProgramsStage, telegraf: Telegraf): string[] {
  const written = new Set(telegraf.points().flatMap(({ fields }) => Object.keys(fields)));
  const sent = new Map(stage.readings().map(({ descriptor, payload }) => [descriptor, payload]));
  return [...allDefinitions()].flatMap(({ id }) => {
    if (!sent.has(id)) return [`${id} was not sent`];
    return sent.get(id) === null || written.has(id) ? [] : [`${id} was not written`];
  });
}
