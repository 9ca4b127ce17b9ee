import { ACCOUNT_SCHEMA } from "../../src/settings/account-schema.js";
import { HOMEASSISTANT_SCHEMA } from "../../src/settings/homeassistant-schema.js";
import { JOURNAL_SCHEMA } from "../../src/settings/journal-schema.js";
import { PREDICTED_SOC_SCHEMA } from "../../src/settings/predicted-soc-schema.js";
import type { Schema } from "../../src/settings/schema.js";
import { STREAM_SCHEMA } from "../../src/settings/stream-schema.js";
import { TELEMATICS_SCHEMA } from "../../src/settings/telematics-schema.js";
import { TRACCAR_SCHEMA } from "../../src/settings/traccar-schema.js";

/** Those of all nodes. */
export const SCHEMAS: readonly Schema[] = [
  ACCOUNT_SCHEMA,
  STREAM_SCHEMA,
  TELEMATICS_SCHEMA,
  PREDICTED_SOC_SCHEMA,
  TRACCAR_SCHEMA,
  HOMEASSISTANT_SCHEMA,
  JOURNAL_SCHEMA,
];
