import type { RecordedLine } from "../../../src/replay/recording.js";
import type { SeededRandom } from "../random.js";

/*
 * A car of which everything is known: it drives, charges and tells of it as real ones do. Its steps are minutes, so that a
 * year of it takes a moment.
 */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const QUARTER = 15 * MINUTE;
/** In which the power of a charge is the same. */
const STEP = 10 * SECOND;

export interface Spot {
  readonly name: string | null;
  readonly latitude: number;
  readonly longitude: number;
}

/** Describes a car and what it tells. */
export interface YearCarDesign {
  readonly vin: string;
  /** Usable when the year begins [kWh], and what of it a year takes away (0 to 0.12). */
  readonly capacityKwh: number;
  readonly loss: number;
  /** The capacity that it tells: that of the beginning, or the present one. */
  readonly tells: "first" | "present";
  /** What tells the power of a charge with alternating current. */
  readonly telemetry: "amps" | "meter" | "none";
  readonly kwhPerKm: number;
  /** Current at home [A], with 230 V on so many phases. */
  readonly amps: number;
  readonly phases: number;
}

export interface TrueTrip {
  readonly from: Spot;
  readonly to: Spot;
  readonly start: number;
  readonly end: number;
  readonly km: number;
}

export interface TrueCharge {
  readonly spot: Spot;
  readonly start: number;
  readonly end: number;
  readonly method: "AC" | "DC";
  readonly socFrom: number;
  readonly socTo: number;
  readonly drawnKwh: number;
  readonly storedKwh: number;
  /** Drawn energy by the number of the quarter since 1970 [kWh]. */
  readonly quarters: ReadonlyMap<number, number>;
  readonly km: number;
}

const BATTERY = "vehicle.drivetrain.batteryManagement";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const PLACE = "vehicle.cabin.infotainment.navigation.currentLocation";
export const VOLTS = 230;
const AUX_KW = 0.3;
const EFFICIENCIES = { AC: 0.9, DC: 0.94 } as const;
const TELEMETRY_EVERY_MIN = 3;
const LEAST_GAIN_PP = 10;
const YEAR = 365 * DAY;

export class YearCar {
  readonly trips: TrueTrip[] = [];
  readonly charges: TrueCharge[] = [];
  readonly #lines: RecordedLine[] = [];
  #soc = 70;
  #km = 10_000;
  #spot: Spot;
  /** Until when its life is known [ms]. */
  #now: number;

  constructor(
    readonly design: YearCarDesign,
    private readonly random: SeededRandom,
    readonly begin: number,
    home: Spot,
  ) {
    this.#spot = home;
    this.#now = begin;
    this.#tell(begin, { ...this.#standing(), ...this.#level() });
  }

  get now(): number {
    return this.#now;
  }

  get soc(): number {
    return this.#soc;
  }

  get spot(): Spot {
    return this.#spot;
  }

  /** Returns the true capacity at a time [kWh]. */
  capacityAt(at: number): number {
    const { capacityKwh, loss } = this.design;
    return capacityKwh * (1 - (loss * (at - this.begin)) / YEAR);
  }

  /** Returns what it has told until a time, once. */
  linesUntil(end: number): RecordedLine[] {
    const limit = new Date(end).toISOString();
    const count = this.#lines.findIndex(({ at }) => at >= limit);
    return this.#lines.splice(0, count < 0 ? this.#lines.length : count);
  }

  /** Drives somewhere, straight ahead. */
  drive(at: number, to: Spot, km: number, kmh: number): void {
    const [from, start] = [this.#spot, Math.max(at, this.#now + 5 * MINUTE)];
    const minutes = Math.round((km / kmh) * 60);
    this.#tell(start, { "vehicle.isMoving": true });
    for (let minute = 1; minute < minutes; minute++) {
      this.#use(km / minutes);
      const share = minute / minutes;
      this.#tell(start + minute * MINUTE, {
        [`${PLACE}.latitude`]: round(from.latitude + share * (to.latitude - from.latitude), 6),
        [`${PLACE}.longitude`]: round(from.longitude + share * (to.longitude - from.longitude), 6),
        ...(minute % 5 === 0 && this.#level()),
      });
    }
    this.#use(km / minutes);
    this.#spot = to;
    const end = start + minutes * MINUTE;
    this.#tell(end, { ...this.#standing(), ...this.#level() });
    this.trips.push({ from, to, start, end, km });
    this.#now = end;
  }

