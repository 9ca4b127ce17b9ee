/** Who claims: `id` is unique, `label` is what others are told. */
export interface Claimer {
  readonly id: string;
  readonly label: string;
}

/**
 * Who owns what among the accounts of this process: client ids, BMW customer ids, cars. The first claimer wins;
 * what it owns is free again when it closes.
 */
export class Claims {
  readonly #owners = new Map<string, Claimer>();

  /** Claims `key`. Returns `null`, or the label of the one who has it already. */
  claim(key: string, claimer: Claimer): string | null {
    const holder = this.#owners.get(key);
    if (holder !== undefined && holder.id !== claimer.id) return holder.label;
    this.#owners.set(key, claimer);
    return null;
  }

  /** Frees everything that `claimer` holds, or what of it begins with `prefix`. */
  release(claimer: Claimer, prefix = ""): void {
    for (const [key, holder] of this.#owners)
      if (holder.id === claimer.id && key.startsWith(prefix)) this.#owners.delete(key);
  }
}
