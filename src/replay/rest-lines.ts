import type { Garage } from "../account/garage.js";
import type { OperationAnswer, PlainAnswer } from "../account/operations.js";
import { AccessBook } from "../account/rest/access.js";
import { isoTime } from "../account/status.js";
import type { Quota } from "../messages/types.js";
import type { Budget, Endpoint } from "../rest/call.js";
import { fetchChargingHistory } from "../rest/charging-history.js";
import { parseBasicData, parseMappings, parseTelematicData, parseTyreDiagnosis } from "../rest/endpoints.js";
import { QuotaLedger } from "../rest/quota-ledger.js";
import { parseRefusal } from "../rest/refusal.js";
import type { Clock } from "../support/clock.js";
import { Counters } from "../support/counters.js";
import { CarDataError, toCarDataError, type ErrorCode } from "../support/errors.js";
import { depthWithin, type JsonObject } from "../support/json.js";
import type { RecordedLine } from "./recording.js";

/** Lines that hold an answer of BMW's REST API, and what the call is usually spent for. */
const BUDGETS = {
  mappings: "renewal",
  basicData: "renewal",
  telematicData: "scheduled",
  chargingHistory: "daily",
  tyreDiagnosis: "daily",
} as const satisfies Partial<Record<Endpoint, Budget>>;

export type AnswerKind = keyof typeof BUDGETS;

const DEEPEST = 64;
const ENDPOINTS: readonly Endpoint[] = [
  "mappings",
  "basicData",
  "telematicData",
  "chargingHistory",
  "tyreDiagnosis",
  "image",
  "chargingSettings",
  "containers",
];

export function isAnswerKind(kind: string): kind is AnswerKind {
  return Object.hasOwn(BUDGETS, kind);
}

/** The REST side of a replay: each line is a call that was spent. */
export class RestLines {
  /** Refusals of BMW by error code. */
  readonly refused = new Counters<ErrorCode>();
  readonly #ledger: QuotaLedger;
  readonly #access = new AccessBook(() => undefined);

  constructor(private readonly clock: Clock) {
    this.#ledger = new QuotaLedger(clock, () => undefined);
  }

  get quota(): Quota {
    const { resetsAt, ...figures } = this.#ledger.quota;
    return { ...figures, resetsAt: isoTime(resetsAt) };
  }

  /**
   * What the account makes of an answer; `null` if it has no place for the car.
   * @param vin `null` only for mappings
   * @throws CarDataError `rest_invalid_response`
   */
  async answer(
    kind: AnswerKind,
    vin: string | null,
    payload: unknown,
    garage: Garage,
  ): Promise<OperationAnswer | null> {
    const settle = this.#ledger.count({ budget: BUDGETS[kind], endpoint: kind, ...(vin !== null && { vin }) });
    try {
      checkDepth(payload);
      const answer = vin === null ? this.#vehicles(payload, garage) : await this.#forCar(kind, vin, payload, garage);
      settle("ok");
      return answer;
    } catch (error) {
      settle(toCarDataError(error).code);
      throw error;
    }
  }

  /**
   * Takes note of a call that BMW refused.
   * @throws CarDataError `rest_invalid_response` if the line does not tell which one, or how
   */
  refuse({ endpoint, status, body }: RecordedLine): void {
    const asked = ENDPOINTS.find((one) => one === endpoint);
    if (asked === undefined || !isStatus(status)) throw new CarDataError("rest_invalid_response");
    checkDepth(body);
    const settle = this.#ledger.count({ budget: "scheduled", endpoint: asked });
    const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? null));
    const { code } = parseRefusal({ status, headers: {}, body: bytes }, this.clock.now());
    if (code === "cu_429") this.#ledger.exhausted(null);
    settle(code);
    this.refused.add(code);
  }

  #vehicles(answer: unknown, garage: Garage): PlainAnswer {
    const mappings = parseMappings(answer);
    for (const { vin, role } of mappings) garage.mapped(vin, role);
    const payload = mappings.map((mapping) => {
      const car = garage.cars.get(mapping.vin);
      return { ...mapping, access: car === undefined ? "ok" : this.#access.of(mapping.vin, car) };
    });
    return { operation: "vehicles", vin: null, payload };
  }

  async #forCar(kind: AnswerKind, vin: string, answer: unknown, garage: Garage): Promise<OperationAnswer | null> {
    switch (kind) {
      case "telematicData":
        return this.#telematicData(vin, answer, garage);
      case "basicData": {
        const payload = parseBasicData(answer);
        garage.described(vin, payload);
        return garage.cars.has(vin) ? { operation: kind, vin, payload } : null;
      }
      case "chargingHistory":
        return this.#chargingHistory(vin, answer);
      case "tyreDiagnosis":
        return { operation: kind, vin, payload: parseTyreDiagnosis(answer) };
      case "mappings":
        return this.#vehicles(answer, garage);
    }
  }

  #telematicData(vin: string, answer: unknown, garage: Garage): OperationAnswer | null {
    const data = parseTelematicData(answer);
    const outcome = garage.answered(vin, data, this.clock.now());
    if (outcome === null) return null;
    // Nobody asks in a replay, so what the desk holds besides is not needed.
    return { operation: "telematicData", vin, answer: answer as JsonObject, accepted: outcome.readings, current: [] };
  }

  /** The recorded page passes through what reads BMW's. */
  async #chargingHistory(vin: string, answer: unknown): Promise<PlainAnswer> {
    const rest = { json: async () => answer, bytes: () => Promise.reject(new CarDataError("rest_invalid_response")) };
    const request = { vin, from: 0, to: this.clock.now(), maxPages: 1, budget: BUDGETS.chargingHistory };
    const { sessions, truncated } = await fetchChargingHistory(rest, request);
    return { operation: "chargingHistory", vin, payload: sessions, truncated };
  }
}

/** As the client does. */
function checkDepth(payload: unknown): void {
  if (!depthWithin(payload, DEEPEST)) throw new CarDataError("rest_invalid_response");
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599;
}
