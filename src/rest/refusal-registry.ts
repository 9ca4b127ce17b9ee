import type { Clock } from "../support/clock.js";
import { CarDataError, type ErrorCode } from "../support/errors.js";
import { validTime } from "../support/iso-time.js";
import { finiteNumber } from "../support/json.js";
import { byKey, needed, object, type StoredReader } from "../support/stored-schema.js";
import { maskVin, parseVin } from "../support/vin.js";
import { rememberedRefusal, isStillValid } from "./remembered-refusal.js";
import { OPERATIONS, type Operation } from "./operations.js";
import { accessOf, type Access, type RegisteredVehicle, type Vehicles } from "./vehicles.js";

/** Time of BMW's refusal of a car [ms], by VIN. */
export type CarRefusals = Readonly<Record<string, number>>;

/** Time and kind of BMW's refusal of an operation for a car [ms], by VIN and operation, as in `WBY… image`. */
export type OperationRefusals = Readonly<Record<string, KnownRefusal>>;

interface KnownRefusal {
  readonly code: LastingCode;
  readonly at: number;
}

const DAY_MS = 24 * 3600 * 1000;
/** Validity of BMW's refusals [ms]. Locations appear with the next charge elsewhere. */
const STANDS_FOR_MS = { cu_104: 7 * DAY_MS, cu_127: DAY_MS } as const;

type LastingCode = keyof typeof STANDS_FOR_MS;

/** Operations of which a refusal concerns the whole car. */
const OF_THE_CAR: ReadonlySet<Operation> = new Set(["telematicData", "basicData"]);

/**
 * Remembers BMW's refusals that make further calls useless, so that no quota is spent on hearing them again, and a car
 * that may not be read does not cost the others their calls.
 */
export class RefusalRegistry {
  #cars = new Map<string, number>();
  #operations = new Map<string, KnownRefusal>();

  /**
   * @param mappedAt returns when BMW last listed the cars of the account [ms]; 0 for never
   * @param onChange called when the saved state has changed
   */
  constructor(
    private readonly clock: Clock,
    private readonly vehicles: Pick<Vehicles, "cars">,
    private readonly mappedAt: () => number,
    private readonly onChange: () => void,
  ) {}

  restore(cars: CarRefusals, operations: OperationRefusals): void {
    this.#cars = new Map(Object.entries(cars));
    this.#operations = new Map(Object.entries(operations));
  }

  get cars(): CarRefusals {
    return Object.fromEntries(this.#cars);
  }

  get operations(): OperationRefusals {
    return Object.fromEntries(this.#operations);
  }

  /** Returns when BMW last refused the car [ms]; `null` if it may be read, as far as is known. */
  refusedAt(vin: string): number | null {
    return this.#cars.get(vin) ?? null;
  }

  accessOf(vin: string, car: Pick<RegisteredVehicle, "role" | "basicData">): Access {
    return accessOf(car, this.#cars.has(vin));
  }

  /** Records that BMW refuses the car. */
  refuseCar(vin: string): void {
    this.#cars.set(vin, this.clock.now());
    this.onChange();
  }

  /** Records that BMW lets the car be read. */
  allowCar(vin: string): void {
    if (this.#cars.delete(vin)) this.onChange();
  }

  /**
   * Throws the refusal that BMW would answer with.
   * @throws CarDataError `car_secondary`, `cu_104`, `cu_127`, all with `known`
   */
  check(vin: string, operation: Operation): void {
    this.#checkRole(vin);
    const carRefusedAt = this.refusedAt(vin);
    if (carRefusedAt !== null) this.#checkStanding(vin, { code: "cu_104", at: carRefusedAt });
    const refusal = this.#operations.get(keyOf(vin, operation));
    if (refusal !== undefined) this.#checkStanding(vin, refusal);
  }

  /** Returns the cars that a request without a name is about. */
  get readable(): string[] {
    return [...this.vehicles.cars].filter(([vin, car]) => this.#isReadable(vin, car)).map(([vin]) => vin);
  }

  /** Records a failed operation, if BMW will answer the same for long. */
  refused(vin: string, operation: Operation, code: ErrorCode): void {
    if (!isLasting(code)) return;
    if (code === "cu_104" && OF_THE_CAR.has(operation)) {
      this.refuseCar(vin);
      return;
    }
    this.#operations.set(keyOf(vin, operation), { code, at: this.clock.now() });
    this.onChange();
  }

  /** Records an answer that shows that BMW lets the car be read. */
  answered(vin: string, operation: Operation): void {
    this.allowCar(vin);
    if (this.#operations.delete(keyOf(vin, operation))) this.onChange();
  }

  #isReadable(vin: string, car: RegisteredVehicle): boolean {
    const access = this.accessOf(vin, car);
    const refusedAt = this.refusedAt(vin);
    const isOver = refusedAt !== null && !isStillValid(refusedAt, STANDS_FOR_MS.cu_104, this.clock.now());
    return access === "ok" || (isOver && access === "no_permission");
  }

  #checkRole(vin: string): void {
    if (this.vehicles.cars.get(vin)?.role !== "secondary") return;
    const mappedAt = this.mappedAt();
    const params = { vin: maskVin(vin) };
    throw mappedAt > 0
      ? rememberedRefusal("car_secondary", params, mappedAt, null)
      : new CarDataError("car_secondary", params);
  }

  #checkStanding(vin: string, { code, at }: KnownRefusal): void {
    const period = STANDS_FOR_MS[code];
    if (isStillValid(at, period, this.clock.now()))
      throw rememberedRefusal(code, { vin: maskVin(vin) }, at, at + period);
  }
}

function keyOf(vin: string, operation: Operation): string {
  return `${vin} ${operation}`;
}

function isLasting(code: unknown): code is LastingCode {
  return typeof code === "string" && Object.hasOwn(STANDS_FOR_MS, code);
}

/** Decodes saved refusals of cars; forgets damaged ones. */
export const decodeCarRefusals: StoredReader<CarRefusals> = byKey(parseVin, validTime);

/** Decodes saved refusals of operations; forgets damaged ones. */
export const decodeOperationRefusals: StoredReader<OperationRefusals> = byKey(
  (key) => {
    const [vin, operation] = String(key).split(" ");
    return parseVin(vin) !== null && OPERATIONS.some((name) => name === operation) ? String(key) : null;
  },
  object({ code: needed<LastingCode>((code) => (isLasting(code) ? code : null)), at: needed(finiteNumber) }),
);
