import { eventually } from "../../helpers/eventually.js";
import { uniqueIdOf } from "../../../src/homeassistant/ha-part.js";
import { changes, settledFindings, snapshot, stateOf } from "../comparison.js";
import type { World } from "../world.js";
import { listener, summed, type Scene } from "./scene.js";

/** What Home Assistant says whenever its broker goes. */
const LOST_BROKER = /The connection was lost|Failed to connect to MQTT|Task exception was never retrieved/;

/** Each part stops and comes back; nothing is lost, and nothing is told that is not so. */
export const restarts: Scene = async (world, report) => {
  const life = async (what: string, play: () => Promise<void>, isUsual: (finding: string) => boolean = () => false) => {
    const before = await snapshot(world.metric);
    const told = listener(world.metric);
    await play();
    await world.settled();
    const look = async () => changes(before, await snapshot(world.metric)).filter((finding) => !isUsual(finding));
    const findings = await settledFindings(look);
    const figures = `${before.states.size} states`;
    report.check("restarts", `${what}: entities and states as before`, findings, figures);
    const ours = told().filter((problem) => !LOST_BROKER.test(problem));
    report.check("restarts", `${what}: no warning, no error`, summed(ours));
  };
  // One house is enough from here on.
  await world.us?.stop();
  await world.sendAgain();
  await life("Node-RED stops and starts", async () => {
    await world.stopRed();
    report.check("restarts", "“CarData stream” is not on while Node-RED is stopped", await streamsOn(world));
    await world.startRed();
  });
  await life("Node-RED is killed and starts", async () => {
    await world.killRed();
    report.check("restarts", "“CarData stream” is not on after Node-RED was killed", await streamsOn(world));
    await world.startRed();
  });
  await life("Home Assistant restarts", async () => {
    await world.metric.stop();
    await world.metric.start();
  });
  await life("the broker restarts with its memory", async () => {
    await world.broker.stop();
    await world.broker.start();
  });
  await life("the broker forgets everything", async () => {
    await world.broker.stop();
    world.broker.forget();
    await world.broker.start();
  });
  const startTogether = async () => {
    await world.stopRed();
    await world.metric.stop();
    await world.broker.stop();
    world.broker.forget();
    await world.broker.start();
    await world.metric.start();
    await world.startRed();
  };
  await life("a forgetful broker, Node-RED and Home Assistant restart together", startTogether, isForgottenEvent);
};

/** Home Assistant forgets the last event of an entity that is unavailable when it stops, as all are without Node-RED. */
function isForgottenEvent(finding: string): boolean {
  return /^event\.\S+ was \S+ and is unknown$/.test(finding);
}

/** Cars whose stream is shown as connected, although nothing is there that could know. */
async function streamsOn(world: World): Promise<string[]> {
  const look = async () => {
    const seen = await snapshot(world.metric);
    const states = world.kinds.map(({ vin }) => stateOf(seen, uniqueIdOf(vin.toLowerCase(), "connectivity")));
    return states.flatMap((state) => (state?.state === "on" ? `${state.entity_id} is on` : []));
  };
  const isNone = async () => (await look()).length === 0;
  // The broker tells the will of a lost client at once, which makes them unavailable.
  await eventually("no stream that is on", isNone, WILL_MS).catch(() => undefined);
  return look();
}

const WILL_MS = 5000;
