// node scripts/homeassistant.mjs: what a real Home Assistant makes of the package; ends with `N passed, N failed`.
import { chosenScenes } from "../helpers/chosen-scenes.js";
import { Report } from "./report.js";
import { automations } from "./scenes/automations.js";
import { catalogue } from "./scenes/catalogue.js";
import { constants } from "./scenes/constants.js";
import { lives } from "./scenes/lives.js";
import { owner } from "./scenes/owner.js";
import { recorder } from "./scenes/recorder.js";
import { restarts } from "./scenes/restarts.js";
import { units } from "./scenes/units.js";
import { summed, type Scene } from "./scenes/scene.js";
import { World } from "./world.js";

const SCENES: Readonly<Record<string, Scene>> = {
  constants,
  catalogue,
  owner,
  recorder,
  units,
  restarts,
  automations,
  lives,
};

async function main(): Promise<number> {
  const names = chosenScenes(SCENES);
  if (names === null) return 2;
  const report = new Report();
  const world = await World.open({ hasUs: names.includes("catalogue") });
  try {
    await world.announceAll();
    report.begin();
    for (const name of names) await play(name, world, report);
    report.check("all", "Mosquitto, as it is by default, has dropped nothing", summed(world.broker.drops));
  } finally {
    await world.close();
  }
  return report.end();
}

/** A scene that cannot go on has failed; the others are played all the same. */
async function play(name: string, world: World, report: Report): Promise<void> {
  try {
    await SCENES[name]?.(world, report);
  } catch (error) {
    report.check(name, "comes to its end", [error instanceof Error ? error.message : String(error)]);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
