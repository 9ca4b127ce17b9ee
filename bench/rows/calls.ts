import { once } from "node:events";
import { memoryFiles } from "../../src/store/atomic-files.js";
import { startSimulator } from "../../test/simulator/index.js";
import type { Result, Size } from "../lib/result.js";
import { accountAt, begin } from "../lib/simulated-account.js";

const RESTARTS = { full: 2, tiny: 1 };

/** Counts the calls of the 50 a day that a redeploy or a restart costs: none, as everything needed was saved. */
export async function measure(size: Size): Promise<Result[]> {
  const simulator = await startSimulator({ tick: 0 });
  const files = memoryFiles();
  const calls = () => simulator.log.count("rest*");
  const first = accountAt(simulator, files);
  await begin(first, simulator, true);
  // The login asks for the list of cars and for each car.
  while (calls() < 1 + simulator.cars.length) await once(first.events, "status");
  await first.close();
  const login = calls();
  for (let restart = 0; restart < RESTARTS[size]; restart++) {
    const account = accountAt(simulator, files);
    await begin(account, simulator, false);
    await account.close();
  }
  const restarts = calls() - login;
  await simulator.stop();
  const measured = `${restarts} in ${RESTARTS[size]} restarts; ${login} at and after the login`;
  return [{ what: "REST calls of a restart", measured, budget: "0", isMet: restarts === 0 && login > 0 }];
}
