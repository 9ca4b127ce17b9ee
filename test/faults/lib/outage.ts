import { errorOf, type ErrorCode } from "../../../src/support/errors.js";
import type { FaultContext } from "./fault.js";
import { expectProblem, expectRecovery } from "./recovery.js";
import { RedWorld } from "./red-world.js";
import { HOUR_MS, SimulatedWorld } from "./simulated-world.js";

/** The problems that are reported for each part while BMW cannot be reached. */
export interface OutageReport {
  readonly stream: readonly ErrorCode[];
  readonly rest: readonly ErrorCode[];
}

/** The first attempts come fast, then every quarter of an hour; requested ones are added. */
const MOST_RENEWALS_AN_HOUR = 6;
const FIRST_RENEWALS = 10;

/** Cuts BMW off for hours. Resolves to the minutes until all was well again, and the calls that were sent meanwhile. */
export async function outageOfHours(
  { expect }: FaultContext,
  hours: number,
  begin: (world: SimulatedWorld) => void,
  reported: OutageReport,
): Promise<{ minutes: number; calls: number }> {
  const world = await SimulatedWorld.live();
  begin(world);
  const before = { renewals: renewalsOf(world), calls: world.one.calls().length };
  const { error } = await world.one.press("basicData", { vin: world.vin });
  expectProblem(error?.problem, reported.rest, expect);
  await world.pass(hours * HOUR_MS);
  const { login, stream } = world.status;
  expect(login.state === "ok", `the login counts as ${login.state} meanwhile`);
  expectProblem(login.problem, ["refresh_unreachable"], expect);
  // Without a renewed login there is nothing to connect with.
  if (stream.state !== "connecting") expectProblem(stream.problem, [...reported.stream, "refresh_unreachable"], expect);
  const renewals = renewalsOf(world) - before.renewals;
  expect(renewals <= FIRST_RENEWALS + hours * MOST_RENEWALS_AN_HOUR, `${renewals} renewals were tried in ${hours} h`);
  const calls = world.one.calls().length - before.calls;
  world.mend();
  const minutes = await world.expectRecovery(expect);
  await world.end();
  return { minutes, calls };
}

function renewalsOf({ one }: SimulatedWorld): number {
  return one.requests.filter(({ url }) => url.endsWith("/oauth/token")).length;
}

/** Factor by which time runs faster around a real Node-RED: its longest pauses have to fit into a test. */
const SPEED = 10;

/** Does the same around a real Node-RED, for the minutes that it takes to report it, or for a while longer. */
export async function outageOfMinutes(
  { expect, form, random }: FaultContext,
  begin: (world: RedWorld) => Promise<void>,
  end: (world: RedWorld) => Promise<void>,
  reported: OutageReport,
): Promise<void> {
  const world = await RedWorld.live({ speed: SPEED });
  try {
    await begin(world);
    const isTold = (code: ErrorCode | undefined) => reported.stream.some((one) => one === code);
    const what = `the stream to tell ${reported.stream.join(" or ")}`;
    const { stream } = await world.until(what, (status) => isTold(status.stream.problem?.code));
    expectProblem(stream.problem, reported.stream, expect);
    expect((await world.refresh()) !== null, "a renewal worked without a server");
    const { login } = (await world.status())!;
    expect(login.state === "ok", `the login counts as ${login.state} meanwhile`);
    expectProblem(login.problem, ["refresh_unreachable"], expect);
    await world.press("press-ask");
    const sentences = reported.rest.map((code) => errorOf({ code }).message.slice(0, SENTENCE_START));
    expect(await world.says(...sentences), "the failed call was not told");
    if (form === "long") await world.clock.sleep(random.between(10, 40) * 60_000);
    // A call that was sent counts, although it is unknown whether BMW got it.
    const unseen = (await world.status())!.quota.used - world.callsToday;
    expect(unseen <= CALLS_OF_A_PRESS, `${unseen} calls went out for one press`);
    await end(world);
    await expectRecovery(world, expect, unseen);
  } finally {
    await world.close();
  }
}

/** One is repeated once. */
const CALLS_OF_A_PRESS = 2;
/** Before the first mark that is filled in. */
const SENTENCE_START = 15;
