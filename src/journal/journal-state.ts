import { codecOf } from "../store/codec.js";
import { isObject, type JsonObject } from "../support/json.js";

/** Holds what is open in a journal: the trips and charges that have not ended. */
export interface JournalState {
  readonly toJson: () => JsonObject;
}

/** Describes the document of a journal's state; its parts are read by those who restore them. */
export const journalStateCodec = codecOf<JournalState>({
  initial: () => ({ toJson: () => ({}) }),
  encode: (state) => state.toJson(),
  read: (stored) => (isObject(stored) ? { toJson: () => stored } : null),
});
