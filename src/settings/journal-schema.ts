import { vehicle } from "./fields.js";
import { schema } from "./schema.js";
import { choice } from "./setting.js";

export const JOURNAL_SCHEMA = schema("cardata-journal", {
  vehicle: vehicle(),
  /** What the first output sends. */
  kinds: choice(["both", "trips", "charges"]),
});
