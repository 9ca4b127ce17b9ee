import { traccarAddress } from "../support/traccar-address.js";
import { vehicleOfRow } from "./fields.js";
import { schema } from "./schema.js";
import { choice, group, listOf, pattern, text, wholeNumber } from "./setting.js";

const SECONDS_OF_DAY = 24 * 60 * 60;

export const TRACCAR_SCHEMA = schema("cardata-traccar", {
  /** Address of Traccar as the browser shows it, encrypted or not: many servers at home are not. */
  server: pattern(traccarAddress, "", {
    hint: "cardata-traccar.invalid.server",
    isRequired: true,
  }),
  /** Assigns trackers, by name or unique id, to cars. */
  devices: listOf(group({ vin: vehicleOfRow(), device: text("", { isRequired: true }) }), {
    hint: "cardata-traccar.invalid.devices",
  }),
  /** Seconds between two polls. */
  interval: wholeNumber(60, { least: 10, most: SECONDS_OF_DAY }, { hint: "cardata-traccar.invalid.interval" }),
  mode: choice(["trips", "always"]),
});
