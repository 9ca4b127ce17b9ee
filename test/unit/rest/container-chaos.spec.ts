import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_DESCRIPTORS } from "../../../src/rest/containers/descriptor-sets.js";
import { CarDataError } from "../../../src/support/errors.js";
import { containerManager, down, failWhen, isPost, STRANGE } from "../../helpers/container-manager.js";
import { runs } from "../../helpers/random.js";

const DAY_MS = 24 * 3600 * 1000;

describe("manager of the data container", () => {
  it("never touches foreign containers, has one of its own at most, and stays within the limits (property)", async () => {
    const act = fc.oneof(
      fc.constantFrom("ensure", "replace", "reset", "deleteOwn", "lose", "restart", "down", "up", "large", "small"),
      fc.record({ wanted: fc.subarray(["a", "b", ...DEFAULT_DESCRIPTORS.slice(0, 3), STRANGE]) }),
      fc.record({ jump: fc.integer({ min: -200_000_000, max: 200_000_000 }) }),
      fc.record({ later: fc.integer({ min: 0, max: 3 * DAY_MS }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), fc.nat(10), async (acts, others) => {
        let all = containerManager();
        const foreign = all.bmw.addForeign(others);
        for (const what of acts) {
          await perform(all, what).catch((error: unknown) => {
            assert.ok(error instanceof CarDataError && error.code !== "internal", String(error));
          });
          if (what === "restart") all = all.restarted();
          const spent = all.bmw.spent();
          assert.ok(spent.filter((call) => call.startsWith("POST")).length <= 3);
          assert.ok(spent.filter((call) => call.startsWith("LOOK")).length <= 2);
          assert.deepEqual(all.bmw.active().slice(0, others), foreign);
          assert.ok(all.bmw.active().length <= Math.min(others + 1, 10));
          assert.ok(all.manager.state.creations.length <= 10);
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

type Keeper = ReturnType<typeof containerManager>;

const ACTS: Readonly<Record<string, (all: Keeper) => unknown>> = {
  ensure: ({ manager }) => manager.ensure("scheduled"),
  replace: ({ manager }) => manager.replace(manager.state.container?.id ?? "", "event"),
  reset: ({ manager }) => manager.reset(),
  deleteOwn: ({ manager }) => manager.deleteOwn(),
  lose: ({ bmw: { containers } }) => {
    containers.splice(0, containers.length, ...containers.filter(({ name }) => name === "Other"));
  },
  down: ({ bmw }) => (bmw.faults.fail = failWhen(isPost, down)),
  up: ({ bmw }) => (bmw.faults.fail = () => undefined),
  large: ({ bmw }) => (bmw.faults.largest = Infinity),
  small: ({ bmw }) => (bmw.faults.largest = 2),
};

async function perform(all: Keeper, act: string | { wanted: string[] } | { jump: number } | { later: number }) {
  if (typeof act === "string") await ACTS[act]?.(all);
  else if ("wanted" in act) all.manager.setWanted(act.wanted);
  else if ("jump" in act) all.clock.jump(act.jump);
  else await all.clock.advance(act.later);
}
