import type { LedgerState } from "../rest/quota-ledger.js";
import type { Codec } from "../store/document.js";
import { finite, isObject } from "../support/json.js";

/** What is kept of the account itself over a restart. */
export interface AccountState {
  readonly ledger: LedgerState;
  /** Reset time of the quota window for which "quota low" was told, in milliseconds. */
  readonly quotaToldFor: number;
}

/** `account.json` */
export const accountCodec: Codec<AccountState> = {
  version: 1,
  initial: () => ({ ledger: { attempts: [], blockedUntil: 0 }, quotaToldFor: 0 }),
  encode: (state) => state,
  decode: (data) => {
    if (!isObject(data) || !isObject(data["ledger"])) throw new Error("not an account");
    const { attempts, blockedUntil } = data["ledger"];
    return {
      ledger: {
        attempts: Array.isArray(attempts) ? attempts.filter((time): time is number => typeof time === "number") : [],
        blockedUntil: finite(blockedUntil) ?? 0,
      },
      quotaToldFor: finite(data["quotaToldFor"]) ?? 0,
    };
  },
};
