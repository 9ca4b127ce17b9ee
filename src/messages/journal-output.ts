import type { JournalChange } from "../account/journal/journal-change.js";
import { carPart, type MessageOrigin } from "./descriptor-message.js";
import { isoText } from "./iso-text.js";
import type { JournalAnswer, JournalAnswers, JournalCommand, JournalEntryMessage } from "./journal-types.js";

type JournalOrigin = Pick<MessageOrigin, "topicBase" | "carName">;

/** Builds the message of a change of the journal. @param at its time [ms] */
export function entryMessage(
  { topicBase, carName }: JournalOrigin,
  vin: string,
  { outcome, entry }: JournalChange,
  at: number,
): JournalEntryMessage {
  const topic = `${topicBase}/${vin}/journal`;
  return {
    // A copy, because several nodes get the same entry, and flows may change it.
    payload: structuredClone(entry),
    outcome,
    topic: entry === null ? topic : `${topic}/${entry.kind}`,
    vin,
    ...carPart(carName, vin),
    timestamp: isoText(at),
  };
}

/** Builds the answer to a command. @param vin of the car that it is about; `null`: it is about no car, or about several */
export function journalAnswer<Command extends JournalCommand>(
  { topicBase, carName }: JournalOrigin,
  command: Command,
  vin: string | null,
  payload: JournalAnswers[Command],
): JournalAnswer<Command> {
  const topic = `${topicBase}/${vin ?? "account"}/journal/${command}`;
  return { payload, command, topic, ...(vin !== null && { vin, ...carPart(carName, vin) }) };
}
