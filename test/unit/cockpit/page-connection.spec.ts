import assert from "node:assert/strict";
import { PageConnection } from "../../../src/cockpit/page-connection.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { FakePage } from "../../helpers/cockpit-model.js";
import { START } from "../../helpers/fakes.js";

const MINUTE = 60_000;

describe("the stream to a page", () => {
  const open = (page = new FakePage()) => {
    const clock = new SimulatedClock(START);
    let snapshots = 0;
    let overs = 0;
    const stream = new PageConnection(page, {
      clock,
      snapshot: () => `data: "everything ${++snapshots}"\n\n`,
      onOver: () => overs++,
    });
    return { page, clock, stream, over: () => overs };
  };

  it("begins with everything and goes on with what changes", () => {
    const { page, stream } = open();
    stream.send("data: 1\n\n");
    assert.deepEqual(page.written, ['data: "everything 1"\n\n', "data: 1\n\n"]);
  });

  it("tells everything anew when the past has changed, to a page that reads slowly once it has caught up", () => {
    const { page, stream } = open();
    stream.send("data: 1\n\n");
    page.forget();
    stream.renew();
    assert.deepEqual(page.written, ['data: "everything 2"\n\n']);
    page.isReading = false;
    stream.send("data: 2\n\n");
    stream.send("data: 3\n\n");
    page.forget();
    stream.renew();
    assert.deepEqual(page.written, []);
    page.catchUp();
    assert.deepEqual(page.written, ['data: "everything 3"\n\n']);
    stream.over();
    stream.renew();
    assert.equal(page.written.length, 1);
  });

  it("ends after ten minutes, and says that it is asked for anew", async () => {
    const { page, clock, stream, over } = open();
    await clock.advance(10 * MINUTE - 1);
    assert.equal(page.isEnded, false);
    await clock.advance(1);
    assert.deepEqual([page.isEnded, over(), page.messages.at(-1)], [true, 1, { kind: "end", reason: "time" }]);
    stream.send("data: 2\n\n");
    await clock.advance(MINUTE);
    assert.deepEqual(page.messages.at(-1), { kind: "end", reason: "time" });
    assert.equal(clock.nextAt(), null, "no timer is left");
  });

  it("ends with the account, and once", () => {
    const { page, clock, stream, over } = open();
    stream.end("closed");
    stream.end("closed");
    stream.over();
    assert.deepEqual(page.messages.at(-1), { kind: "end", reason: "closed" });
    assert.deepEqual([page.isEnded, over(), clock.nextAt()], [true, 1, null]);
  });

  it("leaves no timer behind a page that has gone", () => {
    const { page, clock, stream, over } = open();
    stream.over();
    assert.deepEqual([over(), clock.nextAt(), page.isEnded], [1, null, false]);
  });

  it("says something every twenty seconds, which proxies want", async () => {
    const { page, clock } = open();
    page.forget();
    await clock.advance(MINUTE);
    assert.deepEqual(page.written, Array(3).fill(": still here\n\n"));
  });

  it("keeps what comes while a page reads slowly, and tells it in order", () => {
    const { page, stream } = open();
    page.isReading = false;
    stream.send("data: 1\n\n");
    stream.send("data: 2\n\n");
    stream.send("data: 3\n\n");
    assert.equal(page.written.at(-1), "data: 1\n\n");
    page.catchUp();
    assert.equal(page.written.at(-1), "data: 2\n\ndata: 3\n\n");
    stream.send("data: 4\n\n");
    assert.equal(page.written.at(-1), "data: 4\n\n");
  });

  it("piles up no memory for a page that does not read, and gives it everything anew once it has caught up", () => {
    const { page, stream } = open();
    page.isReading = false;
    const text = `data: "${"x".repeat(1000)}"\n\n`;
    stream.send(text);
    for (let count = 0; count < 10_000; count++) stream.send(text);
    assert.equal(page.written.length, 2);
    page.catchUp();
    assert.deepEqual(page.written.slice(2), ['data: "everything 2"\n\n']);
    stream.send("data: 1\n\n");
    assert.equal(page.written.at(-1), "data: 1\n\n");
  });

  it("cuts off a page that has read nothing for more than a minute", async () => {
    const { page, clock, stream, over } = open();
    page.isReading = false;
    stream.send("data: 1\n\n");
    await clock.advance(MINUTE);
    assert.equal(page.isCut, false);
    await clock.advance(MINUTE);
    assert.deepEqual([page.isCut, over(), clock.nextAt()], [true, 1, null]);
  });

  it("cuts off a page that does not read when its account closes", () => {
    const { page, stream, over } = open();
    page.isReading = false;
    stream.send("data: 1\n\n");
    stream.end("closed");
    assert.deepEqual([page.isCut, page.isEnded, over()], [true, false, 1]);
  });
});
