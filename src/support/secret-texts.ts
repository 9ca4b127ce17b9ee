/** Minimum length of a secret; shorter texts are words. */
export const SHORTEST_SECRET = 6;

/** Stores secret texts by owner, and finds them in the encodings that others use. */
export class SecretTexts {
  readonly #byOwner = new Map<unknown, ReadonlySet<string>>();
  #forms: ReadonlyMap<string, string> = new Map();
  #pattern: RegExp | null = null;

  /** Replaces the secrets of `owner`; an empty list forgets it. Ignores texts under 6 characters. */
  know(owner: unknown, secrets: Iterable<string>): void {
    const known = new Set([...secrets].filter((secret) => secret.length >= SHORTEST_SECRET));
    const former = this.#byOwner.get(owner) ?? new Set();
    if (known.size === former.size && [...known].every((secret) => former.has(secret))) return;
    if (known.size === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, known);
    this.#prepare();
  }

  /** Replaces every secret in a text, in time proportional to its length. */
  replace(text: string, replace: (secret: string) => string): string {
    if (this.#pattern === null) return text;
    return text.replace(this.#pattern, (found) => replace(this.#forms.get(found.toLowerCase()) ?? found));
  }

  /**
   * Returns how many characters at the end of `text` may be the beginning of a secret: no pattern finds half of one.
   */
  begunAtEnd(text: string): number {
    const end = text.toLowerCase();
    let longest = 0;
    for (const form of this.#forms.keys())
      for (let length = Math.min(form.length, end.length); length > longest; length--)
        if (end.endsWith(form.slice(0, length))) longest = length;
    return longest;
  }

  #prepare(): void {
    const secrets = [...this.#byOwner.values()].flatMap((known) => [...known]);
    this.#forms = new Map(secrets.flatMap((secret) => formsOf(secret).map((form) => [form.toLowerCase(), secret])));
    // If two have the same prefix, the longer one comes first.
    const words = [...this.#forms.keys()].sort((one, other) => other.length - one.length).map(escaped);
    this.#pattern = words.length === 0 ? null : new RegExp(words.join("|"), "gi");
  }
}

/** Returns a secret as it is, and as JSON, URLs and forms encode it. */
function formsOf(secret: string): string[] {
  // Half a surrogate pair cannot be encoded in a URL.
  const whole = secret.replace(/\p{Surrogate}/gu, "\ufffd");
  const form = new URLSearchParams({ x: whole }).toString().slice("x=".length);
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(whole), form])];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
