import assert from "node:assert/strict";
import { isDebugLogged } from "../../nodes/lib/log-level.js";

describe("debug lines in Node-RED's log", () => {
  it("are made only where a logger of settings.js writes them", () => {
    const talkative = [{ console: { level: "debug" } }, { console: { level: "info" }, own: { level: "trace" } }];
    for (const logging of talkative) assert.ok(isDebugLogged({ logging }), JSON.stringify(logging));
    const silent = [
      undefined,
      {},
      { console: { level: "info" } },
      { console: null },
      { console: { level: "off" } },
      "x",
    ];
    for (const logging of silent) assert.ok(!isDebugLogged({ logging }), JSON.stringify(logging));
  });
});
