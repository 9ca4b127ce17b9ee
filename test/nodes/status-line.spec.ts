import assert from "node:assert/strict";
import type { NodeStatus } from "../../nodes/lib/red.js";
import { StatusLine } from "../../nodes/lib/status-line.js";
import { eventually } from "../helpers/eventually.js";

describe("status line of a node", () => {
  const shown: NodeStatus[] = [];
  const line = new StatusLine({ status: (status) => shown.push(status) });

  after(() => {
    line.close();
  });

  it("shows a change at once, and of many that follow the last one, without making up the others", async () => {
    const asked: number[] = [];
    const change = (count: number) => {
      line.set(() => {
        asked.push(count);
        return { text: `${count}` };
      });
    };
    change(0);
    assert.deepEqual(shown, [{ text: "0" }]);
    for (let count = 1; count <= 100; count++) change(count);
    await eventually("the last status is shown", () => shown.length > 1);
    assert.deepEqual(shown, [{ text: "0" }, { text: "100" }]);
    assert.deepEqual(asked, [0, 100]);
  });
});
