/** Holds what is known about a REST call beyond its path. */
export interface CallDetails {
  /** Absent if no answer was given. */
  readonly status?: number;
  /** BMW's `exveErrorId`, if it refused. */
  readonly error?: string;
  /** The car that the path names. */
  readonly vin?: string;
}

export interface LogEntry extends CallDetails {
  readonly kind: string;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * Logs what arrived at the simulator, by kind, for counting tests. REST calls are `rest <path>`, and `rest <method>
 * <path>` unless GET; includes those answered by a fault.
 */
export class RequestLog {
  readonly #entries: LogEntry[] = [];
  /** The largest number of stream connections that were logged in at the same time. */
  mostSessions = 0;

  constructor(private readonly now: () => number) {}

  add(kind: string, details: CallDetails = {}): void {
    this.#entries.push({ kind, at: this.now(), ...details });
  }

  /** Returns their number; a kind with a trailing `*` counts all with this prefix. */
  count(kind: string): number {
    const matches = kind.endsWith("*")
      ? (one: string) => one.startsWith(kind.slice(0, -1))
      : (one: string) => one === kind;
    return this.#entries.filter((entry) => matches(entry.kind)).length;
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** Forgets all, or what came before a time. */
  clear(before = Infinity): void {
    this.#entries.splice(0, this.#entries.filter(({ at }) => at < before).length);
    this.mostSessions = 0;
  }
}
