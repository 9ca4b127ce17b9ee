import type { DailyFeature } from "./job.js";
import { MINUTE_MS } from "./durations.js";

/** Holds quiet hours in minutes of the local day, 0 to 1440; may span midnight. Equal ones mean none. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** Describes a node's request for automatic polls of telematic data. */
export interface TelematicPollRequest {
  readonly kind: "telematicData";
  /** Id of the node. */
  readonly node: string;
  /** `null`: all cars of the account. */
  readonly vin: string | null;
  /** `fallback`: 12 hours after the last values; `dense`: as often as the quota allows. */
  readonly schedule: "fallback" | "dense";
  /** Shortest time between two scheduled polls of one car; `dense` only. */
  readonly minIntervalMs: number;
  /** Time of day without any automatic poll. */
  readonly quietHours: QuietHours | null;
  readonly tripEndPoll: boolean;
  /** Minimum time between any poll and one for the end of a trip or a charge [ms]. */
  readonly cooldownMs: number;
}

/** Describes a node's request for a daily feature. */
export interface DailyPollRequest {
  readonly kind: DailyFeature;
  readonly node: string;
  /** `null`: all cars of the account. */
  readonly vin: string | null;
  /** Maximum number of calls per fetch. */
  readonly pages: number;
}

export type PollRequest = TelematicPollRequest | DailyPollRequest;

interface PollRequestByKind {
  readonly telematicData: TelematicPollRequest;
  readonly chargingHistory: DailyPollRequest;
  readonly tyreDiagnosis: DailyPollRequest;
}

/** The requests of all nodes. */
export class PollRequests {
  readonly #byNode = new Map<string, readonly PollRequest[]>();

  get all(): readonly PollRequest[] {
    return [...this.#byNode.values()].flat();
  }

  /** @param requests `null`: the node wants nothing any more */
  set(node: string, requests: readonly PollRequest[] | null): void {
    if (requests === null) this.#byNode.delete(node);
    else this.#byNode.set(node, requests);
  }

  /** Whether other nodes care for all of the cars that a node wants; `vins`: all cars. */
  areOthersResponsible(node: string, vins: readonly string[]): boolean {
    const { all } = this;
    const own = this.#byNode.get(node) ?? [];
    const nodes = own.flatMap(({ kind, vin }) =>
      (vin === null ? vins : [vin]).map((car) => responsibleRequest(all, kind, car)?.node),
    );
    return nodes.length > 0 && !nodes.includes(node);
  }
}

/**
 * Returns the one request that counts for a car, so that no call is made twice: that of the node with the lowest id.
 */
export function responsibleRequest<K extends PollRequest["kind"]>(
  requests: readonly PollRequest[],
  kind: K,
  vin: string,
): PollRequestByKind[K] | null {
  let first: PollRequestByKind[K] | null = null;
  for (const request of requests)
    if (isOf(request, kind) && (request.vin ?? vin) === vin && (first === null || request.node < first.node))
      first = request;
  return first;
}

function isOf<K extends PollRequest["kind"]>(request: PollRequest, kind: K): request is PollRequestByKind[K] {
  return request.kind === kind;
}

/** Returns when the present quiet hours end [ms UTC]; `null` outside of them. */
export function endOfQuietHours(now: number, quietHours: QuietHours | null): number | null {
  if (quietHours === null) return null;
  const { from, to } = quietHours;
  const end = new Date(now);
  const minute = end.getHours() * 60 + end.getMinutes();
  const overnight = from > to;
  if (overnight ? minute < from && minute >= to : minute < from || minute >= to) return null;
  end.setHours(0, to, 0, 0);
  if (overnight && minute >= from) end.setDate(end.getDate() + 1);
  // In the hour that repeats in autumn the end may seem to have passed.
  return Math.max(end.getTime(), now + MINUTE_MS);
}
