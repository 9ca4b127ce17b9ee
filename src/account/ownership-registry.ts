import { customerOf } from "../support/customer-id.js";

/** Who claims: an account. Its successor after a deploy has the same `id`; `label` is what others are told. */
export interface Owner {
  readonly id: string;
  readonly label: string;
  /** Whether it can make use of what it claims: one that can goes before one that cannot. */
  readonly isInNeed: boolean;
  /** It gets what it was waiting for. */
  granted(key: string): void;
  /** It loses what it had to another one, because it could make no use of it, and waits for it. */
  lost(key: string): void;
  /** Another one than before has what it waits for. */
  blocked?(key: string): void;
}

export const clientKey = (clientId: string) => `client:${clientId.toLowerCase()}`;
export const customerKey = (gcid: string) => `gcid:${customerOf(gcid)}`;
export const carKey = (vin: string) => `vin:${vin}`;

/** The car that such a key is about. */
export const vinOfKey = (key: string) => key.slice("vin:".length);

/** Names an account to other accounts and in logs. */
export function labelOf({ id, name }: { readonly id: string; readonly name: string }): string {
  return name || id;
}

interface Claim {
  holder: Owner;
  /** The holder has closed; its successor may come back for it. */
  isKept: boolean;
}

/** What a claimer waits for: all of it at once, or nothing. */
interface Bid {
  readonly claimer: Owner;
  readonly keys: readonly string[];
  /** As the claimer knows it. */
  blocked: Blocked | null;
}

/** What a claimer has to wait for, and the label of the one who has it. */
export interface Blocked {
  readonly key: string;
  readonly other: string;
}

/**
 * Who owns what among the accounts of this process: client ids, BMW customers, cars. The first claimer in need has it; the
 * others wait and are told when it is theirs: those in need first, then in the order in which they came. Who waits for one
 * thing that it needs holds none of the others.
 */
export class OwnershipRegistry {
  readonly #claims = new Map<string, Claim>();
  #bids: Bid[] = [];
  /** In which order the claimers came. */
  readonly #arrivals = new WeakMap<Owner, number>();
  #arrived = 0;
  /** Claimers that have closed: whatever comes late for them changes nothing. */
  readonly #left = new WeakSet<Owner>();

  /** Claims `key`, or waits for it. Returns `null`, or the label of the one who has it. */
  claim(key: string, claimer: Owner): string | null {
    return this.claimAll([key], claimer)?.other ?? null;
  }

