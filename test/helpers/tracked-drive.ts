import { randomFrom } from "./driving-world.js";
import { VIN } from "./fakes.js";

/** Names the behaviour of the tracker in the car, as real Traccar 6.14.5 shows it. */
export type TrackerKind =
  /** Speed in knots, as it should be. */
  | "good"
  /** It sends no speed, course and altitude: Traccar shows 0. */
  | "no-speed"
  /** It sends m/s where Traccar expects knots. */
  | "metres-per-second"
  /** It sends km/h where Traccar expects knots. */
  | "kilometres-per-hour";

export interface TrackedDriveOptions {
  /** `null`: no tracker at all. */
  readonly tracker: TrackerKind | null;
  /** Whether the car reports each whole kilometre. */
  readonly odometer?: boolean;
  /** Whether the car reports its position every two minutes. */
  readonly positions?: boolean;
  /** Whether each whole percent is reported as it is reached; else none on the way. */
  readonly pushed?: boolean;
  readonly seed?: number;
  readonly km?: number;
  /** Seconds between two looks. */
  readonly every?: number;
  /** Whether the server knows `totalDistance`. */
  readonly counted?: boolean;
}

export interface TrackedDrive {
  /** A recording for `cardata-replay`. */
  readonly lines: readonly object[];
  /** Percent at each `read` line, from the first minute of the drive on. */
  readonly truth: readonly number[];
  readonly km: number;
}

const LEVEL = "vehicle.drivetrain.batteryManagement.header";
const CAPACITY = "vehicle.drivetrain.batteryManagement.maxEnergy";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const MOVING = "vehicle.isMoving";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const START = Date.UTC(2026, 9, 1, 6);
const CAPACITY_KWH = 80;
const KMH_PER_KNOT = 1.852;
const METRES_PER_DEGREE = 111_195;
const iso = (seconds: number) => new Date(START + seconds * 1000).toISOString();

/** Stretches of a way: how fast it goes, and how often the car has to stop. */
const STRETCHES = [
  { until: 0.06, kmh: 45, stopsPerKm: 1.5 },
  { until: 0.2, kmh: 80, stopsPerKm: 0.2 },
  { until: 0.85, kmh: 125, stopsPerKm: 0 },
  { until: 0.95, kmh: 70, stopsPerKm: 0.3 },
  { until: 1, kmh: 40, stopsPerKm: 1.5 },
];

/** One drive, second by second, as reported by a car and a tracker in it. The same options give the same drive. */
export function trackedDrive(options: TrackedDriveOptions): TrackedDrive {
  const { km = 113, every = 60, tracker } = options;
  const road = new Road(randomFrom(options.seed ?? 1), km);
  const lines: object[] = beginning(road);
  const truth: number[] = [];
  for (let now = 0; road.km < km;) {
    if (tracker !== null && now % every === 0) lines.push(lookAt(road, now, options));
    const before = { soc: road.soc, km: road.km };
    road.goOn();
    now++;
    lines.push(...told(before, road, now, options));
    if (now % 60 !== 5) continue;
    lines.push({ at: iso(now), kind: "read", vin: VIN });
    truth.push(road.soc);
  }
  return { lines, truth, km: road.km };
}

/** The car as it truly is. */
class Road {
  km = 0;
  soc = 88.4;
  kmh = 0;
  latitude = 48;
  longitude = 11;
  /** The tracker's counter. */
  metres = 5_000_000;
  #stands = 0;
  #heading = 60;

  constructor(
    private readonly random: () => number,
    private readonly length: number,
  ) {}

  get odometer(): number {
    return Math.floor(10_000.3 + this.km);
  }

  /** For a second. */
  goOn(): void {
    const { random } = this;
    this.kmh = this.#next();
    const step = this.kmh / 3600;
    this.km += step;
    this.metres += step * 1000 * (1 + 0.01 * (random() - 0.3));
    this.#heading += (random() - 0.5) * 6;
    const radians = (this.#heading * Math.PI) / 180;
    this.latitude += (step * 1000 * Math.cos(radians)) / METRES_PER_DEGREE;
    this.longitude += (step * 1000 * Math.sin(radians)) / (METRES_PER_DEGREE * 0.67);
    const kwh = (0.115 + 0.075 * (this.kmh / 100) ** 2) * step + 0.9 / 3600;
    this.soc -= (100 / CAPACITY_KWH) * kwh;
  }

  #next(): number {
    const { random, kmh } = this;
    const share = this.km / this.length;
    const { kmh: cruise, stopsPerKm } = STRETCHES.find(({ until }) => share < until) ?? { kmh: 40, stopsPerKm: 0 };
    if (this.#stands > 0) this.#stands--;
    else if (kmh > 20 && random() < (stopsPerKm * kmh) / 3600) this.#stands = 20 + Math.floor(40 * random());
    const target = this.#stands > 0 ? 0 : cruise * (0.9 + 0.2 * random());
    return Math.max(0, kmh + Math.max(-8, Math.min(5, (target - kmh) / 4)));
  }
}

function beginning(road: Road): object[] {
  return [
    { at: iso(-60), kind: "settings", magic: true },
    { at: iso(-59), kind: "basicData", vin: VIN, payload: { driveTrain: "BEV", modelName: "i4 eDrive40" } },
    message(-30, {
      [LEVEL]: Math.floor(road.soc),
      [CAPACITY]: CAPACITY_KWH,
      [ODOMETER]: road.odometer,
      [MOVING]: false,
    }),
    message(0, { [MOVING]: true, [ODOMETER]: road.odometer }),
  ];
}

/** Returns what the car reports in a second. */
function told(before: Pick<Road, "soc" | "km">, road: Road, now: number, options: TrackedDriveOptions): object[] {
  const { odometer = false, positions = false, pushed = false } = options;
  const values: Record<string, unknown> = {};
  if (odometer && Math.floor(10_000.3 + before.km) < road.odometer) values[ODOMETER] = road.odometer;
  if (pushed && Math.floor(road.soc) < Math.floor(before.soc)) values[LEVEL] = Math.floor(road.soc);
  if (positions && now % 120 === 30) {
    values[`${LOCATION}.latitude`] = road.latitude;
    values[`${LOCATION}.longitude`] = road.longitude;
  }
  return Object.keys(values).length === 0 ? [] : [message(now, values)];
}

function lookAt({ kmh, latitude, longitude, metres }: Road, now: number, options: TrackedDriveOptions): object {
  const { tracker, counted = true } = options;
  const knots = {
    good: kmh / KMH_PER_KNOT,
    "no-speed": 0,
    "metres-per-second": kmh / 3.6,
    "kilometres-per-hour": kmh,
  };
  const sent = tracker === "no-speed" ? { altitude: 0, course: 0 } : { altitude: 500, course: 60 };
  return {
    at: iso(now),
    kind: "fix",
    vin: VIN,
    speed: knots[tracker ?? "good"],
    ...(counted && { totalDistance: metres }),
    fixTime: iso(now - 2),
    position: { latitude, longitude, ...sent },
  };
}

function message(at: number, values: Readonly<Record<string, unknown>>): object {
  const timestamp = iso(at);
  const data = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, timestamp }]));
  return { at: timestamp, kind: "stream", payload: { vin: VIN, timestamp, data } };
}
