import assert from "node:assert/strict";
import { PrefixWatch } from "../../../src/stream/prefix-watch.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { fakeBroker, START, VIN } from "../../helpers/fakes.js";

const MINUTE = 60_000;
const LIVE = { kind: "live", since: START } as const;
const EVERYTHING = { url: "mqtt://x", clientId: "look", keepsSession: false, topic: "#", verifyCertificate: true };

function begin() {
  const clock = new SimulatedClock(START);
  const broker = fakeBroker();
  const changes: (string | null)[] = [];
  const watch: PrefixWatch = new PrefixWatch(clock, {
    open: broker.open,
    prefix: "bmw/",
    target: () => EVERYTHING,
    onChange: () => changes.push(watch.problem?.code ?? null),
  });
  const looks = () => broker.connections.length;
  const isLooking = () => broker.connections.some(({ open }) => open);
  const say = (topic: string) => {
    broker.last().events.onMessage(topic, Buffer.from("1"), true);
  };
  return { clock, watch, changes, looks, isLooking, say };
}

describe("an own broker that brings nothing", () => {
  it("is looked at after a minute, for ten seconds, and again after an hour", async () => {
    const { clock, watch, looks, isLooking } = begin();
    watch.follow(LIVE);
    await clock.advance(MINUTE - 1);
    assert.equal(looks(), 0);
    await clock.advance(1);
    assert.deepEqual([looks(), isLooking()], [1, true]);
    await clock.advance(10_000);
    assert.equal(isLooking(), false);
    await clock.advance(60 * MINUTE);
    assert.deepEqual([looks(), isLooking(), watch.problem], [2, true, null]);
  });

  it("says under which prefix cars speak, until something comes under its own", async () => {
    const { clock, watch, changes, isLooking, say } = begin();
    watch.follow(LIVE);
    await clock.advance(MINUTE);
    for (const topic of ["homeassistant/status", `bmw/${VIN}`, "cars"]) say(topic);
    assert.equal(watch.problem, null);
    say(`home/cars/${VIN}/soc`);
    assert.deepEqual(watch.problem, {
      code: "broker_prefix_silent",
      params: { prefix: "bmw/", other: "home/cars/" },
    });
    assert.equal(isLooking(), false);
    watch.follow({ kind: "connecting", renewal: false });
    watch.follow(LIVE);
    watch.heard();
    assert.deepEqual([watch.problem, changes], [null, ["broker_prefix_silent", null]]);
  });

  it("is not looked at while there is no connection, once something has come, and after the close", async () => {
    for (const act of [
      (watch: PrefixWatch) => {
        watch.follow({ kind: "connecting", renewal: false });
      },
      (watch: PrefixWatch) => {
        watch.heard();
        watch.follow(LIVE);
      },
      (watch: PrefixWatch) => {
        watch.close();
      },
    ]) {
      const { clock, watch, looks } = begin();
      watch.follow(LIVE);
      act(watch);
      await clock.advance(120 * MINUTE);
      assert.equal(looks(), 0);
    }
  });

  it("ends its look when something comes", async () => {
    const { clock, watch, isLooking, say } = begin();
    watch.follow(LIVE);
    await clock.advance(MINUTE);
    watch.heard();
    assert.equal(isLooking(), false);
    say(`cars/${VIN}`);
    assert.equal(watch.problem, null);
  });
});
