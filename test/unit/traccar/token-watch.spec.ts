import assert from "node:assert/strict";
import { AccountLogger } from "../../../src/context/account-logger.js";
import { CarDataError } from "../../../src/support/errors.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { TrackerManager } from "../../../src/traccar/tracker-manager.js";
import { memoryLog, START, VIN } from "../../helpers/fakes.js";
import { steadyCar } from "../../helpers/tracked-car.js";
import { TraccarServer } from "../../simulator/traccar-server.js";
import { traccarToken } from "../../simulator/traccar-tokens.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const EXPIRES_AT = START + 10 * DAY;

/** Trackers of a parked car at a simulated Traccar, with the warnings of the account. */
function bench() {
  const clock = new SimulatedClock(START);
  const { send } = new TraccarServer(clock, [steadyCar(VIN, "i4")]);
  const log = memoryLog();
  const context = { clock, reads: new AbortController().signal, send, logger: new AccountLogger(log, false, () => []) };
  const nobody = { onMove: () => undefined, onLook: () => undefined };
  const manager = new TrackerManager(context, () => false, nobody);
  const join = (node: string, token = traccarToken(EXPIRES_AT)) => {
    const told = { states: 0 };
    const use = manager.join(node, {
      url: "http://traccar.lan:8082",
      token,
      devices: [{ vin: VIN, device: "i4" }],
      intervalMs: MINUTE,
      mode: "trips",
      onFix: () => undefined,
      onState: () => told.states++,
    });
    return { use, told };
  };
  return { clock, join, warnings: () => log.lines.filter((line) => line.startsWith("warn: ")) };
}

describe("trackers with a token that expires", () => {
  it("warn a week before, once, and show what is left although no car drives", async () => {
    const { clock, join, warnings } = bench();
    const { use, told } = join("node");
    await clock.advance(3 * DAY - MINUTE);
    assert.equal(use.state().kind, "idle");
    assert.deepEqual([warnings().length, told.states], [0, 0]);
    await clock.advance(MINUTE);
    assert.deepEqual(use.state(), { kind: "tokenEnding", leftMs: 7 * DAY });
    assert.ok(told.states > 0);
    join("other");
    await clock.advance(DAY);
    join("node");
    assert.deepEqual(use.state(), { kind: "tokenEnding", leftMs: 6 * DAY });
    assert.equal(warnings().length, 1);
    assert.match(warnings().join(), /good until 2026-03-12 06:00 UTC only/);
  });

  it("warn at once where less than a week is left", () => {
    const { join, warnings } = bench();
    const { use } = join("node", traccarToken(START + DAY));
    assert.deepEqual(use.state(), { kind: "tokenEnding", leftMs: DAY });
    assert.equal(warnings().length, 1);
  });

  it("say that it has expired, unless the server knows better, until that refuses it", async () => {
    const { clock, join } = bench();
    const { use } = join("node");
    await clock.advance(10 * DAY);
    assert.deepEqual(use.state(), { kind: "tokenEnding", leftMs: 0 });
    await use.poll();
    assert.equal(use.state().kind, "speed");
    await clock.advance(MINUTE);
    await assert.rejects(use.poll(), (error) => error instanceof CarDataError && error.code === "traccar_unauthorised");
    assert.equal(use.state().kind, "failed");
  });

  it("watch it no longer when the node has gone", async () => {
    const { clock, join } = bench();
    join("node").use.leave();
    await clock.advance(0);
    assert.equal(clock.nextAt(), null);
  });

  it("say nothing of one that tells no expiry", async () => {
    const { clock, join, warnings } = bench();
    const { use } = join("node", "a-token-of-an-older-Traccar");
    await clock.advance(400 * DAY);
    assert.equal(use.state().kind, "idle");
    assert.deepEqual([warnings().length, clock.nextAt()], [0, null]);
  });
});
