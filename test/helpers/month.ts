import type { Account } from "../../src/account/account.js";
import type { TelematicPollRequest } from "../../src/polling/poll-request.js";
import type { SimulatedCar } from "../simulator/cars/car.js";
import { commuter, secondaryCar } from "../simulator/cars/everyday.js";
import type { BmwInProcess } from "../simulator/in-process.js";
import { accountInProcess, telematicWants } from "./account-in-process.js";

/*
 * A month of a household: two cars of the account, a third one that BMW refuses, a fourth one that is shared with the
 * account; 50 redeploys; and twice another program uses up the day's calls.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 30;
const REDEPLOYS = 50;
const SAMPLE_EVERY_MS = 5 * MINUTE_MS;
const STEP_MS = 2 * MINUTE_MS;
/** BMW's backend is behind the car by about this much. */
const BACKEND_LAG_MS = 40_000;
export const SOC = "vehicle.drivetrain.batteryManagement.header";

export const MONTH = {
  start: Date.parse("2026-03-02T00:00:00Z"),
  days: DAYS,
  stepMs: STEP_MS,
  /** Times at which another program uses up the quota: one late in the day, one early. */
  exhaustedAt: [7 * DAY_MS + 16 * HOUR_MS, 19 * DAY_MS + 5 * HOUR_MS],
  /** Spread over day and night. */
  redeployAt: Array.from({ length: REDEPLOYS }, (_, deploy) =>
    Math.round(((deploy + 0.37) * DAYS * DAY_MS) / REDEPLOYS),
  ),
} as const;

/** The first two can be read, the third is refused, the fourth is SECONDARY. */
export function monthCars(): SimulatedCar[] {
  const { start } = MONTH;
  return [
    commuter(start),
    commuter(start, { vin: "WBY1Z2C30N7A00021", shiftMs: 47 * MINUTE_MS, streamedSoc: "rarely" }),
    commuter(start, { vin: "WBY1Z2C30N7A00022", shiftMs: 20 * MINUTE_MS }),
    secondaryCar(start),
  ];
}

/** Holds what is known of the battery level of a car. */
export interface KnownState {
  readonly soc: number | null;
  /** Time of the last confirmation by the car or BMW [ms]. */
  readonly at: number;
}

/** Measures the age and error of the known battery level over the month. */
export class Freshness {
  readonly #ages: number[] = [];
  readonly #errors: number[] = [];

  sample({ soc, at }: KnownState, truth: number, now: number): void {
    if (soc === null) return;
    this.#ages.push(now - at);
    this.#errors.push(Math.abs(soc - truth));
  }

