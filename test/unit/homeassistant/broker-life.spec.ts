import assert from "node:assert/strict";
import fc from "fast-check";
import type { AnnouncedNode } from "../../../src/account/announcement-repository.js";
import { BIRTH, HEADER, image, soc, value, type AnnouncingOptions } from "../../helpers/announcing.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { lateConsumer } from "../../helpers/late-consumer.js";
import { runs } from "../../helpers/random.js";
import { wiredAnnouncer } from "../../helpers/wired-announcer.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** One node with a broker that outlives it, and what happens to both. */
class BrokerLife {
  readonly broker = new Map<string, string | Buffer>();
  #work: ReturnType<typeof wiredAnnouncer>;
  #level = 0;
  #thing: number | boolean | null = null;

  constructor(private options: AnnouncingOptions) {
    this.#work = wiredAnnouncer(Infinity, options, this.broker);
  }

  readonly events: Readonly<Record<string, (size: number) => void>> = {
    level: () => this.#work.take(soc(++this.#level)),
    other: (size) => this.#work.take(soc(size, { vin: OTHER_VIN })),
    values: (size) => {
      for (let at = 0; at < size; at++) this.#work.take(value(`vehicle.some.number${at}`, at));
    },
    kind: (size) => {
      this.#thing = size % 2 === 0 ? size : true;
      this.#work.take(value("vehicle.some.thing", this.#thing));
    },
    picture: () => this.#work.take(image()),
    birth: () => this.#work.take(BIRTH),
    resend: () => this.#work.take({ command: "resend" }),
    remove: () => this.#work.take({ command: "remove" }),
    outage: (size) => {
      if (this.#work.core.isConnected) this.#work.core.cut(size * MINUTE_MS);
    },
    stop: (size) => {
      this.#begin(this.#work.kept(), size);
    },
    kill: (size) => {
      this.#begin(this.#work.durable(), size);
    },
  };

  pass(ms: number): void {
    this.#work.pass(ms);
  }

  /** All is well again, and both cars send their new values; returns the prefix by then. */
  settle(): string {
    this.pass(HOUR_MS);
    this.#work.take({ command: "resend" });
    this.events["level"]?.(0);
    this.events["other"]?.(50);
    if (this.#thing !== null) this.#work.take(value("vehicle.some.thing", this.#thing));
    this.pass(HOUR_MS);
    return this.options.prefix ?? "";
  }

  get level(): string | Buffer | undefined {
    return this.#work.core.broker.get(`${this.options.base}/${VIN}/${HEADER}/state`);
  }

  get wanted(): string {
    return String(this.#level);
  }

  /** Node-RED starts anew with what is on the disk, perhaps with other settings. */
  #begin(saved: AnnouncedNode, size: number): void {
    this.#work.announcer.close();
    this.#work.core.end();
    const bit = (place: number) => ((size >> place) & 1) === 1;
    this.options = {
      mode: bit(0) ? "device" : "entities",
      prefix: bit(1) ? "homeassistant" : "ha",
      base: bit(2) ? "cardata" : "home/cars",
      availability: bit(3),
      attributes: bit(4),
    };
    this.#work = wiredAnnouncer(Infinity, { ...this.options, saved }, this.broker);
  }
}

describe("what lies at the broker", () => {
  it("is what is announced and nothing else in the end, whatever has happened to the node and to the broker", () => {
    const names = Object.keys(new BrokerLife({}).events);
    const event = fc.record({
      // Steps that leave something behind without the broker's knowledge are rare by chance.
      name: fc.oneof(fc.constantFrom(...names), fc.constantFrom("outage", "remove", "stop", "kill", "level")),
      size: fc.nat(31),
      after: fc.oneof(fc.nat(200), fc.nat(15_000), fc.nat(5 * MINUTE_MS)),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const life = new BrokerLife({ prefix: "homeassistant", base: "cardata" });
        for (const { name, size, after } of events) {
          life.events[name]?.(size);
          life.pass(after);
        }
        const prefix = life.settle();
        const left = lateConsumer(life.broker, prefix).findings.filter((finding) => !isWaiting(finding));
        assert.deepEqual(left, []);
        assert.equal(life.level, life.wanted);
      }),
      { numRuns: runs(200) },
    );
  });
});

/** After a start under another base topic, a value that was announced has no state until the car sends it again. */
function isWaiting(finding: string): boolean {
  return /no state is kept|no image is kept/.test(finding);
}
