import { causeOf } from "../../src/messages/error-cause.js";
import { toCarDataError, type CarDataError } from "../../src/support/errors.js";
import type { NodeAPI, NodeMessage, RedNode, Send } from "./red.js";
import { translated } from "./translate.js";

/** Gives what a flow may know of the reason of a failure; may add to the message that failed. */
export type Explain = (error: CarDataError, message: NodeMessage) => unknown;

/** Listens to input; calls `done` exactly once on every path, with a translated error if `handle` throws or rejects. */
export function onInput(
  RED: NodeAPI,
  node: RedNode,
  handle: (message: NodeMessage, send: Send) => void | Promise<void>,
  explain: Explain = (error) => causeOf(error, null),
): void {
  node.on("input", (message, send, done) => {
    const run = async () => {
      await handle(message, send);
    };
    run().then(
      () => {
        done();
      },
      (thrown: unknown) => {
        const error = toCarDataError(thrown);
        done(translated(RED, error, explain(error, message)));
      },
    );
  });
}
