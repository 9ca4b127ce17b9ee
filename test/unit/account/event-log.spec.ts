import assert from "node:assert/strict";
import { AccountEmitter } from "../../../src/account/account-events.js";
import { EventLog } from "../../../src/account/event-log.js";
import { eventsCodec } from "../../../src/account/logged-event.js";
import { AccountLogger } from "../../../src/context/account-logger.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { CarDataError } from "../../../src/support/errors.js";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import type { VehicleEvent } from "../../../src/vehicle/vehicle-event.js";
import { memoryLog, OTHER_VIN, START, VIN } from "../../helpers/fakes.js";

const MINUTE = 60_000;
const FILE = "/a1/events.json";

/** The log of an account to which things happen. */
function logOver(files: Files) {
  const clock = new SimulatedClock(START);
  const emitter = new AccountEmitter(new AccountLogger(memoryLog(), false, () => []));
  const store = new Store("/a1", files, clock, () => undefined);
  const log = new EventLog(store.document("events", eventsCodec), emitter);
  const told: string[] = [];
  let renewed = 0;
  emitter.events.on("logged", ({ name }) => told.push(name));
  emitter.events.on("past", () => renewed++);
  const car = (vin: string, ...events: VehicleEvent[]) => {
    const nothing = { readings: [], values: [], positions: [], chargeStoppedAt: null, receivedAt: START };
    emitter.emit("update", { vin, events, ...nothing });
  };
  const shown = () => log.events.map(({ vin, name, at }) => [vin, name, (at - START) / MINUTE]);
  return { clock, emitter, store, log, told, car, shown, renewed: () => renewed };
}

const locked = (minute: number): VehicleEvent => ({ name: "locked", at: START + minute * MINUTE });

describe("what happened to an account and its cars", () => {
  it("is told and kept, each with its own figures, and is there after a restart", async () => {
    const files = memoryFiles();
    const { log, emitter, car, told, store } = logOver(files);
    await log.load();
    const problem = new CarDataError("journal_files", { reason: "EIO" }).problem;
    car(VIN, { name: "chargingStarted", at: START, soc: 40, method: "AC", targetSoc: 80 }, locked(1));
    emitter.emit("event", { name: "disconnected", reason: problem.code, problem }, START + MINUTE);
    emitter.emit("event", { name: "vehicleFound", vin: OTHER_VIN }, START + 2 * MINUTE);
    assert.deepEqual(told, ["chargingStarted", "locked", "disconnected", "vehicleFound"]);
    await store.close();
    const later = logOver(files);
    await later.log.load();
    assert.deepEqual(later.log.events, log.events);
    assert.deepEqual([later.log.events[0]?.level, later.log.events[2]?.problem], [40, problem]);
    assert.deepEqual([later.told, later.renewed()], [[], 1]);
  });

  it("is bounded, the oldest go first", async () => {
    const { log, car, shown } = logOver(memoryFiles());
    await log.load();
    for (let minute = 0; minute < 300; minute++) car(VIN, locked(minute));
    assert.equal(shown().length, 200);
    assert.deepEqual(shown().at(-1), [VIN, "locked", 299]);
  });

  it("joins a file that is read late, without what was deleted meanwhile and nothing twice", async () => {
    const memory = memoryFiles();
    const first = logOver(memory);
    await first.log.load();
    first.car(VIN, locked(0));
    first.car(OTHER_VIN, locked(1), locked(3));
    await first.store.close();
    let isBroken = true;
    const broken: Files = {
      ...memory,
      read: async (path) => {
        if (isBroken) throw Object.assign(new Error("EIO"), { code: "EIO" });
        return memory.read(path);
      },
    };
    const later = logOver(broken);
    await later.log.load();
    later.car(OTHER_VIN, locked(2), locked(3));
    await later.log.erase(VIN, null);
    isBroken = false;
    await later.clock.advance(10 * MINUTE);
    await settle();
    const whole = [1, 2, 3].map((minute) => [OTHER_VIN, "locked", minute]);
    assert.deepEqual(later.shown(), whole);
    await later.store.close();
    assert.ok(!String(await memory.read(FILE)).includes(VIN));
  });

  it("is not shown to another customer, and comes back with the one to whom it happened", async () => {
    const { log, car, shown, renewed, store } = logOver(memoryFiles());
    await store.open();
    await log.load();
    log.belongTo("one", "");
    car(VIN, locked(0));
    log.belongTo("other", "");
    assert.deepEqual([shown(), renewed()], [[], 2]);
    await settle();
    car(OTHER_VIN, locked(1));
    log.belongTo("one", "");
    await settle();
    assert.deepEqual(shown(), [[VIN, "locked", 0]]);
  });

  it("is left out of a file where it is nothing that can be shown", async () => {
    const [good] = eventsCodec.decode([{ at: START, name: "locked", vin: VIN, level: "x" }], 1);
    assert.ok(good !== undefined);
    assert.deepEqual([good.name, good.level, good.problem], ["locked", null, null]);
    const bad = [null, 7, { at: START, name: "exploded" }, { name: "locked" }, { at: "soon", name: "locked" }, [good]];
    assert.deepEqual(eventsCodec.decode([...bad, good], 1), [good]);
    const problems = [
      { code: "nothing" },
      { code: "toString" },
      "x",
      { code: "journal_files", params: { reason: {} } },
    ];
    const read = eventsCodec.decode(
      problems.map((problem) => ({ ...good, problem })),
      1,
    );
    assert.deepEqual(
      read.map(({ problem }) => problem),
      [null, null, null, { code: "journal_files", params: {} }],
    );
    assert.throws(() => eventsCodec.decode({}, 1));
  });
});
