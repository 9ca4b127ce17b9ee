import { customerOf } from "../support/customer-id.js";

/** An account that claims keys. Its successor after a deploy has the same `id`; `label` names it to users. */
export interface Owner {
  readonly id: string;
  readonly label: string;
  /** Whether it can make use of its claims: a claimant in need takes precedence. */
  readonly isInNeed: boolean;
  /** It gets what it was waiting for. */
  granted(key: string): void;
  /** It loses a claim to another account, because it could make no use of it, and waits for it. */
  lost(key: string): void;
  /** Another account than before has what it waits for. */
  blocked?(key: string): void;
}

export const clientKey = (clientId: string) => `client:${clientId.toLowerCase()}`;
export const customerKey = (gcid: string) => `gcid:${customerOf(gcid)}`;
export const carKey = (vin: string) => `vin:${vin}`;

/** Returns the VIN in a key that `carKey` made. */
export const vinOfKey = (key: string) => key.slice("vin:".length);

/** Names an account to other accounts and in logs. */
export function labelOf({ id, name }: { readonly id: string; readonly name: string }): string {
  return name || id;
}

interface Claim {
  holder: Owner;
  /** Whether the holder has closed; its successor may come back for it. */
  isKept: boolean;
}

/** A queued request for keys: all of them at once, or none. */
interface Bid {
  readonly claimant: Owner;
  readonly keys: readonly string[];
  /** The holders as last reported to the claimant. */
  blocked: Blocked | null;
}

/** A key that another account holds, and the label of that account. */
export interface Blocked {
  readonly key: string;
  readonly other: string;
}

/**
 * Assigns client ids, BMW customers and cars to the accounts of this process. The first claimant in need gets the key;
 * the others queue and are called when it is theirs: those in need first, then in order of arrival. A claimant that
 * queues for one of its keys holds none of the others.
 */
export class OwnershipRegistry {
  readonly #claims = new Map<string, Claim>();
  #bids: Bid[] = [];
  /** Claimants in order of arrival. */
  readonly #arrivals = new WeakMap<Owner, number>();
  #arrived = 0;
  /** Claimants that have closed: late requests of theirs change nothing. */
  readonly #left = new WeakSet<Owner>();

  /** Claims `key`, or queues for it. Returns `null`, or the label of the holder. */
  claim(key: string, claimant: Owner): string | null {
    return this.claimAll([key], claimant)?.other ?? null;
  }

