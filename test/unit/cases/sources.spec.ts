import assert from "node:assert/strict";
import { orderedLines } from "../../../src/replay/history-pages.js";
import { openRecording, readRecording } from "../../../src/replay/recording.js";
import { Replay, type ReplayedMessage } from "../../../src/replay/replay.js";

const NODES = new Set(["stream", "telematics", "predicted-soc", "traccar"] as const);

interface ToldBySource {
  readonly payload: unknown;
  readonly source: string;
  readonly estimate: { mode: string; bmwSoc: number | null };
}

/** Returns the messages of the nodes for a recording in `test/fixtures/cases`. */
async function played(name: string) {
  const sent: ReplayedMessage[] = [];
  const replay = new Replay({ nodes: NODES, vehicle: "", form: "each", until: Infinity }, (message) =>
    sent.push(message),
  );
  const recording = readRecording(openRecording(`test/fixtures/cases/${name}.ndjson`));
  for await (const { line, followed } of orderedLines(recording)) await replay.play(line, followed);
  const about = (descriptor: string) =>
    sent.filter(({ msg }) => (msg as { descriptor?: string }).descriptor === descriptor);
  const events = sent.flatMap(({ msg }) => (msg as { event?: string }).event ?? []);
  return {
    replay,
    events: events.filter((event) => event !== "vehicleFound"),
    told: (descriptor: string) => about(descriptor).map(({ msg }) => msg as ToldBySource),
    /** Payloads by the minute of the day at which they were sent. */
    course: (descriptor: string) =>
      about(descriptor).map(({ at, msg }) => [at.slice(11, 16), (msg as ToldBySource).payload] as const),
  };
}

const PREDICTED = "vehicle.predicted_soc";
const MAGIC = "vehicle.magic_soc";

describe("recorded cases: sources of values", () => {
  it("a petrol car has no battery, whatever the end of a trip contains of one", async () => {
    const { told: reported, course } = await played("petrol-with-hv-level");
    for (const name of ["soc", PREDICTED, MAGIC, "charging", "plugged"]) assert.deepEqual(reported(name), [], name);
    assert.deepEqual(course("fuel"), [["06:01", 62]]);
    assert.deepEqual(course("range"), [["06:01", 430]]);
  });

  it("an electric car has no fuel, although it reports an empty tank", async () => {
    const { told: reported, course } = await played("electric-with-fuel-0");
    assert.deepEqual(reported("fuel"), []);
    assert.deepEqual(course("soc"), [["06:01", 47.3]]);
    assert.deepEqual(course("range"), [["06:01", 103]]);
  });

  it("a car that reports no level but that of charging is estimated like any other", async () => {
    const { course, told: reported } = await played("only-charging-level");
    for (const name of [PREDICTED, MAGIC]) {
      const shown = course(name) as (readonly [string, number])[];
      assert.deepEqual(shown[0], ["06:01", 63], name);
      const at = (minute: string) => shown.filter(([time]) => time <= minute).at(-1)?.[1] ?? NaN;
      // 6.9 kW net at 0.85 to 0.97 into 49.2 kWh, from 63 to 64 on.
      assert.ok(at("19:00") >= 63 + 11.5 && at("19:00") <= 64 + 14, `${name} ${at("19:00")}`);
      assert.ok(Math.abs(at("19:10") - 77.5) <= 1.2, `${name} ${at("19:10")}`);
      assert.ok(Math.abs(at("20:10") - 90.2) <= 1.2, `${name} ${at("20:10")}`);
      assert.ok(Math.abs(at("21:30") - at("20:10")) <= 0.5, `${name} ${at("21:30")}`);
      const rising = shown.filter(([time]) => time > "18:00" && time < "19:10").map(([, soc]) => soc);
      assert.ok(rising.length > 50, String(rising.length));
      for (const [index, soc] of rising.entries()) assert.ok(soc >= (rising[index - 1] ?? 0), `${name} ${soc}`);
    }
    assert.ok(reported(PREDICTED).some(({ estimate }) => estimate.mode === "charging"));
  });

  it("a payload without a VIN is of the car that its topic names", async () => {
    const { course, replay } = await played("own-broker-vin-in-topic");
    assert.deepEqual(course("odometer"), [
      ["06:01", 100],
      ["06:02", 101],
    ]);
    assert.deepEqual(replay.rejected.toJSON(), {});
  });

  it("what a broker has kept for two days is known at the very first start, and emits no event", async () => {
    const { events, told: reported } = await played("first-start-old-retained");
    assert.deepEqual(events, []);
    const [charging] = reported("charging");
    assert.equal(charging?.payload, true);
    assert.deepEqual(reported("plugged")[0]?.payload, true);
  });
});
