import { knownAnswer, stands } from "../../rest/known-answer.js";
import type { Clock } from "../../support/clock.js";
import { CarDataError, type ErrorCode } from "../../support/errors.js";
import { finite } from "../../support/json.js";
import { byKey, needed, object, type Read } from "../../support/stored.js";
import { parseVin, maskVin } from "../../support/vin.js";
import type { Garage } from "../garage.js";
import { OPERATIONS, type Operation } from "../operations.js";
import type { AccessBook } from "./access.js";

/** When BMW refused an operation for a car, in milliseconds, and how: by VIN and operation, as in `WBY… image`. */
export type OperationRefusals = Readonly<Record<string, Refusal>>;

interface Refusal {
  readonly code: LastingCode;
  readonly at: number;
}

export interface KnownRefusalsDoors {
  readonly clock: Clock;
  readonly garage: Garage;
  readonly access: AccessBook;
  /** When BMW listed the cars of the account last, in milliseconds; 0 for never. */
  readonly mappedAt: () => number;
  readonly onChange: () => void;
}

const DAY_MS = 24 * 3600 * 1000;
/** How long BMW's word on a car is taken for granted. Locations come with the next charge elsewhere. */
const STANDS_FOR_MS = { cu_104: 7 * DAY_MS, cu_127: DAY_MS } as const;

type LastingCode = keyof typeof STANDS_FOR_MS;

/** Operations of which a refusal is one of the whole car. */
const OF_THE_CAR: ReadonlySet<Operation> = new Set(["telematicData", "basicData"]);

/** What BMW has said of cars that makes a call for them useless, so that no quota is spent to hear it again. */
export class KnownRefusals {
  #refusals = new Map<string, Refusal>();

  constructor(private readonly doors: KnownRefusalsDoors) {}

  restore(refusals: OperationRefusals): void {
    this.#refusals = new Map(Object.entries(refusals));
  }

  get state(): OperationRefusals {
    return Object.fromEntries(this.#refusals);
  }

  /**
   * Throws what BMW would answer.
   * @throws CarDataError `car_secondary`, `cu_104`, `cu_127`, all with `known`
   */
  check(vin: string, operation: Operation): void {
    this.#checkRole(vin);
    const carRefusedAt = this.doors.access.refusedAt(vin);
    if (carRefusedAt !== null) this.#checkStanding(vin, { code: "cu_104", at: carRefusedAt });
    const refusal = this.#refusals.get(keyOf(vin, operation));
    if (refusal !== undefined) this.#checkStanding(vin, refusal);
  }

  /** Cars that a message without a name is about. */
  get readable(): string[] {
    const { garage, access, clock } = this.doors;
    const now = clock.now();
    const isReadable = (vin: string, one: Parameters<AccessBook["of"]>[1]) => {
      const refusedAt = access.refusedAt(vin);
      const isOver = refusedAt !== null && !stands(refusedAt, STANDS_FOR_MS.cu_104, now);
      return access.of(vin, one) === "ok" || (isOver && access.of(vin, one) === "no_permission");
    };
    return [...garage.cars].filter(([vin, car]) => isReadable(vin, car)).map(([vin]) => vin);
  }

  refused(vin: string, operation: Operation, code: ErrorCode): void {
    if (!isLasting(code)) return;
    const at = this.doors.clock.now();
    if (code === "cu_104" && OF_THE_CAR.has(operation)) this.doors.access.refuse(vin, at);
    else this.#refusals.set(keyOf(vin, operation), { code, at });
    this.doors.onChange();
  }

  /** BMW's answer shows that it lets the car be read. */
  answered(vin: string, operation: Operation): void {
    this.doors.access.allow(vin);
    if (this.#refusals.delete(keyOf(vin, operation))) this.doors.onChange();
  }

  #checkRole(vin: string): void {
    if (this.doors.garage.cars.get(vin)?.role !== "secondary") return;
    const mappedAt = this.doors.mappedAt();
    const params = { vin: maskVin(vin) };
    throw mappedAt > 0
      ? knownAnswer("car_secondary", params, mappedAt, null)
      : new CarDataError("car_secondary", params);
  }

  #checkStanding(vin: string, { code, at }: Refusal): void {
    const period = STANDS_FOR_MS[code];
    if (stands(at, period, this.doors.clock.now())) throw knownAnswer(code, { vin: maskVin(vin) }, at, at + period);
  }
}

function keyOf(vin: string, operation: Operation): string {
  return `${vin} ${operation}`;
}

function isLasting(code: unknown): code is LastingCode {
  return typeof code === "string" && Object.hasOwn(STANDS_FOR_MS, code);
}

/** Tolerant. */
export const decodeOperationRefusals: Read<OperationRefusals> = byKey(
  (key) => {
    const [vin, operation] = String(key).split(" ");
    return parseVin(vin) !== null && OPERATIONS.some((name) => name === operation) ? String(key) : null;
  },
  object({ code: needed<LastingCode>((code) => (isLasting(code) ? code : null)), at: needed(finite) }),
);
