import type { AccountEvent } from "../account/events.js";
import { fillText, type Problem } from "../support/errors.js";
import { ERROR_TEXTS } from "../support/error-texts.js";
import type { EventMessage } from "./types.js";

/** The message of an account event; `account` is the account's name, `at` in milliseconds. */
export function accountEventMessage(topicBase: string, account: string, event: AccountEvent, at: number): EventMessage {
  return {
    topic: `${topicBase}/account/event/${event.name}`,
    event: event.name,
    payload: { account, event: event.name, timestamp: new Date(at).toISOString(), ...membersOf(event) },
  };
}

function membersOf(event: AccountEvent): Record<string, unknown> {
  switch (event.name) {
    case "connected":
      return {};
    case "disconnected":
    case "loginRequired":
      return { reason: event.reason, text: sentence(event.problem) };
    case "quotaLow":
      return { remaining: event.remaining, resetsAt: new Date(event.resetsAt).toISOString() };
    case "vehicleFound":
      return { vin: event.vin };
  }
}

function sentence({ code, params }: Problem): string {
  return fillText(ERROR_TEXTS[code], params);
}
