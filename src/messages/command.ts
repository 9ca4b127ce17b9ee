import { cleanText } from "../support/clean-text.js";
import { CarDataError } from "../support/errors.js";
import { isObject } from "../support/json.js";

const LONGEST_SHOWN = 50;

/**
 * Returns the command in an input message; `null` if it has none.
 * @throws CarDataError `unknown_command`
 */
export function parseCommand<Command extends string>(message: unknown, known: readonly Command[]): Command | null {
  const command = isObject(message) ? message["command"] : undefined;
  if (command === undefined || command === null || command === "") return null;
  const found = known.find((name) => name === command);
  if (found !== undefined) return found;
  const shown = typeof command === "string" ? cleanText(command, LONGEST_SHOWN) : typeof command;
  throw new CarDataError("unknown_command", { command: shown, known: known.join(", ") });
}
