import type { DoctorWords } from "../../src/account/doctor/finding-text.js";
import { PACKAGE_NAME } from "../../src/support/version.js";
import { utcMinute } from "../../src/support/utc-time.js";
import type { NodeAPI } from "./red.js";
import { translatedProblem } from "./translate.js";

/** Returns the words for what a check finds, in the language of the runtime. */
export function doctorWords(RED: NodeAPI): DoctorWords {
  return {
    text: (key, params = {}) => RED._(`${PACKAGE_NAME}/cardata-account:cardata-account.${key}`, params),
    problem: (problem) => translatedProblem(RED, problem),
    time: (iso) => utcMinute(Date.parse(iso)),
  };
}
