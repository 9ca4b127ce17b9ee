import type { Update } from "../../../src/account/account-events.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { vehicleRegistryAt } from "../../../test/helpers/vehicle-registry.js";
import {
  isAt,
  knownTo,
  liveThroughMonth,
  MONTH,
  monthCars,
  reportOf,
  type MonthReport,
} from "../../../test/helpers/month.js";
import { bmwInProcess, type BmwInProcess } from "../../../test/simulator/in-process.js";

/*
 * Implements how the integration that this package is compared with spends its calls: its budget formula and wake-up
 * grid, its failure counters, its event polls, its daily fetch, and what it forgets at a restart. Here for the
 * comparison only.
 */

type ReferenceAnswer = "ok" | "auth" | "limit" | "other";

const SECOND_MS = 1000;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const CHECK_AT_MOST_S = 1800;
const EVENT_COOLDOWN_S = 600;
const PHASE_DELAY_S = 60;
const PHASE_EVERY_S = 3600;
const DESCRIPTORS = ["vehicle.drivetrain.batteryManagement.header", "vehicle.vehicle.travelledDistance"];

/** Seconds between two polls of a car, and the wake-up grid. */
export function referenceBudget(cars: number, features: number) {
  const target = Math.max(24 - cars * features, cars);
  const stale = Math.floor((DAY_S * cars) / target);
  return { stale, check: Math.min(stale, CHECK_AT_MOST_S), maxBackoff: 2 * stale };
}

/** Simulates the reference's polling, advanced in steps by its owner. All times in seconds. */
export class ReferencePolling {
  #lastCheck: number;
  #failures = 0;
  #polledAt = new Map<string, number>();
  #dailyAt = new Map<string, number>();
  #phaseAt = new Map<string, number>();
  #phaseDue = new Map<string, number>();
  #queue = new Set<string>();
  #blockedUntil = 0;
  #hits = 0;
  /** Calls of "unauthorised", each of which looks into the login. */
  handled = 0;

  constructor(
    private readonly vins: readonly string[],
    private readonly features: number,
    private readonly poll: (vin: string) => Promise<ReferenceAnswer>,
    private readonly daily: (vin: string) => Promise<ReferenceAnswer>,
    now: number,
  ) {
    this.#lastCheck = now - DAY_S;
  }

