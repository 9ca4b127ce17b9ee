import assert from "node:assert/strict";
import { limitedLog } from "../../../src/support/limited-log.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { memoryLog, START } from "../../helpers/fakes.js";

const MINUTE_MS = 60_000;

function logs() {
  const clock = new SimulatedClock(START);
  const memory = memoryLog();
  return { clock, lines: memory.lines, log: limitedLog(memory, clock) };
}

describe("a log under a flood", () => {
  it("takes 300 lines a minute, and says afterwards how many were left out", async () => {
    const { clock, lines, log } = logs();
    for (let line = 0; line < 160_155; line++) log.info(`line ${line}`);
    assert.equal(lines.length, 300);
    await clock.advance(MINUTE_MS);
    log.info("afterwards");
    assert.deepEqual(lines.slice(300), ["info: 159855 more lines were left out", "info: afterwards"]);
    log.info("and on");
    assert.equal(lines.length, 303);
  });

  it("of one kind still takes lines of the others", () => {
    const { lines, log } = logs();
    for (let line = 0; line < 1000; line++) log.info("x");
    log.warn("a login is needed");
    log.error("no account");
    assert.deepEqual(lines.slice(300), ["warn: a login is needed", "error: no account"]);
  });

  it("does not even compute the lines that it leaves out", () => {
    const { log } = logs();
    let computed = 0;
    for (let line = 0; line < 1000; line++) log.debug(() => `${++computed}`);
    assert.ok(computed <= 300);
  });

  it("goes on when the clock is set back", () => {
    const { clock, lines, log } = logs();
    for (let line = 0; line < 400; line++) log.info("x");
    clock.jump(-24 * 60 * MINUTE_MS);
    log.info("back");
    assert.equal(lines.at(-1), "info: back");
  });
});
