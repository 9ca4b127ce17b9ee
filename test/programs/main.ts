// node scripts/programs.mjs: what real brokers and readers make of the examples; ends with `N passed, N failed`.
import { CheckTable } from "../helpers/check-table.js";
import { chosenScenes } from "../helpers/chosen-scenes.js";
import { atBroker } from "./at-broker.js";
import { atIoBroker } from "./at-iobroker.js";
import { atTelegraf } from "./at-telegraf.js";
import { aedes, hiveMq, mosquitto } from "./brokers.js";
import { Program } from "./program.js";
import { ProgramsStage } from "./programs-stage.js";
import type { Scene } from "./scene.js";

/** What `scripts/programs.mjs` has installed, by name; a text: why it is not there. */
export type Installed = Readonly<Record<string, { readonly version: string; readonly folder: string } | string>>;

const SCENES: Readonly<Record<string, (where: { version: string; folder: string }) => Scene | Promise<Scene>>> = {
  aedes: async () => atBroker(await aedes()),
  mosquitto: async () => atBroker(await mosquitto()),
  hivemq: (where) => atBroker(hiveMq(where)),
  telegraf: atTelegraf,
  iobroker: atIoBroker,
};

async function main(): Promise<number> {
  const names = chosenScenes(SCENES);
  if (names === null) return 2;
  const installed = JSON.parse(process.env["CARDATA_PROGRAMS"] ?? "{}") as Installed;
  const stage = await ProgramsStage.open();
  const table = new CheckTable([
    ["program", 13],
    ["version", 9],
    ["example", 37],
    ["what has to be so", 0],
  ]);
  table.begin();
  try {
    for (const name of names) await play(name, installed[name] ?? { version: "", folder: "" }, stage, table);
  } finally {
    await stage.close();
  }
  return table.end();
}

/** A scene that cannot go on has failed; the others are played all the same. */
async function play(name: string, where: Installed[string], stage: ProgramsStage, table: CheckTable): Promise<void> {
  if (typeof where === "string") {
    table.skip(name, "", "", where);
    return;
  }
  try {
    await (
      await SCENES[name]?.(where)
    )?.(stage, table);
  } catch (error) {
    await Program.stopAll();
    table.check(
      [name, where.version, "", "comes to its end"],
      [error instanceof Error ? error.message : String(error)],
    );
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
