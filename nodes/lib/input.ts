import { toCarDataError } from "../../src/support/errors.js";
import type { NodeAPI, NodeMessage, RedNode, Send } from "./red.js";
import { translated } from "./translate.js";

/** Listens to input; calls `done` exactly once on every path, with a translated error if `handle` throws or rejects. */
export function onInput(
  RED: NodeAPI,
  node: RedNode,
  handle: (message: NodeMessage, send: Send) => void | Promise<void>,
): void {
  node.on("input", (message, send, done) => {
    const run = async () => {
      await handle(message, send);
    };
    run().then(
      () => {
        done();
      },
      (error: unknown) => {
        done(translated(RED, toCarDataError(error)));
      },
    );
  });
}
