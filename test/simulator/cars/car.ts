import { Battery, dcPower } from "./battery.js";
import { Logbook } from "./logbook.js";
import type { Profile, CarReport } from "./profile.js";
import { courseAt } from "./road.js";
import type { ScriptStep } from "./script.js";
import type { Services } from "./services.js";

/** Describes the build of a car; all of it invented. */
export interface CarDesign {
  readonly vin: string;
  readonly model: string;
  readonly role: "PRIMARY" | "SECONDARY";
  readonly basicData: Readonly<Record<string, unknown>>;
  readonly capacityKwh: number;
  readonly health: number;
  readonly startSoc: number;
  readonly odometerKm: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly consumptionKwhPerKm: number;
  /** What it uses by speed [km/h] and time, where that is not the same at all of them [kWh/km]. */
  readonly consumptionAt?: (speedKmh: number, time: number) => number;
  /** Share of the energy at the plug that gets into the battery. */
  readonly acEfficiency: number;
  readonly dcEfficiency: number;
  readonly dcPeakKw: number;
  /** Used while charging, at the plug's side. */
  readonly auxiliaryKw: number;
  /** Litres; 0 without a tank. */
  readonly fuelL: number;
  readonly fuelLPerKm: number;
  readonly profile: Profile;
  readonly script: readonly ScriptStep[];
  /** Size of the tank in litres, if the car knows it. */
  readonly tankL?: number;
  /** What else it has told BMW, and never changes. */
  readonly settled?: Readonly<Record<string, string>>;
  readonly services?: Services;
}

export interface SimulatedCharge {
  readonly method: "AC" | "DC";
  /** Power at the plug; for DC the peak [kW]. */
  readonly powerKw: number;
  readonly phases: number;
  readonly target: number;
}

/** Holds the true state of a car, whatever it reports. */
export interface CarTruth {
  readonly time: number;
  /** Percent, exact. */
  readonly soc: number;
  readonly charging: {
    readonly active: true;
    readonly powerKw: number;
    readonly method: "AC" | "DC";
    readonly phases: number;
    readonly target: number;
  } | null;
  readonly plugged: boolean;
  readonly moving: boolean;
  readonly speedKmh: number;
  readonly odometerKm: number;
  /** Distance since the simulation began [km]. */
  readonly drivenKm: number;
  readonly fuelL: number;
  readonly position: {
    readonly latitude: number;
    readonly longitude: number;
    readonly altitude: number;
    readonly heading: number;
  };
  readonly locked: boolean;
  readonly driverDoorOpen: boolean;
  /** Whether the last charge ended by an error, and the cable is still in. */
  readonly chargeFailed: boolean;
  /** Pressure of the rear left tyre [kPa], and what BMW says of the next change of the oil. */
  readonly rearLeftKpa: number;
  readonly service: "OK" | "PENDING" | "OVERDUE";
  /** All that was taken from the grid so far, in kWh at the plug. */
  readonly gridKwh: number;
  /** Number of charges so far, and end of the last one. */
  readonly charges: number;
  readonly chargedAt: number | null;
}

/** What BMW wants in each tyre [kPa]. */
export const TARGET_KPA = 250;
/** Physics go in steps of a second, so that results do not depend on how often `step` is called. */
const PHYSICS_STEP_MS = 1000;
const HOUR_MS = 3_600_000;
const METRES_PER_DEGREE = 111_195;
const ACCELERATION_KMH_PER_S = 6;

/** Simulates one car: physics that conserve energy and distance, and a profile that decides what is reported. */
export class SimulatedCar {
  readonly battery: Battery;
  readonly logbook: Logbook;
  #time: number;
  readonly #start: number;
  #nextStep = 0;
  #charge: SimulatedCharge | null = null;
  #plugged = false;
  #targetSpeed = 0;
  #speed = 0;
  #odometer: number;
  /** Place on the road, and whether it goes along it or back. */
  #way: number;
  #direction = 1;
  #latitude: number;
  #longitude: number;
  #heading: number;
  #locked = true;
  #doorOpen = false;
  #chargeFailed = false;
  #rearLeftKpa = TARGET_KPA;
  #service: CarTruth["service"] = "OK";
  #fuel: number;
  #grid = 0;
  #charges = 0;
  #chargedAt: number | null = null;

