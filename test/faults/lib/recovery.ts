import { documentsIn } from "./documents.js";
import type { FaultContext } from "./fault.js";
import type { RedWorld } from "./red-world.js";
import { faultOfProblem, faultOfSentence } from "./speech.js";
import type { Problem } from "../../../src/support/errors.js";

type Expect = FaultContext["expect"];

const ERROR_LEVEL = 20;
const WARNING_LEVEL = 30;

/**
 * Checks after a fault that the account works again by itself, and that nothing is lost. Resolves to whether it works
 * at all.
 * @param unseen calls of today that were sent and never reached BMW
 */
export async function expectRecovery(world: RedWorld, expect: Expect, unseen = 0): Promise<boolean> {
  if (!(await comesBack(world, expect))) return false;
  await expectLogin(world, expect);
  const { quota } = (await world.status())!;
  const spent = world.callsToday + unseen;
  const kinds = world.calls.map(({ kind, vin = "", status, at }) => {
    const path = kind.replace(/\/customers\/|\w{17}\//g, "");
    return `${path} ${vin.slice(-2)} ${status ?? "-"} at ${((at - world.startedAt) / 1000).toFixed(0)} s`;
  });
  expect(quota.used === spent, `calls were counted wrong: ${quota.used} instead of ${spent} (${kinds.join(", ")})`);
  expectFiles(world, expect);
  expectSoundness(world, expect);
  return true;
}

async function comesBack(world: RedWorld, expect: Expect): Promise<boolean> {
  try {
    await world.connected();
    await world.hears();
    await world.connected();
    return true;
  } catch (error) {
    const { login, stream } = (await world.status().catch(() => null)) ?? {};
    const state = `login ${login?.problem?.code ?? login?.state}, stream ${stream?.problem?.code ?? stream?.state}`;
    expect(false, `did not recover by itself (${state}): ${(error as Error).message}`);
    return false;
  }
}

/** Checks that the login on the disk is the one that BMW knows, and can be renewed. */
export async function expectLogin(world: RedWorld, expect: Expect): Promise<void> {
  const failure = await world.refresh();
  expect(failure === null, `a renewal did not work: ${failure}`);
  const token = await world.savedRefreshToken();
  expect(token !== null && world.simulator.accepts(token), "the login on the disk is not that of BMW");
}

/** Checks that no document is torn, damaged, or put aside as damaged. */
export function expectFiles({ folder }: RedWorld, expect: Expect): void {
  const { torn, aside } = documentsIn(folder);
  for (const name of torn) expect(false, `torn: ${name}`);
  for (const name of aside) expect(false, `put aside: ${name.replace(/\.bad-.*/, ".bad-…")}`);
}

/** Checks that the process lives, that no error in it was unhandled, and that all its messages are for people. */
export function expectSoundness({ work, machine }: RedWorld, expect: Expect): void {
  expect(!work.red.exited, "Node-RED has ended");
  for (const text of machine.complaints) expect(false, text.split("\n").slice(0, 3).join(" "));
  for (const { level, id, msg } of work.red.logs) {
    // Messages of Node-RED itself at its start are not ours.
    const isOurs = level <= (id === undefined ? ERROR_LEVEL : WARNING_LEVEL);
    const fault = isOurs ? faultOfSentence(String(msg)) : null;
    expect(fault === null, `"${String(msg)}" ${fault}`);
  }
  for (const { id, message } of work.red.sent) if (id === "watch") expectShown(message["status"], expect);
}

const LONGEST_STATUS = 20;

function expectShown(status: unknown, expect: Expect): void {
  const { text = "" } = (status ?? {}) as { text?: string };
  expect(text.length <= LONGEST_STATUS, `the status "${text}" is too long`);
  expect(!/status\.|undefined|NaN/.test(text), `the status "${text}" is not for people`);
}

/** Checks that one of these problems is reported meanwhile, in a sentence for people. */
export function expectProblem(problem: Problem | undefined, codes: readonly string[], expect: Expect): void {
  const fault = faultOfProblem(problem);
  expect(fault === null, `the reason ${problem?.code ?? "of the trouble"} ${fault}`);
  const isRight = problem !== undefined && codes.includes(problem.code);
  expect(isRight, `told ${problem?.code ?? "nothing"} instead of ${codes.join(" or ")}`);
}
