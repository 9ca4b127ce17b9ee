/** Who claims: an account. Its successor after a deploy has the same `id`; `label` is what others are told. */
export interface Claimer {
  readonly id: string;
  readonly label: string;
  /** Whether it can make use of what it claims: one that can goes before one that cannot. */
  readonly isInNeed: boolean;
  /** It gets what it was waiting for. */
  granted(key: string): void;
  /** It loses what it had to another one, because it could make no use of it, and waits for it. */
  lost(key: string): void;
}

export const clientKey = (clientId: string) => `client:${clientId.toLowerCase()}`;
export const customerKey = (gcid: string) => `gcid:${gcid.toLowerCase()}`;
export const carKey = (vin: string) => `vin:${vin}`;

/** The car that such a key is about. */
export const vinOfKey = (key: string) => key.slice("vin:".length);

/** Names an account to other accounts and in logs. */
export function labelOf({ id, name }: { readonly id: string; readonly name: string }): string {
  return name || id;
}

interface Claim {
  holder: Claimer;
  /** The holder has closed; its successor may come back for it. */
  isKept: boolean;
  /** In the order in which they came. */
  readonly waiting: Set<Claimer>;
}

/**
 * Who owns what among the accounts of this process: client ids, BMW customers, cars. The first claimer in need has it; the
 * others wait in line and are told when it is theirs.
 */
export class OwnershipRegistry {
  readonly #claims = new Map<string, Claim>();

  /** Claims `key`, or waits for it. Returns `null`, or the label of the one who has it. */
  claim(key: string, claimer: Claimer): string | null {
    const claim = this.#claims.get(key);
    if (claim === undefined) {
      this.#claims.set(key, { holder: claimer, isKept: false, waiting: new Set() });
      return null;
    }
    if (claim.holder.id === claimer.id) {
      claim.waiting.delete(claimer);
      claim.holder = claimer;
      claim.isKept = false;
      return null;
    }
    if (!claimer.isInNeed || !isFree(claim)) {
      claim.waiting.add(claimer);
      return claim.holder.label;
    }
    const former = claim.holder;
    take(claim, claimer, former);
    former.lost(key);
    return null;
  }

  /** The label of the one whom the account `id` would have to wait for. */
  other(key: string, id: string): string | null {
    const claim = this.#claims.get(key);
    return claim === undefined || claim.holder.id === id || isFree(claim) ? null : claim.holder.label;
  }

  /** Gives up what `isMeant` says of what `claimer` has or waits for; the next in line gets it. */
  release(claimer: Claimer, isMeant: (key: string) => boolean): void {
    this.#passOn((key, { holder, waiting }) => {
      if (!isMeant(key)) return false;
      waiting.delete(claimer);
      return holder === claimer;
    });
  }

  /** `claimer` is no longer in need: others that are get what they wait for, and it stands in line for that. */
  yield(claimer: Claimer): void {
    this.#passOn(
      (_key, claim) => claim.holder === claimer && isFree(claim) && [...claim.waiting].some(isInNeed),
      claimer,
    );
  }

  /** `claimer` closes. What it has is kept for its successor until `free`: a deploy may bring one. */
  leave(claimer: Claimer): void {
    for (const claim of this.#claims.values()) {
      claim.waiting.delete(claimer);
      if (claim.holder === claimer) claim.isKept = true;
    }
  }

  /** Accounts for which something is kept. */
  get awaited(): ReadonlySet<string> {
    return new Set([...this.#claims.values()].flatMap(({ holder, isKept }) => (isKept ? [holder.id] : [])));
  }

  /** Passes on what is still kept for the account `id`: it will not come back, or has claimed all that it needs. */
  free(id: string): void {
    this.#passOn((_key, { holder, isKept }) => isKept && holder.id === id);
  }

  /** Gives what is let go to the next in line, and tells when all has its place. `again`: its holder waits from now on. */
  #passOn(isLetGo: (key: string, claim: Claim) => boolean, again: Claimer | null = null): void {
    const passed = [...this.#claims].flatMap(([key, claim]) => {
      if (!isLetGo(key, claim)) return [];
      const next = nextOf(claim);
      if (next === undefined) this.#claims.delete(key);
      else take(claim, next, again);
      return next === undefined ? [] : [{ key, next }];
    });
    for (const { key } of passed) again?.lost(key);
    for (const { key, next } of passed) if (this.#claims.get(key)?.holder === next) next.granted(key);
  }
}

function isInNeed(claimer: Claimer): boolean {
  return claimer.isInNeed;
}

/** Whether the holder would let another one have it. What is kept is for a successor, whose need nobody knows yet. */
function isFree({ holder, isKept }: Claim): boolean {
  return !isKept && !holder.isInNeed;
}

function nextOf({ waiting }: Claim): Claimer | undefined {
  const line = [...waiting];
  return line.find(isInNeed) ?? line[0];
}

function take(claim: Claim, next: Claimer, again: Claimer | null): void {
  claim.waiting.delete(next);
  if (again !== null) claim.waiting.add(again);
  claim.holder = next;
  claim.isKept = false;
}
