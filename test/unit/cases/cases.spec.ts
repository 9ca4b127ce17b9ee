import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { checkEvents } from "../../helpers/invariants.js";
import { PlayedRecording, type ReportedEvent } from "../../helpers/played-recording.js";

const FOLDER = "test/fixtures/cases";
const LOCATION = "location";
const ODOMETER = "vehicle.vehicle.travelledDistance";

type Members = ReportedEvent["payload"];

/** Some members of each event, in order; `null`: none but these names. */
interface Expected {
  readonly events: readonly (readonly [name: string, members: Members])[];
  readonly also?: (played: PlayedRecording) => void;
}

/** The expected events of each recording, see the README beside the recordings. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  "charge-end-without-level": {
    events: [
      ["pluggedIn", {}],
      ["chargingStarted", { soc: 40, targetSoc: 80 }],
      [
        "chargingEnded",
        {
          timestamp: "2026-10-01T20:58:00.000Z",
          ...{ startSoc: 40, soc: 80, from: "level", band90: null, energyKwh: 32.28, durationMin: 178 },
          ...{ reason: "target", pauses: 0 },
        },
      ],
    ],
  },
  "charge-without-end": {
    events: [
      ["chargingStarted", { timestamp: "2026-03-02T20:01:00.000Z", soc: 40 }],
      ["chargingEnded", { timestamp: "2026-03-02T21:01:00.000Z", reason: "unknown", soc: 80, energyKwh: 32 }],
      ["tripStarted", { startedAt: "2026-03-03T07:00:00.000Z", inferred: false, odometer: 1000 }],
      ["tripEnded", { endedAt: "2026-03-03T07:40:00.000Z", distanceKm: 33 }],
      ["chargingStarted", { timestamp: "2026-03-03T20:00:00.000Z", soc: 70 }],
      ["chargingEnded", { timestamp: "2026-03-03T22:00:00.000Z", startSoc: 70, from: "estimate" }],
    ],
  },
  "drive-without-positions": {
    events: [
      ["tripStarted", { startedAt: "2026-03-02T06:01:00.000Z", inferred: false, soc: 90, odometer: 1000 }],
      [
        "tripEnded",
        {
          ...{ startedAt: "2026-03-02T06:01:00.000Z", endedAt: "2026-03-02T10:02:00.000Z", durationMin: 241 },
          ...{ distanceKm: 432, socUsed: 72 },
        },
      ],
    ],
  },
  "energy-from-old-level": {
    events: [
      ["tripStarted", { startedAt: "2026-03-02T17:00:00.000Z" }],
      ["tripEnded", { endedAt: "2026-03-02T18:00:00.000Z", distanceKm: 66, socUsed: null }],
      ["chargingStarted", { soc: null }],
      ["chargingEnded", { startSoc: 50, soc: 90, from: "level", energyKwh: 32 }],
    ],
  },
  "first-start-old-retained": { events: [] },
  "gps-outlier-parked": {
    events: [],
    also: (played) => {
      const places = played.values(LOCATION) as { latitude: number }[];
      assert.deepEqual(
        places.map(({ latitude }) => latitude),
        [-40, -40, -40, -40],
      );
      assert.equal(played.replay.rejected.get("position-implausible"), 1);
    },
  },
  "odometer-miles-while-parked": {
    events: [],
    also: (played) => {
      assert.deepEqual([...new Set(played.values(ODOMETER))], [12_000]);
      assert.deepEqual([...new Set(played.values("odometer"))], [12_000]);
    },
  },
  "odometer-stuck-over-rest": {
    events: [],
    also: (played) => {
      const reported = played.values(ODOMETER);
      assert.ok(reported.includes(17_500), "believed after the second at the latest");
      assert.equal(reported.at(-1), 42_500);
    },
  },
  "only-charging-level": {
    events: [
      ["pluggedIn", {}],
      ["chargingStarted", { soc: 63 }],
      ["chargingEnded", { soc: 90, from: "level", energyKwh: 13.28 }],
    ],
  },
  "trip-begun-by-not-moving": {
    events: [
      ["tripStarted", { startedAt: "2026-03-02T17:01:00.000Z" }],
      ["tripEnded", { endedAt: "2026-03-02T17:31:00.000Z", distanceKm: 33.4, durationMin: 30 }],
    ],
  },
  "tunnel-of-12-minutes": {
    events: [
      ["tripStarted", { soc: 62 }],
      ["tripEnded", { endedAt: "2026-10-01T07:35:00.000Z", distanceKm: 13 }],
      ["chargingStarted", { soc: 55, targetSoc: 80 }],
      ["chargingEnded", { startSoc: 55, soc: 69, from: "level", energyKwh: 10.5, reason: "stopped" }],
    ],
  },
  // A kilometre in a minute.
  "own-broker-vin-in-topic": { events: [["tripStarted", { startedAt: "2026-10-01T06:01:00.000Z", odometer: 100 }]] },
  // Recordings without an event; `sources.spec` checks their values.
  "electric-with-fuel-0": { events: [] },
  "petrol-with-hv-level": { events: [] },
};

describe("recorded cases: trips, charges and places", () => {
  it("have each an expectation", () => {
    const files = readdirSync(FOLDER).map((file) => file.replace(/\.ndjson$/, ""));
    assert.deepEqual(files.sort(), Object.keys(EXPECTED).sort());
  });

  for (const [name, { events, also }] of Object.entries(EXPECTED))
    it(`${name} gives what it must`, async () => {
      const played = await PlayedRecording.file(`${FOLDER}/${name}.ndjson`);
      checkEvents(played.events);
      assert.deepEqual(
        played.events.map((event) => event.name),
        events.map(([event]) => event),
      );
      for (const [index, [, members]] of events.entries()) {
        const reported = played.events[index]?.payload ?? {};
        const wanted = Object.fromEntries(Object.keys(members).map((key) => [key, reported[key]]));
        assert.deepEqual(wanted, members);
      }
      also?.(played);
    });
});
