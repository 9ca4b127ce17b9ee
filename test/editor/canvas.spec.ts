import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Workbench } from "../helpers/browser.js";
import { untidiness } from "../helpers/canvas.js";
import { EXAMPLE_FILES, exampleFlow, titleOf } from "../helpers/examples.js";
import type { FlowNode } from "../helpers/flow.js";
import { ROOT } from "../helpers/node-red.js";

const DEMO = JSON.parse(readFileSync(join(ROOT, "demo", "flow.json"), "utf8")) as FlowNode[];
/** Those in folders need nodes of others. */
const OWN = EXAMPLE_FILES.filter((file) => !file.includes("/"));

describe("flows that are shipped, on the canvas", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  const flows = OWN.map((file) => [titleOf(file), exampleFlow(file)] as const);
  for (const [title, flow] of [...flows, ["demo", DEMO] as const])
    it(`lie tidily: ${title}`, async () => {
      const editor = await bench.open();
      await editor.importFlow(flow);
      const faults: string[] = [];
      for (const tab of flow.filter(({ type }) => type === "tab"))
        faults.push(...(await untidiness(editor, tab.id, flow)));
      assert.deepEqual(faults, []);
    });
});
