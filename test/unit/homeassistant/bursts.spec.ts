import assert from "node:assert/strict";
import { allDefinitions, definitionOf } from "../../../src/vehicle/catalogue.js";
import { BIRTH, ODOMETER, value } from "../../helpers/announcing.js";
import { VIN } from "../../helpers/fakes.js";
import { lateConsumer } from "../../helpers/late-consumer.js";
import { wiredAnnouncer } from "../../helpers/wired-announcer.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TOPIC = `cardata/${VIN}/${ODOMETER}/state`;
/** What HiveMQ CE 2025.5 takes unanswered. */
const RECEIVE_MAXIMUM = 10;

function wholeCar() {
  const wired = wiredAnnouncer(Infinity, { attributes: true }, new Map(), RECEIVE_MAXIMUM);
  wired.pass(1000);
  for (const { id, name } of allDefinitions()) wired.take(value(id, 1, { name }));
  wired.pass(MINUTE_MS);
  return wired;
}

/** What Moquette 0.17 takes in one packet, seen in August 2026. */
const MOQUETTE_BYTES = 8092;

describe("a broker that takes small messages only", () => {
  it("gets each entity by itself, and the owner is told once what to choose", () => {
    const { take, pass, core, problems } = wiredAnnouncer(MOQUETTE_BYTES);
    pass(1000);
    for (const { id, name } of [...allDefinitions()].slice(0, 30)) take(value(id, 1, { name }));
    pass(HOUR_MS);
    for (let time = 0; time < 5; time++) {
      core.cut();
      pass(HOUR_MS);
    }
    assert.ok(core.isConnected && !core.isStuck);
    assert.equal(core.cuts, 2);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["ha_device_cut", "ha_message_refused", "ha_device_too_large"],
    );
    assert.deepEqual(lateConsumer(core.broker).findings, []);
    assert.ok(lateConsumer(core.broker).entities.size > 20);
  });

  it("is met by one message for each entity from the beginning", () => {
    const { take, pass, core, problems } = wiredAnnouncer(MOQUETTE_BYTES, { mode: "entities" });
    pass(1000);
    for (const { id, name } of allDefinitions()) take(value(id, 1, { name }));
    pass(HOUR_MS);
    assert.deepEqual([core.cuts, problems], [0, []]);
  });
});

describe("a broker that takes ten unanswered messages", () => {
  it("gets a whole car, and all of it again, without a disconnect", () => {
    const { take, pass, core } = wholeCar();
    take({ command: "resend" });
    pass(MINUTE_MS);
    take(BIRTH);
    pass(2 * MINUTE_MS);
    core.broker.clear();
    core.cut();
    pass(3 * MINUTE_MS);
    assert.equal(core.cuts, 0);
    const { findings, entities } = lateConsumer(core.broker);
    assert.deepEqual(findings, []);
    assert.ok(entities.size > 200, String(entities.size));
  });

  it("gets everything again once a minute at most, however often it goes and comes", () => {
    const { take, pass, core, sent, clock } = wholeCar();
    sent.length = 0;
    const resent: number[] = [];
    for (let time = 0; time < 60; time++) {
      core.cut(1000);
      take(BIRTH);
      pass(5000);
      if (sent.some(({ topic }) => topic === TOPIC)) resent.push(clock.now());
      sent.length = 0;
    }
    const gaps = resent.slice(1).map((at, index) => at - resent[index]!);
    assert.ok(resent.length >= 2 && Math.min(...gaps) >= MINUTE_MS, gaps.join(" "));
  });

  it("gets of a value that has changed meanwhile the new one only", () => {
    const { take, pass, core, sent } = wholeCar();
    sent.length = 0;
    take({ command: "resend" });
    for (const km of [63, 64, 65]) take(value(ODOMETER, km, { name: definitionOf(ODOMETER)?.name }));
    pass(MINUTE_MS);
    const distances = sent.filter(({ topic }) => topic === TOPIC);
    assert.deepEqual(
      distances.map(({ payload }) => payload),
      ["65"],
    );
    assert.equal(core.broker.get(TOPIC), "65");
  });
});
