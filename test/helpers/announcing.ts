import type { AnnouncedNode } from "../../src/account/announcement-repository.js";
import type { CarIdentity } from "../../src/account/vehicle-identity.js";
import type { AnnouncerOptions } from "../../src/homeassistant/announcer-dependencies.js";
import { Announcer } from "../../src/homeassistant/announcer.js";
import { parseAnnouncerInput } from "../../src/homeassistant/announcer-input.js";
import type { MqttMessage } from "../../src/homeassistant/mqtt-message.js";
import { SendBudget } from "../../src/mqtt-out/portions.js";
import type { Problem } from "../../src/support/errors.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { parseVin } from "../../src/support/vin.js";
import { OTHER_VIN, START, VIN } from "./fakes.js";

export const HEADER = "vehicle.drivetrain.batteryManagement.header";
export const DOOR = "vehicle.cabin.door.row1.driver.isOpen";
export const ODOMETER = "vehicle.vehicle.travelledDistance";
export const WINDOW = "vehicle.cabin.window.row1.driver.status";
export const PREDICTED = "vehicle.predicted_soc";

export type Config = Record<string, unknown> & { device: Record<string, unknown> };
export type DeviceConfig = Config & { components: Record<string, Record<string, unknown>> };

export interface AnnouncingOptions extends Partial<AnnouncerOptions> {
  readonly saved?: AnnouncedNode;
  readonly cars?: Readonly<Record<string, CarIdentity>>;
  /** Chance, from 0 to 1. */
  readonly chance?: number;
  /** Topics at which another node keeps something. */
  readonly held?: ReadonlySet<string>;
  /** Cars that the account has to ignore. */
  readonly ignored?: ReadonlySet<string>;
  /** Whether a car charges. */
  readonly isCharging?: (vin: string) => boolean | null;
  /** Takes the messages in place of a broker that takes everything. */
  readonly send?: (messages: readonly MqttMessage[]) => void;
}

export function identity(vin: string, changes: Partial<CarIdentity> = {}): CarIdentity {
  const car = {
    id: vin,
    name: "BMW i4",
    manufacturer: "BMW",
    model: "i4 eDrive40",
    serialNumber: vin,
    softwareVersion: null,
  };
  return { ...car, driveType: null, ...changes };
}

/** Announces on a simulated clock; `broker` holds what an MQTT broker would keep. */
export function announcing(options: AnnouncingOptions = {}) {
  const { saved = { availability: null, cars: [] }, chance = 0.5, held = new Set(), send, ...more } = options;
  const { isCharging = () => null, ignored = new Set(), ...settings } = more;
  const cars = new Map(Object.entries(options.cars ?? { [VIN]: identity(VIN), [OTHER_VIN]: identity(OTHER_VIN) }));
  const clock = new SimulatedClock(START);
  const sent: MqttMessage[] = [];
  const broker = new Map<string, string | Buffer>();
  const problems: Problem[] = [];
  const urgent: AnnouncedNode[] = [];
  let kept = saved;
  const announcer = new Announcer(
    {
      mode: "device",
      prefix: "homeassistant",
      base: "cardata",
      separator: "dots",
      attributes: false,
      repeatMs: 15 * 60_000,
      availability: false,
      buttons: false,
      language: "en",
      area: "",
      maxPacketSize: 1_000_000,
      ...settings,
    },
    {
      clock,
      budget: new SendBudget(clock),
      random: { bytes: () => Buffer.alloc(0), fraction: () => chance },
      carOf: (vin) => cars.get(vin) ?? null,
      driveTypeOf: (vin) => cars.get(vin)?.driveType,
      isIgnored: (vin) => ignored.has(vin),
      isCharging,
      saved: () => saved,
      save: (state, isUrgent) => {
        // As a file would have it.
        kept = JSON.parse(JSON.stringify(state)) as AnnouncedNode;
        if (isUrgent) urgent.push(kept);
      },
      isHeld: (topic) => held.has(topic),
      warn: (problem) => {
        problems.push(problem);
      },
      send: (messages) => {
        sent.push(...messages);
        send?.(messages);
        for (const { topic, payload, retain } of messages)
          if (payload.length === 0) broker.delete(topic);
          else if (retain) broker.set(topic, payload);
      },
      onChange: () => undefined,
    },
  );
  announcer.start();
  const config = (vin = VIN) =>
    JSON.parse(String(broker.get(`homeassistant/device/bmw_cardata_${vin.toLowerCase()}/config`))) as DeviceConfig;
  return {
    announcer,
    clock,
    cars,
    sent,
    broker,
    problems,
    kept: () => kept,
    /** Returns what would be on the disk if the power failed within a minute. */
    durable: () => urgent.at(-1) ?? saved,
    /** Gives a message to the node; returns why it was left out. */
    take: (message: unknown) => announcer.handle(parseAnnouncerInput(message, parseVin)),
    /** Waits until pending changes are announced. */
    settle: async () => clock.advance(20_000),
    config,
    components: (vin = VIN) => config(vin).components,
    /** Payloads of what was sent since the list was emptied, by topic. */
    topics: () => sent.map(({ topic }) => topic),
    state: (subject: string, id = VIN) => broker.get(`cardata/${id}/${subject}/state`),
  };
}

