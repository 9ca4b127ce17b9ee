import assert from "node:assert/strict";
import type { NodeAPI } from "../../nodes/lib/red.js";
import { Runtime } from "../../nodes/lib/runtime.js";

describe("a Node-RED without user folder", () => {
  it("works in memory, and is told so once", async () => {
    const warnings: string[] = [];
    const RED = {
      settings: {},
      events: { on: () => undefined, off: () => undefined },
      log: { warn: (text: string) => warnings.push(text) },
      _: (key: string) => key,
    };
    const runtime = new Runtime(RED as unknown as NodeAPI);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /until Node-RED restarts/);
    await runtime.files.write("/a/tokens.json", "{}");
    assert.equal(String(await runtime.files.read("/a/tokens.json")), "{}");
  });
});