  get minutes(): { median: number; worst: number } {
    return {
      median: Math.round(middle(this.#ages) / MINUTE_MS),
      worst: Math.round(Math.max(...this.#ages) / MINUTE_MS),
    };
  }

  /** Mean difference to the true level, percentage points. */
  get meanError(): number {
    return this.#errors.reduce((sum, error) => sum + error, 0) / this.#errors.length;
  }
}

/** Lets the cars and BMW live through the month and samples the two cars that can be read. */
export async function liveThroughMonth(
  bmw: Pick<BmwInProcess, "step" | "cars">,
  advance: (ms: number) => Promise<void>,
  known: (vin: string) => KnownState,
  happens: (offset: number) => Promise<void>,
  days: number = DAYS,
): Promise<Freshness[]> {
  const good = bmw.cars.slice(0, 2).map((car) => ({ car, freshness: new Freshness() }));
  for (let offset = 0; offset < days * DAY_MS; offset += STEP_MS) {
    await happens(offset);
    bmw.step(STEP_MS);
    await advance(STEP_MS);
    if (offset % SAMPLE_EVERY_MS !== 0) continue;
    for (const { car, freshness } of good)
      freshness.sample(known(car.vin), car.truth().soc, MONTH.start + offset + STEP_MS);
  }
  return good.map(({ freshness }) => freshness);
}

export interface MonthReport {
  /** Calls by class. */
  readonly calls: Readonly<Record<string, number>>;
  readonly total: number;
  /** Calls of the login, which a person requested. */
  readonly login: number;
  readonly busiestDay: number;
  /** Calls at which BMW refused the car. */
  readonly refused: { readonly noPermission: number; readonly secondary: number };
  /** Calls that were answered with "quota used up". */
  readonly overQuota: number;
  /** Answered polls of the two good cars. */
  readonly polls: readonly number[];
  readonly freshness: readonly Freshness[];
}

/**
 * The month under this package's rules.
 * @param redeploys whether there are any, to see what they cost
 * @param days how much of the month
 */
export async function monthOfAccount(
  schedule: TelematicPollRequest["schedule"],
  { redeploys = true, days = DAYS }: { redeploys?: boolean; days?: number } = {},
): Promise<MonthReport> {
  const one = accountInProcess({ start: MONTH.start, cars: monthCars() });
  const { bmw, clock } = one;
  const [, , refused = "", secondary = ""] = bmw.cars.map(({ vin }) => vin);
  bmw.faults.refuseCar(refused);
  await one.begin();
  const login = bmw.log.entries.filter(isCall).length;
  bmw.log.clear();
  one.join("n1", telematicWants("n1", { schedule }));
  one.join("n2", {
    descriptors: null,
    pollRequests: [{ kind: "chargingHistory", node: "n2", vin: null, pages: 1 }],
  });
  const calls = new Map<string, number>();
  const counted = new Set<string>();
  const freshness = await liveThroughMonth(
    bmw,
    (ms) => clock.advance(ms),
    (vin) => knownTo(one.account, vin, lastAnswer(one.answers, vin)),
    async (offset) => {
      if (isAt(MONTH.exhaustedAt, offset)) bmw.faults.burnQuota(50);
      if (redeploys && isAt(MONTH.redeployAt, offset)) await one.restart();
      if (offset % (12 * HOUR_MS) === 0) countCalls(one.account, calls, counted);
    },
    days,
  );
  countCalls(one.account, calls, counted);
  await one.end();
  return { ...reportOf(bmw, refused, secondary), calls: Object.fromEntries(calls), login, freshness };
}

/** Summarises the simulated BMW's log of a month. */
export function reportOf(bmw: BmwInProcess, refused: string, secondary: string) {
  const all = bmw.log.entries.filter(isCall);
  const byDay = new Map<number, number>();
  for (const { at } of all) byDay.set(Math.floor(at / DAY_MS), (byDay.get(Math.floor(at / DAY_MS)) ?? 0) + 1);
  const refusals = (vin: string) => all.filter((call) => call.vin === vin && call.error === "CU-104").length;
  return {
    total: all.length,
    busiestDay: Math.max(...byDay.values()),
    refused: { noPermission: refusals(refused), secondary: refusals(secondary) },
    overQuota: all.filter(({ error }) => error === "CU-429").length,
    polls: bmw.cars
      .slice(0, 2)
      .map(
        ({ vin }) =>
          all.filter((call) => call.vin === vin && call.kind.endsWith("/telematicData") && call.status === 200).length,
      ),
  };
}

export function isAt(times: readonly number[], offset: number): boolean {
  return times.some((time) => time >= offset && time < offset + STEP_MS);
}

/** An answer confirms the level, even where the car has not stamped it anew. */
export function knownTo(account: Pick<Account, "registry">, vin: string, answeredAt = 0): KnownState {
  const reading = account.registry.cars.get(vin)?.vehicle.readings.get(SOC);
  if (reading === undefined) return { soc: null, at: 0 };
  return { soc: Number(reading.value), at: Math.max(reading.timestamp, answeredAt - BACKEND_LAG_MS) };
}

function lastAnswer(answers: ReturnType<typeof accountInProcess>["answers"], vin: string): number | undefined {
  return answers.filter(({ answer }) => answer.operation === "telematicData" && answer.vin === vin).at(-1)?.at;
}

function isCall({ kind }: { kind: string }): boolean {
  return kind.startsWith("rest ");
}

/** The ledger keeps a day; each call of it is counted once. */
function countCalls({ rest }: Account, calls: Map<string, number>, counted: Set<string>): void {
  for (const { at, endpoint, budget, car } of rest.state.ledger.attempts) {
    const id = `${at} ${endpoint} ${budget} ${car ?? ""}`;
    if (at < MONTH.start + MINUTE_MS || counted.has(id)) continue;
    counted.add(id);
    calls.set(budget, (calls.get(budget) ?? 0) + 1);
  }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? NaN;
}
