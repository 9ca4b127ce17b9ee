import assert from "node:assert/strict";
import type { ChargeEntry, JournalEntry, TripEntry } from "../../src/journal/entry.js";
import type { PriceStep } from "../../src/journal/energy-origins.js";
import type { JournalSettings } from "../../src/journal/journal-settings.js";
import type { RecordedLine } from "../../src/replay/recording.js";
import { Replay, type ReplayedMessage } from "../../src/replay/replay.js";
import { VIN } from "./fakes.js";

const BATTERY = "vehicle.drivetrain.batteryManagement";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const PLACE = "vehicle.cabin.infotainment.navigation.currentLocation";

export const HOME = { latitude: 48.1, longitude: 11.5 };
export const WORK = { latitude: 48.2, longitude: 11.6 };
export const SETTINGS: JournalSettings = {
  zone: "Europe/Berlin",
  places: [
    { name: "home", ...HOME, radius: 150, purpose: null },
    { name: "work", ...WORK, radius: 150, purpose: "commute" },
  ],
  tariffs: [],
  currency: "EUR",
};

/** Returns the ISO time of a minute after 2 March 2026, 06:00 UTC. */
export const time = (minute: number) => new Date(Date.UTC(2026, 2, 2, 6) + minute * 60_000).toISOString();

/** A message of the car with values by descriptor, all measured at `minute`. */
export function stream(minute: number, values: Readonly<Record<string, unknown>>, vin = VIN): RecordedLine {
  const at = time(minute);
  const data = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, timestamp: at, unit: "" }]),
  );
  return { at, kind: "stream", payload: { vin, data } };
}

export const line = (minute: number, kind: string, members: object = {}): RecordedLine => ({
  at: time(minute),
  kind,
  vin: VIN,
  ...members,
});

/** The car stands somewhere. */
export const standing = (minute: number, soc: number, place = HOME, km = 1000) =>
  stream(minute, {
    [`${BATTERY}.header`]: soc,
    [`${BATTERY}.maxEnergy`]: 80,
    "vehicle.isMoving": false,
    "vehicle.vehicle.travelledDistance": km,
    [`${PLACE}.latitude`]: place.latitude,
    [`${PLACE}.longitude`]: place.longitude,
  });

export const moving = (minute: number) => stream(minute, { "vehicle.isMoving": true });

/** A fix under way. */
export const fix = (minute: number, { latitude, longitude }: typeof HOME) =>
  stream(minute, { [`${PLACE}.latitude`]: latitude, [`${PLACE}.longitude`]: longitude });

/** A charge with 11 kW begins. */
export const plugged = (minute: number, soc: number) =>
  stream(minute, {
    [`${CHARGING}.status`]: "CHARGINGACTIVE",
    [`${CHARGING}.method`]: "AC_TYPE2PLUG",
    "vehicle.body.chargingPort.status": "CONNECTED",
    [`${BATTERY}.header`]: soc,
    [`${CHARGING}.acVoltage`]: 230,
    [`${CHARGING}.acAmpere`]: 16,
    [`${CHARGING}.phaseNumber`]: "3-PHASES",
  });

export const level = (minute: number, soc: number) => stream(minute, { [`${BATTERY}.header`]: soc });

/** The cable is out. */
export const unplugged = (minute: number, soc: number) =>
  stream(minute, {
    [`${CHARGING}.status`]: "NOCHARGING",
    "vehicle.body.chargingPort.status": "DISCONNECTED",
    [`${BATTERY}.header`]: soc,
  });

/** A charge with 11 kW from 40 to 80 % of 80 kWh, from minute 10 on, that takes 200 minutes. */
export const CHARGE: readonly RecordedLine[] = [
  standing(0, 40),
  plugged(10, 40),
  ...Array.from({ length: 40 }, (_, step) => level(15 + 5 * step, 41 + step)),
  unplugged(211, 80),
  level(240, 80),
];

/** A trip of an hour from home to work, 60 km. */
export const TRIP: readonly RecordedLine[] = [
  standing(0, 80),
  moving(10),
  ...Array.from({ length: 59 }, (_, step) => {
    const share = (step + 1) / 60;
    return fix(11 + step, { latitude: 48.1 + 0.1 * share, longitude: 11.5 + 0.1 * share });
  }),
  standing(70, 65, WORK, 1060),
  line(100, "read"),
];

/** Plays lines and returns the entries of the journal, in the order in which they were made. */
export async function journalOf(
  lines: readonly RecordedLine[],
  settings: Partial<JournalSettings> = {},
  prices: readonly PriceStep[] = [],
): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  const journal = { settings: { ...SETTINGS, ...settings }, prices };
  const options = { nodes: new Set(["journal" as const]), vehicle: "", form: "each" as const, until: Infinity };
  const replay = new Replay({ ...options, journal }, ({ output, msg }) => {
    if (output === 0) entries.push(msg as JournalEntry);
  });
  for (const one of lines) await replay.play(one);
  return entries;
}

/** Returns what the journal says once a recording is over, in the order in which it was said. */
export async function wholeJournalOf(lines: readonly RecordedLine[]): Promise<ReplayedMessage[]> {
  const sent: ReplayedMessage[] = [];
  const options = { nodes: new Set(["journal" as const]), vehicle: "", form: "each" as const, until: Infinity };
  const prices = [{ from: 0, price: 0.3 }];
  const replay = new Replay({ ...options, journal: { settings: SETTINGS, prices } }, (message) => sent.push(message));
  for (const one of lines) await replay.play(one);
  await replay.end();
  return sent;
}

/** Returns the charges among entries. */
export const chargesIn = (entries: readonly JournalEntry[]): ChargeEntry[] =>
  entries.filter((entry): entry is ChargeEntry => entry.kind === "charge");

/** Returns the trips among entries. */
export const tripsIn = (entries: readonly JournalEntry[]): TripEntry[] =>
  entries.filter((entry): entry is TripEntry => entry.kind === "trip");

/** Returns the trip of `TRIP` and the charge of `CHARGE`. */
export async function tripAndCharge(): Promise<[TripEntry, ChargeEntry]> {
  const entries = [...(await journalOf(TRIP)), ...(await journalOf(CHARGE))];
  const [trip, charge] = [tripsIn(entries)[0], chargesIn(entries)[0]];
  assert.ok(trip !== undefined && charge !== undefined);
  return [trip, charge];
}
