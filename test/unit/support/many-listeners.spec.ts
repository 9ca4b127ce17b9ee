import assert from "node:assert/strict";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import { pause } from "../../../src/support/clock.js";
import { testAccount } from "../../helpers/account.js";
import { START } from "../../helpers/fakes.js";
import { warningsOf } from "../../helpers/warnings.js";

const EVENTS = ["update", "event", "answer", "status", "estimate", "learned"] as const;

describe("more than ten who listen to one thing", () => {
  it("are no leak where they are the nodes of an account", async () => {
    const { account } = testAccount();
    const warnings = await warningsOf(() => {
      for (let node = 0; node < 30; node++) for (const name of EVENTS) account.events.on(name, () => undefined);
      return settle();
    });
    assert.deepEqual(warnings, []);
  });

  it("are no leak where they wait for the same end", async () => {
    const clock = new SimulatedClock(START);
    const abort = new AbortController();
    const warnings = await warningsOf(async () => {
      const pauses = Array.from({ length: 30 }, () => pause(clock, 60_000, abort.signal));
      await settle();
      abort.abort();
      await Promise.all(pauses);
    });
    assert.deepEqual(warnings, []);
  });
});
