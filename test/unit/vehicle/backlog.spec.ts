import assert from "node:assert/strict";
import { Backlog } from "../../../src/vehicle/backlog.js";
import type { EntryBatch } from "../../../src/vehicle/reading-filter.js";
import { START } from "../../helpers/fakes.js";

const at = (seconds: number) => START + seconds * 1000;
const batch = (receivedAt: number, sentAt: number, source: EntryBatch["source"] = "stream"): EntryBatch => ({
  entries: [],
  source,
  receivedAt: at(receivedAt),
  sentAt: at(sentAt),
});

describe("what a broker has kept", () => {
  it("is judged by the times at which it was told, until nothing more has come for 20 seconds", () => {
    const backlog = new Backlog();
    assert.ok(backlog.take(batch(7200, 0)));
    assert.equal(backlog.heardUntil(at(7200)), at(0));
    assert.ok(backlog.take(batch(7201, 6600)), "also the part of it that is not old any more");
    assert.deepEqual([backlog.heardUntil(at(7220)), backlog.heardUntil(at(7221))], [at(6600), at(7221)]);
    assert.deepEqual([backlog.dueAfter(at(900), at(7201)), backlog.dueAfter(at(900), at(7221))], [at(7221), at(900)]);
  });

  it("is over with the first message of now, but not with an answer over REST", () => {
    const backlog = new Backlog();
    backlog.take(batch(7200, 0));
    assert.ok(backlog.take(batch(7202, 7202, "rest")));
    assert.equal(backlog.heardUntil(at(7203)), at(0));
    assert.ok(backlog.take(batch(7204, 7203)), "what is due is looked at once more");
    assert.equal(backlog.heardUntil(at(7204)), at(7204));
    assert.ok(!backlog.take(batch(7205, 7204)));
  });

  it("makes no pause of hours where the clock was set back meanwhile", () => {
    const backlog = new Backlog();
    backlog.take(batch(7200, 0));
    assert.equal(backlog.heardUntil(at(3600)), at(3600));
    assert.equal(backlog.dueAfter(at(900), at(3600)), at(900));
  });

  it("goes on after a restart, and begins with one", () => {
    const backlog = new Backlog();
    backlog.take(batch(7200, 0));
    const next = new Backlog();
    next.restore(JSON.parse(JSON.stringify(backlog.save())));
    assert.equal(next.heardUntil(at(7210)), at(0));
    const fresh = new Backlog();
    fresh.restore(undefined);
    assert.deepEqual([fresh.save(), fresh.heardUntil(at(5))], [{}, at(5)]);
    fresh.expect(at(1), at(100));
    assert.deepEqual([fresh.heardUntil(at(119)), fresh.heardUntil(at(120))], [at(1), at(120)]);
  });
});
