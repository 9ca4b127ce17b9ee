import assert from "node:assert/strict";
import { eventsIn } from "../../../nodes/cockpit/event-stream-parser.js";

/** Reads a stream that comes in these parts. */
async function read(parts: readonly Uint8Array[]): Promise<{ events: string[]; reads: number }> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const events: string[] = [];
  let reads = 0;
  for await (const event of eventsIn(body, () => (reads += 1))) events.push(event);
  return { events, reads };
}

describe("the event stream of the page", () => {
  const text = ': hello\n\ndata: {"a":"ä€"}\n\nid: 7\ndata: one\ndata: two\n\n: again\n\ndata: cut';

  it("yields the data of whole events, and nothing of comments or of one that was cut off", async () => {
    const { events } = await read([Buffer.from(text)]);
    assert.deepEqual(events, ['{"a":"ä€"}', "one\ntwo"]);
  });

  it("yields the same wherever the network cuts it, in the middle of a letter too, and notices all bytes", async () => {
    const bytes = Buffer.from(text);
    const { events, reads } = await read([...bytes].map((byte) => Uint8Array.of(byte)));
    assert.deepEqual(events, ['{"a":"ä€"}', "one\ntwo"]);
    assert.equal(reads, bytes.length);
  });
});
