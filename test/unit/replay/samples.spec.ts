import assert from "node:assert/strict";
import { Replay, type ReplayedMessage } from "../../../src/replay/replay.js";
import samples from "../../fixtures/samples.json";

interface Sample {
  readonly id: string;
  readonly kind: string;
  readonly note: string;
  readonly payload: unknown;
}

interface Message {
  readonly descriptor?: string;
  readonly payload: unknown;
  readonly unit?: string | null;
  readonly event?: string;
  readonly data?: unknown;
}

const VIN = "WBA00000000000001";
const RECEIVED = "2026-10-10T12:00:00.000Z";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const TYRE = "vehicle.chassis.axle.row2.wheel.right.tire.pressure";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const SOC = "vehicle.drivetrain.batteryManagement.header";

type Value = readonly [payload: unknown, unit?: string | null];

/** The expected results of each payload: values, events, positions, and those that must not come. */
interface Expectation {
  readonly values?: Readonly<Record<string, Value>>;
  readonly events?: readonly string[];
  readonly positions?: readonly (readonly [number, number])[];
  readonly silent?: boolean;
  readonly rejected?: object;
}

const EXPECTED: Readonly<Record<string, Expectation>> = {
  S01: {
    values: {
      [ODOMETER]: [48_260, "km"],
      "vehicle.chassis.axle.row1.wheel.left.tire.pressure": [240, "kPa"],
      "vehicle.electricalSystem.battery.voltage": [14.39, "V"],
      "vehicle.status.serviceTime.yellow": [4, "weeks"],
      "vehicle.status.serviceTime.inspectionDateLegal": ["17.01.2027 00:00:00 UTC", null],
    },
  },
  S03: { events: ["vehicleFound"] },
  S05: { events: ["vehicleFound", "vehicleFound"] },
  S07: { values: { [ODOMETER]: [87_897, "km"] } },
  S09: { silent: true },
  S11: { values: { [`${CHARGING}.status`]: ["CHARGINGACTIVE"] }, events: ["vehicleFound", "chargingStarted"] },
  S13: { values: { [TYRE]: [null, "kPa"] } },
  S14: {
    values: {
      [`${CHARGING}.level`]: [75, "%"],
      "vehicle.drivetrain.electricEngine.remainingElectricRange": [350, "km"],
      [`${CHARGING}.status`]: ["NOCHARGING", null],
      [ODOMETER]: [61_570, "km"],
    },
  },
  S16: { values: { [`${LOCATION}.longitude`]: [9.498705, "°"] } },
  S17: {
    values: { [SOC]: [62, "%"], [`${CHARGING}.level`]: [65, "%"] },
    // Months old when it is played.
    events: ["vehicleFound"],
  },
  S19: {
    positions: [
      [48.005757, 15.006218],
      [48.000586, 15.004451],
    ],
  },
  S20: { positions: [[47.26, 11.39]] },
  S22: {
    values: { [ODOMETER]: [12_345, "mi"], "vehicle.drivetrain.electricEngine.remainingElectricRange": [210, "mi"] },
  },
  S24: {
    values: {
      "vehicle.powertrain.electric.battery.charging.power": [6780, "W"],
      "vehicle.powertrain.electric.battery.charging.acLimit.isActive": [true],
      "vehicle.drivetrain.batteryManagement.batterySizeMax": [null, "kWh"],
    },
  },
  S25: { values: { [SOC]: [62, "%"], [`${CHARGING}.phaseNumber`]: ["1-PHASES"] } },
  S27: {
    values: {
      [ODOMETER]: [101, "km"],
      "vehicle.cabin.door.row1.driver.isOpen": [true],
      "vehicle.body.trunk.isOpen": [false],
      "vehicle.cabin.window.row1.passenger.status": ["INTERMEDIATE"],
    },
  },
  S29: { events: ["vehicleFound", "chargingStarted", "chargingEnded"] },
  S31: { events: ["vehicleFound"] },
  S33: { events: ["vehicleFound"] },
  S46: { silent: true, rejected: { "not-json": 1 } },
};

