import assert from "node:assert/strict";
import { Portions, SendBudget, type Standing } from "../../../src/mqtt-out/portions.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START } from "../../helpers/fakes.js";

interface Message {
  readonly topic: string;
  readonly text: string;
  readonly standing: Standing;
}

const SECOND = 1000;
const state = (topic: string, text = topic): Message => ({ topic, text, standing: "state" });
const many = (count: number, standing: Standing = "state") =>
  Array.from({ length: count }, (_, number): Message => ({ topic: `t${number}`, text: `${number}`, standing }));

function sending(isPaced = true) {
  const clock = new SimulatedClock(START);
  const budget = new SendBudget(clock);
  const sent: { text: string; at: number }[] = [];
  const portions = () =>
    new Portions<Message>(clock, {
      budget,
      isPaced: () => isPaced,
      standingOf: ({ standing }) => standing,
      send: (messages) => sent.push(...messages.map(({ text }) => ({ text, at: clock.now() - START }))),
    });
  const texts = () => sent.map(({ text }) => text);
  /** Most messages within any time of that length [ms]. */
  const most = (ms: number) =>
    Math.max(...sent.map((first) => sent.filter(({ at }) => at >= first.at && at < first.at + ms).length));
  return { clock, portions, sent, texts, most };
}

describe("messages to a broker", () => {
  it("go in their order, never more than five within 25 ms", async () => {
    const { clock, portions, texts, most } = sending();
    portions().send(many(300));
    assert.equal(texts().length, 5);
    await clock.advance(10 * SECOND);
    assert.deepEqual(
      texts(),
      many(300).map(({ text }) => text),
    );
    assert.equal(most(25), 5);
  });

  it("share these five among all nodes", async () => {
    const { clock, portions, texts, most } = sending();
    const [one, other] = [portions(), portions()];
    one.send(many(40));
    other.send(many(40));
    await clock.advance(10 * SECOND);
    assert.deepEqual([texts().length, most(25)], [80, 5]);
  });

  it("go at once where no mqtt out node is known", () => {
    const { portions, texts } = sending(false);
    portions().send(many(300));
    assert.equal(texts().length, 300);
  });

  it("are dropped where a later one of the topic has overtaken them", async () => {
    const { clock, portions, texts } = sending();
    const own = portions();
    own.send(many(10));
    own.send([state("t9", "newer")]);
    own.pass([{ topic: "t8", text: "news", standing: "news" }]);
    own.send([state("t8", "after the news")]);
    await clock.advance(SECOND);
    assert.deepEqual(texts(), ["0", "1", "2", "3", "4", "5", "6", "7", "newer", "news", "after the news"]);
  });

  it("are not overtaken across one whose order matters, nor if they go by themselves", async () => {
    const { clock, portions, texts } = sending();
    const own = portions();
    own.send(many(5));
    own.send([state("a", "old"), { topic: "config", text: "config", standing: "ordered" }, state("a", "new")]);
    for (const text of ["one", "two"]) own.send([{ topic: "event", text, standing: "single" }]);
    await clock.advance(SECOND);
    assert.deepEqual(texts().slice(5), ["old", "config", "new", "one", "two"]);
  });

  it("that have just come about do not wait, unless they are a burst or one is under way", async () => {
    const { clock, portions, texts } = sending();
    const own = portions();
    for (let time = 0; time < 100; time++) own.pass(many(1, "single"));
    assert.equal(texts().length, 100);
    await clock.advance(SECOND);
    own.pass(many(60, "news"));
    assert.equal(texts().length, 105);
    own.pass([{ topic: "x", text: "last", standing: "news" }]);
    await clock.advance(SECOND);
    assert.deepEqual([texts().length, texts().at(-1)], [161, "last"]);
  });

  it("are gone once it is closed", async () => {
    const { clock, portions, texts } = sending();
    const own = portions();
    own.send(many(30));
    own.close();
    await clock.advance(SECOND);
    assert.equal(texts().length, 5);
  });
});
