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

  it("lose their place to a later one of the topic", async () => {
    const { clock, portions, texts } = sending();
    const own = portions();
    own.send(many(10));
    own.send([state("t9", "newer")]);
    own.pass([{ topic: "t8", text: "news", standing: "news" }]);
    own.send([state("t8", "after the news")]);
    await clock.advance(SECOND);
    assert.deepEqual(texts(), ["0", "1", "2", "3", "4", "5", "6", "7", "news", "newer", "after the news"]);
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

  it("are sent also where each changes before its turn would come from the end", async () => {
    const { clock, portions, texts } = sending();
    const own = portions();
    for (let second = 0; second < 60; second++) {
      own.send(many(1000));
      await clock.advance(SECOND);
    }
    assert.equal(new Set(texts()).size, 1000);
  });

  it("let other nodes have their turn, however much one has to send", async () => {
    const { clock, portions, texts } = sending();
    const [one, other, third] = [portions(), portions(), portions()];
    one.send(many(3000));
    await clock.advance(10);
    other.send(many(10, "single").map((message) => ({ ...message, text: "other" })));
    third.send(many(10, "single").map((message) => ({ ...message, text: "third" })));
    await clock.advance(SECOND);
    for (const name of ["other", "third"]) assert.equal(texts().filter((text) => text === name).length, 10, name);
  });

  it("that have just come about wait for seconds only, also where more come for longer than portions take", async () => {
    const { clock, portions, sent } = sending();
    const own = portions();
    for (let number = 0; number < 600; number++) {
      own.pass(many(100, "news").map((message) => ({ ...message, text: `${number}` })));
      await clock.advance(SECOND / 10);
    }
    const delays = sent.map(({ text, at }) => at - Number(text) * (SECOND / 10));
    assert.ok(Math.max(...delays) < 8 * SECOND, `${Math.max(...delays)} ms`);
  });

  it("that were known before never go in larger portions, however many", async () => {
    const { clock, portions, most } = sending();
    portions().send(many(5000));
    await clock.advance(10 * SECOND);
    assert.equal(most(25), 5);
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
