import { finite, isObject, type JsonObject } from "../../support/json.js";
import { capacityOf, CLOCK_BACK_MS, HEADER_KEEPS_MS } from "../limits.js";
import { decodeSocValue, type SocValue } from "../soc-value.js";
import { odometerOf } from "../../vehicle/odometer.js";
import type { SocSettings } from "../types.js";

/** An odometer reading, km. */
interface Odometer {
  readonly km: number;
  readonly stepKm?: number;
  readonly at: number;
  readonly now: number;
}

/** A trip that was noticed late has gone so far at most. */
const MOST_UNNOTICED_KM = 100;
/** So long after the reading that tells of it a trip is noticed at the latest. */
const NOTICED_MS = 60_000;
/** A car that shows so many whole percents in a row shows nothing else any more. */
const WHOLE_IN_A_ROW = 10;

/** What the car said last of its battery and its odometer, whatever it is used for. */
export class Inputs {
  #soc: SocValue | null = null;
  #odometer: Odometer | null = null;
  #before: Odometer | null = null;
  /** How many whole values came in a row from each source that has shown decimals. */
  readonly #wholeInARow = new Map<string, number>();
  #stepKm: number | null = null;
  #maxEnergy: number | null = null;
  #sizeMax: number | null = null;

  /** The newest usable state of charge. */
  get soc(): SocValue | null {
    return this.#soc;
  }

  get odometer(): Odometer | null {
    return this.#odometer;
  }

  /**
   * Where a trip that is noticed at `now` has begun: before the reading that told of it. What a car tells in the
   * minutes after a trip is still of that one.
   */
  startKm(now: number, justEnded: boolean): number | null {
    const odometer = this.#odometer;
    if (odometer === null || this.#before === null) return odometer?.km ?? null;
    const rise = odometer.km - this.#before.km;
    const isNews = Math.abs(now - odometer.now) <= (justEnded ? 0 : NOTICED_MS);
    return isNews && rise > 0 && rise <= MOST_UNNOTICED_KM ? this.#before.km : odometer.km;
  }

  /** What the last digit of the odometer counts. */
  get stepKm(): number {
    return this.#stepKm ?? 1;
  }

  /** What the last digit of the state of charge counts, pp. */
  get stepSoc(): number {
    const inARow = this.#wholeInARow.get(this.#soc?.source ?? "") ?? WHOLE_IN_A_ROW;
    return inARow < WHOLE_IN_A_ROW ? 0.1 : 1;
  }

  /** The user's word, then the car's, then the model's. */
  capacityKwh({ capacityKwh, modelCapacityKwh }: SocSettings): number | null {
    return capacityOf(capacityKwh) ?? this.#maxEnergy ?? this.#sizeMax ?? capacityOf(modelCapacityKwh);
  }

  /** False if it is nothing to go by. */
  takeSoc(signal: SocValue): boolean {
    const { soc, source } = signal;
    if (!Number.isFinite(soc) || soc < 0 || soc > 100 || source === "level") return false;
    if (this.#isBehind(signal)) return false;
    const inARow = this.#wholeInARow.get(source);
    if (!Number.isInteger(soc)) this.#wholeInARow.set(source, 0);
    else if (inARow !== undefined) this.#wholeInARow.set(source, inARow + 1);
    this.#soc = signal;
    return true;
  }

  /** False if it is nothing to go by, or goes back. */
  takeOdometer({ km, at, now, stepKm = Number.isInteger(km) ? 1 : 0.1 }: Odometer): boolean {
    if (odometerOf(km) === null) return false;
    this.#stepKm = Math.min(stepKm, this.#stepKm ?? stepKm);
    const last = this.#odometer;
    if (last !== null && km < last.km && last.km - km < 1) return false;
    this.#before = last;
    this.#odometer = { km, at, now };
    return true;
  }

  takeCapacity(source: "maxEnergy" | "batterySizeMax", kwh: number): void {
    const usable = capacityOf(kwh);
    if (usable === null) return;
    if (source === "maxEnergy") this.#maxEnergy = usable;
    else this.#sizeMax = usable;
  }

  save(): JsonObject {
    return {
      soc: this.#soc,
      odometer: this.#odometer,
      before: this.#before,
      wholeInARow: Object.fromEntries(this.#wholeInARow),
      stepKm: this.#stepKm,
      maxEnergy: this.#maxEnergy,
      sizeMax: this.#sizeMax,
    };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const soc = decodeSocValue(saved["soc"]);
    // As `takeSoc`.
    this.#soc = soc?.source === "level" ? null : soc;
    this.#odometer = decodeOdometer(saved["odometer"]);
    this.#before = decodeOdometer(saved["before"]);
    for (const [source, count] of Object.entries(isObject(saved["wholeInARow"]) ? saved["wholeInARow"] : {})) {
      const inARow = finite(count);
      if (inARow !== null && inARow >= 0) this.#wholeInARow.set(source, inARow);
    }
    const stepKm = finite(saved["stepKm"]);
    this.#stepKm = stepKm !== null && stepKm > 0 ? stepKm : null;
    this.#maxEnergy = capacityOf(saved["maxEnergy"]);
    this.#sizeMax = capacityOf(saved["sizeMax"]);
  }

  /** Older than what is known, or of a source that counts less. */
  #isBehind({ source, at, now }: SocValue): boolean {
    const known = this.#soc;
    if (known === null || now < known.now - CLOCK_BACK_MS) return false;
    if (source === "tripEnd") return known.source !== "tripEnd";
    if (source === known.source || known.source === "tripEnd") return at < known.at;
    return source === "displayed" ? at < known.at + HEADER_KEEPS_MS : at + HEADER_KEEPS_MS < known.at;
  }
}

function decodeOdometer(saved: unknown): Odometer | null {
  if (!isObject(saved)) return null;
  const [km, at, now] = [odometerOf(saved["km"]), finite(saved["at"]), finite(saved["now"])];
  return km !== null && at !== null && now !== null ? { km, at, now } : null;
}
