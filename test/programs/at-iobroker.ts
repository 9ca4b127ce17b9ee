import { allDefinitions } from "../../src/vehicle/catalogue.js";
import { descriptorTopic } from "../../src/support/topic.js";
import type { CheckTable } from "../helpers/check-table.js";
import { CAR, ENDING, numberOf, VALUES } from "../helpers/example-brokers.js";
import { exampleNumber, titleOf } from "../helpers/examples.js";
import { SOC, type FlowNode } from "../helpers/flow.js";
import { ioBrokerState } from "../helpers/mqtt-readers.js";
import { askForPicture, sizeOf, unsaid } from "./at-broker.js";
import { IoBroker, type AdapterSettings } from "./iobroker.js";
import type { ProgramsStage } from "./programs-stage.js";
import { Reader } from "./reader.js";
import { settled, type Scene } from "./scene.js";

/** *Max topic length* as it comes, and as `docs/brokers.md` says it is to be set [characters]. */
const [USUAL_LENGTH, LONG] = [100, 200];
const PLAIN = exampleNumber("13");
/** Without the one for evcc and openWB, which sends only what has changed: what stays here is the first of several. */
const READ_HERE = ENDING.filter((file) => numberOf(file) !== "14");
/** Come later than all others [%]. */
const [AFTER_RESTART, TO_READER] = [71, 72];

type States = Readonly<Record<string, unknown>>;
type Check = (what: string, findings: readonly string[]) => void;

/** Plays all examples that end in `mqtt out` at ioBroker's MQTT adapter, and looks at the states that it makes. */
export function atIoBroker({ version, folder }: { readonly version: string; readonly folder: string }): Scene {
  return async (stage, table) => {
    const at = async (
      settings: AdapterSettings,
      example: string,
      play: (broker: IoBroker, check: Check) => Promise<void>,
    ) => {
      const broker = await IoBroker.start(folder, settings);
      await play(broker, checker(table, version, example));
      await broker.stop();
    };
    await at({}, PLAIN, (broker, check) => leavesOut(stage, broker, check));
    for (const file of READ_HERE)
      await at({ maxTopicLength: LONG }, file, (broker, check) => takesAll(stage, file, broker, check));
    await at({ maxTopicLength: LONG }, PLAIN, (broker, check) => hasWildcards(stage, broker, check));
  };
}

function checker(table: CheckTable, version: string, example: string): Check {
  return (what, findings) => {
    table.check(["ioBroker.mqtt", version, titleOf(example).slice(0, 24), what], findings);
  };
}

/** With its usual length it leaves out what `docs/brokers.md` names, and nothing else. */
async function leavesOut(stage: ProgramsStage, broker: IoBroker, check: Check): Promise<void> {
  await stage.playAt(PLAIN, { port: broker.port });
  await tellAll(stage, broker, USUAL_LENGTH);
  const isLong = (topic: string) => ioBrokerState(topic, "").id.length > USUAL_LENGTH;
  const come = async () => [
    ...unsaid(PLAIN, stage.published()),
    ...unlike(stage, await broker.states(), (topic) => !isLong(topic)),
  ];
  check("with Max topic length 100 all but the long ones come", await settled(come));
  const long = [...allDefinitions()].map(({ id }) => `cardata/${CAR}/${id}`).filter(isLong);
  const states = await broker.states();
  const there = long.map((topic) => ioBrokerState(topic, "").id).filter((id) => id in states);
  check(`and these ${long.length} do not`, there);
}

/**
 * Has all sent once more when it is there, because of several that come one right after the other to a topic that is new
 * ioBroker keeps the first (findings/first-of-two-values-at-iobroker.sh).
 */
async function tellAll(stage: ProgramsStage, broker: IoBroker, longest: number): Promise<void> {
  stage.publishAll();
  await settled(async () => {
    const states = await broker.states();
    const ids = [...stage.published()].flatMap(([topic, { text }]) =>
      text === "" ? [] : [ioBrokerState(topic, "").id],
    );
    return ids.length === 0 ? ["nothing is published"] : ids.filter((id) => id.length <= longest && !(id in states));
  });
  await stage.redeploy();
}

async function takesAll(stage: ProgramsStage, file: string, broker: IoBroker, check: Check): Promise<void> {
  await stage.playAt(file, { port: broker.port });
  stage.publish(CAR, VALUES, 5);
  await tellAll(stage, broker, LONG);
  await askForPicture(file, stage);
  const missing = await settled(async () => [
    ...unsaid(file, stage.published()),
    ...unlike(stage, await broker.states(), () => true),
  ]);
  check(`with Max topic length 200 a whole car comes: ${sizeOf(stage.published())}`, missing);
  check("the connection is never lost", stage.losses() === 0 ? [] : [`${stage.losses()} times`]);
}

/** What `+` finds, and that a restart of the adapter is survived. */
async function hasWildcards(stage: ProgramsStage, broker: IoBroker, check: Check): Promise<void> {
  for (const separator of ["dots", "underscores"] as const) {
    const change = (node: FlowNode) =>
      node.type === "cardata-account" ? { ...node, topicSeparator: separator } : node;
    await stage.playAt(PLAIN, { port: broker.port }, { change });
    const topic = `cardata/${CAR}/${descriptorTopic(SOC, separator)}`;
    const reader = await Reader.of(broker, `cardata/${CAR}/+`);
    const level = separator === "dots" ? TO_READER : TO_READER + 1;
    stage.publish(CAR, { [SOC]: level });
    // The plain value comes after the descriptor, and has no dots.
    await settled(() => (reader.texts.get(`cardata/${CAR}/soc`) === String(level) ? [] : ["no plain value"]));
    const isFound = reader.texts.get(topic) === String(level);
    const what = separator === "dots" ? "+ does not find a descriptor with dots" : "+ finds one with underscores";
    check(what, isFound === (separator === "underscores") ? [] : [`${topic}: ${String(isFound)}`]);
    await reader.stop();
  }
  await broker.restart();
  stage.publish(CAR, { [SOC]: AFTER_RESTART }, -1);
  const come = async () => unlike(stage, await broker.states(), () => true);
  check("after a restart values come again", await settled(come));
}

/** Published values whose state is not there, or another one; a picture is any text. */
function unlike(stage: ProgramsStage, states: States, isMeant: (topic: string) => boolean): readonly string[] {
  return [...stage.published()].flatMap(([topic, { text: bytes, isKept }]) => {
    const text = Buffer.from(bytes, "latin1").toString("utf8");
    const { id, value } = ioBrokerState(topic, text);
    if (text === "" || !isKept || !isMeant(topic)) return [];
    const isRight = text.includes("\uFFFD") ? id in states : states[id] === value;
    return isRight ? [] : [`${id}: ${String(states[id]).slice(0, 80)} in place of ${String(value).slice(0, 80)}`];
  });
}
