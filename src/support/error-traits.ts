/**
 * Names what a flow, or its owner, can do about an error:
 * - `login`: log in again in the CarData account,
 * - `subscribe`: subscribe the client to CarData API in the BMW portal,
 * - `wait`: nothing goes out before `retryAt`,
 * - `retry`: the same request may work later,
 * - `choose-vehicle`: BMW does not answer for this car,
 * - `delete-container`: the BMW account has too many data containers,
 * - `change-input`: correct the message or the settings of the node,
 * - `report`: a mistake of this package, or BMW has changed something,
 * - `none`: there is nothing to do.
 */
export type Action =
  | "login"
  | "subscribe"
  | "wait"
  | "retry"
  | "choose-vehicle"
  | "delete-container"
  | "change-input"
  | "report"
  | "none";

/** Holds all that the program decides by the code of a failure. */
interface ErrorTraits {
  readonly action: Action;
  /**
   * Says what may help without a person. `repeat`: the same request at once; `renew-token`: the same with a renewed
   * token; `later`: the same after a pause; `no`: asking again does not help by itself.
   */
  readonly retry: "repeat" | "renew-token" | "later" | "no";
  /**
   * Names who is concerned. `car`: a round through the cars goes on with the next one; `asker`: other callers of the
   * same request ask again; `account`: every request to this account.
   */
  readonly scope: "car" | "asker" | "account";
  /**
   * Names what became of a request to BMW. `held`: it was not sent, or BMW did not look at it, so it means nothing for
   * the car; `abandoned`: likewise, and no caller is left; `unclear`: BMW may have done what was asked.
   */
  readonly outcome: "answered" | "held" | "abandoned" | "unclear";
  /** Counts as trouble of BMW's API: the account shows it until a request works again. */
  readonly isTrouble: boolean;
}

export interface ErrorEntry extends ErrorTraits {
  /** Describes what happened, what it means and what to do; `__name__` marks a value that is filled in. */
  readonly text: string;
}

/** Fits failures that come of no request to BMW's API. */
export const ELSEWHERE = { scope: "account", outcome: "answered", isTrouble: false } as const;

/** Gives codes their texts and the traits that they have in common. */
export function codes(traits: ErrorTraits) {
  return <Code extends string>(texts: Readonly<Record<Code, string>>): Readonly<Record<Code, ErrorEntry>> => {
    const entries = Object.entries<string>(texts).map(([code, text]) => [code, { ...traits, text }] as const);
    return Object.fromEntries(entries) as Record<Code, ErrorEntry>;
  };
}
