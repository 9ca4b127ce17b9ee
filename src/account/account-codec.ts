import type { Codec } from "../store/document.js";
import { timeIn } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import { decodeRestState, type RestState } from "./rest/rest-state.js";

/** What is kept of the account itself over a restart. */
export interface AccountState extends RestState {
  /** Reset time of the quota window for which "quota low" was told, in milliseconds. */
  readonly quotaToldFor: number;
}

/** `account.json` */
export const accountCodec: Codec<AccountState> = {
  version: 1,
  initial: () => ({ ...decodeRestState({}), quotaToldFor: 0 }),
  encode: (state) => state,
  decode: (data) => {
    if (!isObject(data)) throw new Error("not an account");
    return { ...decodeRestState(data), quotaToldFor: timeIn(data["quotaToldFor"]) ?? 0 };
  },
};
