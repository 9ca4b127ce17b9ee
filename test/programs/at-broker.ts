import { allDefinitions } from "../../src/vehicle/catalogue.js";
import type { CheckTable } from "../helpers/check-table.js";
import { CAR, ENDING, KEPT, numberOf, VALUES } from "../helpers/example-brokers.js";
import { titleOf } from "../helpers/examples.js";
import type { UserBroker } from "../helpers/user-broker.js";
import type { BrokerKind } from "./brokers.js";
import type { At, ProgramsStage, Published } from "./programs-stage.js";
import { Reader } from "./reader.js";
import { settled, type Scene } from "./scene.js";

type Everything = ReadonlyMap<string, Published>;

/** Whether a value of the whole car is published, by the examples that publish all of them. */
const WHOLE: Readonly<Record<string, (published: Everything, descriptor: string) => boolean>> = {
  "12": (published, descriptor) => published.has(`cardata/${CAR}/${descriptor}/state`),
  "13": (published, descriptor) => published.has(`cardata/${CAR}/${descriptor}`),
  "18": (published, descriptor) => published.get(`bmw/${CAR}`)?.text.includes(`"${descriptor}"`) === true,
};

/** What is pressed for a picture, and where it comes. */
const PICTURES: Readonly<Record<string, { readonly button: string; readonly topic: string }>> = {
  "12": { button: "picture", topic: `cardata/${CAR}/image/data` },
  "18": { button: "now and then", topic: `bmw/${CAR}/image` },
};

/** Plays all examples that end in `mqtt out` at a broker, in its protocols, with a whole car and a broker that forgets. */
export function atBroker(kind: BrokerKind): Scene {
  return async (stage, table) => {
    for (const protocol of kind.protocols)
      for (const file of ENDING) {
        const name = { "4": "MQTT 3.1.1", "5": "MQTT 5" }[protocol];
        const check = checker(table, kind, `${titleOf(file).slice(0, 24)}, ${name}`);
        await played(stage, kind, { file, protocol }, check);
      }
  };
}

type Check = (what: string, findings: readonly string[]) => void;

function checker(table: CheckTable, { name, version }: BrokerKind, example: string): Check {
  return (what, findings) => {
    table.check([name, version, example, what], findings);
  };
}

async function played(
  stage: ProgramsStage,
  kind: BrokerKind,
  { file, protocol }: { readonly file: string; readonly protocol: NonNullable<At["protocol"]> },
  check: Check,
): Promise<void> {
  const broker = await kind.start();
  const { port } = broker;
  const reader = await Reader.of(broker);
  await stage.playAt(file, { port, protocol });
  stage.publish(CAR, VALUES, 5);
  check("a few values arrive as promised", await settled(() => unlike(KEPT[numberOf(file)] ?? {}, reader.texts)));
  stage.publishAll();
  await askForPicture(file, stage);
  const missing = await settled(() => [
    ...unsaid(file, stage.published()),
    ...different(stage.published(), reader.texts),
  ]);
  check(`a whole car arrives: ${sizeOf(stage.published())}`, missing);
  await reader.stop();
  check("a reader who comes late finds it", await foundLate(stage, broker));
  check("the connection is never lost", stage.losses() === 0 ? [] : [`${stage.losses()} times`]);
  await broker.stop();
  const again = await kind.start(port);
  await settled(() => (stage.connections() > 1 ? [] : ["there is no connection"]));
  check("after a restart the broker is given all again", await foundLate(stage, again, true));
  await again.stop();
}

/** What a new reader does not find of all that is kept. */
async function foundLate(stage: ProgramsStage, broker: UserBroker, isEarly = false): Promise<readonly string[]> {
  const kept = () => new Map([...stage.published()].filter(([, { isKept, text }]) => isKept && text !== ""));
  if (isEarly) {
    const reader = await Reader.of(broker);
    const findings = await settled(() => different(kept(), reader.texts));
    await reader.stop();
    if (findings.length > 0) return findings;
  }
  const late = await Reader.of(broker);
  const findings = await settled(() => [
    ...different(kept(), late.texts),
    ...[...kept().keys()].filter((topic) => !late.kept.has(topic)).map((topic) => `${topic} is not kept`),
  ]);
  await late.stop();
  return findings;
}

/** Topics without the text that they should have; `null`: any. */
export function unlike(
  expected: Readonly<Record<string, string | null>>,
  texts: ReadonlyMap<string, string>,
): readonly string[] {
  const isThere = (topic: string, text: string | null) =>
    text === null ? texts.has(topic) : texts.get(topic) === text;
  return Object.entries(expected).flatMap(([topic, text]) =>
    isThere(topic, text) ? [] : [`${topic}: ${texts.get(topic) ?? "nothing"} in place of ${text ?? "something"}`],
  );
}

/** Presses for a picture, where an example brings one. */
export async function askForPicture(file: string, stage: ProgramsStage): Promise<void> {
  const picture = PICTURES[numberOf(file)];
  if (picture !== undefined) await stage.press(picture.button);
}

/** Values of the whole car, and its picture, that the example has not published. */
export function unsaid(file: string, published: Everything): readonly string[] {
  const { topic = null } = PICTURES[numberOf(file)] ?? {};
  const isSaid = WHOLE[numberOf(file)] ?? (() => true);
  const values = [...allDefinitions()].map(({ id }) => id).filter((id) => !isSaid(published, id));
  const pictures = topic === null || published.has(topic) ? [] : [topic];
  return [...values, ...pictures].map((what) => `${what} is not published`);
}

function different(published: Everything, texts: ReadonlyMap<string, string>): readonly string[] {
  return unlike(Object.fromEntries([...published].map(([topic, { text }]) => [topic, text])), texts);
}

/** Topics, and bytes of the largest message. */
export function sizeOf(published: Everything): string {
  const largest = Math.max(...[...published.values()].map(({ text }) => text.length));
  return `${published.size} topics, the largest ${Math.ceil(largest / 1000)} kB`;
}
