import assert from "node:assert/strict";
import fc from "fast-check";
import { vehiclesCodec } from "../../../src/account/vehicle-registry-codec.js";
import { StreamOutput } from "../../../src/messages/stream-output.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START, VIN } from "../../helpers/fakes.js";
import { vehicleRegistryAt } from "../../helpers/vehicle-registry.js";
import { dataOf, hostileMessage, type HostileMessage } from "../../helpers/hostile-messages.js";
import { runs } from "../../helpers/random.js";

const MESSAGES = runs(5000);
const IN_ONE_GARAGE = 100;

/** Plays messages into a registry and checks whatever comes out; returns how many entries were accounted for. */
async function playAll(messages: readonly HostileMessage[]): Promise<void> {
  const clock = new SimulatedClock(START);
  const options = {
    topicBase: "cardata",
    account: "a",
    vehicle: "",
    descriptors: [],
    onlyChanges: false,
    values: true,
  };
  const output = new StreamOutput({ ...options, form: "each" }, () => "1");
  const turns = new Map<string, string>();
  let taken = 0;
  const files = memoryFiles();
  const { registry, store } = vehicleRegistryAt(
    clock,
    (update) => {
      taken += update.readings.filter(({ source }) => source !== "derived").length;
      for (const sent of [...output.update(update), ...output.events(update)]) {
        assert.ok(textOf(sent).length < 100_000);
        if ("descriptor" in sent && sent.descriptor !== "location") checkValue(sent.payload, JSON.stringify(sent));
      }
      for (const { name } of update.events) checkTurn(turns, update.vin, name);
    },
    files,
  );
  let given = 0;
  for (const one of messages) {
    clock.runTo(clock.now() + one.after * 1000);
    const data = dataOf(one, clock.now());
    const before = registry.rejected.total + taken;
    if (one.source === "rest" && one.vin !== "no vin") registry.answered(one.vin, data, clock.now());
    else registry.receive("", Buffer.from(JSON.stringify({ vin: one.vin, data })), clock.now());
    given += one.vin === "no vin" ? 1 : Object.keys(data).length;
    assert.ok(registry.rejected.total + taken >= before);
  }
  // Every entry was taken or counted as rejected, with its reason.
  assert.equal(registry.rejected.total + taken, given);
  await store.flush();
  const saved = await savedCars(files);
  const again = vehicleRegistryAt(clock, () => undefined, files);
  await again.registry.load();
  again.registry.save();
  await again.store.flush();
  assert.deepEqual(await savedCars(files), saved);
  for (const { vehicle } of registry.cars.values()) assert.ok(vehicle.readings.size <= 1000);
  registry.close();
  again.registry.close();
}

/** As it is sent; JSON would hide what is no number. */
function textOf(sent: unknown): string {
  return JSON.stringify(sent, (name, member: unknown) => {
    assert.ok(typeof member !== "number" || Number.isFinite(member), `${name} is ${String(member)}`);
    return member;
  });
}

/** Returns the saved state of all cars; values that were loaded are only marked as such. */
async function savedCars(files: Files): Promise<unknown[]> {
  const text = (await files.read("/vehicles.json")) ?? `{"data":[]}`;
  const { data } = JSON.parse(String(text)) as { data: { readings: { descriptor: string }[] }[] };
  return data.map((car) => {
    const readings = car.readings.map((reading) => ({ ...reading, source: null }));
    return { ...car, readings: readings.sort((one, other) => (one.descriptor < other.descriptor ? -1 : 1)) };
  });
}

function checkValue(payload: unknown, sent: string): void {
  assert.ok(payload === null || ["number", "boolean", "string"].includes(typeof payload), sent);
  if (typeof payload === "number") assert.ok(Number.isFinite(payload), sent);
}

/** Starts and ends of a trip or of a charge take turns. */
function checkTurn(turns: Map<string, string>, vin: string, name: string): void {
  const kind = name.startsWith("trip") ? "trip" : name.startsWith("charging") ? "charging" : null;
  if (kind === null) return;
  assert.notEqual(turns.get(vin + kind), name);
  turns.set(vin + kind, name);
}

describe("a vehicle, whatever arrives", () => {
  it(`never throws, accounts for everything, and emits starts and ends in turns (${MESSAGES} messages)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileMessage, { minLength: IN_ONE_GARAGE, maxLength: IN_ONE_GARAGE }), playAll),
      {
        numRuns: runs(5000 / IN_ONE_GARAGE),
        endOnFailure: true,
      },
    );
  });

  it("restores from any file without throwing", () => {
    const saved = fc.record({
      vin: fc.constant(VIN),
      readings: fc.jsonValue(),
      state: fc.jsonValue(),
      role: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.array(saved), fc.jsonValue()), (data) => {
        let cars: ReturnType<typeof vehiclesCodec.decode> = [];
        try {
          cars = vehiclesCodec.decode(data, 1);
        } catch {
          // Kept aside by the store; the registry starts empty.
        }
        const clock = new SimulatedClock(START);
        const { registry } = vehicleRegistryAt(clock, () => undefined);
        for (const [vin, car] of cars) {
          registry.mapped(vin, "primary");
          registry.cars.get(vin)?.vehicle.restore(car.readings, car.state);
          registry.cars.get(vin)?.vehicle.tick(START);
        }
        registry.close();
      }),
      { numRuns: runs(1000) },
    );
  });
});
