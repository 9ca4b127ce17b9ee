import { catalogueMessages } from "../../helpers/whole-car.js";
import { changes, settledFindings, snapshot, type Snapshot } from "../comparison.js";
import type { Kind } from "../fleet.js";
import type { World } from "../world.js";
import { listener, summed, type Scene } from "./scene.js";

/** What an owner does to an installation. */
export const lives: Scene = async (world, report) => {
  const life = async (
    what: string,
    play: () => Promise<void>,
    found: (before: Snapshot, after: Snapshot) => string[],
    isExpected: (problem: string) => boolean = () => false,
  ) => {
    const before = await snapshot(world.metric);
    const told = listener(world.metric);
    await play();
    await world.settled();
    report.check("lives", what, await settledFindings(async () => found(before, await snapshot(world.metric))));
    const problems = told().filter((problem) => !isExpected(problem));
    report.check("lives", `${what}: no warning, no error`, summed(problems));
  };
  await world.sendAgain();
  const [named, aliased, ignored, removed] = world.kinds as [Kind, Kind, Kind, Kind];
  const setUp = (kind: Kind, more: object) => world.setUp(kind.vin, more);

  await life("another name of a car keeps its entities", () => setUp(named, { name: "Family car" }), changes);
  report.check("lives", "the device has the new name", await nameFindings(world, named, "Family car"));
  await life("an alias given later keeps its entities", () => setUp(aliased, { alias: "anna" }), changes);
  await life("the alias taken away keeps its entities", () => setUp(aliased, { alias: "" }), changes);
  const toEntities = () => world.deploy({ node: { mode: "entities" } });
  await life("the mode “entities” keeps all entities", toEntities, changes, isFirstEnd());
  await quietStart(world, report, "after the switch to “entities”");
  await life("the mode “device” keeps all entities", () => world.deploy({ node: { mode: "device" } }), changes);
  await quietStart(world, report, "after the switch to “device”");
  await life("an ignored car goes", () => setUp(ignored, { ignore: true }), gone(ignored));
  await life("a removed car goes", () => world.press(`remove ${removed.vin}`), gone(removed));
  await life("a removed car stays away when it sends again", () => send(world, removed), gone(removed));
  const restart = async () => {
    await world.stopRed();
    await world.startRed();
    await send(world, removed);
  };
  await life("a removed car stays away after a restart", restart, gone(removed));
};

type Report = Parameters<Scene>[1];

/**
 * Home Assistant warns of the empty message that ends a device's topic when its entities have moved, and there is no
 * other way to end it; once for each device.
 */
function isFirstEnd(): (problem: string) => boolean {
  const ended = new Set<string>();
  return (problem) => {
    const device = /No device components to cleanup for (\S+),/.exec(problem)?.[1];
    if (device === undefined || ended.has(device)) return false;
    ended.add(device);
    return true;
  };
}

/** Home Assistant reads all that the broker keeps, as at each of its starts; waits until it has. */
async function quietStart(world: World, report: Report, when: string): Promise<void> {
  const before = await snapshot(world.metric);
  const told = listener(world.metric);
  await world.metric.stop();
  await world.metric.start();
  await world.settled();
  await settledFindings(async () => changes(before, await snapshot(world.metric)));
  report.check("lives", `Home Assistant starts without a warning ${when}`, summed(told()));
}

async function nameFindings(world: World, { vin }: Kind, name: string): Promise<string[]> {
  const devices = await world.metric.api.devices();
  const named = devices.find(({ identifiers }) => identifiers.some(([, id]) => id.endsWith(vin.toLowerCase())))?.name;
  return named === name ? [] : [`it is called ${named ?? "nothing"}`];
}

/** The car is gone, and the others are as they were. */
function gone({ vin }: Kind) {
  const isOf = (id: string) => id.includes(vin.toLowerCase());
  return (before: Snapshot, after: Snapshot): string[] => {
    const left = [...after.registry.keys()].filter(isOf).map((id) => `${id} is still there`);
    return [...left, ...changes(before, after, (id) => !isOf(id)).filter((finding) => !isOf(finding))];
  };
}

async function send(world: World, { vin, units }: Kind): Promise<void> {
  for (const message of catalogueMessages(vin, units, Date.now())) world.simulator.publish(vin, message);
}