  /** Forgets everything but the time of the last attempt. */
  restart(): void {
    this.#failures = 0;
    for (const memory of [this.#polledAt, this.#dailyAt, this.#phaseAt, this.#phaseDue]) memory.clear();
    this.#queue.clear();
    this.#blockedUntil = 0;
    this.#hits = 0;
  }

  happened(vin: string, event: "tripEnded" | "chargingStarted" | "chargingEnded", now: number): void {
    if (event === "chargingStarted") this.#phaseDue.set(vin, now + PHASE_DELAY_S);
    // Inside the cooldown it is dropped.
    else if (now - (this.#polledAt.get(vin) ?? -Infinity) >= EVENT_COOLDOWN_S) this.#queue.add(vin);
  }

  async step(now: number): Promise<void> {
    await this.#serveEvents(now);
    const { check, maxBackoff, stale } = referenceBudget(this.vins.length, this.features);
    if (now - this.#lastCheck < Math.min(check * 2 ** this.#failures, maxBackoff)) return;
    this.#lastCheck = now;
    const due = this.vins.filter((vin) => now - (this.#polledAt.get(vin) ?? -Infinity) >= stale);
    let succeeded = due.length === 0;
    let last: ReferenceAnswer = "ok";
    for (const vin of due) {
      last = await this.#fetch(vin, now);
      succeeded ||= last === "ok";
    }
    if (!succeeded) {
      this.#failures++;
      if (last === "auth") this.handled++;
    } else {
      if (due.length > 0) this.#failures = 0;
      await this.#fetchDaily(now);
    }
  }

  async #serveEvents(now: number): Promise<void> {
    for (const [vin, due] of this.#phaseDue)
      if (due <= now) {
        this.#phaseDue.delete(vin);
        if (now - (this.#phaseAt.get(vin) ?? -Infinity) < PHASE_EVERY_S) continue;
        this.#phaseAt.set(vin, now);
        this.#queue.add(vin);
      }
    const queue = [...this.#queue];
    this.#queue.clear();
    for (const vin of queue) await this.#fetch(vin, now);
  }

  async #fetch(vin: string, now: number): Promise<ReferenceAnswer> {
    const answer = await this.#limited(() => this.poll(vin), now);
    if (answer === "ok") this.#polledAt.set(vin, now);
    return answer;
  }

  /** The attempt counts, whatever its result. */
  async #fetchDaily(now: number): Promise<void> {
    if (this.features === 0) return;
    for (const vin of this.vins) {
      if (now - (this.#dailyAt.get(vin) ?? -Infinity) < DAY_S) continue;
      this.#dailyAt.set(vin, now);
      await this.#limited(() => this.daily(vin), now);
    }
  }

  async #limited(send: () => Promise<ReferenceAnswer>, now: number): Promise<ReferenceAnswer> {
    if (now < this.#blockedUntil) return "limit";
    const answer = await send();
    if (answer === "limit") {
      const hours = Math.min(2 ** this.#hits++, 24);
      const midnight = (Math.floor(now / DAY_S) + 1) * DAY_S;
      this.#blockedUntil = Math.max(now + 60, Math.min(now + hours * HOUR_S, midnight));
    }
    return answer;
  }
}

/** Runs the same month as `monthOfAccount`, under the reference's rules. */
export async function monthOfReference(days: number): Promise<MonthReport> {
  const clock = new SimulatedClock(MONTH.start);
  const bmw = bmwInProcess({ clock, cars: monthCars() });
  const [, , refused = "", secondary = ""] = bmw.cars.map(({ vin }) => vin);
  bmw.faults.refuseCar(refused);
  const container = await createContainer(bmw);
  bmw.log.clear();
  const answeredAt = new Map<string, number>();
  const { registry } = vehicleRegistryAt(clock, (update) => {
    hear(update);
  });
  const seconds = () => clock.now() / SECOND_MS;
  const poll = async (vin: string): Promise<ReferenceAnswer> => {
    const { answer, body } = await send(bmw, `/customers/vehicles/${vin}/telematicData?containerId=${container}`);
    if (answer === "ok") {
      answeredAt.set(vin, clock.now());
      registry.answered(
        vin,
        (JSON.parse(body) as { telematicData: Record<string, unknown> }).telematicData,
        clock.now(),
      );
    }
    return answer;
  };
  const daily = async (vin: string): Promise<ReferenceAnswer> => {
    const range = `from=${iso(clock.now() - 30 * DAY_S * SECOND_MS)}&to=${iso(clock.now())}`;
    return (await send(bmw, `/customers/vehicles/${vin}/chargingHistory?${range}`)).answer;
  };
  const polling = new ReferencePolling(
    bmw.cars.map(({ vin }) => vin),
    1,
    poll,
    daily,
    seconds(),
  );
  function hear({ vin, events }: Update): void {
    for (const { name } of events)
      if (name === "tripEnded" || name === "chargingStarted" || name === "chargingEnded")
        polling.happened(vin, name, seconds());
  }
  const stopHearing = bmw.onReport((vin, payload) => {
    registry.receive(`x/${vin}`, Buffer.from(JSON.stringify(payload)), clock.now());
  });
  const freshness = await liveThroughMonth(
    bmw,
    async (ms) => {
      await clock.advance(ms);
      await polling.step(seconds());
    },
    (vin) => knownTo({ registry }, vin, answeredAt.get(vin)),
    async (offset) => {
      if (isAt(MONTH.exhaustedAt, offset)) bmw.faults.burnQuota(50);
      if (isAt(MONTH.redeployAt, offset)) polling.restart();
    },
    days,
  );
  stopHearing();
  registry.close();
  const report = reportOf(bmw, refused, secondary);
  return { ...report, calls: { automatic: report.total }, login: 0, freshness };
}

async function createContainer(bmw: BmwInProcess): Promise<string> {
  const body = JSON.stringify({ name: "reference", purpose: "comparison", technicalDescriptors: DESCRIPTORS });
  const answer = await send(bmw, "/customers/containers", body);
  return (JSON.parse(answer.body) as { containerId: string }).containerId;
}

async function send(
  bmw: BmwInProcess,
  path: string,
  content?: string,
): Promise<{ answer: ReferenceAnswer; body: string }> {
  const { status, body } = await bmw.send({
    method: content === undefined ? "GET" : "POST",
    url: `https://bmw${path}`,
    headers: { Authorization: `Bearer ${bmw.issueTokens().access_token}`, "x-version": "v1" },
    ...(content !== undefined && { body: content }),
    timeoutMs: 30_000,
    maxBytes: 2_000_000,
  });
  const text = body.toString("utf8");
  if (status < 300) return { answer: "ok", body: text };
  if (text.includes("CU-429")) return { answer: "limit", body: text };
  return { answer: status === 401 || status === 403 ? "auth" : "other", body: text };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
