import { codecOf } from "../store/codec.js";
import { timeIn } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import { decodeRestState, type RestState } from "./rest/rest-state.js";

/** What is kept of the account itself over a restart. */
export interface AccountState extends RestState {
  /** Reset time of the quota window for which "quota low" was told, in milliseconds. */
  readonly quotaToldFor: number;
}

/** `account.json` */
export const accountCodec = codecOf<AccountState>({
  initial: () => ({ ...decodeRestState({}), quotaToldFor: 0 }),
  read: (data) =>
    isObject(data) ? { ...decodeRestState(data), quotaToldFor: timeIn(data["quotaToldFor"]) ?? 0 } : null,
});
