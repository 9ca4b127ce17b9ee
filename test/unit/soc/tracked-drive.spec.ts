import assert from "node:assert/strict";
import type { DescriptorMessage, TraccarMessage } from "../../../src/messages/types.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { Replay } from "../../../src/replay/replay.js";
import { trackedDrive, type TrackedDriveOptions, type TrackerKind } from "../../helpers/tracked-drive.js";

const SEEDS = [1, 2, 3, 4];
const NODES = new Set(["predicted-soc", "traccar"] as const);

interface Shown {
  /** Mean distance from the truth, percentage points. */
  readonly error: number;
  /** At the end of the drive. */
  readonly last: number;
  /** Share of the looks with the truth in the band. */
  readonly inBand: number;
  readonly speeds: readonly (number | null)[];
}

/** Magic SOC along a drive of 113 km, against the truth. */
async function shownOf(options: TrackedDriveOptions): Promise<Shown> {
  const { lines, truth } = trackedDrive(options);
  let shown: DescriptorMessage | null = null;
  const speeds: (number | null)[] = [];
  const looks: { error: number; isInBand: boolean }[] = [];
  const replay = new Replay({ nodes: NODES, vehicle: "", form: "each", until: Infinity }, ({ node, output, msg }) => {
    if (node === "cardata-predicted-soc" && output === 1) shown = msg as DescriptorMessage;
    if (node === "cardata-traccar") speeds.push((msg as TraccarMessage).payload);
  });
  for (const line of lines as RecordedLine[]) {
    await replay.play(line);
    const told = shown as DescriptorMessage | null;
    if (line.kind !== "read" || told === null) continue;
    const soc = truth[looks.length] ?? NaN;
    const [low = 0, high = 0] = told.estimate?.band90 ?? [];
    looks.push({ error: Number(told.payload) - soc, isInBand: soc >= low && soc <= high });
  }
  assert.equal(looks.length, truth.length);
  const error = looks.reduce((sum, look) => sum + Math.abs(look.error), 0) / looks.length;
  const inBand = looks.filter(({ isInBand }) => isInBand).length / looks.length;
  return { error, last: Math.abs(looks.at(-1)?.error ?? NaN), inBand, speeds };
}

/** The mean over several drives. */
async function average(options: Omit<TrackedDriveOptions, "seed">): Promise<Omit<Shown, "speeds">> {
  const all = await Promise.all(SEEDS.map((seed) => shownOf({ ...options, seed })));
  const mean = (of: (one: Shown) => number) => all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return { error: mean((one) => one.error), last: mean((one) => one.last), inBand: mean((one) => one.inBand) };
}

/** After so many looks it is certain what a tracker does. */
const FOUND_OUT = 40;
const FAULTS: readonly TrackerKind[] = ["no-speed", "metres-per-second", "kilometres-per-hour"];

describe("the driving estimate along 113 km with a tracker", () => {
  for (const [title, car] of [
    ["a silent car", {}],
    ["a car that tells each kilometre", { odometer: true }],
    ["a car that tells its places", { positions: true }],
    ["a car that tells its levels", { pushed: true }],
  ] as const)
    describe(`in ${title}`, () => {
      let without: Omit<Shown, "speeds">;
      let good: Omit<Shown, "speeds">;
      before(async () => {
        [without, good] = await Promise.all([average({ ...car, tracker: null }), average({ ...car, tracker: "good" })]);
      });

      for (const tracker of FAULTS)
        for (const counted of [true, false])
          it(`is as good with one that has the fault "${tracker}" (${counted ? "" : "not "}counted)`, async () => {
            const shown = await average({ ...car, tracker, counted });
            const text = JSON.stringify({ shown, without, good });
            assert.ok(shown.error <= without.error + 0.05, `worse than without a tracker: ${text}`);
            assert.ok(shown.error <= good.error + 0.35, `much worse than with speed: ${text}`);
            assert.ok(shown.last <= without.last + 0.1 && shown.last <= good.last + 0.6, text);
            assert.ok(shown.inBand >= 0.9, text);
          });
    });

  it("is as good with looks every ten seconds", async () => {
    const [good, odd] = await Promise.all([
      average({ tracker: "good", every: 10 }),
      average({ tracker: "no-speed", every: 10 }),
    ]);
    assert.ok(odd.error <= good.error + 0.35, JSON.stringify({ good, odd }));
  });

  it("goes with the right speeds, whatever the tracker sends", async () => {
    const { speeds: right } = await shownOf({ tracker: "good" });
    for (const tracker of FAULTS) {
      const { speeds } = await shownOf({ tracker });
      assert.equal(speeds.length, right.length);
      const off = speeds.slice(FOUND_OUT).map((kmh, index) => (kmh ?? 0) - (right[index + FOUND_OUT] ?? 0));
      const mean = off.reduce((sum, one) => sum + one, 0) / off.length;
      assert.ok(Math.abs(mean) < 4, `${tracker}: ${mean.toFixed(1)} km/h off`);
      assert.ok(speeds.every((kmh) => kmh === null || (kmh >= 0 && kmh <= 250)));
    }
  });
});
