import { descriptors, vehicle } from "./fields.js";
import { schema } from "./schema.js";
import { choice, flag } from "./setting.js";

export const STREAM_SCHEMA = schema("cardata-stream", {
  vehicle: vehicle(),
  /** `*` stands for any text; empty: all values. */
  descriptors: descriptors(/^[\w.*-]{1,200}$/, { hint: "cardata-stream.invalid.descriptor" }),
  form: choice(["each", "update", "raw"]),
  onlyChanges: flag(),
  restore: flag(),
  values: flag(),
});
