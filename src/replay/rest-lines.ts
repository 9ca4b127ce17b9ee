import type { OperationAnswer, PlainAnswer } from "../rest/operations.js";
import { takeMappings, type Vehicles } from "../rest/vehicles.js";
import { isoTime } from "../support/iso-time.js";
import type { Quota } from "../messages/types.js";
import { nextTokenOf } from "../rest/answers.js";
import { type Budget, type RestEndpoint, REST_ENDPOINTS } from "../rest/rest-call.js";
import { fetchChargingHistory } from "../rest/charging-history.js";
import { parseBasicData, parseMappings, parseTelematicData, parseTyreDiagnosis } from "../rest/requests.js";
import { QuotaLedger } from "../rest/quota-ledger.js";
import { parseRefusal } from "../rest/refusal.js";
import type { Clock } from "../support/clock.js";
import { ReasonCounters } from "../support/reason-counters.js";
import { CarDataError, type ErrorCode, toCarDataError } from "../support/errors.js";
import { depthWithin, isObject, type JsonObject, nonEmptyText } from "../support/json.js";
import { isContinued, type OrderedLine } from "./history-pages.js";
import type { RecordedLine } from "./recording.js";

/** Maps the kinds of lines with an answer of BMW's REST API to the usual budget of the call. */
const BUDGETS = {
  mappings: "renewal",
  basicData: "renewal",
  telematicData: "scheduled",
  chargingHistory: "daily",
  tyreDiagnosis: "daily",
} as const satisfies Partial<Record<RestEndpoint, Budget>>;

export type AnswerKind = keyof typeof BUDGETS;

export function isAnswerKind(kind: string): kind is AnswerKind {
  return Object.hasOwn(BUDGETS, kind);
}

/** Replays the REST side: each line is a call that was spent. */
export class RestLines {
  /** Counts refusals of BMW by error code. */
  readonly refused = new ReasonCounters<ErrorCode>();
  readonly #ledger: QuotaLedger;
  /** Pages of charging histories whose last page is still to come, by car. */
  readonly #pages = new Map<string, unknown[]>();

  constructor(private readonly clock: Clock) {
    this.#ledger = new QuotaLedger(clock, () => undefined);
  }

  get quota(): Quota {
    const { resetsAt, ...figures } = this.#ledger.quota;
    return { ...figures, resetsAt: isoTime(resetsAt) };
  }

  /**
   * Processes an answer as the account does; returns `null` if it has no room for the car, or waits for the next page.
   * @param vin `null` only for mappings
   * @throws CarDataError `rest_invalid_response`
   */
  async answer(
    kind: AnswerKind,
    vin: string | null,
    ordered: OrderedLine,
    vehicles: Vehicles,
  ): Promise<OperationAnswer | null> {
    const { payload } = ordered.line;
    const settle = this.#ledger.count({ budget: BUDGETS[kind], endpoint: kind, ...(vin !== null && { vin }) });
    try {
      checkDepth(payload);
      const isAboutCar = kind !== "mappings" && vin !== null;
      const answer = isAboutCar ? await this.#forCar(kind, vin, ordered, vehicles) : this.#vehicles(payload, vehicles);
      settle("ok");
      return answer;
    } catch (error) {
      settle(toCarDataError(error).code);
      throw error;
    }
  }

  /**
   * Records a call that BMW refused.
   * @throws CarDataError `rest_invalid_response` if the line does not name the call or the refusal
   */
  refuse({ endpoint, status, body }: RecordedLine): void {
    const asked = endpointOf(nonEmptyText(endpoint) ?? "");
    if (asked === undefined || !isStatus(status)) throw new CarDataError("rest_invalid_response");
    checkDepth(body);
    const settle = this.#ledger.count({ budget: "scheduled", endpoint: asked });
    const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? null));
    const { code } = parseRefusal({ status, headers: {}, body: bytes }, this.clock.now());
    if (code === "cu_429") this.#ledger.exhausted(null);
    settle(code);
    this.refused.add(code);
  }

  #vehicles(answer: unknown, vehicles: Vehicles): PlainAnswer {
    return { operation: "vehicles", vin: null, payload: takeMappings(parseMappings(answer), vehicles, () => false) };
  }

  async #forCar(
    kind: Exclude<AnswerKind, "mappings">,
    vin: string,
    ordered: OrderedLine,
    vehicles: Vehicles,
  ): Promise<OperationAnswer | null> {
    const answer = ordered.line["payload"];
    switch (kind) {
      case "telematicData":
        return this.#telematicData(vin, answer, vehicles);
      case "basicData": {
        const payload = parseBasicData(answer);
        vehicles.described(vin, payload);
        return vehicles.cars.has(vin) ? { operation: kind, vin, payload } : null;
      }
      case "chargingHistory":
        return this.#chargingHistory(vin, ordered);
      case "tyreDiagnosis":
        return { operation: kind, vin, payload: parseTyreDiagnosis(answer) };
    }
  }

  #telematicData(vin: string, answer: unknown, vehicles: Vehicles): OperationAnswer | null {
    const data = parseTelematicData(answer);
    const changes = vehicles.answered(vin, data, this.clock.now());
    if (changes === null) return null;
    // There is no request in a replay, so the other values of the car are not needed.
    return { operation: "telematicData", vin, answer: answer as JsonObject, accepted: changes.readings, current: [] };
  }

  /** Reads the recorded pages like BMW's; returns `null` while another one follows. */
  async #chargingHistory(vin: string, { line, followed }: OrderedLine): Promise<PlainAnswer | null> {
    const former = isContinued(line) ? (this.#pages.get(vin) ?? []) : [];
    const pages = [...former, withToken(line["payload"], former.length)];
    this.#pages.delete(vin);
    if (followed) {
      this.#pages.set(vin, pages);
      return null;
    }
    const maxPages = pages.length;
    const bytes = () => Promise.reject(new CarDataError("rest_invalid_response"));
    const rest = { json: async () => pages.shift(), bytes };
    const request = { vin, from: 0, to: this.clock.now(), maxPages, budget: BUDGETS.chargingHistory };
    const { sessions, truncated } = await fetchChargingHistory(rest, request);
    return { operation: "chargingHistory", vin, payload: sessions, truncated };
  }
}

/** Checks the depth, as the client does. */
function checkDepth(payload: unknown): void {
  if (!depthWithin(payload)) throw new CarDataError("rest_invalid_response");
}

/** Gives a page a unique token: anonymised tokens are all equal, which would look like a circle. */
function withToken(page: unknown, number: number): unknown {
  return isObject(page) && nextTokenOf(page) !== null ? { ...page, next_token: `page ${number}` } : page;
}

/**
 * Finds an endpoint by its name, or in a path such as `GET /customers/vehicles/<vin>/smartMaintenanceTyreDiagnosis`.
 */
function endpointOf(asked: string): RestEndpoint | undefined {
  const isPath = asked.includes("/customers/");
  return REST_ENDPOINTS.find((one) => one === asked || (isPath && asked.toLowerCase().includes(one.toLowerCase())));
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599;
}
