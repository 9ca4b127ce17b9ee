import assert from "node:assert/strict";
import fc from "fast-check";
import { PacketGate } from "../../helpers/packet-gate.js";

/** A packet of MQTT with so many bytes after its fixed header. */
function packet(length: number): Buffer {
  const header = [0x30];
  for (let left = length; header.length === 1 || left > 0; left = Math.floor(left / 128))
    header.push((left % 128) | (left >= 128 ? 0x80 : 0));
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}

describe("the limit of the broker of the tests", () => {
  it("lets exactly the packets through that are not too large, however the bytes are cut", () => {
    const lengths = fc.array(fc.oneof(fc.nat(300), fc.nat(20_000)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 2, max: 20_000 }),
        fc.integer({ min: 1, max: 5000 }),
        (all, most, step) => {
          const packets = all.map(packet);
          const bytes = Buffer.concat(packets);
          const gate = new PacketGate(most);
          let isOpen = true;
          for (let at = 0; at < bytes.length && isOpen; at += step) isOpen = gate.lets(bytes.subarray(at, at + step));
          assert.equal(
            isOpen,
            packets.every(({ length }) => length <= most),
          );
        },
      ),
    );
  });
});
