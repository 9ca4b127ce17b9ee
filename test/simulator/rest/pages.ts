import { randomBytes } from "node:crypto";
import type { Clock } from "../../../src/support/clock.js";

interface Next {
  /** Request of the token, which is valid for nothing else. */
  readonly question: string;
  readonly offset: number;
  readonly expiresAt: number;
}

export interface ServedPage<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

const PAGE_SIZE = 10;
const TOKEN_LIFE_MS = 10 * 60_000;

/** Lists in pages of ten, with tokens that expire. */
export class ServedPages {
  /** Gives the same token again and again. */
  repeats = false;
  readonly #tokens = new Map<string, Next>();

  constructor(private readonly clock: Clock) {}

  /** The page that `token` names, the first one without; `null` if the token is unknown, expired or of another question. */
  page<T>(items: readonly T[], question: string, token: string | null): ServedPage<T> | null {
    const offset = token === null ? 0 : this.#offset(token, question);
    if (offset === null) return null;
    const shown = items.slice(offset, offset + PAGE_SIZE);
    if (this.repeats && token !== null) return { items: shown, next: token };
    if (offset + PAGE_SIZE >= items.length) return { items: shown };
    return { items: shown, next: this.#issue(question, offset + PAGE_SIZE) };
  }

  /** All tokens that were given so far. */
  expire(): void {
    this.#tokens.clear();
  }

  #issue(question: string, offset: number): string {
    const token = randomBytes(18).toString("base64url");
    this.#tokens.set(token, { question, offset, expiresAt: this.clock.now() + TOKEN_LIFE_MS });
    return token;
  }

  #offset(token: string, question: string): number | null {
    const next = this.#tokens.get(token);
    return next?.question === question && next.expiresAt > this.clock.now() ? next.offset : null;
  }
}
