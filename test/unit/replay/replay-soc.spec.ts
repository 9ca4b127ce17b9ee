import assert from "node:assert/strict";
import fc from "fast-check";
import type { DescriptorMessage, LearningMessage, TraccarMessage } from "../../../src/messages/types.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { Replay, type ReplayedMessage, type ReplayedNode, type ReplayOptions } from "../../../src/replay/replay.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";

const BATTERY = "vehicle.drivetrain.batteryManagement";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const time = (minute: number) => new Date(Date.UTC(2026, 2, 2, 6, minute)).toISOString();

const stream = (minute: number, values: Record<string, unknown>, vin = VIN) => ({
  at: time(minute),
  kind: "stream",
  payload: {
    vin,
    data: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value, timestamp: time(minute), unit: "" }]),
    ),
  },
});
const known = (minute: number, soc: number, vin = VIN) =>
  stream(minute, { [`${BATTERY}.header`]: soc, [`${BATTERY}.maxEnergy`]: 80 }, vin);
const plugged = (minute: number, soc: number) =>
  stream(minute, {
    [`${CHARGING}.status`]: "CHARGINGACTIVE",
    [`${CHARGING}.method`]: "AC_TYPE2PLUG",
    [`${BATTERY}.header`]: soc,
    [`${CHARGING}.acVoltage`]: 230,
    [`${CHARGING}.acAmpere`]: 16,
    [`${CHARGING}.phaseNumber`]: "3-PHASES",
  });
const line = (minute: number, kind: string, members: object = {}) => ({ at: time(minute), kind, vin: VIN, ...members });

async function replay(lines: object[], options: Partial<ReplayOptions> = {}) {
  const sent: ReplayedMessage[] = [];
  const nodes = new Set<ReplayedNode>(["predicted-soc", "traccar"]);
  const run = new Replay({ nodes, vehicle: "", form: "each", until: Infinity, ...options }, (one) => sent.push(one));
  for (const one of lines) if (!(await run.play(one as RecordedLine))) break;
  const of = <Message>(output: number, node: ReplayedNode = "predicted-soc") =>
    sent.filter((one) => one.node === `cardata-${node}` && one.output === output).map(({ msg }) => msg as Message);
  return {
    run,
    sent,
    predicted: of<DescriptorMessage>(0),
    magic: of<DescriptorMessage>(1),
    learning: of<LearningMessage>(2),
    tracked: of<TraccarMessage>(0, "traccar"),
  };
}