/** A message of cardata-stream. */
export function value(descriptor: string, payload: unknown, changes: object = {}) {
  return {
    payload,
    topic: `cardata/${VIN}/${descriptor}`,
    vin: VIN,
    descriptor,
    name: `Name of ${descriptor.split(".").slice(-2).join(" ")}`,
    unit: null,
    timestamp: "2026-03-02T05:59:00.000Z",
    source: "stream",
    known: true,
    ...changes,
  };
}

export const soc = (payload: number | null, changes: object = {}) =>
  value(HEADER, payload, { unit: "%", name: "Battery level", ...changes });

export const predicted = (payload: number | null, changes: object = {}) =>
  value(PREDICTED, payload, {
    unit: "%",
    name: "Predicted SOC",
    source: "estimate",
    estimate: { mode: "idle", sigma: 0.5, band90: [62, 64], bmwSoc: 63 },
    ...changes,
  });

export function position(changes: object = {}) {
  const timestamp = "2026-03-02T05:58:00.000Z";
  return {
    payload: { latitude: 48.1, longitude: 11.5, heading: 90, timestamp },
    topic: `cardata/${VIN}/location`,
    vin: VIN,
    descriptor: "location",
    name: "Location",
    unit: null,
    timestamp,
    source: "stream",
    known: true,
    ...changes,
  };
}

export function traccar(changes: object = {}) {
  const position = { latitude: 48.2, longitude: 11.6, altitude: 500, course: 45, valid: true };
  return {
    payload: 52.5,
    topic: `cardata/${VIN}/traccar`,
    vin: VIN,
    unit: "km/h",
    timestamp: "2026-03-02T05:58:00.000Z",
    bracket: "city",
    position: { ...position, fixTime: "2026-03-02T05:57:58.000Z" },
    device: "i4",
    ...changes,
  };
}

export function learning(changes: object = {}) {
  return {
    payload: {
      efficiency: [{ key: "3_230_16", efficiency: 0.91 }],
      consumption: { defaultKwhPerKm: 0.2, overall: null, months: {}, brackets: {} },
      lastDecision: { at: "2026-03-02T05:00:00.000Z", what: "ac", accepted: true, text: "Learned from a charge." },
    },
    topic: `cardata/${VIN}/learning`,
    vin: VIN,
    timestamp: "2026-03-02T05:58:00.000Z",
    ...changes,
  };
}

const QUOTA = { used: 1, remaining: 49, limit: 50, window: "utc-day", resetsAt: "2026-03-03T00:00:00.000Z" };

export function operation(name: string, summary: object, payload: unknown = {}) {
  return { payload, topic: `cardata/${VIN}/${name}`, vin: VIN, summary, quota: QUOTA };
}

/** A picture as far as the nodes look at it. */
export const PNG = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(200, 7)]);
export const JPEG = Buffer.concat([Buffer.from("ffd8ff", "hex"), Buffer.alloc(200, 7)]);

export const image = (payload: Buffer = PNG) => ({ ...operation("image", { text: "PNG picture" }, payload) });

/** Message of a status node about core's `mqtt out`. */
export const CONNECTED = {
  status: { fill: "green", shape: "dot", text: "node-red:common.status.connected", source: { type: "mqtt out" } },
};
export const DISCONNECTED = {
  status: { fill: "red", shape: "ring", text: "node-red:common.status.disconnected", source: { type: "mqtt out" } },
};
export const BIRTH = { topic: "homeassistant/status", payload: "online" };
