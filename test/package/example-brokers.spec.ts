import assert from "node:assert/strict";
import { eventually } from "../helpers/eventually.js";
import { CAR, ENDING, isFilled, isOfGuest, KEPT, numberOf, VALUES } from "../helpers/example-brokers.js";
import { titleOf } from "../helpers/examples.js";
import { Stage } from "../helpers/example-stage.js";
import { userFolder } from "../helpers/red-at-work.js";

describe("examples that end in mqtt out", () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open(userFolder());
  });
  after(async () => {
    await stage.close();
  });

  it("are all played", () => {
    assert.deepEqual(Object.keys(KEPT).sort(), ENDING.map(numberOf).sort());
  });

  for (const file of ENDING)
    describe(`"${titleOf(file)}"`, () => {
      let before: ReadonlyMap<string, string>;

      /** Waits until the broker keeps what it should, and all topics that it kept before. */
      const complete = (what: string, topics: Iterable<string> = []) =>
        eventually(what, async () => {
          const kept = await stage.retained();
          return isFilled(file, kept) && [...topics].every((topic) => kept.has(topic)) && kept;
        });

      it("fills its broker", async () => {
        await stage.play(file, { isOmitted: isOfGuest });
        stage.publish(CAR, VALUES, 5);
        if (`bmw/${CAR}` in (KEPT[numberOf(file)] ?? {})) {
          // A whole car is sent within a minute, and at once at a start.
          await stage.arrival(`bmw/${CAR}`);
          await stage.redeploy();
        }
        before = await complete("all that the example keeps at its broker");
      });

      it("fills one again that has forgotten everything", async () => {
        await stage.forget();
        await complete("all again at a broker that forgot", before.keys());
      });

      it("fills one that answers only after everything that was known at the start has been sent", async () => {
        const broker = await stage.startWithoutBroker();
        broker.answer();
        await complete("all at a broker that came late", before.keys());
      });
    });
});
