import type { TokenSet } from "../auth/tokens.js";
import { newProblem, type Problem } from "../support/errors.js";
import { clientKey, customerKey, type Owner, type OwnershipRegistry } from "./ownership-registry.js";
import type { AccountSettings } from "./settings.js";

/** Decides whether an account may work: no other account may have its client id or its BMW customer. */
export class Admission {
  #refusal: Problem | null = null;

  constructor(
    private readonly ownership: OwnershipRegistry,
    private readonly claimant: Owner,
    private readonly settings: Pick<AccountSettings, "source" | "clientId">,
  ) {}

  /** Returns why the account may not work; `null` if it may. */
  get refusal(): Problem | null {
    return this.#refusal;
  }

  /** Keeps the account from touching its files, with the reason, until the next review. */
  refuse(problem: Problem): void {
    this.#refusal = problem;
  }

  /**
   * Claims all that the account needs with these tokens and releases the rest; the result decides whether the account
   * may work. One that may not holds nothing, so that it keeps no third one from working.
   */
  review(tokens: TokenSet | null): void {
    const needed = this.#needed(tokens);
    const keys = needed.map(({ key }) => key);
    this.ownership.release(this.claimant, (key) => !keys.includes(key));
    const blocked = this.ownership.claimAll(keys, this.claimant);
    const code = needed.find(({ key }) => key === blocked?.key)?.code;
    this.#refusal = code === undefined || blocked === null ? null : refusalOf(code, blocked.other);
  }

  /** Returns why the account could not work with these tokens; `null` if it could. */
  check(tokens: TokenSet): Problem | null {
    const { ownership, claimant } = this;
    const refusals = this.#needed(tokens).map(({ key, code }) => refusalOf(code, ownership.other(key, claimant.id)));
    return refusals.find((refusal) => refusal !== null) ?? null;
  }

  #needed(tokens: TokenSet | null): { key: string; code: RefusalCode }[] {
    const { source, clientId } = this.settings;
    if (source !== "bmw") return [];
    const client = clientId === "" ? [] : [{ key: clientKey(clientId), code: "client_in_use" as const }];
    return tokens === null ? client : [...client, { key: customerKey(tokens.gcid), code: "gcid_in_use" as const }];
  }
}

type RefusalCode = "client_in_use" | "gcid_in_use";

function refusalOf(code: RefusalCode, other: string | null): Problem | null {
  return other === null ? null : newProblem(code, { other });
}
