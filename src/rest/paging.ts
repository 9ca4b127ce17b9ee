import { CarDataError } from "../support/errors.js";
import type { JsonObject } from "../support/json.js";

export interface Page {
  readonly items: readonly JsonObject[];
  /** `null` on the last page. */
  readonly nextToken: string | null;
}

export interface Pages {
  readonly items: readonly JsonObject[];
  /** Whether there is more than was read. */
  readonly truncated: boolean;
  /** Number of pages that `items` come from. */
  readonly pages: number;
  /** The failure that kept the list from being read further. */
  readonly failure: CarDataError | null;
}

type FetchPage = (token: string | null) => Promise<Page>;

const MOST_PAGES = 10;

/**
 * Reads a list of BMW page by page, a call each: at most `maxPages` (never more than 10), and not in circles. Reads it
 * once more from the beginning when BMW lets it expire (CU-125), and returns the longer part. Keeps the pages before a
 * later failure.
 * @param fetchPage called with the token of the page, `null` for the first one
 * @throws CarDataError the failure of the first page
 */
export async function readPages(fetchPage: FetchPage, maxPages = MOST_PAGES): Promise<Pages> {
  const first = await readOnce(fetchPage, Math.min(maxPages, MOST_PAGES));
  if (first.failure?.code !== "cu_125") return first;
  try {
    const second = await readOnce(fetchPage, Math.min(maxPages, MOST_PAGES));
    return second.pages >= first.pages ? second : first;
  } catch (error) {
    return { ...first, failure: expected(error) };
  }
}

async function readOnce(fetchPage: FetchPage, limit: number): Promise<Pages> {
  const items: JsonObject[] = [];
  const tokens = new Set<string>();
  let token: string | null = null;
  for (let pages = 0; pages < limit; pages++) {
    const page: Page | CarDataError = await fetchPage(token).catch(expected);
    if (page instanceof CarDataError) {
      if (pages === 0) throw page;
      return { items, truncated: true, pages, failure: page };
    }
    items.push(...page.items);
    token = page.nextToken;
    if (token === null) return { items, truncated: false, pages: pages + 1, failure: null };
    if (tokens.has(token)) return { items, truncated: true, pages: pages + 1, failure: null };
    tokens.add(token);
  }
  return { items, truncated: true, pages: limit, failure: null };
}

/** Returns an expected failure; rethrows a programming error, which must not pass for a short list. */
function expected(error: unknown): CarDataError {
  if (error instanceof CarDataError) return error;
  throw error;
}