  /** Charges until a level, or until a time; not at all if that would be nothing worth it. */
  charge(at: number, method: "AC" | "DC", target: number, until: number): void {
    const start = Math.max(at, this.#now + 2 * MINUTE);
    if (this.#soc > target - LEAST_GAIN_PP || start > until - LEAST_GAIN_PP * MINUTE) return;
    const [socFrom, quarters] = [this.#soc, new Map<number, number>()];
    const capacity = this.capacityAt(start);
    this.#tell(start, this.#plugged(method, target));
    let [drawn, time, minute] = [0, start, 0];
    while (this.#soc < target - 1e-9 && time < until) {
      const kw = this.#kw(method);
      const perMs = ((kw - AUX_KW) * EFFICIENCIES[method]) / HOUR;
      const toTarget = Math.ceil((((target - this.#soc) / 100) * capacity) / perMs / SECOND) * SECOND;
      const toQuarter = QUARTER - (time % QUARTER);
      const step = Math.min(STEP, start + (minute + 1) * MINUTE - time, toQuarter, toTarget, until - time);
      const kwh = (kw * step) / HOUR;
      const quarter = Math.floor(time / QUARTER);
      quarters.set(quarter, (quarters.get(quarter) ?? 0) + kwh);
      drawn += kwh;
      const before = Math.floor(this.#soc);
      this.#soc = Math.min(target, this.#soc + (step * perMs * 100) / capacity);
      time += step;
      if (Math.floor(this.#soc) > before && this.#soc < target) this.#tell(time, this.#level());
      if (time < start + (minute + 1) * MINUTE) continue;
      minute++;
      this.#measure(time, method, this.#kw(method), minute);
    }
    this.#tell(time, { [`${CHARGING}.status`]: this.#soc >= target - 1e-9 ? "CHARGINGENDED" : "NOCHARGING" });
    this.#tell(time + 20 * SECOND, this.#level());
    this.#tell(time + MINUTE, {
      "vehicle.body.chargingPort.status": "DISCONNECTED",
      [`${CHARGING}.status`]: "NOCHARGING",
    });
    const storedKwh = ((this.#soc - socFrom) / 100) * capacity;
    const own = { spot: this.#spot, start, end: time, method, socFrom };
    this.charges.push({ ...own, socTo: this.#soc, drawnKwh: drawn, storedKwh, quarters, km: this.#km });
    this.#now = time + 2 * MINUTE;
  }

  /** Tells that something else has happened, such as an answer of BMW. */
  tell(at: number, kind: string, members: object): void {
    this.#lines.push({ at: new Date(at).toISOString(), kind, vin: this.design.vin, ...members });
  }

  /** Returns the power that it draws now. */
  #kw(method: "AC" | "DC"): number {
    return method === "AC" ? (VOLTS * this.design.amps * this.design.phases) / 1000 : dcKw(this.#soc);
  }

  /** Sends what tells the power. */
  #measure(at: number, method: "AC" | "DC", kw: number, minute: number): void {
    const { telemetry, amps, phases } = this.design;
    if (telemetry === "none") return;
    if (method === "DC")
      this.#tell(at, { "vehicle.powertrain.electric.battery.charging.power": Math.round(kw * 1000) });
    else if (telemetry === "meter") this.tell(at, "power", { kw: round(kw, 2) });
    else if (minute % TELEMETRY_EVERY_MIN === 0)
      this.#tell(at, {
        [`${CHARGING}.acVoltage`]: VOLTS + this.random.between(-2, 2),
        [`${CHARGING}.acAmpere`]: amps,
        [`${CHARGING}.phaseNumber`]: `${phases}-PHASES`,
      });
  }

  #use(km: number): void {
    this.#km += km;
    const kwh = km * this.design.kwhPerKm;
    this.#soc = Math.max(1, this.#soc - (kwh * 100) / this.capacityAt(this.#now));
  }

  #plugged(method: "AC" | "DC", target: number): Record<string, unknown> {
    const { telemetry, amps, phases } = this.design;
    const isTold = method === "AC" && telemetry === "amps";
    return {
      "vehicle.body.chargingPort.status": "CONNECTED",
      [`${CHARGING}.status`]: "CHARGINGACTIVE",
      [`${CHARGING}.method`]: method === "AC" ? "AC_TYPE2PLUG" : "DC_CHARGING",
      "vehicle.powertrain.electric.battery.stateOfCharge.target": String(target),
      ...this.#level(),
      ...(isTold && { [`${CHARGING}.acVoltage`]: VOLTS, [`${CHARGING}.acAmpere`]: amps }),
      ...(isTold && { [`${CHARGING}.phaseNumber`]: `${phases}-PHASES` }),
    };
  }

  #standing(): Record<string, unknown> {
    const capacity = this.design.tells === "first" ? this.design.capacityKwh : this.capacityAt(this.#now);
    return {
      "vehicle.isMoving": false,
      "vehicle.vehicle.travelledDistance": Math.floor(this.#km),
      [`${PLACE}.latitude`]: this.#spot.latitude,
      [`${PLACE}.longitude`]: this.#spot.longitude,
      [`${BATTERY}.maxEnergy`]: round(capacity, 1),
    };
  }

  #level(): Record<string, unknown> {
    return { [`${BATTERY}.header`]: Math.floor(this.#soc + 1e-6) };
  }

  #tell(time: number, values: Readonly<Record<string, unknown>>): void {
    const at = new Date(time).toISOString();
    const data = Object.entries(values).map(([name, value]) => [name, { value, timestamp: at, unit: "" }]);
    const payload = { vin: this.design.vin, data: Object.fromEntries(data) as object };
    this.#lines.push({ at, kind: "stream", payload });
  }
}

/** Power of a fast charger [kW]: full to 45 %, then falling. */
function dcKw(soc: number): number {
  return soc < 45 ? 120 : Math.max(20, 120 - ((soc - 45) * 70) / 35);
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
