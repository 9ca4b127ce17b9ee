import assert from "node:assert/strict";
import fc from "fast-check";
import { readEntry } from "../../../src/journal/entry.js";
import { readSession } from "../../../src/journal/history-session.js";
import { Journal } from "../../../src/journal/journal.js";
import { JournalStore } from "../../../src/journal/journal-store.js";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { isObject } from "../../../src/support/json.js";
import { START, VIN } from "../../helpers/fakes.js";
import { CHARGE, journalOf, SETTINGS } from "../../helpers/journal.js";
import { runs, SEED } from "../../helpers/random.js";

const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(-1, 1e308, "", "x", null, [], {}, 4e9, 1_772_000_000),
);

/** Replaces members of an object by anything, also inside of it. */
function spoilt(value: unknown, pick: () => unknown, isSpoilt: () => boolean): unknown {
  if (isSpoilt()) return pick();
  if (Array.isArray(value)) return value.map((member: unknown) => spoilt(member, pick, isSpoilt));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, spoilt(member, pick, isSpoilt)]));
}

describe("hostile input of the journal", () => {
  const parameters = { seed: SEED, numRuns: runs(200) };

  function journal(troubles: unknown[]): Journal {
    return new Journal({
      store: new JournalStore(memoryFiles(), "/journal"),
      settings: () => SETTINGS,
      viewOf: () => ({ estimate: null, magic: null, position: null, readings: new Map() }),
      onEntry: () => undefined,
      onTrouble: (cause) => troubles.push(cause),
    });
  }

  it("that spoils an entry makes it no worse than damaged, and never more than it was", async () => {
    const [entry] = await journalOf(CHARGE);
    fc.assert(
      fc.property(
        fc.infiniteStream(anything),
        fc.infiniteStream(fc.integer({ min: 0, max: 60 })),
        (values, chances) => {
          const line = spoilt(
            entry,
            () => values.next().value,
            () => chances.next().value === 0,
          );
          const read = readEntry(line);
          if (typeof read === "string") return;
          assert.deepEqual(readEntry(JSON.parse(JSON.stringify(read))), read);
        },
      ),
      parameters,
    );
  });

  it("in BMW's charging history is left out", async () => {
    const session = { startTime: 1_772_000_000, endTime: 1_772_007_200, energyConsumedFromPowerGridKwh: 20 };
    const block = { startTime: 1_772_000_000, endTime: 1_772_007_200, averagePowerGridKw: 10 };
    const whole = { ...session, displayedStartSoc: 10, displayedSoc: 50, mileage: 7, chargingBlocks: [block, block] };
    const property = fc.asyncProperty(
      fc.infiniteStream(anything),
      fc.infiniteStream(fc.integer({ min: 0, max: 6 })),
      async (values, chances) => {
        const one = spoilt(
          whole,
          () => values.next().value,
          () => chances.next().value === 0,
        );
        if (!isObject(one)) return;
        const read = readSession(one);
        assert.ok(read === null || read.parts.every(({ kwh }) => kwh >= 0 && Number.isFinite(kwh)));
        const troubles: unknown[] = [];
        const kept = journal(troubles);
        kept.history(VIN, [one, whole], START);
        await kept.retry();
        assert.deepEqual(troubles, []);
      },
    );
    await fc.assert(property, parameters);
  });

  it("in a saved state starts a journal that works", async () => {
    const property = fc.asyncProperty(anything, anything, anything, async (charge, trip, waiting) => {
      const troubles: unknown[] = [];
      const kept = journal(troubles);
      const states = [
        { charge, trip },
        { charge: { startedAt: START, state: charge, course: trip, curve: waiting } },
        trip,
      ];
      for (const state of states)
        kept.restore({
          toJson: () => ({ cars: { [VIN]: state, "../..": state }, waiting, energy: { prices: waiting } }),
        });
      kept.look(VIN, START);
      await kept.retry();
      assert.deepEqual(troubles, []);
      JSON.stringify(kept.state.toJson());
    });
    await fc.assert(property, parameters);
  });
});
