import assert from "node:assert/strict";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";
import { untilItPasses } from "../helpers/eventually.js";
import { EXAMPLE_FILES, exampleFlow } from "../helpers/examples.js";
import type { FlowNode } from "../helpers/flow.js";

const ACCOUNT = "examples-account";
/** Those in folders need nodes of others. */
const OWN = EXAMPLE_FILES.filter((file) => !file.includes("/"));

describe("examples in the editor", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ simulator: { autoApprove: true } });
    await logIn(bench.red.url, ACCOUNT, bench.simulator);
    const stream = { id: "first", type: "cardata-stream", z: "first-tab", account: ACCOUNT, x: 200, y: 100, wires: [] };
    const flow = [{ id: "first-tab", type: "tab", label: "Mine" }, stream];
    await deployFlow(bench.red.url, ACCOUNT, bench.simulator, flow);
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  const nodesOf = (flow: readonly FlowNode[]) =>
    flow.filter(({ type }) => type.startsWith("cardata-") && type !== "cardata-account");
  const accounts = (editor: Editor, flow: readonly FlowNode[]) =>
    Promise.all(nodesOf(flow).map(async ({ id }) => (await editor.node(id))["account"]));

  it("all take the only account there is, and work with it", async () => {
    const editor = await bench.open();
    const flows = OWN.map(exampleFlow);
    for (const flow of flows) await editor.importFlow(flow);
    const all = flows.flat();
    await untilItPasses(async () => {
      assert.deepEqual(new Set(await accounts(editor, all)), new Set([ACCOUNT]));
    });
    assert.deepEqual(await editor.idsOf("cardata-account"), [ACCOUNT]);
    for (const { id } of nodesOf(all)) {
      const { validationErrors = [] } = await editor.node(id);
      assert.deepEqual(
        validationErrors.filter((text) => text.includes("ccount")),
        [],
        id,
      );
    }
  });

  it("take the account that one of their nodes is given first", async () => {
    const editor = await bench.open();
    await editor.clear();
    const flow = exampleFlow(OWN[9]!);
    await editor.importFlow(flow);
    assert.deepEqual(new Set(await accounts(editor, flow)), new Set([""]));
    await editor.add({ id: "brand-new", type: "cardata-account" });
    await untilItPasses(async () => {
      assert.deepEqual(new Set(await accounts(editor, flow)), new Set(["brand-new"]));
    });
  });

  it("leave the choice to their user where there are several accounts", async () => {
    const editor = await bench.open();
    await editor.add({ id: "another", type: "cardata-account" });
    const flow = exampleFlow(OWN[0]!);
    await editor.importFlow(flow);
    await editor.add({ id: "third", type: "cardata-account" });
    assert.deepEqual(new Set(await accounts(editor, flow)), new Set([""]));
  });

  it("change nothing of what is deployed without an account", async () => {
    const lonely = { id: "lonely", type: "cardata-stream", z: "lonely-tab", account: "", x: 200, y: 100, wires: [] };
    await bench.closeWaitingPages();
    const flow = [{ id: "lonely-tab", type: "tab", label: "Mine" }, lonely];
    await deployFlow(bench.red.url, ACCOUNT, bench.simulator, flow);
    const editor = await bench.open();
    await editor.page.locator("#red-ui-workspace-chart").getByText("cardata stream").waitFor();
    const { account, changed } = await editor.node("lonely");
    assert.deepEqual([account, changed ?? false], ["", false]);
  });
});