describe("replay of estimates", () => {
  it("shows the first level, and what time makes of it while the car charges", async () => {
    const { predicted, sent } = await replay([known(0, 50), plugged(10, 50), line(40, "read")]);
    assert.equal(predicted[0]?.timestamp, time(0));
    assert.equal(predicted[0].estimate?.mode, "idle");
    const last = Number(predicted.at(-1)?.payload);
    assert.ok(last > 55 && last < 59, String(last));
    // Half an hour of heartbeats, each with a value of its own.
    assert.ok(sent.length > 20);
  });

  it("jumps over idle time", async () => {
    const { predicted } = await replay([known(0, 50), line(50_000, "read")]);
    assert.deepEqual(
      predicted.map(({ timestamp }) => timestamp),
      [time(0), time(50_000)],
    );
  });

  it("prints the present estimate at each read, also an unchanged one", async () => {
    const { predicted } = await replay([known(0, 50), line(1, "read"), line(2, "read")]);
    assert.equal(predicted.length, 3);
    assert.equal(new Set(predicted.map(({ payload }) => payload)).size, 1);
  });

  it("has nothing to print of a car that it does not know", async () => {
    const { sent, run } = await replay([line(0, "read"), line(1, "read", { vin: undefined })]);
    assert.deepEqual(sent, []);
    assert.deepEqual(run.skipped.toJSON(), { "missing vin": 1 });
  });

  it("is silent on the second output until Magic SOC is switched on", async () => {
    const lines = [
      known(0, 50),
      line(1, "read"),
      line(2, "settings", { vin: undefined, magic: true }),
      line(3, "read"),
    ];
    const { magic } = await replay(lines);
    assert.deepEqual(
      magic.map(({ timestamp }) => timestamp),
      [time(2), time(3)],
    );
  });

  it("lets a car have settings of its own", async () => {
    const lines = [
      line(0, "settings", { vin: undefined, magic: true }),
      line(0, "settings", { magic: false, capacityKwh: 60 }),
      known(1, 50),
      known(1, 50, OTHER_VIN),
    ];
    const { magic, predicted } = await replay(lines);
    assert.deepEqual(
      magic.map(({ vin }) => vin),
      [OTHER_VIN],
    );
    assert.deepEqual(
      predicted.map(({ estimate }) => [estimate?.capacityKwh, estimate?.capacitySource]),
      [
        [60, "user"],
        [80, "maxEnergy"],
      ],
    );
  });

  it("begins with the consumption of the settings", async () => {
    const settings = line(0, "settings", { magic: true, defaultConsumption: 0.25 });
    const { magic } = await replay([settings, known(1, 50)]);
    assert.equal(magic[0]?.estimate?.consumptionKwhPerKm, 0.25);
  });

  it("charges by the meter", async () => {
    const lines = [known(0, 50), plugged(10, 50), line(11, "power", { kw: 2 }), line(12, "read")];
    const { predicted } = await replay(lines);
    assert.equal(predicted.at(-1)?.estimate?.powerSource, "meter");
    assert.equal(predicted.at(-1)?.estimate?.powerKw, 2);
  });

  it("obeys commands, and reports on the third output", async () => {
    const capacity = line(1, "command", { command: "capacity", payload: 70 });
    const { learning, predicted } = await replay([
      known(0, 50),
      capacity,
      line(2, "read"),
      line(3, "command", { command: "report" }),
    ]);
    assert.equal(predicted.at(-1)?.estimate?.capacityKwh, 70);
    assert.equal(learning.length, 1);
    assert.equal(learning[0]?.topic, `cardata/${VIN}/learning`);
  });

  it("counts what the node would refuse", async () => {
    const { run } = await replay([
      known(0, 50),
      line(1, "power", { kw: -401 }),
      line(1, "command", { command: "explode" }),
      line(1, "speed", { kmh: "fast" }),
      line(1, "power", { kw: 5, vin: OTHER_VIN }),
      line(1, "power", { kw: 5, vin: undefined }),
    ]);
    assert.deepEqual(run.skipped.toJSON(), { "unusable payload": 4, "missing vin": 1 });
  });

  it("prints tracker speeds as cardata-traccar, and estimates by them", async () => {
    const drives = stream(2, { "vehicle.isMoving": "ASN_isTrue", "vehicle.vehicle.travelledDistance": 1000 });
    const lines = [line(0, "settings", { magic: true }), known(1, 50), drives, line(3, "speed", { kmh: 54 })];
    const { tracked, magic } = await replay([...lines, line(4, "read"), line(4, "speed", { kmh: null })]);
    assert.deepEqual(
      tracked.map(({ payload, bracket }) => [payload, bracket]),
      [
        [54, "city"],
        [null, null],
      ],
    );
    assert.ok(magic.some(({ estimate }) => estimate?.traccar_speed_kmh === 54));
  });

  it("goes on after a restart where it was", async () => {
    const lines = [known(0, 50), plugged(10, 50), line(40, "read")];
    const straight = (await replay([...lines, line(60, "read")])).predicted.at(-1);
    const restarted = await replay([...lines, line(40, "restart"), line(60, "read")]);
    assert.equal(restarted.predicted.at(-1)?.payload, straight?.payload);
    assert.equal(restarted.predicted.at(-1)?.estimate?.mode, "charging");
  });

  it("shows the present value again after a restart", async () => {
    const { predicted } = await replay([known(0, 50), line(5, "restart")]);
    assert.deepEqual(
      predicted.map(({ timestamp }) => timestamp),
      [time(0), time(5)],
    );
  });

  it("keeps what was commanded over a restart", async () => {
    const capacity = line(1, "command", { command: "capacity", payload: 70 });
    const { predicted } = await replay([known(0, 50), capacity, line(2, "restart"), line(3, "read")]);
    assert.equal(predicted.at(-1)?.estimate?.capacityKwh, 70);
  });

  it("shows the chosen car only", async () => {
    const lines = [known(0, 50), known(0, 50, OTHER_VIN), line(1, "speed", { kmh: 5 })];
    const { sent } = await replay(lines, { vehicle: OTHER_VIN });
    assert.deepEqual(
      sent.map(({ msg }) => (msg as DescriptorMessage).vin),
      [OTHER_VIN],
    );
  });

  it("gives the same bytes for the same input", async () => {
    const lines = [known(0, 50), plugged(10, 50), line(20, "restart"), line(40, "read")];
    assert.equal(JSON.stringify((await replay(lines)).sent), JSON.stringify((await replay(lines)).sent));
  });

  it("bears whatever such lines hold", async () => {
    const kinds = fc.constantFrom("power", "speed", "command", "read", "settings");
    const members = fc.record({
      kw: fc.jsonValue(),
      auxKw: fc.jsonValue(),
      kmh: fc.jsonValue(),
      command: fc.jsonValue(),
      payload: fc.jsonValue(),
      magic: fc.jsonValue(),
      minEfficiency: fc.jsonValue(),
      defaultConsumption: fc.jsonValue(),
    });
    await fc.assert(
      fc.asyncProperty(kinds, members, async (kind, one) => {
        const { predicted } = await replay([known(0, 50), line(1, kind, one), line(2, "read")]);
        assert.ok(Number.isFinite(predicted.at(-1)?.payload));
      }),
    );
  });
});
