import type { FaultContext } from "./fault.js";
import { expectFiles, expectRecovery } from "./recovery.js";
import type { RedWorld } from "./red-world.js";
import { callsIn, documentsIn, savedLearning } from "./documents.js";
import { eventually } from "../../helpers/eventually.js";

/** Longest pause between attempts to write, with some room for jitter and the write [ms]. */
const LONGEST_PAUSE_MS = 75_000;
const FIRST_KWH = 50;
const NOT_WRITTEN = "Files cannot be written";

/** One way in which writing fails, and the end of it. */
export interface WriteTrouble {
  begin(): Promise<void>;
  end(): Promise<void>;
}

/**
 * Makes writing fail while tokens rotate, something is learned and a call is made. When writing works again, all of
 * that gets to the disk by itself, so that a power cut after it loses nothing. Resolves to the seconds that took, or to
 * `null` if something was lost.
 */
async function liveUnwritable(
  world: RedWorld,
  { random, expect, form }: FaultContext,
  trouble: WriteTrouble,
  kwh: number,
): Promise<number | null> {
  await trouble.begin();
  for (let renewal = random.between(1, 3); renewal > 0; renewal--) {
    const failure = await world.refresh();
    expect(failure === null, `a renewal did not work while nothing could be written: ${failure}`);
  }
  await world.learn(kwh);
  await world.press("press-ask");
  expect(await isToldUnlessSaved(world, kwh), "nobody is told that something cannot be written");
  await world.connected();
  await world.hears();
  const { login } = (await world.status())!;
  expect(login.state === "ok", `the login counts as ${login.problem?.code ?? login.state} meanwhile`);
  expectFiles(world, expect);
  await world.clock.sleep(random.between(1, form === "long" ? 90 : 15) * 1000);
  await trouble.end();
  const seconds = await untilSaved(world, kwh);
  expect(seconds !== null, "what was not written did not get to the disk by itself");
  expectFiles(world, expect);
  await world.kill();
  const calls = world.calls.length;
  await world.boot();
  await world.connected();
  expect(world.calls.length === calls, `${world.calls.length - calls} calls were spent by the restart`);
  return (await expectRecovery(world, expect)) ? seconds : null;
}

/** Repeats the fault as often as wanted; ends with the first loss, because the next one would follow from it. */
export async function liveUnwritableAgain(
  world: RedWorld,
  context: FaultContext,
  troubleOf: (round: number) => WriteTrouble,
): Promise<string> {
  let longest = 0;
  for (let round = 0; round < context.rounds; round++) {
    const seconds = await liveUnwritable(world, context, troubleOf(round), FIRST_KWH + round);
    if (seconds === null) return "never";
    longest = Math.max(longest, seconds);
  }
  return longest.toFixed(0);
}

/** A disk with a little room left may take all of it, small as it is: then there is nothing to report. */
async function isToldUnlessSaved(world: RedWorld, kwh: number): Promise<boolean> {
  const isDone = async () => world.hasSaid(NOT_WRITTEN) || (await isSaved(world, kwh));
  return eventually("a word, or all is saved", isDone).catch(() => false);
}

async function untilSaved(world: RedWorld, kwh: number): Promise<number | null> {
  const { clock } = world;
  const start = clock.now();
  const isOver = () => clock.now() - start > LONGEST_PAUSE_MS;
  const saved = await eventually("the end of the wait", async () =>
    (await isSaved(world, kwh)) ? "saved" : isOver() && "over",
  );
  return saved === "saved" ? (clock.now() - start) / 1000 : null;
}

/** Returns whether the tokens in use, the calls and the learned data are on the disk. */
async function isSaved(world: RedWorld, kwh: number): Promise<boolean> {
  const token = await world.savedRefreshToken();
  if (token === null || !world.simulator.accepts(token)) return false;
  const documents = documentsIn(world.folder);
  return callsIn(documents).length >= world.calls.length && savedLearning(documents, world.vin)["capacityKwh"] === kwh;
}