  /**
   * Claims all `keys`, or queues until all are free and releases those that it holds. A claimant that has closed gets
   * nothing, because nobody would ever release that. Returns `null`, or the first key that another account holds.
   */
  claimAll(keys: readonly string[], claimant: Owner): Blocked | null {
    if (this.#left.has(claimant)) return this.#firstBlocked(keys, claimant);
    if (!this.#arrivals.has(claimant)) this.#arrivals.set(claimant, this.#arrived++);
    this.#bids = this.#bids.filter((bid) => bid.claimant !== claimant || !bid.keys.some((key) => keys.includes(key)));
    const blocked = this.#firstBlocked(keys, claimant);
    if (blocked === null) {
      this.#take(keys, claimant);
      this.#tellOthers();
    } else {
      this.#bids.push({ claimant, keys, blocked });
      this.#letGo((key, { holder }) => holder === claimant && keys.includes(key));
    }
    // The accounts that were called may have claimed and released keys since.
    return this.#firstBlocked(keys, claimant);
  }

  /** Returns the label of the account for which the account `id` would have to wait. */
  other(key: string, id: string): string | null {
    const claim = this.#claims.get(key);
    return claim === undefined || claim.holder.id === id || isFree(claim) ? null : claim.holder.label;
  }

  /** Returns the account that has `key`, or has it kept; `null` if it is free. */
  holderOf(key: string): Pick<Owner, "id" | "label"> | null {
    return this.#claims.get(key)?.holder ?? null;
  }

  /** Returns whether `key` is kept for a successor that may never come or want it. */
  isKept(key: string): boolean {
    return this.#claims.get(key)?.isKept ?? false;
  }

  /** Returns whether `claimant` has closed. */
  hasLeft(claimant: Owner): boolean {
    return this.#left.has(claimant);
  }

  /** Releases the keys that match `isMeant`, held or queued for; the next in the queue gets them. */
  release(claimant: Owner, isMeant: (key: string) => boolean): void {
    if (this.#left.has(claimant)) return;
    this.#bids = this.#bids.filter((bid) => bid.claimant !== claimant || !bid.keys.some(isMeant));
    this.#letGo((key, { holder }) => holder === claimant && isMeant(key));
  }

  /** Offers the keys of `claimant`, which is no longer in need, to those that are, and queues it for them. */
  yield(claimant: Owner): void {
    if (!this.#left.has(claimant)) this.#serve();
  }

  /** Closes `claimant`. Its keys are kept for a successor until `free`: a deploy may bring one. */
  leave(claimant: Owner): void {
    this.#left.add(claimant);
    this.#bids = this.#bids.filter((bid) => bid.claimant !== claimant);
    for (const claim of this.#claims.values()) if (claim.holder === claimant) claim.isKept = true;
  }

  /** Returns the accounts for which keys are kept. */
  get awaited(): ReadonlySet<string> {
    return new Set([...this.#claims.values()].flatMap(({ holder, isKept }) => (isKept ? [holder.id] : [])));
  }

  /** Passes on the keys kept for the account `id`: it will not come back, or has claimed all that it needs. */
  free(id: string): void {
    this.#letGo((_key, { holder, isKept }) => isKept && holder.id === id);
  }

  /** Passes on the kept keys that match `isMeant`: whoever has a use for them has claimed them by now. */
  freeAll(isMeant: (key: string) => boolean): void {
    this.#letGo((key, { isKept }) => isKept && isMeant(key));
  }

  #letGo(isLetGo: (key: string, claim: Claim) => boolean): void {
    for (const [key, claim] of [...this.#claims]) if (isLetGo(key, claim)) this.#claims.delete(key);
    this.#serve();
  }

  /** Assigns the free keys to those who queue, and calls them when all is assigned. */
  #serve(): void {
    const served: Bid[] = [];
    for (let bid = this.#nextBid; bid !== undefined; bid = this.#nextBid) {
      const { keys, claimant } = bid;
      this.#bids = this.#bids.filter((one) => one !== bid);
      served.push(bid);
      this.#take(keys, claimant);
    }
    for (const { keys, claimant } of served)
      for (const key of keys) if (this.#claims.get(key)?.holder === claimant) claimant.granted(key);
    this.#tellOthers();
  }

  /** Calls those who queue whose keys have another holder now. */
  #tellOthers(): void {
    for (const bid of this.#bids) {
      const { claimant, keys, blocked } = bid;
      const now = this.#firstBlocked(keys, claimant);
      if (now === null || (now.key === blocked?.key && now.other === blocked.other)) continue;
      bid.blocked = now;
      claimant.blocked?.(now.key);
    }
  }

  /** Returns the first request that can be granted as a whole. */
  get #nextBid(): Bid | undefined {
    const rank = ({ claimant }: Bid) => (this.#arrivals.get(claimant) ?? 0) + (claimant.isInNeed ? 0 : this.#arrived);
    return this.#bids
      .filter(({ keys, claimant }) => this.#firstBlocked(keys, claimant) === null)
      .sort((one, other) => rank(one) - rank(other))[0];
  }

  #firstBlocked(keys: readonly string[], { id, isInNeed }: Owner): Blocked | null {
    for (const key of keys) {
      const claim = this.#claims.get(key);
      if (claim === undefined || claim.holder.id === id || (isInNeed && isFree(claim))) continue;
      return { key, other: claim.holder.label };
    }
    return null;
  }

  /** Queues the accounts that have to give way, and calls them when all is assigned. */
  #take(keys: readonly string[], claimant: Owner): void {
    const lost: { readonly key: string; readonly former: Owner }[] = [];
    for (const key of keys) {
      const former = this.#claims.get(key)?.holder;
      if (former !== undefined && former.id !== claimant.id) lost.push({ key, former });
      this.#claims.set(key, { holder: claimant, isKept: false });
    }
    const blockedBy = (key: string): Blocked => ({ key, other: claimant.label });
    this.#bids.push(...lost.map(({ key, former }) => ({ claimant: former, keys: [key], blocked: blockedBy(key) })));
    for (const { key, former } of lost) former.lost(key);
  }
}

/** Returns whether the holder would give way. Keys that are kept are for a successor of which the need is unknown. */
function isFree({ holder, isKept }: Claim): boolean {
  return !isKept && !holder.isInNeed;
}
