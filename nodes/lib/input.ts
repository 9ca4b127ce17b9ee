import { causeOf } from "../../src/messages/error-cause.js";
import { CarDataError, toCarDataError } from "../../src/support/errors.js";
import type { IsWanted } from "../../src/support/single-flight.js";
import type { Done, NodeAPI, NodeMessage, RedNode, Send } from "./red.js";
import { translated } from "./translate.js";

/** Handles a message; `isWanted` returns whether the node still exists. */
export type HandleInput = (message: NodeMessage, send: Send, isWanted: IsWanted) => void | Promise<void>;

export interface InputOptions {
  /** Resolves when messages can be handled; throws or rejects with the reason why not. */
  readonly ready?: (message: NodeMessage) => Promise<void>;
  /** Returns what a flow may know about the cause of a failure; may extend the failed message. */
  readonly explain?: (error: CarDataError, message: NodeMessage) => unknown;
}

/**
 * Listens to input; calls `done` exactly once on every path, with a translated error if `handle` throws or rejects. When
 * the node closes, every message that waits ends with an error at once, and nothing is begun or sent for it any more.
 */
export function onInput(RED: NodeAPI, node: RedNode, handle: HandleInput, options: InputOptions = {}): void {
  const { ready, explain = (error: CarDataError) => causeOf(error, null) } = options;
  const waiting = new Set<(error: CarDataError) => void>();
  let isClosed = false;
  const isWanted = () => !isClosed;

  node.on("input", (message, send, done) => {
    const { end, fail } = ending(done, (error) => translated(RED, error, explain(error, message)));
    const run = async () => {
      await ready?.(message);
      if (isWanted()) await handle(message, sendWhile(isWanted, send), isWanted);
    };
    waiting.add(fail);
    run()
      .then(end, (thrown: unknown) => {
        fail(toCarDataError(thrown));
      })
      .finally(() => waiting.delete(fail));
  });
  node.on("close", () => {
    isClosed = true;
    for (const fail of waiting) fail(new CarDataError("node_closed"));
    waiting.clear();
  });
}

/** Returns the two ways to end a message, of which only the first call counts. */
function ending(done: Done, errorOf: (error: CarDataError) => Error) {
  let isOver = false;
  const once = (act: () => void) => {
    if (isOver) return;
    isOver = true;
    act();
  };
  return {
    end: () => {
      once(done);
    },
    fail: (error: CarDataError) => {
      once(() => {
        done(errorOf(error));
      });
    },
  };
}

function sendWhile(isWanted: IsWanted, send: Send): Send {
  return (messages) => {
    if (isWanted()) send(messages);
  };
}
