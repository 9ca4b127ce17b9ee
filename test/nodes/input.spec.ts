import { ROOT } from "../helpers/node-red.js";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { onInput, type HandleInput, type InputOptions } from "../../nodes/lib/input.js";
import type { Done, InputListener, NodeAPI, NodeMessage, RedNode, Send } from "../../nodes/lib/red.js";
import { CarDataError } from "../../src/support/errors.js";

interface Ended {
  readonly error: (Error & { code?: string; cause?: unknown }) | undefined;
}

/** A node that hands messages to the handler as Node-RED does. */
function nodeWith(handle: HandleInput, options: InputOptions = {}) {
  const listeners = new Map<string, unknown>();
  const node = { on: (event: string, listener: unknown) => listeners.set(event, listener) } as unknown as RedNode;
  const RED = { _: (key: string) => key } as unknown as NodeAPI;
  onInput(RED, node, handle, options);
  const sent: unknown[] = [];
  return {
    sent,
    give: (message: NodeMessage = {}) => {
      const ends: Ended[] = [];
      const done: Done = (error) => ends.push({ error });
      const send: Send = (messages) => sent.push(messages);
      (listeners.get("input") as InputListener).call(node, message, send, done);
      return ends;
    },
    close: () => {
      (listeners.get("close") as () => void)();
    },
  };
}

describe("the input of every node", () => {
  it("completes a message once, and ends one that fails once, with code and sentence", async () => {
    const good = nodeWith((_message, send) => {
      send("answer");
    });
    const done = good.give();
    const bad = nodeWith(() => {
      throw new CarDataError("no_account");
    }).give();
    const worse = nodeWith(async () => {
      await turn();
      throw new TypeError("x is not a function");
    }).give();
    await turn();
    await turn();
    assert.deepEqual([done, good.sent], [[{ error: undefined }], ["answer"]]);
    assert.deepEqual([bad.length, bad[0]?.error?.code], [1, "no_account"]);
    assert.deepEqual([worse.length, worse[0]?.error?.code], [1, "internal"]);
    assert.match(bad[0]?.error?.message ?? "", /No CarData account/);
  });

  it("ends every message that waits when the node closes, at once and once", async () => {
    const goOn: (() => void)[] = [];
    const node = nodeWith(async (_message, send, isWanted) => {
      await new Promise<void>((resolve) => goOn.push(resolve));
      assert.equal(isWanted(), false);
      send("late");
    });
    const ends = [node.give(), node.give(), node.give()];
    await turn();
    node.close();
    for (const one of ends) {
      assert.deepEqual([one.length, one[0]?.error?.code], [1, "node_closed"]);
      assert.match(one[0]?.error?.message ?? "", /closed by a deploy/);
    }
    for (const go of goOn) go();
    await turn();
    assert.deepEqual(
      ends.map(({ length }) => length),
      [1, 1, 1],
    );
    assert.deepEqual(node.sent, []);
  });

  it("begins nothing for a message that waited for the start of a node that closes", async () => {
    let begun = 0;
    let start: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (start = resolve));
    const count = () => {
      begun++;
    };
    const node = nodeWith(count, { ready: () => ready });
    const ends = node.give();
    node.close();
    start();
    await turn();
    assert.deepEqual([ends.length, ends[0]?.error?.code, begun], [1, "node_closed", 0]);
  });

  it("is listened to here only, so that no node can forget a message", () => {
    const folder = join(ROOT, "nodes");
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
    assert.ok(files.length > 0);
    for (const file of files) assert.doesNotMatch(readFileSync(join(folder, file), "utf8"), /\.on\("input"/, file);
  });

  it("gives flows nothing of a cause but what is meant for them, and no path of the machine", async () => {
    const request = { headers: { authorization: "Bearer abc" } };
    const ends = nodeWith(() => {
      throw Object.assign(new Error("failed"), { config: request, cause: request });
    }).give();
    await turn();
    const { message, stack, cause } = ends[0]?.error ?? {};
    assert.equal(stack, `Error: ${message ?? ""}`);
    assert.doesNotMatch(JSON.stringify(cause), /Bearer|headers/);
  });
});
