import type { CheckReport } from "../account/doctor/check.js";
import type { Finding } from "../account/doctor/finding.js";
import { isoText } from "./iso-text.js";
import type { CheckedLine, EventMessage } from "./types.js";

/**
 * Builds the message of a check, in the form of an event of the account.
 * @param at its time [ms]
 * @param textOf returns what a finding says, in the language of Node-RED
 */
export function checkMessage(
  topicBase: string,
  account: string,
  { level, findings }: CheckReport,
  at: number,
  textOf: (finding: Finding) => string,
): EventMessage {
  const lines = findings.map((finding): CheckedLine => {
    const { area, level: urgency, car, code } = finding;
    return { area, level: urgency, ...(car !== undefined && { car }), code, text: textOf(finding) };
  });
  return {
    topic: `${topicBase}/account/event/check`,
    event: "check",
    payload: { account, event: "check", timestamp: isoText(at), level, findings: lines },
  };
}
