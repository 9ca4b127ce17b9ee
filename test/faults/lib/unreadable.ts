import { callsIn, carsIn, documentsIn, savedLearning } from "./documents.js";
import type { FaultContext } from "./fault.js";
import { expectRecovery } from "./recovery.js";
import type { RedWorld } from "./red-world.js";
import { faultOfProblem } from "./speech.js";

/** The messages on a login that is gone for good. */
const LIES = ["vault_unreadable", "vault_key_missing", "refresh_rejected"];

/** One way in which the files cannot be read. `begin` starts Node-RED, or its flows, in it. */
export interface ReadTrouble {
  /** Error code of the system. */
  readonly code: string;
  begin(): Promise<void>;
  end(): Promise<void>;
}

/**
 * Makes the files unreadable at the start, and readable later. Nothing is put aside or overwritten, the reason is
 * reported, and the account continues by itself. Resolves to whether it did.
 */
export async function startUnreadable(
  world: RedWorld,
  { random, expect, form }: FaultContext,
  trouble: ReadTrouble,
): Promise<boolean> {
  await world.stop();
  const before = documentsIn(world.folder);
  const calls = world.calls.length;
  await trouble.begin();
  expect(await world.says(trouble.code), `${trouble.code} is not told`);
  await world.clock.sleep(random.between(1, form === "long" ? 60 : 15) * 1000);
  const { login } = (await world.status())!;
  const isLie = LIES.some((code) => code === login.problem?.code);
  expect(!isLie, `${trouble.code}: a login that cannot be read at the moment is told to be gone`);
  if (login.state !== "ok") {
    const fault = faultOfProblem(login.problem);
    expect(fault === null, `${trouble.code}: the reason for the missing login ${fault}`);
  }
  await trouble.end();
  if (!(await expectRecovery(world, expect))) return false;
  const after = documentsIn(world.folder);
  const { vin } = world;
  const isKept = savedLearning(after, vin)["capacityKwh"] === savedLearning(before, vin)["capacityKwh"];
  expect(isKept, `${trouble.code}: learned data is lost`);
  expect(
    carsIn(before).every((car) => carsIn(after).includes(car)),
    `${trouble.code}: cars are lost`,
  );
  expect(callsIn(after).length >= callsIn(before).length, `${trouble.code}: counted calls are lost`);
  expect(world.calls.length === calls, `${trouble.code}: ${world.calls.length - calls} calls were spent`);
  return true;
}