  /**
   * Claims all `keys`, or waits until it can have all and lets go of those that it has. A claimer that has left gets
   * nothing, because nobody would ever let go of that. Returns `null`, or the first that another one has.
   */
  claimAll(keys: readonly string[], claimer: Owner): Blocked | null {
    if (this.#left.has(claimer)) return this.#firstBlocked(keys, claimer);
    if (!this.#arrivals.has(claimer)) this.#arrivals.set(claimer, this.#arrived++);
    this.#bids = this.#bids.filter((bid) => bid.claimer !== claimer || !bid.keys.some((key) => keys.includes(key)));
    const blocked = this.#firstBlocked(keys, claimer);
    if (blocked === null) {
      this.#take(keys, claimer);
      this.#tellOthers();
    } else {
      this.#bids.push({ claimer, keys, blocked });
      this.#letGo((key, { holder }) => holder === claimer && keys.includes(key));
    }
    // Those who were told may have claimed and let go of things since.
    return this.#firstBlocked(keys, claimer);
  }

  /** The label of the one whom the account `id` would have to wait for. */
  other(key: string, id: string): string | null {
    const claim = this.#claims.get(key);
    return claim === undefined || claim.holder.id === id || isFree(claim) ? null : claim.holder.label;
  }

  /** Whether `key` is kept for a successor, of which nobody knows yet whether it comes and wants it. */
  isKept(key: string): boolean {
    return this.#claims.get(key)?.isKept ?? false;
  }

  /** Whether `claimer` has closed. */
  hasLeft(claimer: Owner): boolean {
    return this.#left.has(claimer);
  }

  /** Gives up what `isMeant` says of what `claimer` has or waits for; the next in line gets it. */
  release(claimer: Owner, isMeant: (key: string) => boolean): void {
    if (this.#left.has(claimer)) return;
    this.#bids = this.#bids.filter((bid) => bid.claimer !== claimer || !bid.keys.some(isMeant));
    this.#letGo((key, { holder }) => holder === claimer && isMeant(key));
  }

  /** `claimer` is no longer in need: others that are get what they wait for, and it stands in line for that. */
  yield(claimer: Owner): void {
    if (!this.#left.has(claimer)) this.#serve();
  }

  /** `claimer` closes. What it has is kept for its successor until `free`: a deploy may bring one. */
  leave(claimer: Owner): void {
    this.#left.add(claimer);
    this.#bids = this.#bids.filter((bid) => bid.claimer !== claimer);
    for (const claim of this.#claims.values()) if (claim.holder === claimer) claim.isKept = true;
  }

  /** Accounts for which something is kept. */
  get awaited(): ReadonlySet<string> {
    return new Set([...this.#claims.values()].flatMap(({ holder, isKept }) => (isKept ? [holder.id] : [])));
  }

  /** Passes on what is still kept for the account `id`: it will not come back, or has claimed all that it needs. */
  free(id: string): void {
    this.#letGo((_key, { holder, isKept }) => isKept && holder.id === id);
  }

  /** Passes on what is still kept of what `isMeant` says: whoever has a use for it has claimed it by now. */
  freeAll(isMeant: (key: string) => boolean): void {
    this.#letGo((key, { isKept }) => isKept && isMeant(key));
  }

  #letGo(isLetGo: (key: string, claim: Claim) => boolean): void {
    for (const [key, claim] of [...this.#claims]) if (isLetGo(key, claim)) this.#claims.delete(key);
    this.#serve();
  }

  /** Gives those who wait what they can have by now, and tells them when all has its place. */
  #serve(): void {
    const served: Bid[] = [];
    for (let bid = this.#nextBid; bid !== undefined; bid = this.#nextBid) {
      const { keys, claimer } = bid;
      this.#bids = this.#bids.filter((one) => one !== bid);
      served.push(bid);
      this.#take(keys, claimer);
    }
    for (const { keys, claimer } of served)
      for (const key of keys) if (this.#claims.get(key)?.holder === claimer) claimer.granted(key);
    this.#tellOthers();
  }

  /** Tells those who wait who keeps them waiting now, if that is another one. */
  #tellOthers(): void {
    for (const bid of this.#bids) {
      const { claimer, keys, blocked } = bid;
      const now = this.#firstBlocked(keys, claimer);
      if (now === null || (now.key === blocked?.key && now.other === blocked.other)) continue;
      bid.blocked = now;
      claimer.blocked?.(now.key);
    }
  }

  /** The first of those who could have all that they wait for. */
  get #nextBid(): Bid | undefined {
    const rank = ({ claimer }: Bid) => (this.#arrivals.get(claimer) ?? 0) + (claimer.isInNeed ? 0 : this.#arrived);
    return this.#bids
      .filter(({ keys, claimer }) => this.#firstBlocked(keys, claimer) === null)
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

  /** Whoever has to give way waits from now on, and hears of it when all is taken. */
  #take(keys: readonly string[], claimer: Owner): void {
    const lost: { readonly key: string; readonly former: Owner }[] = [];
    for (const key of keys) {
      const former = this.#claims.get(key)?.holder;
      if (former !== undefined && former.id !== claimer.id) lost.push({ key, former });
      this.#claims.set(key, { holder: claimer, isKept: false });
    }
    const blockedBy = (key: string): Blocked => ({ key, other: claimer.label });
    this.#bids.push(...lost.map(({ key, former }) => ({ claimer: former, keys: [key], blocked: blockedBy(key) })));
    for (const { key, former } of lost) former.lost(key);
  }
}

/** Whether the holder would let another one have it. What is kept is for a successor, whose need nobody knows yet. */
function isFree({ holder, isKept }: Claim): boolean {
  return !isKept && !holder.isInNeed;
}
