import type { DescriptorMessage, Form, UpdateMessage } from "./types.js";

export function isForm(value: unknown): value is Form {
  return value === "each" || value === "update" || value === "raw";
}

/** Numbers the messages of one BMW payload, so that a join node can combine them. */
export function withParts(messages: DescriptorMessage[], nextId: () => string): DescriptorMessage[] {
  if (messages.length === 0) return messages;
  const id = nextId();
  const count = messages.length;
  messages.forEach((message, index) => {
    message.parts = { id, index, count, type: "object", key: message.descriptor };
  });
  return messages;
}

/** Combines them into one message; returns none for none. */
export function updateMessages(topicBase: string, vin: string, readings: DescriptorMessage[]): UpdateMessage[] {
  if (readings.length === 0) return [];
  const payload = Object.fromEntries(readings.map((message) => [message.descriptor, message.payload]));
  return [{ topic: `${topicBase}/${vin}`, vin, payload, readings }];
}
