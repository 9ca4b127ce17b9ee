import assert from "node:assert/strict";
import { AccountLogger } from "../../../src/context/account-logger.js";
import type { Update } from "../../../src/account/account-events.js";
import { TrackerManager } from "../../../src/traccar/tracker-manager.js";
import type { TrackerRequest } from "../../../src/traccar/node-trackers.js";
import { CarDataError } from "../../../src/support/errors.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import type { TrackerFix } from "../../../src/traccar/tracker-types.js";
import { memoryLog, OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import { steadyCar } from "../../helpers/tracked-car.js";
import { TraccarServer } from "../../simulator/traccar-server.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const MAPPING = [{ vin: VIN, device: "i4" }];

/** A manager with a simulated Traccar; both cars are on the server, the first one drives 50 km/h. */
function bench() {
  const clock = new SimulatedClock(START);
  const car = steadyCar(VIN, "i4");
  const other = steadyCar(OTHER_VIN, "330e");
  car.speedKmh = 50;
  const server = new TraccarServer(clock, [car, other]);
  const moving = new Set<string>();
  const speeds: (readonly [vin: string, kmh: number | null])[] = [];
  const ending = new AbortController();
  const logger = new AccountLogger(memoryLog(), false, () => []);
  const context = { clock, reads: ending.signal, send: server.send, logger };
  const manager = new TrackerManager(context, (vin) => moving.has(vin), {
    onMove: (vin, { kmh }) => speeds.push([vin, kmh === null ? null : Math.round(kmh)]),
    onLook: () => undefined,
  });
  const join = (node: string, changes: Partial<TrackerRequest> = {}) => {
    const fixes: (readonly [vin: string, fix: TrackerFix])[] = [];
    const reported = { states: 0 };
    const use = manager.join(node, {
      url: "http://traccar.lan:8082",
      token: server.token,
      devices: MAPPING,
      intervalMs: MINUTE,
      mode: "trips",
      onFix: (vin, fix) => fixes.push([vin, fix]),
      onState: () => reported.states++,
      ...changes,
    });
    const kmh = () => fixes.map(([, { speedKmh }]) => (speedKmh === null ? null : Math.round(speedKmh)));
    const leave = () => {
      use.leave();
    };
    return { poll: () => use.poll(), state: (vin?: string) => use.state(vin), leave, fixes, kmh, told: reported };
  };
  const drive = async (...names: ("tripStarted" | "tripEnded")[]) => {
    for (const name of names) {
      if (name === "tripStarted") moving.add(VIN);
      else moving.delete(VIN);
      manager.follow(updateOf(name, clock.now()));
      await clock.advance(0);
    }
  };
  const positions = () => server.requests.filter(({ path }) => path === "/api/positions").length;
  return { clock, car, server, moving, speeds, manager, join, drive, positions, ending };
}

function updateOf(name: "tripStarted" | "tripEnded" | null, at: number): Update {
  const events = name === null ? [] : [{ name, at }];
  return { vin: VIN, readings: [], events, receivedAt: at } as unknown as Update;
}

/** Spoils the next three answers. */
function strike({ faults }: TraccarServer, fault: "page" | "status" | "drop" | "hang"): void {
  if (fault === "page") faults.html(3);
  else if (fault === "status") faults.status(3, 500);
  else faults[fault](3);
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof CarDataError ? thrown.code : String(thrown);
}

describe("trackers of an account", () => {
  it("looks from the start of a trip to its end", async () => {
    const { clock, speeds, drive, join, positions, car } = bench();
    const { state, kmh } = join("node");
    await clock.advance(DAY);
    assert.equal(positions(), 0);
    assert.equal(state().kind, "idle");
    await drive("tripStarted");
    assert.deepEqual(state(VIN), { kind: "speed", kmh: speeds[0]?.[1], at: clock.now() });
    car.speedKmh = 80;
    await clock.advance(2 * MINUTE);
    await drive("tripEnded");
    await clock.advance(DAY);
    assert.deepEqual(speeds, [
      [VIN, 50],
      [VIN, 80],
      [VIN, 80],
      [VIN, null],
    ]);
    assert.deepEqual(kmh(), [50, 80, 80]);
    assert.equal(state().kind, "idle");
    assert.equal(positions(), 3);
  });

  it("reports each position with the time of its fix", async () => {
    const { clock, drive, join } = bench();
    const { fixes } = join("node");
    await drive("tripStarted");
    assert.deepEqual(fixes[0]?.[1].position, {
      speedKmh: (50 / 1.852) * 1.852,
      latitude: 48.137,
      longitude: 11.575,
      altitude: 520,
      course: 70,
      fixTime: clock.now(),
      valid: true,
      totalMetres: 0,
    });
  });

  it("goes on after a restart in the middle of a trip", async () => {
    const { clock, moving, join, positions } = bench();
    moving.add(VIN);
    join("node");
    await clock.advance(0);
    assert.equal(positions(), 1);
  });

  it("goes on with a trip that becomes known after the node has joined", async () => {
    const { clock, moving, manager, join, positions } = bench();
    join("node");
    await clock.advance(MINUTE);
    assert.equal(positions(), 0);
    moving.add(VIN);
    manager.follow(updateOf(null, clock.now()));
    await clock.advance(0);
    assert.equal(positions(), 1);
  });

  it("looks always if that is wanted", async () => {
    const { clock, speeds, drive, join, positions } = bench();
    const { state } = join("node", { mode: "always" });
    assert.equal(state().kind, "looking");
    await clock.advance(10 * MINUTE);
    assert.equal(positions(), 11);
    await drive("tripStarted", "tripEnded");
    assert.deepEqual(speeds.at(-1), [VIN, null]);
    await clock.advance(MINUTE);
    assert.deepEqual(speeds.at(-1), [VIN, 50]);
  });

  it("looks when asked, without a word to the estimate of a parked car", async () => {
    const { clock, car, speeds, join } = bench();
    car.speedKmh = 0;
    const { poll, kmh } = join("node");
    await poll();
    await poll();
    await clock.advance(DAY);
    assert.deepEqual(kmh(), [0, 0]);
    assert.deepEqual(speeds, []);
  });

  for (const fault of ["stale", "ahead", "invalid", "empty"] as const)
    it(`says once that a tracker is silent, and again when asked (${fault})`, async () => {
      const { clock, server, drive, join } = bench();
      const { poll, kmh, state } = join("node");
      await drive("tripStarted");
      server.spoil(VIN, fault);
      await clock.advance(10 * MINUTE);
      const reported = kmh();
      assert.equal(reported.at(-1), null);
      assert.ok(reported.slice(0, -1).every((speed) => speed === 50));
      assert.equal(reported.length, fault === "stale" ? 5 : 2);
      assert.equal(state().kind, "silent");
      await poll();
      assert.deepEqual(kmh(), [...reported, null]);
      server.spoil(VIN, null);
      await clock.advance(MINUTE);
      assert.deepEqual(kmh(), [...reported, null, 50]);
    });

  it("lets the node with the lowest id look, and the next one when it goes", async () => {
    const { clock, speeds, drive, join, positions } = bench();
    const second = join("node-b");
    await drive("tripStarted");
    const first = join("node-a");
    assert.equal(second.state(VIN).kind, "other");
    await clock.advance(MINUTE);
    assert.equal(first.kmh().length, 2);
    assert.equal(second.kmh().length, 1);
    await second.poll();
    assert.equal(second.kmh().length, 2, "asked, it answers");
    assert.equal(second.state().kind, "other");
    const before = positions();
    first.leave();
    await clock.advance(0);
    assert.equal(positions(), before + 1);
    assert.equal(second.state().kind, "speed");
    assert.deepEqual(speeds.at(-1), [VIN, 50]);
  });

  it("starts clean when another tracker rides in the car", async () => {
    const { clock, speeds, drive, join, server } = bench();
    join("node");
    await drive("tripStarted");
    const { kmh } = join("node", { devices: [{ vin: VIN, device: "330e" }] });
    assert.deepEqual(speeds.at(-1), [VIN, null]);
    await clock.advance(0);
    assert.deepEqual(kmh(), [0]);
    assert.deepEqual(speeds.at(-1), [VIN, 0]);
    assert.equal(server.requests.at(-1)?.deviceId, server.devices[1]?.id);
  });

  it("says which tracker is not there while the others go on", async () => {
    const { clock, moving, join } = bench();
    moving.add(VIN).add(OTHER_VIN);
    const devices = [
      { vin: OTHER_VIN, device: "wrong" },
      { vin: VIN, device: "i4" },
    ];
    const { state, kmh, fixes } = join("node", { devices });
    await clock.advance(2 * MINUTE);
    const problem = { code: "traccar_device_unknown", params: { device: "wrong", known: "i4, 330e" } };
    assert.deepEqual(state(OTHER_VIN), { kind: "failed", problem });
    assert.equal(state(VIN).kind, "speed");
    assert.equal(state().kind, "failed");
    assert.deepEqual(
      kmh().filter((speed) => speed !== null),
      [50, 50, 50],
    );
    assert.equal(fixes.filter(([vin]) => vin === OTHER_VIN).length, 1);
  });

  const failures: readonly [what: string, fault: "page" | "status" | "drop" | "hang", code: string][] = [
    ["answers with a page", "page", "traccar_invalid_response"],
    ["has a problem", "status", "traccar_unreachable"],
    ["closes connections", "drop", "traccar_unreachable"],
    ["says nothing", "hang", "traccar_unreachable"],
  ];
  for (const [what, fault, code] of failures)
    it(`takes the speed for unknown while the server ${what}, and asks on`, async () => {
      const { clock, server, speeds, drive, join } = bench();
      const { kmh, state } = join("node");
      await drive("tripStarted");
      strike(server, fault);
      await clock.advance(3 * MINUTE);
      const failed = state();
      assert.equal(failed.kind === "failed" && failed.problem.code, code);
      assert.deepEqual(speeds.at(-1), [VIN, null]);
      await clock.advance(2 * MINUTE);
      assert.equal(state().kind, "speed");
      assert.deepEqual(kmh().slice(0, 3), [50, null, 50]);
    });

  it("spares a server that refuses the token, and says so once", async () => {
    const { clock, server, drive, join } = bench();
    const { kmh, told: reported, poll, state } = join("node");
    server.refuse();
    await drive("tripStarted");
    const states = reported.states;
    await clock.advance(DAY);
    assert.deepEqual(kmh(), [null]);
    assert.equal(reported.states, states);
    assert.deepEqual(state(), { kind: "failed", problem: { code: "traccar_unauthorised", params: {} } });
    assert.equal(await codeOf(poll()), "traccar_unauthorised");
    server.refuse(false);
    await poll();
    assert.deepEqual(kmh(), [null, null, 50]);
  });

  it("takes a mistyped token for refused, whatever status the server has for it, and hardly asks again", async () => {
    for (const spoil of [
      (token: string) => `S${token.slice(1)}`,
      (token: string) => `${token.slice(0, 30)}${token[30] === "A" ? "B" : "A"}${token.slice(31)}`,
      () => "mistyped",
    ]) {
      const { clock, server, drive, join } = bench();
      const { state } = join("node", { token: spoil(server.token) });
      await drive("tripStarted");
      assert.deepEqual(state(), { kind: "failed", problem: { code: "traccar_unauthorised", params: {} } });
      await clock.advance(DAY);
      assert.ok(server.requests.length < 35, String(server.requests.length));
    }
  });

  it("goes on when the clock is set a day ahead or back during a trip", async () => {
    for (const jump of [DAY, -DAY]) {
      const { clock, drive, join } = bench();
      const { kmh } = join("node");
      await drive("tripStarted");
      await clock.advance(MINUTE);
      clock.jump(jump);
      await clock.advance(3 * MINUTE);
      assert.deepEqual(kmh(), [50, 50, 50, 50, 50]);
    }
  });

  it("says what is wrong with the settings, and leaves the car to another node", async () => {
    const { drive, join } = bench();
    const broken = join("node-a", { url: "traccar" });
    const good = join("node-b");
    assert.deepEqual(broken.state(), { kind: "failed", problem: { code: "traccar_url_invalid", params: {} } });
    assert.equal(await codeOf(broken.poll()), "traccar_url_invalid");
    assert.deepEqual(broken.kmh(), [null]);
    await drive("tripStarted");
    assert.equal(good.state().kind, "speed");
    assert.equal(await codeOf(join("node-c", { token: "" }).poll()), "traccar_token_missing");
  });

  it("does not call back before it has answered", () => {
    const { moving, join } = bench();
    moving.add(VIN);
    assert.equal(join("node").told.states, 0);
  });

  it("ends requests and timers when the account closes, and keeps the last reports", async () => {
    const { clock, server, speeds, manager, drive, join } = bench();
    const { kmh, poll, leave } = join("node");
    await drive("tripStarted");
    server.faults.hang(1);
    await clock.advance(MINUTE);
    const asking = poll();
    manager.close();
    await asking;
    leave();
    await clock.advance(DAY);
    assert.deepEqual(kmh(), [50]);
    assert.deepEqual(speeds, [[VIN, 50]]);
    assert.equal(clock.nextAt(), null);
  });
});