function replay() {
  const sent: ReplayedMessage[] = [];
  const nodes = new Set(["stream", "telematics"] as const);
  const options = { nodes, vehicle: "", form: "each", until: Infinity } as const;
  return { run: new Replay(options, (message) => sent.push(message)), sent };
}

async function play({ kind, payload }: Sample) {
  const { run, sent } = replay();
  // Each message of a list arrives by itself; mappings are a list by nature.
  const messages = kind === "stream" && Array.isArray(payload) ? (payload as unknown[]) : [payload];
  let latest = 0;
  for (const message of messages) {
    const at = (message as { timestamp?: string }).timestamp ?? RECEIVED;
    await run.play({ at, kind, vin: VIN, payload: message });
    latest = Date.parse(at);
  }
  // Axes of neighbouring seconds wait for a better partner, the end of a charge for an hour in which it may go on.
  await run.play({ at: new Date(latest + 2 * 3600_000).toISOString(), kind: "settings" });
  const parsed = sent.map(({ msg }) => msg as Message);
  const values = parsed.filter(({ descriptor }) => descriptor !== undefined && descriptor !== "location");
  const events = parsed.flatMap(({ event }) => event ?? []);
  const positions = parsed.flatMap(({ descriptor, payload: place }) => {
    if (descriptor !== "location") return [];
    const { latitude, longitude } = place as { latitude: number; longitude: number };
    return [[latitude, longitude]];
  });
  return { values, events, positions, rejected: run.rejected.toJSON(), skipped: run.skipped.total };
}

describe("payloads seen in the field", () => {
  it("have each an expectation", () => {
    assert.deepEqual(Object.keys(EXPECTED).sort(), samples.map(({ id }) => id).sort());
  });

  for (const sample of samples as Sample[])
    it(`${sample.id} (${sample.kind}) gives what it says: ${sample.note}`, async () => {
      const expected = EXPECTED[sample.id];
      assert.ok(expected);
      const { values, events, positions, rejected, skipped } = await play(sample);
      assert.equal(skipped, 0);
      for (const [descriptor, [payload, unit]] of Object.entries(expected.values ?? {})) {
        const message = values.find((one) => one.descriptor === descriptor);
        assert.deepEqual(message?.payload, payload, descriptor);
        if (unit !== undefined) assert.equal(message?.unit, unit, descriptor);
      }
      if (expected.events) assert.deepEqual(events, expected.events);
      if (expected.positions) assert.deepEqual(positions, expected.positions);
      if (expected.silent) assert.deepEqual(values, []);
      if (expected.rejected) assert.deepEqual(rejected, expected.rejected);
      for (const { payload } of values) assert.ok(payload === null || typeof payload !== "object");
    });

  it("S01 shows service appointments as a list, its nothings as null", async () => {
    const sample = (samples as Sample[]).find(({ id }) => id === "S01");
    assert.ok(sample);
    const { values } = await play(sample);
    const services = values.find(({ descriptor }) => descriptor === "vehicle.status.conditionBasedServices");
    assert.match(String(services?.payload), /^\d+: Front Brake, Statutory vehicle inspection, Engine oil/);
    const [brake] = services?.data as { date: unknown; text: unknown; unitOfLengthRemaining: unknown }[];
    assert.deepEqual([brake?.date, brake?.text, brake?.unitOfLengthRemaining], [null, null, "2100"]);
  });

  it("S09 wipes nothing that was known", async () => {
    const storm = (samples as Sample[]).find(({ id }) => id === "S09");
    assert.ok(storm);
    const { run, sent } = replay();
    const known = { telematicData: { [SOC]: { value: "62", unit: "percent", timestamp: RECEIVED } } };
    await run.play({ at: RECEIVED, kind: "telematicData", vin: VIN, payload: known });
    const before = sent.length;
    await run.play({ at: RECEIVED, kind: "telematicData", vin: VIN, payload: storm.payload });
    assert.equal(sent.length, before);
  });
});
