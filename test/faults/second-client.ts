import type { FaultScenario, FaultContext } from "./lib/fault.js";
import { expectProblem, expectRecovery } from "./lib/recovery.js";
import { RedWorld } from "./lib/red-world.js";
import { HOUR_MS, MINUTE_MS, SimulatedWorld } from "./lib/simulated-world.js";

const KICK_EVERY_MS = 5000;
/** The pauses grow to a quarter of an hour, so the two do not fight for ever. */
const FIRST_CONNECTIONS = 8;
const MOST_CONNECTIONS_AN_HOUR = 8;

/** Lets another program with the same login take the stream again and again. */
export const secondClient: FaultScenario = {
  title: "a second client fights for the stream",
  rounds: { short: 2, long: 8 },
  checked: "named as what it is, no hammering, login and calls untouched, live again",
  run: async (context) => {
    const fights = [];
    for (let round = 0; round < context.rounds; round++)
      fights.push(await fight(context, round === 0 ? 10 * MINUTE_MS : context.random.between(1, 12) * HOUR_MS));
    await fightAroundNodeRed(context);
    return {
      "minutes to recover": Math.max(...fights.map(({ minutes }) => minutes)).toFixed(1),
      connections: fights.map(({ connections }) => connections).join(" "),
    };
  },
};

async function fight({ expect }: FaultContext, ms: number) {
  const world = await SimulatedWorld.live();
  const { stream, log } = world.one.bmw;
  const before = { connections: log.count("connect"), refreshes: log.count("refresh") };
  stream.kickEvery(KICK_EVERY_MS);
  await world.pass(ms);
  expectProblem(world.status.stream.problem, ["stream_second_client"], expect);
  expect(world.status.login.state === "ok", `the login counts as ${world.status.login.state}`);
  const connections = log.count("connect") - before.connections;
  const most = FIRST_CONNECTIONS + (ms / HOUR_MS) * MOST_CONNECTIONS_AN_HOUR;
  expect(connections <= most, `${connections} connections in ${ms / MINUTE_MS} minutes`);
  // Tokens are still renewed, because being pushed out is no refusal.
  const refreshes = log.count("refresh") - before.refreshes;
  expect(refreshes <= 1 + (2 * ms) / HOUR_MS, `${refreshes} renewals in ${ms / MINUTE_MS} minutes`);
  world.mend();
  const minutes = await world.expectRecovery(expect);
  await world.end();
  return { minutes, connections };
}

async function fightAroundNodeRed({ expect }: FaultContext): Promise<void> {
  const world = await RedWorld.live({ speed: 10 });
  try {
    world.simulator.faults.kickEvery(KICK_EVERY_MS);
    await world.until("the fight", ({ stream }) => stream.problem?.code === "stream_second_client");
    world.simulator.faults.kickEvery(null);
    await expectRecovery(world, expect);
    const statuses = world.work.red.sent.filter(({ id }) => id === "watch").map(({ message }) => message["status"]);
    const isShown = statuses.some((status) => /second client/i.test(JSON.stringify(status)));
    expect(isShown, "the node did not show the second client");
  } finally {
    await world.close();
  }
}
