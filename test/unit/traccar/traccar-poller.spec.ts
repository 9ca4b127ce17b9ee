import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { CarDataError } from "../../../src/support/errors.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import type { PositionAnswer } from "../../../src/traccar/traccar-client.js";
import { TraccarPoller, type TrackerPollResult } from "../../../src/traccar/traccar-poller.js";
import { START } from "../../helpers/fakes.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A poller with its requests and results; `reply` gives the next answer. */
function bench(reply: (now: number) => PositionAnswer | Promise<PositionAnswer>) {
  const clock = new SimulatedClock(START);
  const asked: number[] = [];
  const looks: TrackerPollResult[] = [];
  const poller = new TraccarPoller({
    clock,
    intervalMs: MINUTE,
    ask: async () => {
      asked.push((clock.now() - START) / SECOND);
      return reply(clock.now());
    },
    onLook: (result) => looks.push(result),
  });
  return { clock, asked, looks, speeds: () => looks.map(({ fix }) => fix.speedKmh), poller };
}

function at(kmh: number, fixTime: number, valid = true, serverTime: number | null = null): PositionAnswer {
  const place = { latitude: 48, longitude: 11, altitude: null, course: null };
  return { position: { speedKmh: kmh, ...place, fixTime, valid }, serverTime };
}

interface Reply {
  readonly kmh?: number;
  readonly valid?: boolean;
  readonly error?: boolean;
}

interface PollerVector {
  readonly script: readonly Reply[];
  readonly steps: readonly { t: number; event: string; vin?: string; expect: { polls: number } }[];
  readonly pollCalls: readonly { t: number }[];
  readonly speedUpdates: readonly { t: number; kmh: number | null }[];
}

describe("Traccar poller", () => {
  it("asks when the reference asks, and reports what it reports (vector P02)", async () => {
    const file = "test/fixtures/soc-vectors/P02-traccar-poller.json";
    const { script, steps, pollCalls, speedUpdates } = JSON.parse(readFileSync(file, "utf8")) as PollerVector;
    const replies = [...script];
    const { clock, asked, looks, poller } = bench((now) => {
      const { kmh, valid, error } = replies.shift() ?? {};
      if (error === true) throw new CarDataError("traccar_unreachable", { reason: "ECONNREFUSED" });
      return kmh === undefined ? { position: null, serverTime: null } : at(kmh, now, valid);
    });
    for (const { t, event, vin, expect } of steps) {
      await clock.advanceTo(START + t * SECOND);
      if (event === "tripStart" || (event === "startPolling" && vin !== "unmapped")) poller.start();
      if (event === "tripEnd" || event === "stopAll") poller.stop();
      await clock.advance(0);
      assert.equal(asked.length, expect.polls, `${event} at ${t}`);
    }
    assert.deepEqual(
      asked,
      pollCalls.map(({ t }) => t),
    );
    assert.deepEqual(
      looks.map(({ fix }) => ({ t: (fix.at - START) / SECOND, kmh: fix.speedKmh })),
      speedUpdates,
    );
  });

  it("takes a tracker for silent when its newest fix is older than three intervals", async () => {
    const { clock, speeds, poller } = bench((now) => at(50, Math.min(now, START), true, now));
    poller.start();
    await clock.advance(5 * MINUTE);
    assert.deepEqual(speeds(), [50, 50, 50, 50, null, null]);
  });

  it("takes a tracker for silent whose newest fix is ahead in time by both clocks", async () => {
    for (const [ahead, speed] of [
      [HOUR, null],
      [2 * MINUTE, null],
      [30 * SECOND, 74],
    ] as const) {
      const { clock, speeds, poller } = bench((now) => at(74, now + ahead, true, now));
      poller.start();
      await clock.advance(4 * MINUTE);
      assert.deepEqual([...new Set(speeds())], [speed], `${ahead}`);
    }
  });

  it("goes by the clock of the server, or its own, where the other one is behind", async () => {
    for (const [machine, server] of [
      [HOUR, 0],
      [0, HOUR],
    ] as const) {
      const { clock, speeds, poller } = bench((now) => at(74, now + machine, true, now + machine - server));
      poller.start();
      await clock.advance(4 * MINUTE);
      assert.deepEqual([...new Set(speeds())], [74], `${machine} ${server}`);
    }
  });

  it("notices a silent tracker also while the clock of this machine is a day behind", async () => {
    const { clock, speeds, poller } = bench(() => at(50, START));
    clock.jump(-DAY);
    poller.start();
    await clock.advance(6 * MINUTE);
    assert.deepEqual(speeds(), [50, 50, 50, 50, null, null, null]);
  });

  it("goes on when the clock jumps a day ahead or back", async () => {
    let offset = 0;
    const { clock, asked, speeds, poller } = bench((now) => at(50, now - offset, true, now - offset));
    poller.start();
    for (const jump of [DAY, -2 * DAY]) {
      await clock.advance(2 * MINUTE);
      clock.jump(jump);
      offset += jump;
    }
    await clock.advance(2 * MINUTE);
    assert.equal(asked.length, 7);
    assert.deepEqual([...new Set(speeds())], [50]);
  });

  it("waits for an answer before it asks again", async () => {
    let answer: (answer: PositionAnswer) => void = () => undefined;
    const { clock, asked, poller } = bench(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    poller.start();
    await clock.advance(10 * MINUTE);
    void poller.poll();
    poller.stop();
    poller.start();
    await clock.advance(10 * MINUTE);
    assert.equal(asked.length, 1);
    answer(at(50, START));
    await clock.advance(59 * SECOND);
    assert.equal(asked.length, 1);
    await clock.advance(SECOND);
    assert.equal(asked.length, 2);
  });

  it("does not report an answer that comes after the trip", async () => {
    let answer: (answer: PositionAnswer) => void = () => undefined;
    const { clock, looks, poller } = bench(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    poller.start();
    await clock.advance(SECOND);
    poller.stop();
    answer(at(50, START));
    await clock.advance(10 * MINUTE);
    assert.deepEqual(looks, []);
    assert.equal(clock.nextAt(), null);
  });

  it("asks a server that refuses the token less and less often, and anew with the next trip", async () => {
    const { clock, asked, poller } = bench(() => {
      throw new CarDataError("traccar_unauthorised");
    });
    poller.start();
    await clock.advance(DAY);
    assert.ok(asked.length < 35, String(asked.length));
    assert.deepEqual(asked.slice(0, 4), [0, 120, 360, 840]);
    poller.stop();
    const before = asked.length;
    poller.start();
    await clock.advance(2 * MINUTE);
    assert.equal(asked.length, before + 2);
  });

  it("looks once when asked although it does not run", async () => {
    const { clock, asked, speeds, poller } = bench((now) => at(0, now));
    await poller.poll();
    await clock.advance(DAY);
    assert.deepEqual(asked, [0]);
    assert.deepEqual(speeds(), [0]);
  });

  it("is over once it is closed", async () => {
    const { clock, asked, poller } = bench((now) => at(50, now));
    poller.start();
    await clock.advance(MINUTE);
    poller.close();
    poller.start();
    await clock.advance(DAY);
    assert.equal(asked.length, 2);
    assert.equal(clock.nextAt(), null);
  });
});
