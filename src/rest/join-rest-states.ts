import type { CarPollState, DailyPollState, PollingState } from "../polling/poll-state.js";
import { NEW_POLL_STATE } from "../polling/poll-state.js";
import type { ContainerState } from "./containers/container-state.js";
import type { CountedAttempt, LedgerState } from "./quota-ledger.js";
import type { OperationRefusals } from "./refusal-registry.js";
import type { RestState } from "./rest-state.js";
import type { DiscoveryState } from "./vehicle-discovery.js";

type Times = Readonly<Record<string, number>>;

/**
 * Joins a saved state that could be read only late with the present one: every call counts, and of everything else the
 * newer stands.
 * @param saved of the same owner
 */
export function joinRestStates(saved: RestState, now: RestState): RestState {
  return {
    owner: now.owner || saved.owner,
    ledger: joinLedgers(saved.ledger, now.ledger),
    containers: joinContainers(saved.containers, now.containers),
    polling: joinPolling(saved.polling, now.polling),
    discovery: joinDiscovery(saved.discovery, now.discovery),
    refusals: newest(saved.refusals, now.refusals),
    operationRefusals: joinRefusals(saved.operationRefusals, now.operationRefusals),
    deniedAt: now.successAt > (saved.deniedAt ?? 0) ? now.deniedAt : later(saved.deniedAt, now.deniedAt),
    successAt: Math.max(saved.successAt, now.successAt),
  };
}

function joinLedgers(saved: LedgerState, now: LedgerState): LedgerState {
  const known = new Set(now.attempts.map(keyOf));
  const others = saved.attempts.filter((attempt) => !known.has(keyOf(attempt)));
  return {
    // The very objects of the calls under way, by which their outcomes are recorded.
    attempts: [...others, ...now.attempts].sort((one, other) => one.at - other.at),
    cooldown: saved.cooldown.until > now.cooldown.until ? saved.cooldown : now.cooldown,
    rolling: saved.rolling || now.rolling,
    foreign: saved.foreign || now.foreign,
  };
}

function keyOf({ at, budget, endpoint, car }: CountedAttempt): string {
  return JSON.stringify([at, budget, endpoint, car]);
}

function joinContainers(saved: ContainerState, now: ContainerState): ContainerState {
  const creations = new Set([...saved.creations, ...now.creations]);
  return {
    container: now.container ?? saved.container,
    creations: [...creations].sort((one, other) => one - other),
    refused: now.refused ?? saved.refused,
    doubtedAt: Math.max(saved.doubtedAt, now.doubtedAt),
  };
}

function joinPolling(saved: PollingState, now: PollingState): PollingState {
  const cars = { ...saved.cars };
  for (const [vin, pollState] of Object.entries(now.cars))
    cars[vin] = joinPollStates(saved.cars[vin] ?? NEW_POLL_STATE, pollState);
  return { cars };
}

function joinPollStates(saved: CarPollState, now: CarPollState): CarPollState {
  const isSavedNewer = (saved.lastAttempt ?? 0) > (now.lastAttempt ?? 0);
  const planned = new Set(now.pending.map(({ purpose }) => purpose));
  return {
    ...(isSavedNewer ? saved : now),
    lastSuccess: later(saved.lastSuccess, now.lastSuccess),
    lastAttempt: later(saved.lastAttempt, now.lastAttempt),
    pending: [...now.pending, ...saved.pending.filter(({ purpose }) => !planned.has(purpose))],
    phaseAskedAt: later(saved.phaseAskedAt, now.phaseAskedAt),
    overdueAskedAt: later(saved.overdueAskedAt, now.overdueAskedAt),
    daily: {
      chargingHistory: joinDaily(saved.daily.chargingHistory, now.daily.chargingHistory),
      tyreDiagnosis: joinDaily(saved.daily.tyreDiagnosis, now.daily.tyreDiagnosis),
    },
  };
}

function joinDaily(saved: DailyPollState, now: DailyPollState): DailyPollState {
  return (saved.stamp ?? 0) > (now.stamp ?? 0) || now.stamp === null ? saved : now;
}

function joinDiscovery(saved: DiscoveryState, now: DiscoveryState): DiscoveryState {
  const hasBegun = now.mappingsAt > 0 || now.open.mappings || now.open.vins.length > 0;
  return {
    ...(hasBegun ? now : saved),
    mappingsAt: Math.max(saved.mappingsAt, now.mappingsAt),
    describedAt: newest(saved.describedAt, now.describedAt),
  };
}

function joinRefusals(saved: OperationRefusals, now: OperationRefusals): OperationRefusals {
  const older = Object.entries(saved).filter(([key, { at }]) => at > (now[key]?.at ?? 0));
  return { ...now, ...Object.fromEntries(older) };
}

function newest(saved: Times, now: Times): Times {
  const all = { ...saved };
  for (const [name, time] of Object.entries(now)) all[name] = Math.max(time, saved[name] ?? 0);
  return all;
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