  /** @param start time at which the script begins, in milliseconds */
  constructor(
    readonly design: CarDesign,
    start: number,
  ) {
    const { capacityKwh, health, startSoc } = design;
    this.battery = new Battery(capacityKwh, health, (capacityKwh * health * startSoc) / 100);
    this.#time = start;
    this.#start = start;
    this.#odometer = design.odometerKm;
    this.#way = design.odometerKm;
    this.#latitude = design.latitude;
    this.#longitude = design.longitude;
    this.#heading = courseAt(design.odometerKm);
    this.#fuel = design.fuelL;
    this.logbook = new Logbook(design, this.truth());
  }

  get vin(): string {
    return this.design.vin;
  }

  get model(): string {
    return this.design.model;
  }

  get role(): "PRIMARY" | "SECONDARY" {
    return this.design.role;
  }

  get basicData(): Readonly<Record<string, unknown>> {
    return this.design.basicData;
  }

  truth(): CarTruth {
    const charge = this.#charge;
    const moving = this.#speed > 0;
    return {
      time: this.#time,
      soc: this.battery.soc,
      charging: charge && {
        active: true,
        powerKw: this.#chargePower(charge),
        method: charge.method,
        phases: charge.phases,
        target: charge.target,
      },
      plugged: this.#plugged,
      moving,
      speedKmh: this.#speed,
      odometerKm: this.#odometer,
      drivenKm: this.#odometer - this.design.odometerKm,
      fuelL: this.#fuel,
      position: { latitude: this.#latitude, longitude: this.#longitude, altitude: 520, heading: this.#heading },
      locked: this.#locked,
      driverDoorOpen: this.#doorOpen,
      chargeFailed: this.#chargeFailed,
      rearLeftKpa: this.#rearLeftKpa,
      service: this.#service,
      gridKwh: this.#grid,
      charges: this.#charges,
      chargedAt: this.#chargedAt,
    };
  }

  /** Goes on to `time` and returns what the car reports on the way, in order. */
  advanceTo(time: number): CarReport[] {
    const reports: CarReport[] = [];
    let before = this.truth();
    while (this.#time + PHYSICS_STEP_MS <= time) {
      const idle = this.#idleSteps(time) * PHYSICS_STEP_MS;
      this.#time += idle > 0 ? idle : PHYSICS_STEP_MS;
      if (idle === 0) this.#act();
      const now = this.truth();
      this.logbook.look(before, now);
      reports.push(...this.design.profile.report(before, now));
      before = now;
    }
    return reports;
  }

  /** Steps until `time` in which certainly nothing happens, so that a parked car costs nothing. */
  #idleSteps(time: number): number {
    if (this.#speed > 0 || this.#targetSpeed > 0 || this.#charge !== null) return 0;
    const { script, profile } = this.design;
    const nextAt = this.#start + (script[this.#nextStep]?.at ?? Infinity);
    const every = profile.parkedEveryMs ?? Infinity;
    const untilReport = every === Infinity ? Infinity : every - (this.#time % every);
    const untilAsked = profile.nextAt === undefined ? Infinity : profile.nextAt(this.truth()) - this.#time;
    const span = Math.min(time - this.#time, nextAt - this.#time - 1, untilReport, untilAsked);
    return Math.max(0, Math.floor(span / PHYSICS_STEP_MS));
  }

  #act(): void {
    const wasCharging = this.#charge !== null;
    this.#followScript();
    this.#drive();
    this.#chargeOn();
    if (wasCharging && this.#charge === null) this.#chargedAt = this.#time;
  }

  #followScript(): void {
    for (let step = this.design.script[this.#nextStep]; step !== undefined; step = this.design.script[this.#nextStep]) {
      if (this.#start + step.at > this.#time) return;
      this.#nextStep++;
      this.#do(step);
    }
  }

  #do(step: ScriptStep): void {
    switch (step.do) {
      case "drive":
        this.#plugged = false;
        this.#chargeFailed = false;
        this.#charge = null;
        this.#locked = true;
        this.#targetSpeed = step.speedKmh;
        break;
      case "park":
        this.#targetSpeed = 0;
        break;
      case "turn":
        this.#direction = -this.#direction;
        break;
      case "plug":
        this.#plugged = true;
        break;
      case "charge":
        this.#plugged = true;
        if (this.#charge === null) this.#charges++;
        this.#charge = step.charge;
        this.#chargeFailed = false;
        break;
      case "stopCharge":
        this.#charge = null;
        break;
      case "failCharge":
        this.#chargeFailed = this.#charge !== null;
        this.#charge = null;
        break;
      case "unplug":
        this.#charge = null;
        this.#chargeFailed = false;
        this.#plugged = false;
        break;
      default:
        this.#change(step);
    }
  }

  /** Changes what is of no drive and no charge. */
  #change(step: Extract<ScriptStep, { do: "lock" | "door" | "tyre" | "service" }>): void {
    switch (step.do) {
      case "lock":
        this.#locked = step.locked;
        break;
      case "door":
        this.#doorOpen = step.open;
        break;
      case "tyre":
        this.#rearLeftKpa = step.kPa;
        break;
      case "service":
        this.#service = step.status;
        break;
    }
  }

  #drive(): void {
    const change = Math.max(-ACCELERATION_KMH_PER_S, Math.min(ACCELERATION_KMH_PER_S, this.#targetSpeed - this.#speed));
    this.#speed = Math.max(0, this.#speed + change);
    if (this.#speed === 0) return;
    const km = (this.#speed * PHYSICS_STEP_MS) / HOUR_MS;
    this.#odometer += km;
    this.#way += this.#direction * km;
    // A stretch has one course, whichever way it is driven.
    const course = courseAt(this.#direction > 0 ? this.#way : this.#way + km);
    this.#heading = (course + (this.#direction > 0 ? 0 : 180)) % 360;
    const radians = (this.#heading * Math.PI) / 180;
    this.#latitude += (km * 1000 * Math.cos(radians)) / METRES_PER_DEGREE;
    this.#longitude +=
      (km * 1000 * Math.sin(radians)) / (METRES_PER_DEGREE * Math.cos((this.#latitude * Math.PI) / 180));
    const { consumptionAt, consumptionKwhPerKm } = this.design;
    const needed = km * (consumptionAt?.(this.#speed, this.#time) ?? consumptionKwhPerKm);
    const missing = needed - this.battery.draw(needed);
    if (missing > 0) this.#fuel = Math.max(0, this.#fuel - (km * this.design.fuelLPerKm * missing) / needed);
  }

  #chargeOn(): void {
    const charge = this.#charge;
    if (charge === null) return;
    const hours = PHYSICS_STEP_MS / HOUR_MS;
    const power = this.#chargePower(charge);
    const efficiency = charge.method === "AC" ? this.design.acEfficiency : this.design.dcEfficiency;
    const wanted = Math.max(0, power - this.design.auxiliaryKw) * efficiency * hours;
    const room = Math.max(0, (charge.target / 100) * this.battery.usableKwh - this.battery.energyKwh);
    this.battery.store(Math.min(wanted, room));
    this.#grid += power * hours;
    if (room <= wanted) this.#charge = null;
  }

  #chargePower({ method, powerKw }: SimulatedCharge): number {
    return method === "AC" ? powerKw : dcPower(this.battery.soc, powerKw);
  }
}
