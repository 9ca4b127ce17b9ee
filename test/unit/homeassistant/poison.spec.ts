import { maskVin } from "../../../src/support/vin.js";
import assert from "node:assert/strict";
import fc from "fast-check";
import { BIRTH, HEADER, image, PNG, soc, value } from "../../helpers/announcing.js";
import { VIN } from "../../helpers/fakes.js";
import { lateConsumer } from "../../helpers/late-consumer.js";
import { runs } from "../../helpers/random.js";
import { wiredAnnouncer } from "../../helpers/wired-announcer.js";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const IMAGE = `cardata/${VIN}/image/data`;
/** As a person who helps may read it. */
const SHOWN_IMAGE = `cardata/${maskVin(VIN)}/image/data`;
/** Both have found each other. */
function started(...options: Parameters<typeof wiredAnnouncer>) {
  const wired = wiredAnnouncer(...options);
  wired.pass(1000);
  return wired;
}
const picture = (bytes: number) => image(Buffer.concat([PNG, Buffer.alloc(bytes, 7)]));

describe("a broker that cuts the connection at what is too large for it", () => {
  it("never gets what is larger than the user allows, and everything else", () => {
    const { take, pass, core, problems } = started(2_000_000);
    take(soc(63));
    take(picture(2_100_000));
    for (let minute = 0; minute < 60; minute++) {
      take(BIRTH);
      pass(MINUTE_MS);
    }
    assert.equal(core.cuts, 0);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["ha_message_too_large"],
    );
    assert.deepEqual(lateConsumer(core.broker).findings, []);
  });

  it("gets a picture twice that the user allows, then never again, and the user sees which it is", () => {
    const { take, pass, core, problems, announcer } = started(1_500_000, { maxPacketSize: 3_000_000 });
    take(soc(63));
    pass(MINUTE_MS);
    take(picture(2_000_000));
    pass(HOUR_MS);
    take(BIRTH);
    take(soc(64));
    pass(HOUR_MS);
    assert.equal(core.cuts, 2);
    assert.deepEqual(
      problems.map(({ code, params }) => [code, params?.["topic"]]),
      [
        ["ha_connection_cut", SHOWN_IMAGE],
        ["ha_message_refused", SHOWN_IMAGE],
      ],
    );
    assert.deepEqual(lateConsumer(core.broker).findings, []);
    assert.equal(core.broker.get(`cardata/${VIN}/${HEADER}/state`), "64");
    assert.equal(announcer.summary.leavesOut, true);
    // A smaller one is welcome.
    take(picture(1000));
    pass(MINUTE_MS);
    assert.ok(core.broker.has(IMAGE));
    assert.equal(announcer.summary.leavesOut, false);
  });

  it("gets the entities one by one where the car as a whole is too large", () => {
    const { take, pass, core, problems } = started(50_000);
    for (let number = 0; number < 300; number++) take(value(`vehicle.many.number${number}`, number));
    pass(HOUR_MS);
    take(BIRTH);
    pass(HOUR_MS);
    assert.ok(core.cuts <= 2, String(core.cuts));
    const { findings, entities } = lateConsumer(core.broker);
    assert.deepEqual(findings, []);
    assert.equal(entities.size, 305);
    assert.ok(problems.some(({ code }) => code === "ha_device_too_large"));
  });

  it("gets nothing large at once after a cut that had another reason, and all of it in the end", () => {
    const { take, pass, core, problems } = started(Infinity);
    take(soc(63));
    take(picture(500_000));
    pass(10_000);
    take(picture(600_000));
    core.cut();
    pass(HOUR_MS);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["ha_connection_cut"],
    );
    assert.equal(core.broker.get(IMAGE)?.length, 600_000 + PNG.length);
    assert.deepEqual(lateConsumer(core.broker).findings, []);
  });

  it("whatever its limit is and whatever happens: it cuts a few times at most for each size, and has everything that it takes", () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant("picture"), size: fc.integer({ min: 100, max: 500_000 }) }),
      fc.record({ kind: fc.constant("values"), size: fc.integer({ min: 1, max: 300 }) }),
      fc.record({ kind: fc.constantFrom("birth", "cut", "level", "resend", "connected"), size: fc.nat(100) }),
    );
    const life = fc.array(fc.record({ event, after: fc.integer({ min: 0, max: 120_000 }) }), { maxLength: 30 });
    const limit = fc.integer({ min: 20_000, max: 600_000 });
    fc.assert(
      fc.property(limit, fc.constantFrom("device", "entities"), life, (most, mode, steps) => {
        const { take, pass, core, clock } = started(most, { mode: mode as "device" });
        let level = 0;
        for (const {
          event: { kind, size },
          after,
        } of steps) {
          if (kind === "picture") take(picture(size));
          if (kind === "values") for (let at = 0; at < size; at++) take(value(`vehicle.many.number${at}`, size));
          if (kind === "birth") take(BIRTH);
          if (kind === "cut" && core.isConnected) core.cut();
          if (kind === "resend") take({ command: "resend" });
          if (kind === "level") take(soc((level = size)));
          pass(after);
        }
        take(soc(++level));
        pass(2 * HOUR_MS);
        assert.ok(core.isConnected && !core.isStuck, `${clock.now()}`);
        assert.ok(core.cuts <= 3 * core.refused.size, `${core.cuts} for ${core.refused.size}`);
        assert.deepEqual(lateConsumer(core.broker).findings, []);
        assert.equal(core.broker.get(`cardata/${VIN}/${HEADER}/state`), String(level));
      }),
      { numRuns: runs(40) },
    );
  });
});
