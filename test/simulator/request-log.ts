/** What arrived at the simulator, by kind; for tests that count. */
export class RequestLog {
  readonly #entries: { readonly kind: string; readonly at: number }[] = [];
  /** The largest number of stream connections that were logged in at the same time. */
  mostSessions = 0;

  constructor(private readonly now: () => number) {}

  add(kind: string): void {
    this.#entries.push({ kind, at: this.now() });
  }

  /** How many there were; a kind with a trailing `*` counts all that begin so. */
  count(kind: string): number {
    const matches = kind.endsWith("*")
      ? (one: string) => one.startsWith(kind.slice(0, -1))
      : (one: string) => one === kind;
    return this.#entries.filter((entry) => matches(entry.kind)).length;
  }

  get entries(): readonly { readonly kind: string; readonly at: number }[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries.length = 0;
    this.mostSessions = 0;
  }
}
